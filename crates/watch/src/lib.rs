//! Folders in, ordered, debounced, ignore-aware change batches out.
//!
//! Promises: a walk meets every file that is to be indexed, in the order of the paths, and records
//! what it leaves out for a reason; a single path is judged by the same rules. Does not know: what
//! is in the files (it reads ignore files, nothing else), or what has been indexed.

mod admission;
mod folder;
mod root;
mod rules;
mod scope;
mod walk;

pub use admission::{Admission, Verdict};
pub use root::{RootError, check_root};
pub use rules::Rules;
pub use walk::{FileStat, WalkError, WalkReport, walk, walk_below};
