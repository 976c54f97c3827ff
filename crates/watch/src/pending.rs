//! The debouncer: paths wait here until they come to rest. Pure; the caller brings the time.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use descry_base::RelPath;

use crate::root::top;

/// What is known of a pending path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// Something about it changed.
    Seen,
    /// It came, went, or moved: if it is a folder, what is below has to be read anew.
    Reread,
}

#[derive(Debug)]
struct Entry {
    order: u64,
    first: Instant,
    last: Instant,
    mark: Mark,
}

/// The pending paths of one root, at most as many as the limit.
#[derive(Debug)]
pub(crate) struct Pending {
    paths: HashMap<RelPath, Entry>,
    recorded: u64,
    /// No later than the first path to come to rest.
    next: Option<Instant>,
    quiet: Duration,
    longest: Duration,
    limit: usize,
}

impl Pending {
    pub(crate) fn new(quiet: Duration, longest: Duration, limit: usize) -> Pending {
        Pending { paths: HashMap::new(), recorded: 0, next: None, quiet, longest, limit }
    }

    /// Something happened to `path`.
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

    /// Takes out the paths that have come to rest, in the order of their first record.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<(RelPath, Mark)> {
        let (quiet, longest) = (self.quiet, self.longest);
        let due = |entry: &Entry| (entry.last + quiet).min(entry.first + longest);
        let mut taken: Vec<_> = self.paths.extract_if(|_, entry| due(entry) <= now).collect();
        self.next = self.paths.values().map(due).min();
        taken.sort_unstable_by_key(|(_, entry)| entry.order);
        taken.into_iter().map(|(path, entry)| (path, entry.mark)).collect()
    }

    /// Takes out everything.
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

/// Paths of which all is told, and with them of what lies below.
#[derive(Debug, Default)]
pub(crate) struct Covered(HashSet<String>);

impl Covered {
    pub(crate) fn add(&mut self, path: &RelPath) {
        self.0.insert(path.to_string());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if `path` lies below one of them (and is not one itself).
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
