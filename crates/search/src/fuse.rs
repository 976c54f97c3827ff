//! Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): the score of an item is the sum
//! over the lists of `weight / (k + rank)`, ranks counted from 1.

use std::collections::HashMap;
use std::hash::Hash;

/// One ranked list and its weight.
pub struct Ranked<'a, T> {
    /// Items, best first.
    pub items: &'a [T],
    /// The list's share in the sum.
    pub weight: f32,
}

/// Fuses ranked lists; best first, ties by item.
pub fn rrf<T: Copy + Eq + Hash + Ord>(lists: &[Ranked<'_, T>], k: f32) -> Vec<(T, f32)> {
    let mut scores: HashMap<T, f32> = HashMap::new();
    for list in lists {
        for (index, item) in list.items.iter().enumerate() {
            *scores.entry(*item).or_default() += list.weight / (k + index as f32 + 1.0);
        }
    }
    let mut fused: Vec<(T, f32)> = scores.into_iter().collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_wins_and_ties_are_stable() {
        let lists = [
            Ranked { items: &['a', 'b', 'c'], weight: 1.0 },
            Ranked { items: &['c', 'd'], weight: 1.0 },
        ];
        let order: String = rrf(&lists, 60.0).into_iter().map(|(item, _)| item).collect();
        assert_eq!(order, "cabd");
    }
}
