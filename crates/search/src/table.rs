//! The metadata that ranking needs of every live file and chunk of a folder, in memory, without the
//! text.
//!
//! Both maps are persistent trees: a snapshot copies a pointer, and a commit costs only what it
//! changes.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use descry_base::{ChunkId, ChunkMeta, Digest, FileId, Language, PackedChunks, RelPath, Stamp};
use imbl::OrdMap;

use crate::FileRole;

/// A live file and its chunks.
#[derive(Clone, Debug, PartialEq)]
pub struct FileEntry {
    /// The id of this version of the file.
    pub id: FileId,
    /// The path inside the folder.
    pub path: RelPath,
    /// Its language.
    pub language: Language,
    /// Its role in its project.
    pub role: FileRole,
    /// The stamp of the file when it was read.
    pub stamp: Stamp,
    /// The digest of the bytes on disk.
    pub digest: Digest,
    /// The first chunk's id; the others follow without gaps.
    pub first: ChunkId,
    /// The chunks, in order.
    pub chunks: Chunks,
}

/// The metadata of a file's chunks, unpacked when somebody looks at it.
#[derive(Debug)]
pub struct Chunks {
    packed: PackedChunks,
    unpacked: OnceLock<Box<[ChunkMeta]>>,
}

impl Chunks {
    /// The number of chunks.
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// True if there are no chunks.
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// The chunks, for callers that look at every file: they do not stay in memory.
    pub fn unpack(&self) -> Vec<ChunkMeta> {
        self.packed.unpack()
    }
}

impl From<PackedChunks> for Chunks {
    fn from(packed: PackedChunks) -> Chunks {
        Chunks { packed, unpacked: OnceLock::new() }
    }
}

impl FromIterator<ChunkMeta> for Chunks {
    fn from_iter<T: IntoIterator<Item = ChunkMeta>>(chunks: T) -> Chunks {
        let chunks: Vec<ChunkMeta> = chunks.into_iter().collect();
        PackedChunks::pack(&chunks.iter().collect::<Vec<_>>()).into()
    }
}

impl Deref for Chunks {
    type Target = [ChunkMeta];

    fn deref(&self) -> &[ChunkMeta] {
        self.unpacked.get_or_init(|| self.packed.unpack().into())
    }
}

impl Clone for Chunks {
    fn clone(&self) -> Chunks {
        self.packed.clone().into()
    }
}

impl PartialEq for Chunks {
    fn eq(&self, other: &Chunks) -> bool {
        self.packed == other.packed
    }
}

impl FileEntry {
    /// The ids of the file's chunks.
    pub fn chunk_ids(&self) -> impl Iterator<Item = ChunkId> + use<> {
        (self.first.0..self.first.0 + self.chunks.len() as u64).map(ChunkId)
    }

    /// The chunk with this id, if it belongs to this file.
    pub fn chunk(&self, id: ChunkId) -> Option<&ChunkMeta> {
        self.chunks.get(usize::try_from(id.0.checked_sub(self.first.0)?).ok()?)
    }
}

/// The live files of a folder.
#[derive(Clone, Default)]
pub struct Table {
    by_path: OrdMap<RelPath, Arc<FileEntry>>,
    by_chunk: OrdMap<ChunkId, Arc<FileEntry>>,
    chunks: usize,
    roles: Roles,
}

/// For each file, its first chunk, its number of chunks and its role, sorted by first chunk. Built
/// on first use and shared by all clones of this state of the table.
type Roles = Arc<OnceLock<Box<[(ChunkId, u32, FileRole)]>>>;

impl Table {
    /// Adds a file, replacing the version with the same path.
    pub fn insert(&mut self, file: FileEntry) {
        self.remove(&file.path.clone());
        let file = Arc::new(file);
        self.chunks += file.chunks.len();
        self.roles = Arc::default();
        if !file.chunks.is_empty() {
            self.by_chunk.insert(file.first, Arc::clone(&file));
        }
        self.by_path.insert(file.path.clone(), file);
    }

    /// Removes a file and returns its entry.
    pub fn remove(&mut self, path: &RelPath) -> Option<Arc<FileEntry>> {
        let file = self.by_path.remove(path)?;
        self.by_chunk.remove(&file.first);
        self.chunks -= file.chunks.len();
        self.roles = Arc::default();
        Some(file)
    }

    /// The file that a live chunk belongs to.
    pub fn file_of(&self, id: ChunkId) -> Option<&Arc<FileEntry>> {
        let (_, file) = self.by_chunk.get_prev(&id)?;
        file.chunk(id).map(|_| file)
    }

    /// True if the chunk is live.
    pub fn contains(&self, id: ChunkId) -> bool {
        self.file_of(id).is_some()
    }

    /// The role of a live chunk's file. Faster than [`Table::file_of`], for callers that check
    /// every chunk.
    pub fn role_of(&self, id: ChunkId) -> Option<FileRole> {
        let roles = self.roles.get_or_init(|| {
            let start = |file: &Arc<FileEntry>| (file.first, file.chunks.len() as u32, file.role);
            self.by_chunk.values().map(start).collect()
        });
        let (first, count, role) = *roles[..roles.partition_point(|it| it.0 <= id)].last()?;
        (id.0 - first.0 < u64::from(count)).then_some(role)
    }

    /// The live version of a file.
    pub fn file(&self, path: &RelPath) -> Option<&Arc<FileEntry>> {
        self.by_path.get(path)
    }

    /// All files, by path.
    pub fn files(&self) -> impl Iterator<Item = &Arc<FileEntry>> {
        self.by_path.values()
    }

    /// The file at `folder`, or the files below it, by path.
    pub fn files_within(&self, folder: &RelPath) -> impl Iterator<Item = &Arc<FileEntry>> {
        let within = folder.clone();
        // Siblings such as `a-b` sort between `a` and `a/x`; hence the filter, and the end at the
        // first path that no longer starts with the folder's name.
        self.by_path
            .range(folder.clone()..)
            .map(|(_, file)| file)
            .take_while({
                let prefix = folder.clone();
                move |file| file.path.as_str().starts_with(prefix.as_str())
            })
            .filter(move |file| file.path.is_within(&within))
    }

    /// The number of live files.
    pub fn file_count(&self) -> usize {
        self.by_path.len()
    }

    /// The number of live chunks.
    pub fn chunk_count(&self) -> usize {
        self.chunks
    }
}
