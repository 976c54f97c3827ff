//! Scores a ranked list against a query's targets: NDCG, recall and reciprocal rank at `K`.
//!
//! The rules are those of the public semble benchmark, so that figures are comparable: all targets
//! have gain 1; a target is found at the first result that hits it; further hits on it earn nothing
//! but keep their place; a result that is the first hit of two targets fills only one place.

use std::collections::BTreeSet;

use serde::Serialize;

/// Results below this rank do not count.
pub const K: usize = 10;

/// A ranked result. Lines are 1-based and inclusive; unless both are given, it is the whole file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Found {
    /// Its file, relative to the measured folder.
    pub path: String,
    /// Its first line.
    pub start_line: Option<u32>,
    /// Its last line.
    pub end_line: Option<u32>,
    /// The reason for its rank, for people.
    pub why: String,
}

/// A right answer to a query: a file, or a range of its lines (1-based, inclusive).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The file, relative to the measured folder.
    pub path: String,
    /// The first and the last line; `None` for the whole file.
    pub lines: Option<(u32, u32)>,
}

/// The measures of one query, or a mean of them; each in 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Score {
    /// Normalised discounted cumulative gain.
    pub ndcg: f64,
    /// The share of targets found.
    pub recall: f64,
    /// The reciprocal rank of the first target found.
    pub mrr: f64,
}

impl Score {
    /// The measures of `hits`, best first, against `targets`.
    pub fn of(hits: &[Found], targets: &[Target]) -> Self {
        if targets.is_empty() {
            return Self::default();
        }
        let ranks: Vec<usize> = ranks(hits, targets).collect();
        let places: BTreeSet<usize> = ranks.iter().copied().collect();
        let ideal = gain(1..=targets.len().min(K));
        Self {
            ndcg: gain(places.iter().copied()) / ideal,
            recall: ranks.len() as f64 / targets.len() as f64,
            mrr: places.first().map_or(0.0, |best| 1.0 / *best as f64),
        }
    }

    /// The mean of each measure; zeros if there are no scores.
    pub fn mean(scores: impl IntoIterator<Item = Self>) -> Self {
        let (mut sum, mut count) = (Self::default(), 0.0);
        for score in scores {
            sum.ndcg += score.ndcg;
            sum.recall += score.recall;
            sum.mrr += score.mrr;
            count += 1.0;
        }
        if count == 0.0 {
            return sum;
        }
        Self { ndcg: sum.ndcg / count, recall: sum.recall / count, mrr: sum.mrr / count }
    }
}

/// The rank, from 1, of each target that is found.
pub fn ranks<'a>(hits: &'a [Found], targets: &'a [Target]) -> impl Iterator<Item = usize> + 'a {
    let rank = |target| hits.iter().take(K).position(|hit| hits_target(hit, target));
    targets.iter().filter_map(rank).map(|index| index + 1)
}

/// The number of files that people look at in an answer.
const FILES: usize = 5;

/// The number of hits in the right file before the right place, if that file is among the first
/// five; `Some(None)` if it is, but none of its hits is the place.
pub fn before_place(hits: &[Found], target: &Target) -> Option<Option<usize>> {
    let mut files: Vec<&str> = Vec::new();
    for hit in hits {
        if !files.contains(&&*hit.path) {
            files.push(&hit.path);
        }
    }
    let right = files.into_iter().take(FILES).find(|path| same_file(path, &target.path))?;
    let mut of_file = hits.iter().filter(|hit| hit.path == right);
    Some(of_file.position(|hit| hits_target(hit, target)))
}

/// Discounted cumulative gain of `ranks`, from 1.
fn gain(ranks: impl Iterator<Item = usize>) -> f64 {
    // A fold, because an empty sum of floats is -0.0.
    ranks.map(|rank| 1.0 / (rank as f64 + 1.0).log2()).fold(0.0, |sum, it| sum + it)
}

fn hits_target(hit: &Found, target: &Target) -> bool {
    if !same_file(&hit.path, &target.path) {
        return false;
    }
    match (hit.start_line, hit.end_line, target.lines) {
        (Some(start), Some(end), Some((from, to))) => start <= to && end >= from,
        _ => true,
    }
}

