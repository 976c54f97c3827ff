//! Verifies the checksums of files. Large ones are verified in the background, so that opening does
//! not wait.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::HasLen;
use tantivy::directory::FileSlice;
use tantivy::directory::footer::Footer;

/// Up to this many bytes are verified before the index opens.
pub(crate) const AT_ONCE: u64 = 64 << 20;

/// The bytes that are read at a time. They are read, not mapped: pages that are looked at once need
/// not stay.
const STEP: usize = 1 << 20;

/// What the background has found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict(Arc<AtomicBool>);

impl Verdict {
    /// True once a file is known to be damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Verifies the files: up to `at_once` bytes now, and the first that is damaged is an error;
/// otherwise on a thread that tells the verdict.
pub(crate) fn verify(files: Vec<PathBuf>, at_once: u64) -> io::Result<Result<Verdict, PathBuf>> {
    let size: u64 = files.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    if size > at_once {
        let verdict = Verdict::default();
        let found = verdict.clone();
        let check = move || {
            for file in files {
                match is_sound(&file) {
                    Ok(true) => {}
                    Ok(false) => return found.0.store(true, Ordering::Relaxed),
                    Err(error) => {
                        tracing::warn!(%error, file = %file.display(), "cannot verify a file");
                    }
                }
            }
        };
        std::thread::Builder::new().name("descry-verify".to_owned()).spawn(check)?;
        return Ok(Ok(verdict));
    }
    for file in files {
        if !is_sound(&file)? {
            return Ok(Err(file));
        }
    }
    Ok(Ok(Verdict::default()))
}

/// True if the file has the checksum at its end, or does not exist: segments lack some files,
/// merges delete others, and the reader detects one that is missing.
fn is_sound(file: &Path) -> io::Result<bool> {
    let slice = match FileSlice::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        opened => opened?,
    };
    let Ok((footer, body)) = Footer::extract_footer(slice) else { return Ok(false) };
    let mut crc = crc32fast::Hasher::new();
    for start in (0..body.len()).step_by(STEP) {
        let end = body.len().min(start + STEP);
        crc.update(&body.read_bytes_slice(start..end)?);
    }
    Ok(footer.crc == crc.finalize())
}

#[cfg(test)]
mod tests {
    use descry_base::{ChunkId, ChunkMeta, Generation, RelPath};

    use super::*;
    use crate::{Document, LexicalIndex};

    #[test]
    fn a_damaged_file_is_found_now_or_in_the_background() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = LexicalIndex::open(dir.path(), "catalog").unwrap();
        let (path, meta) = (RelPath::new("a").unwrap(), ChunkMeta::default());
        let document = Document { chunk: ChunkId(1), path: &path, meta: &meta, text: "kettle" };
        index.apply(&[], [document]).unwrap();
        index.commit(Generation(1)).unwrap();
        drop(index);
        let files = || -> Vec<PathBuf> {
            let entries = std::fs::read_dir(dir.path()).unwrap();
            let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            files.retain(|file| file.extension().is_some_and(|it| it == "term" || it == "idx"));
            files
        };
        assert!(files().len() > 1);
        let sound = verify(files(), AT_ONCE).unwrap().unwrap();
        assert!(!sound.is_damaged());
        let mut bytes = std::fs::read(&files()[0]).unwrap();
        bytes[3] ^= 1;
        std::fs::write(&files()[0], bytes).unwrap();
        assert_eq!(verify(files(), AT_ONCE).unwrap().unwrap_err(), files()[0]);
        let verdict = verify(files(), 0).unwrap().unwrap();
        while !verdict.is_damaged() {
            std::thread::yield_now();
        }
    }
}
