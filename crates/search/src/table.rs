//! The metadata that ranking needs of every live file and chunk of a folder, in memory, without the
//! text.
//!
//! The maps are persistent trees: a snapshot copies a pointer, and a commit costs only what it
//! changes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use descry_base::{ChunkId, ChunkMeta, Digest, FileId, Language, PackedChunks, RelPath, Stamp};
use descry_lexical::fold;
use imbl::OrdMap;

use crate::FileRole;
use crate::roles::Roles;

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

    /// True if the chunk belongs to this file.
    pub fn has(&self, id: ChunkId) -> bool {
        id.0.checked_sub(self.first.0).is_some_and(|at| at < self.chunks.len() as u64)
    }

    /// The chunk with this id, if it belongs to this file.
    pub fn chunk(&self, id: ChunkId) -> Option<&ChunkMeta> {
        self.chunks.get(usize::try_from(id.0.checked_sub(self.first.0)?).ok()?)
    }
}

/// The hash of a file name without case.
type NameHash = u64;

fn hash_of(file_name: &str) -> NameHash {
    let mut hasher = DefaultHasher::new();
    fold(file_name).hash(&mut hasher);
    hasher.finish()
}

/// The live files of a folder.
#[derive(Clone, Default)]
pub struct Table {
    by_path: OrdMap<RelPath, Arc<FileEntry>>,
    by_chunk: OrdMap<ChunkId, Arc<FileEntry>>,
    by_name: OrdMap<(NameHash, FileId), Arc<FileEntry>>,
    chunks: usize,
    /// Built on first use and shared by all clones of this state of the table.
    roles: Arc<OnceLock<Roles>>,
}

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
        self.by_name.insert((hash_of(file.path.file_name()), file.id), Arc::clone(&file));
        self.by_path.insert(file.path.clone(), file);
    }

    /// Removes a file and returns its entry.
    pub fn remove(&mut self, path: &RelPath) -> Option<Arc<FileEntry>> {
        let file = self.by_path.remove(path)?;
        self.by_chunk.remove(&file.first);
        self.by_name.remove(&(hash_of(path.file_name()), file.id));
        self.chunks -= file.chunks.len();
        self.roles = Arc::default();
        Some(file)
    }

    /// The file that a live chunk belongs to.
    pub fn file_of(&self, id: ChunkId) -> Option<&Arc<FileEntry>> {
        let (_, file) = self.by_chunk.get_prev(&id)?;
        file.has(id).then_some(file)
    }

    /// True if the chunk is live.
    pub fn contains(&self, id: ChunkId) -> bool {
        self.file_of(id).is_some()
    }

    /// The role of a live chunk's file. Faster than [`Table::file_of`], for callers that check
    /// every chunk.
    pub fn role_of(&self, id: ChunkId) -> Option<FileRole> {
        self.roles.get_or_init(|| Roles::of(self.by_chunk.values())).get(id)
    }

    /// The live version of a file.
    pub fn file(&self, path: &RelPath) -> Option<&Arc<FileEntry>> {
        self.by_path.get(path)
    }

    /// The files with this name, in any case, and perhaps some others, in no order.
    pub fn files_named(&self, file_name: &str) -> impl Iterator<Item = &Arc<FileEntry>> {
        let hash = hash_of(file_name);
        let range = (hash, FileId(u64::MIN))..=(hash, FileId(u64::MAX));
        self.by_name.range(range).map(|(_, file)| file)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(id: u64, path: &str, chunks: usize) -> FileEntry {
        let path = RelPath::new(path).unwrap();
        let chunk = ChunkMeta::default();
        FileEntry {
            id: FileId(id),
            language: Language::of_path(path.as_str()),
            role: FileRole::ALL[id as usize % FileRole::ALL.len()],
            path,
            stamp: Stamp::default(),
            digest: Digest([0; 32]),
            first: ChunkId(id),
            chunks: std::iter::repeat_n(chunk, chunks).collect(),
        }
    }

    proptest! {
        #[test]
        fn lookups_find_what_a_look_at_every_file_finds(
            files in proptest::collection::vec((1_u64..90, 0_usize..4, "(a/)?[abAÄ]{1,2}"), 0..40),
            gone in "(a/)?[abAÄ]{1,2}",
        ) {
            let mut table = Table::default();
            let mut next = 0;
            for (gap, chunks, path) in &files {
                table.insert(entry(next + gap, path, *chunks));
                next += gap + *chunks as u64;
            }
            table.remove(&RelPath::new(&gone).unwrap());
            for id in (0..next + 9).map(ChunkId) {
                let naive = table.files().find(|file| file.chunk_ids().any(|it| it == id));
                prop_assert_eq!(table.file_of(id), naive);
                prop_assert_eq!(table.role_of(id), naive.map(|file| file.role));
            }
            for name in ["a", "AB", "ä", "Äa", "b"] {
                let is = |file: &&Arc<FileEntry>| fold(file.path.file_name()) == fold(name);
                let naive: Vec<&str> = table.files().filter(is).map(|it| it.path.as_str()).collect();
                let mut found: Vec<&str> =
                    table.files_named(name).map(|file| file.path.as_str()).collect();
                found.sort_unstable();
                prop_assert_eq!(found, naive);
            }
        }
    }
}
