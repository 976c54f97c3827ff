//! Files that a question names, as compilers, stack traces and people write them, and which files of a
//! folder these are.
//!
//! Where a path begins in a line of text cannot be told (names have blanks, URLs have hosts, build
//! machines have folders of their own), where it ends can. So a reference holds the text up to there,
//! and names the files that the text ends with; of several, those that it ends with longest.

mod find;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use descry_base::{ChunkId, RelPath};
use descry_lexical::fold;

use crate::table::{FileEntry, Table};

pub(crate) use find::{is_reference, references};

/// A file or folder that is named, and a line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The text up to the end of the path, folded, with `/` between the path's parts.
    written: String,
    /// Where in `written` the path begins that must be there in full: behind the folder of a library.
    library: Option<usize>,
    /// The folders that a Java package stands for, outermost first.
    package: Vec<String>,
    /// The name is one of a folder.
    is_folder: bool,
    /// From 0.
    pub(crate) line: Option<u32>,
}

/// A file that a text names.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The file.
    pub(crate) file: Arc<FileEntry>,
    /// The line of it, from 0.
    pub(crate) line: Option<u32>,
}

impl Named {
    /// The chunk that has the line, or the file's first; `None` of an empty file.
    pub(crate) fn chunk(&self) -> Option<ChunkId> {
        let has_line = |id: &ChunkId| {
            let chunk = self.file.chunk(*id);
            chunk.zip(self.line).is_some_and(|(chunk, line)| chunk.span.lines().contains(&line))
        };
        let mut ids = self.file.chunk_ids();
        self.file.chunk_ids().find(has_line).or_else(|| ids.next())
    }
}

/// A path has parts of its own before the end that it shares with ours; with one part less in common,
/// it is another file of that name.
const SHARED_PARTS: usize = 2;

/// The files of a folder that these references name, in their order; a reference that fits several
/// names those whose paths have most in common with it.
pub(crate) fn named(references: &[Reference], table: &Table) -> Vec<Named> {
    let mut best: Vec<(usize, Vec<&Arc<FileEntry>>)> = vec![(1, Vec::new()); references.len()];
    for file in table.files() {
        let path = fold(file.path.as_str());
        for (reference, (length, files)) in references.iter().zip(&mut best) {
            // What lies in a folder is found by its words.
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
    /// How much of a file's path the text has before the path's end; `None` if it names another file.
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
        // Swift writes the module in the place of the folders.
        let shared = if self.written.ends_with(".swift") { 1 } else { SHARED_PARTS };
        if !(ours_ended || theirs_ended || parts >= shared) {
            return None;
        }
        Some(self.written.len() - start + self.package_in(file))
    }

    /// Where in `text` its common end with `file` begins, in whole parts, how many these are, and
    /// whether they are all of the file's.
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

    /// The length of the folder's name, if the file lies in it.
    fn holds(&self, file: &str) -> Option<usize> {
        let mut folder = file;
        while let Some(slash) = folder.rfind('/') {
            folder = &folder[..slash];
            let found = self.shared(folder, &self.written);
            // A folder is named by its whole path, as far as it is written, or as far as it is ours.
            if let Some((start, parts, ours_ended)) = found.filter(|found| found.1 > 1 || found.2)
                && (ours_ended || !self.written[..start].ends_with('/'))
                && (parts > 1 || !self.written[..start].ends_with('/'))
            {
                return Some(self.written.len() - start);
            }
        }
        None
    }

    /// How much of the package the file's folder is called by.
    fn package_in(&self, file: &str) -> usize {
        let folders = file.rsplit('/').skip(1);
        let common = folders.zip(self.package.iter().rev()).take_while(|(a, b)| a == b);
        common.map(|(folder, _)| folder.len() + 1).sum()
    }
}

/// A path may begin behind this text, or a part of one.
fn is_boundary(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || "_-.+$~%".contains(c)))
}

/// What is before the `/` is no folder: `.`, `..`, a server, nothing.
fn ends_path(text: &str) -> bool {
    let text = text.trim_end_matches('/');
    let part = text.rsplit(['/', ' ', '(', '"', '\'', '@']).next().unwrap_or("");
    let host = || text[..text.len() - part.len()].ends_with("://");
    matches!(part, "" | "." | "..") || part.ends_with(':') || host()
}
