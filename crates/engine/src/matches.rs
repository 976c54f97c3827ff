//! Finds every match in the added folders as they are on disk now. Needs only the engine's list of
//! files, not the engine.

use std::ops::ControlFlow;

use descry_base::{RelPath, RootId};
use descry_chunk::Text;
use descry_grep::{MatchedLine, Options, Pattern};
use descry_search::Files;

use crate::EngineError;

/// The matches of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatches {
    /// The folder that contains the file.
    pub root: RootId,
    /// The file's path.
    pub path: RelPath,
    /// The matching lines, in order; at least one.
    pub lines: Vec<MatchedLine>,
}

impl FileMatches {
    /// The number of matches that begin in the file.
    pub fn matches(&self) -> usize {
        self.lines.iter().map(|line| line.begun as usize).sum()
    }
}

/// The totals of a search for all matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The number of matches.
    pub matches: usize,
    /// The number of lines with a match.
    pub lines: usize,
    /// The number of files with a match.
    pub files: usize,
    /// The number of files searched.
    pub searched: usize,
    /// Files that could not be read, and why.
    pub unread: Vec<(RootId, RelPath, String)>,
    /// False if the search was stopped early.
    pub complete: bool,
}

/// Searches all the files for the pattern on all cores and passes each file with a match to
/// `found`, ordered by folder and path, until `found` breaks.
///
/// # Errors
/// [`EngineError::Pattern`] if the pattern is invalid.
pub fn matches(
    files: &Files,
    options: Options,
    found: &mut dyn FnMut(FileMatches) -> ControlFlow<()>,
) -> Result<Searched, EngineError> {
    let mut searched = Searched { complete: true, ..Searched::default() };
    if files.pattern.is_empty() {
        return Ok(searched);
    }
    let pattern = Pattern::new(&files.pattern, options).map_err(EngineError::Pattern)?;
    for folder in &files.folders {
        let told = descry_grep::search(&pattern, &folder.path, &folder.files, &text, &mut |it| {
            let mut lines = it.lines;
            lines.retain(|line| folder.admits(it.file, line.number));
            if lines.is_empty() {
                return ControlFlow::Continue(());
            }
            let file =
                FileMatches { root: folder.root, path: folder.files[it.file].clone(), lines };
            searched.matches += file.matches();
            searched.lines += file.lines.len();
            searched.files += 1;
            found(file)
        });
        let ControlFlow::Continue(unread) = told else {
            searched.complete = false;
            return Ok(searched);
        };
        searched.searched += folder.files.len();
        let unread = unread.into_iter();
        let named = unread.map(|it| (folder.root, folder.files[it.file].clone(), it.reason));
        searched.unread.extend(named);
    }
    Ok(searched)
}

const ESCAPE: u8 = 0x1b;

/// The text that the index would read if the owner had admitted the file: decoded, and for a
/// notebook only its cells.
fn text(path: &str, bytes: Vec<u8>) -> Option<String> {
    let read = |bytes: &[u8]| Some(Text::read(path, bytes, true).ok()?.shown());
    // UTF-16 may look like UTF-8 with zeros, and ISO-2022-JP like UTF-8 with escapes.
    if path.to_ascii_lowercase().ends_with(".ipynb")
        || bytes.contains(&0)
        || bytes.contains(&ESCAPE)
    {
        return read(&bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(other) => read(other.as_bytes()),
    }
}
