//! Tunes weights by measurement: sets one weight after the other to its best value until none
//! changes; repeats this without each language in turn, to see whether the result holds for unseen
//! languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result};
use descry_engine::evaluation::Weights;
use descry_evaluation::score::{K, Score};
use serde_json::Value;

use crate::args::Args;
use crate::asked::{answers, data, doc_comments, open};
use crate::configuration::{Configuration, set};
use crate::folder::Folder;
use crate::judged::Repository;

/// The number of doc comments per repository while tuning.
const TUNE_QUESTIONS: usize = 60;

/// Tunes for judged questions by NDCG@10 and, if requested, for doc comments by MRR@10.
pub(crate) fn tune(
    args: &Args,
    mut repositories: Vec<Repository>,
    base: &Configuration,
) -> Result<()> {
    let judged = repositories.len();
    for repository in crate::judged::load(&args.annotations, &args.tune_docs)? {
        if args.tune_docs.contains(&repository.name) {
            let copy = data(args, &repository).join("docs/copy");
            let mut asking = doc_comments(&repository, &args.repos, copy)?;
            // An even sample, because hundreds of configurations are measured.
            let (mut count, all) = (0, asking.tasks.len());
            asking.tasks.retain(|_| {
                count += TUNE_QUESTIONS;
                count % all.max(TUNE_QUESTIONS) < TUNE_QUESTIONS
            });
            repositories.push(asking);
        }
    }
    let mut folders = Vec::new();
    for (index, repository) in repositories.iter().enumerate() {
        let is_docs = args.docs || index >= judged;
        folders.push(open(&Args { docs: is_docs, ..args.clone() }, repository)?);
    }
    let docs = repositories.len() - judged;
    let share = |index: usize| match index < judged {
        true => (1.0 - args.docs_share) / judged as f64,
        false => args.docs_share / docs as f64,
    };
    let shares: Vec<f64> = (0..repositories.len()).map(share).collect();
    let languages: Vec<&str> = repositories.iter().map(|it| it.language.as_str()).collect();
    let measure = |configuration: &Configuration| {
        let score = |(index, folder): (usize, &mut Folder)| -> Result<f64> {
            let repository = &repositories[index];
            let rows = answers(folder, repository, configuration, K)?;
            let mean = Score::mean(rows.iter().map(|row| row.score));
            Ok(if index < judged && !args.docs { mean.ndcg } else { mean.mrr })
        };
        folders.iter_mut().enumerate().map(score).collect()
    };
    let said = Tuner::new(base.clone(), measure).run(&languages, &shares, args.hold_out)?;
    println!("{said}");
    Ok(())
}

/// The values of each weight; tuning without a language starts from the middle one.
const LADDERS: &[(&str, &[f32])] = &[
    ("saturation", &[0.5, 0.6, 0.65, 0.7, 0.8]),
    ("coherence", &[0.15, 0.3, 0.45, 0.6, 0.8]),
    ("coverage", &[0.0, 0.15, 0.3, 0.45, 0.6]),
    ("path", &[0.7, 1.0, 1.3, 1.6, 2.0]),
    ("meaning_natural", &[0.3, 0.4, 0.5, 0.6, 0.7]),
    ("meaning_mixed", &[0.3, 0.4, 0.5, 0.6, 0.7]),
    ("meaning_symbol", &[0.0, 0.05, 0.1, 0.2, 0.3]),
    ("magnitude", &[0.5, 0.7, 0.8, 0.9, 1.0]),
    ("rrf_k", &[5.0, 10.0, 20.0, 40.0, 60.0]),
    ("aside", &[10.0, 20.0, 50.0, 100.0, 150.0]),
    ("candidates", &[100.0, 150.0, 200.0, 250.0, 300.0]),
    ("definition", &[1.5, 2.0, 3.0, 4.0, 6.0]),
    ("definition_mixed", &[0.3, 0.5, 1.0, 1.5, 2.0]),
    ("tests", &[0.15, 0.2, 0.3, 0.4, 0.6]),
    ("examples", &[0.15, 0.2, 0.3, 0.4, 0.6]),
    ("prose", &[0.15, 0.2, 0.3, 0.4, 0.6]),
    ("vendored", &[0.15, 0.2, 0.3, 0.4, 0.6]),
    ("gathering", &[0.3, 0.4, 0.5, 0.7, 1.0]),
    ("declarations", &[0.3, 0.5, 0.7, 0.85, 1.0]),
];

/// A smaller gain is chance: one or two better answers to about four hundred questions.
const LEAST_GAIN: f64 = 1e-3;

/// One score for each repository, in their order.
pub(crate) type Scores = Vec<f64>;

/// Scores every repository in one configuration.
type Measure<'a> = dyn FnMut(&Configuration) -> Result<Scores> + 'a;

/// Answers for any weights, each measured once.
pub(crate) struct Tuner<'a> {
    base: Configuration,
    measure: Box<Measure<'a>>,
    measured: BTreeMap<String, Scores>,
}

