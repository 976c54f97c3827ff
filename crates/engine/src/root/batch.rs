//! File outcomes collected for one commit.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use descry_base::RelPath;

use crate::event::Origin;
use crate::prepare::Outcome;

/// A batch with this many chunks is committed whatever its age, which bounds its memory.
const MOST_CHUNKS: usize = 4_000;

/// Outcomes of one folder: the newest for each file.
pub(crate) struct Batch {
    outcomes: HashMap<RelPath, Outcome>,
    chunks: usize,
    /// When to commit.
    pub(crate) due: Instant,
    /// True if any outcome comes from an edit.
    pub(crate) edited: bool,
}

impl Batch {
    /// How long an edit waits for others saved with it: a branch switch touches many files.
    pub(crate) const EDIT: Duration = Duration::from_millis(15);

    /// How long a scan collects outcomes: at first so briefly that results appear immediately, then
    /// long enough that commits take about a tenth of the time.
    pub(crate) fn window(origin: Origin, commit_cost: Duration) -> Duration {
        match origin {
            Origin::Edit => Batch::EDIT,
            Origin::Scan => {
                (commit_cost * 10).clamp(Duration::from_millis(150), Duration::from_millis(1500))
            }
        }
    }

    /// An empty batch.
    pub(crate) fn new(due: Instant) -> Batch {
        Batch { outcomes: HashMap::new(), chunks: 0, due, edited: false }
    }

    /// Adds an outcome, replacing an older one for the same file.
    pub(crate) fn add(
        &mut self,
        path: RelPath,
        outcome: Outcome,
        origin: Origin,
        due: Instant,
        now: Instant,
    ) {
        // `Same` refers to the state once this batch is committed.
        let as_known = matches!(outcome, Outcome::Same { .. });
        if as_known && self.outcomes.contains_key(&path) {
            return;
        }
        if let Outcome::Read(file) = &outcome {
            self.chunks += file.chunks.len();
        }
        self.edited |= origin == Origin::Edit;
        self.outcomes.insert(path, outcome);
        self.due = match self.chunks >= MOST_CHUNKS {
            true => now,
            false => self.due.min(due),
        };
    }

    /// The outcomes, sorted by path.
    pub(crate) fn into_outcomes(self) -> Vec<(RelPath, Outcome)> {
        let mut outcomes: Vec<_> = self.outcomes.into_iter().collect();
        outcomes.sort_by(|a, b| a.0.cmp(&b.0));
        outcomes
    }
}
