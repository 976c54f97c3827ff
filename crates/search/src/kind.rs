//! What kind of question the words are: the weights of the lists and signals follow it.

use descry_lexical::{fold, is_stop_word};

use crate::reference::is_reference;

/// The kind of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryKind {
    /// A name as code writes it: `RetryPolicy`, `retry_policy`, `Router::route`, `_private`.
    Symbol,
    /// Words of a natural language with a name among them.
    Mixed,
    /// Words of a natural language.
    Natural,
    /// A file as compilers and people name it: `src/net/retry.rs:42`.
    Path,
    /// What a program says when it fails.
    Message,
    /// Code that was pasted.
    Code,
}

/// Words that begin the message of a failure.
const FAILURES: [&str; 8] =
    ["error:", "error[", "exception:", "panicked", "traceback", "fatal:", "warning:", "caused by:"];

/// So many marks of code make a line code.
const CODE_MARKS: usize = 4;

/// The kind of these words.
pub fn kind_of(words: &str) -> QueryKind {
    let lower = words.to_lowercase();
    // `get()` is a name among words.
    let rest = words.replace("()", "");
    let marks = rest.chars().filter(|c| "{}();=<>[]".contains(*c)).count();
    let is_code = marks >= CODE_MARKS && rest.contains(['{', ';', '=']);
    let parts: Vec<&str> = words.split_whitespace().collect();
    match parts.as_slice() {
        [_] if is_reference(words) => QueryKind::Path,
        [_, _, ..] if FAILURES.iter().any(|word| lower.contains(word)) => QueryKind::Message,
        [_, _, ..] if is_code => QueryKind::Code,
        [] => QueryKind::Natural,
        [one] if is_plain_word(one) || looks_like_code(one) => QueryKind::Symbol,
        [_] => QueryKind::Natural,
        many if many.iter().any(|part| looks_like_code(part)) => QueryKind::Mixed,
        _ => QueryKind::Natural,
    }
}

/// One lower-case word alone is more often the name of something than a question.
fn is_plain_word(word: &str) -> bool {
    word.chars().all(|c| c.is_alphanumeric())
}

/// True if code, not prose, writes a word like this: an underscore, a path (`::`, `.`, `->`, `\`),
/// call brackets, or an inner capital.
pub(crate) fn looks_like_code(word: &str) -> bool {
    let word =
        word.trim_matches(|c: char| matches!(c, ',' | '.' | '?' | '!' | ';' | ':' | '"' | '\''));
    let inner_capital = word
        .chars()
        .zip(word.chars().skip(1))
        .any(|(a, b)| (a.is_lowercase() || a.is_numeric()) && b.is_uppercase());
    let has_letter = word.chars().any(char::is_alphabetic);
    let qualified = ["::", "->", "\\"].iter().any(|mark| word.contains(mark))
        || (word.contains('.') && !word.ends_with('.') && !word.starts_with('.'));
    has_letter && (inner_capital || word.contains('_') || qualified || word.ends_with("()"))
}

/// The names in the words that code would write so, and for a symbol query the word itself; without
/// the path before them (`Router::route` gives `route`).
pub(crate) fn names_in(words: &str, kind: QueryKind) -> Vec<String> {
    let names =
        words.split_whitespace().filter(|word| kind == QueryKind::Symbol || looks_like_code(word));
    let last = |word: &str| {
        word.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .rfind(|name| name.chars().count() > 1)
            .map(str::to_owned)
    };
    names.filter_map(last).collect()
}

/// The one name that a question is, or asks the definition of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AskedName<'a> {
    /// As written, with what it is part of: `Router::route`.
    pub(crate) name: &'a str,
    /// True if the question has nothing else: then it may be a file's name.
    pub(crate) alone: bool,
}

impl<'a> AskedName<'a> {
    /// What it is part of, if that is said, and the bare name.
    pub(crate) fn parts(self) -> (Option<&'a str>, &'a str) {
        let at = ["::", "->", ".", "#", "\\", "/"]
            .iter()
            .filter_map(|mark| Some((self.name.rfind(mark)?, mark.len())))
            .filter(|(at, length)| *at > 0 && at + length < self.name.len())
            .max();
        match at {
            Some((at, length)) => (Some(&self.name[..at]), &self.name[at + length..]),
            None => (None, self.name),
        }
    }
}

/// Words that ask where something is defined.
const ASKS_DEFINITION: [&str; 9] = [
    "defined",
    "define",
    "defines",
    "definition",
    "declared",
    "declare",
    "declaration",
    "implemented",
    "implementation",
];

/// Words that say what a name is, in the question or in the code.
const SAYS_KIND: [&str; 21] = [
    "class",
    "struct",
    "fn",
    "func",
    "fun",
    "def",
    "function",
    "method",
    "type",
    "enum",
    "trait",
    "interface",
    "const",
    "constant",
    "macro",
    "module",
    "object",
    "record",
    "typedef",
    "impl",
    "variable",
];

/// Keywords that nobody writes but before a name.
const BEFORE_NAMES: [&str; 5] = ["fn", "func", "fun", "def", "typedef"];

