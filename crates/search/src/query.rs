//! What a person typed, taken apart: words, exact phrases and filters. Pure; any text is a query.

use std::ops::Range;

use descry_base::{Language, RelPath, RootId, SymbolKind};
use serde::{Deserialize, Serialize};

use crate::Place;

/// How to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By words and by meaning, fused and ranked.
    #[default]
    All,
    /// By meaning alone.
    Meaning,
    /// By words alone.
    Words,
    /// Definitions by name.
    Symbols,
    /// Files by path.
    Files,
    /// By regular expression.
    Regex,
}

/// Which lists take part in [`Mode::All`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tiers {
    /// BM25.
    pub words: bool,
    /// Vectors drafted by the static student.
    pub instant: bool,
    /// Vectors computed by the model.
    pub full: bool,
}

impl Default for Tiers {
    fn default() -> Tiers {
        Tiers { words: true, instant: true, full: true }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// What was typed, filters included.
    pub text: String,
    /// How to look.
    pub mode: Mode,
    /// Which lists take part.
    pub tiers: Tiers,
    /// Only these folders; empty means all.
    pub roots: Vec<RootId>,
    /// Only files in this part of each folder; the empty path means all of it.
    pub within: RelPath,
    /// Only these languages; empty means all.
    pub languages: Vec<Language>,
    /// Only these kinds of definition; empty means all.
    pub kinds: Vec<SymbolKind>,
    /// Only these places; empty means all.
    pub places: Vec<Place>,
    /// What the person works on; who does not tell gets the same answer at any time.
    pub working: Option<Working>,
    /// At most so many hits.
    pub limit: usize,
}

/// What a person works on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Working {
    /// The time, in nanoseconds since 1970: files that changed lately gain a little.
    pub now_ns: i64,
    /// Files that are open: they gain a little.
    pub open: Vec<(RootId, RelPath)>,
}

impl Query {
    /// A question over everything.
    pub fn new(text: impl Into<String>, limit: usize) -> Query {
        Query {
            text: text.into(),
            mode: Mode::All,
            tiers: Tiers::default(),
            roots: Vec::new(),
            within: RelPath::default(),
            languages: Vec::new(),
            kinds: Vec::new(),
            places: Vec::new(),
            working: None,
            limit,
        }
    }
}

/// What a filter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilterKind {
    /// `lang:`
    Lang,
    /// `path:`
    Path,
    /// `repo:`
    Repo,
    /// `symbol:`
    Symbol,
    /// `"…"`
    Phrase,
}

/// A filter as it stands in the typed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterToken {
    /// Bytes of the typed text.
    pub bytes: Range<usize>,
    /// What it is about.
    pub kind: FilterKind,
    /// Its value.
    pub value: String,
    /// `-path:` and its like: what matches is left out.
    pub negated: bool,
    /// False if the value names nothing (`lang:klingon`); such a filter is shown, not applied.
    pub valid: bool,
}

/// Typed text, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What is left when the filters are taken out; phrases stay, without their quotes.
    pub words: String,
    /// The filters, in order.
    pub filters: Vec<FilterToken>,
}

impl Parsed {
    /// The values of the valid filters of one kind.
    pub fn values(&self, kind: FilterKind, negated: bool) -> impl Iterator<Item = &str> {
        self.filters
            .iter()
            .filter(move |f| f.kind == kind && f.negated == negated && f.valid)
            .map(|f| f.value.as_str())
    }
}

/// Nobody types more: it is code or a message that was pasted, and its quotes and colons are its own.
const TYPED: usize = 300;

/// Takes typed text apart. A quote without its partner is plain text, and so is all that was pasted.
pub fn parse(text: &str) -> Parsed {
    if text.len() > TYPED || text.trim().contains('\n') {
        return Parsed { words: text.trim().to_owned(), filters: Vec::new() };
    }
    let mut parsed = Parsed::default();
    let mut rest = 0;
    while let Some(item) = next_item(text, rest) {
        rest = item.end;
        let raw = &text[item.clone()];
        match filter(raw) {
            Some((kind, value, negated)) => {
                if kind == FilterKind::Phrase && !negated {
                    push_word(&mut parsed.words, &value);
                }
                let valid = !value.trim().is_empty()
                    && (kind != FilterKind::Lang || Language::from_word(&value).is_some());
                parsed.filters.push(FilterToken { bytes: item, kind, value, negated, valid });
            }
            None => push_word(&mut parsed.words, raw),
        }
    }
    parsed
}

