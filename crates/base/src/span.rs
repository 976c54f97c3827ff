//! A place in a file.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A range of a file's text. Byte offsets refer to the decoded text and lie on char boundaries;
/// lines count from 0; both ends are exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The line that holds the first byte.
    pub first_line: u32,
    /// One past the line that holds the last byte.
    pub end_line: u32,
}

impl Span {
    /// The byte range, for slicing.
    pub fn bytes(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The line range.
    pub fn lines(self) -> Range<u32> {
        self.first_line..self.end_line
    }
}
