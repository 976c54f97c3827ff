//! The writer side.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use descry_base::ChunkId;
use rustc_hash::FxHashMap;

use crate::disk::{self, Store, VERIFIED_AT_ONCE};
use crate::graph::Graph;
use crate::mapped::Mapped;
use crate::table::{Row, Table};
use crate::{SCAN_UP_TO, VectorError, VectorSnapshot, unit};

/// The model that a vector comes from, in order of quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The static model; available immediately.
    Static,
    /// The dense model.
    Dense,
}

/// A vector to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The chunk of the vector.
    pub id: ChunkId,
    /// The tier of the vector.
    pub tier: Tier,
    /// `[dim]`, of any length but zero: it is normalized to length one.
    pub vector: Vec<f32>,
}

/// The result of [`VectorIndex::grow_graph`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Vectors that this call added to the graph.
    pub added: usize,
    /// Vectors that are still scanned and that another call would add.
    pub remaining: usize,
}

/// A mapped graph is loaded once more than one vector in this many changed: until then they are
/// scanned, which costs less than a graph in memory.
const OUTDATED_SHARE: usize = 50;

/// A state of an index, to be saved by any thread.
pub struct Checkpoint {
    table: Table,
    graph: Option<Arc<Graph>>,
    store: Store,
    unsaved: usize,
}

/// A state that was saved.
pub struct Saved {
    table: Table,
    /// The graph that was saved, and the same mapped.
    graph: Option<(Arc<Graph>, Arc<Graph>)>,
    store: Store,
    file: Mapped,
    unsaved: usize,
}

impl Checkpoint {
    /// Writes the state to disk.
    pub fn write(mut self) -> Result<Saved, VectorError> {
        let file = self.store.write(&self.table, self.graph.as_deref())?;
        let Checkpoint { table, graph, store, unsaved } = self;
        // A graph that grows on is better kept in memory.
        let done = |graph: &Arc<Graph>| !graph.is_mapped() && !is_outdated(graph, &table);
        let graph = match graph.filter(done) {
            Some(graph) => store.map_graph()?.map(|mapped| (graph, Arc::new(mapped))),
            None => None,
        };
        Ok(Saved { table, graph, store, file, unsaved })
    }
}

/// The vectors of one folder; owned by one writer, read through [`VectorIndex::snapshot`].
pub struct VectorIndex {
    table: Table,
    slots: FxHashMap<ChunkId, u32>,
    vacant: BTreeSet<u32>,
    dense: usize,
    graph: Option<Arc<Graph>>,
    /// Slots whose node in the graph has an outdated vector.
    stale: Vec<u32>,
    store: Option<Store>,
    /// Changes since the last checkpoint: vectors put or removed, graph nodes added.
    unsaved: usize,
    saving: bool,
    scan_up_to: usize,
}

impl VectorIndex {
    /// Opens the last [`checkpoint`](VectorIndex::checkpoint) in `dir`; empty if there is none.
    /// `space` names the vector space. Compare [`keys`](VectorIndex::keys) with the catalog and put
    /// the missing vectors.
    ///
    /// # Errors
    /// Fails if the files are damaged or have another `dim`, `space` or format. Delete `dir` then.
    pub fn open(dir: &Path, dim: usize, space: &str) -> Result<VectorIndex, VectorError> {
        let (store, parts) = Store::open(dir, dim, space, VERIFIED_AT_ONCE)?;
        let (table, graph) = parts.unwrap_or_else(|| (Table::new(dim), None));
        let mut index = VectorIndex::with(table, graph, Some(store));
        index.slots.reserve(index.table.held());
        for slot in 0..index.table.slots() {
            match index.table.row(slot) {
                Some(row) => {
                    index.slots.insert(row.id, slot);
                    index.dense += usize::from(row.tier == Tier::Dense);
                }
                None => drop(index.vacant.insert(slot)),
            }
        }
        Ok(index)
    }

    /// An empty index over vectors of length `dim` that is never written to disk.
    pub fn in_memory(dim: usize) -> VectorIndex {
        VectorIndex::with(Table::new(dim), None, None)
    }

