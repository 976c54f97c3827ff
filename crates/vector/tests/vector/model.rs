//! Any sequence of operations yields the same content as a map.

use std::collections::BTreeMap;
use std::time::Duration;

use descry_base::ChunkId;
use descry_vector::{Entry, Neighbor, Tier, VectorIndex, VectorSnapshot};
use proptest::prelude::*;

use crate::data::Random;

const DIM: usize = 8;
/// So low that the graph is built and dropped repeatedly.
const SCAN_UP_TO: usize = 12;

type Model = BTreeMap<ChunkId, (Tier, Vec<f32>)>;

#[derive(Clone, Debug)]
enum Step {
    Apply { remove: Vec<u64>, put: Vec<(u64, bool, u64)> },
    Grow,
    GrowAll,
    Checkpoint,
    Reopen,
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0..40_u64;
    let remove = proptest::collection::vec(id.clone(), 0..8);
    let put = proptest::collection::vec((id, any::<bool>(), 0..6_u64), 0..20);
    prop_oneof![
        4 => (remove, put).prop_map(|(remove, put)| Step::Apply { remove, put }),
        2 => Just(Step::Grow),
        2 => Just(Step::GrowAll),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Reopen),
        1 => Just(Step::Look),
    ]
}

/// One of few vectors, so that equal ones occur.
fn vector(seed: u64) -> Vec<f32> {
    Random(seed).vector(DIM)
}

fn naive(model: &Model, query: &[f32], limit: usize) -> Vec<(ChunkId, Tier)> {
    let mut index = VectorIndex::in_memory(DIM);
    let entry = |(id, (tier, vector)): (&ChunkId, &(Tier, Vec<f32>))| {
        index.apply(&[], vec![Entry { id: *id, tier: *tier, vector: vector.clone() }]).unwrap();
        let alone = index.snapshot().exact(query, 1, &|other| other == *id).unwrap()[0];
        (alone.score, *id, *tier)
    };
    let mut all: Vec<(f32, ChunkId, Tier)> = model.iter().map(entry).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.into_iter().take(limit).map(|(_, id, tier)| (id, tier)).collect()
}

fn keys(found: &[Neighbor]) -> Vec<(ChunkId, Tier)> {
    found.iter().map(|neighbor| (neighbor.id, neighbor.tier)).collect()
}

/// Checks a snapshot, even an old one, against the model at the time it was taken.
fn check(snapshot: &VectorSnapshot, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(snapshot.len(), model.len());
    for seed in [3, 77] {
        let query = vector(seed);
        let exact = snapshot.exact(&query, 10, &|_| true).unwrap();
        prop_assert_eq!(keys(&exact), naive(model, &query, 10));
        let odd = snapshot.exact(&query, 4, &|id| id.0 % 2 == 1).unwrap();
        let odd_model = model.clone().into_iter().filter(|(id, _)| id.0 % 2 == 1).collect();
        prop_assert_eq!(keys(&odd), naive(&odd_model, &query, 4));

        let all = snapshot.exact(&query, usize::MAX, &|_| true).unwrap();
        let found = snapshot.search(&query, 3, &|_| true).unwrap();
        prop_assert_eq!(found.len(), model.len().min(3));
        prop_assert!(found.iter().all(|neighbor| all.contains(neighbor)));
        let mut ids: Vec<ChunkId> = found.iter().map(|neighbor| neighbor.id).collect();
        ids.dedup();
        prop_assert_eq!(ids.len(), found.len());
    }
    for (id, (_, vector)) in model {
        let stored = snapshot.vector(*id).unwrap();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        let near = stored.iter().zip(vector).all(|(a, b)| (a - b / length).abs() < 5e-3);
        prop_assert!(near, "{:?}", id);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn as_a_map_would(steps in proptest::collection::vec(step(), 1..30)) {
        let dir = tempfile::tempdir().unwrap();
        let open = || VectorIndex::open(dir.path(), DIM, "space").unwrap().scan_up_to(SCAN_UP_TO);
        let mut index = open();
        let mut model = Model::new();
        let mut saved = Model::new();
        let mut looks: Vec<(VectorSnapshot, Model)> = Vec::new();
        for step in steps {
            match step {
                Step::Apply { remove, put } => {
                    let remove: Vec<ChunkId> = remove.into_iter().map(ChunkId).collect();
                    let entries = put.into_iter().map(|(id, full, seed)| Entry {
                        id: ChunkId(id),
                        tier: if full { Tier::Dense } else { Tier::Static },
                        vector: vector(seed),
                    });
                    let entries: Vec<Entry> = entries.collect();
                    model.retain(|id, _| !remove.contains(id));
                    for entry in &entries {
                        model.insert(entry.id, (entry.tier, entry.vector.clone()));
                    }
                    index.apply(&remove, entries).unwrap();
                }
                Step::Grow => {
                    index.grow_graph(Duration::ZERO).unwrap();
                }
                Step::GrowAll => while index.grow_graph(Duration::ZERO).unwrap().remaining > 0 {},
                Step::Checkpoint => {
                    index.checkpoint().unwrap();
                    saved = model.clone();
                }
                Step::Reopen => {
                    drop(index);
                    index = open();
                    model = saved.clone();
                }
                Step::Look => looks.push((index.snapshot(), model.clone())),
            }
            let mut keys: Vec<(ChunkId, Tier)> = index.keys().collect();
            keys.sort();
            let expected: Vec<_> = model.iter().map(|(id, (tier, _))| (*id, *tier)).collect();
            prop_assert_eq!(keys, expected);
            let full = model.values().filter(|(tier, _)| *tier == Tier::Dense).count();
            prop_assert_eq!((index.len(), index.dense_len()), (model.len(), full));
        }
        check(&index.snapshot(), &model)?;
        for (snapshot, model) in &looks {
            check(snapshot, model)?;
        }
    }
}
