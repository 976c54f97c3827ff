//! The reader side: the index at one moment.

use std::fmt;
use std::sync::Arc;

use descry_base::ChunkId;

use crate::graph::Graph;
use crate::table::{Scan, Table};
use crate::top::{Take, Top};
use crate::unit::{Query, compares_bits};
use crate::{Neighbor, Tier, VectorError};

/// The number of vectors up to which a search scans instead of using the graph: a scan takes one to
/// two milliseconds on two cores, about as long as the graph does here (`cargo xtask bench
/// recall`).
pub const SCAN_UP_TO: usize = 49_152;
/// The number of vectors that a graph of bits proposes, besides six for each that is wanted.
const PROPOSED: usize = 700;
/// The number of vectors sampled to estimate how narrow a filter is.
const SAMPLE: u32 = 256;

/// The index at one moment; cheap to clone, for any thread.
///
/// Its content never changes: [`exact`](VectorSnapshot::exact) and
/// [`vector`](VectorSnapshot::vector) always return the same, and everything that
/// [`search`](VectorSnapshot::search) finds is in this snapshot, with this snapshot's score. Only
/// the graph's paths are shared with the writer: after later changes to the graph, an approximate
/// search in an old snapshot may miss vectors that have since been replaced or removed.
#[derive(Clone)]
pub struct VectorSnapshot {
    moment: Arc<Moment>,
}

struct Moment {
    table: Table,
    graph: Option<Arc<Graph>>,
    scan_up_to: usize,
}

impl VectorSnapshot {
    pub(crate) fn new(table: Table, graph: Option<Arc<Graph>>, scan_up_to: usize) -> Self {
        VectorSnapshot { moment: Arc::new(Moment { table, graph, scan_up_to }) }
    }

