//! One watched root: the source of its changes, and how they become events.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use descry_base::RelPath;

use crate::admission::{Admission, Verdict};
use crate::change::{Change, ChangeBatch, Strategy, WatchConfig, WatchEvent, WatchMode, WatchRoot};
use crate::native::{Native, explain, mark, unsuited};
use crate::pending::{Covered, Mark, Pending};
use crate::polling::Polling;
use crate::root::{Identity, identity, top};
use crate::rules::IGNORE_FILES;

enum Source {
    /// The root is missing.
    Absent,
    Native(Native),
    Polling(Polling),
}

/// The callback of a native watch; called on its thread.
pub(crate) type Tell = Arc<dyn Fn(notify::Result<notify::Event>) + Send + Sync>;

pub(crate) struct Watched {
    root: WatchRoot,
    config: Arc<WatchConfig>,
    admission: Admission,
    pending: Pending,
    source: Source,
    identity: Option<Identity>,
    next_check: Instant,
    tell: Tell,
    stop: Arc<AtomicBool>,
}

impl Watched {
    pub(crate) fn open(
        root: WatchRoot,
        config: Arc<WatchConfig>,
        tell: Tell,
        stop: Arc<AtomicBool>,
        out: &mut Vec<WatchEvent>,
    ) -> Watched {
        let mut watched = Watched {
            admission: Admission::new(&root.path, &config.rules),
            pending: Pending::new(config.quiet, config.longest, config.most_pending),
            source: Source::Absent,
            identity: identity(&root.path),
            next_check: Instant::now() + config.presence,
            root,
            config,
            tell,
            stop,
        };
        match watched.identity {
            Some(_) => watched.start(out),
            None => out.push(WatchEvent::RootGone(watched.root.id)),
        }
        watched
    }

    pub(crate) fn root(&self) -> &WatchRoot {
        &self.root
    }

    /// Starts to watch the root, which exists.
    fn start(&mut self, out: &mut Vec<WatchEvent>) {
        self.pending.take_all();
        self.admission.forget(&top());
        let per_folder = match self.config.strategy {
            Strategy::Auto => {
                if let Some(reason) = unsuited(&self.root.path, self.config.poll) {
                    return self.poll_from_now(out, reason);
                }
                cfg!(target_os = "linux")
            }
            Strategy::PerFolder => true,
            Strategy::Recursive => false,
            Strategy::Polling => {
                return self.poll_from_now(out, "Polling is what the settings ask for.".to_owned());
            }
        };
        let tell = Arc::clone(&self.tell);
        let tell = move |event| tell(event);
        match Native::open(&mut self.admission, per_folder, tell, &self.stop) {
            Ok(native) => {
                self.source = Source::Native(native);
                self.announce(out, WatchMode::Native);
            }
            Err(error) => self.poll_from_now(out, explain(&error, self.config.poll)),
        }
    }

    fn poll_from_now(&mut self, out: &mut Vec<WatchEvent>, reason: String) {
        let (path, config) = (&self.root.path, &self.config);
        match Polling::open(path, &config.rules, config.poll, &self.stop) {
            Ok(polling) => {
                tracing::info!(root = %path.display(), reason, "polling");
                self.source = Source::Polling(polling);
                self.announce(out, WatchMode::Polling { reason });
            }
            Err(error) => {
                tracing::debug!(%error, "polling");
                self.root_gone(out);
            }
        }
    }

    fn announce(&mut self, out: &mut Vec<WatchEvent>, mode: WatchMode) {
        out.push(WatchEvent::Mode { root: self.root.id, mode });
        out.push(self.batch(vec![Change::Rescan(top())]));
    }

    fn root_gone(&mut self, out: &mut Vec<WatchEvent>) {
        self.source = Source::Absent;
        self.identity = None;
        self.pending.take_all();
        out.push(WatchEvent::RootGone(self.root.id));
    }

    fn batch(&self, changes: Vec<Change>) -> WatchEvent {
        WatchEvent::Changes(ChangeBatch { root: self.root.id, changes })
    }

    /// Checks whether the root exists and is still the same folder.
    fn check_root(&mut self, now: Instant, out: &mut Vec<WatchEvent>) {
        self.next_check = now + self.config.presence;
        let found = identity(&self.root.path);
        match (self.identity, found) {
            (None, Some(_)) => {
                self.identity = found;
                out.push(WatchEvent::RootBack(self.root.id));
                self.start(out);
            }
            (Some(_), None) => self.root_gone(out),
            (Some(known), Some(new)) if known != new => {
                self.identity = found;
                self.start(out);
            }
            _ => {}
        }
    }

