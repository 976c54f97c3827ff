//! Signals from all chunks of a file together.

use std::collections::{HashMap, HashSet};

use crate::candidate::Candidate;
use crate::{SignalKind, Weights};

/// A file with many matching chunks is about the query: its best chunk gains, and its other chunks
/// gain a share of that.
pub(super) fn coherence(candidates: &mut [Candidate], weights: &Weights, best: f32) {
    let mut files: HashMap<_, (f32, usize)> = HashMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let entry = files.entry(candidate.file_key()).or_insert((0.0, index));
        entry.0 += candidate.score;
        if candidate.score > candidates[entry.1].score {
            entry.1 = index;
        }
    }
    let most = files.values().map(|(sum, _)| *sum).fold(f32::MIN_POSITIVE, f32::max);
    for (index, candidate) in candidates.iter_mut().enumerate() {
        let (sum, first) = files[&candidate.file_key()];
        let share = if first == index { 1.0 } else { weights.rest };
        candidate.add(SignalKind::SameFile, share * weights.coherence * best * sum / most);
    }
}

/// A file that contains many of the query's words, weighted by rarity: its best chunk gains, and
/// its other chunks gain a share of that. Expects the best first.
pub(super) fn coverage(candidates: &mut [Candidate], weights: &Weights, best: f32) {
    let mut seen = HashSet::new();
    for candidate in candidates {
        let share = if seen.insert(candidate.file_key()) { 1.0 } else { weights.rest };
        candidate.add(SignalKind::Covers, share * weights.coverage * candidate.covered * best);
    }
}

/// Orders the chunks of each file by their own scores without changing the file's position among
/// others. Expects the best first.
pub(super) fn arrange(candidates: &mut [Candidate]) {
    let mut files: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        files.entry((candidate.exactness, candidate.file_key())).or_default().push(index);
    }
    for places in files.into_values().filter(|places| places.len() > 1) {
        let mut by_own: Vec<(f32, usize)> =
            (places.iter()).map(|index| (candidates[*index].own, *index)).collect();
        by_own.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let scores: Vec<f32> = places.iter().map(|index| candidates[*index].score).collect();
        for ((_, index), score) in by_own.into_iter().zip(scores) {
            candidates[index].score = score;
        }
    }
}

/// Lowers further chunks of a file that is already shown, in favor of other files.
pub(super) fn saturate(candidates: &mut [Candidate], weights: &Weights) {
    let mut seen: HashMap<_, i32> = HashMap::new();
    for candidate in candidates {
        let count = seen.entry(candidate.file_key()).or_default();
        candidate.score *= weights.saturation.powi(*count);
        *count += 1;
    }
}
