//! Computes the vectors of a transformer's encoder, on the CPU or on a GPU.
//!
//! Promises: both backends compute what [`Config`] and [`Weights`] say, which is all that they know
//! of a model; quantised weights stay as small as they are stored; a text's vector is the same
//! whatever runs beside it. Trusts its input: whoever loads weights has checked their shapes and
//! that they are finite. Does not know: files, tokenizers, or architectures by name
//! (`descry-embed-gguf`).

mod align;
mod config;
pub mod cpu;
pub mod gpu;
mod matrix;
mod quant;
mod table;
mod weights;

pub use config::{
    Activation, Config, Distance, Experts, NormKind, NormPlacement, Pattern, Pooling, Positions,
    Window,
};
pub use matrix::Matrix;
pub use quant::Format;
pub use table::Table;
pub use weights::{Backend, FeedForward, Layer, Weights};
