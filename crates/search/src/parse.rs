//! Parses the typed text into words, exact phrases and filters. Pure; every text is a valid query.

mod values;

use std::ops::Range;

use descry_base::Language;
use descry_grep::{Case, Options, Pattern, PatternError};
use serde::{Deserialize, Serialize};

pub(crate) use values::{kind, role};

/// The kind of a filter.
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
    /// `kind:`
    Kind,
    /// `where:`
    Where,
    /// `"…"`
    Phrase,
    /// `/…/`
    Regex,
}

/// A filter in the typed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterToken {
    /// Its byte range in the typed text.
    pub bytes: Range<usize>,
    /// The kind of the filter.
    pub kind: FilterKind,
    /// Its value.
    pub value: String,
    /// True for `-path:` and so on: matches are excluded.
    pub negated: bool,
    /// False if the value names nothing (`lang:klingon`); such a filter is shown but not applied.
    pub valid: bool,
}

const REGEX: Options = Options { regex: true, case: Case::Smart, word: false };

impl FilterToken {
    /// The pattern of a phrase or of `/…/`; `None` for other filters.
    pub(crate) fn pattern(&self) -> Option<Result<Pattern, PatternError>> {
        match self.kind {
            FilterKind::Phrase => Some(Pattern::literal(&self.value, Case::Insensitive)),
            FilterKind::Regex => Some(Pattern::new(&self.value, REGEX)),
            _ => None,
        }
    }
}

/// The parsed text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The text without the filters; phrases stay, without their quotes.
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

/// The length of a text above which it is taken as pasted code or a message, whose quotes and
/// colons are not filters.
const TYPED: usize = 300;

/// Parses typed text. An unpaired quote is plain text, and so is everything in a pasted text.
pub fn parse(text: &str) -> Parsed {
    let all = whole(text);
    // A single quoted text is a phrase of any length; symbols alone are literal.
    let phrase = quoted(&text[all.clone()]).filter(|phrase| !phrase.contains('"'));
    let is_signs = !text[all.clone()].contains(|c: char| c.is_alphanumeric() || c.is_whitespace())
        && filter(text, all.clone()).is_none();
    if let Some(value) = phrase.or(is_signs.then(|| &text[all.clone()])) {
        let valid = !value.is_empty();
        let (kind, value) = (FilterKind::Phrase, value.to_owned());
        let words = value.clone();
        let filters = vec![FilterToken { bytes: all, kind, value, negated: false, valid }];
        return if valid { Parsed { words, filters } } else { Parsed::default() };
    }
    if is_pasted(text) {
        return Parsed { words: text[all].to_owned(), filters: Vec::new() };
    }
    let mut parsed = Parsed::default();
    for item in items(text) {
        match filter(text, item.clone()) {
            Some(filter) => {
                if filter.kind == FilterKind::Phrase && !filter.negated {
                    push_word(&mut parsed.words, &filter.value);
                }
                parsed.filters.push(filter);
            }
            None => push_word(&mut parsed.words, &text[item]),
        }
    }
    parsed
}

/// Parses a literal text: filters count only at its end, after something else; everything before
/// them stays as typed. In a regular expression, a filter that could be part of it (`file:\s*open`)
/// is not a filter unless its value is quoted.
pub fn parse_exact(text: &str, is_regex: bool) -> Parsed {
    let mut filters = Vec::new();
    let mut end = text.len();
    if !is_pasted(text) {
        let items: Vec<Range<usize>> = items(text).collect();
        for item in items.iter().skip(1).rev() {
            let Some(filter) = filter(text, item.clone()).filter(|it| is_plain(text, it, is_regex))
            else {
                break;
            };
            // One blank separates the two; further blanks belong to the text.
            end = text[..item.start].char_indices().next_back().map_or(0, |(at, _)| at);
            filters.push(filter);
        }
        filters.reverse();
    }
    Parsed { words: text[..end].to_owned(), filters }
}

fn is_plain(text: &str, filter: &FilterToken, is_regex: bool) -> bool {
    let is_quoted = text[filter.bytes.clone()].ends_with('"');
    match filter.kind {
        FilterKind::Phrase | FilterKind::Regex => false,
        FilterKind::Lang | FilterKind::Kind | FilterKind::Where => filter.valid,
        FilterKind::Path | FilterKind::Repo | FilterKind::Symbol => {
            let is_expression = |c: char| r"\()[]^$|+".contains(c);
            filter.valid && (!is_regex || is_quoted || !filter.value.contains(is_expression))
        }
    }
}

