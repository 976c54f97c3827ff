//! The writer's side.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use descry_base::ChunkId;
use numkong::f16;

use crate::disk::{self, Store};
use crate::graph::Graph;
use crate::table::{Row, Table};
use crate::{SCAN_UP_TO, VectorError, VectorSnapshot, unit};

/// How good a vector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// By the static model, at once.
    Static,
    /// By the model itself.
    Dense,
}

/// A vector to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose vector.
    pub id: ChunkId,
    /// How good it is.
    pub tier: Tier,
    /// `[dim]`, of any length but zero: it is brought to length one.
    pub vector: Vec<f32>,
}

/// What [`VectorIndex::grow_graph`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Vectors that the graph leads to since this call.
    pub added: usize,
    /// Vectors that are still found by scanning and that another call would take up.
    pub remaining: usize,
}

/// The vectors of one folder; owned by one writer, read through [`VectorIndex::snapshot`].
pub struct VectorIndex {
    table: Table,
    slots: HashMap<ChunkId, u32>,
    vacant: BTreeSet<u32>,
    dense: usize,
    graph: Option<Arc<Graph>>,
    /// Slots that are in the graph with a vector that is no longer theirs.
    stale: Vec<u32>,
    store: Option<Store>,
    /// Changes since the last checkpoint: vectors put or removed, graph nodes added.
    unsaved: usize,
    scan_up_to: usize,
}

impl VectorIndex {
    /// Opens what the last [`checkpoint`](VectorIndex::checkpoint) left in `dir`; empty where there
    /// is nothing. `space` names the vectors' space. Compare [`keys`](VectorIndex::keys)
    /// with the catalog and put what is missing.
    ///
    /// Errors: files that are damaged, or of another `dim`, `space` or format. Delete `dir` then.
    pub fn open(dir: &Path, dim: usize, space: &str) -> Result<VectorIndex, VectorError> {
        let (store, parts) = Store::open(dir, dim, space)?;
        let (table, graph) = parts.unwrap_or_else(|| (Table::new(dim), None));
        let mut index = VectorIndex::with(table, graph, Some(store));
        index.vacant = (0..index.table.slots()).collect();
        for (slot, row) in index.table.rows() {
            index.vacant.remove(&slot);
            index.slots.insert(row.id, slot);
            index.dense += usize::from(row.tier == Tier::Dense);
        }
        Ok(index)
    }

    /// An empty index that is never written to disk, over vectors of length `dim`.
    pub fn in_memory(dim: usize) -> VectorIndex {
        VectorIndex::with(Table::new(dim), None, None)
    }

    fn with(table: Table, graph: Option<Graph>, store: Option<Store>) -> VectorIndex {
        VectorIndex {
            table,
            slots: HashMap::new(),
            vacant: BTreeSet::new(),
            dense: 0,
            graph: graph.map(Arc::new),
            stale: Vec::new(),
            store,
            unsaved: 0,
            scan_up_to: SCAN_UP_TO,
        }
    }

    /// Scans up to `vectors` of them, instead of [`SCAN_UP_TO`], before it builds a graph.
    pub fn scan_up_to(mut self, vectors: usize) -> VectorIndex {
        self.scan_up_to = vectors;
        self
    }

    /// Every stored chunk and the tier of its vector, in no order.
    pub fn keys(&self) -> impl Iterator<Item = (ChunkId, Tier)> {
        self.table.rows().map(|(_, row)| (row.id, row.tier))
    }

    /// The vector of a chunk, `[dim]`, of length one, and its tier.
    pub fn get(&self, id: ChunkId) -> Option<(Tier, Vec<f32>)> {
        let (row, vector) = self.table.get(*self.slots.get(&id)?)?;
        Some((row.tier, unit::floats(vector)))
    }

    /// Chunks with a vector of either tier.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Changes that a checkpoint would save: vectors put or removed, and steps of the graph.
    pub fn unsaved(&self) -> usize {
        self.unsaved
    }

    /// Whether no chunk has a vector.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Chunks with a dense vector.
    pub fn dense_len(&self) -> usize {
        self.dense
    }

    /// Removes, then puts; a put replaces what the chunk had. Unknown ids are passed over. All or
    /// nothing; the cost is that of the change, whatever the size of the index.
    pub fn apply(&mut self, remove: &[ChunkId], put: Vec<Entry>) -> Result<(), VectorError> {
        let dim = self.table.dim();
        let put: Vec<(ChunkId, Tier, Vec<f16>)> = put
            .into_iter()
            .map(|Entry { id, tier, vector }| match unit::halves(&vector, dim) {
                Ok(halves) => Ok((id, tier, halves)),
                Err(what) => Err(VectorError::BadEntry { id, what }),
            })
            .collect::<Result<_, _>>()?;
        for id in remove {
            if let Some(slot) = self.slots.remove(id) {
                let old = self.table.clear(slot);
                self.retire(slot, old);
                self.vacant.insert(slot);
                self.unsaved += 1;
            }
        }
        for (id, tier, vector) in put {
            let slot = self.slots.get(&id).copied().unwrap_or_else(|| self.vacant_slot());
            let old = self.table.put(slot, Row { id, tier, in_graph: false }, &vector);
            self.retire(slot, old);
            self.slots.insert(id, slot);
            self.dense += usize::from(tier == Tier::Dense);
            self.unsaved += 1;
        }
        Ok(())
    }

