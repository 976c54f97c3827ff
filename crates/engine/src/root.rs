//! A folder as the writer holds it: its table, its two indexes, and how a batch is committed to them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use descry_base::{ChunkId, Generation, RelPath, RootId, Skipped, Stamp};
use descry_catalog::{Catalog, ModelId, NewChunk, NewFile, RootRow};
use descry_embed::ModelInfo;
use descry_lexical::{Document, LexicalIndex};
use descry_search::{FileEntry, FileRole, Shard, Table};
use descry_vector::{Entry, Tier, VectorIndex};

use crate::blend::blend;
use crate::prepare::{Outcome, ReadFile};
use crate::{EngineError, Phase, WatchStatus};

/// The space that vectors live in: the model's.
#[derive(Clone)]
pub(crate) struct Space {
    pub(crate) info: ModelInfo,
    pub(crate) model: ModelId,
}

/// A folder as the writer holds it.
pub(crate) struct Root {
    pub(crate) id: RootId,
    pub(crate) path: PathBuf,
    pub(crate) name: Arc<str>,
    pub(crate) generation: Generation,
    pub(crate) table: Table,
    pub(crate) lexical: LexicalIndex,
    pub(crate) vectors: Option<VectorIndex>,
    pub(crate) phase: Phase,
    pub(crate) paused: bool,
    pub(crate) watch: WatchStatus,
    pub(crate) files_found: usize,
    /// So many files were listed by the first scan of the whole folder since one came to its end.
    pub(crate) unfinished: Option<usize>,
    pub(crate) skipped: usize,
    pub(crate) cancelled: Arc<AtomicBool>,
    /// How long the last commit took.
    pub(crate) commit_cost: Duration,
    /// Its files are to be cut again: see [`descry_chunk::VERSION`].
    pub(crate) recut: bool,
    /// The next look at all of it reads every file, whatever its stamp.
    pub(crate) reread: bool,
    /// It could not be opened: it is shown, so that it can be removed, and otherwise left alone.
    pub(crate) broken: bool,
}

/// What a commit changed.
pub(crate) struct Committed {
    /// New chunks that have no dense vector yet.
    pub(crate) lacking: Vec<ChunkId>,
    /// Some of these have no static vector either.
    pub(crate) without_vectors: bool,
    /// Chunks that are gone.
    pub(crate) removed: Vec<ChunkId>,
}

impl Root {
    pub(crate) fn new(row: &RootRow, table: Table, lexical: LexicalIndex, skipped: usize) -> Root {
        let path = PathBuf::from(&row.path);
        let name = path.file_name().map_or(row.path.as_str().into(), |n| n.to_string_lossy());
        Root {
            id: row.id,
            name: name.as_ref().into(),
            path,
            generation: row.generation,
            files_found: table.file_count(),
            unfinished: None,
            table,
            lexical,
            vectors: None,
            phase: Phase::Scanning,
            paused: row.paused,
            watch: WatchStatus::Off,
            skipped,
            cancelled: Arc::default(),
            commit_cost: Duration::ZERO,
            recut: true,
            reread: false,
            broken: false,
        }
    }

    /// The setting that says which version of the chunker cut a folder.
    pub(crate) fn cut_by(id: RootId) -> String {
        format!("engine.cut.{id}")
    }

    /// The setting that holds [`Root::unfinished`] while it is not `None`.
    fn unfinished_scan(id: RootId) -> String {
        format!("engine.unfinished.{id}")
    }

    /// What an earlier run left unfinished. A folder that was never cut was never read to its end.
    pub(crate) fn recall_unfinished(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        let listed = catalog.setting(&Root::unfinished_scan(self.id))?;
        self.unfinished = listed.and_then(|files| files.parse().ok());
        if self.unfinished.is_none() && catalog.setting(&Root::cut_by(self.id))?.is_none() {
            self.unfinished = Some(0);
        }
        self.files_found = self.files_found.max(self.unfinished.unwrap_or(0));
        Ok(())
    }

