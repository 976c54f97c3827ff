//! An untrusted GGUF file in, unit vectors out.
//!
//! Promises: a file is checked before it is believed (no panic and no large allocation, whatever it
//! says), every failure is one clear sentence, the tokens are those of the model's own tokenizer, and
//! a model whose vectors mean nothing is refused. Does not know: threads and queues (`descry-embed`), where vectors go, or which model
//! is a good one.

mod align;
mod cpu;
mod dense;
mod encoder;
mod error;
mod gguf;
mod gpu;
mod known;
mod matrix;
mod memory;
mod model;
mod model_config;
mod quant;
mod source;
mod static_model;
mod table;
mod tokenizer;
mod trial;
mod weights;

use std::num::NonZeroUsize;

use descry_embed::Embedder;

pub use error::LoadError;
pub use source::Source;
pub use static_model::StaticModel;

/// Where a model is to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// On the graphics processor, if this program was built for one (features `cuda` and `metal`), the
    /// machine has it and the model fits; else on the CPU.
    #[default]
    Best,
    /// On the CPU.
    Cpu,
    /// On the CPU with every product in f32, also where the processor could multiply 8-bit numbers.
    CpuF32,
    /// On the CPU by the program for graphics processors, to compare with.
    CpuCandle,
}

/// How a model is to be run.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The threads that share the work of one batch; all cores if `None`.
    pub threads: Option<NonZeroUsize>,
    /// Where it runs.
    pub device: Device,
    /// The components that vectors keep, for models that allow it (Matryoshka); all if `None`.
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
