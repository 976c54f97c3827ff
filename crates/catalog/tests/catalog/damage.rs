//! Files that are not, no longer, or not yet a catalog.

use std::fs;
use std::path::{Path, PathBuf};

use descry_base::{ChunkId, ChunkMeta, Digest, FileId, Language, PackedChunks, RelPath, Stamp};
use descry_catalog::{
    Catalog, CatalogError, CatalogReader, FileRow, NewChunk, NewFile, StoredText,
};

/// A catalog of a few hundred pages.
fn sound() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalog.sqlite");
    let mut catalog = Catalog::open(&path).unwrap();
    let root = catalog.add_root("/root").unwrap();
    let commit = catalog.begin().unwrap();
    for number in 0..200_u64 {
        let name = RelPath::new(format!("f{number}")).unwrap();
        let file = NewFile {
            root,
            path: &name,
            stamp: Stamp { size: number, ..Stamp::default() },
            digest: Digest([number as u8; 32]),
            language: Language::Plain,
            chunks: &PackedChunks::pack(&[&ChunkMeta::default()]),
        };
        let text: String = (0..500).map(|at| format!("{:x} ", at * number)).collect();
        let chunk = NewChunk { digest: Digest([number as u8; 32]), text: &text };
        commit.put_file(&file, &[chunk]).unwrap();
    }
    commit.finish(root).unwrap();
    drop(catalog);
    (dir, path)
}

/// Damages a sound catalog; opening it then fails as damaged and never panics.
#[track_caller]
fn check(damage: impl Fn(&mut Vec<u8>)) {
    let (_dir, path) = sound();
    let mut bytes = fs::read(&path).unwrap();
    damage(&mut bytes);
    fs::write(&path, bytes).unwrap();
    match Catalog::open(&path) {
        Err(CatalogError::Damaged { path: named, .. }) => assert_eq!(named, path),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("opened"),
    }
}

#[test]
fn damage_is_found_when_the_catalog_is_opened() {
    check(|bytes| bytes.truncate(bytes.len() / 2));
    check(|bytes| bytes.truncate(100));
    check(|bytes| bytes.truncate(5000));
    check(|bytes| bytes.fill(0x5a));
    check(|bytes| bytes[..100].fill(0));
    check(|bytes| bytes[..16].copy_from_slice(b"a text of 16 byt"));
    check(|bytes| bytes[4096..3 * 4096].fill(0xff));
}

#[test]
fn an_open_never_panics_whatever_page_is_garbled() {
    let (_dir, path) = sound();
    let bytes = fs::read(&path).unwrap();
    for page in 0..bytes.len() / 4096 {
        let mut garbled = bytes.clone();
        for at in (page * 4096..(page + 1) * 4096).step_by(7) {
            garbled[at] ^= 0xa5;
        }
        fs::write(&path, garbled).unwrap();
        check_use(&path, page);
        // Between the cells, or in a text: only reading the text can detect it.
        let mut garbled = bytes.clone();
        garbled[page * 4096 + 2000..page * 4096 + 2100].fill(0xa5);
        fs::write(&path, garbled).unwrap();
        check_use(&path, page);
    }
}

#[track_caller]
fn check_use(path: &Path, page: usize) {
    let used = content(path);
    assert!(matches!(used, Ok(_) | Err(CatalogError::Damaged { .. })), "{page}: {used:?}");
}

/// What can be read: each file, and its texts.
type Content = Vec<(FileRow, Vec<StoredText>)>;

fn content(path: &Path) -> Result<Content, CatalogError> {
    let catalog = Catalog::open(path)?;
    let reader = catalog.reader()?;
    let mut content = Vec::new();
    for root in catalog.roots()? {
        for file in catalog.files(root.id)?.0 {
            let ids: Vec<ChunkId> = (file.first.0..).map(ChunkId).take(file.chunks.len()).collect();
            content.push((file, reader.texts(&ids)?));
        }
    }
    Ok(content)
}

