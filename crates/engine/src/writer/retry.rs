//! Retries what failed: folders that could not be opened, words and vectors that could not be
//! written.

use descry_base::{RelPath, RootId};
use descry_catalog::CatalogError;

use super::Writer;
use crate::{EngineError, reconcile};

impl Writer {
    /// Handles a failed write. If the words failed, they are rebuilt. The folder is scanned again
    /// later, and files that are not in the catalog by then are read again.
    pub(super) fn fail(&mut self, id: RootId, error: &EngineError) {
        tracing::error!(%error, "a folder could not be brought up to date");
        if let EngineError::Catalog(CatalogError::Damaged { message, .. }) = error {
            return self.set_catalog_aside(message);
        }
        let now = self.now();
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        root.phase.fails(error.to_string());
        root.work.request_retry(now);
        // A folder that is not open has no table from which to rebuild them.
        if matches!(error, EngineError::Words(_))
            && !root.broken
            && let Err(error) = reconcile::rebuild_words(root, &self.catalog, &self.dir)
        {
            tracing::error!(%error, "words could not be rebuilt");
        }
    }

    /// Repairs a folder and scans all of it.
    pub(super) fn retry(&mut self, id: RootId) {
        let mended = self.mend(id);
        let now = self.now();
        let Some(root) = self.root(id) else { return };
        match mended {
            Ok(()) => root.work.request_scan(RelPath::default()),
            Err(error) => {
                tracing::error!(%error, "a folder is still not up to date");
                root.work.request_retry(now);
            }
        }
    }

    /// Reopens or rebuilds the incomplete parts of a folder.
    pub(super) fn mend(&mut self, id: RootId) -> Result<(), EngineError> {
        // It may not have been possible to record it.
        self.find_space();
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return Ok(()) };
        if root.broken {
            return self.reopen(id);
        }
        let lacks_vectors = (root.vectors.is_none() || root.vectors_lag) && self.space.is_some();
        let lacks_words = root.lexical.generation() != Some(root.generation);
        if lacks_words {
            reconcile::rebuild_words(root, &self.catalog, &self.dir)?;
        }
        if lacks_vectors {
            self.open_vectors(id);
        }
        self.publish();
        // What was being embedded when something failed is in no queue any more.
        if let Some(root) = self.root(id) {
            let lacking = root.lacking();
            self.shared.backlog.push(id, lacking);
        }
        Ok(())
    }

    /// Opens a folder that could not be opened before.
    fn reopen(&mut self, id: RootId) -> Result<(), EngineError> {
        let row = self.catalog.roots()?.into_iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| EngineError::NoSuchFolder(id.to_string()))?;
        let opened = reconcile::open_root(&self.catalog, &self.dir, &row)?;
        if let Some(root) = self.root(id) {
            *root = opened;
            root.work.request_scan(RelPath::default());
        }
        self.shared.backlog.set_paused(id, row.paused);
        self.open_vectors(id);
        self.watch_roots();
        self.publish();
        self.repair(id)
    }
}
