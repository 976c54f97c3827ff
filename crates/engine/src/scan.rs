//! The two threads that read files for the writer: one walks whole folders, one follows edits, so
//! that a saved file never waits behind a folder of a hundred thousand.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender};
use descry_base::{RelPath, RootId, Stamp};
use descry_search::Table;
use descry_watch::{Admission, Change, FileStat, Rules, Verdict, WalkError};
use rayon::prelude::*;

use crate::event::{Event, ScanFailure};
use crate::prepare::{Outcome, prepare};
use crate::publish::Shared;

/// A folder, or a part of one, to compare with what is known of it.
pub(crate) struct ScanJob {
    pub(crate) root: RootId,
    pub(crate) path: PathBuf,
    pub(crate) below: RelPath,
    pub(crate) table: Table,
    /// The stamps of what was left out when it was last looked at.
    pub(crate) skipped: HashMap<String, Stamp>,
    /// What is known was cut by another version of the chunker: every file is read again.
    pub(crate) recut: bool,
    /// Every file is read again, whatever its stamp.
    pub(crate) reread: bool,
    /// Set when the folder is removed.
    pub(crate) cancelled: Arc<AtomicBool>,
}

/// Changes that the watcher noticed, in order.
pub(crate) struct EditJob {
    pub(crate) root: RootId,
    pub(crate) path: PathBuf,
    pub(crate) changes: Vec<Change>,
    pub(crate) table: Table,
}

/// Walks folders, one after the other, until the sender is gone.
pub(crate) fn scan_folders(shared: &Shared, jobs: &Receiver<ScanJob>, out: &Sender<Event>) {
    let pool = rayon::ThreadPoolBuilder::new().thread_name(|i| format!("descry-read-{i}")).build();
    let Ok(pool) = pool.inspect_err(|error| tracing::error!(%error, "no threads to read with"))
    else {
        return;
    };
    for job in jobs {
        let result = scan(shared, &job, &pool, out);
        let whole = job.below == RelPath::default();
        if out.send(Event::Scanned { root: job.root, whole, result }).is_err() {
            return;
        }
    }
}

fn scan(
    shared: &Shared,
    job: &ScanJob,
    pool: &rayon::ThreadPool,
    out: &Sender<Event>,
) -> Result<Vec<descry_base::Skipped>, ScanFailure> {
    let mut found = Vec::new();
    let mut visit = |stat: FileStat| {
        found.push(stat);
        match job.cancelled.load(Ordering::Relaxed) {
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

    let send = |path: RelPath, outcome| {
        let event = Event::Prepared { root: job.root, path, outcome, scanned: true };
        // The writer is gone only when everything ends.
        let _ = out.send(event);
    };
    let seen: HashSet<&RelPath> = found.iter().map(|stat| &stat.path).collect();
    let gone = job.table.files_within(&job.below).filter(|file| !seen.contains(&file.path));
    gone.for_each(|file| send(file.path.clone(), Outcome::Gone));
    // What was left out and is now gone or ignored is no longer worth telling.
    let left_out: HashSet<&str> = report.skipped.iter().map(|entry| entry.path.as_str()).collect();
    let forgotten = job.skipped.keys().filter(|path| !left_out.contains(path.as_str()));
    let forgotten = forgotten.filter_map(|path| RelPath::new(path).ok());
    forgotten
        .filter(|path| path.is_within(&job.below) && !seen.contains(path))
        .for_each(|path| send(path, Outcome::Gone));

    let changed: Vec<&FileStat> =
        found.iter().filter(|stat| job.recut || job.reread || !job.is_known(stat)).collect();
    let student = shared.student();
    pool.install(|| {
        changed.par_iter().for_each(|stat| {
            if !job.cancelled.load(Ordering::Relaxed) {
                let known = job.table.file(&stat.path).filter(|_| !job.recut);
                let known = known.map(AsRef::as_ref);
                send(stat.path.clone(), prepare(&job.path, stat, known, student.as_deref()));
            }
        });
    });
    match job.cancelled.load(Ordering::Relaxed) {
        true => Err(ScanFailure::Cancelled),
        false => Ok(report.skipped),
    }
}

impl ScanJob {
    /// True if the file was read, or left out, with this very stamp.
    fn is_known(&self, stat: &FileStat) -> bool {
        match self.table.file(&stat.path) {
            Some(file) => file.stamp == stat.stamp,
            None => self.skipped.get(stat.path.as_str()) == Some(&stat.stamp),
        }
    }
}

/// Follows edits until the sender is gone.
pub(crate) fn follow_edits(shared: &Shared, jobs: &Receiver<EditJob>, out: &Sender<Event>) {
    let mut admissions: HashMap<RootId, Admission> = HashMap::new();
    for job in jobs {
        let admission = admissions
            .entry(job.root)
            .or_insert_with(|| Admission::new(&job.path, &Rules::default()));
        for change in &job.changes {
            match change {
                Change::Touched(path) => {
                    // It may have taken the place of a folder.
                    let below = job.table.files_within(path).filter(|file| file.path != *path);
                    below.for_each(|file| look(shared, &job, &file.path, admission, out));
                    look(shared, &job, path, admission, out);
                }
                // A removed folder takes its files along; one that is there again by now stays.
                Change::Removed(path) => {
                    let files = job.table.files_within(path);
                    files.for_each(|file| look(shared, &job, &file.path, admission, out));
                }
                // The writer hands the walk to the scanning thread.
                Change::Rescan(folder) => admission.forget(folder),
            }
        }
        if out.send(Event::Edited).is_err() {
            return;
        }
    }
}

/// Looks at a file as it is now.
fn look(
    shared: &Shared,
    job: &EditJob,
    path: &RelPath,
    admission: &mut Admission,
    out: &Sender<Event>,
) {
    let outcome = match admission.admit(path) {
        Verdict::Admit(stat) => {
            let known = job.table.file(path).map(AsRef::as_ref);
            prepare(&job.path, &stat, known, shared.student().as_deref())
        }
        Verdict::Skip(reason) => Outcome::Skipped { reason, stamp: Stamp::default() },
        Verdict::Folder | Verdict::Ignored | Verdict::Gone => Outcome::Gone,
    };
    let (root, path) = (job.root, path.clone());
    // The writer is gone only when everything ends.
    let _ = out.send(Event::Prepared { root, path, outcome, scanned: false });
}
