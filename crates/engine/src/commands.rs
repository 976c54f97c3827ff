//! What the writer does when asked from outside.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use descry_base::{RelPath, RootId};

use crate::EngineError;
use crate::event::Command;
use crate::reconcile;
use crate::root::Root;
use crate::writer::Writer;

impl Writer {
    pub(crate) fn obey(&mut self, command: Command) {
        // Whoever asked may have gone; that is not our concern.
        match command {
            Command::Add(path, reply) => drop(reply.send(self.add(&path))),
            Command::Check(root, reply) => drop(reply.send(self.check(root))),
            Command::Remove(root, reply) => drop(reply.send(self.remove(root))),
            Command::Pause(root, paused, reply) => drop(reply.send(self.pause(root, paused))),
            Command::Settle { full, reply } => self.work.settling.push((full, reply)),
            Command::Set(key, value, reply) => {
                drop(reply.send(self.catalog.set_setting(&key, &value).map_err(Into::into)));
            }
            Command::Stop => {}
        }
        self.changed();
    }

    fn add(&mut self, path: &Path) -> Result<RootId, EngineError> {
        let path = descry_watch::check_root(path)?;
        if let Some(root) = self.roots.iter().find(|root| root.path == path) {
            // Asked for again: look again.
            let id = root.id;
            self.mend(id)?;
            self.work.scans.push_back((id, RelPath::default()));
            return Ok(id);
        }
        self.refuse_nested(&path)?;
        let Some(text) = path.to_str() else {
            let reason = "its name is not valid UTF-8".to_owned();
            return Err(EngineError::Unreadable { path, reason });
        };
        let id = self.catalog.add_root(text)?;
        let opened = self.catalog.roots().map_err(EngineError::from).and_then(|rows| {
            let row = rows.into_iter().find(|row| row.id == id);
            let row = row.ok_or_else(|| EngineError::NoSuchFolder(text.to_owned()))?;
            reconcile::open_root(&self.catalog, &self.dir, &row)
        });
        match opened {
            Ok(root) => self.roots.push(root),
            Err(error) => {
                self.catalog.remove_root(id)?;
                return Err(error);
            }
        }
        self.open_vectors(id);
        self.work.scans.push_back((id, RelPath::default()));
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
        self.work.scans.push_back((id, RelPath::default()));
        Ok(())
    }

    fn remove(&mut self, id: RootId) -> Result<(), EngineError> {
        let Some(index) = self.roots.iter().position(|root| root.id == id) else {
            return Err(EngineError::NoSuchFolder(id.to_string()));
        };
        let row = self.catalog.roots()?.into_iter().find(|row| row.id == id);
        let root = self.roots.remove(index);
        root.cancelled.store(true, Ordering::Relaxed);
        self.backlog.remove_root(id);
        self.work.batches.remove(&id);
        self.work.scans.retain(|(root, _)| *root != id);
        self.work.edits.retain(|(root, _)| *root != id);
        self.work.edited.retain(|(root, _)| *root != id);
        self.work.retries.retain(|(root, _)| *root != id);
        self.work.failed.remove(&id);
        // Searches must not see it any more before its texts go.
        self.publish();
        drop(root);
        // First what can be made again: where the disk is full, the catalog needs the room.
        let folder = self.dir.folder(id);
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(%error, path = %folder.display(), "left behind");
        }
        let removed = self.catalog.remove_root(id).map_err(EngineError::from);
        if let (Err(error), Some(row)) = (&removed, row) {
            // It is shown as what it is, and can be removed again.
            self.roots.push(Root::broken(&row, error)?);
        }
        self.after_change();
        removed?;
        if let Err(error) = self.catalog.compact() {
            tracing::warn!(%error, "the catalog keeps its size");
        }
        Ok(())
    }

    fn pause(&mut self, id: RootId, paused: bool) -> Result<(), EngineError> {
        self.catalog.set_paused(id, paused)?;
        let Some(root) = self.root(id) else {
            return Err(EngineError::NoSuchFolder(id.to_string()));
        };
        root.paused = paused;
        self.backlog.set_paused(id, paused);
        Ok(())
    }

    fn after_change(&mut self) {
        self.write_folder_list();
        self.watch_roots();
        self.publish();
    }

    /// The folders as plain text, for the case that the catalog is lost.
    fn write_folder_list(&self) {
        let paths: Vec<&PathBuf> = self.roots.iter().map(|root| &root.path).collect();
        let path = self.dir.folder_list();
        let write = || {
            let text = serde_json::to_vec_pretty(&paths)?;
            let temporary = path.with_extension("json.new");
            std::fs::write(&temporary, text)?;
            std::fs::rename(&temporary, &path)
        };
        if let Err(error) = write() {
            tracing::warn!(%error, "the list of folders is not saved");
        }
    }

    /// Adds the folders of a catalog that was lost.
    pub(crate) fn restore_folders(&mut self) {
        let Ok(text) = std::fs::read(self.dir.folder_list()) else { return };
        let paths: Vec<PathBuf> = serde_json::from_slice(&text).unwrap_or_default();
        for path in paths {
            if let Err(error) = self.add(&path) {
                tracing::warn!(%error, "a folder is not restored");
            }
        }
    }
}
