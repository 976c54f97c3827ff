//! Selects the best few of many.

use std::cmp::Ordering;

use descry_base::ChunkId;

use crate::Tier;

/// A found chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbor {
    /// The chunk.
    pub id: ChunkId,
    /// The cosine of its vector and the query's, -1 to 1.
    pub score: f32,
    /// The tier of that vector.
    pub tier: Tier,
}

impl Neighbor {
    /// Best first, ties by id, so that the order never depends on a vector's slot.
    fn rank(&self, other: &Neighbor) -> Ordering {
        other.score.total_cmp(&self.score).then(self.id.cmp(&other.id))
    }
}

/// The limits of one result list of a search.
#[derive(Clone, Copy)]
pub struct Take<'a> {
    /// The maximum number of chunks.
    pub limit: usize,
    /// The list takes only chunks that this accepts. It must not panic.
    pub keep: &'a (dyn Fn(ChunkId) -> bool + Sync),
}

/// Keeps the best `limit` of the offered neighbors that `keep` accepts, in a buffer of twice that
/// size, halved when it is full.
pub(crate) struct Top<'a> {
    limit: usize,
    keep: &'a (dyn Fn(ChunkId) -> bool + Sync),
    kept: Vec<Neighbor>,
    floor: f32,
}

impl<'a> Top<'a> {
    /// An empty selection. `limit` must fit in memory.
    pub(crate) fn new(limit: usize, keep: &'a (dyn Fn(ChunkId) -> bool + Sync)) -> Top<'a> {
        Top { limit, keep, kept: Vec::with_capacity(2 * limit), floor: f32::NEG_INFINITY }
    }

    /// The number of neighbors to keep.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The number of neighbors kept so far.
    pub(crate) fn len(&self) -> usize {
        self.kept.len().min(self.limit)
    }

    pub(crate) fn offer(&mut self, neighbor: Neighbor) {
        // Only now: looking a chunk up takes longer than scoring it.
        if neighbor.score < self.floor || self.limit == 0 || !(self.keep)(neighbor.id) {
            return;
        }
        self.kept.push(neighbor);
        if self.kept.len() == 2 * self.limit {
            self.kept.select_nth_unstable_by(self.limit - 1, Neighbor::rank);
            self.kept.truncate(self.limit);
            self.floor = self.kept[self.limit - 1].score;
        }
    }

    /// The best, best first.
    pub(crate) fn into_sorted(mut self) -> Vec<Neighbor> {
        self.kept.sort_unstable_by(Neighbor::rank);
        self.kept.truncate(self.limit);
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_sorting_all(scores in proptest::collection::vec(-3_i8..3, 0..60), limit in 0_usize..20) {
            let all: Vec<Neighbor> = scores
                .iter()
                .enumerate()
                .map(|(i, s)| Neighbor { id: ChunkId(i as u64 * 7 % 64), score: f32::from(*s), tier: Tier::Dense })
                .collect();
            let mut top = Top::new(limit, &|id| id.0 % 5 > 0);
            all.iter().for_each(|neighbor| top.offer(*neighbor));
            let mut sorted = all;
            sorted.retain(|neighbor| neighbor.id.0 % 5 > 0);
            sorted.sort_by(Neighbor::rank);
            sorted.truncate(limit);
            prop_assert_eq!(top.into_sorted(), sorted);
        }
    }
}
