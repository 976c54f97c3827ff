//! The one thread that changes anything. Everything that can happen to it is an [`Event`], a
//! [`Command`] or a [`WatchEvent`]. It reads no source file: other threads do, and it commits what
//! they make of it.

mod commands;
mod open;
mod retry;
mod schedule;
mod show;
mod vectors;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, select};
use descry_base::RootId;
use descry_catalog::Catalog;
use descry_search::Snapshot;
use descry_watch::{WatchEvent, Watcher};

use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::edits::EditJob;
use crate::event::{Command, Event};
use crate::fit::FitJob;
use crate::names::names;
use crate::rate::Rate;
use crate::root::{Root, Space};
use crate::scan::ScanJob;
use crate::shared::{Notification, Shared};
use vectors::UNSAVED_SHARE;

pub(crate) use show::model;

/// How long the writer waits for something to happen before it tidies up.
const IDLE: Duration = Duration::from_millis(250);

/// The share of idle time that moving vectors into the HNSW graph may take at once.
const GRAPH_STEP: Duration = Duration::from_millis(20);

/// Between two status messages: fast enough to look live.
const STATUS_EVERY: Duration = Duration::from_millis(100);

/// What the writer hears from, and whom it gives work.
pub(crate) struct Wiring {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watcher: Option<Box<dyn Watcher>>,
    pub(crate) events: Receiver<Event>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) watched: Receiver<WatchEvent>,
    pub(crate) scan_jobs: Sender<ScanJob>,
    pub(crate) edit_jobs: Sender<EditJob>,
    pub(crate) fit_jobs: Sender<FitJob>,
}

/// How the folders of earlier runs are opened.
pub(crate) struct Opening {
    /// Catch up with what changed since.
    pub(crate) catch_up: bool,
    /// The catalog was lost: its folders are added again.
    pub(crate) lost: bool,
}

/// The writer's own state.
pub(crate) struct Writer {
    shared: Shared,
    dir: DataDir,
    catalog: Catalog,
    wiring: Wiring,
    roots: Vec<Root>,
    space: Option<Space>,
    rate: Rate,
    /// Who waits until everything is searchable (`true`: has its dense vector).
    settling: Vec<(bool, Sender<()>)>,
    status_due: Option<Instant>,
    /// The folders of earlier runs are opened.
    opened: bool,
    /// A static model is fitted once so many chunks have dense vectors.
    fit_at: usize,
    /// Saving vectors failed, and is tried again then.
    unsaved_until: Option<Instant>,
}

impl Writer {
    pub(crate) fn new(shared: Shared, dir: DataDir, catalog: Catalog, wiring: Wiring) -> Writer {
        Writer {
            shared,
            dir,
            catalog,
            wiring,
            roots: Vec::new(),
            space: None,
            rate: Rate::default(),
            settling: Vec::new(),
            status_due: None,
            opened: false,
            fit_at: 0,
            unsaved_until: None,
        }
    }

    /// Runs until told to stop.
    pub(crate) fn run(mut self, opening: &Opening) {
        self.open_folders(opening);
        loop {
            let wait = self.wiring.clock.after(self.wait());
            select! {
                recv(self.wiring.commands) -> command => match command {
                    Ok(Command::Stop) | Err(_) => break,
                    Ok(command) => self.obey(command),
                },
                recv(self.wiring.watched) -> event => match event {
                    Ok(event) => self.noticed(event),
                    // Nobody watches: a closed channel would be ready all the time.
                    Err(_) => self.wiring.watched = never(),
                },
                recv(self.wiring.events) -> event => if let Ok(event) = event { self.happened(event) },
                recv(wait) -> _ => self.idle(),
            }
            self.commit_due_batches();
            self.hand_out_work();
            self.answer_settled();
            self.show_status();
        }
        self.close();
    }

    fn wait(&self) -> Duration {
        let now = self.now();
        let due = self.roots.iter().filter_map(|root| root.work.commit_due());
        let due = due.chain(self.status_due).map(|due| due.saturating_duration_since(now));
        due.min().unwrap_or(IDLE).min(IDLE)
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
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let Some(batch) = root.work.take_batch() else { return };
        let begun = Instant::now();
        let edited = batch.edited;
        if root.work.is_scanned_whole()
            && let Err(error) = root.record_unfinished(&self.catalog)
        {
            tracing::warn!(%error, "a kill would not be noticed");
        }
        let result = root.commit(&mut self.catalog, self.space.as_ref(), batch.into_outcomes());
        root.work.commit_cost = begun.elapsed();
        match result {
            Ok(committed) => {
                // Whoever takes a chunk from the backlog looks it up in the snapshot.
                self.publish();
                let backlog = &self.shared.backlog;
                backlog.remove(id, &committed.removed);
                backlog.push(id, committed.lacking.iter().copied());
                if edited {
                    backlog.hurry(id, committed.lacking);
                }
                if committed.without_vectors && self.shared.fitted.load().is_some() {
                    // If one waits already, it sees these chunks as well.
                    let _ = self.wiring.fit_jobs.try_send(FitJob::Embed);
                }
                let skipped = self.catalog.skipped_count(id);
                let Some(root) = self.root(id) else { return };
                root.skipped = skipped.unwrap_or(root.skipped);
            }
            Err(error) => {
                self.fail(id, &error);
                self.publish();
            }
        }
    }

    fn idle(&mut self) {
        let mut grown = false;
        for root in &mut self.roots {
            match root.vectors.as_mut().map(|vectors| vectors.grow_graph(GRAPH_STEP)) {
                Some(Ok(step)) => grown |= step.added > 0,
                Some(Err(error)) => tracing::warn!(%error, "vectors stay out of the graph"),
                None => {}
            }
            if let Err(error) = root.lexical.release_writer() {
                tracing::warn!(%error, "the word index's writer stays open");
            }
        }
        if grown {
            self.publish();
        }
        let may_save = self.unsaved_until.is_none_or(|until| self.now() >= until);
        if !grown && may_save && self.shared.backlog.is_done() {
            self.checkpoint(UNSAVED_SHARE);
        }
    }

    fn answer_settled(&mut self) {
        if self.settling.is_empty() || !self.is_done_but_for_commits() {
            return;
        }
        // Whoever waits does not wait for more files to come.
        self.ids().into_iter().for_each(|id| self.commit(id));
        let embedded = self.shared.backlog.is_done();
        // Whoever waited for this looks at the status next.
        if self.settling.iter().any(|(full, _)| !full || embedded) {
            self.show_status_now();
        }
        self.settling.retain(|(full, reply)| {
            let done = !full || embedded;
            if done {
                // Whoever asked may have gone.
                let _ = reply.send(());
            }
            !done
        });
    }

    fn is_done_but_for_commits(&self) -> bool {
        self.roots.iter().all(|root| root.work.is_done_but_for_commits())
            && self.wiring.watched.is_empty()
            && self.wiring.events.is_empty()
    }

    fn publish(&mut self) {
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
    fn changed(&mut self) {
        let due = self.now() + STATUS_EVERY;
        self.status_due.get_or_insert(due);
    }

    fn close(mut self) {
        // A scan that is under way is not waited for: the next start goes on where it was.
        self.roots.iter().for_each(|root| root.cancelled.store(true, Ordering::Relaxed));
        self.ids().into_iter().for_each(|id| self.commit(id));
        self.checkpoint(usize::MAX);
    }
}
