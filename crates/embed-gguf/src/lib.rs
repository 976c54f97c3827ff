//! An untrusted GGUF file in, unit vectors out.
//!
//! Promises: a file is checked before it is believed (no panic and no large allocation, whatever it
//! says), every failure is one clear sentence, and the tokens are those of the model's own
//! tokenizer. Does not know: threads and queues (`descry-embed`), where vectors go, or which model
//! is a good one.

mod align;
mod bert;
mod cpu;
mod draft;
mod error;
mod gguf;
mod matrix;
mod table;
mod wordpiece;

use std::num::NonZeroUsize;
use std::path::Path;

use descry_embed::Embedder;

pub use draft::StaticModel;
pub use error::LoadError;

/// How a model is to be run.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The threads that share the work of one batch; all cores if `None`.
    pub threads: Option<NonZeroUsize>,
}

/// Loads a transformer of the architecture `bert`.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Box<dyn Embedder>, LoadError> {
    Ok(Box::new(bert::Bert::load(path, options)?))
}

/// Loads a static model of the architecture `descry-static`.
pub fn load_draft(path: &Path) -> Result<StaticModel, LoadError> {
    StaticModel::load(path)
}
