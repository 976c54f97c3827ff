//! What all chunks of a file say of it together.

use std::collections::{HashMap, HashSet};

use crate::Weights;
use crate::candidate::Candidate;

/// A file of which many chunks answer is about the question: its best chunk gains, and the others of
/// it a share of that.
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
        candidate.add("same file", share * weights.coherence * best * sum / most);
    }
}

/// A file that has many of the question's words, the rare ones above all, wherever in it they stand:
/// its best chunk gains, and the others of it a share of that. Expects the best first.
pub(super) fn coverage(candidates: &mut [Candidate], weights: &Weights, best: f32) {
    let mut seen = HashSet::new();
    for candidate in candidates {
        let share = if seen.insert(candidate.file_key()) { 1.0 } else { weights.rest };
        candidate.add("covers", share * weights.coverage * candidate.covered * best);
    }
}

/// Orders the chunks of each file by what they say for themselves; where the file stands among others
/// stays as it is. Expects the best first.
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

/// Further chunks of a file that is shown already make room for other files.
pub(super) fn saturate(candidates: &mut [Candidate], weights: &Weights) {
    let mut seen: HashMap<_, i32> = HashMap::new();
    for candidate in candidates {
        let count = seen.entry(candidate.file_key()).or_default();
        candidate.score *= weights.saturation.powi(*count);
        *count += 1;
    }
}
