//! Loads an untrusted GGUF file as a model that turns texts into unit vectors.
//!
//! Promises: every file is checked before use (no panic and no large allocation, whatever its
//! content), every failure is one clear sentence, tokens equal those of the model's own tokenizer,
//! and a model whose vectors are meaningless is rejected. Does not know: threads and queues
//! (`descry-embed`), arithmetic (`descry-encoder`), where vectors go, or which models are good.

mod dense;
mod encoder;
mod error;
mod gguf;
mod known;
mod memory;
mod model;
mod model_config;
mod source;
mod static_model;
mod tokenizer;
mod trial;
mod weights;

use std::num::NonZeroUsize;

use descry_embed::Embedder;

pub use error::LoadError;
pub use source::Source;
pub use static_model::StaticModel;

/// The device to run a model on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// The GPU, if this program was built for one (features `cuda` and `metal`), the machine has it
    /// and the model fits; otherwise the CPU.
    #[default]
    Best,
    /// The CPU.
    Cpu,
    /// The CPU with all products in f32, even if the processor has 8-bit dot products.
    CpuF32,
    /// The GPU implementation on the CPU, for comparison.
    CpuCandle,
}

/// The options for running a model.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The number of threads that share a batch; all cores if `None`.
    pub threads: Option<NonZeroUsize>,
    /// The device to run on.
    pub device: Device,
    /// The number of vector components to keep, for models that allow it (Matryoshka); all if
    /// `None`.
    pub dim: Option<usize>,
}

/// Loads a transformer.
pub fn load(
    source: impl Into<Source>,
    options: &LoadOptions,
) -> Result<Box<dyn Embedder>, LoadError> {
    Ok(Box::new(model::Model::load(&source.into(), options)?))
}

/// Loads a static model of the architecture `descry-static`.
pub fn load_static(source: impl Into<Source>) -> Result<StaticModel, LoadError> {
    StaticModel::load(&source.into())
}
