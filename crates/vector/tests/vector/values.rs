//! Valid and invalid vectors and queries.

use std::time::Duration;

use descry_base::ChunkId;
use descry_vector::{Entry, Take, Tier, VectorError, VectorIndex, VectorSnapshot};

use crate::data::{Random, clustered};

fn entry(id: u64, vector: &[f32]) -> Entry {
    Entry { id: ChunkId(id), tier: Tier::Dense, vector: vector.to_vec() }
}

#[test]
fn bad_queries_are_errors() {
    let mut index = VectorIndex::in_memory(2);
    index.apply(&[], vec![entry(1, &[1.0, 0.0]), entry(2, &[3.0, 4.0])]).unwrap();
    let snapshot = index.snapshot();
    #[track_caller]
    fn check(answer: Result<Vec<descry_vector::Neighbor>, VectorError>, expected: &str) {
        let VectorError::BadQuery { what } = answer.unwrap_err() else { panic!("another error") };
        assert_eq!(what, expected);
    }
    check(snapshot.search(&[0.0, 0.0], 1, &|_| true), "no direction");
    check(snapshot.search(&[f32::NAN, 1.0], 1, &|_| true), "no direction");
    check(snapshot.search(&[f32::NEG_INFINITY, 1.0], 1, &|_| true), "no direction");
    check(snapshot.search(&[], 1, &|_| true), "0 dimensions, not 2");
    check(snapshot.exact(&[1.0; 3], 1, &|_| true), "3 dimensions, not 2");
    assert_eq!(snapshot.search(&[1.0, 0.0], 0, &|_| true).unwrap(), []);
    assert_eq!(snapshot.search(&[1.0, 0.0], usize::MAX, &|_| true).unwrap().len(), 2);
    assert_eq!(VectorIndex::in_memory(2).snapshot().search(&[1.0, 0.0], 9, &|_| true).unwrap(), []);
    assert!(VectorIndex::in_memory(0).snapshot().search(&[], 9, &|_| true).is_err());
}

#[test]
fn bad_entries_change_nothing() {
    let mut index = VectorIndex::in_memory(2);
    index.apply(&[], vec![entry(1, &[1.0, 0.0])]).unwrap();
    for bad in [&[0.0, 0.0][..], &[f32::NAN, 0.0], &[1.0]] {
        let put = vec![entry(2, &[0.0, 1.0]), entry(3, bad)];
        let error = index.apply(&[ChunkId(1)], put).unwrap_err();
        assert!(matches!(error, VectorError::BadEntry { id: ChunkId(3), .. }), "{error}");
    }
    assert_eq!(index.keys().collect::<Vec<_>>(), [(ChunkId(1), Tier::Dense)]);
}

#[test]
fn scores_are_cosines_and_ties_go_by_id() {
    let mut index = VectorIndex::in_memory(2);
    let put = vec![entry(3, &[0.0, 5.0]), entry(2, &[7.0, 0.0]), entry(1, &[0.0, 1.0])];
    index.apply(&[], put).unwrap();
    let snapshot = index.snapshot();
    let found = snapshot.search(&[1.0, 2.0], 9, &|_| true).unwrap();
    let found: Vec<(u64, i32)> =
        found.iter().map(|s| (s.id.0, (s.score * 100.0).round() as i32)).collect();
    assert_eq!(found, [(1, 89), (3, 89), (2, 45)]);
    assert_eq!(snapshot.vector(ChunkId(2)), Some(vec![1.0, 0.0]));
    assert_eq!(snapshot.vector(ChunkId(4)), None);
}

#[test]
fn filters_come_before_the_limit() {
    let mut index = VectorIndex::in_memory(16).scan_up_to(64);
    let mut random = Random(1);
    let put = (0..2_000).map(|id| entry(id, &random.vector(16))).collect();
    index.apply(&[], put).unwrap();
    while index.grow_graph(Duration::from_secs(1)).unwrap().remaining > 0 {}
    let snapshot = index.snapshot();
    let query = random.vector(16);
    for share in [1, 2, 3, 10, 100, 1_000] {
        let keep = |id: ChunkId| id.0.is_multiple_of(share);
        let expected = (2_000 / share).min(10) as usize;
        let found = snapshot.search(&query, 10, &keep).unwrap();
        assert_eq!(found.len(), expected, "one in {share}");
        assert!(found.iter().all(|neighbor| keep(neighbor.id)), "one in {share}");
        assert_eq!(found[0], snapshot.exact(&query, 1, &keep).unwrap()[0], "one in {share}");
    }
}

#[test]
fn lists_of_one_search_are_what_searches_of_their_own_find() {
    const DIM: usize = 128;
    let mut index = VectorIndex::in_memory(DIM).scan_up_to(500);
    let vectors = clustered(4_000, DIM, 7);
    let entries = (0..).map(ChunkId).zip(vectors);
    let entries = entries.map(|(id, vector)| Entry { id, tier: Tier::Dense, vector });
    index.apply(&[], entries.collect()).unwrap();
    let check = |snapshot: &VectorSnapshot, exact: bool| {
        let few = |id: ChunkId| id.0.is_multiple_of(500);
        let (even, none) = (|id: ChunkId| id.0.is_multiple_of(2), |_| false);
        let lists =
            [(9, &even as &(dyn Fn(ChunkId) -> bool + Sync)), (5, &few), (0, &even), (3, &none)];
        for query in clustered(10, DIM, 8) {
            let takes = lists.map(|(limit, keep)| Take { limit, keep });
            let together = snapshot.search_lists(&query, &takes).unwrap();
            for ((limit, keep), found) in lists.into_iter().zip(together) {
                let alone = snapshot.exact(&query, limit, keep).unwrap();
                assert_eq!(found.len(), alone.len());
                assert!(found.iter().all(|neighbor| keep(neighbor.id)));
                let first = (found.first(), alone.first());
                assert!(if exact { found == alone } else { first.0 == first.1 });
            }
        }
    };
    check(&index.snapshot(), true);
    while index.grow_graph(Duration::from_secs(1)).unwrap().remaining > 0 {}
    check(&index.snapshot(), false);
}
