//! The rows of the tables as values, and the encoding of the columns that need one.

use descry_base::{
    ChunkId, ChunkMeta, DefinedName, Digest, FileId, Language, RelPath, Span, Stamp, SymbolKind,
};
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};

/// A live file.
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
}

/// A chunk without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkRow {
    /// The chunk.
    pub id: ChunkId,
    /// The file that it belongs to.
    pub file: FileId,
    /// Its metadata.
    pub meta: ChunkMeta,
    /// The digest of the embedded text.
    pub digest: Digest,
}

/// The columns that [`FileRow::read`] expects, in order.
pub(crate) const FILE_COLUMNS: &str =
    "id, path, digest, language, size, mtime, ctime, inode, overruled";

/// The columns that [`ChunkRow::read`] expects, in order.
pub(crate) const CHUNK_COLUMNS: &str = "chunks.id, chunks.file, chunks.start, chunks.stop, \
    chunks.first_line, chunks.end_line, chunks.doc_start, chunks.doc_end, chunks.symbol, \
    chunks.kind, chunks.defines, chunks.digest";

impl FileRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<FileRow> {
        let path: String = row.get(1)?;
        Ok(FileRow {
            id: FileId(row.get(0)?),
            path: RelPath::new(path).map_err(|error| invalid(1, error))?,
            digest: Digest(row.get(2)?),
            language: Language::from_number(row.get(3)?),
            stamp: read_stamp(row, 4)?,
        })
    }
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

impl ChunkRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<ChunkRow> {
        let (start, end): (Option<u32>, Option<u32>) = (row.get(6)?, row.get(7)?);
        let defines: String = row.get(10)?;
        Ok(ChunkRow {
            id: ChunkId(row.get(0)?),
            file: FileId(row.get(1)?),
            meta: ChunkMeta {
                span: Span {
                    start: row.get(2)?,
                    end: row.get(3)?,
                    first_line: row.get(4)?,
                    end_line: row.get(5)?,
                },
                doc: start.zip(end).map(|(start, end)| start..end),
                symbol: row.get::<_, String>(8)?.into(),
                kind: row.get::<_, Option<u8>>(9)?.and_then(SymbolKind::from_number),
                defines: read_defines(&defines).into(),
            },
            digest: Digest(row.get(11)?),
        })
    }
}

/// One definition per line: the kind's number, a space, the name.
pub(crate) fn write_defines(defines: &[DefinedName]) -> String {
    let mut out = String::new();
    for defined in defines {
        let name = defined.name.replace('\n', " ");
        out.push_str(&format!("{} {name}\n", defined.kind as u8));
    }
    out
}

fn read_defines(text: &str) -> Vec<DefinedName> {
    let read = |line: &str| {
        let (kind, name) = line.split_once(' ')?;
        let kind = SymbolKind::from_number(kind.parse().ok()?)?;
        Some(DefinedName { name: name.to_owned(), kind })
    };
    text.lines().filter_map(read).collect()
}

/// Compresses a chunk's text with LZ4: half the size, at several hundred MB/s.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    lz4_flex::compress_prepend_size(text.as_bytes())
}

pub(crate) fn unpack(column: usize, packed: &[u8]) -> rusqlite::Result<String> {
    // The size comes first; no chunk comes near this limit, so a larger size is damage.
    const LIMIT: u32 = 1 << 24;
    let size = packed.first_chunk().map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes));
    if size > LIMIT {
        return Err(invalid(column, "a chunk's text is damaged"));
    }
    let bytes = lz4_flex::decompress_size_prepended(packed).map_err(|e| invalid(column, e))?;
    String::from_utf8(bytes).map_err(|error| invalid(column, error))
}

fn invalid(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        Type::Blob,
        Box::new(FromSqlError::Other(error.into())),
    )
}
