//! The results of a measurement, as plain values.

use descry_engine::Tiers;
use serde::{Deserialize, Serialize};

use crate::question::QuestionKind;

/// The result of a measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The measured model; `None` if there is none.
    pub model: Option<String>,
    /// The duration.
    pub seconds: f64,
    /// One set per origin of questions.
    pub sets: Vec<QuestionSet>,
}

/// The results for the questions of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionSet {
    /// Their origin.
    pub kind: QuestionKind,
    /// Their number.
    pub questions: usize,
    /// Why there are none.
    pub note: Option<String>,
    /// One score per tier; empty if there are no questions.
    pub scores: Vec<TierScore>,
    /// Questions that all tiers together do not answer first, worst first.
    pub missed: Vec<Missed>,
}

/// The scores of one tier: means over the questions, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TierScore {
    /// The tier.
    pub tier: EvaluatedTier,
    /// Mean reciprocal rank among the first ten.
    pub mrr: f64,
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg: f64,
    /// The share of questions whose first result is right.
    pub first: f64,
}

/// A tier, or all together, as evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EvaluatedTier {
    /// By words alone.
    #[serde(rename = "words")]
    Lexical,
    /// By static vectors alone.
    #[serde(rename = "instant")]
    Static,
    /// By dense vectors alone.
    #[serde(rename = "full")]
    Dense,
    /// All tiers together, as in the search box.
    All,
}

impl EvaluatedTier {
    /// All values, in display order.
    pub const ALL: [EvaluatedTier; 4] =
        [EvaluatedTier::Lexical, EvaluatedTier::Static, EvaluatedTier::Dense, EvaluatedTier::All];

    /// The lists it searches.
    pub fn tiers(self) -> Tiers {
        let is = |tier| self == tier || self == EvaluatedTier::All;
        Tiers {
            lexical: is(EvaluatedTier::Lexical),
            static_vectors: is(EvaluatedTier::Static),
            dense_vectors: is(EvaluatedTier::Dense),
        }
    }
}

/// A question whose answer was not first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Missed {
    /// The question.
    pub text: String,
    /// The file that answers it.
    pub path: String,
    /// The line of the definition that answers it, from 1.
    pub line: Option<u32>,
    /// The rank of the answer, from 1; `None` if not among the first ten.
    pub rank: Option<u32>,
}
