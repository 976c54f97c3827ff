//! A place in a file.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A range of a file's text. Bytes are offsets into the decoded text, on char boundaries; lines
/// count from 0; both ends are exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The line of the first byte.
    pub first_line: u32,
    /// One past the line of the last byte.
    pub end_line: u32,
}

impl Span {
    /// The bytes as a range for slicing.
    pub fn bytes(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The lines as a range.
    pub fn lines(self) -> Range<u32> {
        self.first_line..self.end_line
    }
}
