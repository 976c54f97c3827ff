//! Commits: files replaced, retired or touched, all or nothing, under the next generation.

use std::cell::{Cell, RefCell};

use descry_base::{
    ChunkId, Digest, FileId, Generation, Language, PackedChunks, RelPath, RootId, SkipReason, Stamp,
};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use crate::rows::insert;
use crate::text::Packer;
use crate::{Catalog, CatalogError};

/// A file that was read and chunked.
pub struct NewFile<'a> {
    /// The folder.
    pub root: RootId,
    /// The path inside the folder.
    pub path: &'a RelPath,
    /// The stamp of the file when it was read.
    pub stamp: Stamp,
    /// The digest of the bytes on disk.
    pub digest: Digest,
    /// Its language.
    pub language: Language,
    /// The metadata of its chunks.
    pub chunks: &'a PackedChunks,
}

/// The text of a chunk of a [`NewFile`].
pub struct NewChunk<'a> {
    /// The digest of the embedded text.
    pub digest: Digest,
    /// The chunk's text.
    pub text: &'a str,
}

/// A commit in progress. Dropping it rolls it back.
pub struct Commit<'a> {
    transaction: Transaction<'a>,
    path: std::path::PathBuf,
    generation: Generation,
    next_chunk: Cell<u64>,
    packer: &'a RefCell<Packer>,
}

impl<'a> Commit<'a> {
    pub(crate) fn begin(catalog: &'a mut Catalog) -> Result<Commit<'a>, CatalogError> {
        let generation = catalog.generation()?.next();
        let next_chunk = Cell::new(catalog.number("next_chunk")?);
        let path = catalog.source.path.clone();
        let transaction = catalog
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|cause| CatalogError::of(&path, cause))?;
        let packer = &catalog.packer;
        let commit = Commit { transaction, path, generation, next_chunk, packer };
        commit.purge()?;
        Ok(commit)
    }

    /// Deletes what the previous commit retired; no reader uses a snapshot that old.
    fn purge(&self) -> Result<(), CatalogError> {
        delete(&self.transaction, "retired < ?", self.generation.0)
            .map_err(|cause| self.error(cause))
    }

    /// Deletes a file whose row is damaged, with its chunks, so that its path can be added again.
    pub fn delete_damaged(&self, file: FileId) -> Result<(), CatalogError> {
        delete(&self.transaction, "id = ?", file.0).map_err(|cause| self.error(cause))
    }

    /// Retires the live version of a file, if any; returns it with its chunks.
    pub fn retire_file(
        &self,
        root: RootId,
        path: &RelPath,
    ) -> Result<Option<(FileId, Vec<ChunkId>)>, CatalogError> {
        let file: Option<u64> = self
            .transaction
            .prepare_cached("SELECT id FROM files WHERE root = ? AND path = ? AND retired IS NULL")
            .and_then(|mut find| {
                find.query_row(params![root.0, path.as_str()], |row| row.get(0)).optional()
            })
            .map_err(|cause| self.error(cause))?;
        let Some(file) = file else { return Ok(None) };
        self.execute("UPDATE files SET retired = ? WHERE id = ?", [self.generation.0, file])?;
        let chunks = self
            .transaction
            .prepare_cached("SELECT first, count FROM chunks WHERE file = ?")
            .and_then(|mut find| {
                find.query_row([file], |row| Ok((row.get(0)?, row.get::<_, usize>(1)?))).optional()
            })
            .map_err(|cause| self.error(cause))?;
        let (first, count) = chunks.unwrap_or((0, 0));
        Ok(Some((FileId(file), (first..).map(ChunkId).take(count).collect())))
    }

