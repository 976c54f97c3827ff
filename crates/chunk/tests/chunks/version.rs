//! A change of the chunks requires a new version of the chunker.

use std::fs;
use std::path::Path;

use descry_base::ChunkMeta;
use descry_chunk::{ChunkConfig, Text, VERSION};

/// The version, and the digest of the chunks of all fixtures under it.
const PINNED: (u32, u64) = (4, 15_477_795_445_618_343_317);

#[test]
fn other_chunks_are_another_version() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    let mut digest = FNV_OFFSET;
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        let text = Text::read(name, &bytes, true).unwrap();
        for chunk in text.chunks(&ChunkConfig::default()) {
            let ChunkMeta { span, symbol, kind, doc, defines } = chunk;
            let line = format!("{name} {span:?} {symbol} {kind:?} {doc:?} {defines:?}\n");
            digest = fnv1a(digest, line.as_bytes());
        }
    }
    assert_eq!(
        (VERSION, digest),
        PINNED,
        "a fixture is new, or chunks are others: then raise VERSION"
    );
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a (Fowler, Noll, Vo): the standard library's hash may change between versions.
fn fnv1a(digest: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(digest, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
