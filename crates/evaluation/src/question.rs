//! A question with its answer.

use serde::{Deserialize, Serialize};

use crate::score::Target;

/// Where a question comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QuestionKind {
    /// The first sentence of a doc comment, which the definition below it answers.
    DocComments,
    /// The subject of a commit, which the files that it changed answer.
    Commits,
}

/// A question and what answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// As it is typed.
    pub text: String,
    /// What answers it.
    pub targets: Vec<Target>,
}

/// At most `most` of these, spread by a hash of each: the same ones at every run, whatever else there is.
pub(crate) fn sample<T>(mut all: Vec<T>, most: usize, key: impl Fn(&T) -> String) -> Vec<T> {
    all.sort_by_cached_key(|item| *blake3::hash(key(item).as_bytes()).as_bytes());
    all.truncate(most);
    all
}
