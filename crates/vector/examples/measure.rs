//! Prints what the index costs, in processor time of one core: `cargo run -p descry-vector --example measure -- 10000 50000 100000`.
#![allow(clippy::print_stdout, reason = "figures to read")]

#[path = "../tests/vector/data.rs"]
mod data;

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use data::clustered;
use descry_base::ChunkId;
use descry_vector::{Entry, Tier, VectorIndex, VectorSnapshot};

const DIM: usize = 384;
const LIMIT: usize = 50;
const QUERIES: usize = 200;

fn main() {
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(count) => measure(count),
            Err(error) => println!("{argument}: {error}"),
        }
    }
}

fn measure(count: usize) {
    let static_vectors = clustered(count, DIM, 1);
    let queries = near(&static_vectors);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let open = || VectorIndex::open(dir.path(), DIM, "measure").expect("a whole index");
    let mut index = open().scan_up_to(1_000);
    let put = entries(&static_vectors, Tier::Static);
    let start = clock();
    for part in put.chunks(1_000) {
        index.apply(&[], part.to_vec()).expect("vectors are finite");
        black_box(index.snapshot());
    }
    println!("{count} vectors of {DIM}, apply: {:.0}/s", per_second(count, start));
    println!("  scan of all: {:.2} ms", exact_ms(&index.snapshot(), &queries));

    let start = clock();
    while index.grow_graph(Duration::from_millis(50)).expect("memory suffices").remaining > 0 {
        black_box(index.snapshot());
    }
    println!("  graph: {:.0}/s", per_second(count, start));
    println!("  memory: {:.0} bytes per vector", index.memory() as f64 / count as f64);
    report(&index.snapshot(), &queries);

    let start = clock();
    index.checkpoint().expect("disk suffices");
    println!("  checkpoint: {:.0?}", clock() - start);
    let start = clock();
    black_box(open());
    println!("  open: {:.0?}", clock() - start);

    let full = clustered(count, DIM, 2);
    let start = clock();
    for part in entries(&full, Tier::Dense).chunks(count / 10) {
        index.apply(&[], part.to_vec()).expect("vectors are finite");
        while index.grow_graph(Duration::from_secs(1)).expect("memory suffices").remaining > 0 {}
    }
    println!("  replaced: {:.0}/s", per_second(count, start));
    report(&index.snapshot(), &near(&full));
}

fn entries(vectors: &[Vec<f32>], tier: Tier) -> Vec<Entry> {
    let ids = (0..).map(ChunkId);
    ids.zip(vectors).map(|(id, vector)| Entry { id, tier, vector: vector.clone() }).collect()
}

/// Queries beside stored vectors.
fn near(vectors: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let noise = clustered(QUERIES, DIM, 99);
    let stored = vectors.iter().step_by(vectors.len() / QUERIES);
    let beside =
        |(a, b): (&Vec<f32>, &Vec<f32>)| a.iter().zip(b).map(|(a, b)| a + 0.5 * b).collect();
    stored.zip(&noise).map(beside).collect()
}

fn report(snapshot: &VectorSnapshot, queries: &[Vec<f32>]) {
    let search = |query: &Vec<f32>| snapshot.search(query, LIMIT, &|_| true).expect("finite");
    let start = clock();
    let found: Vec<_> = queries.iter().map(search).collect();
    let ms = (clock() - start).as_secs_f64() * 1e3 / queries.len() as f64;
    let mut agreed = 0;
    for (query, found) in queries.iter().zip(found) {
        let exact = snapshot.exact(query, LIMIT, &|_| true).expect("finite");
        let exact: HashSet<ChunkId> = exact.iter().map(|neighbor| neighbor.id).collect();
        agreed += found.iter().filter(|neighbor| exact.contains(&neighbor.id)).count();
    }
    let recall = agreed as f64 / (queries.len() * LIMIT) as f64;
    println!("  graph: {ms:.2} ms, recall@{LIMIT} {recall:.3}");
    for share in [2, 5, 10, 100] {
        let keep = |id: ChunkId| id.0.is_multiple_of(share);
        let start = clock();
        for query in queries {
            black_box(snapshot.search(query, LIMIT, &keep).expect("finite"));
        }
        let ms = (clock() - start).as_secs_f64() * 1e3 / queries.len() as f64;
        println!("  search, one in {share} passes: {ms:.2} ms");
    }
}

fn exact_ms(snapshot: &VectorSnapshot, queries: &[Vec<f32>]) -> f64 {
    let start = clock();
    for query in queries {
        black_box(snapshot.exact(query, LIMIT, &|_| true).expect("finite"));
    }
    (clock() - start).as_secs_f64() * 1e3 / queries.len() as f64
}

fn per_second(count: usize, since: Duration) -> f64 {
    count as f64 / (clock() - since).as_secs_f64()
}

/// Time that this thread has spent on a processor, where the system tells; else time that passed.
fn clock() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = stat.and_then(|stat| stat.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
