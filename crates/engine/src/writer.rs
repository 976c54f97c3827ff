//! The one thread that changes anything. Everything that can happen to it is an [`Event`], a
//! [`Command`] or a [`WatchEvent`]; it does no reading of files and no embedding itself.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, select};
use descry_base::{RelPath, RootId};
use descry_catalog::Catalog;
use descry_embed::EmbedHandle;
use descry_search::Snapshot;
use descry_watch::{Change, NotifyWatcher, WatchEvent, WatchMode, WatchRoot, Watcher};

use crate::backlog::Backlog;
use crate::batch::Batch;
use crate::data_dir::DataDir;
use crate::event::{Command, Event, ScanFailure};
use crate::fit::FitJob;
use crate::names::names;
use crate::prepare::Outcome;
use crate::publish::{Notification, Shared};
use crate::rate::Rate;
use crate::reconcile;
use crate::retry::RETRY_AFTER;
use crate::root::{Root, Space};
use crate::scan::{EditJob, ScanJob};
use crate::space::UNSAVED_SHARE;
use crate::{Phase, WatchStatus};

/// How long the writer waits for something to happen before it tidies up.
const IDLE: Duration = Duration::from_millis(250);

/// The share of idle time that moving vectors into the HNSW index may take at once.
const SETTLE_STEP: Duration = Duration::from_millis(20);

/// Between two status messages: fast enough to look live.
const STATUS_EVERY: Duration = Duration::from_millis(100);

/// The writer's own state.
pub(crate) struct Writer {
    pub(crate) shared: Shared,
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) embed: Arc<EmbedHandle>,
    pub(crate) dir: DataDir,
    pub(crate) catalog: Catalog,
    pub(crate) watcher: Option<NotifyWatcher>,
    pub(crate) events: Receiver<Event>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) watched: Receiver<WatchEvent>,
    pub(crate) scan_jobs: Sender<ScanJob>,
    pub(crate) edit_jobs: Sender<EditJob>,
    pub(crate) fit_jobs: Sender<FitJob>,
    pub(crate) catch_up: bool,
    /// The catalog was lost: its folders are added again.
    pub(crate) lost: bool,
    pub(crate) roots: Vec<Root>,
    pub(crate) space: Option<Space>,
    pub(crate) work: Work,
    pub(crate) rate: Rate,
}

/// What is under way and what waits.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) batches: HashMap<RootId, Batch>,
    pub(crate) scans: VecDeque<(RootId, RelPath)>,
    /// The folders of which a scan is under way, and whether it is of the whole folder.
    pub(crate) scanning: HashMap<RootId, bool>,
    /// Paths edited while their folder is scanned: what the scan read of them may be older.
    pub(crate) edited: HashSet<(RootId, RelPath)>,
    pub(crate) edits: VecDeque<(RootId, Vec<Change>)>,
    pub(crate) editing: bool,
    pub(crate) retries: Vec<(RootId, Instant)>,
    pub(crate) settling: Vec<(bool, Sender<()>)>,
    pub(crate) status_due: Option<Instant>,
    pub(crate) loaded: bool,
    /// Folders of which something could not be written since their last scan began.
    pub(crate) failed: HashSet<RootId>,
    /// A static model is fitted once so many chunks have dense vectors.
    pub(crate) fit_at: usize,
    /// Saving vectors failed, and is tried again then.
    pub(crate) unsaved_until: Option<Instant>,
}

impl Writer {
    /// Runs until told to stop.
    pub(crate) fn run(mut self) {
        self.open_folders();
        loop {
            let wait = self.wait();
            select! {
                recv(self.commands) -> command => match command {
                    Ok(Command::Stop) | Err(_) => break,
                    Ok(command) => self.obey(command),
                },
                recv(self.watched) -> event => match event {
                    Ok(event) => self.noticed(event),
                    // Nobody watches: a closed channel would be ready all the time.
                    Err(_) => self.watched = never(),
                },
                recv(self.events) -> event => if let Ok(event) = event { self.happened(event) },
                default(wait) => self.idle(),
            }
            self.commit_due_batches();
            self.hand_out_work();
            self.answer_settled();
            self.show_status();
        }
        self.close();
    }

