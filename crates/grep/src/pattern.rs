//! What is looked for: a text to the letter, or a regular expression.

use std::ops::Range;

use grep_matcher::{LineTerminator, Matcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{Searcher, SearcherBuilder};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Compiled, an expression may take this much memory; what takes more is refused.
const COMPILED_BYTES: usize = 10 << 20;

/// Whether capital and small letters are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// They are, unless a capital letter is asked for.
    #[default]
    Smart,
    /// They differ.
    Sensitive,
    /// They are.
    Insensitive,
}

/// How a pattern is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// It is a regular expression, in the syntax of the `regex` crate.
    pub regex: bool,
    /// Whether case counts.
    pub case: Case,
    /// Only whole words match: no letter, digit or underscore stands beside them.
    pub word: bool,
}

/// The reason for which there is no such pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is not a regular expression, or one too large.
    #[error("{reason}")]
    Invalid {
        /// What is wrong with it, in one line.
        reason: String,
    },
}

/// A pattern, ready to be looked for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) matcher: RegexMatcher,
    /// A match may go over several lines.
    multi_line: bool,
}

impl Pattern {
    /// From what was typed. `^` and `$` stand for the ends of lines, whichever way lines end. A match lies
    /// within a line, unless the pattern has a line break or lets `.` be one (`(?s)`).
    pub fn new(text: &str, options: Options) -> Result<Pattern, PatternError> {
        let expression = if options.regex { any_break(text) } else { literal(text) };
        let mut builder = RegexMatcherBuilder::new();
        builder
            .multi_line(true)
            .crlf(true)
            .case_smart(options.case == Case::Smart)
            .case_insensitive(options.case == Case::Insensitive)
            .word(options.word)
            .size_limit(COMPILED_BYTES);
        let over_lines = expression.contains(r"\n") || options.regex && dot_is_any(text);
        if !over_lines && let Ok(matcher) = builder.build(&expression) {
            return Ok(Pattern { matcher, multi_line: false });
        }
        // The error may only have said that a `\r` is asked for.
        match builder.line_terminator(None).build(&expression) {
            Ok(matcher) => Ok(Pattern { matcher, multi_line: true }),
            Err(error) => Err(PatternError::Invalid { reason: last_line(&error.to_string()) }),
        }
    }

    /// A text to the letter.
    pub fn literal(text: &str, case: Case) -> Result<Pattern, PatternError> {
        Pattern::new(text, Options { regex: false, case, word: false })
    }

    /// The first match that begins at byte `from` or later.
    pub fn find_at(&self, text: &str, from: usize) -> Option<Range<usize>> {
        // A regular expression never fails to search, unlike other matchers.
        let found = self.matcher.find_at(text.as_bytes(), from).ok().flatten()?;
        Some(found.start()..found.end())
    }

    /// True if it is anywhere in the text.
    pub fn is_in(&self, text: &str) -> bool {
        self.find_at(text, 0).is_some()
    }

    pub(crate) fn searcher(&self) -> Searcher {
        SearcherBuilder::new()
            .line_terminator(LineTerminator::crlf())
            .multi_line(self.multi_line)
            .bom_sniffing(false)
            .build()
    }
}

/// A text as an expression. A letter with an accent may be written as one or as two characters, and a
/// line may end in two ways.
fn literal(text: &str) -> String {
    let escape = |text: &str| {
        let lines: Vec<String> = text.split('\n').map(regex::escape).collect();
        lines.join(r"\r?\n")
    };
    let text = text.replace("\r\n", "\n");
    let mut forms = vec![text.clone(), text.nfc().collect(), text.nfd().collect()];
    forms.dedup();
    let forms: Vec<String> = forms.iter().map(|form| escape(form)).collect();
    match forms.as_slice() {
        [one] => one.clone(),
        several => format!("(?:{})", several.join("|")),
    }
}

