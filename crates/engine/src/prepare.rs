//! Reading a file and making it ready for a commit: decoded, cut, embedded by the static model. No state, any thread.

use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use descry_base::{ChunkId, ChunkMeta, Digest, Language, RelPath, SkipReason, Stamp};
use descry_chunk::ChunkConfig;
use descry_embed::{StaticEmbedder, VectorSpace};
use descry_search::{FileEntry, Table};
use descry_watch::FileStat;

/// What became of a file.
pub(crate) enum Outcome {
    /// New content.
    Read(Box<ReadFile>),
    /// The content is as known; the stamp is not.
    Same { stamp: Stamp },
    /// It is left out.
    Skipped { reason: SkipReason, stamp: Stamp },
    /// It is no longer there, or no longer wanted.
    Gone,
}

/// A file's content, ready to be committed.
pub(crate) struct ReadFile {
    pub(crate) stamp: Stamp,
    pub(crate) digest: Digest,
    pub(crate) language: Language,
    pub(crate) chunks: Vec<ReadChunk>,
    /// The space of the static vectors.
    pub(crate) space: Option<VectorSpace>,
}

/// A chunk, ready to be committed.
pub(crate) struct ReadChunk {
    pub(crate) meta: ChunkMeta,
    pub(crate) text: String,
    /// Of the text that is embedded.
    pub(crate) digest: Digest,
    /// Its static vector `[dim]`.
    pub(crate) static_vector: Option<Vec<f32>>,
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

/// Reads a file that the folder's rules admit. `known` is what is in the index of it, if that is to
/// stay should the content be the same.
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
    // What was brought in by hand and no longer is, or is now, is judged anew.
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
    /// Left out. What may well be read at the next try is remembered with a stamp that no file has.
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

/// The bytes of a file, and the stamp that belongs to them: the file is looked at before and after, and
/// read again if it changed meanwhile.
fn read(root: &Path, stat: &FileStat) -> Result<(Stamp, Vec<u8>), ReadError> {
    const TRIES: usize = 3;
    let path = stat.path.on_disk(root);
    for _ in 0..TRIES {
        let mut file = std::fs::File::open(&path).map_err(ReadError::of)?;
        let before = stat.now(&file).map_err(ReadError::of)?;
        let mut bytes = Vec::with_capacity(before.size as usize + 1);
        // One byte more than its size: a file that grows is noticed, and never read without end.
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
