//! The reasons for which a model is not converted, each one sentence for people.

use std::path::{Path, PathBuf};

/// Why a model could not be converted.
#[derive(Debug, thiserror::Error)]
#[error("cannot convert the model: {}: {cause}", path.display())]
pub struct ConvertError {
    /// The file or the folder that it is about.
    pub path: PathBuf,
    /// What is wrong with it.
    pub cause: Cause,
}

/// What is wrong with a file or a folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// A file that is needed is not there.
    #[error(
        "there is no such file; fetch the whole repository of the model (`hf download \
         OWNER/NAME --local-dir FOLDER`) and name that folder"
    )]
    Missing,
    /// Only weights in Python's own format are there.
    #[error(
        "the weights are there as pytorch_model.bin only, a format that runs code when it is \
         read; load the model with transformers where that is safe, and save it again with \
         save_pretrained to get model.safetensors"
    )]
    Pickled,
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The file is larger than any honest one.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// The file contradicts itself or its format.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// The model is of a kind that is not known here.
    #[error(
        "the architecture {0} is not known here; those of BertModel, BertForMaskedLM, \
         BertForPreTraining, RobertaModel, XLMRobertaModel, NomicBertModel, CodeT5+ embedding, \
         CodeSage, Qwen2 and Qwen3 are, and llama.cpp's convert_hf_to_gguf.py converts many others"
    )]
    Architecture(String),
    /// A key of a JSON file is missing.
    #[error("the key {0} is missing")]
    MissingKey(String),
    /// A key has a value that makes no sense or is not supported.
    #[error("the key {key} {reason}")]
    Key {
        /// The key.
        key: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// A tensor is missing.
    #[error("the tensor {0} is missing from the weights")]
    MissingTensor(String),
    /// A tensor has another shape than `config.json` says.
    #[error(
        "the tensor {tensor} has the shape {found:?}, but by config.json it should be {expected:?}"
    )]
    Shape {
        /// The tensor.
        tensor: String,
        /// Rows first.
        found: Vec<usize>,
        /// Rows first.
        expected: Vec<usize>,
    },
    /// A tensor has no place in the model; without it the vectors would be wrong.
    #[error("the tensor {0} has no place in a model of this architecture")]
    UnknownTensor(String),
    /// A tensor is stored in a type that is not one of floating point.
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
    /// The tokenizer cannot be written down.
    #[error("{0}")]
    Tokenizer(String),
    /// The model needs a step that cannot be written down.
    #[error("{0}")]
    Module(String),
    /// The output is there already.
    #[error("it is there already; --force replaces it")]
    Exists,
}

impl Cause {
    pub(crate) fn at(self, path: &Path) -> ConvertError {
        ConvertError { path: path.to_owned(), cause: self }
    }
}

pub(crate) type Result<T> = std::result::Result<T, ConvertError>;
