//! Readers concurrent with a writer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use descry_base::ChunkId;
use descry_vector::{Entry, Tier, VectorIndex};

use crate::data::Random;

const DIM: usize = 32;
const READERS: usize = 3;

#[test]
fn search_while_changing() {
    let mut random = Random(5);
    let mut index = VectorIndex::in_memory(DIM).scan_up_to(100);
    let published = Mutex::new(index.snapshot());
    let done = AtomicBool::new(false);
    let start = Barrier::new(READERS + 1);
    thread::scope(|scope| {
        for reader in 0..READERS {
            let (published, done, start) = (&published, &done, &start);
            scope.spawn(move || {
                let mut random = Random(reader as u64);
                start.wait();
                while !done.load(Ordering::Relaxed) {
                    let snapshot = published.lock().unwrap().clone();
                    let query = random.vector(DIM);
                    let found = snapshot.search(&query, 10, &|id| id.0 % 7 != 0).unwrap();
                    let expected = snapshot.exact(&query, 10, &|id| id.0 % 7 != 0).unwrap();
                    assert_eq!(found.len(), expected.len());
                    for neighbor in found {
                        assert!(neighbor.id.0 % 7 != 0 && snapshot.vector(neighbor.id).is_some());
                    }
                }
            });
        }
        start.wait();
        for round in 0..60_u64 {
            let entry = |id| Entry { id, tier: Tier::Static, vector: random.vector(DIM) };
            let put = (round * 20..round * 20 + 80).map(ChunkId).map(entry).collect();
            let remove: Vec<ChunkId> =
                (0..10).map(|i| ChunkId(round * 20 - i.min(round * 20))).collect();
            index.apply(&remove, put).unwrap();
            *published.lock().unwrap() = index.snapshot();
            index.grow_graph(Duration::from_millis(5)).unwrap();
            *published.lock().unwrap() = index.snapshot();
        }
        done.store(true, Ordering::Relaxed);
    });
}
