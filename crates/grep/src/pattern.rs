//! The pattern of a search: a literal text or a regular expression.

use std::ops::Range;

use grep_matcher::{LineTerminator, Matcher};
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{Searcher, SearcherBuilder};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The memory limit of a compiled expression; larger ones are rejected.
const COMPILED_BYTES: usize = 10 << 20;

/// How letter case is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// Ignored, unless the pattern contains an upper-case letter.
    #[default]
    Smart,
    /// Significant.
    Sensitive,
    /// Ignored.
    Insensitive,
}

/// How a pattern is interpreted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// True for a regular expression, in the syntax of the `regex` crate.
    pub regex: bool,
    /// How letter case is compared.
    pub case: Case,
    /// True if only whole words match: no letter, digit or underscore is adjacent to them.
    pub word: bool,
}

/// Why a pattern cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The pattern is not a valid regular expression, or is too large.
    #[error("{reason}")]
    Invalid {
        /// What is wrong with it, in one line.
        reason: String,
    },
}

/// A compiled pattern. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) matcher: RegexMatcher,
    /// True if a match may span several lines.
    multi_line: bool,
}

impl Pattern {
    /// Compiles typed text. `^` and `$` match at the ends of lines, for both kinds of line break. A
    /// match is within one line, unless the pattern contains a line break or lets `.` match one
    /// (`(?s)`).
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
        // The error may only report that the pattern contains a `\r`.
        match builder.line_terminator(None).build(&expression) {
            Ok(matcher) => Ok(Pattern { matcher, multi_line: true }),
            Err(error) => Err(PatternError::Invalid { reason: last_line(&error.to_string()) }),
        }
    }

    /// A literal text.
    pub fn literal(text: &str, case: Case) -> Result<Pattern, PatternError> {
        Pattern::new(text, Options { regex: false, case, word: false })
    }

    /// The first match that begins at byte `from` or later.
    pub fn find_at(&self, text: &str, from: usize) -> Option<Range<usize>> {
        // Unlike other matchers, a regular expression never fails to search.
        let found = self.matcher.find_at(text.as_bytes(), from).ok().flatten()?;
        Some(found.start()..found.end())
    }

    /// True if the text contains a match.
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

/// A literal text as an expression. An accented letter may be encoded as one or as two characters,
/// and a line break may be of two kinds.
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

/// The expression with `\n` outside of classes extended to both kinds of line break.
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

/// True if a flag lets `.` match a line break.
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
