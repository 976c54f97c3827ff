//! Opens the folders of earlier runs.

use std::io::ErrorKind;
use std::path::Path;

use descry_base::RelPath;
use descry_catalog::CatalogError;
use descry_watch::WatchRoot;

use crate::root::Root;
use crate::{EngineError, Phase, reconcile};

use super::{Opening, Writer};

impl Writer {
    /// Opens the folders of earlier runs; each is searchable as soon as it is open.
    pub(super) fn open_folders(&mut self, opening: &Opening) {
        let rows = match self.catalog.roots() {
            Ok(rows) => {
                self.dir.sweep(rows.iter().map(|row| row.id));
                rows
            }
            Err(CatalogError::Damaged { message, .. }) => return self.set_catalog_aside(&message),
            Err(error) => {
                tracing::error!(%error, "the added folders cannot be read");
                self.opened = true;
                return;
            }
        };
        for row in rows {
            match reconcile::open_root(&self.catalog, &self.dir, &row) {
                Ok(root) => {
                    self.shared.backlog.set_paused(root.id, root.paused);
                    self.roots.push(root);
                    self.publish();
                }
                Err(EngineError::Catalog(CatalogError::Damaged { message, .. })) => {
                    return self.set_catalog_aside(&message);
                }
                Err(error) => {
                    tracing::error!(%error, path = row.path, "a folder cannot be opened");
                    let now = self.now();
                    self.roots.extend(Root::broken(&row, &error).map(|mut root| {
                        root.work.request_retry(now);
                        root
                    }));
                }
            }
        }
        self.find_space();
        self.watch_roots();
        for id in self.ids() {
            if let Err(error) = self.repair(id) {
                self.fail(id, &error);
            }
        }
        for root in self.roots.iter_mut().filter(|root| !root.broken) {
            match opening.catch_up {
                true => root.work.request_scan(RelPath::default()),
                false => root.phase = phase_of(&root.path),
            }
        }
        match opening.lost {
            true => self.restore_folders(),
            // A kill may have come between a change and the list.
            false => self.write_folder_list(),
        }
        self.opened = true;
        self.changed();
    }

    pub(super) fn watch_roots(&self) {
        if let Some(watcher) = &self.wiring.watcher {
            let root = |root: &Root| WatchRoot { id: root.id, path: root.path.clone() };
            let whole = self.roots.iter().filter(|root| !root.broken);
            watcher.set_roots(whole.map(root).collect());
        }
    }
}

/// The phase of a folder that is not being scanned.
pub(crate) fn phase_of(folder: &Path) -> Phase {
    match std::fs::read_dir(folder) {
        Ok(_) => Phase::Ready,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Phase::Missing
        }
        Err(error) => {
            Phase::Failed { message: format!("{} cannot be read: {error}", folder.display()) }
        }
    }
}
