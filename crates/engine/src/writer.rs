//! The only thread that changes anything. Every input is an [`Event`], a [`Command`] or a
//! [`WatchEvent`]. The writer reads no source files: other threads do, and it commits their
//! results.

mod commands;
mod damage;
mod events;
mod open;
mod retry;
mod room;
mod schedule;
mod show;
mod vectors;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, select};
use descry_base::RootId;
use descry_catalog::Catalog;
use descry_watch::{WatchEvent, Watcher};

use crate::clock::Clock;
use crate::data_dir::{DataDir, Lock};
use crate::disk::DiskUse;
use crate::edits::EditJob;
use crate::event::{Command, Event};
use crate::fit::FitJob;
use crate::rate::Rate;
use crate::root::{Root, Space, publish};
use crate::save::SaveJob;
use crate::scan::ScanJob;
use crate::shared::Shared;
use vectors::{BUSY_SHARE, CLOSING_SHARE, UNSAVED_SHARE};

pub(crate) use open::phase_of;
pub(crate) use show::{folder, model};
pub(crate) use vectors::model_of;

/// How long the writer waits for input before it tidies up.
const IDLE: Duration = Duration::from_millis(250);

/// The most idle time that one step of moving vectors into the HNSW graph may take.
const GRAPH_STEP: Duration = Duration::from_millis(20);

/// The files of a removed folder whose data is deleted in an idle moment: some milliseconds.
const SWEPT_AT_ONCE: usize = 32;

/// The same when the engine ends, and nobody waits for an edit.
const SWEPT_AT_THE_END: usize = 1024;

/// The pause after such a step: it takes half of one processor's time, so that a large folder has
/// its graph within minutes.
const GRAPH_PAUSE: Duration = Duration::from_millis(20);

/// Vectors that are not saved stay in memory: up to this many bytes in a folder.
const MOST_UNSAVED: usize = 64 << 20;

/// The interval between status messages: short enough to look live.
const STATUS_EVERY: Duration = Duration::from_millis(100);

/// The writer's inputs, and the queues of the threads that work for it.
pub(crate) struct Wiring {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watcher: Option<Box<dyn Watcher>>,
    pub(crate) events: Receiver<Event>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) watched: Receiver<WatchEvent>,
    pub(crate) scan_jobs: Sender<ScanJob>,
    pub(crate) edit_jobs: Sender<EditJob>,
    pub(crate) fit_jobs: Sender<FitJob>,
    pub(crate) save_jobs: Sender<SaveJob>,
}

/// How to open the folders of earlier runs.
pub(crate) struct Opening {
    /// Catch up with changes made since.
    pub(crate) catch_up: bool,
    /// The catalog was lost: add its folders again.
    pub(crate) lost: bool,
    /// This process stays: it tidies up when idle.
    pub(crate) stays: bool,
    /// The most bytes that the index may take.
    pub(crate) disk_limit: Option<u64>,
}

/// What wakes the writer.
enum Input {
    Command(Command),
    Watched(WatchEvent),
    NoWatcher,
    Event(Event),
    Wait,
    Stop,
}

/// The writer's state.
pub(crate) struct Writer {
    shared: Shared,
    dir: DataDir,
    lock: Arc<Lock>,
    catalog: Catalog,
    wiring: Wiring,
    roots: Vec<Root>,
    space: Option<Space>,
    rate: Rate,
    /// Callers waiting until everything is searchable (`true`: has its dense vector).
    settling: Vec<(bool, Sender<()>)>,
    status_due: Option<Instant>,
    /// True once the folders of earlier runs are open.
    opened: bool,
    /// True while idle time goes into the graph of some folder.
    growing: bool,
    /// True while removed folders may have data in the catalog.
    sweeping: bool,
    /// False if this process only answers and ends.
    stays: bool,
    /// The number of chunks with dense vectors at which a static model is fitted next.
    fit_at: usize,
    /// After a failure to save vectors, when to try again.
    unsaved_until: Option<Instant>,
    disk: DiskUse,
    /// When the disk's use was measured last.
    measured: Option<Instant>,
    /// True if the index changed since.
    unmeasured: bool,
}

