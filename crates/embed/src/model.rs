//! What a model is, seen from outside.

use crate::{EmbedError, VectorSpace};

/// A text and the part it plays. A model may put a different prompt before each; callers never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// What a user searches for.
    Query(&'a str),
    /// What is searched.
    Document(&'a str),
}

impl<'a> Input<'a> {
    /// The text, without any prompt.
    pub fn text(self) -> &'a str {
        match self {
            Input::Query(text) | Input::Document(text) => text,
        }
    }
}

/// What a loaded model says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// A name for people.
    pub name: String,
    /// The space that its vectors of code live in.
    pub space: VectorSpace,
    /// For a static model, the space of the model that it imitates.
    pub teacher: Option<VectorSpace>,
    /// The length of its vectors.
    pub dim: usize,
    /// The most tokens of a text that it reads, its own special tokens included; the rest of a
    /// longer text is ignored. `usize::MAX` if there is no such limit.
    pub max_tokens: usize,
    /// Where it runs, for people: `CPU`, `CUDA 0`.
    pub device: String,
}

/// A model that one thread owns.
///
/// After a panic in [`embed`](Embedder::embed) the next call must work as if it had not happened.
pub trait Embedder: Send {
    /// What the model is.
    fn info(&self) -> &ModelInfo;

    /// The token ids that the model sees for `input`: prompt, special tokens and truncation included.
    fn tokens(&self, input: Input<'_>) -> Result<Vec<u32>, EmbedError>;

    /// One vector `[dim]` of unit length for each input, in the same order. An error or a panic
    /// condemns the whole batch; the caller finds the guilty text by trying each alone.
    fn embed(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// A model so cheap that any thread calls it at any time. Its vectors stand in for those of its
/// [teacher](ModelInfo::teacher), and are compared with the teacher's query vectors.
pub trait StaticEmbedder: Send + Sync {
    /// What the model is.
    fn info(&self) -> &ModelInfo;

    /// The vector `[dim]` of a document, of unit length. Never fails: a text without a known token
    /// gets the model's neutral vector.
    fn embed(&self, text: &str) -> Vec<f32>;

    /// The vector of a piece of code, adapted by the model's text preprocessing.
    fn embed_code(&self, code: &str) -> Vec<f32> {
        self.embed(&self.info().space.preprocessing.apply(code))
    }
}
