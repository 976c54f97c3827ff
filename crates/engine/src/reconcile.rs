//! Opens a folder's indexes and reconciles them with the catalog.
//!
//! An index is compared with the catalog as a set of chunk ids: extra chunks are removed, and
//! missing ones are added from the catalog's own texts and vectors. The same few lines serve an
//! index that lags one commit behind after a kill, a lost index, and an index of another vector
//! space.

use std::collections::HashSet;
use std::path::Path;

use descry_base::{ChunkId, RootId};
use descry_catalog::{Catalog, CatalogReader, FileRow, RootRow, StoredText};
use descry_embed::StaticEmbedder;
use descry_lexical::{Document, LexicalError, LexicalIndex};
use descry_search::{FileEntry, FileRole, Table};
use descry_vector::{Entry, Tier, VectorError, VectorIndex};

use crate::EngineError;
use crate::blend::blend;
use crate::data_dir::DataDir;
use crate::prepare::embedded_of;
use crate::root::{Root, Space};

/// Chunks read and stored at a time, which bounds memory while a large folder is rebuilt.
const STEP: usize = 2_000;

/// Opens a folder: loads its table from the catalog and brings its words in step with it. Vectors
/// follow in [`open_vectors`], once the vector space is known.
pub(crate) fn open_root(
    catalog: &Catalog,
    dir: &DataDir,
    row: &RootRow,
) -> Result<Root, EngineError> {
    let (files, damaged) = catalog.files(row.id)?;
    let lexical = open_words(&dir.lexical(row.id), catalog.identity())?;
    let skipped = catalog.skipped_count(row.id)?;
    let mut root = Root::new(row, table_of(files), lexical, skipped);
    root.damage.files = damaged;
    // The words may have chunks of files whose rows are damaged.
    if root.lexical.generation() != Some(root.generation) || !root.damage.files.is_empty() {
        reconcile_words(&mut root, &catalog.reader()?)?;
    }
    Ok(root)
}

/// Discards a folder's words and rebuilds them from the catalog.
pub(crate) fn rebuild_words(
    root: &mut Root,
    catalog: &Catalog,
    dir: &DataDir,
) -> Result<(), EngineError> {
    let path = dir.lexical(root.id);
    root.lexical = LexicalIndex::in_memory()?;
    clear(&path)?;
    root.lexical = LexicalIndex::open(&path, catalog.identity())?;
    reconcile_words(root, &catalog.reader()?)
}

/// The files of a folder.
pub(crate) fn table_of(files: Vec<FileRow>) -> Table {
    let mut table = Table::default();
    for file in files {
        table.insert(FileEntry {
            id: file.id,
            role: FileRole::of(&file.path, file.language),
            path: file.path,
            language: file.language,
            stamp: file.stamp,
            digest: file.digest,
            first: file.first,
            chunks: file.chunks.into(),
        });
    }
    table
}

fn open_words(path: &Path, catalog: &str) -> Result<LexicalIndex, EngineError> {
    match LexicalIndex::open(path, catalog) {
        Err(error @ LexicalError::Damaged { .. }) => {
            tracing::warn!(%error, "rebuilding the words of a folder");
            clear(path)?;
            Ok(LexicalIndex::open(path, catalog)?)
        }
        other => Ok(other?),
    }
}

fn reconcile_words(root: &mut Root, reader: &CatalogReader) -> Result<(), EngineError> {
    let have: HashSet<ChunkId> = root.lexical.chunk_ids().into_iter().collect();
    let extra: Vec<ChunkId> = have.iter().copied().filter(|id| !root.table.contains(*id)).collect();
    root.lexical.apply(&extra, std::iter::empty())?;
    for file in root.table.files() {
        let missing: Vec<ChunkId> = file.chunk_ids().filter(|id| !have.contains(id)).collect();
        for (id, text) in missing.iter().zip(reader.texts(&missing)?) {
            let StoredText::Sound(text, _) = text else {
                root.damage.chunks.push(*id);
                continue;
            };
            let Some(meta) = file.chunk(*id) else { continue };
            let document = Document { chunk: *id, path: &file.path, meta, text: &text };
            root.lexical.apply(&[], [document])?;
        }
    }
    root.lexical.commit(root.generation)?;
    Ok(())
}

