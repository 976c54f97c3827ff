//! What the person works on: files that changed lately, files that were opened.

use std::collections::HashSet;

use descry_base::FileId;

use crate::Weights;
use crate::candidate::Candidate;

/// What was changed a working day ago counts half.
const HALF_LIFE_HOURS: f32 = 8.0;

const NS_PER_HOUR: f32 = 3.6e12;

/// What a question is asked beside.
pub(crate) struct Attention {
    /// The time, in nanoseconds since 1970.
    pub(crate) now_ns: i64,
    /// Files that are open, as [`Candidate::file_key`] names them.
    pub(crate) open: HashSet<(usize, FileId)>,
}

/// Files that changed lately or are open gain a little: enough to go first among equals.
pub(super) fn attention(
    candidates: &mut [Candidate],
    attention: &Attention,
    weights: &Weights,
    best: f32,
) {
    for candidate in candidates {
        let age = attention.now_ns.saturating_sub(candidate.file.stamp.mtime_ns).max(0) as f32;
        let fresh = (-age / NS_PER_HOUR / HALF_LIFE_HOURS).exp2();
        if fresh > 0.05 {
            candidate.add("recent", weights.recent * fresh * best);
        }
        if attention.open.contains(&candidate.file_key()) {
            candidate.add("open", weights.open * best);
        }
    }
}
