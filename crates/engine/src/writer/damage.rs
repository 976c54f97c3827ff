//! Repairs a damaged catalog: a damaged row costs the file that it belongs to, which is read again.

use descry_base::{ChunkId, RelPath, RootId};
use descry_vector::VectorIndex;
use descry_watch::Change;

use super::Writer;
use crate::root::Root;
use crate::{EngineError, reconcile};

impl Writer {
    /// Reads the files again whose texts the catalog has lost.
    pub(super) fn reread(&mut self, chunks: &[ChunkId]) {
        let mut forgot = false;
        for root in &mut self.roots {
            // Chunks that were removed since are in no table.
            let files = chunks.iter().filter_map(|id| root.table.file_of(*id));
            let mut paths: Vec<RelPath> = files.map(|file| file.path.clone()).collect();
            paths.sort();
            paths.dedup();
            for path in &paths {
                tracing::error!(%path, "the catalog has lost a file's texts; it is read again");
                // What is not known is read, whatever its stamp.
                root.table.remove(path);
            }
            forgot |= !paths.is_empty();
            if !paths.is_empty() {
                root.work.notice(paths.into_iter().map(Change::Touched).collect());
            }
        }
        if forgot {
            self.publish();
        }
    }

    /// Deletes the damaged rows of a folder, and has the files read that they belonged to.
    pub(super) fn repair(&mut self, id: RootId) -> Result<(), EngineError> {
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return Ok(()) };
        let damage = std::mem::take(&mut root.damage);
        if !damage.files.is_empty() {
            tracing::error!(files = damage.files.len(), "rows of the catalog are damaged");
            let commit = self.catalog.begin()?;
            damage.files.iter().try_for_each(|file| commit.delete_damaged(*file))?;
            // No index has chunks of these files.
            commit.finish_aside()?;
            // Which files they were is not known.
            root.work.request_scan(RelPath::default());
        }
        self.reread(&damage.chunks);
        Ok(())
    }

    /// Makes the indexes again that turned out to be damaged since they were opened.
    pub(super) fn mend_damaged(&mut self) {
        let damaged = |root: &Root| root.vectors.as_ref().is_some_and(VectorIndex::is_damaged);
        if self.roots.iter().any(damaged) {
            self.wait_for_saves();
        }
        for id in self.ids() {
            let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { continue };
            if root.lexical.is_damaged() {
                tracing::error!(path = %root.path.display(), "the words are damaged");
                if let Err(error) = reconcile::rebuild_words(root, &self.catalog, &self.dir) {
                    self.fail(id, &error);
                }
                self.publish();
            }
            let Some(root) = self.root(id) else { continue };
            if root.vectors.as_ref().is_some_and(VectorIndex::is_damaged) {
                tracing::error!(path = %root.path.display(), "the vectors are damaged");
                root.vectors = None;
                if let Err(error) = reconcile::clear(&self.dir.vectors(id)) {
                    tracing::error!(%error, "damaged vectors cannot be deleted");
                }
                self.open_vectors(id);
                self.publish();
            }
        }
    }

    /// Ends the engine: the next one starts with a new catalog, and with the same folders.
    pub(super) fn set_catalog_aside(&self, message: &str) {
        if self.shared.ended.get().is_some() || !self.lock.is_held() {
            return;
        }
        if let Err(error) = self.dir.set_catalog_aside() {
            tracing::error!(%error, "the damaged catalog cannot be set aside");
        }
        self.shared
            .end(format!("the catalog is damaged ({message}), and its folders are read again"));
    }
}