impl<'a> Tuner<'a> {
    pub(crate) fn new(
        base: Configuration,
        measure: impl FnMut(&Configuration) -> Result<Scores> + 'a,
    ) -> Tuner<'a> {
        Tuner { base, measure: Box::new(measure), measured: BTreeMap::new() }
    }

    fn scores(&mut self, weights: &Weights) -> Result<Scores> {
        let key = serde_json::to_string(weights)?;
        if let Some(known) = self.measured.get(&key) {
            return Ok(known.clone());
        }
        let configuration = Configuration { weights: weights.clone(), ..self.base.clone() };
        let scores = (self.measure)(&configuration)?;
        self.measured.insert(key, scores.clone());
        Ok(scores)
    }

    /// The best weights for the repositories whose `shares` are above 0, and their score. Reports
    /// every step on stderr.
    fn climb(&mut self, begin: &Weights, shares: &[f64]) -> Result<(Weights, f64)> {
        let mut best = begin.clone();
        let mut most = weighed(&self.scores(&best)?, shares);
        for _round in 0..4 {
            let before = most;
            for (name, ladder) in LADDERS {
                let now = get(&best, name)?;
                let above = ladder.iter().filter(|value| **value > now);
                let below = ladder.iter().rev().filter(|value| **value < now);
                // Go up as long as it helps; go down only if going up did not help.
                if !self.walk(name, above, shares, &mut best, &mut most)? {
                    self.walk(name, below, shares, &mut best, &mut most)?;
                }
            }
            if most - before < LEAST_GAIN {
                break;
            }
        }
        Ok((best, most))
    }

    /// Tries these values of a weight in turn until one is no better; true if one was better.
    fn walk<'v>(
        &mut self,
        name: &str,
        values: impl Iterator<Item = &'v f32>,
        shares: &[f64],
        best: &mut Weights,
        most: &mut f64,
    ) -> Result<bool> {
        let mut helped = false;
        for value in values {
            let mut other = best.clone();
            set(&mut other, name, &value.to_string())?;
            let score = weighed(&self.scores(&other)?, shares);
            if score < *most + LEAST_GAIN {
                break;
            }
            eprintln!("{name} = {value}: {score:.4}, {:+.4}", score - *most);
            (*best, *most, helped) = (other, score, true);
        }
        Ok(helped)
    }

    /// Tunes with everything, then without each language; returns a report.
    pub(crate) fn run(
        &mut self,
        languages: &[&str],
        shares: &[f64],
        hold_out: bool,
    ) -> Result<String> {
        let mut text = String::new();
        let shipped = self.base.weights.clone();
        let now = weighed(&self.scores(&shipped)?, shares);
        let _ = writeln!(text, "as they are: {now:.4}");
        let (tuned, most) = self.climb(&shipped, shares)?;
        let _ = writeln!(text, "tuned: {most:.4} {}", difference(&shipped, &tuned)?);
        if !hold_out {
            return Ok(text);
        }
        let mut begin = shipped.clone();
        for (name, ladder) in LADDERS {
            let middle = ladder.get(ladder.len() / 2).context("a ladder has steps")?;
            set(&mut begin, name, &middle.to_string())?;
        }
        let with = self.scores(&shipped)?;
        let mut sums = [0.0; 3];
        let all: BTreeSet<&str> = languages.iter().copied().collect();
        for language in all {
            let is = |index: usize| languages[index] == language;
            let rest: Vec<f64> = (0..shares.len())
                .map(|index| if is(index) { 0.0 } else { shares[index] })
                .collect();
            let own: Vec<f64> = (0..shares.len())
                .map(|index| if is(index) { shares[index] } else { 0.0 })
                .collect();
            let (without, _) = self.climb(&begin, &rest)?;
            let (with, without) = (weighed(&with, &own), weighed(&self.scores(&without)?, &own));
            let share = own.iter().sum::<f64>();
            for (sum, value) in sums.iter_mut().zip([share, without * share, with * share]) {
                *sum += value;
            }
            let _ = writeln!(
                text,
                "without {language:<12} {without:.4}, with it {with:.4}: {:+.4}",
                without - with
            );
        }
        let [share, without, with] = sums;
        let _ = writeln!(
            text,
            "each language without itself: {:.4}, with all: {:.4}; {} configurations measured",
            without / share,
            with / share,
            self.measured.len()
        );
        Ok(text)
    }
}

fn weighed(scores: &[f64], shares: &[f64]) -> f64 {
    let sum: f64 = scores.iter().zip(shares).map(|(score, share)| score * share).sum();
    sum / shares.iter().sum::<f64>().max(f64::MIN_POSITIVE)
}

fn get(weights: &Weights, name: &str) -> Result<f32> {
    let all = serde_json::to_value(weights)?;
    let value = all.get(name).and_then(Value::as_f64);
    Ok(value.with_context(|| format!("unknown weight {name}"))? as f32)
}

/// The weights that changed.
fn difference(from: &Weights, to: &Weights) -> Result<String> {
    let (from, to) = (serde_json::to_value(from)?, serde_json::to_value(to)?);
    let (Value::Object(from), Value::Object(to)) = (from, to) else { return Ok(String::new()) };
    let changed = to.iter().filter(|(name, value)| from.get(*name) != Some(value));
    Ok(changed.map(|(name, value)| format!("--set {name}={value}")).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Coverage;
    use descry_engine::Tiers;

    #[test]
    fn the_best_values_are_found() {
        let base = Configuration {
            name: "test".to_owned(),
            tiers: Tiers::default(),
            weights: Weights::default(),
            coverage: Coverage::ALL,
        };
        // The first repository is best with a high `path` weight, the second with a low one.
        let measure = |configuration: &Configuration| {
            let path = f64::from(configuration.weights.path);
            Ok(vec![1.0 - (path - 1.6).abs(), 1.0 - (path - 0.7).abs()])
        };
        let mut tuner = Tuner::new(base, measure);
        let both = tuner.run(&["rust", "go"], &[1.0, 0.5], true).unwrap();
        assert!(both.contains("tuned: 0.7000 --set path=1.6"), "{both}");
        assert!(both.contains("without go           0.1000"), "{both}");
        assert!(both.contains("without rust         0.1000"), "{both}");
    }
}