/// The expression with `\n` for line breaks of both kinds, outside of classes.
fn any_break(expression: &str) -> String {
    const ANY: &str = r"(?:\r?\n)";
    let mut out = String::with_capacity(expression.len());
    let mut chars = expression.chars();
    let mut class = 0_usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') if class == 0 => out.push_str(ANY),
                Some(next) => out.extend(['\\', next]),
                None => out.push('\\'),
            },
            '\n' if class == 0 => out.push_str(ANY),
            _ => {
                match c {
                    '[' => class += 1,
                    ']' => class = class.saturating_sub(1),
                    _ => {}
                }
                out.push(c);
            }
        }
    }
    out
}

/// True if a flag lets `.` be a line break.
fn dot_is_any(expression: &str) -> bool {
    expression.match_indices("(?").any(|(at, _)| {
        let flags = &expression[at + 2..];
        flags[..flags.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(flags.len())].contains('s')
    })
}

fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, options: Options, text: &str, expected: &[&str]) {
        let pattern = Pattern::new(pattern, options).unwrap();
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(range) = pattern.find_at(text, from) {
            from = range.end.max(range.start + 1);
            found.push(&text[range]);
            if from > text.len() {
                break;
            }
        }
        assert_eq!(found, expected, "{pattern:?} in {text:?}");
    }

    const TEXT: Options = Options { regex: false, case: Case::Smart, word: false };
    const REGEX: Options = Options { regex: true, ..TEXT };

    #[test]
    fn a_text_is_found_to_the_letter() {
        check("|=", TEXT, "a |= b || c |=d", &["|=", "|="]);
        check("a.c", TEXT, "abc a.c A.C", &["a.c", "A.C"]);
        check("A.c", TEXT, "a.c A.c", &["A.c"]);
        check(r"\n", TEXT, "a\\n\n", &[r"\n"]);
        check("->", TEXT, "a -> b", &["->"]);
        check("<\\b>", TEXT, "a <\\b> b", &["<\\b>"]);
        check("..=", TEXT, "0..=5 0..5", &["..="]);
        check("#[cfg]", TEXT, "#[cfg] #[CFG]", &["#[cfg]", "#[CFG]"]);
        check("a  b", TEXT, "a b a  b", &["a  b"]);
        check("a\nb", TEXT, "a\r\nb a\nb", &["a\r\nb", "a\nb"]);
        check("caf\u{e9}", TEXT, "cafe\u{301} CAF\u{c9}", &["cafe\u{301}", "CAF\u{c9}"]);
        check("cafe\u{301}", TEXT, "caf\u{e9}", &["caf\u{e9}"]);
        let case = |case| Options { case, ..TEXT };
        check("a", case(Case::Sensitive), "aA", &["a"]);
        check("A", case(Case::Insensitive), "aA", &["a", "A"]);
        check(
            "get",
            Options { word: true, ..TEXT },
            "get getter forget _get get()",
            &["get", "get"],
        );
    }

    #[test]
    fn an_expression_is_what_was_typed() {
        check(r#""name":\s*"x""#, REGEX, r#"{"name":  "x"}"#, &[r#""name":  "x""#]);
        check("a  b", REGEX, "a b a  b", &["a  b"]);
        check(r"file:\s*open", REGEX, "file: open", &["file: open"]);
        check(r"\Sx", REGEX, "AX ax", &["AX", "ax"]);
        check("^b$", REGEX, "a\r\nb\r\nb c", &["b"]);
        check(r"a\s*b", REGEX, "a\nb a b", &["a b"]);
        check(r"a\n\s*b", REGEX, "a\r\n  b", &["a\r\n  b"]);
        check(r"a[\n ]b", REGEX, "a\nb", &["a\nb"]);
        check(r"a\\n", REGEX, r"a\n", &[r"a\n"]);
        check("(?s)a.*b", REGEX, "a\n\nb", &["a\n\nb"]);
        check("a.*b", REGEX, "a\n\nb", &[]);
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for bad in ["(", "*", "[a", r"\p{No such}", "(?P<a", "a{99999999}", r"\"] {
            let error = Pattern::new(bad, REGEX).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{bad}: {error}");
        }
    }
}
