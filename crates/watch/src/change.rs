//! What a watcher tells, and what it is told.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use descry_base::{RelPath, RootId};

use crate::rules::Rules;

/// Something that happened below a root. Never "created" or "renamed": only who knows what was
/// there before can tell, and a rename is a [`Removed`](Change::Removed) and a
/// [`Touched`](Change::Touched) or [`Rescan`](Change::Rescan).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// A file is there that may be new or different. Nothing lies below it any more, should it
    /// have taken the place of a folder.
    Touched(RelPath),
    /// Nothing to be indexed is at this path any more, nor below it: it may have been a file or a
    /// folder, or never known.
    Removed(RelPath),
    /// Walk this folder anew, and forget its ignore rules; the empty path is the whole root. What
    /// the walk does not meet there is gone.
    Rescan(RelPath),
}

impl Change {
    /// What it is about.
    pub fn path(&self) -> &RelPath {
        match self {
            Change::Touched(path) | Change::Removed(path) | Change::Rescan(path) => path,
        }
    }
}

/// Changes below one root, in the order in which they began. Each path is told once, and not at
/// all where a removed or rescanned folder above it says everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeBatch {
    /// The root that the paths are relative to.
    pub root: RootId,
    /// Never empty.
    pub changes: Vec<Change>,
}

/// How a root is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchMode {
    /// The operating system tells.
    Native,
    /// The folder is walked again and again.
    Polling {
        /// Why, and what to do about it: one or two sentences for the user.
        reason: String,
    },
}

/// Everything that a watcher tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// Something changed.
    Changes(ChangeBatch),
    /// A root is being watched now, in this way. For a new root a [`Change::Rescan`] of all of it
    /// follows: what happened before is not told one by one.
    Mode {
        /// The root.
        root: RootId,
        /// How it is watched.
        mode: WatchMode,
    },
    /// The root is not there: moved, deleted, or on a disk that was taken away. Its files are
    /// unknown rather than deleted.
    RootGone(RootId),
    /// The root is there again; a mode and a [`Change::Rescan`] of all of it follow.
    RootBack(RootId),
}

impl WatchEvent {
    /// The root that it is about.
    pub fn root(&self) -> RootId {
        match self {
            WatchEvent::Changes(batch) => batch.root,
            WatchEvent::Mode { root, .. }
            | WatchEvent::RootGone(root)
            | WatchEvent::RootBack(root) => *root,
        }
    }
}

/// A root to be watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRoot {
    /// Names the root in events.
    pub id: RootId,
    /// As [`check_root`](crate::check_root) returned it.
    pub path: PathBuf,
}

/// By which means roots are watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// What suits the disk and the platform: [`Polling`](Strategy::Polling) where others can write
    /// without this machine being told, [`PerFolder`](Strategy::PerFolder) on Linux, else
    /// [`Recursive`](Strategy::Recursive).
    #[default]
    Auto,
    /// One native watch for each folder that is not ignored.
    PerFolder,
    /// One native watch for each root.
    Recursive,
    /// No native watch.
    Polling,
}

/// How to watch.
#[derive(Clone, Debug)]
pub struct WatchConfig {
    /// What to leave out.
    pub rules: Rules,
    /// By which means.
    pub strategy: Strategy,
    /// A path is told once nothing has happened to it for this long. 50 ms: longer than an editor
    /// takes to save, short beside the half second in which an edit is to be found.
    pub quiet: Duration,
    /// A path is told after this long at the latest, even if it never comes to rest.
    pub longest: Duration,
    /// More pending paths than this become one [`Change::Rescan`] of the root.
    pub most_pending: usize,
    /// How often a root is walked that cannot be watched natively.
    pub poll: Duration,
    /// How often a look is taken whether a root is still, or again, there.
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
    /// Its thread could not be started.
    #[error("the thread that watches folders could not be started: {0}")]
    Spawn(io::Error),
    /// It has stopped.
    #[error("folders are no longer being watched")]
    Stopped,
    /// Nobody took its events.
    #[error("the changes were not taken within {0:?}")]
    NotTaken(Duration),
}

/// The source of changes: [`NotifyWatcher`](crate::NotifyWatcher), or a scripted one in tests.
pub trait Watcher: Send + Sync {
    /// Watches exactly these roots from now on. A root that was watched before goes on unharmed;
    /// of one that no longer is nothing more is heard.
    fn set_roots(&self, roots: Vec<WatchRoot>);

    /// Delivers what has happened until now, and returns once it is in the channel. Not for the
    /// thread that empties the channel, unless there is room in it.
    ///
    /// # Errors
    /// If the watcher has stopped, or nobody takes the events.
    fn flush(&self) -> Result<(), WatchError>;
}
