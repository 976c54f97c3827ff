//! The interface between text and vectors, and the thread that owns a model.
//!
//! Promises: an [`EmbedHandle`] answers queries ahead of documents, cuts documents into batches of
//! about the same *measured* time, drops work whose result nobody awaits, and survives an embedder
//! that fails or panics. Every vector has unit length. Does not know: how a model works, where
//! texts come from, or where vectors go.

mod error;
mod fitted;
mod handle;
mod model;
mod pace;
mod pending;
mod queue;
mod recent;
mod space;
mod text_preprocessing;
mod unit;
mod worker;

pub use error::EmbedError;
pub use fitted::Fitted;
pub use handle::{BatchConfig, EmbedHandle, ModelState};
pub use model::{Embedder, Input, ModelInfo, StaticEmbedder};
pub use pending::Pending;
pub use space::VectorSpace;
pub use text_preprocessing::TextPreprocessing;
pub use unit::normalise;