/// Opens a folder's vectors in this vector space and brings them in step with the catalog. Returns
/// the chunks that lack a dense vector. `own` is the static model that came with the encoder: an
/// index that was blended with another one is rebuilt. `static_model` embeds chunks without a
/// vector and may be a fitted one.
pub(crate) fn open_vectors(
    root: &mut Root,
    catalog: &Catalog,
    dir: &DataDir,
    space: &Space,
    own: Option<&dyn StaticEmbedder>,
    static_model: Option<&dyn StaticEmbedder>,
) -> Result<Vec<ChunkId>, EngineError> {
    let open = || open_saved_vectors(root.id, catalog, dir, space, own);
    let vectors = match open() {
        Err(error @ (VectorError::Damaged { .. } | VectorError::Mismatch { .. })) => {
            tracing::warn!(%error, "rebuilding the vectors of a folder");
            clear(&dir.vectors(root.id))?;
            open()?
        }
        other => other?,
    };
    reconcile_vectors(root, vectors, catalog, space, static_model)
}

/// Opens the saved vectors of a folder.
pub(crate) fn open_saved_vectors(
    root: RootId,
    catalog: &Catalog,
    dir: &DataDir,
    space: &Space,
    own: Option<&dyn StaticEmbedder>,
) -> Result<VectorIndex, VectorError> {
    let blended_with = own.map_or("none", |own| &own.info().space.weights);
    let (of, identity) = (&space.info.space, catalog.identity());
    let name = format!("{of} blended with {blended_with} for catalog {identity}");
    VectorIndex::open(&dir.vectors(root), space.info.dim, &name)
}

/// Brings a folder's vectors in step with the catalog, in memory. Returns the chunks that lack a
/// dense vector.
pub(crate) fn reconcile_vectors(
    root: &mut Root,
    mut vectors: VectorIndex,
    catalog: &Catalog,
    space: &Space,
    static_model: Option<&dyn StaticEmbedder>,
) -> Result<Vec<ChunkId>, EngineError> {
    let (mut lacking, mut wanting, mut known) = (Vec::new(), Vec::new(), 0);
    for id in root.table.files().flat_map(|file| file.chunk_ids()) {
        match vectors.tier(id) {
            Some(Tier::Dense) => known += 1,
            // It gets its dense vector from the embedding thread, even if the catalog has it:
            // opening a folder does not read every text.
            Some(Tier::Static) => {
                known += 1;
                lacking.push(id);
            }
            None => wanting.push(id),
        }
    }
    if known < vectors.len() {
        let keys = vectors.keys().map(|(id, _)| id);
        let extra: Vec<ChunkId> = keys.filter(|id| !root.table.contains(*id)).collect();
        vectors.apply(&extra, Vec::new())?;
    }

    let reader = catalog.reader()?;
    for step in wanting.chunks(STEP) {
        let mut entries = Vec::new();
        for (id, text) in step.iter().zip(reader.texts(step)?) {
            let StoredText::Sound(text, digest) = text else {
                root.damage.chunks.push(*id);
                continue;
            };
            match catalog.vector(space.model, digest)? {
                Some(dense) => {
                    let entry = static_entry(root, *id, &text, static_model);
                    let vector = blend(dense, entry.as_ref().map(|entry| &entry.vector[..]));
                    entries.push(Entry { id: *id, tier: Tier::Dense, vector });
                }
                None => {
                    lacking.push(*id);
                    entries.extend(static_entry(root, *id, &text, static_model));
                }
            }
        }
        vectors.apply(&[], entries)?;
    }
    (root.vectors, root.vectors_lag) = (Some(vectors), false);
    Ok(lacking)
}

fn static_entry(
    root: &Root,
    id: ChunkId,
    text: &str,
    static_model: Option<&dyn StaticEmbedder>,
) -> Option<Entry> {
    let vector = static_model?.embed_code(&embedded_of(&root.table, id, text)?);
    Some(Entry { id, tier: Tier::Static, vector })
}

/// Deletes a derived index.
pub(crate) fn clear(path: &Path) -> Result<(), EngineError> {
    match std::fs::remove_dir_all(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(EngineError::DataDir { path: path.to_path_buf(), cause })
        }
        _ => Ok(()),
    }
}
