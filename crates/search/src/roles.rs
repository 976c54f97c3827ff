//! The role of each chunk's file, for searches that ask for thousands of them.

use std::sync::Arc;

use descry_base::ChunkId;

use crate::FileRole;
use crate::table::FileEntry;

/// The files of a folder by their chunks. Finding one takes constant time on average: the ids are
/// divided into about as many equal ranges as there are files.
pub(crate) struct Roles {
    /// For each file its first chunk, its number of chunks and its role, sorted by first chunk.
    files: Box<[(ChunkId, u32, FileRole)]>,
    /// For each range of ids, the number of files that begin before it.
    before: Box<[u32]>,
    /// The first id of the first range.
    base: u64,
    /// A range has two to the power of this many ids.
    shift: u32,
}

impl Roles {
    /// Of files with chunks, sorted by first chunk.
    pub(crate) fn of<'a>(files: impl Iterator<Item = &'a Arc<FileEntry>>) -> Roles {
        let start = |file: &Arc<FileEntry>| (file.first, file.chunks.len() as u32, file.role);
        let files: Box<[_]> = files.map(start).collect();
        let base = files.first().map_or(0, |(first, ..)| first.0);
        let ids = files.last().map_or(0, |(first, ..)| first.0) - base;
        let shift = (ids / files.len().max(1) as u64).checked_ilog2().map_or(0, |log| log + 1);
        let mut before = vec![0; (ids >> shift) as usize + 2];
        for (first, ..) in &files {
            before[((first.0 - base) >> shift) as usize + 1] += 1;
        }
        for range in 1..before.len() {
            before[range] += before[range - 1];
        }
        Roles { files, before: before.into(), base, shift }
    }

    /// The role of the file that has this chunk.
    pub(crate) fn get(&self, id: ChunkId) -> Option<FileRole> {
        let last = self.before.len() - 2;
        let range = usize::try_from(id.0.checked_sub(self.base)? >> self.shift).ok()?.min(last);
        let (from, to) = (self.before[range] as usize, self.before[range + 1] as usize);
        let at = from + self.files[from..to].partition_point(|(first, ..)| *first <= id);
        let (first, count, role) = *self.files[..at].last()?;
        (id.0 - first.0 < u64::from(count)).then_some(role)
    }
}