/// Words around them that say nothing.
const AROUND: [&str; 8] = ["find", "show", "go", "get", "me", "code", "file", "jump"];

/// The name, if the question is one name or asks only where it is defined: `RetryPolicy`, `where is
/// retry defined`, `fn retry`, `the RetryPolicy class`.
pub(crate) fn asked_name(words: &str) -> Option<AskedName<'_>> {
    let bare = |word: &'_ str| -> Option<std::ops::Range<usize>> {
        let quotes = |c: char| "\"'`<>()[]{},;:?!".contains(c);
        let name = word.trim_matches(quotes).trim_end_matches('.');
        let start = word.find(name)?;
        name.contains(char::is_alphanumeric).then_some(start..start + name.len())
    };
    let mut parts = words.split_whitespace();
    let first = parts.next()?;
    let Some(_) = parts.next() else {
        return bare(first).map(|range| AskedName { name: &first[range], alone: true });
    };
    let (mut name, mut asks, mut says, mut before) = (None, false, false, false);
    for word in words.split_whitespace() {
        let Some(range) = bare(word) else { continue };
        let (word, lower) = (&word[range.clone()], word[range].to_lowercase());
        if word == lower {
            asks |= ASKS_DEFINITION.contains(&word);
            says |= SAYS_KIND.contains(&word);
            before |= BEFORE_NAMES.contains(&word);
            let lists: [&[&str]; 3] = [&ASKS_DEFINITION, &SAYS_KIND, &AROUND];
            if lists.iter().any(|list| list.contains(&word)) || is_stop_word(word) {
                continue;
            }
        } else if is_stop_word(&lower) && name.is_none() {
            continue; // the first word of a sentence
        }
        if name.replace(word).is_some() {
            return None;
        }
    }
    let name = name?;
    let is_name = looks_like_code(name) || name.contains(char::is_uppercase);
    let asked = before || (asks && !words.contains("implement")) || (is_name && (asks || says));
    asked.then_some(AskedName { name, alone: false })
}

/// `retry_policy`, `RetryPolicy` and `retry-policy` are one name.
pub(crate) fn squash(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_may_be_one_name() {
        #[track_caller]
        fn check(words: &str, expected: Option<&str>) {
            assert_eq!(asked_name(words).map(|asked| asked.name), expected, "{words}");
        }
        check("RetryPolicy", Some("RetryPolicy"));
        check("`total()`", Some("total"));
        check("LICENSE-MIT", Some("LICENSE-MIT"));
        check("Where is RetryPolicy defined?", Some("RetryPolicy"));
        check("where is retry defined", Some("retry"));
        check("definition of parse_header", Some("parse_header"));
        check("find the declaration of `Shelf`", Some("Shelf"));
        check("fn retry", Some("retry"));
        check("class Shelf", Some("Shelf"));
        check("the Shelf class", Some("Shelf"));
        check("How is RetryPolicy implemented", Some("RetryPolicy"));
        check("how is retry implemented", None);
        check("module loading", None);
        check("where is RetryPolicy used", None);
        check("where are routes and handlers defined", None);
        check("type inference for enum variants", None);
        check("...", None);
        check("", None);
    }

    #[test]
    fn a_name_may_say_what_it_is_part_of() {
        #[track_caller]
        fn check(name: &str, expected: (Option<&str>, &str)) {
            assert_eq!(AskedName { name, alone: true }.parts(), expected, "{name}");
        }
        check("Router::route", (Some("Router"), "route"));
        check("a.b.c", (Some("a.b"), "c"));
        check("foo-bar", (None, "foo-bar"));
        check(".env", (None, ".env"));
        check("x->y", (Some("x"), "y"));
    }

    #[test]
    fn kinds() {
        #[track_caller]
        fn check(words: &str, expected: QueryKind) {
            assert_eq!(kind_of(words), expected, "{words}");
        }
        check("RetryPolicy", QueryKind::Symbol);
        check("Router::route", QueryKind::Symbol);
        check("debounce", QueryKind::Symbol);
        check("give up after too many attempts", QueryKind::Natural);
        check("How does JSON parsing work?", QueryKind::Natural);
        check("where is RetryPolicy used", QueryKind::Mixed);
        check("call foo() twice", QueryKind::Mixed);
        check("src/net/retry.rs:42", QueryKind::Path);
        check("retry.rs", QueryKind::Path);
        check("error[E0308]: mismatched types", QueryKind::Message);
        check("TypeError: x is not a function", QueryKind::Message);
        check("thread 'main' panicked at src/main.rs:3:1", QueryKind::Message);
        check("for (const item of items) {\n  total += item.price;\n}", QueryKind::Code);
        check("if (a == b) { return; }", QueryKind::Code);
        check("handle(error)", QueryKind::Natural);
        check("difference between get() and set()", QueryKind::Mixed);
        check("is foo(a, b) in list[0] called", QueryKind::Natural);
        check("response.json()", QueryKind::Symbol);
        check("", QueryKind::Natural);
        check("🦀", QueryKind::Natural);
    }
}
