//! Reads an ignore file as git does: as bytes, in which each line is a pattern or nothing.

use std::borrow::Cow;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The patterns of the ignore file `file`, which apply below `folder`. Skips lines that are not
/// patterns, and lines that are not UTF-8, because no indexed path could match them.
pub(super) fn matcher(folder: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    builder.allow_unclosed_class(false);
    match std::fs::read(file) {
        Ok(bytes) => {
            for line in lines(&bytes) {
                if let Err(error) = builder.add_line(Some(file.to_path_buf()), &line) {
                    tracing::debug!(file = %file.display(), %error, "ignore file");
                }
            }
        }
        Err(error) => tracing::debug!(file = %file.display(), %error, "ignore file"),
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The patterns in an ignore file, rewritten so that `ignore` interprets them as git does.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .split(|byte| *byte == b'\n')
        .filter_map(|line| std::str::from_utf8(line).ok())
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .map(without_trailing_blanks)
        .filter(|line| !line.starts_with('#') && !matches!(*line, "!" | "/" | "!/"))
        .map(as_glob)
}

/// Removes trailing spaces as git does, except one after a backslash. Other white space is part of
/// the pattern.
fn without_trailing_blanks(line: &str) -> &str {
    let mut end = 0;
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        let last = if c == '\\' { chars.next().map_or((at, c), |next| next) } else { (at, c) };
        if c != ' ' {
            end = last.0 + last.1.len_utf8();
        }
    }
    &line[..end]
}

/// Rewrites what git and `globset` interpret differently, so that `globset` agrees with git: braces
/// are literal in git, and character classes have names (`[[:digit:]]`). Trailing white space,
/// which `ignore` would strip, is wrapped in a class.
fn as_glob(line: &str) -> Cow<'_, str> {
    let odd_end = line.ends_with(char::is_whitespace) && !line.ends_with("\\ ");
    if !odd_end && !line.contains(['{', '}']) && !line.contains("[:") {
        return Cow::Borrowed(line);
    }
    let mut glob = String::with_capacity(line.len() + 8);
    let mut rest = line;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        let named = CLASSES.iter().find(|(name, _)| in_class && rest.starts_with(name));
        match c {
            '\\' => {
                taken += rest[taken..].chars().next().map_or(0, char::len_utf8);
                glob.push_str(&rest[..taken]);
            }
            _ if named.is_some() => {
                let (name, ranges) = named.unwrap_or(&CLASSES[0]);
                taken = name.len();
                glob.push_str(ranges);
            }
            '{' | '}' if !in_class => glob.extend(['\\', c]),
            c if c.is_whitespace() && taken == rest.len() && !in_class => {
                glob.extend(['[', c, ']']);
            }
            c => {
                in_class = match c {
                    '[' => true,
                    ']' => in_class && is_first_in_class(&glob),
                    _ => in_class,
                };
                glob.push(c);
            }
        }
        rest = &rest[taken..];
    }
    Cow::Owned(glob)
}

/// A `]` at the start of a class is a literal member of it.
fn is_first_in_class(before: &str) -> bool {
    ["[", "[!", "[^"].iter().any(|open| before.ends_with(open))
}

/// Named character classes and their equivalents inside brackets.
const CLASSES: [(&str, &str); 10] = [
    ("[:alnum:]", "0-9A-Za-z"),
    ("[:alpha:]", "A-Za-z"),
    ("[:blank:]", " \t"),
    ("[:digit:]", "0-9"),
    ("[:lower:]", "a-z"),
    ("[:upper:]", "A-Z"),
    ("[:xdigit:]", "0-9A-Fa-f"),
    ("[:punct:]", "!-/:-@[-`{-~"),
    ("[:space:]", " \t"),
    ("[:cntrl:]", "\u{1}-\u{1f}"),
];
