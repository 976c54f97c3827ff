//! Reading a file and making it ready for a commit: decoded, cut, drafted. No state, any thread.

use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use descry_base::{ChunkId, Digest, Language, RelPath, SkipReason};
use descry_chunk::{Chunk, ChunkConfig};
use descry_embed::{Draft, Fingerprint};
use descry_search::Table;
use descry_watch::FileStat;

/// What became of a file.
pub(crate) enum Outcome {
    /// New content.
    Read(Box<ReadFile>),
    /// The content is as known; size or time is not.
    Same { size: u64, mtime_ns: i64 },
    /// It is left out.
    Skipped { reason: SkipReason, size: u64, mtime_ns: i64 },
    /// It is no longer there, or no longer wanted.
    Gone,
}

/// A file's content, ready to be committed.
pub(crate) struct ReadFile {
    pub(crate) size: u64,
    pub(crate) mtime_ns: i64,
    pub(crate) digest: Digest,
    pub(crate) language: Language,
    pub(crate) chunks: Vec<ReadChunk>,
    /// The model in whose space the drafts are.
    pub(crate) drafted_for: Option<Fingerprint>,
}

/// A chunk, ready to be committed.
pub(crate) struct ReadChunk {
    pub(crate) chunk: Chunk,
    pub(crate) text: String,
    /// The doc comment, or nothing.
    pub(crate) doc: String,
    /// Of the text that is embedded.
    pub(crate) digest: Digest,
    /// The draft of its vector.
    pub(crate) draft: Option<Vec<f32>>,
}

/// The text that is embedded for a chunk: its symbol path says where the code stands. The file's
/// path is left out, so that a moved file keeps its vectors.
fn embedded_text(symbol: &str, text: &str) -> String {
    if symbol.is_empty() { text.to_owned() } else { format!("{symbol}\n{text}") }
}

/// The text that is embedded for a chunk of the table; `None` for one that is gone.
pub(crate) fn embedded_of(table: &Table, id: ChunkId, text: &str) -> Option<String> {
    Some(embedded_text(&table.file_of(id)?.chunk(id)?.symbol, text))
}

/// Reads a file that the folder's rules admit.
pub(crate) fn prepare(
    root: &Path,
    stat: &FileStat,
    known: Option<Digest>,
    draft: Option<&dyn Draft>,
) -> Outcome {
    let skipped = |reason, stat: &FileStat| Outcome::Skipped {
        reason,
        size: stat.size,
        mtime_ns: stat.mtime_ns,
    };
    let (stat, bytes) = match read(root, stat) {
        Ok(read) => read,
        Err(ReadError::Gone) => return Outcome::Gone,
        Err(ReadError::Skip(reason)) => return skipped(reason, stat),
    };
    let digest = Digest(*blake3::hash(&bytes).as_bytes());
    if known == Some(digest) {
        return Outcome::Same { size: stat.size, mtime_ns: stat.mtime_ns };
    }
    // A parser that panics costs one file, not the program.
    let cut = std::panic::catch_unwind(AssertUnwindSafe(|| cut(&stat.path, &bytes, draft)));
    match cut {
        Ok(Ok((language, chunks))) => Outcome::Read(Box::new(ReadFile {
            size: stat.size,
            mtime_ns: stat.mtime_ns,
            digest,
            language,
            chunks,
            drafted_for: draft.and_then(|draft| draft.info().drafts_for.clone()),
        })),
        Ok(Err(reason)) => skipped(reason, &stat),
        Err(_) => {
            let message = "cutting it into chunks failed unexpectedly".to_owned();
            skipped(SkipReason::Failed { message }, &stat)
        }
    }
}

fn cut(
    path: &RelPath,
    bytes: &[u8],
    draft: Option<&dyn Draft>,
) -> Result<(Language, Vec<ReadChunk>), SkipReason> {
    let text = descry_chunk::decode(path.as_str(), bytes)?;
    let language = Language::of_path(path.as_str());
    let chunks = descry_chunk::chunks(&text, language, &ChunkConfig::default());
    let ready = |chunk: Chunk| {
        let body = text[chunk.span.bytes()].to_owned();
        let doc = chunk.doc.clone().and_then(|doc| text.get(doc.start as usize..doc.end as usize));
        let embedded = embedded_text(&chunk.symbol, &body);
        ReadChunk {
            doc: doc.unwrap_or("").to_owned(),
            digest: Digest(*blake3::hash(embedded.as_bytes()).as_bytes()),
            draft: draft.map(|draft| draft.embed_code(&embedded)),
            text: body,
            chunk,
        }
    };
    Ok((language, chunks.into_iter().map(ready).collect()))
}

enum ReadError {
    Gone,
    Skip(SkipReason),
}

/// The bytes of a file, and the size and time that belong to them: the file is looked at before and
/// after, and read again if it changed meanwhile.
fn read(root: &Path, stat: &FileStat) -> Result<(FileStat, Vec<u8>), ReadError> {
    const TRIES: usize = 3;
    let path = stat.path.on_disk(root);
    for _ in 0..TRIES {
        let mut file = std::fs::File::open(&path).map_err(ReadError::of)?;
        let before = FileStat::of_file(&stat.path, &file).map_err(ReadError::of)?;
        let mut bytes = Vec::with_capacity(before.size as usize + 1);
        // One byte more than its size: a file that grows is noticed, and never read without end.
        file.by_ref().take(before.size + 1).read_to_end(&mut bytes).map_err(ReadError::of)?;
        let after = FileStat::of_file(&stat.path, &file).map_err(ReadError::of)?;
        if before == after && bytes.len() as u64 == before.size {
            return Ok((before, bytes));
        }
    }
    Err(ReadError::Skip(SkipReason::Unstable))
}

impl ReadError {
    fn of(error: std::io::Error) -> ReadError {
        match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::Gone,
            _ => ReadError::Skip(SkipReason::Unreadable { message: error.to_string() }),
        }
    }
}
