//! A text's line offsets, computed once.

use std::ops::Range;

/// A text with its line offsets. A line includes its `\n`.
pub(crate) struct Lines<'t> {
    pub(crate) text: &'t str,
    starts: Vec<u32>,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Lines<'t> {
        let after_breaks =
            text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1);
        let starts = std::iter::once(0)
            .chain(after_breaks.filter(|start| (*start as usize) < text.len()))
            .collect();
        Lines { text, starts }
    }

    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line that holds this byte.
    pub(crate) fn at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= byte).saturating_sub(1)
    }

    /// The first byte of a line; the end of the text for a line past the last.
    pub(crate) fn start(&self, line: usize) -> usize {
        self.starts.get(line).map_or(self.text.len(), |start| *start as usize)
    }

    /// The bytes of a range of lines, with their line breaks.
    pub(crate) fn bytes(&self, lines: Range<usize>) -> Range<usize> {
        self.start(lines.start)..self.start(lines.end)
    }

    /// The text of one line, with its line break.
    pub(crate) fn line(&self, line: usize) -> &'t str {
        &self.text[self.bytes(line..line + 1)]
    }
}
