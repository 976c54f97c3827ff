//! The reasons why a model cannot be converted, each as one sentence for users.

use std::path::{Path, PathBuf};

/// Why a model could not be converted.
#[derive(Debug, thiserror::Error)]
#[error("cannot convert the model: {}: {cause}", path.display())]
pub struct ConvertError {
    /// The file or folder concerned.
    pub path: PathBuf,
    /// The problem with it.
    pub cause: Cause,
}

/// A problem with a file or folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// A required file does not exist.
    #[error(
        "there is no such file; fetch the whole repository of the model (`hf download \
         OWNER/NAME --local-dir FOLDER`) and name that folder"
    )]
    Missing,
    /// The only weights are in Python's own format.
    #[error(
        "its only weights are in pytorch_model.bin, a format that runs code when it is read; load \
         the model with transformers where that is safe, and save it again with save_pretrained \
         to get model.safetensors"
    )]
    Pickled,
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The file is larger than any valid one.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// The file contradicts itself or its format.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// The architecture is not supported.
    #[error(
        "the architecture {0} is not supported; those of BertModel, BertForMaskedLM, \
         BertForPreTraining, RobertaModel, XLMRobertaModel, NomicBertModel, CodeT5+ embedding, \
         CodeSage, Qwen2 and Qwen3 are, and llama.cpp's convert_hf_to_gguf.py converts many others"
    )]
    Architecture(String),
    /// A key of a JSON file is missing.
    #[error("the key {0} is missing")]
    MissingKey(String),
    /// The value of a key is invalid or not supported.
    #[error("the key {key} {reason}")]
    Key {
        /// The key.
        key: String,
        /// The problem with its value.
        reason: String,
    },
    /// A tensor is missing.
    #[error("the tensor {0} is missing from the weights")]
    MissingTensor(String),
    /// The shape of a tensor differs from the one that `config.json` implies.
    #[error("the tensor {tensor} has the shape {found:?}, but config.json implies {expected:?}")]
    Shape {
        /// The tensor.
        tensor: String,
        /// Rows first.
        found: Vec<usize>,
        /// Rows first.
        expected: Vec<usize>,
    },
    /// A tensor is not part of the architecture; without it the vectors would be wrong.
    #[error("the tensor {0} has no place in a model of this architecture")]
    UnknownTensor(String),
    /// The type of a tensor is not a supported floating-point type.
    #[error("the tensor {tensor} is stored as {found}; F64, F32, F16 and BF16 can be read")]
    TensorType {
        /// The tensor.
        tensor: String,
        /// Its type.
        found: String,
    },
    /// A weight is infinite or not a number.
    #[error("the tensor {0} has weights that are not finite")]
    NotFinite(String),
    /// A weight is too large for 16 bits.
    #[error("the tensor {0} has weights that are too large for this type; f32 will do")]
    TooLargeForF16(String),
    /// GGUF cannot express the tokenizer.
    #[error("{0}")]
    Tokenizer(String),
    /// GGUF cannot express a step of the model.
    #[error("{0}")]
    Module(String),
    /// The output already exists.
    #[error("it is there already; --force replaces it")]
    Exists,
}

impl Cause {
    pub(crate) fn at(self, path: &Path) -> ConvertError {
        ConvertError { path: path.to_owned(), cause: self }
    }
}

pub(crate) type Result<T> = std::result::Result<T, ConvertError>;
