//! The thread that writes vectors to disk: a large folder takes seconds, and edits do not wait.

use crossbeam_channel::{Receiver, Sender};
use descry_base::RootId;
use descry_vector::Checkpoint;

use crate::event::Event;

/// The vectors of a folder, to be saved.
pub(crate) struct SaveJob {
    pub(crate) root: RootId,
    pub(crate) checkpoint: Checkpoint,
}

/// Saves vectors until the sender is gone.
pub(crate) fn run(jobs: &Receiver<SaveJob>, out: &Sender<Event>) {
    for SaveJob { root, checkpoint } in jobs {
        let saved = checkpoint.write();
        if out.send(Event::Saved { root, saved }).is_err() {
            return;
        }
    }
}
