//! Finds every match of a text or a regular expression in texts and in the files of a folder.
//!
//! Guarantees: the same complete matches as ripgrep's crates, in the order of the files, from the
//! current state of the disk. Each line has its number and the matching ranges. Out of scope: which
//! files to search, and how anything is indexed or ranked.

mod files;
mod lines;
mod pattern;

pub use files::{Decode, FileMatches, Unread, search};
pub use lines::{Finder, MatchedLine};
pub use pattern::{Case, Options, Pattern, PatternError};
