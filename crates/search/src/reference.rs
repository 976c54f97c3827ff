//! Files that a question names, as compilers, stack traces and people write them: `src/net/retry.rs`,
//! `retry.rs:42:7`, `File "retry.py", line 42`, `crates/search`.

use descry_base::{Language, RelPath};

/// A file or folder that is named, and a line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// In lower case, its parts separated by `/`.
    path: String,
    /// From 0.
    pub(crate) line: Option<u32>,
}

/// More than these nobody names; a pasted log may.
const MOST: usize = 32;

/// The files that these words name, in their order.
pub(crate) fn references(words: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let mut before = "";
    for word in words.split_whitespace() {
        // `File "a.py", line 12`, `a.cs:line 12`.
        if before.to_ascii_lowercase().ends_with("line")
            && let (Some(line), Some(last)) = (number(word), found.last_mut())
        {
            last.line.get_or_insert(line);
        }
        before = word;
        found.extend(reference(word));
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// True if the words are one reference and nothing else.
pub(crate) fn is_reference(words: &str) -> bool {
    let mut parts = words.split_whitespace();
    parts.next().is_some_and(|one| reference(one).is_some()) && parts.next().is_none()
}

impl Reference {
    /// Whether it names this file: its path ends so, or one of its folders is so called.
    pub(crate) fn names(&self, file: &RelPath) -> bool {
        let (file, path) = (file.as_str().to_lowercase(), self.path.as_str());
        // A path from elsewhere (of a build machine, say) may have more parts than ours.
        let whole = |start: usize, text: &str| start == 0 || text.as_bytes()[start - 1] == b'/';
        let ends = |long: &str, short: &str| {
            long.ends_with(short) && whole(long.len() - short.len(), long)
        };
        let within = || {
            let folder = format!("{path}/");
            file.match_indices(&folder).any(|(start, _)| whole(start, &file))
        };
        ends(&file, path) || (path.contains('/') && (ends(path, &file) || within()))
    }
}

fn reference(written: &str) -> Option<Reference> {
    let quotes = |c: char| "\"'`<>()[]{},;".contains(c);
    let word = written.trim_matches(quotes).trim_end_matches(['.', ':', '?', '!']);
    if word.contains("://") || word.contains("::") || written.ends_with("()") {
        return None;
    }
    let word = match word.as_bytes() {
        [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic() => &word[2..],
        _ => word,
    };
    // `a.rs:42:7`, `a.cs(42,7)`, `a.go#L42`.
    let end = word.find([':', '(', '#']).filter(|end| *end > 1).unwrap_or(word.len());
    let (path, rest) = word.split_at(end);
    let line = number(rest);
    let path = path.replace('\\', "/").to_lowercase();
    let path = path.trim_start_matches("./").trim_matches('/').to_owned();
    let name = path.rsplit('/').next().unwrap_or("");
    let is_file = name.find('.').is_some_and(|dot| dot > 0)
        && Language::of_path(&path) != Language::Plain
        && name.chars().all(|c| c.is_alphanumeric() || "._-+@".contains(c));
    let is_folder = path.contains('/')
        && path.split('/').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._-+@".contains(c))
        });
    (is_file || is_folder).then_some(Reference { path, line })
}

/// The first number, as a line from 0.
fn number(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse::<u32>().ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_are_recognised_as_they_are_written() {
        #[track_caller]
        fn check(words: &str, expected: &[(&str, Option<u32>)]) {
            let found = references(words);
            let found: Vec<_> = found.iter().map(|it| (it.path.as_str(), it.line)).collect();
            assert_eq!(found, expected, "{words}");
        }
        check("src/net/retry.rs", &[("src/net/retry.rs", None)]);
        check("panicked at src/main.rs:10:5: index", &[("src/main.rs", Some(9))]);
        check("File \"/app/shop/cart.py\", line 12, in total", &[("app/shop/cart.py", Some(11))]);
        check("at run (C:\\app\\Run.CS(4,2))", &[("app/run.cs", Some(3))]);
        check("at Shop.Run() in lib\\Run.cs:line 7", &[("lib/run.cs", Some(6))]);
        check("error in ./main.go:3", &[("main.go", Some(2))]);
        check("crates/search", &[("crates/search", None)]);
        check("std::path::Path http://a.rs Router.route and 1.5", &[]);
        check("what does e.g. this do", &[]);
    }

    #[test]
    fn a_reference_names_a_file() {
        #[track_caller]
        fn check(words: &str, file: &str, expected: bool) {
            let found = references(words);
            let file = RelPath::new(file).unwrap();
            assert_eq!(found.iter().any(|it| it.names(&file)), expected, "{words}: {file}");
        }
        check("retry.rs", "src/net/retry.rs", true);
        check("try.rs", "src/net/retry.rs", false);
        check("net/Retry.rs:4", "src/net/retry.rs", true);
        check("/build/shop/src/net/retry.rs", "src/net/retry.rs", true);
        check("crates/search", "crates/search/src/lib.rs", true);
        check("crates/sea", "crates/search/src/lib.rs", false);
        check("search", "crates/search/src/lib.rs", false);
    }

    proptest! {
        #[test]
        fn any_text_may_name_files(words in "\\PC*|[a-c./:\\\\(#0-9 \"]*", file in "[a-c]{1,3}(/[a-c.]{1,4}x){0,3}") {
            let found = references(&words);
            let file = RelPath::new(&file).unwrap();
            found.iter().for_each(|it| { it.names(&file); });
            is_reference(&words);
        }
    }
}
