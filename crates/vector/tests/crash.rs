//! The process dies during a checkpoint. A separate binary, because fail points are global.

use std::panic::{AssertUnwindSafe, catch_unwind};

use descry_base::ChunkId;
use descry_vector::{Entry, Tier, VectorIndex};
use fail::FailScenario;

fn put(index: &mut VectorIndex, id: u64) {
    let entry = Entry { id: ChunkId(id), tier: Tier::Dense, vector: vec![1.0, id as f32] };
    index.apply(&[], vec![entry]).unwrap();
}

#[test]
fn old_or_new_but_never_half() {
    #[track_caller]
    fn check(point: &str, expected: usize) {
        let dir = tempfile::tempdir().unwrap();
        let open = || VectorIndex::open(dir.path(), 2, "space").unwrap();
        let mut index = open();
        put(&mut index, 1);
        index.checkpoint().unwrap();
        put(&mut index, 2);
        fail::cfg(point, "panic").unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| index.checkpoint())).is_err(), "{point}");
        fail::remove(point);
        let mut index = open();
        assert_eq!(index.len(), expected, "{point}");
        put(&mut index, 3);
        index.checkpoint().unwrap();
        assert_eq!(open().len(), expected + 1, "{point}");
    }
    let scenario = FailScenario::setup();
    check("vector::before_checkpoint_rename", 1);
    check("vector::after_checkpoint", 2);
    scenario.teardown();
}
