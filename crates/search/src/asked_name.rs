//! Queries that are one name or ask only where it is defined.

use descry_lexical::{compose, fold, is_stop_word};

use crate::kind::looks_like_code;

/// The one name that a query consists of, or whose definition it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AskedName<'a> {
    /// The name as written, with its qualifier: `Router::route`.
    pub(crate) name: &'a str,
    /// The whole query, if it is nothing but the name; then it may be a file name such as
    /// `[id].tsx`.
    pub(crate) alone: Option<&'a str>,
}

impl<'a> AskedName<'a> {
    /// True if the query is this path or a suffix of it.
    pub(crate) fn is_path(self, path: &str) -> bool {
        self.alone.is_some_and(|typed| {
            let path = compose(path);
            is_end_of(&path, typed) || is_end_of(&path, self.name)
        })
    }

    /// Like [`is_path`](Self::is_path), ignoring case.
    pub(crate) fn is_path_folded(self, path: &str) -> bool {
        let is_end = |path: &str, name| is_end_of(path, &fold(name));
        self.alone.is_some_and(|typed| {
            let path = fold(path);
            is_end(&path, typed) || is_end(&path, self.name)
        })
    }

    /// The file names of the paths that [`is_path_folded`](Self::is_path_folded) accepts.
    pub(crate) fn file_names(self) -> impl Iterator<Item = &'a str> {
        let names = [self.alone, self.alone.map(|_| self.name)];
        names.into_iter().flatten().map(|name| name.rsplit('/').next().unwrap_or(name))
    }

    /// The qualifier, if any, and the bare name.
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
const ASKS_DEFINITION: [&str; 19] = [
    "defined",
    "define",
    "defines",
    "definition",
    "declared",
    "declare",
    "declaration",
    "implemented",
    "implementation",
    "definiert",
    "deklariert",
    "défini",
    "définie",
    "définition",
    "déclaré",
    "definido",
    "definida",
    "definición",
    "declarado",
];

/// Words that ask for a definition only next to an identifier: `where is RetryPolicy`, but not
/// `where is the money`.
const ASKS_PLACE: [&str; 11] =
    ["where", "live", "lives", "located", "locate", "find", "source", "file", "wo", "où", "dónde"];

/// Words that state the kind of a name, in the query or in code.
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

/// Keywords that are written only before a name.
const BEFORE_NAMES: [&str; 5] = ["fn", "func", "fun", "def", "typedef"];

/// Filler words around the name.
const AROUND: [&str; 20] = [
    "show", "go", "get", "gets", "got", "code", "jump", "please", "exactly", "first", "here",
    "repo", "ist", "wird", "est", "se", "está", "la", "le", "der",
];

/// Words after which a query word is a name: `where is get defined`.
const BEFORE_WORDS: [&str; 6] = ["is", "are", "of", "does", "was", "ist"];

