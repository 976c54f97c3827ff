//! Executes commands from outside.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use descry_base::{RelPath, RootId};
use descry_catalog::{CatalogError, RootRow};

use super::Writer;
use crate::data_dir::FOLDER_LIST;
use crate::event::Command;
use crate::root::Root;
use crate::{EngineError, reconcile};

impl Writer {
    pub(super) fn obey(&mut self, command: Command) {
        // The caller may be gone, which does not matter here.
        match command {
            Command::Add(path, reply) => drop(reply.send(self.add(&path))),
            Command::Check(root, reply) => drop(reply.send(self.check(root))),
            Command::Remove(root, reply) => drop(reply.send(self.remove(root))),
            Command::Pause(root, paused, reply) => drop(reply.send(self.pause(root, paused))),
            Command::LimitDisk(limit, reply) => {
                self.limit_disk(limit);
                drop(reply.send(Ok(())));
            }
            Command::Settle { full, reply } => self.settling.push((full, reply)),
            Command::Stop => {}
        }
        self.changed();
    }

    fn add(&mut self, path: &Path) -> Result<RootId, EngineError> {
        let path = descry_watch::check_root(path)?;
        if let Some(root) = self.roots.iter().find(|root| root.path == path) {
            // Adding a folder again scans it again.
            let id = root.id;
            self.mend(id)?;
            self.scan_whole(id);
            return Ok(id);
        }
        self.refuse_nested(&path)?;
        let Some(text) = path.to_str() else {
            let reason = "its name is not valid UTF-8".to_owned();
            return Err(EngineError::Unreadable { path, reason });
        };
        let is_it = |row: &RootRow| row.path == text;
        // The catalog has it if an earlier attempt failed halfway.
        if !self.catalog.roots()?.iter().any(is_it) {
            self.catalog.add_root(text)?;
        }
        let row = self.catalog.roots()?.into_iter().find(is_it);
        let row = row.ok_or_else(|| EngineError::NoSuchFolder(text.to_owned()))?;
        let id = row.id;
        match reconcile::open_root(&self.catalog, &self.dir, &row) {
            Ok(root) => self.roots.push(root),
            Err(error) => {
                self.catalog.remove_root(id)?;
                return Err(error);
            }
        }
        self.find_space();
        self.open_vectors(id);
        self.scan_whole(id);
        self.after_change();
        Ok(id)
    }

    fn refuse_nested(&self, path: &Path) -> Result<(), EngineError> {
        for root in &self.roots {
            let relation = if path.starts_with(&root.path) {
                "holds it"
            } else if root.path.starts_with(path) {
                "lies inside it; remove that one first"
            } else {
                continue;
            };
            let other = root.path.display().to_string();
            return Err(EngineError::Nested { path: path.to_path_buf(), other, relation });
        }
        Ok(())
    }

    fn check(&mut self, id: RootId) -> Result<(), EngineError> {
        let Some(root) = self.root(id) else {
            return Err(EngineError::NoSuchFolder(id.to_string()));
        };
        root.reread = true;
        root.work.request_scan(RelPath::default());
        Ok(())
    }

    fn remove(&mut self, id: RootId) -> Result<(), EngineError> {
        let Some(index) = self.roots.iter().position(|root| root.id == id) else {
            return Err(EngineError::NoSuchFolder(id.to_string()));
        };
        let row = self.catalog.roots()?.into_iter().find(|row| row.id == id);
        let root = self.roots.remove(index);
        root.cancelled.store(true, Ordering::Relaxed);
        self.shared.backlog.remove_root(id);
        // Searches must stop seeing the folder before its texts are deleted.
        self.publish();
        drop(root);
        // Delete what can be rebuilt first: on a full disk, the catalog needs the space. Its data goes
        // when the engine is idle.
        let folder = self.dir.folder(id);
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(%error, path = %folder.display(), "cannot delete the indexes of a removed folder");
        }
        let mut removed = self.catalog.remove_root(id);
        if matches!(removed, Err(CatalogError::Full { .. })) {
            self.dir.use_reserve();
            removed = self.catalog.remove_root(id);
        }
        let removed = removed.map_err(EngineError::from);
        if let (Err(error), Some(row)) = (&removed, row) {
            // Show the folder as broken, so that it can be removed again.
            self.roots.push(Root::broken(&row, error)?);
        }
        self.after_change();
        self.sweeping = true;
        removed
    }

    /// Deletes data of removed folders; what cannot be deleted is tried again at the next start.
    pub(super) fn sweep(&mut self, files: usize) {
        if !self.sweeping {
            return;
        }
        self.unmeasured = true;
        self.sweeping = self.catalog.sweep(files).unwrap_or_else(|error| {
            tracing::warn!(%error, "data of removed folders stays for now");
            false
        });
    }

    fn pause(&mut self, id: RootId, paused: bool) -> Result<(), EngineError> {
        self.catalog.set_paused(id, paused)?;
        let Some(root) = self.root(id) else {
            return Err(EngineError::NoSuchFolder(id.to_string()));
        };
        root.paused = paused;
        self.shared.backlog.set_paused(id, paused);
        Ok(())
    }

    fn scan_whole(&mut self, id: RootId) {
        if let Some(root) = self.root(id) {
            root.work.request_scan(RelPath::default());
        }
    }

    fn after_change(&mut self) {
        self.write_folder_list();
        self.watch_roots();
        self.publish();
    }

    /// Saves the folder list as plain text, in case the catalog is lost.
    pub(super) fn write_folder_list(&self) {
        let paths: Vec<PathBuf> = self.roots.iter().map(|root| root.path.clone()).collect();
        if self.dir.folder_list().as_ref() == Some(&paths) {
            return;
        }
        let text = serde_json::to_vec_pretty(&paths).map_err(std::io::Error::from);
        if let Err(error) = text.and_then(|text| self.dir.replace(FOLDER_LIST, &text)) {
            tracing::warn!(%error, "cannot save the list of folders");
        }
    }

    /// Adds the folders of a lost catalog.
    pub(super) fn restore_folders(&mut self) {
        for path in self.dir.folder_list().unwrap_or_default() {
            if let Err(error) = self.add(&path) {
                tracing::warn!(%error, "cannot restore a folder");
            }
        }
    }
}
