//! Determines when a native watch has reported everything: open a folder of our own and wait for
//! the watch to report that. One kernel queue holds all of a watch's events in order.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use notify::event::AccessKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Hidden, so that it is ignored even if the temporary folder is inside a root.
const PREFIX: &str = ".descry-echo-";

/// How long to wait for the echo before giving up.
const LIMIT: Duration = Duration::from_secs(2);

/// The path, if `event` reports the opening of an echo folder.
pub(super) fn heard(event: &Event) -> Option<&PathBuf> {
    let opened = matches!(event.kind, EventKind::Access(AccessKind::Open(_)));
    let ours = |path: &&PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| name.starts_with(PREFIX))
    };
    event.paths.first().filter(|_| opened).filter(ours)
}

/// Returns once every earlier event has been reported.
pub(super) fn call(watcher: &mut RecommendedWatcher, echoes: &Receiver<PathBuf>) {
    let Ok(folder) = tempfile::Builder::new().prefix(PREFIX).tempdir() else { return };
    if watcher.watch(folder.path(), RecursiveMode::NonRecursive).is_ok() {
        let _ = fs::read_dir(folder.path());
        let deadline = Instant::now() + LIMIT;
        while echoes.recv_deadline(deadline).is_ok_and(|heard| heard != folder.path()) {}
        let _ = watcher.unwatch(folder.path());
    }
}
