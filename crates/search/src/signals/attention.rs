//! What the user is working on: recently changed files and open files.

use std::collections::HashSet;

use descry_base::FileId;

use crate::candidate::Candidate;
use crate::{SignalKind, Weights};

/// A change one working day ago counts half.
const HALF_LIFE_HOURS: f32 = 8.0;

const NS_PER_HOUR: f32 = 3.6e12;

/// The user's context of a query.
pub(crate) struct Attention {
    /// The current time in nanoseconds since 1970.
    pub(crate) now_ns: i64,
    /// The open files, by [`Candidate::file_key`].
    pub(crate) open: HashSet<(usize, FileId)>,
}

/// Recently changed or open files gain a little: enough to be first among equals.
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
            candidate.add(SignalKind::Recent, weights.recent * fresh * best);
        }
        if attention.open.contains(&candidate.file_key()) {
            candidate.add(SignalKind::Open, weights.open * best);
        }
    }
}
