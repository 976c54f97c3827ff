//! A root: the writer's state of an added folder, with its table, two indexes, phase and work.

mod batch;
mod commit;
mod phase;
pub(crate) mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use descry_base::{ChunkId, FileId, Generation, RootId, Skipped, Stamp};
use descry_catalog::{Catalog, ModelId, RootRow};
use descry_embed::ModelInfo;
use descry_lexical::LexicalIndex;
use descry_search::{Shard, Snapshot, Table};
use descry_vector::{Tier, VectorIndex};

use crate::names::names;
use crate::shared::{Inner, Notification};
use crate::{EngineError, Phase, WatchStatus};
use work::RootWork;

/// The vector space of the current model.
#[derive(Clone)]
pub(crate) struct Space {
    pub(crate) info: ModelInfo,
    pub(crate) model: ModelId,
}

/// What was found to be damaged in the catalog.
#[derive(Default)]
pub(crate) struct Damage {
    /// Files whose rows cannot be read.
    pub(crate) files: Vec<FileId>,
    /// Chunks whose texts cannot be read.
    pub(crate) chunks: Vec<ChunkId>,
}

/// The writer's state of an added folder.
pub(crate) struct Root {
    pub(crate) id: RootId,
    pub(crate) path: PathBuf,
    pub(crate) name: Arc<str>,
    pub(crate) generation: Generation,
    pub(crate) table: Table,
    pub(crate) lexical: LexicalIndex,
    pub(crate) vectors: Option<VectorIndex>,
    /// A commit failed before it reached the vectors.
    pub(crate) vectors_lag: bool,
    pub(crate) phase: Phase,
    pub(crate) paused: bool,
    pub(crate) watch: WatchStatus,
    pub(crate) files_found: usize,
    /// How many files the first scan of the whole folder had listed, if no such scan has finished
    /// since.
    pub(crate) unfinished: Option<usize>,
    pub(crate) skipped: usize,
    pub(crate) cancelled: Arc<AtomicBool>,
    pub(crate) work: RootWork,
    /// Its files must be chunked again: see [`descry_chunk::VERSION`].
    pub(crate) recut: bool,
    /// The next scan of the whole folder reads every file, whatever its stamp.
    pub(crate) reread: bool,
    /// Rows of the catalog that turned out to be damaged, until they are repaired.
    pub(crate) damage: Damage,
    /// It could not be opened. It is shown, so that it can be removed, and otherwise left alone.
    pub(crate) broken: bool,
}

/// Makes the state of all folders what searches see.
pub(crate) fn publish(shared: &Inner, roots: &mut [Root]) {
    let paths: Vec<&Path> = roots.iter().map(|root| root.path.as_path()).collect();
    let names = names(&paths);
    for (root, name) in roots.iter_mut().zip(names) {
        if *root.name != *name {
            root.name = name.into();
        }
    }
    let shards: Vec<_> = roots.iter().map(|root| Arc::new(root.shard())).collect();
    let generation = shards.iter().map(|shard| shard.generation).max().unwrap_or_default();
    shared.snapshot.store(Arc::new(Snapshot { generation, shards }));
    (shared.sink)(Notification::Committed(generation));
}

impl Root {
    pub(crate) fn new(row: &RootRow, table: Table, lexical: LexicalIndex, skipped: usize) -> Root {
        let path = PathBuf::from(&row.path);
        // A folder that was never chunked was never read to the end.
        let unfinished = row.unfinished.or(row.cut_by.is_none().then_some(0));
        let recut = table.file_count() > 0 && row.cut_by != Some(descry_chunk::VERSION);
        let name = path.file_name().map_or(row.path.as_str().into(), |n| n.to_string_lossy());
        Root {
            id: row.id,
            name: name.as_ref().into(),
            path,
            generation: row.generation,
            files_found: table.file_count().max(unfinished.unwrap_or(0)),
            unfinished,
            table,
            lexical,
            vectors: None,
            vectors_lag: false,
            phase: Phase::Scanning,
            paused: row.paused,
            watch: WatchStatus::Off,
            skipped,
            cancelled: Arc::default(),
            work: RootWork::default(),
            recut,
            reread: false,
            damage: Damage::default(),
            broken: false,
        }
    }

    /// Records that a scan of the whole folder is changing it: after a kill, the folder is
    /// incomplete.
    pub(crate) fn record_unfinished(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        if self.unfinished.is_none_or(|files| files == 0) {
            catalog.set_unfinished(self.id, self.files_found, descry_chunk::VERSION)?;
            self.unfinished = Some(self.files_found);
        }
        Ok(())
    }

    /// Records that a scan of the whole folder has finished.
    pub(crate) fn record_finished(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        if self.unfinished.is_some() || self.recut {
            catalog.set_finished(self.id, descry_chunk::VERSION)?;
            (self.unfinished, self.recut) = (None, false);
        }
        Ok(())
    }

    /// A root that cannot be opened, and why.
    pub(crate) fn broken(row: &RootRow, error: &EngineError) -> Result<Root, EngineError> {
        let mut root = Root::new(row, Table::default(), LexicalIndex::in_memory()?, 0);
        root.phase = Phase::Failed { message: error.to_string() };
        root.broken = true;
        Ok(root)
    }

    /// True if an index lacks what an earlier commit put into the catalog.
    pub(crate) fn lags(&self) -> bool {
        self.vectors_lag || self.lexical.generation() != Some(self.generation)
    }

    /// The chunks that lack a dense vector; none before the vectors are open.
    pub(crate) fn lacking(&self) -> Vec<ChunkId> {
        let Some(vectors) = &self.vectors else { return Vec::new() };
        let ids = self.table.files().flat_map(|file| file.chunk_ids());
        ids.filter(|id| vectors.tier(*id) != Some(Tier::Dense)).collect()
    }

    /// The root's shard.
    pub(crate) fn shard(&self) -> Shard {
        Shard {
            root: self.id,
            name: Arc::clone(&self.name),
            path: Arc::from(self.path.as_path()),
            generation: self.generation,
            table: self.table.clone(),
            lexical: self.lexical.snapshot(),
            vectors: self.vectors.as_ref().map(VectorIndex::snapshot),
        }
    }

    /// Records what a walk skipped. Outcomes remove the entries of paths that are no longer
    /// skipped.
    pub(crate) fn record_skipped(
        &mut self,
        catalog: &mut Catalog,
        skipped: &[Skipped],
    ) -> Result<(), EngineError> {
        let known = catalog.skipped(self.id)?;
        let commit = catalog.begin()?;
        for entry in skipped.iter().filter(|entry| !known.contains(entry)) {
            commit.skip(self.id, &entry.path, &entry.reason, &Stamp::default())?;
        }
        // No chunk changed, so the indexes remain in step with the folder's current generation.
        commit.finish_aside()?;
        self.skipped = catalog.skipped_count(self.id)?;
        Ok(())
    }
}
