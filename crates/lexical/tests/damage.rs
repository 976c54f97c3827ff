//! Damaged files are reported and never cause a panic.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use descry_base::{ChunkId, ChunkMeta, Generation, RelPath};
use descry_lexical::{Document, LexicalError, LexicalIndex, LexicalQuery};
use proptest::prelude::*;

/// The files of an index with two segments, one with a removed document, by name.
fn sound_files() -> &'static BTreeMap<String, Vec<u8>> {
    static FILES: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        build(dir.path());
        let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, fs::read(&path).unwrap())
            })
            .collect()
    })
}

fn build(dir: &Path) {
    let mut index = LexicalIndex::open(dir, "catalog").unwrap();
    for generation in 1..=2_u64 {
        let path = RelPath::new("src/a.rs").unwrap();
        let meta = ChunkMeta { symbol: "fn name".into(), ..ChunkMeta::default() };
        let documents = (0..50).map(|i| Document {
            chunk: ChunkId(generation * 100 + i),
            path: &path,
            meta: &meta,
            text: "some text with several words of its own",
        });
        index.apply(&[ChunkId(101)], documents).unwrap();
        index.commit(Generation(generation)).unwrap();
    }
    index.release_writer().unwrap();
}

/// The number of its documents that [`use_index`] finds.
const SOUND: usize = 99;

/// A copy in which `file` contains `bytes` or is missing.
fn with_file(file: &str, bytes: Option<&[u8]>) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, sound) in sound_files() {
        match bytes {
            _ if name != file => fs::write(dir.path().join(name), sound).unwrap(),
            Some(bytes) => fs::write(dir.path().join(name), bytes).unwrap(),
            None => {}
        }
    }
    dir
}

/// Opens and searches the index.
fn use_index(dir: &Path) -> Result<usize, LexicalError> {
    let index = LexicalIndex::open(dir, "catalog")?;
    let query = LexicalQuery::from_text("words name").with_phrase("several words");
    Ok(index.snapshot().search(&query, 1000, &|_| true)?.len())
}

#[track_caller]
fn check_damaged(dir: &Path, what: &str) {
    match use_index(dir) {
        Err(LexicalError::Damaged { path, .. }) => assert_eq!(path, dir, "{what}"),
        other => panic!("{what}: {other:?}"),
    }
    // The documented recovery.
    fs::remove_dir_all(dir).unwrap();
    assert_eq!(use_index(dir).unwrap(), 0, "{what}");
}

#[test]
fn every_missing_or_truncated_file_is_seen() {
    for (name, bytes) in sound_files() {
        for keep in [0, 1, bytes.len() / 2, bytes.len() - 3] {
            let dir = with_file(name, Some(&bytes[..keep]));
            check_damaged(dir.path(), &format!("{name} cut to {keep}"));
        }
        // Without its list of files the index is complete; without meta.json it is a new one.
        let dir = with_file(name, None);
        match name.as_str() {
            ".managed.json" => assert_eq!(use_index(dir.path()).unwrap(), SOUND),
            "meta.json" => assert_eq!(use_index(dir.path()).unwrap(), 0),
            _ => check_damaged(dir.path(), &format!("{name} removed")),
        }
    }
}

/// The text of `meta.json` and its checksum.
fn meta() -> (&'static str, &'static str) {
    std::str::from_utf8(&sound_files()["meta.json"]).unwrap().rsplit_once('\n').unwrap()
}

#[track_caller]
fn changed_meta(from: &str, to: &str) -> String {
    let changed = meta().0.replace(from, to);
    assert_ne!(meta().0, changed);
    changed
}

fn sealed(text: &str) -> Vec<u8> {
    format!("{text}\n{}", blake3::hash(text.as_bytes())).into_bytes()
}

#[test]
fn garbage_in_meta_json() {
    for garbage in [
        "",
        "{",
        "null",
        "[]",
        "{\"segments\": 3}",
        "\u{0}\u{0}",
        "{\"index_settings\":{},\"segments\":[],\"schema\":[],\"opstamp\":0}",
    ] {
        for bytes in [garbage.into(), sealed(garbage)] {
            let dir = with_file("meta.json", Some(&bytes));
            check_damaged(dir.path(), garbage);
        }
    }
}

#[test]
fn another_version_is_damaged() {
    for (from, to) in [
        ("descry-code-2", "descry-code-0"),
        ("\"payload\": \"2 ", "\"payload\": \"x "),
        ("2 catalog", "2 other"),
    ] {
        let dir = with_file("meta.json", Some(&sealed(&changed_meta(from, to))));
        check_damaged(dir.path(), from);
    }
}

/// Well formed, but not what a commit wrote.
#[test]
fn a_changed_number_in_meta_json() {
    for (from, to) in [
        ("\"max_doc\": 50", "\"max_doc\": 10"),
        ("\"max_doc\": 50", "\"max_doc\": 60"),
        ("\"num_deleted_docs\": 1", "\"num_deleted_docs\": 9"),
        ("\"payload\": \"2 ", "\"payload\": \"3 "),
    ] {
        let (_, seal) = meta();
        let bytes = format!("{}\n{seal}", changed_meta(from, to));
        let dir = with_file("meta.json", Some(bytes.as_bytes()));
        check_damaged(dir.path(), to);
    }
}

#[test]
fn a_file_in_place_of_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("index");
    fs::write(&file, "").unwrap();
    assert!(matches!(LexicalIndex::open(&file, "catalog"), Err(LexicalError::Io { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    /// A changed byte is detected unless it does not matter (tantivy's version in a file's footer).
    #[test]
    fn changed_bytes_are_seen(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (name, sound) = which.get(&sound_files().iter().collect::<Vec<_>>()).to_owned();
        let mut bytes = sound.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let dir = with_file(name, Some(&bytes));
        match use_index(dir.path()) {
            Ok(found) => prop_assert_eq!(found, SOUND, "{}", name),
            Err(error) => prop_assert!(matches!(error, LexicalError::Damaged { .. }), "{}", error),
        }
    }
}
