//! Values survive a round trip.

use descry_base::{ChunkId, ChunkMeta, Digest, Language, PackedChunks, RelPath, RootId, Stamp};
use descry_catalog::{Catalog, ModelId, NewChunk, NewFile, StoredText};
use proptest::collection::vec;
use proptest::prelude::*;

fn open() -> (tempfile::TempDir, Catalog) {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&dir.path().join("catalog.sqlite")).unwrap();
    (dir, catalog)
}

/// Puts a file with one chunk per text; the chunks' digests count from 0.
fn put(catalog: &mut Catalog, root: RootId, name: &str, texts: &[String]) -> Vec<ChunkId> {
    let path = RelPath::new(name).unwrap();
    let meta = ChunkMeta::default();
    let chunks: Vec<NewChunk<'_>> = texts
        .iter()
        .zip(0..)
        .map(|(text, number)| NewChunk { digest: Digest([number; 32]), text })
        .collect();
    let file = NewFile {
        root,
        path: &path,
        stamp: Stamp { size: 1, mtime_ns: 1, ctime_ns: 2, ..Stamp::default() },
        digest: Digest([0; 32]),
        language: Language::Plain,
        chunks: &PackedChunks::pack(&vec![&meta; texts.len()]),
    };
    let commit = catalog.begin().unwrap();
    let (_, first) = commit.put_file(&file, &chunks).unwrap();
    commit.finish(root).unwrap();
    (first.0..).map(ChunkId).take(texts.len()).collect()
}

fn put_vector(catalog: &mut Catalog, model: ModelId, number: u8, vector: &[f32]) {
    catalog.put_vectors(model, &[(Digest([number; 32]), vector.to_vec())]).unwrap();
}

/// A vector whose values are near whole numbers.
fn rounded(catalog: &Catalog, model: ModelId, number: u8) -> Option<Vec<f32>> {
    let vector = catalog.vector(model, Digest([number; 32])).unwrap()?;
    Some(vector.into_iter().map(f32::round).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn texts(texts in vec(any::<String>(), 1..5), repeat in 1..2000_usize) {
        let (_dir, mut catalog) = open();
        let root = catalog.add_root("/root").unwrap();
        let mut texts = texts;
        texts.push("a line that is there again and again\n".repeat(repeat));
        let ids = put(&mut catalog, root, "a", &texts);
        let found = catalog.reader().unwrap().texts(&ids).unwrap();
        let digests = (0..).map(|number| Digest([number; 32]));
        let expected = texts.into_iter().zip(digests).map(|(text, it)| StoredText::Sound(text, it));
        prop_assert_eq!(found, expected.collect::<Vec<_>>());
        let reader = catalog.reader().unwrap();
        for id in [0, ids[0].0 + ids.len() as u64, 1 << 40].map(ChunkId) {
            prop_assert_eq!(reader.text(id).unwrap(), StoredText::Gone);
        }
    }

    #[test]
    fn vectors(values in vec(-1.0..1.0_f32, 1..400)) {
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        prop_assume!(length > 0.1);
        let vector: Vec<f32> = values.iter().map(|value| value / length).collect();
        let (_dir, mut catalog) = open();
        let model = catalog.model("f").unwrap();
        put_vector(&mut catalog, model, 1, &vector);
        let found = catalog.vector(model, Digest([1; 32])).unwrap().unwrap();
        prop_assert_eq!(found.len(), vector.len());
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let cosine = dot(&found, &vector) / (dot(&found, &found) * dot(&vector, &vector)).sqrt();
        prop_assert!(cosine > 0.9999, "{}", cosine);
    }
}

#[test]
fn vectors_belong_to_their_model() {
    let (_dir, mut catalog) = open();
    let (one, two) = (catalog.model("one").unwrap(), catalog.model("two").unwrap());
    assert_eq!(catalog.model("one").unwrap(), one);
    put_vector(&mut catalog, one, 1, &[1.0, 0.0]);
    assert_eq!(rounded(&catalog, one, 1), Some(vec![1.0, 0.0]));
    assert_eq!(rounded(&catalog, two, 1), None);
    put_vector(&mut catalog, one, 1, &[0.0, 1.0]);
    assert_eq!(rounded(&catalog, one, 1), Some(vec![0.0, 1.0]));
}

#[test]
fn vectors_are_borrowed_from_another_catalog() {
    let (dir, mut lender) = open();
    let (other, one) = (lender.model("other").unwrap(), lender.model("one").unwrap());
    put_vector(&mut lender, one, 1, &[1.0, 0.0]);
    put_vector(&mut lender, other, 2, &[1.0, 0.0]);
    let (_own, mut catalog) = open();
    let model = catalog.model("one").unwrap();
    catalog.borrow_vectors(&dir.path().join("catalog.sqlite")).unwrap();
    let vector = |number: u8| rounded(&catalog, model, number);
    // Model numbers differ between catalogs, so their names are compared.
    assert_eq!([vector(1), vector(2), vector(3)], [Some(vec![1.0, 0.0]), None, None]);
    // Nothing is written to the other catalog.
    let mut catalog = catalog;
    put_vector(&mut catalog, model, 4, &[0.0, 1.0]);
    assert_eq!(lender.vector(one, Digest([4; 32])).unwrap(), None);
}

#[test]
fn a_catalog_that_is_not_there_lends_nothing() {
    let (dir, mut catalog) = open();
    let nowhere = dir.path().join("nowhere.sqlite");
    catalog.borrow_vectors(&nowhere).unwrap();
    let model = catalog.model("one").unwrap();
    assert_eq!(catalog.vector(model, Digest([1; 32])).unwrap(), None);
    assert!(!nowhere.exists());
    std::fs::write(&nowhere, "no database, but longer than nothing").unwrap();
    assert!(catalog.borrow_vectors(&nowhere).is_err());
    assert_eq!(catalog.vector(model, Digest([1; 32])).unwrap(), None);
}

#[test]
fn a_removed_folder_takes_the_vectors_that_only_it_used() {
    let (_dir, mut catalog) = open();
    let (one, two) = (catalog.add_root("/one").unwrap(), catalog.add_root("/two").unwrap());
    let model = catalog.model("f").unwrap();
    let texts: Vec<String> = ["both", "one only"].map(str::to_owned).into();
    put(&mut catalog, one, "a", &texts);
    put(&mut catalog, two, "a", &texts[..1]);
    put_vector(&mut catalog, model, 0, &[1.0]);
    put_vector(&mut catalog, model, 1, &[1.0]);
    catalog.remove_root(one).unwrap();
    while catalog.sweep(1).unwrap() {}
    assert!(catalog.vector(model, Digest([0; 32])).unwrap().is_some());
    assert!(catalog.vector(model, Digest([1; 32])).unwrap().is_none());
}

#[test]
fn a_removed_folder_leaves_no_text_behind() {
    const TEXT: &str = "quokkas-in-a-basket";
    let (dir, mut catalog) = open();
    let root = catalog.add_root("/one").unwrap();
    put(&mut catalog, root, "a", &[TEXT.to_owned()]);
    let holds = || {
        std::fs::read_dir(dir.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(TEXT.len()).any(|window| window == TEXT.as_bytes())
        })
    };
    assert!(holds());
    catalog.remove_root(root).unwrap();
    assert_eq!(catalog.roots().unwrap(), []);
    assert_ne!(catalog.add_root("/one").unwrap(), root, "its path is free at once");
    while catalog.sweep(1).unwrap() {}
    assert!(!holds());
}

