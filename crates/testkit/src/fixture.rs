//! Folders described as text.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// Creates a temporary folder with the files of `text`; a line `//- /path` begins each, and text
/// before the first is ignored. Dropping the value deletes the folder.
///
/// # Panics
/// If the folder cannot be written.
pub fn fixture(text: &str) -> TempDir {
    // The name must not begin with a dot, as temporary folders do by default.
    let dir = tempfile::Builder::new()
        .prefix("fixture-")
        .tempdir()
        .unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    put(dir.path(), text);
    dir
}

/// Writes the files of `text` below `root`, replacing existing ones.
///
/// # Panics
/// If a file cannot be written.
pub fn put(root: &Path, text: &str) {
    let mut file: Option<(&str, String)> = None;
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("//- /") {
            Some(path) => {
                write(root, file.replace((path.trim_end(), String::new())));
            }
            None => {
                if let Some((_, text)) = &mut file {
                    text.push_str(line);
                }
            }
        }
    }
    write(root, file);
}

fn write(root: &Path, file: Option<(&str, String)>) {
    let Some((path, text)) = file else { return };
    let path = root.join(path);
    let written =
        path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
    written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_as_they_stand() {
        let dir = fixture("ignored\n//- /a/b.rs\nfn b() {}\n\n//- /empty\n//- /c.md\nlast");
        let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap();
        assert_eq!(read("a/b.rs"), "fn b() {}\n\n");
        assert_eq!(read("empty"), "");
        assert_eq!(read("c.md"), "last");
    }
}