    fn wait(&self) -> Duration {
        let now = Instant::now();
        let due = self.work.batches.values().map(|batch| batch.due).chain(self.work.status_due);
        due.map(|due| due.saturating_duration_since(now)).min().unwrap_or(IDLE).min(IDLE)
    }

    pub(crate) fn root(&mut self, id: RootId) -> Option<&mut Root> {
        self.roots.iter_mut().find(|root| root.id == id)
    }

    /// Opens the folders of earlier runs; each answers as soon as it is open.
    fn open_folders(&mut self) {
        let rows = match self.catalog.roots() {
            Ok(rows) => {
                self.dir.sweep(rows.iter().map(|row| row.id));
                rows
            }
            Err(error) => {
                tracing::error!(%error, "the added folders cannot be read");
                Vec::new()
            }
        };
        for row in rows {
            match reconcile::open_root(&self.catalog, &self.dir, &row) {
                Ok(root) => {
                    self.backlog.set_paused(root.id, root.paused);
                    self.roots.push(root);
                    self.publish();
                }
                Err(error) => {
                    tracing::error!(%error, path = row.path, "a folder cannot be opened");
                    self.roots.extend(Root::broken(&row, &error));
                    self.work.retries.push((row.id, Instant::now() + RETRY_AFTER));
                }
            }
        }
        self.find_space();
        self.watch_roots();
        if self.catch_up {
            let all = self.roots.iter().map(|root| (root.id, RelPath::default()));
            self.work.scans.extend(all);
        } else {
            for root in self.roots.iter_mut().filter(|root| !root.broken) {
                root.phase = if root.path.is_dir() { Phase::Ready } else { Phase::Missing };
            }
        }
        if self.lost {
            self.restore_folders();
        }
        self.work.loaded = true;
        self.changed();
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Listed { root, files } => {
                if let Some(root) = self.root(root) {
                    root.files_found = files.max(root.table.file_count());
                    root.phase = Phase::Indexing;
                }
            }
            Event::Prepared { root, path, outcome, scanned } => {
                self.prepared(root, path, outcome, scanned);
            }
            Event::Scanned { root, whole, result } => self.scanned(root, whole, result),
            Event::Edited => self.work.editing = false,
            Event::Embedded { root, vectors, failed } => self.embedded(root, vectors, failed),
            Event::StaticVectors { root, vectors } => self.put_static(root, vectors),
            Event::ModelLoaded => self.find_space(),
        }
        self.changed();
    }

    fn prepared(&mut self, id: RootId, path: RelPath, outcome: Outcome, scanned: bool) {
        if scanned && self.work.edited.contains(&(id, path.clone())) {
            return;
        }
        let window = match scanned {
            true => Batch::window(self.root(id).map_or(Duration::ZERO, |root| root.commit_cost)),
            false => Batch::EDIT,
        };
        self.work.batches.entry(id).or_default().add(path, outcome, window);
    }

    fn scanned(
        &mut self,
        id: RootId,
        whole: bool,
        result: Result<Vec<descry_base::Skipped>, ScanFailure>,
    ) {
        self.work.scanning.remove(&id);
        self.work.edited.retain(|(root, _)| *root != id);
        self.commit(id);
        let failed = self.work.failed.contains(&id);
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        match result {
            // It is looked at again in a while, and says so until then.
            Ok(_) if failed => {}
            Ok(skipped) => {
                root.phase = Phase::Ready;
                root.files_found = root.table.file_count();
                let mut recorded = root.record_skipped(&mut self.catalog, &skipped);
                if whole && recorded.is_ok() {
                    recorded = root.record_finished(&self.catalog);
                }
                if let Err(error) = recorded {
                    self.fail(id, &error);
                }
            }
            Err(ScanFailure::Cancelled) => {}
            Err(ScanFailure::Missing) => root.phase = Phase::Missing,
            Err(ScanFailure::Failed(message)) => root.phase = Phase::Failed { message },
        }
    }

    fn noticed(&mut self, event: WatchEvent) {
        match event {
            WatchEvent::Changes(batch) => {
                let rescan = |change: &Change| match change {
                    Change::Rescan(path) => Some(path.clone()),
                    _ => None,
                };
                let scans = batch.changes.iter().filter_map(rescan);
                self.work.scans.extend(scans.map(|path| (batch.root, path)));
                if self.work.scanning.contains_key(&batch.root) {
                    let touched = batch.changes.iter().filter_map(|change| match change {
                        Change::Touched(path) => Some((batch.root, path.clone())),
                        _ => None,
                    });
                    self.work.edited.extend(touched);
                    // The scan may have read, and not yet reported, what is gone by now.
                    let removed = batch.changes.iter().filter_map(|change| match change {
                        Change::Removed(path) => Some((batch.root, path.clone())),
                        _ => None,
                    });
                    self.work.scans.extend(removed);
                }
                self.work.edits.push_back((batch.root, batch.changes));
            }
            WatchEvent::Mode { root, mode } => {
                if let Some(root) = self.root(root) {
                    root.watch = match mode {
                        WatchMode::Native => WatchStatus::Native,
                        WatchMode::Polling { reason } => WatchStatus::Polling { reason },
                    };
                }
            }
            WatchEvent::RootGone(root) => {
                if let Some(root) = self.root(root) {
                    root.phase = Phase::Missing;
                }
            }
            WatchEvent::RootBack(root) => self.work.scans.push_back((root, RelPath::default())),
        }
        self.changed();
    }

    /// One scan of a folder and one set of edits are under way at a time; what waits is merged meanwhile.
    fn hand_out_work(&mut self) {
        let now = Instant::now();
        let due: Vec<RootId> =
            self.work.retries.extract_if(.., |retry| retry.1 <= now).map(|retry| retry.0).collect();
        due.into_iter().for_each(|id| self.retry(id));
        let mut waiting = VecDeque::new();
        while let Some((id, below)) = self.work.scans.pop_front() {
            if self.work.scanning.contains_key(&id) || self.scan_jobs.is_full() {
                waiting.push_back((id, below));
                continue;
            }
            self.work.scans.retain(|(root, path)| !(*root == id && path.is_within(&below)));
            let whole = |root: &&mut Root| root.id == id && !root.broken;
            let Some(root) = self.roots.iter_mut().find(whole) else { continue };
            let skipped = self.catalog.skipped_stamps(id).unwrap_or_default();
            let whole = below == RelPath::default();
            if whole {
                root.phase = Phase::Scanning;
                self.work.failed.remove(&id);
            }
            let job = ScanJob {
                root: id,
                path: root.path.clone(),
                below,
                table: root.table.clone(),
                skipped,
                recut: root.recut,
                reread: whole && std::mem::take(&mut root.reread),
                cancelled: Arc::clone(&root.cancelled),
            };
            // There is room, as nobody else sends; without the other end everything ends.
            if self.scan_jobs.try_send(job).is_ok() {
                self.work.scanning.insert(id, whole);
            }
        }
        self.work.scans = waiting;
        while !self.work.editing {
            let Some((id, changes)) = self.work.edits.pop_front() else { break };
            // "As known" must mean what is committed.
            self.commit(id);
            let Some(root) = self.roots.iter().find(|root| root.id == id) else { continue };
            let (path, table) = (root.path.clone(), root.table.clone());
            self.work.editing =
                self.edit_jobs.try_send(EditJob { root: id, path, changes, table }).is_ok();
        }
    }

    fn commit_due_batches(&mut self) {
        let now = Instant::now();
        let due = self.work.batches.iter().filter(|(_, batch)| batch.due <= now);
        let due: Vec<RootId> = due.map(|(id, _)| *id).collect();
        due.into_iter().for_each(|id| self.commit(id));
    }

    fn commit(&mut self, id: RootId) {
        let Some(batch) = self.work.batches.remove(&id) else { return };
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let begun = Instant::now();
        let edited = batch.edited;
        if self.work.scanning.get(&id) == Some(&true)
            && let Err(error) = root.record_unfinished(&self.catalog)
        {
            tracing::warn!(%error, "a kill would not be noticed");
        }
        let result = root.commit(&mut self.catalog, self.space.as_ref(), batch.into_outcomes());
        root.commit_cost = begun.elapsed();
        match result {
            Ok(committed) => {
                // Whoever takes a chunk from the backlog looks it up in the snapshot.
                self.publish();
                self.backlog.remove(id, &committed.removed);
                self.backlog.push(id, committed.lacking.iter().copied());
                if edited {
                    self.backlog.hurry(id, committed.lacking);
                }
                if committed.without_vectors && self.shared.fitted.load().is_some() {
                    // If one waits already, it sees these chunks as well.
                    let _ = self.fit_jobs.try_send(FitJob::Embed);
                }
                let skipped = self.catalog.skipped_count(id);
                // What another batch could not write is missing until the folder is looked at again.
                let failed = self.work.failed.contains(&id);
                let Some(root) = self.root(id) else { return };
                if matches!(root.phase, Phase::Failed { .. }) && !failed {
                    root.phase = Phase::Ready;
                }
                root.skipped = skipped.unwrap_or(root.skipped);
            }
            Err(error) => {
                self.fail(id, &error);
                self.publish();
            }
        }
    }

    fn idle(&mut self) {
        let mut settled = false;
        for root in &mut self.roots {
            match root.vectors.as_mut().map(|vectors| vectors.settle(SETTLE_STEP)) {
                Some(Ok(step)) => settled |= step.added > 0,
                Some(Err(error)) => tracing::warn!(%error, "vectors stay unsettled"),
                None => {}
            }
            if let Err(error) = root.lexical.release_writer() {
                tracing::warn!(%error, "the writer of words does not rest");
            }
        }
        if settled {
            self.publish();
        }
        let may_save = self.work.unsaved_until.is_none_or(|until| Instant::now() >= until);
        if !settled && may_save && self.backlog.is_done() {
            self.checkpoint(UNSAVED_SHARE);
        }
    }

    fn answer_settled(&mut self) {
        if self.work.settling.is_empty() || !self.is_settled() {
            return;
        }
        let embedded = self.backlog.is_done();
        // Whoever waited for this looks at the status next.
        if self.work.settling.iter().any(|(full, _)| !full || embedded) {
            self.show_status_now();
        }
        self.work.settling.retain(|(full, reply)| {
            let done = !full || embedded;
            if done {
                // Whoever asked may have gone.
                let _ = reply.send(());
            }
            !done
        });
    }

    fn is_settled(&self) -> bool {
        let work = &self.work;
        work.batches.is_empty()
            && work.scanning.is_empty()
            && work.scans.is_empty()
            && !work.editing
            && work.edits.is_empty()
            && self.watched.is_empty()
            && self.events.is_empty()
    }

    pub(crate) fn publish(&mut self) {
        let paths: Vec<&Path> = self.roots.iter().map(|root| root.path.as_path()).collect();
        let names = names(&paths);
        for (root, name) in self.roots.iter_mut().zip(names) {
            if *root.name != *name {
                root.name = name.into();
            }
        }
        let shards: Vec<_> = self.roots.iter().map(|root| Arc::new(root.shard())).collect();
        let generation = shards.iter().map(|shard| shard.generation).max().unwrap_or_default();
        self.shared.snapshot.store(Arc::new(Snapshot { generation, shards }));
        (self.shared.sink)(Notification::Committed(generation));
        self.changed();
    }

    /// The status is out of date.
    pub(crate) fn changed(&mut self) {
        self.work.status_due.get_or_insert_with(|| Instant::now() + STATUS_EVERY);
    }

    pub(crate) fn watch_roots(&self) {
        if let Some(watcher) = &self.watcher {
            let root = |root: &Root| WatchRoot { id: root.id, path: root.path.clone() };
            let whole = self.roots.iter().filter(|root| !root.broken);
            watcher.set_roots(whole.map(root).collect());
        }
    }

    fn close(mut self) {
        // A scan that is under way is not waited for: the next start goes on where it was.
        self.roots.iter().for_each(|root| root.cancelled.store(true, Ordering::Relaxed));
        let ids: Vec<RootId> = self.work.batches.keys().copied().collect();
        ids.into_iter().for_each(|id| self.commit(id));
        self.checkpoint(usize::MAX);
    }
}
