//! The pending and running work of one folder. A pure state machine: time comes in, jobs go out.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use descry_base::RelPath;
use descry_watch::Change;

use crate::event::Origin;
use crate::prepare::Outcome;
use crate::root::batch::Batch;

/// How long after a failure (a full disk, say) a folder is scanned again.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The work of one folder. One scan and one set of edits run at a time; pending scans are merged.
#[derive(Default)]
pub(crate) struct RootWork {
    batch: Option<Batch>,
    /// How long the last commit took.
    pub(crate) commit_cost: Duration,
    /// Parts of the folder waiting for a scan; none lies within another.
    scans: Vec<RelPath>,
    scan: Option<RunningScan>,
    edits: VecDeque<Vec<Change>>,
    edits_running: bool,
    retry_at: Option<Instant>,
}

struct RunningScan {
    /// Covers the whole folder.
    whole: bool,
    /// Files edited since the scan began, for which its outcomes may be outdated.
    edited: HashSet<RelPath>,
}

impl RootWork {
    /// Requests a scan of a part of the folder; the empty path means all of it.
    pub(crate) fn request_scan(&mut self, below: RelPath) {
        if !self.scans.iter().any(|waiting| below.is_within(waiting)) {
            self.scans.retain(|waiting| !waiting.is_within(&below));
            self.scans.push(below);
        }
    }

    /// Starts the next scan, if none is running, and returns the part to scan. It waits for edits
    /// under way: they may go by rules that have changed since, and the scan removes their outcomes
    /// if it finds them in the table.
    pub(crate) fn take_scan(&mut self) -> Option<RelPath> {
        if self.scan.is_some() || self.edits_running || self.scans.is_empty() {
            return None;
        }
        let below = self.scans.remove(0);
        let whole = below == RelPath::default();
        self.scan = Some(RunningScan { whole, edited: HashSet::new() });
        Some(below)
    }

    /// Forgets the requested scans, and the edits that wait.
    pub(crate) fn drop_waiting(&mut self) {
        self.scans.clear();
        self.edits.clear();
    }

    pub(crate) fn end_scan(&mut self) {
        self.scan = None;
    }

    /// True while a scan of the whole folder runs.
    pub(crate) fn is_scanned_whole(&self) -> bool {
        self.scan.as_ref().is_some_and(|scan| scan.whole)
    }

    /// Records changes reported by the watcher.
    pub(crate) fn notice(&mut self, mut changes: Vec<Change>) {
        for change in &changes {
            match (change, &mut self.scan) {
                (Change::Rescan(path), _) => self.request_scan(path.clone()),
                (Change::Touched(path), Some(scan)) => drop(scan.edited.insert(path.clone())),
                // The scan may have read files that are now gone, but not reported them yet.
                (Change::Removed(path), Some(_)) => self.request_scan(path.clone()),
                (Change::Touched(_) | Change::Removed(_), None) => {}
            }
        }
        changes.retain(|change| !matches!(change, Change::Rescan(_)));
        if !changes.is_empty() {
            self.edits.push_back(changes);
        }
    }

    /// Starts the next edits, if none are in progress.
    pub(crate) fn take_edits(&mut self) -> Option<Vec<Change>> {
        let edits = if self.edits_running { None } else { self.edits.pop_front() };
        self.edits_running |= edits.is_some();
        edits
    }

    pub(crate) fn end_edits(&mut self) {
        self.edits_running = false;
    }

    /// Records the outcome for a file.
    pub(crate) fn prepared(
        &mut self,
        path: RelPath,
        outcome: Outcome,
        origin: Origin,
        now: Instant,
    ) {
        let is_older = |scan: &RunningScan| scan.edited.contains(&path);
        if origin == Origin::Scan && self.scan.as_ref().is_some_and(is_older) {
            return;
        }
        let due = now + Batch::window(origin, self.commit_cost);
        self.batch.get_or_insert_with(|| Batch::new(due)).add(path, outcome, origin, due, now);
    }

    pub(crate) fn take_batch(&mut self) -> Option<Batch> {
        self.batch.take()
    }

    /// When the next commit is due.
    pub(crate) fn commit_due(&self) -> Option<Instant> {
        self.batch.as_ref().map(|batch| batch.due)
    }

