//! The added folders and their content.

use std::collections::HashMap;

use descry_base::{FileId, Generation, RootId, SkipReason, Skipped, Stamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::commit::delete;
use crate::rows::read_stamp;
use crate::sealed::Damaged;
use crate::vectors::delete_unused;
use crate::{Catalog, CatalogError, FileRow};

/// An added folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootRow {
    /// The folder.
    pub id: RootId,
    /// The canonical path.
    pub path: String,
    /// True if its background embedding is paused.
    pub paused: bool,
    /// The last commit that changed it; an index with another generation must be reconciled.
    pub generation: Generation,
    /// The chunker version that chunked all files that it has; `None` before the first.
    pub cut_by: Option<u32>,
    /// The number of files that a scan of the whole folder listed, while that scan is incomplete.
    pub unfinished: Option<usize>,
}

impl Catalog {
    /// The added folders, oldest first.
    pub fn roots(&self) -> Result<Vec<RootRow>, CatalogError> {
        let sql = "SELECT id, path, paused, generation, cut_by, unfinished FROM roots
            WHERE removed = 0 ORDER BY id";
        self.rows(sql, [], |row| {
            Ok(RootRow {
                id: RootId(row.get(0)?),
                path: row.get(1)?,
                paused: row.get(2)?,
                generation: Generation(row.get(3)?),
                cut_by: row.get(4)?,
                unfinished: row.get::<_, Option<u32>>(5)?.map(|files| files as usize),
            })
        })
    }

