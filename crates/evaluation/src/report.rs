//! What was measured, as plain values.

use descry_engine::Tiers;
use serde::{Deserialize, Serialize};

use crate::question::QuestionKind;

/// How well a folder's own questions are answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The model whose vectors were asked; `None` if there is none.
    pub model: Option<String>,
    /// How long it took.
    pub seconds: f64,
    /// By where the questions come from.
    pub sets: Vec<QuestionSet>,
}

/// Questions of one kind and how they were answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionSet {
    /// Where they come from.
    pub kind: QuestionKind,
    /// How many there are.
    pub questions: usize,
    /// Why there are none.
    pub note: Option<String>,
    /// One for each way to search; none where there are no questions.
    pub scores: Vec<TierScore>,
    /// Questions that all ways together do not answer first, worst first.
    pub missed: Vec<Missed>,
}

/// How well one way to search answers: means over the questions, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TierScore {
    /// The way to search.
    pub tier: EvaluatedTier,
    /// Mean reciprocal rank among the first ten.
    pub mrr: f64,
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg: f64,
    /// The share of questions whose first result is right.
    pub first: f64,
}

/// A way to search that is evaluated.
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
    /// As the search box answers.
    All,
}

impl EvaluatedTier {
    /// Every way, in the order in which they are shown.
    pub const ALL: [EvaluatedTier; 4] =
        [EvaluatedTier::Lexical, EvaluatedTier::Static, EvaluatedTier::Dense, EvaluatedTier::All];

    /// The lists that take part.
    pub fn tiers(self) -> Tiers {
        let is = |tier| self == tier || self == EvaluatedTier::All;
        Tiers {
            lexical: is(EvaluatedTier::Lexical),
            static_vectors: is(EvaluatedTier::Static),
            dense_vectors: is(EvaluatedTier::Dense),
        }
    }
}

/// A question that was not answered first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Missed {
    /// The question.
    pub text: String,
    /// The file that answers it.
    pub path: String,
    /// The line of the definition that answers it, from 1.
    pub line: Option<u32>,
    /// At which rank, from 1, it was found; `None` if not among the first ten.
    pub rank: Option<u32>,
}