    /// The lowest slot that nobody holds, so that the table stays dense.
    fn vacant_slot(&mut self) -> u32 {
        if self.vacant.is_empty() {
            let first = self.table.slots();
            self.table.grow();
            self.vacant.extend(first..self.table.slots());
        }
        self.vacant.pop_first().unwrap_or_default()
    }

    fn retire(&mut self, slot: u32, old: Option<Row>) {
        let Some(old) = old else { return };
        self.dense -= usize::from(old.tier == Tier::Dense);
        if old.in_graph {
            self.stale.push(slot);
        }
    }

    /// Brings the graph nearer to the table, for about `budget`; to be called in idle moments until
    /// nothing remains. Nothing that is searched for depends on it, only how fast. Publish a new
    /// snapshot after it: what moved into it is still scanned by older ones.
    pub fn grow_graph(&mut self, budget: Duration) -> Result<Growth, VectorError> {
        let end = Instant::now() + budget;
        // Half of it, so that a folder at the boundary does not build and drop its graph in turns.
        let keep = self.scan_up_to / 2;
        if self.len() <= if self.graph.is_some() { keep } else { self.scan_up_to } {
            self.drop_graph();
            return Ok(Growth::default());
        }
        self.remove_stale()?;
        let graph = match &self.graph {
            Some(graph) => graph.clone(),
            None => {
                let graph = Arc::new(Graph::new(self.table.dim(), self.len())?);
                self.graph.insert(graph).clone()
            }
        };
        let mut added = 0;
        let mut from = 0;
        while let Some(slot) = self.table.next_fresh(from) {
            let Some((_, vector)) = self.table.get(slot) else { break };
            graph.add(slot, &unit::bytes(vector))?;
            self.table.mark(slot, true);
            self.unsaved += 1;
            added += 1;
            from = slot + 1;
            if Instant::now() >= end {
                break;
            }
        }
        Ok(Growth { added, remaining: self.table.fresh() })
    }

    fn remove_stale(&mut self) -> Result<(), VectorError> {
        let Some(graph) = &self.graph else { return Ok(()) };
        while let Some(slot) = self.stale.last() {
            graph.remove(*slot)?;
            self.stale.pop();
        }
        // usearch cannot give dead nodes back; once they are many, start over: until the new graph
        // has grown, everything is scanned.
        let (live, dead) = graph.counts();
        if dead * 10 > (live + dead) * 3 {
            self.drop_graph();
        }
        Ok(())
    }

    fn drop_graph(&mut self) {
        if self.graph.take().is_none() {
            return;
        }
        self.unsaved += 1;
        self.stale.clear();
        let in_graph: Vec<u32> =
            self.table.rows().filter(|(_, row)| row.in_graph).map(|(slot, _)| slot).collect();
        for slot in in_graph {
            self.table.mark(slot, false);
        }
    }

    /// Writes everything to disk, so that the next [`open`](VectorIndex::open) finds it; nothing to
    /// do if nothing changed. Costs a write of the whole index: for idle moments and the end.
    pub fn checkpoint(&mut self) -> Result<(), VectorError> {
        if self.unsaved == 0 {
            return Ok(());
        }
        self.remove_stale()?;
        if let Some(store) = &mut self.store {
            let graph = self.graph.as_ref().map(|graph| graph.save()).transpose()?;
            store.write(disk::encode(&self.table), graph)?;
        }
        self.unsaved = 0;
        Ok(())
    }

    /// The index as it is now.
    pub fn snapshot(&self) -> VectorSnapshot {
        VectorSnapshot::new(self.table.clone(), self.graph.clone(), self.scan_up_to)
    }

    /// Bytes of memory that the vectors and the graph take.
    pub fn memory(&self) -> usize {
        let graph = self.graph.as_ref().map_or(0, |graph| graph.memory());
        self.table.memory() + graph
    }
}

impl fmt::Debug for VectorIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VectorIndex")
            .field("dim", &self.table.dim())
            .field("len", &self.len())
            .field("dense", &self.dense)
            .field("fresh", &self.table.fresh())
            .finish_non_exhaustive()
    }
}
