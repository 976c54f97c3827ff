//! The writer's side: documents in and out, commits, and what keeps the files few.

use std::fs;
use std::path::{Path, PathBuf};

use descry_base::{ChunkId, Generation};
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, RamDirectory};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError};

use crate::directory::UnsyncedDirectory;
use crate::schema::{self, Fields};
use crate::{Document, LexicalError, LexicalSnapshot};

/// Memory of the indexing thread before it writes a segment. 50,000 chunks fill it about twice.
const WRITER_BYTES: usize = 40 << 20;

macro_rules! fail_point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

/// The index of one folder, in a directory of its own, and its only writer.
pub struct LexicalIndex {
    path: PathBuf,
    fields: Fields,
    index: Index,
    reader: IndexReader,
    /// Opened on first need: it holds a thread and memory.
    writer: Option<IndexWriter>,
    snapshot: LexicalSnapshot,
    generation: Option<Generation>,
}

impl LexicalIndex {
    /// Opens the index in `dir`, or makes an empty one. All files are read through and compared with
    /// their checksums, so that later reads can trust them.
    ///
    /// # Errors
    /// [`LexicalError::Damaged`] if the files are damaged or of another version: the caller deletes the
    /// directory and opens it again.
    pub fn open(dir: &Path) -> Result<LexicalIndex, LexicalError> {
        fs::create_dir_all(dir).map_err(|error| LexicalError::io(dir, &error))?;
        let directory = UnsyncedDirectory::open(dir)
            .map_err(|error| LexicalError::from_tantivy(dir, &error.into()))?;
        LexicalIndex::with_directory(dir, Box::new(directory))
    }

    /// An empty index without files.
    pub fn in_memory() -> Result<LexicalIndex, LexicalError> {
        LexicalIndex::with_directory(Path::new("(memory)"), Box::new(RamDirectory::create()))
    }

    fn with_directory(
        path: &Path,
        directory: Box<dyn Directory>,
    ) -> Result<LexicalIndex, LexicalError> {
        let error = |error: TantivyError| LexicalError::from_tantivy(path, &error);
        let (schema, fields) = Fields::schema();
        let exists = Index::exists(directory.as_ref()).map_err(|e| error(e.into()))?;
        let index = if exists {
            Index::open(directory).map_err(error)?
        } else {
            Index::create(directory, schema.clone(), schema::settings()).map_err(error)?
        };
        if index.schema() != schema {
            return Err(LexicalError::damaged(path, "it was made by another version"));
        }
        let metas = index.load_metas().map_err(error)?;
        for file in metas.list_segment_files() {
            let sound = |file: &Path| -> Result<bool, OpenReadError> {
                let files = index.directory();
                // Not every segment has every file; one that it lacks is missed by the reader below.
                Ok(!files.exists(file)? || files.validate_checksum(file)?)
            };
            if !sound(&file).map_err(|e| error(e.into()))? {
                let reason = format!("wrong checksum of {}", file.display());
                return Err(LexicalError::damaged(path, reason));
            }
        }
        schema::register_tokenizer(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(0)
            .try_into()
            .map_err(error)?;
        let generation = match metas.payload {
            None => None,
            Some(payload) => match payload.parse() {
                Ok(number) => Some(Generation(number)),
                Err(_) => return Err(LexicalError::damaged(path, "its generation is no number")),
            },
        };
        let snapshot = LexicalSnapshot::new(path, fields, &reader.searcher()).map_err(error)?;
        let path = path.to_owned();
        Ok(LexicalIndex { path, fields, index, reader, writer: None, snapshot, generation })
    }

    /// The generation of the last commit; `None` before the first.
    pub fn generation(&self) -> Option<Generation> {
        self.generation
    }

    /// The chunks of the last commit, in no order, to be compared with the catalog's.
    pub fn chunk_ids(&self) -> Vec<ChunkId> {
        self.snapshot.chunk_ids()
    }

    /// The state of the last commit.
    pub fn snapshot(&self) -> LexicalSnapshot {
        self.snapshot.clone()
    }

    /// Removes chunks, then adds some. Nothing shows or lasts before [`LexicalIndex::commit`].
    ///
    /// # Errors
    /// After one, the index is at its last commit.
    pub fn apply<'a>(
        &mut self,
        remove: &[ChunkId],
        add: impl IntoIterator<Item = Document<'a>>,
    ) -> Result<(), LexicalError> {
        let fields = self.fields;
        self.write(|writer| {
            for chunk in remove {
                writer.delete_term(fields.id_term(*chunk));
            }
            for document in add {
                writer.add_document(fields.document(&document))?;
            }
            Ok(())
        })
    }

    /// Makes everything applied so far last, under `generation`, and shows it to new snapshots.
    ///
    /// # Errors
    /// After one, the index is at its last commit, or at this one if only reading it back failed.
    pub fn commit(&mut self, generation: Generation) -> Result<(), LexicalError> {
        self.write(|writer| {
            fail_point!("lexical::before_prepare");
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&generation.to_string());
            fail_point!("lexical::before_commit");
            prepared.commit()?;
            fail_point!("lexical::after_commit");
            Ok(())
        })?;
        self.generation = Some(generation);
        self.refresh()
    }

    /// Waits for merges in progress and gives the writer's memory and threads back. What was applied
    /// and not committed is dropped.
    pub fn release_writer(&mut self) -> Result<(), LexicalError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        writer
            .wait_merging_threads()
            .map_err(|error| LexicalError::from_tantivy(&self.path, &error))?;
        self.refresh()
    }

    fn refresh(&mut self) -> Result<(), LexicalError> {
        let error = |error: TantivyError| LexicalError::from_tantivy(&self.path, &error);
        self.reader.reload().map_err(error)?;
        self.snapshot = LexicalSnapshot::new(&self.path, self.fields, &self.reader.searcher())
            .map_err(error)?;
        Ok(())
    }

    fn write(
        &mut self,
        operation: impl FnOnce(&mut IndexWriter) -> Result<(), TantivyError>,
    ) -> Result<(), LexicalError> {
        let result = (|| {
            let writer = match &mut self.writer {
                Some(writer) => writer,
                none => none.insert(open_writer(&self.index)?),
            };
            operation(writer)
        })();
        result.map_err(|error| {
            // A writer that failed may have lost some operations; without it all of them are gone.
            self.writer = None;
            LexicalError::from_tantivy(&self.path, &error)
        })
    }
}

/// One thread: it keeps up with a parser on each of the others, and a commit makes one segment.
fn open_writer(index: &Index) -> Result<IndexWriter, TantivyError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(WRITER_BYTES)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(merge_policy()));
    // A writer counts its operations from the last commit's own number on. The first, were it a removal, would pass for
    // done in segments that are as new as that commit, and be lost where they are merged: an empty batch comes first.
    writer.run([])?;
    Ok(writer)
}

/// Levels of a factor 4 from 256 documents on, at most 5 segments each: an edit rewrites few
/// documents, and a folder of 50,000 chunks has at most some 20 segments.
fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_layer_size(256);
    policy.set_level_log_size(2.0);
    policy.set_min_num_segments(6);
    policy.set_del_docs_ratio_before_merge(0.3);
    policy
}
