//! Repairs a damaged catalog: a damaged row costs the file that it belongs to, which is read again.

use descry_base::{ChunkId, RelPath, RootId};
use descry_watch::Change;

use super::Writer;
use crate::EngineError;

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