/// The name, if the query is one name or asks only where it is defined: `RetryPolicy`, `where is
/// retry defined`, `fn retry`, `the RetryPolicy class`.
pub(crate) fn asked_name(words: &str) -> Option<AskedName<'_>> {
    let mut parts = words.split_whitespace();
    let first = parts.next()?;
    if parts.next().is_none() {
        return bare(first).map(|name| AskedName { name, alone: Some(first) });
    }
    // In an all-capitals query, capitals carry no information.
    let is_shouted = !words.contains(char::is_lowercase);
    let (mut asks, mut asks_place, mut says, mut before) = (false, false, false, false);
    let (mut names, mut dropped): (Vec<&str>, Vec<(String, &str)>) = (Vec::new(), Vec::new());
    for (index, written) in words.split_whitespace().enumerate() {
        let Some(word) = bare(written) else { continue };
        let lower = word.to_lowercase();
        let lower = lower.trim_end_matches("'s").trim_end_matches("’s");
        let is_marked = written.contains(['`', '"']) || written.contains("()");
        let may_be_said =
            is_shouted || index == 0 || word == "I" || !word.contains(char::is_uppercase);
        let lists: [&[&str]; 4] = [&ASKS_DEFINITION, &ASKS_PLACE, &SAYS_KIND, &AROUND];
        let is_said = lists.iter().any(|list| list.contains(&lower)) || is_stop_word(lower);
        if is_marked || !may_be_said || !is_said {
            names.push(word);
            continue;
        }
        asks |= ASKS_DEFINITION.contains(&lower);
        asks_place |= ASKS_PLACE.contains(&lower);
        says |= SAYS_KIND.contains(&lower);
        before |= BEFORE_NAMES.contains(&lower);
        dropped.push((lower.to_owned(), word));
    }
    let name = match names.as_slice() {
        [name] => name,
        [] if asks => {
            let follows = |pair: &&[(String, &str)]| BEFORE_WORDS.contains(&&*pair[0].0);
            let word = dropped.windows(2).filter(follows).map(|pair| &pair[1]).next_back()?;
            (!ASKS_DEFINITION.contains(&&*word.0)).then_some(word.1)?
        }
        _ => return None,
    };
    let is_name = looks_like_code(name) || name.contains(char::is_uppercase);
    let asked = before
        || (asks && !words.contains("implement"))
        || (is_name && (asks || asks_place || says));
    asked.then_some(AskedName { name, alone: None })
}

/// True if the path ends in this name, compared by whole components.
fn is_end_of(path: &str, name: &str) -> bool {
    let name = name.trim_start_matches("./");
    let before = path.strip_suffix(name).filter(|_| !name.is_empty());
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// A word without the punctuation of its sentence.
fn bare(word: &str) -> Option<&str> {
    let quotes = |c: char| "\"'`<>()[]{},;:?!¿".contains(c);
    let name = word.trim_matches(quotes).trim_end_matches('.');
    name.contains(char::is_alphanumeric).then_some(name)
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
        check("where's RetryPolicy defined", Some("RetryPolicy"));
        check("WHERE IS WIDGET DEFINED", Some("WIDGET"));
        check("where is retry defined", Some("retry"));
        check("where does RetryPolicy live", Some("RetryPolicy"));
        check("Locate RetryPolicy", Some("RetryPolicy"));
        check("where can I find RetryPolicy", Some("RetryPolicy"));
        check("find where RetryPolicy gets defined", Some("RetryPolicy"));
        check("what file is RetryPolicy in", Some("RetryPolicy"));
        check("where is RetryPolicy", Some("RetryPolicy"));
        check("Wo ist RetryPolicy definiert?", Some("RetryPolicy"));
        check("où est défini RetryPolicy", Some("RetryPolicy"));
        check("¿dónde se define RetryPolicy?", Some("RetryPolicy"));
        check("definition of parse_header", Some("parse_header"));
        check("find the declaration of `Shelf`", Some("Shelf"));
        check("fn retry", Some("retry"));
        check("class Shelf", Some("Shelf"));
        check("the Shelf class", Some("Shelf"));
        check("How is RetryPolicy implemented", Some("RetryPolicy"));
        // Names that are also words of such queries.
        check("where is get defined", Some("get"));
        check("where is `find` defined", Some("find"));
        check("definition of file", Some("file"));
        check("how is retry implemented", None);
        check("module loading", None);
        check("where is RetryPolicy used", None);
        check("where is the cache", None);
        check("where are routes and handlers defined", None);
        check("type inference for enum variants", None);
        check("...", None);
        check("", None);
    }

    #[test]
    fn a_name_may_say_what_it_is_part_of() {
        #[track_caller]
        fn check(name: &str, expected: (Option<&str>, &str)) {
            assert_eq!(AskedName { name, alone: None }.parts(), expected, "{name}");
        }
        check("Router::route", (Some("Router"), "route"));
        check("a.b.c", (Some("a.b"), "c"));
        check("foo-bar", (None, "foo-bar"));
        check(".env", (None, ".env"));
        check("x->y", (Some("x"), "y"));
    }
}
