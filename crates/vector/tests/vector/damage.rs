//! Files that differ from what was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use descry_base::ChunkId;
use descry_vector::{Entry, Tier, VectorError, VectorIndex};
use proptest::prelude::*;

use crate::data::Random;

const DIM: usize = 8;

/// An index of 300 chunks with a graph, in `dir`.
fn write(dir: &Path) -> VectorIndex {
    let mut random = Random(3);
    let mut index = VectorIndex::open(dir, DIM, "space").unwrap().scan_up_to(100);
    let entry = |id| Entry { id: ChunkId(id), tier: Tier::Dense, vector: random.vector(DIM) };
    index.apply(&[], (0..300).map(entry).collect()).unwrap();
    while index.grow_graph(Duration::from_secs(1)).unwrap().remaining > 0 {}
    index.checkpoint().unwrap();
    index
}

fn file(dir: &Path, prefix: &str) -> PathBuf {
    let files: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

#[test]
fn another_space_dimension_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    #[track_caller]
    fn check(dir: &Path, dim: usize, space: &str, expected: &str) {
        let error = VectorIndex::open(dir, dim, space).unwrap_err();
        assert!(error.rebuild());
        assert!(error.to_string().ends_with(expected), "{error}");
    }
    check(dir.path(), 9, "space", "its dimension is 8, not 9");
    check(dir.path(), DIM, "other", "its space is space, not other");
    assert_eq!(VectorIndex::open(dir.path(), DIM, "space").unwrap().len(), 300);
    assert!(VectorIndex::open(&dir.path().join("none"), DIM, "space").unwrap().is_empty());
}

#[test]
fn later_checkpoints_leave_one_pair() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = write(dir.path());
    for id in 0..3 {
        index.apply(&[ChunkId(id)], Vec::new()).unwrap();
        index.checkpoint().unwrap();
    }
    file(dir.path(), "vectors-");
    file(dir.path(), "graph-");
    let manifest = fs::read(file(dir.path(), "manifest")).unwrap();
    index.checkpoint().unwrap();
    assert_eq!(fs::read(file(dir.path(), "manifest")).unwrap(), manifest, "nothing had changed");
    assert_eq!(VectorIndex::open(dir.path(), DIM, "space").unwrap().len(), 297);
}

#[test]
fn missing_parts_are_damage() {
    for prefix in ["vectors-", "graph-"] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path());
        fs::remove_file(file(dir.path(), prefix)).unwrap();
        let error = VectorIndex::open(dir.path(), DIM, "space").unwrap_err();
        assert!(matches!(error, VectorError::Damaged { .. }), "{error}");
    }
}

#[test]
fn half_a_checkpoint_is_not_seen() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    for name in ["vectors-2", "graph-2", "manifest.json.new"] {
        fs::write(dir.path().join(name), b"half").unwrap();
    }
    let mut index = VectorIndex::open(dir.path(), DIM, "space").unwrap();
    assert_eq!(index.len(), 300);
    index.apply(&[ChunkId(7)], Vec::new()).unwrap();
    index.checkpoint().unwrap();
    assert_eq!(VectorIndex::open(dir.path(), DIM, "space").unwrap().len(), 299);
    file(dir.path(), "vectors-");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_changed_byte_is_noticed(which in 0..3_usize, at in any::<prop::sample::Index>(),
                                   bit in 0..8_u8, cut in any::<bool>()) {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path());
        let path = file(dir.path(), ["vectors-", "graph-", "manifest"][which]);
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << bit;
        }
        fs::write(&path, bytes).unwrap();
        let opened = VectorIndex::open(dir.path(), DIM, "space");
        // In the manifest, white space and the number may differ without harm.
        prop_assert!(opened.is_err() || which == 2);
        if let Ok(index) = opened {
            prop_assert_eq!(index.len(), 300);
        }
    }
}
