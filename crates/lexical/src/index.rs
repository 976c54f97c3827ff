//! The writer side: adding and removing documents, commits, and merges that keep the number of
//! files small.

use std::fs;
use std::path::{Path, PathBuf};

use descry_base::{ChunkId, Generation};
use tantivy::directory::{Directory, RamDirectory};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError};

use crate::directory::{UnsyncedDirectory, WriteFailure};
use crate::schema::{self, Fields};
use crate::verify::{AT_ONCE, Verdict, verify};
use crate::{Document, LexicalError, LexicalSnapshot};

/// The indexing thread's memory before it writes a segment. 50,000 chunks fill it about twice.
const WRITER_BYTES: usize = 40 << 20;

macro_rules! fail_point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

/// The index of one folder, in its own directory, and its only writer.
pub struct LexicalIndex {
    path: PathBuf,
    fields: Fields,
    index: Index,
    reader: IndexReader,
    /// Opened on first use: it holds a thread and memory.
    writer: Option<IndexWriter>,
    snapshot: LexicalSnapshot,
    generation: Option<Generation>,
    /// The identity of the catalog from which the index is derived.
    catalog: String,
    failure: WriteFailure,
    verdict: Verdict,
}

impl LexicalIndex {
    /// Opens the index in `dir`, or creates an empty one. Verifies the checksums of all files, of a
    /// large index in the background: see [`LexicalIndex::is_damaged`]. `catalog` is the identity
    /// of the catalog that assigns the chunks' ids.
    ///
    /// # Errors
    /// [`LexicalError::Damaged`] if the files are damaged, from another version, or derived from
    /// another catalog: the caller deletes the directory and opens it again.
    pub fn open(dir: &Path, catalog: &str) -> Result<LexicalIndex, LexicalError> {
        fs::create_dir_all(dir).map_err(|error| LexicalError::io(dir, &error))?;
        LexicalIndex::open_in(dir, catalog, true)
    }

    /// Opens the index of another process in `dir`, for its snapshot: nothing may be applied.
    ///
    /// # Errors
    /// As [`LexicalIndex::open`], and [`LexicalError::Damaged`] if there is no index. While its
    /// writer commits, a file may be missing; the next try finds others.
    pub fn open_read_only(dir: &Path, catalog: &str) -> Result<LexicalIndex, LexicalError> {
        LexicalIndex::open_in(dir, catalog, false)
    }

    fn open_in(dir: &Path, catalog: &str, create: bool) -> Result<LexicalIndex, LexicalError> {
        let directory = UnsyncedDirectory::open(dir)
            .map_err(|error| LexicalError::from_tantivy(dir, &error.into()))?;
        let failure = directory.failure();
        LexicalIndex::with_directory(dir, Box::new(directory), failure, catalog, create)
    }

    /// Creates an empty index without files.
    pub fn in_memory() -> Result<LexicalIndex, LexicalError> {
        let directory = Box::new(RamDirectory::create());
        let path = Path::new("(memory)");
        LexicalIndex::with_directory(path, directory, WriteFailure::default(), "", true)
    }

