//! Cuts a line of a file to the width of the screen so that its matches stay visible.

use unicode_width::UnicodeWidthChar;

use crate::visible::push_visible;

/// The largest width of a tab, in columns.
const TAB: usize = 8;

/// A part of the shown text, and whether it matches.
pub(crate) type Run = (String, bool);

/// Fits a line into `columns`: the whole line, or the part with the most matches, with `…` where
/// text is cut. `marks` are the byte ranges that match.
pub(crate) fn excerpt(line: &str, marks: &[(u32, u32)], columns: usize) -> Vec<Run> {
    let cells = Cells::of(line.trim_end(), marks);
    let shown = cells.window(columns);
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |text: &str, marked: bool| match runs.last_mut() {
        Some((run, held)) if *held == marked => run.push_str(text),
        _ => runs.push((text.to_owned(), marked)),
    };
    if shown.start > 0 {
        push("…", false);
    }
    for cell in shown.clone() {
        push(&cells.text[cells.starts[cell]..cells.starts[cell + 1]], cells.is_marked(cell));
    }
    if shown.end < cells.len() {
        push("…", false);
    }
    runs
}

/// A line as cells: one character each, with its combining characters.
struct Cells {
    /// The shown text.
    text: String,
    /// The start of each cell in `text`, and the end of the last one.
    starts: Vec<usize>,
    /// The columns before each cell, and the total.
    columns: Vec<usize>,
    /// The matching columns before each cell, and the total.
    marked: Vec<usize>,
}

impl Cells {
    fn of(line: &str, marks: &[(u32, u32)]) -> Cells {
        let mut cells =
            Cells { text: String::new(), starts: vec![0], columns: vec![0], marked: vec![0] };
        let mut marks = marks.iter().map(|(from, to)| *from as usize..*to as usize).peekable();
        for (at, c) in line.char_indices() {
            while marks.next_if(|mark| mark.end <= at).is_some() {}
            let is_marked = marks.peek().is_some_and(|mark| mark.contains(&at));
            let before = cells.text.len();
            let width = match c {
                '\t' => {
                    cells.text.push(c);
                    TAB
                }
                // The selector turns the character before it into a wider emoji.
                '\u{fe0f}' => {
                    cells.text.push(c);
                    1
                }
                _ => {
                    push_visible(c, &mut cells.text);
                    cells.text[before..].chars().filter_map(UnicodeWidthChar::width).sum()
                }
            };
            let combines = width == 0 || c == '\u{fe0f}';
            if combines && cells.len() > 0 {
                let last = cells.starts.len() - 1;
                cells.starts[last] = cells.text.len();
                cells.columns[last] += width;
                continue;
            }
            cells.starts.push(cells.text.len());
            cells.columns.push(cells.columns[cells.len() - 1] + width);
            cells
                .marked
                .push(cells.marked[cells.marked.len() - 1] + if is_marked { width } else { 0 });
        }
        cells
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn is_marked(&self, cell: usize) -> bool {
        self.marked[cell + 1] > self.marked[cell]
    }

    /// The end of the cells from `start` that fit into `columns`.
    fn end(&self, start: usize, columns: usize) -> usize {
        self.columns.partition_point(|before| *before <= self.columns[start] + columns) - 1
    }

    /// The cells to show: the first window with the most matching columns, centred.
    fn window(&self, columns: usize) -> std::ops::Range<usize> {
        let all = self.len();
        if self.columns[all] <= columns {
            return 0..all;
        }
        // One column for `…` at each end.
        let columns = columns.saturating_sub(2).max(1);
        let begins =
            |cell: &usize| self.is_marked(*cell) && (*cell == 0 || !self.is_marked(*cell - 1));
        let inside = |start: usize| self.marked[self.end(start, columns)] - self.marked[start];
        let best = (0..all).filter(begins).max_by_key(|start| (inside(*start), all - start));
        let Some(best) = best else { return 0..self.end(0, columns) };
        let mut last = self.end(best, columns);
        while last > best && !self.is_marked(last - 1) {
            last -= 1;
        }
        let spare = columns.saturating_sub(self.columns[last] - self.columns[best]);
        let from = self.columns[best].saturating_sub(spare / 2);
        // At the end of the line, unused columns show the text before.
        let from = from.min(self.columns[all].saturating_sub(columns));
        let start = self.columns.partition_point(|before| *before < from).min(best);
        start..self.end(start, columns).max(start + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// Marks every occurrence of `word`; brackets show a matching run.
    fn shown(line: &str, word: &str, columns: usize) -> String {
        let marks: Vec<_> =
            line.match_indices(word).map(|(at, w)| (at as u32, (at + w.len()) as u32)).collect();
        let run = |(text, marked): Run| if marked { format!("[{text}]") } else { text };
        excerpt(line, &marks, columns).into_iter().map(run).collect()
    }

    #[test]
    fn a_line_is_cut_around_what_matches() {
        #[track_caller]
        fn check(line: &str, word: &str, columns: usize, expected: &str) {
            assert_eq!(shown(line, word, columns), expected);
        }
        check("let x = 1;  \r", "x", 20, "let [x] = 1;");
        check("let x = 1;", "x", 10, "let [x] = 1;");
        check("0123456789abcdef", "abc", 10, "…89[abc]def");
        check("0123456789abcdef", "f", 10, "…89abcde[f]");
        check("0123456789abcdef", "01", 10, "[01]234567…");
        check("0123456789abcdef", "", 10, "01234567…");
        check("x x 0123456789 xxxx 01234", "x", 10, "…9 [xxxx] 0…");
        check("漢字漢字漢字猫漢字漢字", "猫", 10, "…字[猫]漢字…");
        check("\x1b[31m0123456789 match", "match", 10, "…89 [match]");
        check(
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
            "",
            5,
            "e\u{301}e\u{301}e\u{301}…",
        );
        check("", "", 10, "");
    }

    proptest! {
        #[test]
        fn it_fits_and_shows_a_match(before in ".{0,80}", after in ".{0,80}", columns in 10usize..60) {
            let line = format!("{before}needle{after}");
            let at = before.len() as u32;
            let runs = excerpt(&line, &[(at, at + 6)], columns);
            prop_assert!(runs.iter().any(|(text, marked)| *marked && text.contains("needle")));
            let text: String = runs.into_iter().map(|run| run.0).collect();
            prop_assert!(text.replace('\t', "        ").width() <= columns, "{text:?}");
        }
    }
}
