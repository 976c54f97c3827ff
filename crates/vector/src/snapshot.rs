//! The reader side: the index at one moment.

use std::fmt;
use std::sync::Arc;

use descry_base::ChunkId;

use crate::graph::Graph;
use crate::table::{Scan, Table};
use crate::top::Top;
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

    /// The `limit` chunks most similar to `query` (`[dim]`, of any length but zero) among those
    /// that `keep` accepts, best first, ties by id. Exact for small folders, narrow filters and
    /// vectors outside the graph; otherwise approximate. `keep` must not panic.
    pub fn search(
        &self,
        query: &[f32],
        limit: usize,
        keep: &(dyn Fn(ChunkId) -> bool + Sync),
    ) -> Result<Vec<Neighbor>, VectorError> {
        let Moment { table, graph, .. } = &*self.moment;
        let in_graph = table.held() - table.fresh();
        let graph = match graph {
            Some(graph) if limit < in_graph / 8 && !self.is_quick_to_scan(keep) => graph,
            _ => return self.exact(query, limit, keep),
        };
        let asked = self.query(query)?;
        let pass = |slot| table.row(slot).is_some_and(|row| row.in_graph && keep(row.id));
        // More than requested, because the graph compares less than the scores do.
        let wanted = match compares_bits(table.dim()) {
            true => PROPOSED + 6 * limit,
            false => limit + limit / 2 + 16,
        };
        let slots = match graph.near(&asked.key(), wanted, pass) {
            Some(slots) if slots.len() >= limit => slots,
            _ => return self.exact(query, limit, keep),
        };
        let mut top = Top::new(limit);
        for (row, vector) in slots.into_iter().filter_map(|slot| table.get(slot)) {
            let score = asked.cosine(vector);
            top.offer(Neighbor { id: row.id, score, tier: row.tier });
        }
        table.scan(Scan::Fresh, &asked, keep, &mut top);
        Ok(top.into_sorted())
    }

    /// Like [`search`](VectorSnapshot::search), but compares with every vector.
    pub fn exact(
        &self,
        query: &[f32],
        limit: usize,
        keep: &(dyn Fn(ChunkId) -> bool + Sync),
    ) -> Result<Vec<Neighbor>, VectorError> {
        let asked = self.query(query)?;
        let table = &self.moment.table;
        let mut top = Top::new(limit.min(table.held()));
        table.scan(Scan::All, &asked, keep, &mut top);
        Ok(top.into_sorted())
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
