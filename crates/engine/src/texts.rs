//! Texts of chunks for searches, which run on any thread: a pool of reading connections.

use descry_base::{ChunkId, Digest};
use descry_catalog::{CatalogError, CatalogReader};
use parking_lot::Mutex;

/// Reading connections that wait for the next who needs one.
pub(crate) struct Texts {
    path: std::path::PathBuf,
    idle: Mutex<Vec<CatalogReader>>,
}

impl Texts {
    pub(crate) fn new(path: std::path::PathBuf) -> Texts {
        Texts { path, idle: Mutex::default() }
    }

    /// The catalog's file.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The text of each chunk and the digest of what is embedded of it; `None` for one that is gone.
    pub(crate) fn get(
        &self,
        ids: &[ChunkId],
    ) -> Result<Vec<Option<(String, Digest)>>, CatalogError> {
        let idle = self.idle.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => CatalogReader::open(&self.path)?,
        };
        // A text that is damaged costs its own hit, not the answer.
        let text = |id: &ChunkId| {
            reader.text(*id).unwrap_or_else(|error| {
                tracing::error!(%error, chunk = id.0, "a text cannot be read");
                None
            })
        };
        let texts = ids.iter().map(text).collect();
        self.idle.lock().push(reader);
        Ok(texts)
    }
}
