//! Lists one folder or examines one path, and applies the rules.

use std::cmp::Ordering;
use std::ffi::OsString;
use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use descry_base::{SkipReason, Stamp};

use crate::credentials::is_credentials;
use crate::rules::{Rules, is_binary};
use crate::scope::{Held, Ruling, Scope};

/// The verdict of the rules on one path.
#[derive(Debug)]
pub(crate) enum Node {
    Folder,
    File(Stamp),
    Skip(SkipReason),
    /// Nothing to index: vanished, or ignored.
    Nothing,
}

/// The purpose of a listing: a listing of folders alone needs no metadata.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Files,
    Folders,
}

/// Lists the direct children of `folder` that are not ignored, in the path order of their contents,
/// with the folder's own scope. `outer` is the scope of the folder above.
pub(crate) fn list(
    folder: &Path,
    outer: &Arc<Scope>,
    rules: &Rules,
    want: Want,
) -> io::Result<Listing> {
    let mut held = Held::default();
    let mut found: Vec<(OsString, DirEntry)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        held.note(&name);
        found.push((name, entry));
    }
    let scope = outer.enter_with(folder, held);
    let mut path = folder.to_path_buf();
    let mut nodes = Vec::with_capacity(found.len());
    let mut from_above = None;
    for (name, entry) in found {
        path.push(&name);
        let node = match entry.file_type() {
            Ok(kind) if want == Want::Folders && !kind.is_dir() => Node::Nothing,
            Ok(kind) => match judge(&path, kind, || entry.metadata(), &scope, rules) {
                // One entry for the folder instead of one for each of its files.
                Node::Skip(reason @ SkipReason::IgnoredFromAbove { .. }) if !kind.is_dir() => {
                    from_above.get_or_insert(reason);
                    Node::Nothing
                }
                node => node,
            },
            Err(error) => failed(&error),
        };
        path.pop();
        if !matches!(node, Node::Nothing) {
            nodes.push((name, node));
        }
    }
    nodes.sort_unstable_by(by_path);
    let emptied = from_above.filter(|_| nodes.is_empty());
    Ok(Listing { scope, nodes, emptied })
}

/// The contents of a folder.
pub(crate) struct Listing {
    /// The scope inside the folder.
    pub(crate) scope: Arc<Scope>,
    /// Sorted by the paths below them.
    pub(crate) nodes: Vec<(OsString, Node)>,
    /// Why the listing is empty, if an ignore file above the root excludes every file.
    pub(crate) emptied: Option<SkipReason>,
}

/// The order of the paths below: a folder sorts as its name followed by `/`.
fn by_path((a, a_node): &(OsString, Node), (b, b_node): &(OsString, Node)) -> Ordering {
    let (a, b) = (a.as_encoded_bytes(), b.as_encoded_bytes());
    let common = a.len().min(b.len());
    let next = |name: &[u8], node: &Node| {
        name.get(common).copied().or(matches!(node, Node::Folder).then_some(b'/'))
    };
    a[..common].cmp(&b[..common]).then_with(|| next(a, a_node).cmp(&next(b, b_node)))
}

/// Examines one path directly inside the folder of `scope`. Calls `metadata` at most once.
pub(crate) fn judge(
    path: &Path,
    kind: FileType,
    metadata: impl FnOnce() -> io::Result<Metadata>,
    scope: &Scope,
    rules: &Rules,
) -> Node {
    let name = path.file_name().unwrap_or_default();
    match scope.ruling(path, kind.is_dir()) {
        Ruling::Open => {}
        Ruling::Skip(reason) => return Node::Skip(reason),
        Ruling::BuiltIn if kind.is_file() && is_credentials(name) => {
            return Node::Skip(SkipReason::Credentials);
        }
        Ruling::Ignored | Ruling::BuiltIn => return Node::Nothing,
    }
    if kind.is_dir() {
        return Node::Folder;
    }
    if kind.is_symlink() {
        let reason = if is_loop(path) { SkipReason::SymlinkLoop } else { SkipReason::Link };
        return Node::Skip(reason);
    }
    if !kind.is_file() {
        return Node::Skip(SkipReason::NotAFile);
    }
    let overruled = scope.overrules(path, false);
    if !overruled && is_credentials(name) {
        return Node::Skip(SkipReason::Credentials);
    }
    if !overruled && is_binary(name) {
        return Node::Skip(SkipReason::Binary);
    }
    let limit = rules.limit(name, overruled);
    match metadata() {
        Ok(metadata) if metadata.len() > limit => {
            Node::Skip(SkipReason::TooLarge { size: metadata.len(), limit })
        }
        Ok(metadata) => Node::File(Stamp { overruled, ..stamp(&metadata) }),
        Err(error) => failed(&error),
    }
}

/// A path that has vanished becomes [`Node::Nothing`]; every other failure is recorded.
pub(crate) fn failed(error: &io::Error) -> Node {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Node::Nothing,
        _ => Node::Skip(SkipReason::Unreadable { message: error.to_string() }),
    }
}

/// The stamp of a file that no `.descryignore` admits.
pub(crate) fn stamp(metadata: &Metadata) -> Stamp {
    let (ctime_ns, inode) = identity(metadata);
    let (size, mtime_ns) = (metadata.len(), mtime_ns(metadata));
    Stamp { size, mtime_ns, ctime_ns, inode, overruled: false }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (i64, u64) {
    use std::os::unix::fs::MetadataExt;
    let ctime_ns = metadata.ctime().saturating_mul(1_000_000_000);
    (ctime_ns.saturating_add(metadata.ctime_nsec()), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (i64, u64) {
    (0, 0)
}

/// Nanoseconds since 1970, negative before; 0 if the file system keeps no time.
fn mtime_ns(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

/// True if the symbolic link at `path` leads to a folder above it or to itself.
fn is_loop(path: &Path) -> bool {
    /// "Too many levels of symbolic links", on Linux and on the BSDs (including macOS).
    const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };
    let parent = || path.parent().and_then(|parent| parent.canonicalize().ok());
    match path.canonicalize() {
        Ok(target) => parent().is_some_and(|parent: PathBuf| parent.starts_with(&target)),
        Err(error) => cfg!(unix) && error.raw_os_error() == Some(ELOOP),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_may_not_be_read_is_recorded_and_one_that_vanished_is_not() {
        let denied = failed(&io::Error::from(io::ErrorKind::PermissionDenied));
        assert!(matches!(denied, Node::Skip(SkipReason::Unreadable { .. })), "{denied:?}");
        let vanished = failed(&io::Error::from(io::ErrorKind::NotFound));
        assert!(matches!(vanished, Node::Nothing), "{vanished:?}");
    }
}
