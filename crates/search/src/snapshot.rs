//! One immutable view of all added folders; a search runs over it from start to end.

use std::path::Path;
use std::sync::Arc;

use descry_base::{Generation, RootId};
use descry_lexical::LexicalSnapshot;
use descry_vector::VectorSnapshot;

use crate::Table;

/// One folder as of some commit.
#[derive(Clone)]
pub struct Shard {
    /// The folder.
    pub root: RootId,
    /// Its name: the last part of its path.
    pub name: Arc<str>,
    /// Where it is on disk.
    pub path: Arc<Path>,
    /// The commit that the three parts reflect.
    pub generation: Generation,
    /// What is known of each chunk.
    pub table: Table,
    /// BM25.
    pub lexical: LexicalSnapshot,
    /// Vectors; `None` where there is no model.
    pub vectors: Option<VectorSnapshot>,
}

/// All folders as of some commit.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// The newest commit of all.
    pub generation: Generation,
    /// The folders, in the order in which they were added.
    pub shards: Vec<Arc<Shard>>,
}

impl Snapshot {
    /// The folder with this id.
    pub fn shard(&self, root: RootId) -> Option<&Arc<Shard>> {
        self.shards.iter().find(|shard| shard.root == root)
    }
}