    /// Requests a retry for the folder after [`RETRY_AFTER`].
    pub(crate) fn request_retry(&mut self, now: Instant) {
        self.retry_at = Some(now + RETRY_AFTER);
    }

    /// True once a retry is due.
    pub(crate) fn take_retry(&mut self, now: Instant) -> bool {
        self.retry_at.take_if(|at| *at <= now).is_some()
    }

    /// True if nothing is pending or running except outcomes waiting for their commit.
    pub(crate) fn has_only_commits_left(&self) -> bool {
        self.scans.is_empty() && self.scan.is_none() && self.edits.is_empty() && !self.edits_running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> RelPath {
        RelPath::new(path).unwrap()
    }

    #[test]
    fn waiting_scans_are_merged() {
        let check = |requested: &[&str], expected: &[&str]| {
            let mut work = RootWork::default();
            requested.iter().for_each(|below| work.request_scan(path(below)));
            let next = || {
                work.end_scan();
                work.take_scan()
            };
            let scans: Vec<RelPath> = std::iter::from_fn(next).collect();
            assert_eq!(scans, expected.iter().map(|it| path(it)).collect::<Vec<_>>());
        };
        check(&["a", "b"], &["a", "b"]);
        check(&["a", "a/b"], &["a"]);
        check(&["a/b", "c", "a"], &["c", "a"]);
        check(&["a", "ab"], &["a", "ab"]);
        check(&["a", "", "b"], &[""]);
    }

    #[test]
    fn one_scan_at_a_time() {
        let mut work = RootWork::default();
        work.request_scan(path("a"));
        work.request_scan(path("b"));
        assert_eq!(work.take_scan(), Some(path("a")));
        assert_eq!(work.take_scan(), None);
        work.end_scan();
        assert_eq!(work.take_scan(), Some(path("b")));
    }

    #[test]
    fn what_is_edited_during_a_scan_is_newer() {
        let mut work = RootWork::default();
        let now = Instant::now();
        work.request_scan(path(""));
        work.take_scan();
        work.notice(vec![Change::Touched(path("a")), Change::Removed(path("b"))]);
        work.prepared(path("a"), Outcome::Gone, Origin::Scan, now);
        assert!(work.take_batch().is_none(), "what the scan read is older");
        work.prepared(path("a"), Outcome::Gone, Origin::Edit, now);
        assert_eq!(work.take_batch().unwrap().into_outcomes().len(), 1);
        work.end_scan();
        assert_eq!(work.take_scan(), Some(path("b")), "the scan may have reported it");
        assert_eq!(work.take_edits().unwrap().len(), 2);
    }

    #[test]
    fn a_scan_waits_for_edits_under_way() {
        let mut work = RootWork::default();
        work.notice(vec![Change::Touched(path("a")), Change::Rescan(path(""))]);
        assert!(work.take_edits().is_some());
        assert_eq!(work.take_scan(), None);
        work.end_edits();
        assert_eq!(work.take_scan(), Some(path("")));
    }

    #[test]
    fn edits_wait_for_those_under_way() {
        let mut work = RootWork::default();
        work.notice(vec![Change::Touched(path("a"))]);
        work.notice(vec![Change::Touched(path("b"))]);
        assert!(work.take_edits().is_some());
        assert!(work.take_edits().is_none());
        assert!(!work.has_only_commits_left());
        work.end_edits();
        assert!(work.take_edits().is_some());
        work.end_edits();
        assert!(work.has_only_commits_left());
    }

    #[test]
    fn a_batch_is_due_after_its_shortest_window() {
        let mut work = RootWork::default();
        let now = Instant::now();
        work.prepared(path("a"), Outcome::Gone, Origin::Scan, now);
        assert_eq!(work.commit_due(), Some(now + Batch::window(Origin::Scan, Duration::ZERO)));
        work.prepared(path("b"), Outcome::Gone, Origin::Edit, now);
        assert_eq!(work.commit_due(), Some(now + Batch::EDIT));
    }

    #[test]
    fn a_retry_comes_once() {
        let mut work = RootWork::default();
        let now = Instant::now();
        work.request_retry(now);
        let moments = [now, now + RETRY_AFTER, now + 2 * RETRY_AFTER];
        assert_eq!(moments.map(|moment| work.take_retry(moment)), [false, true, false]);
    }
}