    fn with_directory(
        path: &Path,
        directory: Box<dyn Directory>,
        failure: WriteFailure,
        catalog: &str,
        create: bool,
    ) -> Result<LexicalIndex, LexicalError> {
        let error = |error: TantivyError| LexicalError::from_tantivy(path, &error);
        let (schema, fields) = Fields::schema();
        let exists = Index::exists(directory.as_ref()).map_err(|e| error(e.into()))?;
        let index = if exists {
            Index::open(directory).map_err(error)?
        } else if !create {
            return Err(LexicalError::damaged(path, "it does not exist"));
        } else {
            Index::create(directory, schema.clone(), schema::settings()).map_err(error)?
        };
        if index.schema() != schema {
            return Err(LexicalError::damaged(path, "it was made by another version"));
        }
        let metas = index.load_metas().map_err(error)?;
        let files = metas.list_segment_files().into_iter().map(|file| path.join(file)).collect();
        let verdict =
            match verify(files, AT_ONCE).map_err(|error| LexicalError::io(path, &error))? {
                Ok(verdict) => verdict,
                Err(file) => {
                    let reason = format!("wrong checksum of {}", file.display());
                    return Err(LexicalError::damaged(path, reason));
                }
            };
        schema::register_tokenizer(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(0)
            .try_into()
            .map_err(error)?;
        let generation = match metas.payload {
            None => None,
            Some(payload) => match payload.split_once(' ') {
                Some((number, of)) if of == catalog => {
                    let number = number
                        .parse()
                        .map_err(|_| LexicalError::damaged(path, "its generation is invalid"))?;
                    Some(Generation(number))
                }
                _ => return Err(LexicalError::damaged(path, "another catalog made it")),
            },
        };
        let searcher = reader.searcher();
        let snapshot = LexicalSnapshot::new(path, fields, &searcher, None).map_err(error)?;
        let (path, catalog) = (path.to_owned(), catalog.to_owned());
        Ok(LexicalIndex {
            path,
            fields,
            index,
            reader,
            writer: None,
            snapshot,
            generation,
            catalog,
            failure,
            verdict,
        })
    }

    /// True once a file is known to be damaged that was not when the index opened: the caller
    /// deletes the directory and opens it again.
    pub fn is_damaged(&self) -> bool {
        self.verdict.is_damaged()
    }

    /// The generation of the last commit; `None` before the first.
    pub fn generation(&self) -> Option<Generation> {
        self.generation
    }

    /// The chunks of the last commit, in no order, for comparison with the catalog.
    pub fn chunk_ids(&self) -> Vec<ChunkId> {
        self.snapshot.chunk_ids()
    }

    /// The state of the last commit.
    pub fn snapshot(&self) -> LexicalSnapshot {
        self.snapshot.clone()
    }

    /// Removes chunks, then adds some. Nothing is visible or durable before
    /// [`LexicalIndex::commit`].
    ///
    /// # Errors
    /// On an error, the index returns to its last commit.
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

    /// Makes all applied changes durable under `generation` and visible to new snapshots.
    ///
    /// # Errors
    /// On an error, the index is at its last commit, or at this one if only reading it back failed.
    pub fn commit(&mut self, generation: Generation) -> Result<(), LexicalError> {
        let payload = format!("{generation} {}", self.catalog);
        self.write(|writer| {
            fail_point!("lexical::before_prepare");
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&payload);
            fail_point!("lexical::before_commit");
            prepared.commit()?;
            fail_point!("lexical::after_commit");
            Ok(())
        })?;
        self.generation = Some(generation);
        self.refresh()
    }

    /// Waits for running merges and releases the writer's memory and threads. Discards uncommitted
    /// changes.
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
        let (searcher, known) = (self.reader.searcher(), &self.snapshot);
        let snapshot = LexicalSnapshot::new(&self.path, self.fields, &searcher, Some(known));
        self.snapshot = snapshot.map_err(error)?;
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
            // A failed writer may have lost some operations; dropping it discards all of them.
            self.writer = None;
            match (LexicalError::from_tantivy(&self.path, &error), self.failure.take()) {
                (LexicalError::Failed { path, .. }, Some(cause)) => {
                    LexicalError::Io { path, cause }
                }
                (error, _) => error,
            }
        })
    }
}

/// Opens a writer with one thread, which keeps up with a parser on each of the others; a commit
/// then makes one segment.
fn open_writer(index: &Index) -> Result<IndexWriter, TantivyError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(WRITER_BYTES)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(merge_policy()));
    // A writer numbers its operations from the last commit's own number. If the first operation
    // were a removal, segments as new as that commit would count it as applied, and a merge would
    // lose it; hence an empty batch first.
    writer.run([])?;
    Ok(writer)
}

/// Levels grow by a factor of 4 from 256 documents, with at most 5 segments each: an edit rewrites
/// few documents, and a folder of 50,000 chunks has at most about 20 segments.
fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_layer_size(256);
    policy.set_level_log_size(2.0);
    policy.set_min_num_segments(6);
    policy.set_del_docs_ratio_before_merge(0.3);
    policy
}