    fn with(table: Table, graph: Option<Graph>, store: Option<Store>) -> VectorIndex {
        VectorIndex {
            table,
            slots: FxHashMap::default(),
            vacant: BTreeSet::new(),
            dense: 0,
            graph: graph.map(Arc::new),
            stale: Vec::new(),
            store,
            unsaved: 0,
            saving: false,
            scan_up_to: SCAN_UP_TO,
        }
    }

    /// Sets the number of vectors up to which searches scan instead of building a graph;
    /// [`SCAN_UP_TO`] by default.
    pub fn scan_up_to(mut self, vectors: usize) -> VectorIndex {
        self.scan_up_to = vectors;
        self
    }

    /// Every stored chunk and the tier of its vector, in no order.
    pub fn keys(&self) -> impl Iterator<Item = (ChunkId, Tier)> {
        self.table.rows().map(|(_, row)| (row.id, row.tier))
    }

    /// The tier and the vector of a chunk, `[dim]`, of length one.
    pub fn get(&self, id: ChunkId) -> Option<(Tier, Vec<f32>)> {
        let (row, vector) = self.table.get(*self.slots.get(&id)?)?;
        Some((row.tier, vector.floats()))
    }

    /// The tier of a chunk's vector, if it has one.
    pub fn tier(&self, id: ChunkId) -> Option<Tier> {
        self.table.row(*self.slots.get(&id)?).map(|row| row.tier)
    }

    /// True once a file is known to be damaged that was not when the index opened: the caller
    /// deletes the directory and opens it again.
    pub fn is_damaged(&self) -> bool {
        self.store.as_ref().is_some_and(Store::is_damaged)
    }

    /// The number of chunks with a vector of either tier.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// The number of changes that a checkpoint would save: vectors put or removed, and graph steps.
    pub fn unsaved(&self) -> usize {
        self.unsaved
    }

    /// True if no chunk has a vector.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The number of chunks with a dense vector.
    pub fn dense_len(&self) -> usize {
        self.dense
    }

