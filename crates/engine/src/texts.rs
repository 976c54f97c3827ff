//! Reads chunk texts for searches on any thread, through a pool of catalog connections.

use descry_base::{ChunkId, Digest};
use descry_catalog::{CatalogError, CatalogReader};
use parking_lot::Mutex;

/// The pool of idle catalog connections.
pub(crate) struct Texts {
    path: std::path::PathBuf,
    idle: Mutex<Vec<CatalogReader>>,
}

impl Texts {
    pub(crate) fn new(path: std::path::PathBuf) -> Texts {
        Texts { path, idle: Mutex::default() }
    }

    /// The path of the catalog.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Each chunk's text and the digest of its embedded text; `None` if the chunk no longer exists.
    pub(crate) fn get(
        &self,
        ids: &[ChunkId],
    ) -> Result<Vec<Option<(String, Digest)>>, CatalogError> {
        let idle = self.idle.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => CatalogReader::open(&self.path)?,
        };
        // A damaged text costs its own hit, not the answer.
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
