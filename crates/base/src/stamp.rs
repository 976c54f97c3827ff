//! What tells a file that was read from one that changed since.

/// A file as the file system showed it. If any of it differs from when the file was last read, the
/// file is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// In bytes.
    pub size: u64,
    /// Last modification, nanoseconds since 1970. Programs may set it as they like.
    pub mtime_ns: i64,
    /// Last change of content, name or permissions, nanoseconds since 1970: no program can set it. 0
    /// where the platform keeps no such time.
    pub ctime_ns: i64,
    /// Tells a file from another one that took its place. 0 where the platform has none.
    pub inode: u64,
    /// A `.descryignore` brings it in by a line `!path`, whatever speaks against it.
    pub overruled: bool,
}
