//! The display names of folders: the last part of the path, with as many parts before it as
//! distinguish it from the others.

use std::path::Path;

/// The names of the folders, in the order of `paths`.
pub(crate) fn names(paths: &[&Path]) -> Vec<String> {
    let parts: Vec<Vec<_>> = paths
        .iter()
        .map(|path| path.components().map(|part| part.as_os_str().to_string_lossy()).collect())
        .collect();
    let name = |of: usize| {
        let tail = |which: usize, count: usize| {
            let parts = &parts[which];
            &parts[parts.len().saturating_sub(count)..]
        };
        let told_apart = |count: &usize| {
            (0..paths.len()).all(|other| other == of || tail(other, *count) != tail(of, *count))
        };
        let count = (1..=parts[of].len()).find(told_apart).unwrap_or(1);
        match count == parts[of].len() {
            true => paths[of].display().to_string(),
            false => tail(of, count).join("/"),
        }
    };
    (0..paths.len()).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_long_as_needed() {
        #[track_caller]
        fn check(paths: &[&str], expected: &[&str]) {
            let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
            assert_eq!(names(&paths), expected);
        }
        check(&["/code/flask", "/code/click"], &["flask", "click"]);
        check(&["/code/flask/src", "/code/click/src", "/x"], &["flask/src", "click/src", "x"]);
        check(&["/a/b/c", "/d/b/c", "/c"], &["a/b/c", "d/b/c", "/c"]);
        check(&[], &[]);
    }
}
