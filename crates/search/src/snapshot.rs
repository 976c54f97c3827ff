//! An immutable view of all added folders; a search uses one from start to end.

use std::path::Path;
use std::sync::Arc;

use descry_base::{Generation, RootId};
use descry_lexical::LexicalSnapshot;
use descry_vector::VectorSnapshot;

use crate::Table;

/// One folder as of some generation.
#[derive(Clone)]
pub struct Shard {
    /// The folder.
    pub root: RootId,
    /// Its name: the last component of its path.
    pub name: Arc<str>,
    /// Its path on disk.
    pub path: Arc<Path>,
    /// The generation of the three parts below.
    pub generation: Generation,
    /// The metadata of each file and chunk.
    pub table: Table,
    /// The words.
    pub lexical: LexicalSnapshot,
    /// The vectors; `None` if there is no model.
    pub vectors: Option<VectorSnapshot>,
}

/// All folders as of some generation.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// The newest generation of all shards.
    pub generation: Generation,
    /// The shards, in the order in which their folders were added.
    pub shards: Vec<Arc<Shard>>,
}

impl Snapshot {
    /// The shard of the folder with this id.
    pub fn shard(&self, root: RootId) -> Option<&Arc<Shard>> {
        self.shards.iter().find(|shard| shard.root == root)
    }
}