impl Writer {
    pub(crate) fn new(
        shared: Shared,
        dir: DataDir,
        lock: Arc<Lock>,
        catalog: Catalog,
        wiring: Wiring,
    ) -> Writer {
        Writer {
            shared,
            dir,
            lock,
            catalog,
            wiring,
            roots: Vec::new(),
            space: None,
            rate: Rate::default(),
            settling: Vec::new(),
            status_due: None,
            opened: false,
            growing: false,
            sweeping: true,
            stays: false,
            fit_at: 0,
            unsaved_until: None,
            disk: DiskUse::default(),
            measured: None,
            unmeasured: true,
        }
    }

    /// Runs until told to stop, or until the engine ends by itself.
    pub(crate) fn run(mut self, opening: &Opening) {
        self.stays = opening.stays;
        self.disk.limit = opening.disk_limit;
        self.open_folders(opening);
        self.measure_disk_soon();
        while self.may_go_on() {
            let wait = self.wiring.clock.after(self.wait());
            let input = select! {
                recv(self.wiring.commands) -> command => command.map_or(Input::Stop, Input::Command),
                recv(self.wiring.watched) -> event => event.map_or(Input::NoWatcher, Input::Watched),
                recv(self.wiring.events) -> event => event.map_or(Input::Stop, Input::Event),
                recv(wait) -> _ => Input::Wait,
            };
            if !self.may_go_on() {
                return;
            }
            match input {
                Input::Command(Command::Stop) | Input::Stop => break,
                Input::Command(command) => self.obey(command),
                Input::Watched(event) => self.on_watch_event(event),
                // The closed channel would be ready all the time.
                Input::NoWatcher => self.wiring.watched = never(),
                Input::Event(event) => self.on_event(event),
                // `select!` picks any channel that is ready; tidying up waits for all others.
                Input::Wait => {
                    if self.hears_nothing() {
                        self.idle();
                    }
                }
            }
            self.commit_due_batches();
            self.hand_out_work();
            self.answer_settled();
            self.show_status();
        }
        self.close();
    }

    /// False once the engine has ended by itself. The directory is checked at every turn, as
    /// another process may have made a new one.
    fn may_go_on(&self) -> bool {
        if self.shared.ended.get().is_none() && !self.lock.is_held() {
            self.shared.end(format!("{} was deleted or replaced", self.dir.path().display()));
        }
        self.shared.ended.get().is_none()
    }

    fn wait(&self) -> Duration {
        let now = self.now();
        let due = self.roots.iter().filter_map(|root| root.work.commit_due());
        let due = due.chain(self.status_due).map(|due| due.saturating_duration_since(now));
        let idle = if self.growing { GRAPH_PAUSE } else { IDLE };
        due.min().unwrap_or(idle).min(idle)
    }

    fn now(&self) -> Instant {
        self.wiring.clock.now()
    }

    fn root(&mut self, id: RootId) -> Option<&mut Root> {
        self.roots.iter_mut().find(|root| root.id == id)
    }

    fn ids(&self) -> Vec<RootId> {
        self.roots.iter().map(|root| root.id).collect()
    }

    fn commit_due_batches(&mut self) {
        let now = self.now();
        let is_due = |root: &&Root| root.work.commit_due().is_some_and(|due| due <= now);
        let due: Vec<RootId> = self.roots.iter().filter(is_due).map(|root| root.id).collect();
        due.into_iter().for_each(|id| self.commit(id));
    }