fn push_word(words: &mut String, word: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

/// The next run without blanks, where blanks between paired quotes do not count.
fn next_item(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(|c: char| !c.is_whitespace())?;
    let mut end = start;
    while end < text.len() {
        let here = &text[end..];
        let Some(c) = here.chars().next() else { break };
        if c.is_whitespace() {
            break;
        }
        // A quote opens only at the start of a value, so that code such as `f("x", y)` stays whole.
        let opens = c == '"' && (end == start || text[..end].ends_with([':', '-']));
        let closes = if opens { here[c.len_utf8()..].find('"') } else { None };
        // `File "cart.py", line 3` quotes a name in a sentence, and asks for no phrase.
        let goes_on = |length: &usize| {
            here[length + 2..].chars().next().is_none_or(|c| c.is_whitespace() || end > start)
        };
        let closes = closes.filter(goes_on);
        match closes {
            Some(length) => {
                end += length + 2;
                break;
            }
            None => end += c.len_utf8(),
        }
    }
    Some(start..end)
}

fn filter(raw: &str) -> Option<(FilterKind, String, bool)> {
    let (body, negated) = match raw.strip_prefix('-') {
        Some(body) => (body, true),
        None => (raw, false),
    };
    if let Some(phrase) = quoted(body) {
        return Some((FilterKind::Phrase, phrase.to_owned(), negated));
    }
    let (key, value) = body.split_once(':')?;
    let kind = match key.to_ascii_lowercase().as_str() {
        "lang" | "language" => FilterKind::Lang,
        "path" | "file" => FilterKind::Path,
        "repo" | "folder" => FilterKind::Repo,
        "symbol" | "sym" => FilterKind::Symbol,
        _ => return None,
    };
    // `path::Path` is a word, `file:///srv/a.js` a place, and neither a filter.
    if value.starts_with(':') || value.starts_with("//") {
        return None;
    }
    Some((kind, quoted(value).unwrap_or(value).to_owned(), negated))
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, words: &str, filters: &[&str]) {
        let parsed = parse(text);
        let show = |f: &FilterToken| {
            let sign = if f.negated { "-" } else { "" };
            let mark = if f.valid { "" } else { "?" };
            format!("{sign}{:?}={}{mark}", f.kind, f.value)
        };
        assert_eq!(parsed.words, words);
        assert_eq!(parsed.filters.iter().map(show).collect::<Vec<_>>(), filters);
    }

    #[test]
    fn filters_and_words() {
        check("retry policy", "retry policy", &[]);
        check("lang:rust give up", "give up", &["Lang=rust"]);
        check("give -path:tests up path:src/net", "give up", &["-Path=tests", "Path=src/net"]);
        check("\"too many\" x", "too many x", &["Phrase=too many"]);
        check("path:\"my folder\" x", "x", &["Path=my folder"]);
        check("-\"no this\" x", "x", &["-Phrase=no this"]);
        check("lang:klingon x", "x", &["Lang=klingon?"]);
        check("symbol:Router repo:axum", "", &["Symbol=Router", "Repo=axum"]);
    }

    #[test]
    fn what_is_not_a_filter_is_text() {
        check("std::path::Path path::Path", "std::path::Path path::Path", &[]);
        check("http://x.y a:b", "http://x.y a:b", &[]);
        check("at file:///srv/a.mjs:3:1", "at file:///srv/a.mjs:3:1", &[]);
        check("File \"a.py\", line 3, in f", "File \"a.py\", line 3, in f", &[]);
        check("say \"unbalanced", "say \"unbalanced", &[]);
        check("f(\"x\", y)", "f(\"x\", y)", &[]);
        check("path:", "", &["Path=?"]);
        check("let x = \"y\";\npath: z", "let x = \"y\";\npath: z", &[]);
        let pasted = "say \"this\" ".repeat(30);
        check(&pasted, pasted.trim(), &[]);
        check("", "", &[]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "\\PC*|[ a:\"\\-lngpath]*") {
            let parsed = parse(&text);
            for filter in &parsed.filters {
                prop_assert!(text.get(filter.bytes.clone()).is_some());
            }
        }
    }
}
