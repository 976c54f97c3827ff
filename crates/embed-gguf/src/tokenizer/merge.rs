//! The loop of byte-pair encoding: joins the best pair of neighbours until none can be joined.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No symbol.
const NONE: u32 = u32::MAX;

/// A part of a word: first a character or byte, later a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    /// Its token.
    pub(super) id: u32,
    /// The beginning and end in the word, in bytes.
    pub(super) start: u32,
    pub(super) end: u32,
    previous: u32,
    next: u32,
}

/// Two neighbours that can be joined. The least is joined first: the best rank, and the leftmost of
/// equal ranks.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Joint {
    rank: u32,
    left: u32,
    /// The ends of the left and the right symbol.
    ends: (u32, u32),
    /// The token of the joined pair.
    id: u32,
}

/// Up to this many symbols, scanning all pairs for the best is faster than a queue.
const SHORT: usize = 24;

/// Memory reused for the next word.
#[derive(Default)]
pub(super) struct Merger {
    symbols: Vec<Symbol>,
    /// For a short word: the rank and result of joining each symbol with the next.
    pairs: Vec<(u32, u32)>,
    /// For a long word.
    queue: BinaryHeap<Reverse<Joint>>,
}

impl Merger {
    pub(super) fn clear(&mut self) {
        self.symbols.clear();
    }

    pub(super) fn push(&mut self, id: u32, start: usize, end: usize) {
        let at = self.symbols.len() as u32;
        if let Some(last) = self.symbols.last_mut() {
            last.next = at;
        }
        let previous = at.wrapping_sub(1);
        let (start, end) = (start as u32, end as u32);
        self.symbols.push(Symbol { id, start, end, previous, next: NONE });
    }

    /// Joins symbols and returns the rest. For two neighbours, `join` returns the rank (the least
    /// is the best) and token of their merge, if they can be joined.
    #[inline]
    pub(super) fn merge(
        &mut self,
        join: impl Fn(Symbol, Symbol) -> Option<(u32, u32)>,
    ) -> &[Symbol] {
        match self.symbols.len() {
            0 | 1 => {}
            2..=SHORT => self.merge_short(join),
            _ => self.merge_long(join),
        }
        &self.symbols
    }

    fn merge_short(&mut self, join: impl Fn(Symbol, Symbol) -> Option<(u32, u32)>) {
        let pair = |pair: &[Symbol]| join(pair[0], pair[1]).unwrap_or((NONE, NONE));
        self.pairs.clear();
        self.pairs.extend(self.symbols.windows(2).map(pair));
        // Of equal ranks, the minimum is the first.
        while let Some((at, (rank, id))) =
            self.pairs.iter().copied().enumerate().min_by_key(|(_, (rank, _))| *rank)
            && rank != NONE
        {
            let right = self.symbols.remove(at + 1);
            (self.symbols[at].id, self.symbols[at].end) = (id, right.end);
            self.pairs.remove(at);
            for left in at.saturating_sub(1)..=at {
                if let Some(both) = self.symbols.get(left..left + 2) {
                    self.pairs[left] = pair(both);
                }
            }
        }
    }

    fn merge_long(&mut self, join: impl Fn(Symbol, Symbol) -> Option<(u32, u32)>) {
        self.queue.clear();
        for at in 1..self.symbols.len() as u32 {
            self.consider(at - 1, at, &join);
        }
        while let Some(Reverse(Joint { left, ends, id, .. })) = self.queue.pop() {
            let Symbol { end, next: right, previous, .. } = self.symbols[left as usize];
            // Stale if either symbol has been joined since: symbols only grow, and one joined into
            // its left neighbour no longer has an end.
            if end != ends.0 || right == NONE || self.symbols[right as usize].end != ends.1 {
                continue;
            }
            let next = self.symbols[right as usize].next;
            self.symbols[right as usize].end = 0;
            let symbol = &mut self.symbols[left as usize];
            (symbol.id, symbol.end, symbol.next) = (id, ends.1, next);
            if next != NONE {
                self.symbols[next as usize].previous = left;
                self.consider(left, next, &join);
            }
            if previous != NONE {
                self.consider(previous, left, &join);
            }
        }
        self.symbols.retain(|symbol| symbol.end != 0);
    }

    fn consider(
        &mut self,
        left: u32,
        right: u32,
        join: impl Fn(Symbol, Symbol) -> Option<(u32, u32)>,
    ) {
        let (one, two) = (self.symbols[left as usize], self.symbols[right as usize]);
        if let Some((rank, id)) = join(one, two) {
            self.queue.push(Reverse(Joint { rank, left, ends: (one.end, two.end), id }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_queue_joins_as_looking_at_all_pairs_does() {
        let merges = prop::collection::hash_map((0..9u32, 0..9u32), (0..6u32, 0..9u32), 0..40);
        let word = prop::collection::vec(0..4u32, 2..60);
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(merges in merges, word in word)| {
            let merges: HashMap<(u32, u32), (u32, u32)> = merges;
            let join = |a: Symbol, b: Symbol| merges.get(&(a.id, b.id)).copied();
            let joined = |merge: &dyn Fn(&mut Merger)| {
                let mut merger = Merger::default();
                word.iter().enumerate().for_each(|(at, &id)| merger.push(id, at, at + 1));
                merge(&mut merger);
                let left = merger.symbols.iter().map(|symbol| (symbol.id, symbol.start, symbol.end));
                left.collect::<Vec<_>>()
            };
            let short = joined(&|merger| merger.merge_short(join));
            prop_assert_eq!(short, joined(&|merger| merger.merge_long(join)));
        });
    }
}
