//! A question with its right answers.

use serde::{Deserialize, Serialize};

use crate::score::Target;

/// The origin of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QuestionKind {
    /// The first sentence of a doc comment; the definition below it answers.
    DocComments,
    /// The subject of a commit; the files it changed answer.
    Commits,
}

/// A question and its right answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The query text.
    pub text: String,
    /// The right answers.
    pub targets: Vec<Target>,
}

/// At most `most` of these, chosen by a hash of each, so that every run has the same ones whatever
/// else there is.
pub(crate) fn sample<T>(mut all: Vec<T>, most: usize, key: impl Fn(&T) -> String) -> Vec<T> {
    all.sort_by_cached_key(|item| *blake3::hash(key(item).as_bytes()).as_bytes());
    all.truncate(most);
    all
}
