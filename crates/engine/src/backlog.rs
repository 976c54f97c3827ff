//! The chunks that wait for their dense vector, those nearest to the user first.

use std::collections::{HashMap, HashSet, VecDeque};

use descry_base::{ChunkId, RootId};
use parking_lot::{Condvar, Mutex};

/// Chunks without a dense vector, by folder.
#[derive(Default)]
pub(crate) struct Backlog {
    state: Mutex<State>,
    changed: Condvar,
    /// Nobody takes from it, so nothing waits.
    unused: bool,
}

#[derive(Default)]
struct State {
    folders: HashMap<RootId, Folder>,
    /// Chunks taken but not yet reported as done.
    taken: usize,
    stopped: bool,
    /// Nothing is taken for now.
    halted: bool,
}

#[derive(Default)]
struct Folder {
    paused: bool,
    waiting: HashSet<ChunkId>,
    /// May contain chunks that no longer wait: `waiting` decides.
    urgent: VecDeque<ChunkId>,
    normal: VecDeque<ChunkId>,
}

impl Backlog {
    /// A backlog from which nobody takes: it stays empty.
    pub(crate) fn unused() -> Backlog {
        Backlog { unused: true, ..Backlog::default() }
    }

    /// Appends chunks.
    pub(crate) fn push(&self, root: RootId, chunks: impl IntoIterator<Item = ChunkId>) {
        if self.unused {
            return;
        }
        let mut state = self.state.lock();
        let folder = state.folders.entry(root).or_default();
        for chunk in chunks {
            if folder.waiting.insert(chunk) {
                folder.normal.push_back(chunk);
            }
        }
        self.changed.notify_all();
    }

    /// Moves chunks that were just edited or shown to the front; ignores chunks that are not
    /// waiting.
    pub(crate) fn hurry(&self, root: RootId, chunks: impl IntoIterator<Item = ChunkId>) {
        let mut state = self.state.lock();
        if let Some(folder) = state.folders.get_mut(&root) {
            for chunk in chunks {
                if folder.waiting.contains(&chunk) && !folder.urgent.contains(&chunk) {
                    folder.urgent.push_back(chunk);
                }
            }
        }
    }

    /// Removes chunks that no longer exist.
    pub(crate) fn remove(&self, root: RootId, chunks: &[ChunkId]) {
        let mut state = self.state.lock();
        if let Some(folder) = state.folders.get_mut(&root) {
            for chunk in chunks {
                folder.waiting.remove(chunk);
            }
        }
    }

    /// Removes a folder.
    pub(crate) fn remove_root(&self, root: RootId) {
        self.state.lock().folders.remove(&root);
    }

    /// Pauses or resumes a folder.
    pub(crate) fn set_paused(&self, root: RootId, paused: bool) {
        self.state.lock().folders.entry(root).or_default().paused = paused;
        self.changed.notify_all();
    }

    /// Stops or resumes all folders.
    pub(crate) fn halt(&self, halted: bool) {
        self.state.lock().halted = halted;
        self.changed.notify_all();
    }

    /// Reports that `count` of the taken chunks have been processed.
    pub(crate) fn finish(&self, count: usize) {
        let mut state = self.state.lock();
        state.taken = state.taken.saturating_sub(count);
    }

    /// True if no chunk is in progress, and none waits in a folder that is neither paused nor halted.
    pub(crate) fn is_done(&self) -> bool {
        let state = self.state.lock();
        state.taken == 0
            && (state.halted
                || state.folders.values().all(|folder| folder.paused || folder.waiting.is_empty()))
    }

    /// Takes up to `most` chunks of one folder. If `wait`, waits for some. `None` once stopped, or
    /// if there are none and `wait` is false.
    pub(crate) fn take(&self, most: usize, wait: bool) -> Option<(RootId, Vec<ChunkId>)> {
        let mut state = self.state.lock();
        loop {
            if state.stopped {
                return None;
            }
            let halted = state.halted;
            // Folders with urgent chunks come first.
            let by_urgency = |(root, folder): &(&RootId, &mut Folder)| {
                let urgent = folder.urgent.iter().any(|chunk| folder.waiting.contains(chunk));
                (!urgent, **root)
            };
            let next = state
                .folders
                .iter_mut()
                .filter(|(_, folder)| !halted && !folder.paused && !folder.waiting.is_empty())
                .min_by_key(by_urgency);
            if let Some((root, folder)) = next {
                let (root, chunks) = (*root, folder.take(most));
                state.taken += chunks.len();
                return Some((root, chunks));
            }
            if !wait {
                return None;
            }
            self.changed.wait(&mut state);
        }
    }

    /// Ends every wait.
    pub(crate) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
    }
}

impl Folder {
    fn take(&mut self, most: usize) -> Vec<ChunkId> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let Some(chunk) = self.urgent.pop_front().or_else(|| self.normal.pop_front()) else {
                break;
            };
            if self.waiting.remove(&chunk) {
                taken.push(chunk);
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgent_first_and_paused_never() {
        let (a, b) = (RootId(1), RootId(2));
        let backlog = Backlog::default();
        let ids = |range: std::ops::Range<u64>| range.map(ChunkId);
        backlog.push(a, ids(0..4));
        backlog.push(b, ids(10..12));
        backlog.hurry(b, [ChunkId(11), ChunkId(99)]);
        assert_eq!(backlog.take(1, false), Some((b, vec![ChunkId(11)])));
        backlog.hurry(a, [ChunkId(2)]);
        backlog.remove(a, &[ChunkId(0)]);
        assert_eq!(backlog.take(9, false), Some((a, vec![ChunkId(2), ChunkId(1), ChunkId(3)])));
        backlog.set_paused(b, true);
        assert_eq!(backlog.take(9, false), None);
        assert!(!backlog.is_done(), "four are under way");
        backlog.finish(4);
        assert!(backlog.is_done());
        backlog.set_paused(b, false);
        backlog.halt(true);
        assert_eq!(backlog.take(9, false), None);
        assert!(backlog.is_done());
        backlog.halt(false);
        assert_eq!(backlog.take(9, false), Some((b, vec![ChunkId(10)])));
    }
}
