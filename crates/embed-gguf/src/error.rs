//! The reasons for which a model file is refused, each one sentence for people.

use descry_embed::EmbedError;

use crate::Source;

/// Why a model file could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("cannot load the model {model}: {cause}")]
pub struct LoadError {
    /// The file.
    pub model: Source,
    /// What is wrong with it.
    pub cause: Cause,
}

/// What is wrong with a model file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file does not begin like GGUF.
    #[error("it is not a GGUF file")]
    NotGguf,
    /// The format has a version that is not known.
    #[error("its GGUF version {0} is not supported (2 and 3 are)")]
    Version(u32),
    /// The file ends too early.
    #[error("it is cut short: {what} ends at byte {needed}, the file at {len}")]
    Truncated {
        /// What does not fit.
        what: String,
        /// The end of it.
        needed: u64,
        /// The length of the file.
        len: u64,
    },
    /// The file contradicts itself or the format.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// The model is of a kind that this program cannot run.
    #[error("its architecture {found:?} is not supported (supported here: {supported})")]
    Architecture {
        /// What the file says.
        found: String,
        /// What can be run.
        supported: String,
    },
    /// A key is missing.
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
    #[error("the tensor {0} is missing")]
    MissingTensor(String),
    /// A tensor has another shape than the keys say.
    #[error("the tensor {tensor} has the shape {found:?} instead of {expected:?}")]
    Shape {
        /// The tensor.
        tensor: String,
        /// Rows first.
        found: Vec<usize>,
        /// Rows first.
        expected: Vec<usize>,
    },
    /// A tensor is stored in a type that cannot be read.
    #[error(
        "the tensor {tensor} has the unsupported type {}; F32, F16, BF16, Q4_0 to Q8_0 and Q2_K to \
         Q8_K can be read, so another quantisation of this model will do",
        type_name(*ggml_type)
    )]
    TensorType {
        /// The tensor.
        tensor: String,
        /// The number of the type in GGML.
        ggml_type: u32,
    },
    /// Vectors were to have a length that the model does not allow.
    #[error(
        "its vectors have {whole} components and {}",
        match least < whole && wanted < whole {
            true => format!("can be cut to {least} at least, not to {wanted}"),
            false => format!("cannot be cut to {wanted}"),
        }
    )]
    Dimensions {
        /// What was asked for.
        wanted: usize,
        /// The fewest that the model allows.
        least: usize,
        /// All of them.
        whole: usize,
    },
    /// Layers that follow pooling are missing.
    #[error(
        "its last layers, dense_2 and dense_3, are missing: whoever converted it left out \
         --sentence-transformers-dense-modules; another file of this model will do"
    )]
    NoDense,
    /// The weights do not fit into memory.
    #[error(
        "it needs {} of memory and {} are free for it; {instead}",
        gigabytes(*needed),
        gigabytes(*free)
    )]
    TooLarge {
        /// Bytes.
        needed: u64,
        /// Bytes.
        free: u64,
        /// What would fit.
        instead: String,
    },
    /// The graphics processor cannot be used.
    #[error("the graphics processor cannot be used: {}", sentence(.0))]
    Device(candle_core::Error),
    /// A weight is infinite or not a number.
    #[error("the tensor {0} has weights that are not finite")]
    NotFinite(String),
}

/// What candle says, without the backtrace that it may have.
pub(crate) fn sentence(error: &candle_core::Error) -> String {
    match error {
        candle_core::Error::WithBacktrace { inner, .. } => sentence(inner),
        error => error.to_string(),
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// What llama.cpp calls the types that cannot be read (enum ggml_type in ggml.h).
fn type_name(ggml_type: u32) -> String {
    let name = match ggml_type {
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        20 => "IQ4_NL",
        21 => "IQ3_S",
        22 => "IQ2_S",
        23 => "IQ4_XS",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        34 => "TQ1_0",
        35 => "TQ2_0",
        39 => "MXFP4",
        number => return format!("number {number}"),
    };
    name.to_owned()
}

impl From<LoadError> for EmbedError {
    fn from(error: LoadError) -> EmbedError {
        EmbedError::Load(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::backtrace::Backtrace;

    use super::*;

    #[test]
    fn what_a_device_says_is_one_sentence() {
        let inner = Box::new(candle_core::Error::Msg("there is none".into()));
        let backtrace = Box::new(Backtrace::force_capture());
        let cause = Cause::Device(candle_core::Error::WithBacktrace { inner, backtrace });
        assert_eq!(cause.to_string(), "the graphics processor cannot be used: there is none");
    }
}
