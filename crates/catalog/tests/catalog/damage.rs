//! Files that are not, no longer, or not yet a catalog.

use std::fs;
use std::path::{Path, PathBuf};

use descry_base::{ChunkMeta, Digest, Language, RelPath, Stamp};
use descry_catalog::{Catalog, CatalogError, NewChunk, NewFile};

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
        };
        let text: String = (0..500).map(|at| format!("{:x} ", at * number)).collect();
        let chunk = NewChunk {
            meta: &ChunkMeta::default(),
            digest: Digest([number as u8; 32]),
            text: &text,
        };
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
    let used = read_everything(path);
    assert!(matches!(used, Ok(()) | Err(CatalogError::Damaged { .. })), "{page}: {used:?}");
}

fn read_everything(path: &Path) -> Result<(), CatalogError> {
    let catalog = Catalog::open(path)?;
    for root in catalog.roots()? {
        catalog.files(root.id)?;
        let ids: Vec<_> = catalog.chunks(root.id)?.into_iter().map(|chunk| chunk.id).collect();
        catalog.reader()?.texts(&ids)?;
    }
    Ok(())
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
        Err(CatalogError::Newer { found, known, .. }) => assert_eq!((found, known), (4711, 3)),
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
