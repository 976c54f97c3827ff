//! Every match of a text or a regular expression, in texts and in the files of a folder.
//!
//! Promises: what ripgrep's crates find, complete, in the order of the files, as the disk is now. A line
//! is told with its number and the places that match. Does not know: which files count, how anything is
//! indexed or ranked.

mod files;
mod lines;
mod pattern;

pub use files::{Decode, FileMatches, Unread, search};
pub use lines::{Finder, MatchedLine};
pub use pattern::{Case, Options, Pattern, PatternError};
