//! Chooses where to cut lines that no definition divides: at blank lines and shallow indentation,
//! into pieces of about equal size.

use std::ops::Range;

use crate::lines::Lines;

/// Weights, in columns of indentation.
const AFTER_BLANK: f32 = 6.0;
const BEFORE_CLOSER: f32 = -12.0;
const BEFORE_CONTINUATION: f32 = -8.0;
const OFF_BALANCE: f32 = 16.0;

/// Words that continue what the lines above began.
const CONTINUATIONS: [&str; 14] = [
    "else", "elif", "elsif", "elseif", "except", "catch", "finally", "rescue", "ensure", "then",
    "and ", "or ", "||", "&&",
];
const CLOSERS: [&str; 6] = ["}", ")", "]", "end", "</", "*/"];

/// Cuts lines into byte ranges of at most `budget` bytes. Only a line longer than `max` is cut
/// inside; a line between `budget` and `max` is a range of its own.
pub(super) fn cut(
    lines: &Lines<'_>,
    range: Range<usize>,
    budget: usize,
    max: usize,
) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut line = range.start;
    while line < range.end {
        let rest = lines.bytes(line..range.end);
        if rest.len() <= budget {
            out.push(rest);
            break;
        }
        let first = lines.bytes(line..line + 1);
        if first.len() > max {
            cut_line(lines.text, first, max, &mut out);
            line += 1;
            continue;
        }
        let next = best(lines, line, range.end, budget);
        out.push(lines.bytes(line..next));
        line = next;
    }
    out
}

/// The best line to begin the next piece with.
fn best(lines: &Lines<'_>, first: usize, end: usize, budget: usize) -> usize {
    let start = lines.start(first);
    let rest = lines.start(end) - start;
    let ideal = rest as f32 / rest.div_ceil(budget) as f32;
    let mut best = (f32::NEG_INFINITY, first + 1);
    for line in first + 1..end {
        let size = lines.start(line) - start;
        if size > budget {
            break;
        }
        let content = lines.line(line).trim();
        if content.is_empty() || (size as f32) < ideal * 0.5 {
            // If every line is blank or the next is giant, the last position is as good as any.
            if best.0 == f32::NEG_INFINITY {
                best.1 = line;
            }
            continue;
        }
        let off = (size as f32 - ideal).abs() / ideal;
        let score = worth(lines, line, content) - OFF_BALANCE * off;
        if score >= best.0 {
            best = (score, line);
        }
    }
    best.1
}

/// The score of a cut before this line.
fn worth(lines: &Lines<'_>, line: usize, content: &str) -> f32 {
    let mut worth = -(indent(lines.line(line)) as f32);
    if lines.line(line - 1).trim().is_empty() {
        worth += AFTER_BLANK;
    }
    if CLOSERS.iter().any(|closer| content.starts_with(closer)) {
        worth += BEFORE_CLOSER;
    }
    if CONTINUATIONS.iter().any(|word| content.starts_with(word)) {
        worth += BEFORE_CONTINUATION;
    }
    worth
}

fn indent(line: &str) -> usize {
    let blank = line.bytes().take_while(|b| matches!(b, b' ' | b'\t'));
    // Deeper indentation is alignment and carries no information.
    blank.map(|b| if b == b'\t' { 4 } else { 1 }).sum::<usize>().min(40)
}

/// Cuts one giant line into pieces of at most `max` bytes, at a space if there is one near the end.
fn cut_line(text: &str, line: Range<usize>, max: usize, out: &mut Vec<Range<usize>>) {
    let mut start = line.start;
    while line.end - start > max {
        let limit = text.floor_char_boundary(start + max);
        let late = text.ceil_char_boundary(limit - (limit - start) / 5);
        let end = match text[late..limit].rfind(char::is_whitespace) {
            Some(space) => text.ceil_char_boundary(late + space + 1),
            None => limit,
        };
        out.push(start..end);
        start = end;
    }
    out.push(start..line.end);
}
