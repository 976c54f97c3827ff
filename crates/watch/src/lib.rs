//! Folders in, ordered, debounced, ignore-aware change batches out.
//!
//! Promises: a walk meets every file that is to be indexed, in the order of the paths, and records
//! what it leaves out for a reason; a single path is judged by the same rules; a watcher misses no
//! change (where it cannot follow, it asks for a rescan) and never tells of an ignored path. Does
//! not know: what is in the files (it reads ignore files, nothing else), or what has been indexed.

mod admission;
mod change;
mod credentials;
mod folder;
mod native;
mod notify_watcher;
mod pending;
mod polling;
mod root;
mod rules;
mod scope;
pub mod scripted;
mod walk;
mod watched;

pub use admission::{Admission, Verdict};
pub use change::{
    Change, ChangeBatch, Strategy, WatchConfig, WatchError, WatchEvent, WatchMode, WatchRoot,
    Watcher,
};
pub use notify_watcher::NotifyWatcher;
pub use root::{RootError, check_root};
pub use rules::Rules;
pub use walk::{FileStat, WalkError, WalkReport, walk, walk_below};