    /// Adds a file, whose earlier version must have been retired, and the texts of its chunks, in
    /// their order. The chunks' ids are consecutive; returns the first.
    pub fn put_file(
        &self,
        file: &NewFile<'_>,
        chunks: &[NewChunk<'_>],
    ) -> Result<(FileId, ChunkId), CatalogError> {
        self.unskip(file.root, file.path)?;
        let first = ChunkId(self.next_chunk.get());
        let packer = &mut self.packer.borrow_mut();
        let id = insert(&self.transaction, packer, None, file, first, chunks)
            .map_err(|cause| self.error(cause))?;
        self.next_chunk.set(first.0 + chunks.len() as u64);
        Ok((id, if chunks.is_empty() { ChunkId(0) } else { first }))
    }

    /// Updates the stamp of a file whose content is unchanged.
    pub fn touch_file(&self, file: FileId, stamp: &Stamp) -> Result<(), CatalogError> {
        self.execute(
            "UPDATE files SET size = ?, mtime = ?, ctime = ?, inode = ?, overruled = ? WHERE id = ?",
            params![
                stamp.size,
                stamp.mtime_ns,
                stamp.ctime_ns,
                stamp.inode as i64,
                stamp.overruled,
                file.0
            ],
        )
    }

    /// Records that a path was skipped, with its stamp at that time.
    pub fn skip(
        &self,
        root: RootId,
        path: &str,
        reason: &SkipReason,
        stamp: &Stamp,
    ) -> Result<(), CatalogError> {
        let reason = serde_json::to_string(reason).unwrap_or_default();
        self.execute(
            "INSERT OR REPLACE INTO skipped(root, path, reason, size, mtime, ctime, inode, overruled) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                root.0,
                path,
                reason,
                stamp.size,
                stamp.mtime_ns,
                stamp.ctime_ns,
                stamp.inode as i64,
                stamp.overruled
            ],
        )
    }

    /// Removes the record that a path was skipped.
    pub fn unskip(&self, root: RootId, path: &RelPath) -> Result<(), CatalogError> {
        self.execute(
            "DELETE FROM skipped WHERE root = ? AND path = ?",
            params![root.0, path.as_str()],
        )
    }

    /// The generation that [`Commit::finish`] will create.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Makes the commit durable; `root` is the folder whose indexes now lag behind it.
    pub fn finish(self, root: RootId) -> Result<Generation, CatalogError> {
        let generation = self.generation;
        self.execute(
            "UPDATE roots SET generation = ? WHERE id = ?",
            params![generation.0, root.0],
        )?;
        self.execute("UPDATE meta SET value = ? WHERE key = 'generation'", [generation.0])?;
        self.execute(
            "UPDATE meta SET value = ? WHERE key = 'next_chunk'",
            [self.next_chunk.get()],
        )?;
        self.transaction.commit().map_err(|cause| CatalogError::of(&self.path, cause))?;
        Ok(generation)
    }

    /// Makes a commit durable that changed no chunk; no index lags behind it.
    pub fn finish_aside(self) -> Result<(), CatalogError> {
        self.transaction.commit().map_err(|cause| CatalogError::of(&self.path, cause))
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), CatalogError> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map(drop)
            .map_err(|cause| self.error(cause))
    }

    fn error(&self, cause: rusqlite::Error) -> CatalogError {
        CatalogError::of(&self.path, cause)
    }
}

/// Deletes the files that a condition with one number selects, with their chunks.
pub(crate) fn delete(
    transaction: &Transaction<'_>,
    condition: &str,
    number: u64,
) -> rusqlite::Result<()> {
    let files = format!("SELECT id FROM files WHERE {condition}");
    let texts = format!(
        "DELETE FROM texts WHERE first IN (SELECT texts.first FROM chunks JOIN texts
         ON texts.first >= chunks.first AND texts.first < chunks.first + chunks.count
         WHERE chunks.file IN ({files}))"
    );
    let chunks = format!("DELETE FROM chunks WHERE file IN ({files})");
    for sql in [texts, chunks, format!("DELETE FROM files WHERE {condition}")] {
        transaction.prepare_cached(&sql)?.execute([number])?;
    }
    Ok(())
}
