//! The added folder as a whole: whether it can be added, and its identity.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use descry_base::RelPath;

use crate::rules::is_own_data;

/// Why a folder cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// Nothing exists at this path.
    #[error("{} does not exist", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// It is not a folder.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// It is, or lies in, a folder that holds Descry's own data.
    #[error("{} belongs to Descry's own data", path.display())]
    OwnData {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system refuses to read it.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
}

/// Returns the absolute path, free of symbolic links, of a folder that can be added.
///
/// # Errors
/// If it does not exist, is not a folder, cannot be read, or belongs to Descry's own data.
pub fn check_root(path: &Path) -> Result<PathBuf, RootError> {
    let unreadable = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => RootError::Missing { path: path.to_path_buf() },
        io::ErrorKind::NotADirectory => RootError::NotAFolder { path: path.to_path_buf() },
        _ => RootError::Unreadable { path: path.to_path_buf(), cause },
    };
    let canonical = path.canonicalize().map_err(unreadable)?;
    if !canonical.metadata().map_err(unreadable)?.is_dir() {
        return Err(RootError::NotAFolder { path: path.to_path_buf() });
    }
    fs::read_dir(&canonical).map_err(unreadable)?;
    // A project that merely lies next to the data is not part of it.
    let is_of = |data: &Path| canonical == data || canonical.starts_with(data.join("folders"));
    if canonical.ancestors().any(|folder| is_of(folder) && is_own_data(folder)) {
        return Err(RootError::OwnData { path: path.to_path_buf() });
    }
    Ok(plain(canonical))
}

/// Removes the `\\?\C:\...` form of canonical paths on Windows, which users and other programs do
/// not expect.
fn plain(path: PathBuf) -> PathBuf {
    let drive = |rest: &&str| rest.as_bytes().get(1) == Some(&b':');
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")).filter(drive) {
        Some(rest) if cfg!(windows) => PathBuf::from(rest),
        _ => path,
    }
}

/// Distinguishes a folder from one that replaced it: device and inode, where the platform has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity(u64, u64);

/// The identity of the folder at `root`; `None` if there is no folder.
pub(crate) fn identity(root: &Path) -> Option<Identity> {
    root.metadata().ok().filter(Metadata::is_dir).map(|metadata| identity_of(&metadata))
}

#[cfg(unix)]
fn identity_of(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Identity(metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity_of(_: &Metadata) -> Identity {
    Identity(0, 0)
}

/// The path of the root itself.
pub(crate) fn top() -> RelPath {
    RelPath::new("").unwrap_or_else(|_| unreachable!("the empty path is inside every folder"))
}
