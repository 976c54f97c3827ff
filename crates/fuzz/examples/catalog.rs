//! A catalog with changed bytes: what is read from it is what was written, or damage, never
//! another text. The input is a list of changes, each a place (u16, scaled to the file) and a byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use descry_base::{ChunkId, ChunkMeta, Digest, Language, PackedChunks, RelPath, Stamp};
use descry_catalog::{Catalog, CatalogError, NewChunk, NewFile, StoredText};
use libfuzzer_sys::fuzz_target;

/// Enough chunks for several blocks of texts.
const CHUNKS: usize = 40;

/// A catalog of one file.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("catalog.sqlite");
    write(&path).expect("a catalog can be written");
    fs::read(path).expect("it can be read")
});

/// Where each input's catalog is.
static DIR: LazyLock<PathBuf> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder").keep());

fn text(at: usize) -> String {
    format!("fn number_{at}() {{ {} }}\n", "count(); ".repeat(at * 3))
}

fn write(path: &Path) -> Result<(), CatalogError> {
    let mut catalog = Catalog::open(path)?;
    let root = catalog.add_root("/a/folder")?;
    let texts: Vec<String> = (0..CHUNKS).map(text).collect();
    let metas = vec![ChunkMeta::default(); CHUNKS];
    let file = NewFile {
        root,
        path: &RelPath::new("src/numbers.rs").expect("a path"),
        stamp: Stamp::default(),
        digest: Digest([7; 32]),
        language: Language::Rust,
        chunks: &PackedChunks::pack(&metas.iter().collect::<Vec<_>>()),
    };
    let chunk = |text: &String| Digest([text.len() as u8; 32]);
    let digests: Vec<Digest> = texts.iter().map(chunk).collect();
    let chunks: Vec<NewChunk<'_>> =
        texts.iter().zip(digests).map(|(text, digest)| NewChunk { digest, text }).collect();
    let commit = catalog.begin()?;
    commit.put_file(&file, &chunks)?;
    commit.finish(root)?;
    Ok(())
}

fn read(path: &Path) -> Result<(), CatalogError> {
    let catalog = Catalog::open(path)?;
    for root in catalog.roots()? {
        catalog.skipped(root.id)?;
        for file in catalog.files(root.id)?.0 {
            assert_eq!(file.path.as_str(), "src/numbers.rs");
            assert_eq!(file.chunks.unpack(), vec![ChunkMeta::default(); CHUNKS]);
        }
    }
    let ids: Vec<ChunkId> = (1..=CHUNKS as u64).map(ChunkId).collect();
    for (at, found) in catalog.reader()?.texts(&ids)?.into_iter().enumerate() {
        if let StoredText::Sound(found, _) = found {
            assert_eq!(found, text(at));
        }
    }
    Ok(())
}

fuzz_target!(|input: &[u8]| {
    let mut bytes = WHOLE.clone();
    for change in input.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
        let place = place * bytes.len() / (usize::from(u16::MAX) + 1);
        bytes[place] = change[2];
    }
    let path = DIR.join("catalog.sqlite");
    for name in ["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"] {
        let _ = fs::remove_file(DIR.join(name));
    }
    fs::write(&path, bytes).expect("to write it");
    let _ = read(&path);
});

fn main() -> std::process::ExitCode {
    descry_fuzz::run()
}
