//! Reads concurrently with the writer: texts for hits and for the embedding queue.

use std::path::{Path, PathBuf};

use descry_base::{ChunkId, Digest};
use rusqlite::{Connection, OptionalExtension};

use crate::CatalogError;
use crate::open::connect;
use crate::rows::unpack;

/// A read-only connection. Each reading thread has its own.
pub struct CatalogReader {
    connection: Connection,
    path: PathBuf,
}

impl CatalogReader {
    /// Opens another connection to the catalog at `path`.
    pub fn open(path: &Path) -> Result<CatalogReader, CatalogError> {
        let connection = connect(path)?;
        connection
            .pragma_update(None, "query_only", true)
            .map_err(|cause| CatalogError::of(path, cause))?;
        Ok(CatalogReader { connection, path: path.to_path_buf() })
    }

    /// The text of each chunk, in the given order; `None` for a chunk that is gone.
    pub fn texts(&self, ids: &[ChunkId]) -> Result<Vec<Option<String>>, CatalogError> {
        ids.iter().map(|id| Ok(self.text(*id)?.map(|(text, _)| text))).collect()
    }

    /// A chunk's text and the digest of its embedded text; `None` if it is gone.
    pub fn text(&self, id: ChunkId) -> Result<Option<(String, Digest)>, CatalogError> {
        self.connection
            .prepare_cached("SELECT text, digest FROM chunks WHERE id = ?")
            .and_then(|mut find| {
                find.query_row([id.0], |row| {
                    let packed = row.get_ref(0)?.as_blob()?;
                    Ok((unpack(0, packed)?, Digest(row.get(1)?)))
                })
                .optional()
            })
            .map_err(|cause| CatalogError::of(&self.path, cause))
    }
}
