//! Watches one root through the operating system, with `notify`.

mod echo;
mod remote;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};
use descry_base::RelPath;
use notify::event::{AccessKind, AccessMode, MetadataKind, ModifyKind};
use notify::{ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::admission::Admission;
use crate::folder::Want;
use crate::pending::Mark;
use crate::root::top;
use crate::walk::{Step, descend};

pub(crate) struct Native {
    watcher: RecommendedWatcher,
    /// The folders that have their own watch; `None` if one watch covers the root.
    folders: Option<HashSet<String>>,
    echoes: Receiver<PathBuf>,
}

impl Native {
    /// Watches the root of `admission`; calls `tell` with each event, on a separate thread.
    pub(crate) fn open(
        admission: &mut Admission,
        per_folder: bool,
        tell: impl Fn(notify::Result<notify::Event>) + Send + 'static,
        stop: &AtomicBool,
    ) -> notify::Result<Native> {
        let config = notify::Config::default().with_follow_symlinks(false);
        let (echo, echoes) = unbounded();
        let tell = move |event: notify::Result<notify::Event>| {
            match event.as_ref().ok().and_then(echo::heard) {
                // Fails if the watch is being removed.
                Some(path) => drop(echo.send(path.clone())),
                None => tell(event),
            }
        };
        let watcher = RecommendedWatcher::new(tell, config)?;
        let folders = per_folder.then(HashSet::new);
        let mut native = Native { watcher, folders, echoes };
        if per_folder {
            native.plan(admission, &top(), stop)?;
        } else {
            native.watcher.watch(admission.root(), RecursiveMode::Recursive)?;
        }
        Ok(native)
    }

    /// Watches `folder` and each folder below it that is not ignored, before reading it: anything
    /// created in between is seen by the walk, a watch, or both. Stops watching folders that are
    /// now ignored.
    pub(crate) fn plan(
        &mut self,
        admission: &mut Admission,
        folder: &RelPath,
        stop: &AtomicBool,
    ) -> notify::Result<()> {
        let Some(folders) = &mut self.folders else { return Ok(()) };
        let mut failure = None;
        let mut current = HashSet::new();
        let mut each = |step: Step<'_>| {
            let Step::Folder(below, path) = step else { return ControlFlow::Continue(()) };
            if stop.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            match self.watcher.watch(path, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    current.insert(below.to_owned());
                }
                Err(error) if matters(&error) => {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
                // The folder vanished or is not readable: a walk reports it.
                Err(_) => {}
            }
            ControlFlow::Continue(())
        };
        if let Err(error) = descend(admission, folder, Want::Folders, &mut each) {
            tracing::debug!(%error, "planning watches");
        }
        if let Some(error) = failure {
            return Err(error);
        }
        let root = admission.root();
        drop_watches(&mut self.watcher, root, folders, |watched| {
            within(watched, folder.as_str()) && !current.contains(watched)
        });
        folders.extend(current);
        Ok(())
    }

    /// Removes the watches of `folder` and everything below it, which no longer exist.
    pub(crate) fn drop_below(&mut self, root: &Path, folder: &RelPath) {
        if let Some(folders) = self.folders.as_mut().filter(|all| all.contains(folder.as_str())) {
            drop_watches(&mut self.watcher, root, folders, |watched| {
                within(watched, folder.as_str())
            });
        }
    }

    /// False if `folder` should have its own watch but has none.
    pub(crate) fn watches(&self, folder: &RelPath) -> bool {
        self.folders.as_ref().is_none_or(|folders| folders.contains(folder.as_str()))
    }

    /// Returns once all earlier events have been reported. Only Linux keeps the events of all
    /// folders in one order; elsewhere it returns immediately.
    pub(crate) fn catch_up(&mut self) {
        if cfg!(target_os = "linux") {
            echo::call(&mut self.watcher, &self.echoes);
        }
    }
}

fn drop_watches(
    watcher: &mut RecommendedWatcher,
    root: &Path,
    folders: &mut HashSet<String>,
    which: impl Fn(&str) -> bool,
) {
    for folder in folders.extract_if(|folder| which(folder)) {
        // Fails if the folder, and with it the watch, is gone.
        let _ = watcher.unwatch(&root.join(folder));
    }
}

fn within(path: &str, folder: &str) -> bool {
    match path.strip_prefix(folder) {
        Some(rest) => folder.is_empty() || rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

/// False for an error that affects only one folder.
fn matters(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound | ErrorKind::WatchNotFound => false,
        ErrorKind::Io(error) => !matches!(
            error.kind(),
            std::io::ErrorKind::NotFound
                | std::io::ErrorKind::NotADirectory
                | std::io::ErrorKind::PermissionDenied
        ),
        _ => true,
    }
}

/// The effect of an event on its paths; `None` if it has none.
pub(crate) fn mark(kind: &EventKind) -> Option<Mark> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Mark::Seen),
        EventKind::Access(_) => None,
        // A permission may have been granted or revoked.
        EventKind::Modify(ModifyKind::Metadata(
            MetadataKind::Any | MetadataKind::Permissions | MetadataKind::Ownership,
        )) => Some(Mark::Reread),
        EventKind::Modify(ModifyKind::Name(_)) => Some(Mark::Reread),
        EventKind::Modify(_) => Some(Mark::Seen),
        EventKind::Create(_) | EventKind::Remove(_) => Some(Mark::Reread),
        EventKind::Any | EventKind::Other => Some(Mark::Seen),
    }
}

/// Why `root` should not be watched natively, although the system would allow it.
pub(crate) fn unsuited(root: &Path, every: Duration) -> Option<String> {
    let file_system = remote::file_system(root)?;
    Some(format!(
        "The file system of this folder ({file_system}) does not report every change, so the \
         folder is looked through every {every:?} instead."
    ))
}

/// Why a folder is polled and what the user can do about it.
pub(crate) fn explain(error: &notify::Error, every: Duration) -> String {
    /// "Too many open files": Linux's error when no further inotify instance can be created.
    const EMFILE: i32 = 24;
    let instead = format!("so this folder is looked through every {every:?} instead");
    let linux = cfg!(target_os = "linux");
    match &error.kind {
        ErrorKind::MaxFilesWatch if linux => format!(
            "The system's limit on watched folders is reached, {instead}. To raise it, run \
             \"sudo sysctl fs.inotify.max_user_watches=1048576\" and start Descry again."
        ),
        ErrorKind::Io(error) if linux && error.raw_os_error() == Some(EMFILE) => format!(
            "The system's limit on programs that watch folders is reached, {instead}. To raise \
             it, run \"sudo sysctl fs.inotify.max_user_instances=1024\" and start Descry again."
        ),
        _ => format!("The system cannot watch this folder ({error}), {instead}."),
    }
}
