//! The matching lines of a text, each with its matching ranges.

use std::io;
use std::ops::Range;

use grep_matcher::Matcher;
use grep_searcher::{Searcher, Sink, SinkMatch};
use serde::{Deserialize, Serialize};

use crate::Pattern;

/// A line that contains a match or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedLine {
    /// The line number, from 0.
    pub number: u32,
    /// The byte offset of the line in the text.
    pub start: usize,
    /// The text without its line break.
    pub text: String,
    /// The matching byte ranges of `text`, in order.
    pub marks: Vec<(u32, u32)>,
    /// The number of matches that begin on the line; an empty match has no mark.
    pub begun: u32,
}

/// Searches texts for one pattern.
pub struct Finder {
    pattern: Pattern,
    searcher: Searcher,
}

impl Finder {
    /// Creates a finder for a pattern.
    pub fn new(pattern: &Pattern) -> Finder {
        Finder { searcher: pattern.searcher(), pattern: pattern.clone() }
    }

    /// All matching lines of the text, in order.
    pub fn lines(&mut self, text: &str) -> Vec<MatchedLine> {
        let mut found = Found { pattern: &self.pattern, lines: Vec::new() };
        let searched =
            self.searcher.search_slice(&self.pattern.matcher, text.as_bytes(), &mut found);
        debug_assert!(searched.is_ok(), "a text in memory can be searched: {searched:?}");
        found.lines
    }
}

struct Found<'p> {
    pattern: &'p Pattern,
    lines: Vec<MatchedLine>,
}

impl Sink for Found<'_> {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> Result<bool, io::Error> {
        let within = found.bytes_range_in_buffer();
        let buffer = &found.buffer()[..within.end];
        let mut matches: Vec<Range<usize>> = Vec::new();
        self.pattern
            .matcher
            .find_iter_at(buffer, within.start, |it| {
                matches.push(it.start()..it.end());
                true
            })
            .map_err(io::Error::other)?;
        let mut start = within.start;
        let first = found.line_number().unwrap_or(1) as u32 - 1;
        for (line, number) in buffer[within].split_inclusive(|byte| *byte == b'\n').zip(first..) {
            let end = start + line.len();
            let shown = line.strip_suffix(b"\n").unwrap_or(line);
            let shown = shown.strip_suffix(b"\r").unwrap_or(shown);
            let text = String::from_utf8_lossy(shown).into_owned();
            let place = |at: usize| text.floor_char_boundary(at.saturating_sub(start)) as u32;
            let marks = matches.iter().map(|it| (place(it.start), place(it.end)));
            let marks: Vec<(u32, u32)> = marks.filter(|(from, to)| from < to).collect();
            let begins = |it: &&Range<usize>| (start..end).contains(&it.start);
            let begun = matches.iter().filter(begins).count() as u32;
            self.lines.push(MatchedLine { number, start, text, marks, begun });
            start = end;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Case, Options};

    /// Number, text, marks, number of matches that begin.
    type Shown<'a> = (u32, &'a str, &'a [(u32, u32)], u32);

    #[track_caller]
    fn check(expression: &str, text: &str, expected: &[Shown<'_>]) {
        let options = Options { regex: true, case: Case::Smart, word: false };
        let pattern = Pattern::new(expression, options).unwrap();
        let lines = Finder::new(&pattern).lines(text);
        let lines: Vec<_> =
            lines.iter().map(|it| (it.number, it.text.as_str(), &*it.marks, it.begun)).collect();
        assert_eq!(lines, expected, "{expression} in {text:?}");
    }

    #[test]
    fn lines_and_their_marks() {
        check("b", "a\nbab\n\nb", &[(1, "bab", &[(0, 1), (2, 3)], 2), (3, "b", &[(0, 1)], 1)]);
        check("é", "né\r\n", &[(0, "né", &[(1, 3)], 1)]);
        check("x*", "a\nx", &[(0, "a", &[], 2), (1, "x", &[(0, 1)], 1)]);
        check(r"a\nb", "xa\nby\n", &[(0, "xa", &[(1, 2)], 1), (1, "by", &[(0, 1)], 0)]);
        check(r"a\nb", "a\r\nb\r\n", &[(0, "a", &[(0, 1)], 1), (1, "b", &[(0, 1)], 0)]);
        check("a$", "ba\nab", &[(0, "ba", &[(1, 2)], 1)]);
        check("a", "", &[]);
    }

    proptest! {
        #[test]
        fn all_lines_that_match_are_found(
            expression in "[ab.^$]{1,3}[*+?]?|a|b a|\\\\bab|[aA]b", text in "[abAB \n]{0,40}"
        ) {
            let options = Options { regex: true, case: Case::Sensitive, word: false };
            let Ok(pattern) = Pattern::new(&expression, options) else { return Ok(()) };
            let found: Vec<(u32, String)> = Finder::new(&pattern).lines(&text)
                .into_iter().map(|it| (it.number, it.text)).collect();
            let naive = regex::Regex::new(&expression).unwrap();
            let expected: Vec<(u32, String)> = (0..).zip(text.lines())
                .filter(|(_, line)| naive.is_match(line))
                .map(|(number, line)| (number, line.to_owned())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
