//! The cost of changes and searches: `cargo bench --workspace --bench vector`. `cargo xtask bench recall`
//! measures what the graph finds.

#[path = "../tests/vector/data.rs"]
mod data;

use std::time::Duration;

use data::clustered;
use descry_base::ChunkId;
use descry_vector::{Entry, Tier, VectorIndex};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

const DIM: usize = 384;
const LIMIT: usize = 50;
const COUNTS: [usize; 2] = [10_000, 50_000];

fn main() {
    divan::main();
}

/// An index of this many vectors, all of them in the graph or none.
fn index(count: usize, in_graph: bool) -> (VectorIndex, Vec<f32>) {
    let vectors = clustered(count, DIM, 1);
    let query = vectors[count / 2].clone();
    let mut index = VectorIndex::in_memory(DIM).scan_up_to(if in_graph { 1_000 } else { count });
    index.apply(&[], entries(vectors)).expect("vectors are finite");
    while index.grow_graph(Duration::from_secs(1)).expect("memory suffices").remaining > 0
        && in_graph
    {}
    (index, query)
}

fn entries(vectors: Vec<Vec<f32>>) -> Vec<Entry> {
    let entry = |(id, vector)| Entry { id: ChunkId(id), tier: Tier::Dense, vector };
    (0..).zip(vectors).map(entry).collect()
}

#[divan::bench(args = COUNTS, sample_count = 3)]
fn apply(bencher: Bencher<'_, '_>, count: usize) {
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| (VectorIndex::in_memory(DIM), entries(clustered(count, DIM, 1))))
        .bench_values(|(mut index, entries)| {
            index.apply(&[], entries).expect("vectors are finite");
            index
        });
}

#[divan::bench(args = COUNTS)]
fn scan(bencher: Bencher<'_, '_>, count: usize) {
    let (index, query) = index(count, false);
    let snapshot = index.snapshot();
    bencher.bench(|| snapshot.search(black_box(&query), LIMIT, &|_| true));
}

#[divan::bench(args = COUNTS)]
fn graph(bencher: Bencher<'_, '_>, count: usize) {
    let (index, query) = index(count, true);
    let snapshot = index.snapshot();
    bencher.bench(|| snapshot.search(black_box(&query), LIMIT, &|_| true));
}

/// One chunk in a hundred passes the filter.
#[divan::bench(args = COUNTS)]
fn filtered(bencher: Bencher<'_, '_>, count: usize) {
    let (index, query) = index(count, true);
    let snapshot = index.snapshot();
    let keep = |id: ChunkId| id.0.is_multiple_of(100);
    bencher.bench(|| snapshot.search(black_box(&query), LIMIT, &keep));
}