    fn commit(&mut self, id: RootId) {
        fail::fail_point!("engine::writer");
        let Some(batch) = self.root(id).and_then(|root| root.work.take_batch()) else { return };
        if self.root(id).is_some_and(|root| root.broken) {
            // Once it is open, it is scanned.
            return;
        }
        // A commit adds to what the indexes have, so they must have all that came before. What this
        // one has is read again by the scan that follows a failure.
        if self.root(id).is_some_and(|root| root.lags())
            && let Err(error) = self.mend(id)
        {
            return self.fail(id, &error);
        }
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let begun = Instant::now();
        let edited = batch.edited;
        if root.work.is_scanned_whole()
            && let Err(error) = root.record_unfinished(&self.catalog)
        {
            tracing::warn!(%error, "cannot record the unfinished scan");
        }
        let result = root.commit(&mut self.catalog, self.space.as_ref(), batch.into_outcomes());
        root.work.commit_cost = begun.elapsed();
        match result {
            Ok(committed) => {
                // Threads that take a chunk from the backlog look it up in the snapshot.
                self.publish();
                let backlog = &self.shared.backlog;
                backlog.remove(id, &committed.removed);
                backlog.push(id, committed.lacking.iter().copied());
                if edited {
                    backlog.hurry(id, committed.lacking);
                }
                if committed.without_vectors && self.shared.fitted.load().is_some() {
                    // A job that is already waiting will cover these chunks, too.
                    let _ = self.wiring.fit_jobs.try_send(FitJob::Embed);
                }
                self.measure_disk_soon();
                let skipped = self.catalog.skipped_count(id);
                let Some(root) = self.root(id) else { return };
                root.skipped = skipped.unwrap_or(root.skipped);
                if root.vectors.as_ref().is_some_and(|it| it.unsaved_bytes() > MOST_UNSAVED) {
                    self.checkpoint(usize::MAX);
                }
            }
            Err(error) => {
                self.fail(id, &error);
                self.publish();
            }
        }
    }

    fn idle(&mut self) {
        self.mend_damaged();
        let mut grown = false;
        for root in &mut self.roots {
            // Whoever only asks does not wait for the graph, and does not save it.
            let vectors = root.vectors.as_mut().filter(|_| self.stays);
            match vectors.map(|vectors| vectors.grow_graph(GRAPH_STEP)) {
                Some(Ok(step)) => grown |= step.added > 0,
                Some(Err(error)) => tracing::warn!(%error, "cannot add vectors to the HNSW graph"),
                None => {}
            }
            if let Err(error) = root.lexical.release_writer() {
                tracing::warn!(%error, "cannot close the word index's writer");
            }
        }
        if grown {
            self.publish();
        }
        self.sweep(SWEPT_AT_ONCE);
        self.measure_disk_soon();
        self.growing = grown || self.sweeping;
        if self.unsaved_until.is_none_or(|until| self.now() >= until) {
            // While more comes, there is soon more to save.
            let more = grown || !self.shared.backlog.is_done();
            self.checkpoint(if more { BUSY_SHARE } else { UNSAVED_SHARE });
        }
    }

    fn answer_settled(&mut self) {
        if self.settling.is_empty() || !self.has_only_commits_left() {
            return;
        }
        // Callers do not wait for more files to arrive.
        self.ids().into_iter().for_each(|id| self.commit(id));
        let embedded = self.shared.backlog.is_done();
        // Callers read the status next.
        if self.settling.iter().any(|(full, _)| !full || embedded) {
            self.show_status_now();
        }
        self.settling.retain(|(full, reply)| {
            let done = !full || embedded;
            if done {
                // The caller may be gone.
                let _ = reply.send(());
            }
            !done
        });
    }

    fn has_only_commits_left(&self) -> bool {
        self.roots.iter().all(|root| root.work.has_only_commits_left())
            && self.wiring.watched.is_empty()
            && self.wiring.events.is_empty()
    }

    fn hears_nothing(&self) -> bool {
        let wiring = &self.wiring;
        wiring.commands.is_empty() && wiring.watched.is_empty() && wiring.events.is_empty()
    }

    fn publish(&mut self) {
        publish(&self.shared, &mut self.roots);
        self.unmeasured = true;
        self.changed();
    }

    /// Marks the status as outdated.
    fn changed(&mut self) {
        let due = self.now() + STATUS_EVERY;
        self.status_due.get_or_insert(due);
    }

    fn close(mut self) {
        if !self.may_go_on() {
            return;
        }
        // A running scan is not awaited: the next start continues where it left off.
        self.roots.iter().for_each(|root| root.cancelled.store(true, Ordering::Relaxed));
        self.ids().into_iter().for_each(|id| self.commit(id));
        while self.sweeping {
            self.sweep(SWEPT_AT_THE_END);
        }
        self.wait_for_saves();
        for vectors in self.roots.iter_mut().filter_map(|root| root.vectors.as_mut()) {
            if vectors.unsaved().saturating_mul(CLOSING_SHARE) > vectors.len()
                && let Err(error) = vectors.checkpoint()
            {
                tracing::warn!(%error, "cannot save vectors; they will be recreated");
            }
        }
    }
}
