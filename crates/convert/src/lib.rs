//! Converts a model's folder from Hugging Face to a GGUF file.
//!
//! Promises: keys and tensors equal those of llama.cpp's converter, so that any runtime can read
//! the file; the three code models that llama.cpp does not support follow its most similar
//! architecture. Every file is checked before use, every failure is one sentence that names the
//! file, and the output appears whole or not at all. Only one part of one tensor is in memory at a
//! time, however large the model. Does not know: how a model runs (`descry-embed-gguf`), or where
//! to download models.

mod card;
mod config;
mod error;
mod family;
mod folder;
mod gguf;
mod plan;
mod pooling;
mod tokenizer;
mod weights;

use std::path::Path;

pub use error::{Cause, ConvertError};

use error::Result;
use folder::Folder;
use gguf::Metadata;
use plan::Planned;
use weights::Tensors;

/// The type of stored weights. Norms, biases and position tables are always 32 bits wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Type {
    /// 32 bits per weight, as exact as the original.
    F32,
    /// 16 bits per weight.
    #[default]
    F16,
    /// 8.5 bits per weight, in blocks of 32; rows not divisible into blocks are stored as F16.
    Q8_0,
}

/// The options of a conversion.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The type of stored weights.
    pub weights: Type,
    /// Replaces an existing file.
    pub force: bool,
}

/// A summary of the written file.
#[derive(Clone, Debug)]
pub struct Converted {
    /// `general.architecture` of the file.
    pub architecture: String,
    /// `general.name` of the file.
    pub name: String,
    /// The number of tensors.
    pub tensors: usize,
    /// The length of the file.
    pub bytes: u64,
}

/// The content of the file, except the weights themselves.
struct Model {
    architecture: &'static str,
    metadata: Metadata,
    tensors: Vec<Planned>,
}

/// Writes the model in `folder` to the file `out`.
pub fn convert(folder: &Path, out: &Path, options: &Options) -> Result<Converted> {
    if !options.force && out.try_exists().map_err(|error| Cause::Io(error).at(out))? {
        return Err(Cause::Exists.at(out));
    }
    let folder = Folder::new(folder);
    let config = config::load(&folder)?;
    let architecture = family::recognise(&config)?;
    let mut weights = Tensors::open(&folder)?;
    let card = card::read(&folder)?;
    let mut model = architecture.model(&folder, &config, &weights)?;
    let mut metadata = Metadata::default();
    metadata.text("general.architecture", model.architecture);
    metadata.text("general.type", "model");
    metadata.text("general.name", &card.name);
    if let Some(license) = card.license {
        metadata.text("general.license", license);
    }
    metadata.number("general.file_type", gguf::file_type(options.weights));
    // GGML_QUANT_VERSION in ggml.h.
    metadata.number("general.quantization_version", 2);
    metadata.append(&mut model.metadata);
    let bytes = gguf::write(out, &metadata, &model.tensors, &mut weights, options.weights)?;
    Ok(Converted {
        architecture: model.architecture.to_owned(),
        name: card.name,
        tensors: model.tensors.len(),
        bytes,
    })
}
