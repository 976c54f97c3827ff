//! Counts over candidates.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::Shard;
use crate::answer::Facets;
use crate::candidate::Candidate;

/// Counts candidates by folder, language, kind and file role.
pub(crate) fn count(candidates: &[Candidate], shards: &[&Arc<Shard>]) -> Facets {
    let roots = candidates.iter().filter_map(|c| shards.get(c.shard)).map(|shard| shard.root);
    Facets {
        roots: tally(roots),
        languages: tally(candidates.iter().map(|c| c.file.language)),
        kinds: tally(candidates.iter().filter_map(|c| c.chunk()?.kind)),
        roles: tally(candidates.iter().map(|c| c.file.role)),
    }
}

fn tally<T: Eq + Hash + Ord + Copy>(items: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    let mut counts: Vec<(T, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts
}
