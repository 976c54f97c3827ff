//! A watcher's interface: its events, roots and configuration.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use descry_base::{RelPath, RootId};

use crate::rules::Rules;

/// A change below a root. There is no "created" or "renamed": telling these apart requires knowing
/// the earlier state. A rename is a [`Removed`](Change::Removed) and a [`Touched`](Change::Touched)
/// or [`Rescan`](Change::Rescan).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// A file exists that may be new or different. If it replaced a folder, nothing lies below it
    /// any more.
    Touched(RelPath),
    /// Nothing to index exists at this path or below it any more. It may have been a file or a
    /// folder, or never known.
    Removed(RelPath),
    /// Walk this folder again and forget its ignore rules; the empty path is the whole root. Files
    /// that the walk does not visit are gone.
    Rescan(RelPath),
}

impl Change {
    /// The path of the change.
    pub fn path(&self) -> &RelPath {
        match self {
            Change::Touched(path) | Change::Removed(path) | Change::Rescan(path) => path,
        }
    }
}

/// Changes below one root, in the order in which they began. Each path appears at most once, and
/// not at all if a removed or rescanned folder above covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeBatch {
    /// The root to which the paths are relative.
    pub root: RootId,
    /// Never empty.
    pub changes: Vec<Change>,
}

/// How a root is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchMode {
    /// The operating system reports changes.
    Native,
    /// The folder is walked repeatedly.
    Polling {
        /// Why, and what to do about it: one or two sentences for the user.
        reason: String,
    },
}

/// An event from a watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// Files or folders changed.
    Changes(ChangeBatch),
    /// A root is now being watched in this way. For a new root, a [`Change::Rescan`] of all of it
    /// follows: earlier changes are not reported one by one.
    Mode {
        /// The root.
        root: RootId,
        /// How it is watched.
        mode: WatchMode,
    },
    /// The root is missing: moved, deleted, or on a disk that was removed. Its files are unknown
    /// rather than deleted.
    RootGone(RootId),
    /// The root exists again; a mode and a [`Change::Rescan`] of all of it follow.
    RootBack(RootId),
}

impl WatchEvent {
    /// The root of the event.
    pub fn root(&self) -> RootId {
        match self {
            WatchEvent::Changes(batch) => batch.root,
            WatchEvent::Mode { root, .. }
            | WatchEvent::RootGone(root)
            | WatchEvent::RootBack(root) => *root,
        }
    }
}

/// A root to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRoot {
    /// Identifies the root in events.
    pub id: RootId,
    /// The path returned by [`check_root`](crate::check_root).
    pub path: PathBuf,
}

/// The method by which roots are watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Chooses by disk and platform: [`Polling`](Strategy::Polling) where others can write without
    /// this machine being notified, [`PerFolder`](Strategy::PerFolder) on Linux, otherwise
    /// [`Recursive`](Strategy::Recursive).
    #[default]
    Auto,
    /// One native watch per folder that is not ignored.
    PerFolder,
    /// One native watch per root.
    Recursive,
    /// No native watch.
    Polling,
}

/// The configuration of a watcher.
#[derive(Clone, Debug)]
pub struct WatchConfig {
    /// What to skip.
    pub rules: Rules,
    /// The watch method.
    pub strategy: Strategy,
    /// A path is reported once it has been quiet for this long. 50 ms: longer than an editor takes
    /// to save, and short compared with the half second within which an edit should be found.
    pub quiet: Duration,
    /// A path is reported after this long at the latest, even if it keeps changing.
    pub longest: Duration,
    /// More pending paths than this become one [`Change::Rescan`] of the root.
    pub most_pending: usize,
    /// How often to walk a root that cannot be watched natively.
    pub poll: Duration,
    /// How often to check whether a root exists.
    pub presence: Duration,
}

impl Default for WatchConfig {
    fn default() -> WatchConfig {
        WatchConfig {
            rules: Rules::default(),
            strategy: Strategy::Auto,
            quiet: Duration::from_millis(50),
            longest: Duration::from_millis(200),
            most_pending: 10_000,
            poll: Duration::from_secs(5),
            presence: Duration::from_secs(1),
        }
    }
}

/// Why a watcher does not work.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The watcher's thread could not be started.
    #[error("the thread that watches folders could not be started: {0}")]
    Spawn(io::Error),
    /// The watcher has stopped.
    #[error("folders are no longer being watched")]
    Stopped,
    /// Nothing received its events.
    #[error("the changes were not taken within {0:?}")]
    NotTaken(Duration),
}

/// A source of changes: [`NotifyWatcher`](crate::NotifyWatcher), or a scripted one in tests.
pub trait Watcher: Send + Sync {
    /// Watches exactly these roots from now on. Roots that were already watched are not
    /// interrupted; removed ones produce no further events.
    fn set_roots(&self, roots: Vec<WatchRoot>);

    /// Delivers everything that has happened so far and returns once it is in the channel. Must not
    /// be called on the thread that empties the channel unless the channel has room.
    ///
    /// # Errors
    /// If the watcher has stopped, or nothing receives the events.
    fn flush(&self) -> Result<(), WatchError>;
}
