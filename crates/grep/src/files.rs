//! Finds every match in the files of a folder as they are on disk now.

use std::fs;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;

use descry_base::RelPath;
use rayon::prelude::*;

use crate::lines::{Finder, MatchedLine};
use crate::pattern::Pattern;

/// The number of files searched together: enough to keep all cores busy, few enough that the first
/// matches come immediately and a cancelled search ends soon.
const STEP: usize = 128;

/// The size above which a file is not read; nobody searches such large texts.
const LARGEST: u64 = 256 << 20;

/// Decodes a text from the file's path and bytes; `None` if the bytes are not text.
pub type Decode<'a> = dyn Fn(&str, Vec<u8>) -> Option<String> + Sync + 'a;

/// The matches of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatches {
    /// The file's index in the list of files.
    pub file: usize,
    /// The matching lines, in order; at least one.
    pub lines: Vec<MatchedLine>,
}

/// A file that could not be searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The file's index in the list of files.
    pub file: usize,
    /// The reason, for users.
    pub reason: String,
}

/// Searches the files of a folder on all cores and passes each one with a match to `found`, in the
/// order of `files`, until `found` breaks. Returns the files that could not be read. A file that is
/// gone has no match; a file outside the folder, reached through a symbolic link, is not read.
pub fn search(
    pattern: &Pattern,
    folder: &Path,
    files: &[RelPath],
    decode: &Decode<'_>,
    found: &mut dyn FnMut(FileMatches) -> ControlFlow<()>,
) -> ControlFlow<(), Vec<Unread>> {
    let mut unread = Vec::new();
    for (step, paths) in files.chunks(STEP).enumerate() {
        let first = step * STEP;
        let look = |finder: &mut Finder, (index, path): (usize, &RelPath)| {
            let file = first + index;
            match text(folder, path, decode) {
                Ok(Some(text)) => Ok(FileMatches { file, lines: finder.lines(&text) }),
                Ok(None) => Ok(FileMatches { file, lines: Vec::new() }),
                Err(reason) => Err(Unread { file, reason }),
            }
        };
        let results: Vec<Result<FileMatches, Unread>> =
            paths.par_iter().enumerate().map_init(|| Finder::new(pattern), look).collect();
        for result in results {
            match result {
                Ok(matches) if matches.lines.is_empty() => {}
                Ok(matches) => found(matches)?,
                Err(failed) => unread.push(failed),
            }
        }
    }
    ControlFlow::Continue(unread)
}

/// The text of a file; `None` if it is gone or no longer a text.
fn text(folder: &Path, path: &RelPath, decode: &Decode<'_>) -> Result<Option<String>, String> {
    let bytes = match read(folder, path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.to_string()),
    };
    Ok(decode(path.as_str(), bytes))
}

fn read(folder: &Path, path: &RelPath) -> std::io::Result<Vec<u8>> {
    let real = path.on_disk(folder).canonicalize()?;
    if !real.starts_with(folder) {
        return Err(std::io::Error::other("it lies outside the added folder"));
    }
    let size = fs::metadata(&real)?.len();
    if size > LARGEST {
        return Err(std::io::Error::other(format!("it is too large ({size} bytes)")));
    }
    fs::read(real)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::Case;

    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = tempdir().unwrap();
        for (path, text) in files {
            put(folder.path(), path, text.as_bytes());
        }
        folder
    }

    fn put(folder: &Path, path: &str, bytes: &[u8]) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn paths(names: &[&str]) -> Vec<RelPath> {
        names.iter().map(|name| RelPath::new(name).unwrap()).collect()
    }

    fn all(pattern: &str, folder: &Path, files: &[RelPath]) -> (Vec<(String, u32)>, Vec<Unread>) {
        let folder = folder.canonicalize().unwrap();
        let pattern = Pattern::literal(pattern, Case::Smart).unwrap();
        let latin = |_: &str, bytes: Vec<u8>| Some(bytes.into_iter().map(char::from).collect());
        let mut found = Vec::new();
        let unread = search(&pattern, &folder, files, &latin, &mut |matches| {
            let name = files[matches.file].to_string();
            found.extend(matches.lines.iter().map(|line| (name.clone(), line.number)));
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(unread) = unread else { panic!("nothing broke off") };
        (found, unread)
    }

    #[test]
    fn files_are_read_as_they_are_now() {
        let folder = folder(&[("a.rs", "one\ntwo\n"), ("b/c.rs", "two\n")]);
        let files = paths(&["a.rs", "b/c.rs", "gone.rs"]);
        let two = |text: &str| all(text, folder.path(), &files).0;
        assert_eq!(two("two"), [("a.rs".to_owned(), 1), ("b/c.rs".to_owned(), 0)]);
        put(folder.path(), "a.rs", b"two\n");
        assert_eq!(two("two"), [("a.rs".to_owned(), 0), ("b/c.rs".to_owned(), 0)]);
        put(folder.path(), "a.rs", b"caf\xe9");
        assert_eq!(two("café"), [("a.rs".to_owned(), 0)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_out_of_the_folder() {
        let (folder, other) = (folder(&[("a.rs", "two\n")]), folder(&[("secret", "two\n")]));
        std::os::unix::fs::symlink(other.path(), folder.path().join("out")).unwrap();
        let (found, unread) = all("two", folder.path(), &paths(&["a.rs", "out/secret"]));
        assert_eq!(found, [("a.rs".to_owned(), 0)]);
        assert_eq!(unread.len(), 1);
    }

    #[test]
    fn a_search_ends_when_told() {
        let names: Vec<String> = (0..500).map(|i| format!("{i:03}.txt")).collect();
        let folder = folder(&[]);
        for name in &names {
            put(folder.path(), name, b"x\n");
        }
        let files: Vec<RelPath> = names.iter().map(|name| RelPath::new(name).unwrap()).collect();
        let pattern = Pattern::literal("x", Case::Smart).unwrap();
        let root = folder.path().canonicalize().unwrap();
        let mut told = 0;
        let read = |_: &str, bytes| String::from_utf8(bytes).ok();
        let end = search(&pattern, &root, &files, &read, &mut |_| {
            told += 1;
            if told == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(end.is_break() && told == 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn matches_are_those_of_a_naive_scan(
            texts in proptest::collection::btree_map("[a-c]{1,2}(/[a-c]{1,2}x)?", "[abAB|= \n\r]{0,60}", 0..6),
            wanted in "[ab|= ]{1,3}",
        ) {
            let folder = folder(&[]);
            let mut texts: BTreeMap<String, String> = texts;
            // A name cannot be both a file and a folder.
            let names: Vec<String> = texts.keys().cloned().collect();
            texts.retain(|name, _| !names.iter().any(|it| it.starts_with(&format!("{name}/"))));
            for (name, text) in &texts {
                put(folder.path(), name, text.as_bytes());
            }
            let files: Vec<RelPath> = texts.keys().map(|it| RelPath::new(it).unwrap()).collect();
            let expected: Vec<(String, u32)> = texts.iter().flat_map(|(name, text)| {
                let lines = (0..).zip(text.split('\n'));
                lines.filter(|(_, line)| line.to_lowercase().contains(&wanted))
                    .map(|(number, _)| (name.clone(), number)).collect::<Vec<_>>()
            }).collect();
            prop_assert_eq!(all(&wanted, folder.path(), &files).0, expected);
        }
    }
}
