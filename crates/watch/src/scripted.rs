//! A watcher that reports what a test tells it to, without a disk.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;
use descry_base::RootId;

use crate::change::{Change, ChangeBatch, WatchError, WatchEvent, WatchMode, WatchRoot, Watcher};
use crate::root::top;

/// Announces each new root as a real watcher does, with its mode and a rescan. The test keeps a
/// clone to send everything else. Clones share one state.
#[derive(Clone, Debug)]
pub struct ScriptedWatcher {
    out: Sender<WatchEvent>,
    roots: Arc<Mutex<Vec<WatchRoot>>>,
}

impl ScriptedWatcher {
    /// A watcher that sends its events to `out`.
    pub fn new(out: Sender<WatchEvent>) -> ScriptedWatcher {
        ScriptedWatcher { out, roots: Arc::default() }
    }

    /// Reports changes below a root.
    ///
    /// # Errors
    /// If nothing receives the events any more.
    pub fn changes(&self, root: RootId, changes: Vec<Change>) -> Result<(), WatchError> {
        self.event(WatchEvent::Changes(ChangeBatch { root, changes }))
    }

    /// Sends any event.
    ///
    /// # Errors
    /// If nothing receives the events any more.
    pub fn event(&self, event: WatchEvent) -> Result<(), WatchError> {
        self.out.send(event).map_err(|_| WatchError::Stopped)
    }

    /// The roots set last.
    pub fn roots(&self) -> Vec<WatchRoot> {
        self.roots.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Watcher for ScriptedWatcher {
    fn set_roots(&self, roots: Vec<WatchRoot>) {
        let known = self.roots();
        *self.roots.lock().unwrap_or_else(PoisonError::into_inner) = roots.clone();
        for root in roots.into_iter().filter(|root| !known.contains(root)) {
            // Fails only if nothing receives the events.
            let _ = self.event(WatchEvent::Mode { root: root.id, mode: WatchMode::Native });
            let _ = self.changes(root.id, vec![Change::Rescan(top())]);
        }
    }

    fn flush(&self) -> Result<(), WatchError> {
        Ok(())
    }
}
