//! What waits, and what is under way, for one folder. Decides and does nothing: time comes in, jobs go
//! out.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use descry_base::RelPath;
use descry_watch::Change;

use crate::prepare::Outcome;
use crate::root::batch::Batch;

/// After a failure (a full disk, say) a folder is looked at again this much later.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The work of one folder. One scan and one set of edits are under way at a time; what waits is merged
/// meanwhile.
#[derive(Default)]
pub(crate) struct RootWork {
    batch: Option<Batch>,
    /// How long the last commit took.
    pub(crate) commit_cost: Duration,
    /// Parts of the folder that wait for a scan, none within another.
    scans: Vec<RelPath>,
    scan: Option<RunningScan>,
    edits: VecDeque<Vec<Change>>,
    follows_edits: bool,
    retry_at: Option<Instant>,
}

struct RunningScan {
    /// Of the whole folder.
    whole: bool,
    /// Edited since it began: what the scan read of these files may be older.
    edited: HashSet<RelPath>,
}

impl RootWork {
    /// Wants a part of the folder scanned; the empty path is all of it.
    pub(crate) fn request_scan(&mut self, below: RelPath) {
        if !self.scans.iter().any(|waiting| below.is_within(waiting)) {
            self.scans.retain(|waiting| !waiting.is_within(&below));
            self.scans.push(below);
        }
    }

    /// The next part to scan, if no scan is under way.
    pub(crate) fn next_scan(&mut self) -> Option<RelPath> {
        (self.scan.is_none() && !self.scans.is_empty()).then(|| self.scans.remove(0))
    }

    pub(crate) fn begin_scan(&mut self, whole: bool) {
        self.scan = Some(RunningScan { whole, edited: HashSet::new() });
    }

    pub(crate) fn end_scan(&mut self) {
        self.scan = None;
    }

    /// True while the whole folder is scanned.
    pub(crate) fn is_scanned_whole(&self) -> bool {
        self.scan.as_ref().is_some_and(|scan| scan.whole)
    }

    /// Takes in what the watcher noticed.
    pub(crate) fn notice(&mut self, changes: Vec<Change>) {
        for change in &changes {
            match (change, &mut self.scan) {
                (Change::Rescan(path), _) => self.request_scan(path.clone()),
                (Change::Touched(path), Some(scan)) => drop(scan.edited.insert(path.clone())),
                // The scan may have read, and not yet reported, what is gone by now.
                (Change::Removed(path), Some(_)) => self.request_scan(path.clone()),
                (Change::Touched(_) | Change::Removed(_), None) => {}
            }
        }
        self.edits.push_back(changes);
    }

    /// The next edits to follow, if none are under way.
    pub(crate) fn next_edits(&mut self) -> Option<Vec<Change>> {
        if self.follows_edits { None } else { self.edits.pop_front() }
    }

    pub(crate) fn begin_edits(&mut self) {
        self.follows_edits = true;
    }

    pub(crate) fn end_edits(&mut self) {
        self.follows_edits = false;
    }

    /// Takes in what became of a file; `scanned`: by a scan, not because of an edit.
    pub(crate) fn prepared(
        &mut self,
        path: RelPath,
        outcome: Outcome,
        scanned: bool,
        now: Instant,
    ) {
        let is_older = |scan: &RunningScan| scan.edited.contains(&path);
        if scanned && self.scan.as_ref().is_some_and(is_older) {
            return;
        }
        let window = if scanned { Batch::window(self.commit_cost) } else { Batch::EDIT };
        let batch = self.batch.get_or_insert_with(|| Batch::new(now + window));
        batch.add(path, outcome, window, now);
    }

    pub(crate) fn take_batch(&mut self) -> Option<Batch> {
        self.batch.take()
    }

    /// When to commit.
    pub(crate) fn commit_due(&self) -> Option<Instant> {
        self.batch.as_ref().map(|batch| batch.due)
    }

    /// Wants the folder tried again in a while.
    pub(crate) fn request_retry(&mut self, now: Instant) {
        self.retry_at = Some(now + RETRY_AFTER);
    }

    /// True once it is time to try again.
    pub(crate) fn take_retry(&mut self, now: Instant) -> bool {
        self.retry_at.take_if(|at| *at <= now).is_some()
    }

    /// True if nothing waits and nothing is under way but what only waits for its commit.
    pub(crate) fn is_done_but_for_commits(&self) -> bool {
        self.scans.is_empty() && self.scan.is_none() && self.edits.is_empty() && !self.follows_edits
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
            let scans: Vec<RelPath> = std::iter::from_fn(|| work.next_scan()).collect();
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
        assert_eq!(work.next_scan(), Some(path("a")));
        work.begin_scan(false);
        assert_eq!(work.next_scan(), None);
        work.end_scan();
        assert_eq!(work.next_scan(), Some(path("b")));
    }

    #[test]
    fn what_is_edited_during_a_scan_is_newer() {
        let mut work = RootWork::default();
        let now = Instant::now();
        work.begin_scan(true);
        work.notice(vec![Change::Touched(path("a")), Change::Removed(path("b"))]);
        work.prepared(path("a"), Outcome::Gone, true, now);
        assert!(work.take_batch().is_none(), "what the scan read is older");
        work.prepared(path("a"), Outcome::Gone, false, now);
        assert_eq!(work.take_batch().unwrap().into_outcomes().len(), 1);
        work.end_scan();
        assert_eq!(work.next_scan(), Some(path("b")), "the scan may have reported it");
        assert_eq!(work.next_edits().unwrap().len(), 2);
    }

    #[test]
    fn edits_wait_for_those_under_way() {
        let mut work = RootWork::default();
        work.notice(vec![Change::Touched(path("a"))]);
        work.notice(vec![Change::Touched(path("b"))]);
        assert!(work.next_edits().is_some());
        work.begin_edits();
        assert!(work.next_edits().is_none());
        assert!(!work.is_done_but_for_commits());
        work.end_edits();
        assert!(work.next_edits().is_some());
        assert!(work.is_done_but_for_commits());
    }

    #[test]
    fn a_batch_is_due_after_its_shortest_window() {
        let mut work = RootWork::default();
        let now = Instant::now();
        work.prepared(path("a"), Outcome::Gone, true, now);
        assert_eq!(work.commit_due(), Some(now + Duration::from_millis(150)));
        work.prepared(path("b"), Outcome::Gone, false, now);
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
