//! Walks folders and watches them for changes: ordered, debounced, ignore-aware change batches.
//!
//! Promises: a walk visits every file to be indexed, in path order, and records what it skips; a
//! single path is judged by the same rules; a watcher misses no change (where it cannot follow, it
//! requests a rescan) and never reports an ignored path. Does not know: the files' contents (it
//! reads only ignore files), or what has been indexed.

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
