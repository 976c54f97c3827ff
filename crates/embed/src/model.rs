//! The interface of a model.

use crate::{EmbedError, VectorSpace};

/// A text and its role. A model may put a different prompt before each role; callers never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// A search query.
    Query(&'a str),
    /// A text to be searched.
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

/// The description of a loaded model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The display name.
    pub name: String,
    /// The vector space of its code vectors.
    pub space: VectorSpace,
    /// For a static model, the space of the model that it imitates.
    pub teacher: Option<VectorSpace>,
    /// The length of its vectors.
    pub dim: usize,
    /// The most tokens of a text that the model reads, special tokens included; it ignores the
    /// rest. `usize::MAX` if there is no limit.
    pub max_tokens: usize,
    /// The device that it runs on, for display: `CPU`, `CUDA 0`.
    pub device: String,
}

/// A model that one thread owns.
///
/// After a panic in [`embed`](Embedder::embed), the next call must work as if it had not happened.
pub trait Embedder: Send {
    /// The description of the model.
    fn info(&self) -> &ModelInfo;

    /// The token ids of `input` as the model reads them: with prompt and special tokens, truncated.
    fn tokens(&self, input: Input<'_>) -> Result<Vec<u32>, EmbedError>;

    /// Returns one vector `[dim]` of unit length for each input, in order. An error or a panic
    /// fails the whole batch; the caller finds the faulty text by trying each alone.
    fn embed(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// A model so cheap that any thread may call it at any time. Its vectors approximate those of its
/// [teacher](ModelInfo::teacher), and are compared with the teacher's query vectors.
pub trait StaticEmbedder: Send + Sync {
    /// The description of the model.
    fn info(&self) -> &ModelInfo;

    /// The vector `[dim]` of a document, of unit length. Never fails: a text without a known token
    /// gets the model's neutral vector.
    fn embed(&self, text: &str) -> Vec<f32>;

    /// The vector of a piece of code, after the model's text preprocessing.
    fn embed_code(&self, code: &str) -> Vec<f32> {
        self.embed(&self.info().space.preprocessing.apply(code))
    }
}