    /// Notes that a scan of the whole folder changes it now: what was read before a kill is not all.
    pub(crate) fn record_unfinished(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        if self.unfinished.is_none_or(|files| files == 0) {
            let files = self.files_found;
            catalog.set_setting(&Root::unfinished_scan(self.id), &files.to_string())?;
            self.unfinished = Some(files);
        }
        Ok(())
    }

    /// Notes that a scan of the whole folder has come to its end.
    pub(crate) fn record_finished(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        if self.unfinished.is_some() {
            catalog.set_setting(&Root::unfinished_scan(self.id), "")?;
            self.unfinished = None;
        }
        self.record_cut(catalog)
    }

    /// Notes that all of it was cut by this version.
    fn record_cut(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        if std::mem::take(&mut self.recut) {
            catalog.set_setting(&Root::cut_by(self.id), &descry_chunk::VERSION.to_string())?;
        }
        Ok(())
    }

    /// A folder that cannot be opened, and why.
    pub(crate) fn broken(row: &RootRow, error: &EngineError) -> Result<Root, EngineError> {
        let mut root = Root::new(row, Table::default(), LexicalIndex::in_memory()?, 0);
        root.phase = Phase::Failed { message: error.to_string() };
        root.broken = true;
        Ok(root)
    }

    /// The folder as searches see it.
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

    /// Commits a batch in the order that survives a kill at any point: the catalog, then words,
    /// then vectors. What an index misses is put right by [`crate::reconcile`] when it is next opened.
    pub(crate) fn commit(
        &mut self,
        catalog: &mut Catalog,
        space: Option<&Space>,
        batch: Vec<(RelPath, Outcome)>,
    ) -> Result<Committed, EngineError> {
        let commit = catalog.begin()?;
        let mut removed = Vec::new();
        let mut table = self.table.clone();
        let mut read = Vec::new();
        for (path, outcome) in batch {
            match outcome {
                Outcome::Read(file) => {
                    removed.extend(retire(&commit, self.id, &path)?);
                    let entry = put(&commit, self.id, &path, &file)?;
                    read.push((path, file, entry.first));
                    table.insert(entry);
                }
                Outcome::Same { stamp } => {
                    if let Some(entry) = table.file(&path) {
                        commit.touch_file(entry.id, &stamp)?;
                        table.insert(FileEntry { stamp, ..FileEntry::clone(entry) });
                    }
                }
                Outcome::Skipped { reason, stamp } => {
                    removed.extend(retire(&commit, self.id, &path)?);
                    table.remove(&path);
                    commit.skip(self.id, path.as_str(), &reason, &stamp)?;
                }
                Outcome::Gone => {
                    removed.extend(retire(&commit, self.id, &path)?);
                    table.remove(&path);
                    commit.unskip(self.id, &path)?;
                }
            }
        }
        self.generation = commit.finish(self.id)?;
        // From here on the catalog is ahead; the table follows it whatever the indexes say.
        self.table = table;
        fail::fail_point!("engine::after_catalog");
        let (entries, lacking) = entries(catalog, space, &mut read)?;
        let with_static = entries.iter().filter(|entry| entry.tier == Tier::Static).count();
        let without_vectors = with_static < lacking.len();
        let documents = read.iter().flat_map(|(path, file, first)| documents(path, file, *first));
        let words = self
            .lexical
            .apply(&removed, documents)
            .and_then(|()| self.lexical.commit(self.generation));
        fail::fail_point!("engine::after_words");
        if let Some(vectors) = &mut self.vectors {
            vectors.apply(&removed, entries)?;
        }
        fail::fail_point!("engine::after_vectors");
        words?;
        Ok(Committed { lacking, without_vectors, removed })
    }

    /// Puts dense vectors in place of static ones; chunks that are gone are passed over.
    pub(crate) fn put_dense(
        &mut self,
        vectors: Vec<(ChunkId, Vec<f32>)>,
    ) -> Result<(), EngineError> {
        let live = vectors.into_iter().filter(|(id, _)| self.table.contains(*id));
        let Some(index) = &mut self.vectors else { return Ok(()) };
        let entry = |(id, dense)| {
            let held = index.get(id).filter(|(tier, _)| *tier == Tier::Static);
            let static_vector = held.as_ref().map(|(_, vector)| &vector[..]);
            Entry { id, tier: Tier::Dense, vector: blend(dense, static_vector) }
        };
        let entries = live.map(entry).collect();
        Ok(index.apply(&[], entries)?)
    }

