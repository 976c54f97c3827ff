//! Reads rows as the third format wrote them.

use descry_base::{
    ChunkId, ChunkMeta, DefinedName, Digest, FileId, Language, PackedChunks, RelPath, RootId, Span,
    SymbolKind,
};
use half::f16;
use rusqlite::{Row, Transaction, params};

use crate::rows::{insert, read_stamp};
use crate::sealed::Damaged;
use crate::text::Packer;
use crate::vectors::seal_vector;
use crate::{NewChunk, NewFile};

/// A file, without its chunks.
struct OldFile {
    id: FileId,
    root: RootId,
    path: RelPath,
    stamp: descry_base::Stamp,
    digest: Digest,
    language: Language,
}

struct OldChunk {
    id: ChunkId,
    meta: ChunkMeta,
    digest: Digest,
    text: String,
}

/// Copies the files and their chunks, with their ids. Damaged ones stay behind: a scan reads them
/// again.
pub(crate) fn copy_files(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let failed = |error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    let mut packer = Packer::new().map_err(failed)?;
    let mut files = transaction.prepare(
        "SELECT id, root, path, digest, language, size, mtime, ctime, inode, overruled
         FROM old_files WHERE retired IS NULL",
    )?;
    let mut rows = files.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(file) = file(row) else { continue };
        let Ok(chunks) = chunks(transaction, file.id) else { continue };
        let first = chunks.first().map_or(ChunkId(0), |chunk| chunk.id);
        let consecutive = chunks.iter().zip(first.0..).all(|(chunk, id)| chunk.id.0 == id);
        if !consecutive {
            continue;
        }
        let OldFile { id, root, path, stamp, digest, language } = &file;
        let (root, stamp, digest, language) = (*root, *stamp, *digest, *language);
        let metas = PackedChunks::pack(&chunks.iter().map(|old| &old.meta).collect::<Vec<_>>());
        let new = NewFile { root, path, stamp, digest, language, chunks: &metas };
        let chunks: Vec<NewChunk<'_>> =
            chunks.iter().map(|old| NewChunk { digest: old.digest, text: &old.text }).collect();
        insert(transaction, &mut packer, Some(*id), &new, first, &chunks)?;
    }
    Ok(())
}

/// Copies the dense vectors.
pub(crate) fn copy_vectors(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut vectors = transaction.prepare("SELECT model, digest, vector FROM old_vectors")?;
    let mut insert = transaction.prepare("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)")?;
    let mut rows = vectors.query([])?;
    while let Some(row) = rows.next()? {
        let (model, digest): (i64, [u8; 32]) = (row.get(0)?, row.get(1)?);
        let (pairs, _) = row.get_ref(2)?.as_blob()?.as_chunks();
        let vector: Vec<f32> =
            pairs.iter().map(|pair| f16::from_le_bytes(*pair).to_f32()).collect();
        insert.execute(params![model, digest, seal_vector(&digest, &vector)])?;
    }
    Ok(())
}

fn file(row: &Row<'_>) -> Result<OldFile, Damaged> {
    let read = || -> rusqlite::Result<_> {
        let path = RelPath::new(row.get::<_, String>(2)?).ok();
        let (id, root) = (FileId(row.get(0)?), RootId(row.get(1)?));
        let (digest, stamp) = (Digest(row.get(3)?), read_stamp(row, 5)?);
        let language = Language::from_number(row.get(4)?);
        Ok(path.map(|path| OldFile { id, root, path, stamp, digest, language }))
    };
    read().ok().flatten().ok_or(Damaged)
}

fn chunks(transaction: &Transaction<'_>, file: FileId) -> Result<Vec<OldChunk>, Damaged> {
    let read = || -> rusqlite::Result<Vec<_>> {
        let mut chunks = transaction.prepare_cached(
            "SELECT id, start, stop, first_line, end_line, doc_start, doc_end, symbol, kind,
             defines, digest, text FROM old_chunks WHERE file = ? ORDER BY id",
        )?;
        chunks.query_map([file.0], chunk)?.collect()
    };
    read().map_err(|_| Damaged)?.into_iter().collect()
}

fn chunk(row: &Row<'_>) -> rusqlite::Result<Result<OldChunk, Damaged>> {
    let (start, end): (Option<u32>, Option<u32>) = (row.get(5)?, row.get(6)?);
    let meta = ChunkMeta {
        span: Span {
            start: row.get(1)?,
            end: row.get(2)?,
            first_line: row.get(3)?,
            end_line: row.get(4)?,
        },
        doc: start.zip(end).map(|(start, end)| start..end),
        symbol: row.get::<_, String>(7)?.into(),
        kind: row.get::<_, Option<u8>>(8)?.and_then(SymbolKind::from_number),
        defines: defines(&row.get::<_, String>(9)?),
    };
    let (id, digest) = (ChunkId(row.get(0)?), Digest(row.get(10)?));
    let text = unpack(row.get_ref(11)?.as_blob()?);
    Ok(text.map(|text| OldChunk { id, meta, digest, text }))
}

/// One definition per line: the kind's number, a space, the name.
fn defines(text: &str) -> Box<[DefinedName]> {
    let read = |line: &str| {
        let (kind, name) = line.split_once(' ')?;
        let kind = SymbolKind::from_number(kind.parse().ok()?)?;
        Some(DefinedName { name: name.to_owned(), kind })
    };
    text.lines().filter_map(read).collect()
}

/// A text compressed with LZ4, after its length.
fn unpack(packed: &[u8]) -> Result<String, Damaged> {
    // No chunk comes near this length, so a larger one is damage.
    const LIMIT: u32 = 1 << 24;
    let length = packed.first_chunk().map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes));
    if length > LIMIT {
        return Err(Damaged);
    }
    let bytes = lz4_flex::decompress_size_prepended(packed).map_err(|_| Damaged)?;
    String::from_utf8(bytes).map_err(|_| Damaged)
}
