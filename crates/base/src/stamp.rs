//! The metadata that shows whether a file changed since it was read.

/// A file's metadata in the file system. A file whose stamp differs from the one at the last read
/// is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// In bytes.
    pub size: u64,
    /// Last modification, in nanoseconds since 1970. Programs can set it to any value.
    pub mtime_ns: i64,
    /// Last change of content, name or permissions, in nanoseconds since 1970. No program can set
    /// it. 0 where the platform keeps no such time.
    pub ctime_ns: i64,
    /// Distinguishes a file from one that replaced it. 0 where the platform has none.
    pub inode: u64,
    /// A `.descryignore` admits it with a `!path` line, which overrides every other rule.
    pub overruled: bool,
}
