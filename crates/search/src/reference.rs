//! Finds the files that a query names, as compilers, stack traces and people write them, and
//! resolves them in a shard.
//!
//! The end of a path in a line of text is clear, but its start is not: names contain blanks, URLs
//! have hosts, build machines have their own folders. A reference therefore holds the text up to
//! the path's end and names the files whose paths match the end of that text; among several, those
//! with the longest match.

mod find;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use descry_base::{ChunkId, RelPath};
use descry_lexical::fold;

use crate::table::{FileEntry, Table};

pub(crate) use find::{is_reference, references};

/// A named file or folder, and a line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The text up to the end of the path, folded, with `/` between components.
    written: String,
    /// Where in `written` the path after a library folder begins; that path must match in full.
    library: Option<usize>,
    /// The folders of a Java package, outermost first.
    package: Vec<String>,
    /// True if the name is a folder's.
    is_folder: bool,
    /// The line, from 0.
    pub(crate) line: Option<u32>,
}

/// A file that a text names.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The file.
    pub(crate) file: Arc<FileEntry>,
    /// The named line, from 0.
    pub(crate) line: Option<u32>,
}

impl Named {
    /// The chunk with the line, or the file's first; `None` for an empty file.
    pub(crate) fn chunk(&self) -> Option<ChunkId> {
        let has_line = |id: &ChunkId| {
            let chunk = self.file.chunk(*id);
            chunk.zip(self.line).is_some_and(|(chunk, line)| chunk.span.lines().contains(&line))
        };
        let mut ids = self.file.chunk_ids();
        self.file.chunk_ids().find(has_line).or_else(|| ids.next())
    }
}

/// The number of components that a path with a different start must share with ours; with fewer, it
/// is another file of the same name.
const SHARED_PARTS: usize = 2;

/// The files of a shard that these references name, in order; a reference that fits several names
/// those whose paths share most with it.
pub(crate) fn named(references: &[Reference], table: &Table) -> Vec<Named> {
    let mut best: Vec<(usize, Vec<&Arc<FileEntry>>)> = vec![(1, Vec::new()); references.len()];
    for file in table.files() {
        let path = fold(file.path.as_str());
        for (reference, (length, files)) in references.iter().zip(&mut best) {
            // The files of a folder are found by their words.
            if reference.is_folder {
                continue;
            }
            let Some(common) = reference.common(&path).filter(|common| common >= length) else {
                continue;
            };
            if common > *length {
                *length = common;
                files.clear();
            }
            files.push(file);
        }
    }
    let with_line = references.iter().zip(best).flat_map(|(reference, (_, files))| {
        files.into_iter().map(|file| Named { file: Arc::clone(file), line: reference.line })
    });
    with_line.collect()
}

impl Reference {
    /// The length of the text's match with the end of a file's path; `None` if it names another
    /// file.
    pub(crate) fn likeness(&self, file: &RelPath) -> Option<usize> {
        self.common(&fold(file.as_str()))
    }

    fn common(&self, file: &str) -> Option<usize> {
        if self.is_folder {
            return self.holds(file);
        }
        let (start, parts, ours_ended) = self.shared(file, &self.written)?;
        let text = &self.written[..start];
        let theirs_ended = !text.ends_with('/') || ends_path(text);
        if self.library.is_some_and(|library| start > library) {
            return None;
        }
        // Swift writes the module instead of the folders.
        let shared = if self.written.ends_with(".swift") { 1 } else { SHARED_PARTS };
        if !(ours_ended || theirs_ended || parts >= shared) {
            return None;
        }
        Some(self.written.len() - start + self.package_in(file))
    }

    /// The common end of `text` and `file` in whole components: its start in `text`, the number of
    /// components, and whether they are all of the file's.
    fn shared(&self, file: &str, text: &str) -> Option<(usize, usize, bool)> {
        let (mut start, mut parts) = (text.len(), 0);
        for part in file.rsplit('/') {
            let rest = match parts {
                0 => Some(text),
                _ => text[..start].strip_suffix('/'),
            };
            let Some(before) = rest.and_then(|rest| rest.strip_suffix(part)) else { break };
            if !is_boundary(before) {
                break;
            }
            (start, parts) = (before.len(), parts + 1);
        }
        (parts > 0).then(|| (start, parts, parts == file.split('/').count()))
    }

    /// The length of the folder's name, if the file is in it.
    fn holds(&self, file: &str) -> Option<usize> {
        let mut folder = file;
        while let Some(slash) = folder.rfind('/') {
            folder = &folder[..slash];
            let found = self.shared(folder, &self.written);
            // A folder is named by the whole written path or by our whole path.
            if let Some((start, parts, ours_ended)) = found.filter(|found| found.1 > 1 || found.2)
                && (ours_ended || !self.written[..start].ends_with('/'))
                && (parts > 1 || !self.written[..start].ends_with('/'))
            {
                return Some(self.written.len() - start);
            }
        }
        None
    }

    /// The length of the package's match with the file's folders.
    fn package_in(&self, file: &str) -> usize {
        let folders = file.rsplit('/').skip(1);
        let common = folders.zip(self.package.iter().rev()).take_while(|(a, b)| a == b);
        common.map(|(folder, _)| folder.len() + 1).sum()
    }
}

/// True if a path or a component may begin after this text.
fn is_boundary(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || "_-.+$~%".contains(c)))
}

/// True if no folder precedes the `/`: `.`, `..`, a server, or nothing.
fn ends_path(text: &str) -> bool {
    let text = text.trim_end_matches('/');
    let part = text.rsplit(['/', ' ', '(', '"', '\'', '@']).next().unwrap_or("");
    let host = || text[..text.len() - part.len()].ends_with("://");
    matches!(part, "" | "." | "..") || part.ends_with(':') || host()
}
