//! The configurations to compare: the lists, the weights, and the share of dense vectors.

use anyhow::{Context, Result, bail};
use descry_base::ChunkId;
use descry_engine::Tiers;
use descry_engine::evaluation::{SIGNALS, Shard, Weights};
use serde_json::Value;

/// One way to answer all questions.
#[derive(Clone)]
pub(crate) struct Configuration {
    pub(crate) name: String,
    pub(crate) tiers: Tiers,
    pub(crate) weights: Weights,
    pub(crate) coverage: Coverage,
}

impl Configuration {
    /// Whether it uses only one list.
    pub(crate) fn is_single(&self) -> bool {
        let Tiers { lexical, static_vectors, dense_vectors } = self.tiers;
        usize::from(lexical) + usize::from(static_vectors) + usize::from(dense_vectors) == 1
    }
}

/// Which chunks have dense vectors; the others have static vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Coverage {
    pub(crate) order: Order,
    pub(crate) percent: u8,
}

/// The order in which chunks are embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Order {
    /// By a hash of their ids.
    Random,
    /// File by file.
    Folder,
}

impl Coverage {
    pub(crate) const ALL: Coverage = Coverage { order: Order::Random, percent: 100 };
    pub(crate) const NONE: Coverage = Coverage { order: Order::Random, percent: 0 };

    /// A predicate that says whether a chunk of this folder has a dense vector.
    pub(crate) fn of(self, shard: &Shard) -> impl Fn(ChunkId) -> bool {
        let percent = u64::from(self.percent);
        let embedded = percent * shard.table.chunk_count() as u64 / 100;
        let ids = shard.table.files().flat_map(|file| file.chunk_ids());
        // The first id that is not embedded, in file order.
        let end = match self.order {
            Order::Folder => {
                let mut ids: Vec<ChunkId> = ids.collect();
                ids.sort_unstable();
                ids.get(embedded as usize).copied().unwrap_or(ChunkId(u64::MAX))
            }
            Order::Random => ChunkId(0),
        };
        move |id| match self.order {
            Order::Folder => id < end,
            Order::Random => {
                let hash = blake3::hash(&id.0.to_le_bytes());
                u64::from(hash.as_bytes()[0]) * 256 + u64::from(hash.as_bytes()[1])
                    < percent * 65_536 / 100
            }
        }
    }
}

fn tiers(names: &str) -> Tiers {
    let has = |name| names.split('+').any(|part| part == name);
    Tiers { lexical: has("words"), static_vectors: has("instant"), dense_vectors: has("full") }
}

/// The lists alone and together, as in use before and after a folder is embedded.
pub(crate) fn ways(weights: &Weights, instant: bool) -> Vec<Configuration> {
    let sets = [
        ("words", "words", Coverage::NONE),
        ("instant", "instant", Coverage::NONE),
        ("words+instant", "words+instant", Coverage::NONE),
        ("full", "full", Coverage::ALL),
        ("all", "words+instant+full", Coverage::ALL),
    ];
    let sets = sets.into_iter().filter(|(_, _, coverage)| !instant || *coverage == Coverage::NONE);
    let way = |(name, lists, coverage): (&str, &str, Coverage)| Configuration {
        name: name.to_owned(),
        tiers: tiers(lists),
        weights: weights.clone(),
        coverage,
    };
    sets.map(way).collect()
}

/// Every set of lists, with and without the ranking signals.
pub(crate) fn lists(weights: &Weights) -> Vec<Configuration> {
    let sets = ["words", "instant", "full", "words+instant", "words+full", "words+instant+full"];
    let mut plain = weights.clone();
    SIGNALS.iter().for_each(|signal| (signal.off)(&mut plain));
    sets.iter()
        .flat_map(|set| {
            let tiers = tiers(set);
            // With both tiers, every chunk has a dense vector.
            let coverage = if tiers.dense_vectors { Coverage::ALL } else { Coverage::NONE };
            let with = |name: String, weights: &Weights| Configuration {
                name,
                tiers,
                weights: weights.clone(),
                coverage,
            };
            [with(format!("{set}, plain"), &plain), with((*set).to_owned(), weights)]
        })
        .collect()
}

/// The default configuration, with each signal turned off in turn.
pub(crate) fn ablation(base: &Configuration) -> Vec<Configuration> {
    SIGNALS
        .iter()
        .map(|signal| {
            let mut without = base.clone();
            (signal.off)(&mut without.weights);
            without.name = format!("{} - {}", base.name, signal.name);
            without
        })
        .collect()
}

/// The default configuration while a folder is being embedded.
pub(crate) fn curve(weights: &Weights) -> Vec<Configuration> {
    let points = [0, 10, 25, 50, 75, 90, 100];
    let at = |order, percent| Configuration {
        name: format!("{percent:>3} % embedded, {order:?} order").to_lowercase(),
        tiers: Tiers::default(),
        weights: weights.clone(),
        coverage: Coverage { order, percent },
    };
    [Order::Random, Order::Folder]
        .into_iter()
        .flat_map(|order| points.map(|percent| at(order, percent)))
        .collect()
}

/// `name=value,value,…`: the base with each of these values.
pub(crate) fn sweep(base: &Configuration, text: &str) -> Result<Vec<Configuration>> {
    let (name, values) = text.split_once('=').context("a sweep is name=value,value,…")?;
    let with = |value: &str| -> Result<Configuration> {
        let mut changed = base.clone();
        set(&mut changed.weights, name, value)?;
        changed.name = format!("{}, {name} = {value}", base.name);
        Ok(changed)
    };
    values.split(',').map(with).collect()
}

/// Sets a weight by its name.
pub(crate) fn set(weights: &mut Weights, name: &str, value: &str) -> Result<()> {
    let mut all = serde_json::to_value(&*weights)?;
    let Some(old) = all.get_mut(name) else { bail!("unknown weight {name}") };
    *old = serde_json::from_str::<Value>(value)
        .with_context(|| format!("{name} cannot be {value}"))?;
    *weights = serde_json::from_value(all).with_context(|| format!("{name} cannot be {value}"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_set_by_name() {
        let mut weights = Weights::default();
        set(&mut weights, "rrf_k", "33").expect("there is such a weight");
        assert_eq!(weights.rrf_k, 33.0);
        assert!(set(&mut weights, "rrf", "33").is_err());
        assert!(set(&mut weights, "rrf_k", "many").is_err());
    }

    #[test]
    fn every_signal_can_be_turned_off() {
        for signal in SIGNALS {
            let mut weights = Weights::default();
            (signal.off)(&mut weights);
            assert_ne!(weights, Weights::default(), "{}", signal.name);
        }
    }
}
