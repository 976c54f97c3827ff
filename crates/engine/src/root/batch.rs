//! File outcomes gathered for one commit.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use descry_base::RelPath;

use crate::prepare::Outcome;

/// Chunks after which a batch is committed whatever its age: bounds the memory that it holds.
const MOST_CHUNKS: usize = 4_000;

/// Outcomes of one folder, the newest of each file.
pub(crate) struct Batch {
    outcomes: HashMap<RelPath, Outcome>,
    chunks: usize,
    /// When to commit.
    pub(crate) due: Instant,
    /// True if any of it comes from an edit.
    pub(crate) edited: bool,
}

impl Batch {
    /// An edit waits this long for others saved with it: a branch switch touches many files.
    pub(crate) const EDIT: Duration = Duration::from_millis(15);

    /// How long a scan gathers: at first so short that answers come at once, then long enough that
    /// committing takes about a tenth of the time.
    pub(crate) fn window(commit_cost: Duration) -> Duration {
        (commit_cost * 10).clamp(Duration::from_millis(150), Duration::from_millis(1500))
    }

    /// An empty batch.
    pub(crate) fn new(due: Instant) -> Batch {
        Batch { outcomes: HashMap::new(), chunks: 0, due, edited: false }
    }

    /// Adds an outcome, in place of an older one of the same file.
    pub(crate) fn add(&mut self, path: RelPath, outcome: Outcome, window: Duration, now: Instant) {
        // "As known" refers to what is known once this batch is committed.
        let as_known = matches!(outcome, Outcome::Same { .. });
        if as_known && self.outcomes.contains_key(&path) {
            return;
        }
        if let Outcome::Read(file) = &outcome {
            self.chunks += file.chunks.len();
        }
        self.edited |= window == Batch::EDIT;
        self.outcomes.insert(path, outcome);
        self.due = match self.chunks >= MOST_CHUNKS {
            true => now,
            false => self.due.min(now + window),
        };
    }

    /// The outcomes, by path.
    pub(crate) fn into_outcomes(self) -> Vec<(RelPath, Outcome)> {
        let mut outcomes: Vec<_> = self.outcomes.into_iter().collect();
        outcomes.sort_by(|a, b| a.0.cmp(&b.0));
        outcomes
    }
}