    /// Handles one event from the native watch.
    pub(crate) fn on_event(
        &mut self,
        event: notify::Result<notify::Event>,
        out: &mut Vec<WatchEvent>,
    ) {
        let now = Instant::now();
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(root = %self.root.path.display(), %error, "watching");
                if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) {
                    self.poll_from_now(out, explain(&error, self.config.poll));
                } else {
                    self.request_rescan(now);
                }
                return;
            }
        };
        if event.need_rescan() {
            return self.request_rescan(now);
        }
        let Some(mark) = mark(&event.kind) else { return };
        for path in event.paths {
            let Ok(below) = path.strip_prefix(&self.root.path) else { continue };
            if below.as_os_str().is_empty() {
                // The root itself appeared, disappeared or moved.
                if mark == Mark::Reread {
                    self.next_check = now;
                }
            } else if let Ok(path) = RelPath::new(below) {
                self.record(path, mark, now);
            }
        }
    }

    /// Handles lost events: anything may have happened.
    pub(crate) fn request_rescan(&mut self, now: Instant) {
        self.pending.record(top(), Mark::Reread, now);
    }

    fn record(&mut self, path: RelPath, mark: Mark, now: Instant) {
        let name = path.file_name();
        let rules_changed = IGNORE_FILES.contains(&name) || name == ".git" && mark == Mark::Reread;
        if rules_changed {
            if let Ok(folder) = RelPath::new(path.parent())
                && !self.admission.ignores(&folder, Some(true))
            {
                self.pending.record(folder, Mark::Reread, now);
            }
        } else if !self.admission.ignores(&path, None) {
            self.pending.record(path, mark, now);
        }
    }

    /// When [`Watched::run_due`] is next due if nothing happens before.
    pub(crate) fn next(&self) -> Instant {
        let poll = match &self.source {
            Source::Polling(polling) => Some(polling.next),
            _ => None,
        };
        [poll, self.pending.next()].into_iter().flatten().fold(self.next_check, Instant::min)
    }

    /// Does what is due.
    pub(crate) fn run_due(&mut self, now: Instant, out: &mut Vec<WatchEvent>) {
        if self.next_check <= now {
            self.check_root(now, out);
        }
        if matches!(&self.source, Source::Polling(polling) if polling.next <= now) {
            self.poll(now);
        }
        if self.pending.next().is_some_and(|next| next <= now) {
            let due = self.pending.take(now);
            self.emit(due, out);
        }
    }

    /// Does all pending work as if it were due now.
    pub(crate) fn run_all(&mut self, now: Instant, out: &mut Vec<WatchEvent>) {
        self.check_root(now, out);
        self.poll(now);
        let due = self.pending.take_all();
        self.emit(due, out);
    }

    /// Waits until the native watch has received every earlier event.
    pub(crate) fn catch_up(&mut self) {
        if let Source::Native(native) = &mut self.source {
            native.catch_up();
        }
    }

    fn poll(&mut self, now: Instant) {
        let Source::Polling(polling) = &mut self.source else { return };
        let (path, config) = (&self.root.path, &self.config);
        match polling.poll(path, &config.rules, config.poll, &self.stop) {
            Ok(paths) => {
                self.admission.forget(&top());
                for path in paths {
                    let path = self.nearest_not_ignored(path);
                    self.pending.record(path, Mark::Reread, now);
                }
            }
            Err(error) => {
                tracing::debug!(root = %self.root.path.display(), %error, "polling");
                self.next_check = now;
            }
        }
    }

    /// `path`, or the nearest folder above it that is not ignored: a path that disappeared because
    /// it is now ignored is reported through that folder.
    fn nearest_not_ignored(&mut self, mut path: RelPath) -> RelPath {
        while self.admission.ignores(&path, Some(false)) {
            path = RelPath::new(path.parent()).unwrap_or_else(|_| top());
        }
        path
    }

    /// Examines the paths that have come to rest and reports their current state.
    fn emit(&mut self, due: Vec<(RelPath, Mark)>, out: &mut Vec<WatchEvent>) {
        let reread = |mark: &Mark| *mark == Mark::Reread;
        for (path, _) in due.iter().filter(|(_, mark)| reread(mark)) {
            self.admission.forget(path);
        }
        // Paths to read again first, because they cover those below; then back to the order of the events.
        let (rereads, others): (Vec<_>, Vec<_>) =
            due.into_iter().enumerate().partition(|(_, (_, mark))| reread(mark));
        let mut covered = Covered::default();
        let mut changes: Vec<(usize, Change)> = Vec::new();
        for (order, (path, mark)) in rereads.into_iter().chain(others) {
            if covered.covers(&path) {
                continue;
            }
            match self.judge(path, mark) {
                Ok(Some(change)) => {
                    covered.add(change.path());
                    changes.push((order, change));
                }
                Ok(None) => {}
                Err(error) => return self.poll_from_now(out, explain(&error, self.config.poll)),
            }
        }
        changes.retain(|(_, change)| !covered.covers(change.path()));
        changes.sort_unstable_by_key(|(order, _)| *order);
        self.pending.drop_below(&covered);
        if !changes.is_empty() {
            let batch = self.batch(changes.into_iter().map(|(_, change)| change).collect());
            out.push(batch);
        }
    }

    fn judge(&mut self, path: RelPath, mark: Mark) -> notify::Result<Option<Change>> {
        Ok(match self.admission.admit(&path) {
            Verdict::Ignored => None,
            Verdict::Admit(_) | Verdict::Skip(_) => {
                self.unwatch(&path);
                Some(Change::Touched(path))
            }
            Verdict::Gone if path.as_str().is_empty() => {
                self.next_check = Instant::now();
                None
            }
            Verdict::Gone => {
                self.unwatch(&path);
                Some(Change::Removed(path))
            }
            Verdict::Folder => match &mut self.source {
                Source::Native(native) if mark == Mark::Reread || !native.watches(&path) => {
                    native.plan(&mut self.admission, &path, &self.stop)?;
                    Some(Change::Rescan(path))
                }
                Source::Polling(_) if mark == Mark::Reread => Some(Change::Rescan(path)),
                _ => None,
            },
        })
    }

    fn unwatch(&mut self, folder: &RelPath) {
        let root: &Path = &self.root.path;
        if let Source::Native(native) = &mut self.source {
            native.drop_below(root, folder);
        }
    }
}

#[cfg(test)]
mod tests;