    /// Adds a folder.
    pub fn add_root(&self, path: &str) -> Result<RootId, CatalogError> {
        match self.connection.execute("INSERT INTO roots(path) VALUES (?)", [path]) {
            Ok(_) => Ok(RootId(self.connection.last_insert_rowid() as u32)),
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                Err(CatalogError::AlreadyAdded { path: path.into() })
            }
            Err(error) => Err(self.error(error)),
        }
    }

    /// Records whether a folder's background embedding is paused.
    pub fn set_paused(&self, root: RootId, paused: bool) -> Result<(), CatalogError> {
        self.connection
            .execute("UPDATE roots SET paused = ? WHERE id = ?", params![paused, root.0])
            .map(drop)
            .map_err(|cause| self.error(cause))
    }

    /// Records that a scan of the whole folder, which listed this many files, is incomplete. A
    /// folder without files will have those that this chunker version cuts.
    pub fn set_unfinished(
        &self,
        root: RootId,
        files: usize,
        cut_by: u32,
    ) -> Result<(), CatalogError> {
        let sql = "UPDATE roots SET unfinished = ?1, cut_by = CASE WHEN EXISTS
            (SELECT 1 FROM files WHERE root = ?3 AND retired IS NULL) THEN cut_by ELSE ?2 END
            WHERE id = ?3";
        self.connection
            .execute(sql, params![files as u32, cut_by, root.0])
            .map(drop)
            .map_err(|cause| self.error(cause))
    }

    /// Records that all files of the folder were read, and chunked by this chunker version.
    pub fn set_finished(&self, root: RootId, cut_by: u32) -> Result<(), CatalogError> {
        let sql = "UPDATE roots SET unfinished = NULL, cut_by = ? WHERE id = ?";
        self.connection
            .execute(sql, params![cut_by, root.0])
            .map(drop)
            .map_err(|cause| self.error(cause))
    }

    /// Removes a folder at once; [`sweep`](Catalog::sweep) deletes its data.
    pub fn remove_root(&mut self, root: RootId) -> Result<(), CatalogError> {
        let sql = "UPDATE roots SET removed = 1, path = 'removed ' || id WHERE id = ?";
        self.connection.execute(sql, [root.0]).map(drop).map_err(|cause| self.error(cause))
    }

    /// Deletes some data of removed folders: the texts of up to `files` files, or finally the
    /// vectors that no other folder uses. Then gives up to `files` times 16 free pages back to the
    /// disk, so that removed texts do not remain in the file. False if nothing is left to do.
    pub fn sweep(&mut self, files: usize) -> Result<bool, CatalogError> {
        let path = self.source.path.clone();
        let sweep = |connection: &mut Connection| {
            let find = "SELECT id FROM roots WHERE removed = 1 LIMIT 1";
            let root: Option<u32> = connection.query_row(find, [], |row| row.get(0)).optional()?;
            if let Some(root) = root {
                let transaction = connection.transaction()?;
                let some = format!("SELECT id FROM files WHERE root = ? LIMIT {files}");
                delete(&transaction, &format!("id IN ({some})"), u64::from(root))?;
                let left = "SELECT EXISTS (SELECT 1 FROM files WHERE root = ?)";
                if !transaction.query_row(left, [root], |row| row.get::<_, bool>(0))? {
                    transaction.execute("DELETE FROM skipped WHERE root = ?", [root])?;
                    transaction.execute("DELETE FROM roots WHERE id = ?", [root])?;
                    delete_unused(&transaction)?;
                }
                transaction.commit()?;
            }
            let free = |connection: &Connection| {
                connection.pragma_query_value(None, "freelist_count", |row| row.get::<_, u64>(0))
            };
            if root.is_some() {
                return Ok(true);
            }
            let before = free(connection)?;
            // Each step gives one page back.
            let mut vacuum =
                connection.prepare(&format!("PRAGMA incremental_vacuum({})", files * 16))?;
            let mut steps = vacuum.query([])?;
            while steps.next()?.is_some() {}
            drop(steps);
            drop(vacuum);
            let after = free(connection)?;
            // A file made without this setting keeps its free pages.
            Ok(0 < after && after < before)
        };
        let more = sweep(&mut self.connection).map_err(|cause| CatalogError::of(&path, cause))?;
        if !more {
            self.shrink_log()?;
        }
        Ok(more)
    }

    /// The live files of a folder, by path, and those whose rows are damaged.
    pub fn files(&self, root: RootId) -> Result<(Vec<FileRow>, Vec<FileId>), CatalogError> {
        let sql = format!(
            "SELECT {} FROM files LEFT JOIN chunks ON chunks.file = files.id
             WHERE files.root = ? AND files.retired IS NULL ORDER BY path",
            FileRow::COLUMNS
        );
        let (mut files, mut damaged) = (Vec::new(), Vec::new());
        let rows =
            self.rows(&sql, [root.0], |row| Ok((FileId(row.get(0)?), FileRow::read(row))))?;
        for (id, row) in rows {
            match row {
                Ok(file) => files.push(file),
                Err(Damaged) => damaged.push(id),
            }
        }
        Ok((files, damaged))
    }

    /// The skipped paths of a folder, by path.
    pub fn skipped(&self, root: RootId) -> Result<Vec<Skipped>, CatalogError> {
        skipped(&self.connection, root).map_err(|cause| self.error(cause))
    }

    /// The number of skipped paths of a folder.
    pub fn skipped_count(&self, root: RootId) -> Result<usize, CatalogError> {
        self.connection
            .query_row("SELECT count(*) FROM skipped WHERE root = ?", [root.0], |row| row.get(0))
            .map_err(|cause| self.error(cause))
    }

    /// The stamps of skipped files, by path: a scan rereads such a file only if its stamp differs.
    pub fn skipped_stamps(&self, root: RootId) -> Result<HashMap<String, Stamp>, CatalogError> {
        let sql = "SELECT path, size, mtime, ctime, inode, overruled FROM skipped WHERE root = ?";
        let rows = self.rows(sql, [root.0], |row| Ok((row.get(0)?, read_stamp(row, 1)?)))?;
        Ok(rows.into_iter().collect())
    }

    fn rows<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, CatalogError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(params, read)?.collect())
            .map_err(|cause| self.error(cause))
    }
}

/// The skipped paths of a folder, by path.
pub(crate) fn skipped(connection: &Connection, root: RootId) -> rusqlite::Result<Vec<Skipped>> {
    let sql = "SELECT path, reason FROM skipped WHERE root = ? ORDER BY path";
    let read = |row: &rusqlite::Row<'_>| {
        let reason: String = row.get(1)?;
        let reason =
            serde_json::from_str(&reason).unwrap_or(SkipReason::Failed { message: reason });
        Ok(Skipped { path: row.get(0)?, reason })
    };
    connection.prepare_cached(sql)?.query_map([root.0], read)?.collect()
}
