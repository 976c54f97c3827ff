//! Prepares a file for a commit: reads, decodes, chunks and embeds it with the static model.
//! Stateless; runs on any thread.

use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use descry_base::{ChunkId, ChunkMeta, Digest, Language, RelPath, SkipReason, Stamp};
use descry_chunk::ChunkConfig;
use descry_embed::{StaticEmbedder, VectorSpace};
use descry_search::{FileEntry, Table};
use descry_watch::FileStat;

/// The result of looking at a file.
pub(crate) enum Outcome {
    /// The content is new.
    Read(Box<ReadFile>),
    /// The content is unchanged; the stamp is new.
    Same { stamp: Stamp },
    /// The file is skipped.
    Skipped { reason: SkipReason, stamp: Stamp },
    /// The file no longer exists or is no longer wanted.
    Gone,
}

/// A file's content, ready to commit.
pub(crate) struct ReadFile {
    pub(crate) stamp: Stamp,
    pub(crate) digest: Digest,
    pub(crate) language: Language,
    pub(crate) chunks: Vec<ReadChunk>,
    /// The vector space of the static vectors.
    pub(crate) space: Option<VectorSpace>,
}

/// A chunk, ready to commit.
pub(crate) struct ReadChunk {
    pub(crate) meta: ChunkMeta,
    pub(crate) text: String,
    /// The digest of the embedded text.
    pub(crate) digest: Digest,
    /// The static vector `[dim]`.
    pub(crate) static_vector: Option<Vec<f32>>,
}

/// The text that is embedded for a chunk: its symbol path gives the code its context. The file's
/// path is left out, so that a moved file keeps its vectors.
fn embedded_text(symbol: &str, text: &str) -> String {
    if symbol.is_empty() { text.to_owned() } else { format!("{symbol}\n{text}") }
}

/// The text that is embedded for a chunk of the table; `None` if the chunk no longer exists.
pub(crate) fn embedded_of(table: &Table, id: ChunkId, text: &str) -> Option<String> {
    Some(embedded_text(&table.file_of(id)?.chunk(id)?.symbol, text))
}

/// Reads a file that the folder's rules admit. `known` is its indexed version, if that may be kept
/// when the content is the same.
pub(crate) fn prepare(
    root: &Path,
    stat: &FileStat,
    known: Option<&FileEntry>,
    static_model: Option<&dyn StaticEmbedder>,
) -> Outcome {
    let (stamp, bytes) = match read(root, stat) {
        Ok(read) => read,
        Err(ReadError::Gone) => return Outcome::Gone,
        Err(ReadError::Skip(reason)) => return Outcome::skipped(reason, stat.stamp),
    };
    let digest = Digest(*blake3::hash(&bytes).as_bytes());
    // A file whose override was added or removed is judged again.
    let judged_alike = |file: &&FileEntry| file.stamp.overruled == stamp.overruled;
    if known.filter(judged_alike).is_some_and(|file| file.digest == digest) {
        return Outcome::Same { stamp };
    }
    // A parser that panics costs one file, not the program.
    let cut = || cut(&stat.path, &bytes, stamp.overruled, static_model);
    let cut = std::panic::catch_unwind(AssertUnwindSafe(cut));
    match cut {
        Ok(Ok((language, chunks))) => Outcome::Read(Box::new(ReadFile {
            stamp,
            digest,
            language,
            chunks,
            space: static_model.and_then(|static_model| static_model.info().teacher.clone()),
        })),
        Ok(Err(reason)) => Outcome::skipped(reason, stamp),
        Err(_) => {
            let message = "cutting it into chunks failed unexpectedly".to_owned();
            Outcome::skipped(SkipReason::Failed { message }, stamp)
        }
    }
}

impl Outcome {
    /// A skipped file. A file that may be readable at the next attempt gets a stamp that no file
    /// has.
    fn skipped(reason: SkipReason, stamp: Stamp) -> Outcome {
        let stamp = if reason.is_lasting() { stamp } else { Stamp::default() };
        Outcome::Skipped { reason, stamp }
    }
}

fn cut(
    path: &RelPath,
    bytes: &[u8],
    overruled: bool,
    static_model: Option<&dyn StaticEmbedder>,
) -> Result<(Language, Vec<ReadChunk>), SkipReason> {
    let read = descry_chunk::Text::read(path.as_str(), bytes, overruled)?;
    let text = read.as_str();
    let ready = |meta: ChunkMeta| {
        let text = text[meta.span.bytes()].to_owned();
        let embedded = embedded_text(&meta.symbol, &text);
        ReadChunk {
            digest: Digest(*blake3::hash(embedded.as_bytes()).as_bytes()),
            static_vector: static_model.map(|static_model| static_model.embed_code(&embedded)),
            text,
            meta,
        }
    };
    let chunks = read.chunks(&ChunkConfig::default());
    Ok((read.language(), chunks.into_iter().map(ready).collect()))
}

enum ReadError {
    Gone,
    Skip(SkipReason),
}

/// Reads a file's bytes and their stamp. The stamp is checked before and after, and the file is
/// read again if it changed in between.
fn read(root: &Path, stat: &FileStat) -> Result<(Stamp, Vec<u8>), ReadError> {
    const TRIES: usize = 3;
    let path = stat.path.on_disk(root);
    for _ in 0..TRIES {
        let mut file = std::fs::File::open(&path).map_err(ReadError::of)?;
        let before = stat.now(&file).map_err(ReadError::of)?;
        let mut bytes = Vec::with_capacity(before.size as usize + 1);
        // One byte more than the size, so that growth is noticed and reading always ends.
        file.by_ref().take(before.size + 1).read_to_end(&mut bytes).map_err(ReadError::of)?;
        let after = stat.now(&file).map_err(ReadError::of)?;
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
