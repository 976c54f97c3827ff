//! The layout of the data directory, and the lock that makes one process its owner.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use descry_base::RootId;

use crate::EngineError;

/// The file that lists the added folders as plain text, so that even a lost catalog loses no
/// folder.
pub(crate) const FOLDER_LIST: &str = "folders.json";

/// A file of [`RESERVED`] bytes without meaning: on a full disk, its space lets a folder be
/// removed.
const RESERVE: &str = "reserve";

/// More than the removal of a small folder writes. A large one frees more than it needs.
const RESERVED: usize = 1 << 20;

/// The data directory.
#[derive(Clone, Debug)]
pub struct DataDir {
    path: PathBuf,
}

/// Held by the process that owns the data directory. Dropping it releases ownership, and so does a
/// kill.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// False if the directory was deleted or replaced since: another process may own it now, and
    /// nothing may be written there.
    pub(crate) fn is_held(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let ours = self.file.metadata();
            let there = std::fs::metadata(&self.path);
            matches!((ours, there), (Ok(a), Ok(b)) if (a.dev(), a.ino()) == (b.dev(), b.ino()))
        }
        // Windows deletes no file that is open.
        #[cfg(not(unix))]
        {
            let _ = &self.file;
            self.path.exists()
        }
    }
}

/// Creates a directory that only this user can access, or takes access to an existing one from all
/// others. Fails if it belongs to another user, who could read what is written there.
pub fn private_dir(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let found = std::fs::metadata(path)?;
        if found.uid() != rustix::process::geteuid().as_raw() {
            let message = "it belongs to another user";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        if found.mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    std::fs::create_dir_all(path)
}

impl DataDir {
    /// Opens the directory at `path`, creating it if necessary. Only this user can access it: it
    /// holds the texts of all indexed files. Fails if it belongs to another user.
    pub fn create(path: &Path) -> Result<DataDir, EngineError> {
        let failed = |cause| EngineError::DataDir { path: path.to_path_buf(), cause };
        private_dir(path).map_err(failed)?;
        std::fs::create_dir_all(path.join("folders")).map_err(failed)?;
        Ok(DataDir { path: path.canonicalize().map_err(failed)? })
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes this process the owner; fails with [`EngineError::Busy`] if another process is.
    pub fn lock(&self) -> Result<Lock, EngineError> {
        let failed = |cause| EngineError::DataDir { path: self.path.clone(), cause };
        let path = self.path.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { file, path }),
            Err(TryLockError::WouldBlock) => Err(EngineError::Busy { path: self.path.clone() }),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }

    /// The added folders as plain text, oldest first; `None` if the list cannot be read.
    pub fn folder_list(&self) -> Option<Vec<PathBuf>> {
        let text = std::fs::read(self.path.join(FOLDER_LIST)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Reserves space for [`DataDir::use_reserve`], unless it is reserved already.
    pub(crate) fn reserve(&self) {
        let path = self.path.join(RESERVE);
        let has_it = path.metadata().is_ok_and(|found| found.len() == RESERVED as u64);
        // Not zeros: some file systems store none of them. Without space, there is nothing to
        // reserve.
        if !has_it && std::fs::write(&path, vec![b'.'; RESERVED]).is_err() {
            self.use_reserve();
        }
    }

    /// Frees the reserved space.
    pub(crate) fn use_reserve(&self) {
        // It may not be there.
        let _ = std::fs::remove_file(self.path.join(RESERVE));
    }

    /// Writes a file of the directory atomically: concurrent readers see the old version or the new
    /// one.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        // Another process may write the same file.
        let new = self.path.join(format!("{name}.{}.new", std::process::id()));
        let written = std::fs::write(&new, bytes);
        let replaced = written.and_then(|()| std::fs::rename(&new, self.path.join(name)));
        // What could not take its place is of no use; the first failure is what matters.
        replaced.inspect_err(|_| drop(std::fs::remove_file(&new)))
    }

    pub(crate) fn catalog(&self) -> PathBuf {
        self.path.join("catalog.sqlite")
    }

    /// Where a damaged catalog is set aside.
    pub(crate) fn damaged_catalog(&self) -> PathBuf {
        self.path.join("catalog.damaged")
    }

    pub(crate) fn folder(&self, root: RootId) -> PathBuf {
        self.path.join("folders").join(root.to_string())
    }

    pub(crate) fn lexical(&self, root: RootId) -> PathBuf {
        self.folder(root).join("words")
    }

    pub(crate) fn vectors(&self, root: RootId) -> PathBuf {
        self.folder(root).join("vectors")
    }

    /// Deletes the indexes of folders that are no longer added: a removal may have been
    /// interrupted.
    pub(crate) fn sweep(&self, added: impl Iterator<Item = RootId>) {
        let added: Vec<PathBuf> = added.map(|root| self.folder(root)).collect();
        let Ok(entries) = std::fs::read_dir(self.path.join("folders")) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if !added.contains(&path)
                && let Err(error) = std::fs::remove_dir_all(&path)
            {
                tracing::warn!(%error, path = %path.display(), "cannot delete leftover indexes");
            }
        }
    }

    /// Renames a damaged catalog, so that a new one can be created; deletes nothing.
    pub(crate) fn set_catalog_aside(&self) -> io::Result<()> {
        for suffix in ["", "-wal", "-shm"] {
            let from = self.path.join(format!("catalog.sqlite{suffix}"));
            if from.exists() {
                std::fs::rename(&from, self.path.join(format!("catalog.damaged{suffix}")))?;
            }
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    #[test]
    fn only_this_user_can_access_it() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let new = folder.path().join("a/new");
        private_dir(&new).unwrap();
        assert_eq!(mode(&new), 0o700);
        let open = folder.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
        private_dir(&open).unwrap();
        assert_eq!(mode(&open), 0o700);
    }

    #[test]
    fn a_directory_of_another_user_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        std::fs::create_dir(&other).unwrap();
        // Only root can give a directory away; for anyone else, root's own is another user's.
        let other = match chown(&other, Some(65_534), None) {
            Ok(()) => other,
            Err(_) => PathBuf::from("/"),
        };
        let error = private_dir(&other).unwrap_err();
        assert_eq!(error.to_string(), "it belongs to another user");
    }
}