#[test]
fn a_flipped_bit_never_changes_what_is_read() {
    let (_dir, path) = sound();
    let bytes = fs::read(&path).unwrap();
    let sound = content(&path).unwrap();
    let stampless = |file: &FileRow| FileRow { stamp: Stamp::default(), ..file.clone() };
    let mut missing = 0;
    // An odd step visits every kind of byte and every bit.
    for (bit, at) in (0..bytes.len()).step_by(411).enumerate() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (bit % 8);
        fs::write(&path, flipped).unwrap();
        // SQLite may notice it first.
        let Ok(found) = content(&path) else { continue };
        for (file, texts) in &found {
            // A file's stamp is not covered: the file is read again.
            let (known, whole) = sound.iter().find(|(known, _)| known.id == file.id).unwrap();
            assert_eq!(stampless(file), stampless(known), "byte {at}");
            for (text, whole) in texts.iter().zip(whole) {
                assert!(text == whole || !matches!(text, StoredText::Sound(..)), "byte {at}");
                missing += usize::from(text != whole);
            }
        }
        missing += sound.len() - found.len();
    }
    assert!(missing > 100, "most flips hit a file: {missing}");
}

#[test]
fn a_damaged_file_is_told_and_can_be_put_again() {
    let (_dir, path) = sound();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let damaged = [
        "UPDATE files SET path = 'other' WHERE id = 7",
        "UPDATE files SET language = 'x' || language WHERE id = 8",
        "UPDATE chunks SET packed = zeroblob(length(packed)) WHERE file = 9",
        "DELETE FROM chunks WHERE file = 10",
    ];
    connection.execute_batch("PRAGMA writable_schema = 1").unwrap();
    damaged.iter().for_each(|sql| drop(connection.execute(sql, [])));
    drop(connection);
    let mut catalog = Catalog::open(&path).unwrap();
    let root = catalog.roots().unwrap()[0].id;
    let (files, damaged) = catalog.files(root).unwrap();
    assert_eq!(files.len() + damaged.len(), 200);
    assert!(damaged.contains(&FileId(7)) && damaged.contains(&FileId(9)), "{damaged:?}");
    let commit = catalog.begin().unwrap();
    damaged.iter().for_each(|file| commit.delete_damaged(*file).unwrap());
    commit.finish(root).unwrap();
    let (files, damaged) = catalog.files(root).unwrap();
    assert!(files.len() < 200 && damaged.is_empty());
}

#[test]
fn a_damaged_vector_is_none() {
    let (_dir, path) = sound();
    let mut catalog = Catalog::open(&path).unwrap();
    let model = catalog.model("f").unwrap();
    let vector: Vec<f32> = (0..40).map(|at| at as f32 / 150.0).collect();
    catalog.put_vectors(model, &[(Digest([1; 32]), vector)]).unwrap();
    let digest = Digest([1; 32]);
    assert!(catalog.vector(model, digest).unwrap().is_some());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let sql = "UPDATE vectors SET vector = CAST(X'00' || substr(vector, 2) AS BLOB)";
    connection.execute(sql, []).unwrap();
    assert_eq!(catalog.vector(model, digest).unwrap(), None);
}

#[test]
fn a_large_catalog_that_was_not_closed_is_checked() {
    let (_dir, path) = sound();
    let open = |path: &Path| {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.query_row("SELECT count(*) FROM meta WHERE key = 'open'", [], |row| row.get(0))
    };
    let catalog = Catalog::open(&path).unwrap();
    assert_eq!(open(&path), Ok(1));
    drop(catalog);
    assert_eq!(open(&path), Ok(0));
}

#[test]
fn a_reader_notices_that_another_catalog_took_the_place() {
    let (dir, path) = sound();
    let catalog = Catalog::open(&path).unwrap();
    let source = catalog.source().clone();
    assert!(CatalogReader::open(&source).is_ok());
    for file in fs::read_dir(dir.path()).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let other = Catalog::open(&path).unwrap();
    assert_ne!(catalog.identity(), other.identity());
    assert!(matches!(CatalogReader::open(&source), Err(CatalogError::Replaced { .. })));
}

#[test]
fn another_program_s_database_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("other.sqlite");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA application_id = 1; CREATE TABLE theirs(a);").unwrap();
    drop(other);
    assert!(matches!(Catalog::open(&path), Err(CatalogError::Damaged { .. })));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("INSERT INTO theirs VALUES (1)", []).unwrap();
}

#[test]
fn a_newer_format_is_refused_and_not_changed() {
    let (_dir, path) = sound();
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 4711;").unwrap();
    drop(newer);
    match Catalog::open(&path) {
        Err(CatalogError::Newer { found, known, .. }) => assert_eq!((found, known), (4711, 4)),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("opened"),
    }
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = Catalog::open(&dir.path().join("no/such/folder/catalog.sqlite"));
    assert!(matches!(nowhere, Err(CatalogError::Sqlite { .. })));
}
