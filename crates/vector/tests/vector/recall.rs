//! The share of the exact answer that the graph finds.
#![allow(clippy::print_stderr, reason = "a figure to look at")]

use std::collections::HashSet;
use std::time::Duration;

use descry_base::ChunkId;
use descry_vector::{Entry, Tier, VectorIndex, VectorSnapshot};

use crate::data::clustered;

const COUNT: usize = 10_000;
const DIM: usize = 128;
const LIMIT: usize = 50;

fn entries(seed: u64, tier: Tier) -> Vec<Entry> {
    let ids = (0..).map(ChunkId);
    let vectors = clustered(COUNT, DIM, seed);
    ids.zip(vectors).map(|(id, vector)| Entry { id, tier, vector }).collect()
}

fn grow_graph(index: &mut VectorIndex) {
    while index.grow_graph(Duration::from_secs(1)).unwrap().remaining > 0 {}
}

/// The share of the exact best [`LIMIT`] that `search` finds, over queries near stored vectors.
fn recall(snapshot: &VectorSnapshot, stored: &[Entry]) -> f64 {
    let noise = clustered(100, DIM, 99);
    let found =
        noise.iter().zip(stored.iter().step_by(stored.len() / 100)).map(|(noise, entry)| {
            let query: Vec<f32> =
                entry.vector.iter().zip(noise).map(|(a, b)| a + 0.5 * b).collect();
            let exact = snapshot.exact(&query, LIMIT, &|_| true).unwrap();
            let exact: HashSet<ChunkId> = exact.iter().map(|neighbor| neighbor.id).collect();
            let search = snapshot.search(&query, LIMIT, &|_| true).unwrap();
            assert_eq!(search.len(), LIMIT);
            search.iter().filter(|neighbor| exact.contains(&neighbor.id)).count()
        });
    found.sum::<usize>() as f64 / (100 * LIMIT) as f64
}

#[test]
fn graph_agrees_with_scan() {
    let mut index = VectorIndex::in_memory(DIM).scan_up_to(1_000);
    let static_vectors = entries(1, Tier::Static);
    index.apply(&[], static_vectors.clone()).unwrap();
    grow_graph(&mut index);
    let first = recall(&index.snapshot(), &static_vectors);

    // Every node is reused for another vector.
    let full = entries(2, Tier::Dense);
    for part in full.chunks(2_500) {
        index.apply(&[], part.to_vec()).unwrap();
        grow_graph(&mut index);
    }
    let second = recall(&index.snapshot(), &full);

    // A quarter is removed.
    let gone: Vec<ChunkId> = full.iter().step_by(4).map(|entry| entry.id).collect();
    index.apply(&gone, Vec::new()).unwrap();
    let third = recall(&index.snapshot(), &full);
    grow_graph(&mut index);
    let fourth = recall(&index.snapshot(), &full);

    let recalls = [first, second, third, fourth];
    eprintln!("recall@{LIMIT}: {recalls:.3?}");
    assert!(recalls.iter().all(|recall| *recall >= 0.98), "{recalls:.3?}");
}

#[test]
fn a_saved_graph_is_used_until_much_has_changed() {
    let dir = tempfile::tempdir().unwrap();
    let open = || VectorIndex::open(dir.path(), DIM, "space").unwrap().scan_up_to(1_000);
    let mut index = open();
    let vectors = entries(3, Tier::Static);
    index.apply(&[], vectors.clone()).unwrap();
    grow_graph(&mut index);
    let in_memory = index.memory();
    index.checkpoint().unwrap();
    assert!(index.memory() < in_memory / 2, "{} of {in_memory} bytes", index.memory());

    let changed = |from: usize, count: usize| -> Vec<Entry> {
        let entry = |at: usize| Entry { id: vectors[at].id, ..vectors[at + COUNT / 2].clone() };
        (from..from + count).map(entry).collect()
    };
    let check = |index: &VectorIndex, remaining: usize| {
        let snapshot = index.snapshot();
        for entry in changed(0, remaining) {
            let found = snapshot.search(&entry.vector, 2, &|_| true).unwrap();
            assert!(found.iter().any(|neighbor| neighbor.id == entry.id));
        }
        let gone = snapshot.search(&vectors[COUNT - 1].vector, 5, &|_| true).unwrap();
        assert!(gone.iter().all(|neighbor| neighbor.id != vectors[COUNT - 1].id));
    };
    index.apply(&[vectors[COUNT - 1].id], changed(0, 50)).unwrap();
    assert_eq!(index.grow_graph(Duration::from_secs(1)).unwrap().added, 0);
    check(&index, 50);
    index.checkpoint().unwrap();
    drop(index);

    let mut index = open();
    check(&index, 50);
    index.apply(&[], changed(50, 500)).unwrap();
    assert_eq!(index.grow_graph(Duration::from_secs(60)).unwrap().added, 550);
    check(&index, 550);
    index.checkpoint().unwrap();
    drop(index);
    check(&open(), 550);
}
