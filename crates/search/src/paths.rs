//! The meaning of `path:`: a part of the path, a folder (`src/`), or a `.gitignore` glob.

use std::borrow::Cow;

use descry_base::RelPath;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use unicode_normalization::UnicodeNormalization;

/// Path filters; they ignore case and how accents are encoded.
#[derive(Default)]
pub(crate) struct Paths {
    /// Substrings of `/path/`; a slash at either end of one marks a component boundary.
    parts: Vec<String>,
    globs: Option<Gitignore>,
}

impl Paths {
    pub(crate) fn new<'a>(values: impl Iterator<Item = &'a str>) -> Paths {
        let mut paths = Paths::default();
        let mut globs = GitignoreBuilder::new("");
        let mut any_glob = false;
        for value in values {
            let value = folded(without_line(value)).into_owned();
            // `!` and `#` are special only in files of globs.
            let glob = match value.starts_with(['!', '#']) {
                true => format!(r"\{value}"),
                false => value.clone(),
            };
            any_glob |= value.contains(['*', '?', '[', '{']) && globs.add_line(None, &glob).is_ok();
            // A name may itself contain glob characters: `app/[id].ts`.
            paths.parts.push(value.replace('\\', "/"));
        }
        // Each glob is valid, but all together may still be too large.
        paths.globs = if any_glob { globs.build().ok() } else { None };
        paths
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.globs.is_none()
    }

    /// True if a filter matches the file or a folder above it.
    pub(crate) fn have(&self, path: &RelPath) -> bool {
        if self.is_empty() {
            return false;
        }
        let path = folded(path.as_str());
        let is_part = |part: &String| {
            let whole = format!("/{path}/");
            match part.strip_prefix('/') {
                // Anchored at the top, and ends at the end of a component.
                Some(_) => whole.starts_with(&format!("{}/", part.trim_end_matches('/'))),
                None if part.ends_with('/') => whole.contains(&format!("/{part}")),
                None => path.contains(part.trim_start_matches("./")),
            }
        };
        self.parts.iter().any(is_part)
            || self
                .globs
                .as_ref()
                .is_some_and(|globs| globs.matched_path_or_any_parents(&*path, false).is_ignore())
    }
}

/// Lower case, with accents composed.
fn folded(path: &str) -> Cow<'_, str> {
    match path.is_ascii() {
        true if !path.bytes().any(|byte| byte.is_ascii_uppercase()) => Cow::Borrowed(path),
        true => Cow::Owned(path.to_ascii_lowercase()),
        false => Cow::Owned(path.nfc().collect::<String>().to_lowercase()),
    }
}

/// Strips the line and column from `src/a.rs:12:3`.
fn without_line(value: &str) -> &str {
    match value.rsplit_once(':') {
        Some((path, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            without_line(path)
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        let paths = Paths::new([pattern].into_iter());
        let path = RelPath::new(path).unwrap();
        assert_eq!(paths.have(&path), expected, "{pattern} {path}");
    }

    #[test]
    fn parts_and_folders() {
        check("net", "src/net/retry.rs", true);
        check("src/net", "crates/src/net/retry.rs", true);
        check("SRC/Net", "src/net/retry.rs", true);
        check("src/", "src/net/retry.rs", true);
        check("src/", "mysrc/retry.rs", false);
        check("net/", "src/net/retry.rs", true);
        check("/src", "src/retry.rs", true);
        check("/src", "srcs/retry.rs", false);
        check("/src", "a/src/retry.rs", false);
        check("./src", "src/retry.rs", true);
        check("retry.rs:42:7", "src/retry.rs", true);
        check("caf\u{e9}", "src/cafe\u{301}.rs", true);
        check("CAFE\u{301}", "src/caf\u{e9}.rs", true);
    }

    #[test]
    fn globs_as_gitignore_has_them() {
        check("*.c", "vendor/github.com/x/pager.c", true);
        check("*.js", "app.json.js", true);
        check("*.js", "app.js.map", false);
        check("**/*.go", "main.go", true);
        check("**/*.go", "cmd/x/main.go", true);
        check("src/*.rs", "src/retry.rs", true);
        check("src/*.rs", "src/net/retry.rs", false);
        check("src/*.rs", "a/src/retry.rs", false);
        check("src/**/*.rs", "src/net/a/retry.rs", true);
        check("src/**/*.rs", "src/retry.rs", true);
        check("/*.md", "README.md", true);
        check("/*.md", "docs/README.md", false);
        check("src/*", "src/net/retry.rs", true);
        check("test*", "tests/retry.rs", true);
        check("*/retry.rs", "src/retry.rs", true);
        check("*/retry.rs", "src/net/retry.rs", false);
        check("*.{ts,tsx}", "ui/App.tsx", true);
        check("[a-c].rs", "src/b.rs", true);
        check("?.rs", "src/ab.rs", false);
        check("*.RS", "src/b.rs", true);
        check("!x*", "!xy.rs", true);
        check("#*", "a.rs", false);
        check("*caf\u{e9}*", "src/cafe\u{301}.rs", true);
        check("a[", "a[b].rs", true);
        check("app/[id].ts", "app/[id].ts", true);
        check("/app/[id].ts", "app/[id].ts", true);
    }
}