#[test]
fn a_removed_folder_gives_its_space_back() {
    let (dir, mut catalog) = open();
    let size = || {
        std::fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().metadata().unwrap().len()).sum()
    };
    let empty: u64 = size();
    let root = catalog.add_root("/one").unwrap();
    let text = |n: u64| format!("{:x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).repeat(2);
    for file in 0..50 {
        let texts: Vec<String> = (0..20).map(|n| text(file * 20 + n + 1)).collect();
        put(&mut catalog, root, &format!("f{file}"), &texts);
    }
    assert!(size() > empty + 100_000, "{}", size());
    catalog.remove_root(root).unwrap();
    while catalog.sweep(8).unwrap() {}
    assert!(size() < empty + 50_000, "{} after {empty}", size());
}

#[test]
fn few_unused_vectors_wait_and_too_many_go() {
    let (_dir, mut catalog) = open();
    let root = catalog.add_root("/one").unwrap();
    let model = catalog.model("f").unwrap();
    put(&mut catalog, root, "a", &["text".to_owned()]);
    let many = |count: u32| -> Vec<(Digest, Vec<f32>)> {
        let digest = |number: u32| {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&number.to_le_bytes());
            Digest(bytes)
        };
        (0..count).map(|number| (digest(number), vec![1.0])).collect()
    };
    let last = many(10_000)[9_999].0;
    catalog.put_vectors(model, &many(10_000)).unwrap();
    catalog.prune_vectors().unwrap();
    assert!(catalog.vector(model, last).unwrap().is_some(), "a branch may come back");
    catalog.put_vectors(model, &many(11_000)).unwrap();
    catalog.prune_vectors().unwrap();
    assert!(catalog.vector(model, last).unwrap().is_none());
    assert!(catalog.vector(model, Digest([0; 32])).unwrap().is_some(), "in use");
}

#[test]
fn what_is_known_of_folders_and_models_is_kept() {
    let (dir, catalog) = open();
    let root = catalog.add_root("/one").unwrap();
    let kept = || {
        let catalog = Catalog::open(&dir.path().join("catalog.sqlite")).unwrap();
        let row = catalog.roots().unwrap().remove(0);
        (row.cut_by, row.unfinished, catalog.space().unwrap())
    };
    assert_eq!(kept(), (None, None, None));
    catalog.set_unfinished(root, 9, 3).unwrap();
    catalog.set_space("a").unwrap();
    catalog.set_space("b").unwrap();
    assert_eq!(kept(), (Some(3), Some(9), Some("b".to_owned())));
    catalog.set_finished(root, 4).unwrap();
    assert_eq!(kept(), (Some(4), None, Some("b".to_owned())));
    drop(catalog);
    let mut catalog = Catalog::open(&dir.path().join("catalog.sqlite")).unwrap();
    put(&mut catalog, root, "a", &["text".to_owned()]);
    catalog.set_unfinished(root, 9, 5).unwrap();
    assert_eq!(kept().0, Some(4), "the files that it has are cut by another version");
}