    /// Removes vectors, then puts others; a put replaces the chunk's previous vector. Ignores
    /// unknown ids. All or nothing; the cost depends on the change, not on the size of the index.
    pub fn apply(&mut self, remove: &[ChunkId], put: Vec<Entry>) -> Result<(), VectorError> {
        let dim = self.table.dim();
        let put: Vec<(Row, Vec<i8>)> = put
            .into_iter()
            .map(|Entry { id, tier, vector }| match unit::codes(&vector, dim) {
                Ok((codes, scale)) => Ok((Row { id, scale, tier, in_graph: false }, codes)),
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
        for (row, codes) in put {
            let slot = self.slots.get(&row.id).copied().unwrap_or_else(|| self.vacant_slot());
            let old = self.table.put(slot, row, &codes);
            self.retire(slot, old);
            self.slots.insert(row.id, slot);
            self.dense += usize::from(row.tier == Tier::Dense);
            self.unsaved += 1;
        }
        Ok(())
    }

    /// The lowest vacant slot, so that the table stays compact.
    fn vacant_slot(&mut self) -> u32 {
        if let Some(slot) = self.vacant.pop_first() {
            return slot;
        }
        let first = self.table.slots();
        self.table.grow();
        self.vacant.extend(first + 1..self.table.slots());
        first
    }

    fn retire(&mut self, slot: u32, old: Option<Row>) {
        let Some(old) = old else { return };
        self.dense -= usize::from(old.tier == Tier::Dense);
        if old.in_graph {
            self.stale.push(slot);
        }
    }

    /// Brings the graph closer to the table, for about `budget`; call it while idle until nothing
    /// remains. The graph affects only the speed of searches. Publish a new snapshot afterwards:
    /// older ones still scan the vectors that moved into the graph.
    pub fn grow_graph(&mut self, budget: Duration) -> Result<Growth, VectorError> {
        if self.saving {
            return Ok(Growth { added: 0, remaining: self.table.fresh() });
        }
        let end = Instant::now() + budget;
        // Half, so that a folder at the threshold does not alternately build and drop its graph.
        let keep = self.scan_up_to / 2;
        if self.len() <= if self.graph.is_some() { keep } else { self.scan_up_to } {
            self.drop_graph();
            return Ok(Growth::default());
        }
        if self.graph.as_ref().is_some_and(|graph| graph.is_mapped()) {
            let outdated = |graph: &&Arc<Graph>| is_outdated(graph, &self.table);
            let Some(graph) = self.graph.as_ref().filter(outdated) else {
                return Ok(Growth::default());
            };
            if let Some(graph) = graph.load()? {
                let is_stale = |slot: &u32| {
                    graph.contains(*slot) && self.table.row(*slot).is_none_or(|row| !row.in_graph)
                };
                self.stale = (0..self.table.slots()).filter(is_stale).collect();
                self.graph = Some(Arc::new(graph));
            }
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
            graph.add(slot, &vector.key())?;
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
        let Some(graph) = self.graph.as_ref().filter(|graph| !graph.is_mapped()) else {
            return Ok(());
        };
        while let Some(slot) = self.stale.last() {
            graph.remove(*slot)?;
            self.stale.pop();
        }
        // usearch cannot free dead nodes; when there are many, start over and scan everything until
        // the new graph has grown.
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

    /// Writes everything to disk for the next [`open`](VectorIndex::open), unless nothing changed.
    /// Costs a write of the whole index.
    pub fn checkpoint(&mut self) -> Result<(), VectorError> {
        match self.begin_checkpoint()? {
            Some(checkpoint) => self.end_checkpoint(checkpoint.write()),
            None => Ok(()),
        }
    }

    /// Begins to save the current state; the index can change meanwhile, but its graph does not
    /// grow. `None` if there is nothing to save, or if a checkpoint has begun and not ended.
    pub fn begin_checkpoint(&mut self) -> Result<Option<Checkpoint>, VectorError> {
        let Some(store) = self.store.as_ref().filter(|_| self.unsaved > 0 && !self.saving) else {
            return Ok(None);
        };
        let store = store.clone();
        self.remove_stale()?;
        self.saving = true;
        let (table, graph) = (self.table.clone(), self.graph.clone());
        Ok(Some(Checkpoint { table, graph, store, unsaved: self.unsaved }))
    }

    /// Ends the checkpoint that has begun. From now on the vectors that did not change meanwhile
    /// are read from its file when they are used.
    pub fn end_checkpoint(&mut self, saved: Result<Saved, VectorError>) -> Result<(), VectorError> {
        self.saving = false;
        let Saved { table, graph, store, file, unsaved } = saved?;
        disk::map(&mut self.table, &table, &file);
        if let Some((saved, mapped)) = graph
            && self.graph.as_ref().is_some_and(|graph| Arc::ptr_eq(graph, &saved))
        {
            self.graph = Some(mapped);
        }
        self.store = Some(store);
        self.unsaved -= unsaved;
        Ok(())
    }

    /// True from the begin of a checkpoint to its end.
    pub fn is_saving(&self) -> bool {
        self.saving
    }

    /// The current state of the index.
    pub fn snapshot(&self) -> VectorSnapshot {
        VectorSnapshot::new(self.table.clone(), self.graph.clone(), self.scan_up_to)
    }

    /// The bytes of vectors that a checkpoint would move out of memory; 0 without a directory.
    pub fn unsaved_bytes(&self) -> usize {
        self.store.as_ref().map_or(0, |_| self.table.in_memory())
    }

    /// Memory of the vectors and the graph, in bytes.
    pub fn memory(&self) -> usize {
        let graph = self.graph.as_ref().map_or(0, |graph| graph.memory());
        self.table.memory() + graph
    }
}

/// True if more than one in [`OUTDATED_SHARE`] vectors is missing from the graph or no longer one
/// of those in it.
fn is_outdated(graph: &Graph, table: &Table) -> bool {
    let in_graph = table.held() - table.fresh();
    let gone = graph.counts().0.saturating_sub(in_graph);
    table.fresh() + gone > table.held() / OUTDATED_SHARE
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