/// Whether the paths are equal, or one is a suffix of the other at a folder boundary.
fn same_file(a: &str, b: &str) -> bool {
    let (a, b) = (a.replace('\\', "/"), b.replace('\\', "/"));
    let is_tail =
        |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'));
    a == b || is_tail(&a, &b) || is_tail(&b, &a)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses `path` or `path:from-to`.
    fn parse(text: &str) -> (String, Option<(u32, u32)>) {
        let Some((path, lines)) = text.split_once(':') else { return (text.to_owned(), None) };
        let (from, to) = lines.split_once('-').expect("from-to");
        (path.to_owned(), Some((from.parse().expect("line"), to.parse().expect("line"))))
    }

    /// The expected numbers come from the benchmark's own scorer.
    fn check(hits: &[&str], targets: &[&str], expected: [f64; 3]) {
        let hit = |it: &&str| {
            let (path, lines) = parse(it);
            Found {
                path,
                start_line: lines.map(|it| it.0),
                end_line: lines.map(|it| it.1),
                why: String::new(),
            }
        };
        let hits: Vec<_> = hits.iter().map(hit).collect();
        let target = |it: &&str| {
            let (path, lines) = parse(it);
            Target { path, lines }
        };
        let targets: Vec<_> = targets.iter().map(target).collect();
        let score = Score::of(&hits, &targets);
        for (got, want) in [score.ndcg, score.recall, score.mrr].into_iter().zip(expected) {
            assert!((got - want).abs() < 1e-12, "{score:?}, not {expected:?}");
        }
    }

    #[test]
    fn scores_are_the_benchmarks() {
        check(&["a.rs"], &["a.rs"], [1.0, 1.0, 1.0]);
        check(&[], &["a.rs"], [0.0, 0.0, 0.0]);
        check(&["a.rs"], &[], [0.0, 0.0, 0.0]);
        check(&["x.rs", "a.rs", "b.rs"], &["a.rs", "b.rs"], [0.6934264036172708, 1.0, 0.5]);
        check(
            &["a.rs:1-9", "a.rs:10-20", "b.rs:1-5"],
            &["a.rs", "b.rs"],
            [0.9197207891481876, 1.0, 1.0],
        );
        check(
            &["a.rs:1-9", "x.rs:1-2", "a.rs:10-20"],
            &["a.rs:20-30", "a.rs:9-9"],
            [0.9197207891481876, 1.0, 1.0],
        );
        check(&["a.rs:1-40"], &["a.rs:1-5", "a.rs:30-35"], [0.6131471927654584, 1.0, 1.0]);
        check(&["a.rs"], &["a.rs:30-35", "b.rs"], [0.6131471927654584, 0.5, 1.0]);
        check(
            &["src/flask/ctx.py", "ctx.py"],
            &["flask/ctx.py", "x/flask/other.py"],
            [0.6131471927654584, 0.5, 1.0],
        );
        check(&["xa.rs", "a.rs"], &["a.rs"], [0.6309297535714575, 1.0, 0.5]);
        check(
            &["1", "2", "3", "4", "5", "6", "7", "8", "9", "a.rs", "b.rs"],
            &["a.rs", "b.rs"],
            [0.17723928678404774, 0.5, 0.1],
        );
        check(
            &["b.rs"],
            &["a.rs", "b.rs", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"],
            [0.22009176629808017, 0.08333333333333333, 1.0],
        );
        check(&[r"src\lib\a.rs:4-8"], &["lib/a.rs:8-9"], [1.0, 1.0, 1.0]);
    }

    #[test]
    fn the_place_is_looked_for_within_the_right_file() {
        #[track_caller]
        fn check(hits: &[&str], target: &str, expected: Option<Option<usize>>) {
            let hit = |it: &&str| {
                let (path, lines) = parse(it);
                let [start_line, end_line] = [lines.map(|it| it.0), lines.map(|it| it.1)];
                Found { path, start_line, end_line, why: String::new() }
            };
            let hits: Vec<_> = hits.iter().map(hit).collect();
            let (path, lines) = parse(target);
            assert_eq!(before_place(&hits, &Target { path, lines }), expected);
        }
        check(&["b:1-9", "a:20-29", "b:30-39", "a:1-9"], "a:5-12", Some(Some(1)));
        check(&["a:1-9", "a:20-29"], "a:9-9", Some(Some(0)));
        check(&["a:1-9", "a:20-29"], "a:10-19", Some(None));
        check(&["b:1-9"], "a:1-9", None);
        check(&["b:1-2", "c:1-2", "b:5-6", "d:1-2", "e:1-2", "a:1-2"], "a:1-2", Some(Some(0)));
        check(&["b:1-2", "c:1-2", "f:5-6", "d:1-2", "e:1-2", "a:1-2"], "a:1-2", None);
        check(&[], "a:1-2", None);
    }

    #[test]
    fn the_mean_of_nothing_is_zero() {
        assert_eq!(Score::mean([]), Score::default());
        let one = Score { ndcg: 1.0, recall: 1.0, mrr: 1.0 };
        assert_eq!(
            Score::mean([one, Score::default()]),
            Score { ndcg: 0.5, recall: 0.5, mrr: 0.5 }
        );
    }
}
