//! The debouncer: holds paths until they come to rest. Pure: the caller supplies the time.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use descry_base::RelPath;

use crate::root::top;

/// What is known about a pending path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// Something about it changed.
    Seen,
    /// It appeared, disappeared or moved: if it is a folder, everything below must be read again.
    Reread,
}

#[derive(Debug)]
struct Entry {
    order: u64,
    first: Instant,
    last: Instant,
    mark: Mark,
}

/// The pending paths of one root, at most `limit` of them.
#[derive(Debug)]
pub(crate) struct Pending {
    paths: HashMap<RelPath, Entry>,
    recorded: u64,
    /// No later than the first path's due time.
    next: Option<Instant>,
    quiet: Duration,
    longest: Duration,
    limit: usize,
}

impl Pending {
    pub(crate) fn new(quiet: Duration, longest: Duration, limit: usize) -> Pending {
        Pending { paths: HashMap::new(), recorded: 0, next: None, quiet, longest, limit }
    }

    /// Records a change to `path`.
    pub(crate) fn record(&mut self, path: RelPath, mark: Mark, now: Instant) {
        self.recorded += 1;
        let order = self.recorded;
        let entry = self.paths.entry(path).or_insert(Entry { order, first: now, last: now, mark });
        entry.last = now;
        entry.mark = entry.mark.max(mark);
        self.next.get_or_insert(now + self.quiet);
        if self.paths.len() > self.limit {
            let first = self.paths.values().map(|entry| entry.first).min().unwrap_or(now);
            self.paths.clear();
            self.paths.insert(top(), Entry { order, first, last: now, mark: Mark::Reread });
        }
    }

    /// When to call [`Pending::take`] next; `None` if nothing is pending.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Removes and returns the paths that have come to rest, in the order of their first records.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<(RelPath, Mark)> {
        let (quiet, longest) = (self.quiet, self.longest);
        let due = |entry: &Entry| (entry.last + quiet).min(entry.first + longest);
        let mut taken: Vec<_> = self.paths.extract_if(|_, entry| due(entry) <= now).collect();
        self.next = self.paths.values().map(due).min();
        taken.sort_unstable_by_key(|(_, entry)| entry.order);
        taken.into_iter().map(|(path, entry)| (path, entry.mark)).collect()
    }

    /// Removes and returns all paths.
    pub(crate) fn take_all(&mut self) -> Vec<(RelPath, Mark)> {
        let mut taken: Vec<_> = self.paths.drain().collect();
        self.next = None;
        taken.sort_unstable_by_key(|(_, entry)| entry.order);
        taken.into_iter().map(|(path, entry)| (path, entry.mark)).collect()
    }

    /// Drops the paths below `told`.
    pub(crate) fn drop_below(&mut self, told: &Covered) {
        if !told.is_empty() {
            self.paths.retain(|path, _| !told.covers(path));
        }
    }
}

/// Paths that are fully reported, together with everything below them.
#[derive(Debug, Default)]
pub(crate) struct Covered(HashSet<String>);

impl Covered {
    pub(crate) fn add(&mut self, path: &RelPath) {
        self.0.insert(path.to_string());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if `path` lies strictly below one of them.
    pub(crate) fn covers(&self, path: &RelPath) -> bool {
        if self.0.is_empty() || path.as_str().is_empty() {
            return false;
        }
        let above = path.as_str().match_indices('/').map(|(slash, _)| &path.as_str()[..slash]);
        std::iter::once("").chain(above).any(|folder| self.0.contains(folder))
    }
}

#[cfg(test)]
mod tests;