    /// The `limit` chunks most similar to `query` among those that `keep` accepts; see
    /// [`search_lists`](VectorSnapshot::search_lists).
    pub fn search(
        &self,
        query: &[f32],
        limit: usize,
        keep: &(dyn Fn(ChunkId) -> bool + Sync),
    ) -> Result<Vec<Neighbor>, VectorError> {
        let found = self.search_lists(query, &[Take { limit, keep }])?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Fills each list with the chunks most similar to `query` (`[dim]`, of any length but zero),
    /// best first, ties by id; every chunk is scored once, regardless of the number of lists. Exact
    /// for small folders, narrow lists and vectors outside the graph; otherwise approximate.
    pub fn search_lists(
        &self,
        query: &[f32],
        lists: &[Take<'_>],
    ) -> Result<Vec<Vec<Neighbor>>, VectorError> {
        let asked = self.query(query)?;
        let mut tops = self.tops(lists);
        if !self.walk(&asked, lists, &mut tops) {
            self.moment.table.scan(Scan::All, &asked, &mut tops);
            return Ok(tops.into_iter().map(Top::into_sorted).collect());
        }
        // What the walk for all lists proposed may have too few chunks for a narrow one.
        for (list, top) in lists.iter().zip(&mut tops).filter(|_| lists.len() > 1) {
            if top.len() < top.limit() {
                let list = std::slice::from_ref(list);
                let mut alone = self.tops(list);
                if !self.walk(&asked, list, &mut alone) {
                    self.moment.table.scan(Scan::All, &asked, &mut alone);
                }
                *top = alone.remove(0);
            }
        }
        Ok(tops.into_iter().map(Top::into_sorted).collect())
    }

    /// Like [`search`](VectorSnapshot::search), but compares with every vector.
    pub fn exact(
        &self,
        query: &[f32],
        limit: usize,
        keep: &(dyn Fn(ChunkId) -> bool + Sync),
    ) -> Result<Vec<Neighbor>, VectorError> {
        let asked = self.query(query)?;
        let mut tops = self.tops(&[Take { limit, keep }]);
        self.moment.table.scan(Scan::All, &asked, &mut tops);
        Ok(tops.into_iter().flat_map(Top::into_sorted).collect())
    }

    fn tops<'a>(&self, lists: &[Take<'a>]) -> Vec<Top<'a>> {
        let held = self.moment.table.held();
        lists.iter().map(|list| Top::new(list.limit.min(held), list.keep)).collect()
    }

    /// Offers to `tops` what the graph proposes and what is not in the graph. False, and nothing is
    /// offered, if the caller should scan.
    fn walk(&self, asked: &Query, lists: &[Take<'_>], tops: &mut [Top<'_>]) -> bool {
        let Moment { table, graph, .. } = &*self.moment;
        let Some(graph) = graph else { return false };
        let limit = tops.iter().map(Top::limit).sum();
        let keep = |id| lists.iter().any(|list| (list.keep)(id));
        if limit >= (table.held() - table.fresh()) / 8 || self.is_quick_to_scan(&keep) {
            return false;
        }
        let pass = |slot| table.row(slot).is_some_and(|row| row.in_graph && keep(row.id));
        // More than requested, because the graph compares less than the scores do.
        let wanted = match compares_bits(table.dim()) {
            true => PROPOSED + 6 * limit,
            false => limit + limit / 2 + 16,
        };
        let slots = graph.near(&asked.key(), wanted, pass);
        let Some(slots) = slots.filter(|slots| slots.len() >= limit) else { return false };
        for (row, vector) in slots.into_iter().filter_map(|slot| table.get(slot)) {
            let score = asked.cosine(vector);
            for top in &mut *tops {
                top.offer(Neighbor { id: row.id, score, tier: row.tier });
            }
        }
        table.scan(Scan::Fresh, asked, tops);
        true
    }

    /// The vector of a chunk, `[dim]`, of length one.
    pub fn vector(&self, id: ChunkId) -> Option<Vec<f32>> {
        let table = &self.moment.table;
        let (slot, _) = table.rows().find(|(_, row)| row.id == id)?;
        table.get(slot).map(|(_, vector)| vector.floats())
    }

    /// Every chunk with the tier of its vector and the vector, as [`vector`](Self::vector) returns
    /// it.
    pub fn rows(&self) -> impl Iterator<Item = (ChunkId, Tier, Vec<f32>)> {
        let table = &self.moment.table;
        table.rows().filter_map(|(slot, row)| {
            let (_, vector) = table.get(slot)?;
            Some((row.id, row.tier, vector.floats()))
        })
    }

    /// Every chunk with the tier of its vector, in no order.
    pub fn keys(&self) -> impl Iterator<Item = (ChunkId, Tier)> {
        self.moment.table.rows().map(|(_, row)| (row.id, row.tier))
    }

    /// The number of chunks.
    pub fn len(&self) -> usize {
        self.moment.table.held()
    }

    /// True if the snapshot is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of its vectors.
    pub fn dim(&self) -> usize {
        self.moment.table.dim()
    }

    fn query(&self, query: &[f32]) -> Result<Query, VectorError> {
        Query::new(query, self.moment.table.dim()).map_err(|what| VectorError::BadQuery { what })
    }

    /// True if scanning the passing vectors is faster than walking the graph. If a share s of n
    /// vectors passes, the scan costs n s, and the walk, which also visits other vectors, about 1 /
    /// s; so n s² decides.
    fn is_quick_to_scan(&self, keep: &(dyn Fn(ChunkId) -> bool + Sync)) -> bool {
        let Moment { table, scan_up_to, .. } = &*self.moment;
        // Spread by the golden ratio, so that the sample avoids regular patterns of slots.
        let spread =
            |i: u32| (u64::from(i.wrapping_mul(0x9e37_79b9)) * u64::from(table.slots())) >> 32;
        let sample = (0..SAMPLE).filter_map(|i| table.row(spread(i) as u32));
        let (tried, passed) = sample
            .fold((0, 0), |(tried, passed), row| (tried + 1, passed + usize::from(keep(row.id))));
        table.held() * passed * passed <= scan_up_to * tried * tried
    }
}

impl fmt::Debug for VectorSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VectorSnapshot").field("len", &self.len()).finish_non_exhaustive()
    }
}
