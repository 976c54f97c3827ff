//! What a model is, seen from outside.

use std::fmt;
use std::sync::Arc;

use crate::{EmbedError, TextPreprocessing};

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

/// The identity of a model's weights: lower-case hex of the SHA-256 of its file. Vectors of
/// different fingerprints are never compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Arc<str>);

impl Fingerprint {
    /// From its text form.
    pub fn new(hex: impl AsRef<str>) -> Fingerprint {
        Fingerprint(hex.as_ref().to_ascii_lowercase().into())
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get(..12).unwrap_or(&self.0))
    }
}

/// What a loaded model says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// A name for people.
    pub name: String,
    /// The identity of its weights.
    pub fingerprint: Fingerprint,
    /// For a draft model, the model whose vectors it imitates and with which it shares a space.
    pub drafts_for: Option<Fingerprint>,
    /// The length of its vectors.
    pub dim: usize,
    /// The most tokens of a text that it reads, its own special tokens included; the rest of a
    /// longer text is ignored. `usize::MAX` if there is no such limit.
    pub max_tokens: usize,
    /// How code is to be written for it. The model itself takes texts as they are: who embeds code
    /// applies this, as [`EmbedHandle`](crate::EmbedHandle) and [`Draft::embed_code`] do.
    pub preprocessing: TextPreprocessing,
    /// Where it runs, for people: `CPU`, `CUDA 0`.
    pub device: String,
}

impl ModelInfo {
    /// The name of the space that this model's vectors of code live in: vectors of different spaces
    /// are never compared.
    pub fn space(&self) -> String {
        format!("{}{}", self.fingerprint, self.preprocessing.suffix())
    }
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

/// A model so cheap that any thread calls it at any time. Its vectors stand in for those of the
/// model named by [`ModelInfo::drafts_for`], and are compared with that model's query vectors.
pub trait Draft: Send + Sync {
    /// What the model is.
    fn info(&self) -> &ModelInfo;

    /// The vector `[dim]` of a document, of unit length. Never fails: a text without a known token
    /// gets the model's neutral vector.
    fn embed(&self, text: &str) -> Vec<f32>;

    /// The vector of a piece of code, written as the model reads it.
    fn embed_code(&self, code: &str) -> Vec<f32> {
        self.embed(&self.info().preprocessing.apply(code))
    }
}
