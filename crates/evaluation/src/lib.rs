//! Measures how well a folder's own questions are answered: by words, by static vectors, by dense
//! vectors, by all.
//!
//! Promises: questions come from the folder itself (doc comments, commit subjects) and are the same
//! in every run. The search runs on a copy in which the comments that became questions are blank;
//! the folder and its index stay unchanged. The measures are those of the public semble benchmark.
//! Does not know: how anything is ranked, or how figures are shown.

mod commits;
mod copy;
mod docs;
mod error;
mod evaluate;
mod question;
mod report;
pub mod score;

pub use commits::{History, commit_questions};
pub use copy::copy;
pub use error::EvaluationError;
pub use evaluate::{Config, EvaluationPhase, Progress, evaluate};
pub use question::{Question, QuestionKind};
pub use report::{EvaluatedTier, Missed, QuestionSet, Report, TierScore};
