//! Commits: files replaced, retired or touched, all or nothing, under the next generation.

use descry_base::{
    ChunkId, ChunkMeta, Digest, FileId, Generation, Language, RelPath, RootId, SkipReason, Stamp,
};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use crate::rows::{pack, write_defines};
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
}

/// A chunk of a [`NewFile`].
pub struct NewChunk<'a> {
    /// Its metadata.
    pub meta: &'a ChunkMeta,
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
}

impl<'a> Commit<'a> {
    pub(crate) fn begin(catalog: &'a mut Catalog) -> Result<Commit<'a>, CatalogError> {
        let generation = catalog.generation()?.next();
        let path = catalog.path.clone();
        let transaction = catalog
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|cause| CatalogError::of(&path, cause))?;
        let commit = Commit { transaction, path, generation };
        commit.purge()?;
        Ok(commit)
    }

    /// Deletes what the previous commit retired; no reader uses a snapshot that old.
    fn purge(&self) -> Result<(), CatalogError> {
        self.execute(
            "DELETE FROM chunks WHERE file IN (SELECT id FROM files WHERE retired < ?)",
            [self.generation.0],
        )?;
        self.execute("DELETE FROM files WHERE retired < ?", [self.generation.0])
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
            .prepare_cached("SELECT id FROM chunks WHERE file = ? ORDER BY id")
            .and_then(|mut find| {
                find.query_map([file], |row| row.get(0).map(ChunkId))?.collect::<Result<_, _>>()
            })
            .map_err(|cause| self.error(cause))?;
        Ok(Some((FileId(file), chunks)))
    }

    /// Adds a file, whose earlier version must have been retired, and its chunks. The chunks' ids
    /// are consecutive and in order; returns the first.
    pub fn put_file(
        &self,
        file: &NewFile<'_>,
        chunks: &[NewChunk<'_>],
    ) -> Result<(FileId, ChunkId), CatalogError> {
        self.unskip(file.root, file.path)?;
        self.execute(
            "INSERT INTO files(root, path, size, mtime, ctime, inode, overruled, digest, language) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                file.root.0,
                file.path.as_str(),
                file.stamp.size,
                file.stamp.mtime_ns,
                file.stamp.ctime_ns,
                file.stamp.inode as i64,
                file.stamp.overruled,
                file.digest.0,
                file.language as u8
            ],
        )?;
        let id = self.transaction.last_insert_rowid();
        let mut first = None;
        for NewChunk { meta, digest, text } in chunks {
            self.execute(
                "INSERT INTO chunks(file, start, stop, first_line, end_line, doc_start, doc_end, \
                 symbol, kind, defines, digest, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    id,
                    meta.span.start,
                    meta.span.end,
                    meta.span.first_line,
                    meta.span.end_line,
                    meta.doc.as_ref().map(|doc| doc.start),
                    meta.doc.as_ref().map(|doc| doc.end),
                    meta.symbol,
                    meta.kind.map(|kind| kind as u8),
                    write_defines(&meta.defines),
                    digest.0,
                    pack(text)
                ],
            )?;
            first = first.or(Some(self.transaction.last_insert_rowid()));
        }
        Ok((FileId(id as u64), ChunkId(first.unwrap_or(0) as u64)))
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