/// The range of the text without surrounding blanks.
fn whole(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

fn is_pasted(text: &str) -> bool {
    text.len() > TYPED || text.trim().contains('\n')
}

fn push_word(words: &mut String, word: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

fn items(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let item = next_item(text, rest)?;
        rest = item.end;
        Some(item)
    })
}

/// The next run without blanks; blanks between paired quotes or the slashes of an expression do not
/// end it.
fn next_item(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(|c: char| !c.is_whitespace())?;
    if let Some((end, _)) = expression(&text[start..]) {
        return Some(start..start + end);
    }
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
        // `File "cart.py", line 3` quotes a name within a sentence; this is not a phrase.
        let goes_on = |length: &usize| {
            here[length + 2..].chars().next().is_none_or(|c| c.is_whitespace() || end > start)
        };
        match closes.filter(goes_on) {
            Some(length) => {
                end += length + 2;
                break;
            }
            None => end += c.len_utf8(),
        }
    }
    Some(start..end)
}

/// The expression of `/…/` or `/…/i` at the start of a text, and its end. Without a regex
/// metacharacter it is a path; a slash inside is written `\/`.
fn expression(text: &str) -> Option<(usize, String)> {
    let body = text.strip_prefix('-').unwrap_or(text).strip_prefix('/')?;
    let mut escaped = false;
    let close = body.find(|c: char| {
        let closes = c == '/' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })?;
    let (body, after) = (&body[..close], &body[close + 1..]);
    let (flags, after) = match after.strip_prefix('i') {
        Some(rest) => ("(?i)", rest),
        None => ("", after),
    };
    let is_one = body.contains(['\\', '[', '(', '*', '+', '?', '^', '$', '|', '{'])
        && after.chars().next().is_none_or(char::is_whitespace);
    let end = text.len() - after.len();
    is_one.then(|| (end, format!("{flags}{}", body.replace(r"\/", "/"))))
}

