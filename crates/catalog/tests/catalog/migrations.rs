//! Catalogs of earlier formats keep what they hold.

use std::path::{Path, PathBuf};

use descry_base::{
    ChunkId, DefinedName, Digest, FileId, Generation, Language, PackedChunks, RelPath, RootId,
    Span, Stamp, SymbolKind,
};
use descry_catalog::{Catalog, FileRow, StoredText};
use rusqlite::{Connection, params};

/// The stamp of the file that was not replaced.
const STAMP: Stamp = Stamp {
    size: 13,
    mtime_ns: 14,
    ctime_ns: 15,
    inode: (-16_i64).cast_unsigned(),
    overruled: true,
};

const FORMAT_3: &str = include_str!("format_3.sql");

/// A catalog of the third format with two chunks and a vector.
fn third() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalog.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(FORMAT_3).unwrap();
    let put = |id: u64, file: u64, text: &[u8]| {
        old.execute(
            "INSERT INTO chunks VALUES (?, ?, 0, 5, 0, 1, 1, 2, 'fn a', 1, '1 a b', ?, ?)",
            params![id, file, [7_u8; 32], text],
        )
        .unwrap();
    };
    let packed = |text: &str| lz4_flex::compress_prepend_size(text.as_bytes());
    put(70, 40, &packed("older"));
    put(71, 41, &packed("first"));
    put(72, 41, &packed("other"));
    put(73, 42, b"no LZ4");
    let halves = [0x3c00_u16, 0].map(u16::to_le_bytes).concat();
    old.execute("INSERT INTO vectors VALUES (1, ?, ?)", params![[7_u8; 32], halves]).unwrap();
    (dir, path)
}

/// Twice, as a migration must happen once.
#[track_caller]
fn check(path: &Path, stamp: Stamp) {
    for _ in 0..2 {
        let catalog = Catalog::open(path).unwrap();
        let roots = catalog.roots().unwrap();
        let known: Vec<_> = roots.iter().map(|row| (row.cut_by, row.unfinished)).collect();
        assert_eq!(known, [(Some(4), None), (None, Some(658))]);
        assert_eq!(catalog.space().unwrap().as_deref(), Some("ab12"));
        assert_eq!(catalog.generation().unwrap(), Generation(9));

        let meta = descry_base::ChunkMeta {
            span: Span { start: 0, end: 5, first_line: 0, end_line: 1 },
            symbol: "fn a".into(),
            kind: Some(SymbolKind::Function),
            doc: Some(1..2),
            defines: [DefinedName { name: "a b".to_owned(), kind: SymbolKind::Function }].into(),
        };
        let expected = FileRow {
            id: FileId(41),
            path: RelPath::new("src/a.rs").unwrap(),
            stamp,
            digest: Digest([0; 32]),
            language: Language::from_number(1),
            first: ChunkId(71),
            chunks: PackedChunks::pack(&[&meta, &meta]),
        };
        assert_eq!(catalog.files(RootId(1)).unwrap(), (vec![expected], vec![]));
        let texts = catalog.reader().unwrap().texts(&[71, 72, 73, 70].map(ChunkId)).unwrap();
        let sound = |text: &str| StoredText::Sound(text.to_owned(), Digest([7; 32]));
        assert_eq!(texts, [sound("first"), sound("other"), StoredText::Gone, StoredText::Gone]);
        let model = catalog.model("f").unwrap();
        let vector = catalog.vector(model, Digest([7; 32])).unwrap().unwrap();
        assert!((vector[0] - 1.0).abs() < 1e-3 && vector[1] == 0.0, "{vector:?}");
        assert!(catalog.skipped_stamps(RootId(1)).unwrap().contains_key("b"));
        assert_eq!(catalog.identity().len(), 32);
    }
    // No id is used twice.
    let mut catalog = Catalog::open(path).unwrap();
    let commit = catalog.begin().unwrap();
    let file = descry_catalog::NewFile {
        root: RootId(1),
        path: &RelPath::new("new").unwrap(),
        stamp,
        digest: Digest([0; 32]),
        language: Language::Plain,
        chunks: &PackedChunks::pack(&[&descry_base::ChunkMeta::default()]),
    };
    let chunk = descry_catalog::NewChunk { digest: Digest([0; 32]), text: "" };
    let (file, first) = commit.put_file(&file, &[chunk]).unwrap();
    assert!(file > FileId(42) && first > ChunkId(73), "{file:?} {first:?}");
}

#[test]
fn from_the_third() {
    let (_dir, path) = third();
    check(&path, STAMP);
}

#[test]
fn from_the_second() {
    let (_dir, path) = third();
    to_second(&path);
    check(&path, STAMP);
}

#[test]
fn from_the_first() {
    let (_dir, path) = third();
    to_second(&path);
    let old = Connection::open(&path).unwrap();
    for table in ["files", "skipped"] {
        for column in ["ctime", "inode", "overruled"] {
            old.execute_batch(&format!("ALTER TABLE {table} DROP COLUMN {column}")).unwrap();
        }
    }
    old.execute_batch("PRAGMA user_version = 1").unwrap();
    drop(old);
    check(&path, Stamp { size: 13, mtime_ns: 14, ..Stamp::default() });
}

/// The second format kept settings of the engine by name.
fn to_second(path: &Path) {
    let old = Connection::open(path).unwrap();
    old.execute_batch(
        "ALTER TABLE roots DROP COLUMN cut_by;
         ALTER TABLE roots DROP COLUMN unfinished;
         DELETE FROM meta WHERE key = 'space';
         CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
         INSERT INTO settings VALUES ('engine.cut.1', '4'), ('engine.unfinished.1', ''),
             ('engine.unfinished.2', '658'), ('engine.space', 'ab12');
         PRAGMA user_version = 2;",
    )
    .unwrap();
}
