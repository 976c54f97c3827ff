//! The thread that scans folders: it lists the files of each and reads the new ones. Folders take
//! turns, so that a small one does not wait for a huge one.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use descry_base::{RelPath, RootId, Skipped, Stamp};
use descry_search::Table;
use descry_watch::{FileStat, Rules, WalkError};
use rayon::prelude::*;

use crate::event::{Event, Origin, ScanFailure};
use crate::prepare::{Outcome, prepare};
use crate::shared::Shared;

/// The number of files read from one folder per turn: a few tenths of a second.
const TURN: usize = 256;

/// A folder, or a part of one, to compare with its indexed state.
pub(crate) struct ScanJob {
    pub(crate) root: RootId,
    pub(crate) path: PathBuf,
    pub(crate) below: RelPath,
    pub(crate) table: Table,
    /// The stamps of skipped files when they were last seen.
    pub(crate) skipped: HashMap<String, Stamp>,
    /// Another version of the chunker made the known chunks: every file is read again.
    pub(crate) recut: bool,
    /// Every file is read again, whatever its stamp.
    pub(crate) reread: bool,
    /// Set when the folder is removed.
    pub(crate) cancelled: Arc<AtomicBool>,
}

/// Scans folders in turns until the sender is gone.
pub(crate) fn scan_folders(shared: &Shared, jobs: &Receiver<ScanJob>, out: &Sender<Event>) {
    let pool = rayon::ThreadPoolBuilder::new().thread_name(|i| format!("descry-read-{i}")).build();
    let Ok(pool) = pool.inspect_err(|error| tracing::error!(%error, "cannot start the readers"))
    else {
        return;
    };
    let mut scans: VecDeque<Scan> = VecDeque::new();
    loop {
        let job = match scans.is_empty() {
            true => jobs.recv().map_err(|_| TryRecvError::Disconnected),
            false => jobs.try_recv(),
        };
        match job {
            Ok(job) => scans.push_front(Scan::begin(job, out)),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return,
        }
        let Some(mut scan) = scans.pop_front() else { continue };
        scan.read(shared, &pool, out);
        if !scan.unread.is_empty() {
            scans.push_back(scan);
        } else if out.send(scan.end()).is_err() {
            return;
        }
    }
}

/// A running scan.
struct Scan {
    job: ScanJob,
    /// New or changed files that have not been read yet.
    unread: VecDeque<FileStat>,
    /// What was skipped, once all files are read.
    result: Result<Vec<Skipped>, ScanFailure>,
}

impl Scan {
    /// Lists the folder and reports files that are gone.
    fn begin(job: ScanJob, out: &Sender<Event>) -> Scan {
        fail::fail_point!("engine::scan");
        match list(&job, out) {
            Ok((unread, skipped)) => Scan { job, unread, result: Ok(skipped) },
            Err(failure) => Scan { job, unread: VecDeque::new(), result: Err(failure) },
        }
    }

    /// Reads the files of one turn.
    fn read(&mut self, shared: &Shared, pool: &rayon::ThreadPool, out: &Sender<Event>) {
        if shared.full.load(Ordering::Relaxed) {
            let before = self.unread.len();
            self.unread.retain(|stat| self.job.table.file(&stat.path).is_some());
            if self.unread.len() < before {
                self.result = Err(ScanFailure::NoRoom);
            }
        }
        let count = self.unread.len().min(TURN);
        let turn: Vec<FileStat> = self.unread.drain(..count).collect();
        let (job, static_model) = (&self.job, shared.static_model());
        pool.install(|| {
            turn.par_iter().for_each(|stat| {
                if !job.is_cancelled() {
                    let known = job.table.file(&stat.path).filter(|_| !job.recut);
                    let known = known.map(AsRef::as_ref);
                    let outcome = prepare(&job.path, stat, known, static_model.as_deref());
                    job.send(stat.path.clone(), outcome, out);
                }
            });
        });
        if self.job.is_cancelled() {
            self.unread.clear();
            self.result = Err(ScanFailure::Cancelled);
        }
    }

    fn end(self) -> Event {
        let whole = self.job.below == RelPath::default();
        Event::Scanned { root: self.job.root, whole, result: self.result }
    }
}

/// The files to read, and what was skipped.
fn list(
    job: &ScanJob,
    out: &Sender<Event>,
) -> Result<(VecDeque<FileStat>, Vec<Skipped>), ScanFailure> {
    let mut found = Vec::new();
    let mut visit = |stat: FileStat| {
        found.push(stat);
        match job.is_cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let report = descry_watch::walk_below(&job.path, &job.below, &Rules::default(), &mut visit)
        .map_err(|error| match error {
            WalkError::RootGone { .. } => ScanFailure::Missing,
            other => ScanFailure::Failed(other.to_string()),
        })?;
    if report.stopped {
        return Err(ScanFailure::Cancelled);
    }
    let files = found.len();
    let _ = out.send(Event::Listed { root: job.root, files });

    let seen: HashSet<&RelPath> = found.iter().map(|stat| &stat.path).collect();
    let gone = job.table.files_within(&job.below).filter(|file| !seen.contains(&file.path));
    gone.for_each(|file| job.send(file.path.clone(), Outcome::Gone, out));
    // Skipped paths that are now gone or ignored need no record.
    let left_out: HashSet<&str> = report.skipped.iter().map(|entry| entry.path.as_str()).collect();
    let forgotten = job.skipped.keys().filter(|path| !left_out.contains(path.as_str()));
    let forgotten = forgotten.filter_map(|path| RelPath::new(path).ok());
    forgotten
        .filter(|path| path.is_within(&job.below) && !seen.contains(path))
        .for_each(|path| job.send(path, Outcome::Gone, out));
    drop(seen);
    found.retain(|stat| job.recut || job.reread || !job.is_known(stat));
    Ok((found.into(), report.skipped))
}

impl ScanJob {
    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn send(&self, path: RelPath, outcome: Outcome, out: &Sender<Event>) {
        // Sending fails only during shutdown.
        let _ = out.send(Event::Prepared { root: self.root, path, outcome, origin: Origin::Scan });
    }

    /// True if the file was read or skipped with this exact stamp.
    fn is_known(&self, stat: &FileStat) -> bool {
        match self.table.file(&stat.path) {
            Some(file) => file.stamp == stat.stamp,
            None => self.skipped.get(stat.path.as_str()) == Some(&stat.stamp),
        }
    }
}