    /// Puts static vectors where no dense vector is; chunks that are gone are passed over.
    pub(crate) fn put_static(
        &mut self,
        vectors: Vec<(ChunkId, Vec<f32>)>,
    ) -> Result<(), EngineError> {
        let Some(index) = &mut self.vectors else { return Ok(()) };
        let lacks = |id| index.get(id).is_none_or(|(tier, _)| tier == Tier::Static);
        let live = vectors.into_iter().filter(|(id, _)| self.table.contains(*id) && lacks(*id));
        let entries = live.map(|(id, vector)| Entry { id, tier: Tier::Static, vector }).collect();
        Ok(index.apply(&[], entries)?)
    }

    /// Records what a walk left out. What it no longer leaves out is forgotten by the outcomes.
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
        // No chunk changed: the indexes stay in step with the folder's generation as it was.
        commit.finish_aside()?;
        self.skipped = catalog.skipped_count(self.id)?;
        Ok(())
    }
}

fn retire(
    commit: &descry_catalog::Commit<'_>,
    root: RootId,
    path: &RelPath,
) -> Result<Vec<ChunkId>, EngineError> {
    Ok(commit.retire_file(root, path)?.map(|(_, chunks)| chunks).unwrap_or_default())
}

fn put(
    commit: &descry_catalog::Commit<'_>,
    root: RootId,
    path: &RelPath,
    file: &ReadFile,
) -> Result<FileEntry, EngineError> {
    let ReadFile { stamp, digest, language, .. } = *file;
    let new = NewFile { root, path, stamp, digest, language };
    let chunks: Vec<NewChunk<'_>> = file
        .chunks
        .iter()
        .map(|read| NewChunk { meta: &read.meta, digest: read.digest, text: &read.text })
        .collect();
    let (id, first) = commit.put_file(&new, &chunks)?;
    let metas = file.chunks.iter().map(|read| read.meta.clone());
    Ok(FileEntry {
        id,
        path: path.clone(),
        language,
        role: FileRole::of(path, language),
        stamp,
        digest,
        first,
        chunks: metas.collect(),
    })
}

/// The vectors of new chunks, dense where the text was embedded before and static elsewhere; and the
/// chunks that lack a dense one.
fn entries(
    catalog: &Catalog,
    space: Option<&Space>,
    read: &mut [(RelPath, Box<ReadFile>, ChunkId)],
) -> Result<(Vec<Entry>, Vec<ChunkId>), EngineError> {
    let (mut entries, mut lacking) = (Vec::new(), Vec::new());
    let Some(space) = space else { return Ok((entries, lacking)) };
    for (_, file, first) in read {
        let comparable = file.space.as_ref() == Some(&space.info.space);
        for (id, chunk) in (first.0..).map(ChunkId).zip(&mut file.chunks) {
            let static_vector = chunk.static_vector.take().filter(|_| comparable);
            match catalog.vector(space.model, chunk.digest)? {
                Some(dense) => {
                    let vector = blend(dense, static_vector.as_deref());
                    entries.push(Entry { id, tier: Tier::Dense, vector });
                }
                None => {
                    lacking.push(id);
                    entries.extend(static_vector.map(|vector| Entry {
                        id,
                        tier: Tier::Static,
                        vector,
                    }));
                }
            }
        }
    }
    Ok((entries, lacking))
}

fn documents<'a>(
    path: &'a RelPath,
    file: &'a ReadFile,
    first: ChunkId,
) -> impl Iterator<Item = Document<'a>> {
    (first.0..).map(ChunkId).zip(&file.chunks).map(move |(chunk, read)| Document {
        chunk,
        path,
        meta: &read.meta,
        text: &read.text,
    })
}
