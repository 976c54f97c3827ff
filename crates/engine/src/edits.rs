//! The thread that processes edits, so that a saved file never waits behind a folder of a hundred
//! thousand files.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crossbeam_channel::{Receiver, Sender};
use descry_base::{RelPath, RootId, Stamp};
use descry_search::Table;
use descry_watch::{Admission, Change, Rules, Verdict};

use crate::event::{Event, Origin};
use crate::prepare::{Outcome, prepare};
use crate::shared::Shared;

/// Changes reported by the watcher, in order.
pub(crate) struct EditJob {
    pub(crate) root: RootId,
    pub(crate) path: PathBuf,
    pub(crate) changes: Vec<Change>,
    pub(crate) table: Table,
}

/// Processes edits until the sender is gone.
pub(crate) fn follow_edits(shared: &Shared, jobs: &Receiver<EditJob>, out: &Sender<Event>) {
    for job in jobs {
        fail::fail_point!("engine::edit");
        // The ignore files are read for each job: the watcher may tell of an edit before it tells
        // of the changed rules for it.
        let admission = &mut Admission::new(&job.path, &Rules::default());
        for change in &job.changes {
            match change {
                Change::Touched(path) => {
                    // The path may have replaced a folder.
                    let below = job.table.files_within(path).filter(|file| file.path != *path);
                    below.for_each(|file| look(shared, &job, &file.path, admission, out));
                    look(shared, &job, path, admission, out);
                }
                // A removed folder takes its files along; a file that exists again by now stays.
                Change::Removed(path) => {
                    let files = job.table.files_within(path);
                    files.for_each(|file| look(shared, &job, &file.path, admission, out));
                }
                // The scan thread does it.
                Change::Rescan(_) => {}
            }
        }
        if out.send(Event::Edited { root: job.root }).is_err() {
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
    let known = job.table.file(path).map(AsRef::as_ref);
    let outcome = match admission.admit(path) {
        Verdict::Admit(_) if known.is_none() && shared.full.load(Ordering::Relaxed) => {
            // Sending fails only during shutdown.
            return drop(out.send(Event::NoRoom { root: job.root }));
        }
        Verdict::Admit(stat) => prepare(&job.path, &stat, known, shared.static_model().as_deref()),
        Verdict::Skip(reason) => Outcome::Skipped { reason, stamp: Stamp::default() },
        Verdict::Folder | Verdict::Ignored | Verdict::Gone => Outcome::Gone,
    };
    let (root, path) = (job.root, path.clone());
    // Sending fails only during shutdown.
    let _ = out.send(Event::Prepared { root, path, outcome, origin: Origin::Edit });
}
