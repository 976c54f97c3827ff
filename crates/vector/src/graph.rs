//! The HNSW graph over some of the table's slots (usearch). It only proposes slots; the table
//! decides which are live and how they score, so a stale proposal does no harm.
//!
//! usearch walks the base layer without locks ("assuming read-only simultaneous access") and moves
//! its arrays when it reserves. Changes therefore take the write lock, for one vector at a time
//! (below a millisecond), and release it fairly. A reader that does not get the lock within
//! [`PATIENCE`] scans instead of waiting.
//!
//! A saved graph is mapped: it takes no memory of its own, and is searched until enough has changed
//! to load it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use parking_lot::{RwLock, RwLockWriteGuard};
use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

use crate::VectorError;
use crate::unit::{Key, compares_bits};

/// Longer than adding one vector takes, shorter than scanning a large folder.
const PATIENCE: Duration = Duration::from_millis(2);
/// Neighbors per node (twice that in the base layer), and candidates kept while adding and
/// searching; the first two measured in `examples/measure.rs`. With 256 candidates the graph found
/// 0.964 of the 50 nearest among 100,000 vectors of real code, with 640 0.979, with these 0.983
/// (`cargo xtask bench recall`).
const CONNECTIVITY: usize = 16;
const EXPANSION_ADD: usize = 128;
const EXPANSION_SEARCH: usize = 1024;
/// The maximum number of simultaneous searches; further ones scan instead.
const THREADS: usize = 32;

pub(crate) struct Graph {
    nodes: RwLock<Nodes>,
    /// The file that is mapped.
    mapped: Option<PathBuf>,
}

struct Nodes {
    index: Index,
    /// Nodes whose slot was removed; they stay on the paths until an added slot reuses them.
    dead: usize,
}

impl Graph {
    /// An empty graph over vectors of length `dim`, with room for `capacity`.
    pub(crate) fn new(dim: usize, capacity: usize) -> Result<Graph, VectorError> {
        let index = empty(dim)?;
        reserve(&index, capacity)?;
        Ok(Graph { nodes: RwLock::new(Nodes { index, dead: 0 }), mapped: None })
    }

    /// Maps the graph that [`Graph::save`] wrote. usearch trusts its input, so the file must have
    /// been verified. It must not change while it is mapped.
    pub(crate) fn map(dim: usize, path: &Path) -> Result<Graph, VectorError> {
        let index = empty(dim)?;
        reserve(&index, 1)?;
        index.view(name(path)?).map_err(refused)?;
        if index.dimensions() != dim {
            return Err(refused(format!("{} dimensions, not {dim}", index.dimensions())));
        }
        let nodes = RwLock::new(Nodes { index, dead: 0 });
        Ok(Graph { nodes, mapped: Some(path.to_owned()) })
    }

    /// True if the graph cannot be changed.
    pub(crate) fn is_mapped(&self) -> bool {
        self.mapped.is_some()
    }

    /// The graph in memory, to be changed; `None` if it already is.
    pub(crate) fn load(&self) -> Result<Option<Graph>, VectorError> {
        let Some(path) = &self.mapped else { return Ok(None) };
        let path = name(path)?;
        let index = empty(self.nodes.read().index.dimensions())?;
        let dead = Index::metadata(path).map_err(refused)?.count_deleted as usize;
        index.load(path).map_err(refused)?;
        reserve(&index, index.size() + dead)?;
        Ok(Some(Graph { nodes: RwLock::new(Nodes { index, dead }), mapped: None }))
    }

    /// Writes the graph to a file.
    pub(crate) fn save(&self, path: &Path) -> Result<(), VectorError> {
        self.nodes.read().index.save(name(path)?).map_err(refused)
    }

    /// Up to `wanted` passing slots near `query`. `None` if the caller should scan: the graph is
    /// being changed, or as many searches are running as it has room for.
    pub(crate) fn near(
        &self,
        query: &Key,
        wanted: usize,
        pass: impl Fn(u32) -> bool,
    ) -> Option<Vec<u32>> {
        let nodes = self.nodes.try_read_for(PATIENCE)?;
        let pass = |key| pass(key as u32);
        let found = match query {
            Key::Bits(bits) => nodes.index.filtered_search(bits, wanted, pass),
            Key::Bytes(bytes) => nodes.index.filtered_search(bytes, wanted, pass),
        };
        let found = found.ok()?;
        Some(found.keys.into_iter().map(|key| key as u32).collect())
    }

    /// Adds a slot that is not in the graph.
    pub(crate) fn add(&self, slot: u32, vector: &Key) -> Result<(), VectorError> {
        let mut nodes = self.nodes.write();
        let used = nodes.index.size() + nodes.dead;
        if nodes.dead == 0 && used >= nodes.index.capacity() {
            reserve(&nodes.index, used * 2)?;
        }
        let key = u64::from(slot);
        match vector {
            Key::Bits(bits) => nodes.index.add(key, bits),
            Key::Bytes(bytes) => nodes.index.add(key, bytes),
        }
        .map_err(refused)?;
        nodes.dead = nodes.dead.saturating_sub(1);
        RwLockWriteGuard::unlock_fair(nodes);
        Ok(())
    }

    /// Removes a slot, if it is in the graph.
    pub(crate) fn remove(&self, slot: u32) -> Result<(), VectorError> {
        let mut nodes = self.nodes.write();
        nodes.dead += nodes.index.remove(u64::from(slot)).map_err(refused)?;
        RwLockWriteGuard::unlock_fair(nodes);
        Ok(())
    }

    /// The number of slots in the graph, and of nodes without a slot.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let nodes = self.nodes.read();
        (nodes.index.size(), nodes.dead)
    }

    pub(crate) fn contains(&self, slot: u32) -> bool {
        self.nodes.read().index.contains(u64::from(slot))
    }

    /// Memory in use, in bytes, by usearch's own count, without what it has mapped ahead but not
    /// touched.
    pub(crate) fn memory(&self) -> usize {
        let stats = self.nodes.read().index.memory_stats();
        let mapped = stats.graph_allocated + stats.vectors_allocated;
        mapped.saturating_sub(stats.graph_reserved + stats.vectors_reserved)
    }
}

fn name(path: &Path) -> Result<&str, VectorError> {
    path.to_str().ok_or_else(|| refused("its path is not valid UTF-8"))
}

fn empty(dim: usize) -> Result<Index, VectorError> {
    let (metric, quantization) = match compares_bits(dim) {
        true => (MetricKind::Hamming, ScalarKind::B1),
        false => (MetricKind::Cos, ScalarKind::I8),
    };
    Index::new(&IndexOptions {
        dimensions: dim,
        metric,
        quantization,
        connectivity: CONNECTIVITY,
        expansion_add: EXPANSION_ADD,
        expansion_search: EXPANSION_SEARCH,
        multi: false,
    })
    .map_err(refused)
}

fn reserve(index: &Index, capacity: usize) -> Result<(), VectorError> {
    index.reserve_capacity_and_threads(capacity.max(1), THREADS).map_err(refused)
}

fn refused(reason: impl ToString) -> VectorError {
    VectorError::Graph { what: reason.to_string() }
}
