//! The rows of the tables as values.

use descry_base::{ChunkId, Digest, FileId, Language, PackedChunks, RelPath, RootId, Stamp};
use rusqlite::{Row, Transaction, params};

use crate::sealed::{Damaged, checksum, seal_bytes, unseal_bytes};
use crate::text::{Packer, blocks};
use crate::{NewChunk, NewFile};

/// A live file with its chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// The id of this version of the file.
    pub id: FileId,
    /// The path inside the folder.
    pub path: RelPath,
    /// The stamp of the file when it was read.
    pub stamp: Stamp,
    /// The digest of the bytes on disk.
    pub digest: Digest,
    /// Its language.
    pub language: Language,
    /// Its first chunk, whose id the others follow; chunk 0 if it has none.
    pub first: ChunkId,
    /// Its chunks.
    pub chunks: PackedChunks,
}

impl FileRow {
    /// The columns that [`FileRow::read`] expects, in order.
    pub(crate) const COLUMNS: &str = "files.id, path, digest, language, size, mtime, ctime, inode, \
        overruled, checksum, root, first, count, packed";

    /// Reads a row. Columns of another type than was written are damage, too.
    pub(crate) fn read(row: &Row<'_>) -> Result<FileRow, Damaged> {
        let read = || -> rusqlite::Result<_> {
            let id: u64 = row.get(0)?;
            let (path, digest): (String, _) = (row.get(1)?, Digest(row.get(2)?));
            let sum = file_checksum(RootId(row.get(10)?), &path, &digest, row.get(3)?);
            let same = sum == row.get::<_, u32>(9)?;
            let (first, count): (u64, u32) = (row.get(11)?, row.get(12)?);
            let chunks = unseal_bytes(&chunks_key(id, first, count), row.get_ref(13)?.as_blob()?);
            let chunks = chunks.ok().map(|bytes| PackedChunks::from_bytes(count, bytes));
            let chunks = chunks.filter(|_| same);
            let path = RelPath::new(path).ok();
            Ok(path.zip(chunks).map(|(path, chunks)| {
                let language = Language::from_number(row.get(3)?);
                let (id, first) = (FileId(id), ChunkId(first));
                let first = if chunks.is_empty() { ChunkId(0) } else { first };
                Ok(FileRow {
                    id,
                    path,
                    stamp: read_stamp(row, 4)?,
                    digest,
                    language,
                    first,
                    chunks,
                })
            }))
        };
        let whole = read().ok().flatten().ok_or(Damaged)?;
        whole.map_err(|_: rusqlite::Error| Damaged)
    }
}

/// The CRC-32 of what a file's row says, except for its stamp, which changes alone.
fn file_checksum(root: RootId, path: &str, digest: &Digest, language: u8) -> u32 {
    checksum(&[&root.0.to_le_bytes(), path.as_bytes(), &digest.0, &[language]])
}

/// A row of `chunks` is sealed under the file and the ids of its chunks.
fn chunks_key(file: u64, first: u64, count: u32) -> [u8; 20] {
    let mut key = [0; 20];
    key[..8].copy_from_slice(&file.to_le_bytes());
    key[8..16].copy_from_slice(&first.to_le_bytes());
    key[16..].copy_from_slice(&count.to_le_bytes());
    key
}

/// Inserts a file under this id, or a new one, and its chunks, whose ids begin at `first`.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    packer: &mut Packer,
    id: Option<FileId>,
    file: &NewFile<'_>,
    first: ChunkId,
    chunks: &[NewChunk<'_>],
) -> rusqlite::Result<FileId> {
    let NewFile { root, path, stamp, digest, language, chunks: metas } = file;
    let language = *language as u8;
    transaction
        .prepare_cached(
            "INSERT INTO files(id, root, path, size, mtime, ctime, inode, overruled, digest, \
             language, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            id.map(|id| id.0),
            root.0,
            path.as_str(),
            stamp.size,
            stamp.mtime_ns,
            stamp.ctime_ns,
            stamp.inode as i64,
            stamp.overruled,
            digest.0,
            language,
            file_checksum(*root, path.as_str(), digest, language),
        ])?;
    let id = transaction.last_insert_rowid() as u64;
    let count = metas.len() as u32;
    let packed = seal_bytes(&chunks_key(id, first.0, count), metas.bytes().to_vec());
    transaction
        .prepare_cached("INSERT INTO chunks VALUES (?, ?, ?, ?)")?
        .execute(params![id, first.0, count, packed])?;
    let mut text = transaction.prepare_cached("INSERT OR REPLACE INTO texts VALUES (?, ?)")?;
    let mut first = first;
    for block in blocks(chunks) {
        let failed = |error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
        text.execute(params![first.0, packer.pack(first, block).map_err(failed)?])?;
        first.0 += block.len() as u64;
    }
    Ok(FileId(id))
}

/// Reads a stamp from the five columns that begin at index `first`.
pub(crate) fn read_stamp(row: &Row<'_>, first: usize) -> rusqlite::Result<Stamp> {
    Ok(Stamp {
        size: row.get(first)?,
        mtime_ns: row.get(first + 1)?,
        ctime_ns: row.get(first + 2)?,
        // SQLite's integers are signed; some file systems use all 64 bits.
        inode: row.get::<_, i64>(first + 3)? as u64,
        overruled: row.get(first + 4)?,
    })
}
