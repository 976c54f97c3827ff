//! One look at one folder or one path: what is in it, judged by the rules.

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

/// What the rules make of one path that they do not ignore.
#[derive(Debug)]
pub(crate) enum Node {
    Folder,
    File(Stamp),
    Skip(SkipReason),
    /// Nothing to index: vanished, or ignored.
    Nothing,
}

/// What a listing is for: folders alone need no metadata.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Files,
    Folders,
}

/// What lies directly in `folder` and is not ignored, in the order of the paths below it, with the
/// scope that holds there. `outer` is the scope of the folder above.
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
                // One word for the folder, not one for each of its files.
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

/// What lies in a folder.
pub(crate) struct Listing {
    /// The scope that holds in it.
    pub(crate) scope: Arc<Scope>,
    /// In the order of the paths below it.
    pub(crate) nodes: Vec<(OsString, Node)>,
    /// Why there is nothing, where an ignore file above the root leaves out every file.
    pub(crate) emptied: Option<SkipReason>,
}

/// The order of the paths below: a folder sorts as its name and `/`.
fn by_path((a, a_node): &(OsString, Node), (b, b_node): &(OsString, Node)) -> Ordering {
    let (a, b) = (a.as_encoded_bytes(), b.as_encoded_bytes());
    let common = a.len().min(b.len());
    let next = |name: &[u8], node: &Node| {
        name.get(common).copied().or(matches!(node, Node::Folder).then_some(b'/'))
    };
    a[..common].cmp(&b[..common]).then_with(|| next(a, a_node).cmp(&next(b, b_node)))
}

/// Looks at one path, which lies directly in the folder of `scope`. The metadata is asked for at most
/// once.
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

/// What vanished meanwhile is nothing; everything else that fails is worth a word.
pub(crate) fn failed(error: &io::Error) -> Node {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Node::Nothing,
        _ => Node::Skip(SkipReason::Unreadable { message: error.to_string() }),
    }
}

/// The stamp of a file that no `.descryignore` brings in.
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

/// Nanoseconds since 1970, negative before; 0 where the file system keeps no time.
fn mtime_ns(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

/// True if the symbolic link at `path` leads to a folder above it, or to itself.
fn is_loop(path: &Path) -> bool {
    /// "Too many levels of symbolic links", on Linux and on the BSDs (macOS among them).
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