fn filter(text: &str, bytes: Range<usize>) -> Option<FilterToken> {
    let raw = &text[bytes.clone()];
    let (body, negated) = match raw.strip_prefix('-') {
        Some(body) => (body, true),
        None => (raw, false),
    };
    let token = |kind, value: &str, valid| {
        // A blank may be the searched text.
        let is_text = matches!(kind, FilterKind::Phrase | FilterKind::Regex);
        let valid = valid && !(if is_text { value } else { value.trim() }).is_empty();
        Some(FilterToken { bytes: bytes.clone(), kind, value: value.to_owned(), negated, valid })
    };
    if let Some(phrase) = quoted(body) {
        return token(FilterKind::Phrase, phrase, true);
    }
    if let Some((_, value)) = expression(body) {
        return token(FilterKind::Regex, &value, Pattern::new(&value, REGEX).is_ok());
    }
    let (key, written) = body.split_once(':')?;
    let value = quoted(written).unwrap_or(written);
    // `path::Path` is a word, not a filter.
    if written.starts_with(':') {
        return None;
    }
    match key.to_ascii_lowercase().as_str() {
        "lang" | "language" => token(FilterKind::Lang, value, Language::from_word(value).is_some()),
        // `file:///srv/a.js` and `file:/srv/a.java:3` are file references.
        "file" if written.starts_with('/') => None,
        "path" | "file" => token(FilterKind::Path, value, true),
        "repo" | "folder" => token(FilterKind::Repo, value, true),
        "symbol" | "sym" => token(FilterKind::Symbol, value, true),
        // These also occur as words in sentences.
        "kind" | "where" | "is" if value.is_empty() => None,
        "kind" => token(FilterKind::Kind, value, kind(value).is_some()),
        "where" => token(FilterKind::Where, value, role(value).is_some()),
        "is" if role(value).is_some() => token(FilterKind::Where, value, true),
        _ => None,
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(filters: &[FilterToken]) -> Vec<String> {
        let show = |f: &FilterToken| {
            let sign = if f.negated { "-" } else { "" };
            let mark = if f.valid { "" } else { "?" };
            format!("{sign}{:?}={}{mark}", f.kind, f.value)
        };
        filters.iter().map(show).collect()
    }

    #[track_caller]
    fn check(text: &str, words: &str, filters: &[&str]) {
        let parsed = parse(text);
        assert_eq!((parsed.words.as_str(), shown(&parsed.filters)), (words, own(filters)));
    }

    fn own(filters: &[&str]) -> Vec<String> {
        filters.iter().map(|filter| (*filter).to_owned()).collect()
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
        check("kind:function where:tests x", "x", &["Kind=function", "Where=tests"]);
        check("-kind:fn is:test kind:klingon", "", &["-Kind=fn", "Where=test", "Kind=klingon?"]);
        check(
            r"/fn \w+_total/ rounding -/a b?/",
            "rounding",
            &[r"Regex=fn \w+_total", "-Regex=a b?"],
        );
        check(r"/a\/b+/i x", "x", &["Regex=(?i)a/b+"]);
        check("/(/", "", &["Regex=(?"]);
        check("\"\t\" x", "\t x", &["Phrase=\t"]);
    }

    #[test]
    fn one_quoted_text_and_signs_alone_are_phrases() {
        check(" \"one\nbeta\" ", "one\nbeta", &["Phrase=one\nbeta"]);
        let long = "a b ".repeat(100);
        check(&format!("\"{long}\""), &long, &[&format!("Phrase={long}")]);
        check("<=>", "<=>", &["Phrase=<=>"]);
        check(" ?. ", "?.", &["Phrase=?."]);
        check("$_", "$_", &["Phrase=$_"]);
        check("-\"->\"", "", &["-Phrase=->"]);
        check("\"\"", "", &[]);
        check("|> x", "|> x", &[]);
    }

    #[test]
    fn what_is_not_a_filter_is_text() {
        check("std::path::Path path::Path", "std::path::Path path::Path", &[]);
        check("http://x.y a:b", "http://x.y a:b", &[]);
        check("say \"unbalanced", "say \"unbalanced", &[]);
        check("f(\"x\", y)", "f(\"x\", y)", &[]);
        check("path:", "", &["Path=?"]);
        check("let x = \"y\";\npath: z", "let x = \"y\";\npath: z", &[]);
        check("file:///srv/shop/a.mjs:26:1", "file:///srv/shop/a.mjs:26:1", &[]);
        check("at file:/srv/A.java:26", "at file:/srv/A.java:26", &[]);
        check("/usr/lib/ to /opt/", "/usr/lib/ to /opt/", &[]);
        check("a/b? c/ /d", "a/b? c/ /d", &[]);
        check("what kind: x is:inline", "what kind: x is:inline", &[]);
        let pasted = "say \"this\" ".repeat(30);
        check(&pasted, pasted.trim(), &[]);
        check("", "", &[]);
    }

    #[track_caller]
    fn check_exact(text: &str, expression: &str, filters: &[&str]) {
        let parsed = parse_exact(text, true);
        assert_eq!((parsed.words.as_str(), shown(&parsed.filters)), (expression, own(filters)));
    }

    #[test]
    fn what_is_meant_to_the_letter_stays() {
        check_exact("\"name\"", "\"name\"", &[]);
        check_exact("a  b", "a  b", &[]);
        check_exact(r"file:\s*open", r"file:\s*open", &[]);
        check_exact(r"x file:\s*open", r"x file:\s*open", &[]);
        check_exact("lang:rust", "lang:rust", &[]);
        check_exact("lang:rust path:src", "lang:rust", &["Path=src"]);
        check_exact(" fn  x  lang:rust -path:*.md", " fn  x ", &["Lang=rust", "-Path=*.md"]);
        check_exact("x path:\"a (b)\"", "x", &["Path=a (b)"]);
        check_exact("x lang:klingon", "x lang:klingon", &[]);
        check_exact("lang:c \"a b\" /c+/", "lang:c \"a b\" /c+/", &[]);
        check_exact("path: x", "path: x", &[]);
        check_exact("a\nb lang:c", "a\nb lang:c", &[]);
        check_exact("", "", &[]);
        let parsed = parse_exact("x path:[ab]* -path:app/(shop)/*", false);
        assert_eq!((&*parsed.words, parsed.filters.len()), ("x", 2));
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "\\PC*|[ a:\"\\-lngpath/+]*") {
            for parsed in [parse(&text), parse_exact(&text, true), parse_exact(&text, false)] {
                for filter in &parsed.filters {
                    prop_assert!(text.get(filter.bytes.clone()).is_some());
                }
            }
            prop_assert!(text.starts_with(&parse_exact(&text, true).words));
        }
    }
}
