//! Commits a batch of file outcomes to a root, and adds vectors to its chunks.

use descry_base::{ChunkId, ChunkMeta, PackedChunks, RelPath, RootId};
use descry_catalog::{Catalog, NewChunk, NewFile};
use descry_lexical::Document;
use descry_search::{FileEntry, FileRole};
use descry_vector::{Entry, Tier};

use crate::EngineError;
use crate::blend::blend;
use crate::prepare::{Outcome, ReadFile};
use crate::root::{Root, Space};

/// The changes made by a commit.
pub(crate) struct Committed {
    /// New chunks without a dense vector.
    pub(crate) lacking: Vec<ChunkId>,
    /// Some of these lack a static vector, too.
    pub(crate) without_vectors: bool,
    /// Removed chunks.
    pub(crate) removed: Vec<ChunkId>,
}

impl Root {
    /// Commits a batch in the order that survives a kill at any point: the catalog, then words,
    /// then vectors. [`crate::reconcile`] repairs an index that lags behind when it is next opened.
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
        // From here on the catalog is ahead; the table follows it even if an index fails.
        self.table = table;
        self.vectors_lag = true;
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
        self.vectors_lag = false;
        fail::fail_point!("engine::after_vectors");
        words?;
        Ok(Committed { lacking, without_vectors, removed })
    }

    /// Replaces static vectors with dense ones; skips chunks that no longer exist, or have one: after
    /// a failure, a chunk may be embedded twice.
    pub(crate) fn put_dense(
        &mut self,
        vectors: Vec<(ChunkId, Vec<f32>)>,
    ) -> Result<(), EngineError> {
        let Some(index) = &mut self.vectors else { return Ok(()) };
        let live = vectors.into_iter().filter(|(id, _)| self.table.contains(*id));
        let lacking = live.filter(|(id, _)| index.tier(*id) != Some(Tier::Dense));
        let entry = |(id, dense)| {
            let held = index.get(id);
            let static_vector = held.as_ref().map(|(_, vector)| &vector[..]);
            Entry { id, tier: Tier::Dense, vector: blend(dense, static_vector) }
        };
        let entries = lacking.map(entry).collect();
        Ok(index.apply(&[], entries)?)
    }

    /// Sets static vectors where there is no dense one; skips chunks that no longer exist.
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
    let metas: Vec<&ChunkMeta> = file.chunks.iter().map(|read| &read.meta).collect();
    let metas = PackedChunks::pack(&metas);
    let new = NewFile { root, path, stamp, digest, language, chunks: &metas };
    let chunks: Vec<NewChunk<'_>> =
        file.chunks.iter().map(|read| NewChunk { digest: read.digest, text: &read.text }).collect();
    let (id, first) = commit.put_file(&new, &chunks)?;
    Ok(FileEntry {
        id,
        path: path.clone(),
        language,
        role: FileRole::of(path, language),
        stamp,
        digest,
        first,
        chunks: metas.into(),
    })
}

/// The vectors of new chunks, dense where the same text was embedded before and otherwise static;
/// and the chunks that lack a dense vector.
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
