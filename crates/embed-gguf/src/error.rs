//! The reasons why a model file is rejected, each as one sentence for users.

use descry_embed::EmbedError;

use crate::Source;

/// Why a model file could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("cannot load the model {model}: {cause}")]
pub struct LoadError {
    /// The model's source.
    pub model: Source,
    /// The problem with it.
    pub cause: Cause,
}

/// A problem with a model file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The file does not exist.
    #[error("there is no such file")]
    Missing,
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The threads that run the model cannot be started.
    #[error("the threads to run it cannot be started: {0}")]
    Threads(String),
    /// The file does not begin with the GGUF magic.
    #[error("it is not a GGUF file")]
    NotGguf,
    /// The GGUF version is not supported.
    #[error("its GGUF version {0} is not supported (2 and 3 are)")]
    Version(u32),
    /// The file ends too early.
    #[error("it is cut short: {what} ends at byte {needed}, the file at {len}")]
    Truncated {
        /// The part that does not fit.
        what: String,
        /// The end of that part.
        needed: u64,
        /// The length of the file.
        len: u64,
    },
    /// The file contradicts itself or the format.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// The architecture is not supported.
    #[error("its architecture {found:?} is not supported (supported here: {supported})")]
    Architecture {
        /// The architecture in the file.
        found: String,
        /// The supported architectures.
        supported: String,
    },
    /// A key is missing.
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
    #[error("the tensor {0} is missing")]
    MissingTensor(String),
    /// The shape of a tensor differs from the one that the keys imply.
    #[error("the tensor {tensor} has the shape {found:?} instead of {expected:?}")]
    Shape {
        /// The tensor.
        tensor: String,
        /// Rows first.
        found: Vec<usize>,
        /// Rows first.
        expected: Vec<usize>,
    },
    /// The type of a tensor is not supported.
    #[error(
        "the tensor {tensor} has the unsupported type {}; F32, F16, BF16, Q4_0 to Q8_0 and Q2_K to \
         Q8_K can be read, so another quantisation of this model will do",
        type_name(*ggml_type)
    )]
    TensorType {
        /// The tensor.
        tensor: String,
        /// The type's number in GGML.
        ggml_type: u32,
    },
    /// The model does not support the requested vector length.
    #[error(
        "its vectors have {whole} components and {}",
        match least < whole && wanted < whole {
            true => format!("can be cut to {least} at least, not to {wanted}"),
            false => format!("cannot be cut to {wanted}"),
        }
    )]
    Dimensions {
        /// The requested number of components.
        wanted: usize,
        /// The fewest components that the model allows.
        least: usize,
        /// The full number of components.
        whole: usize,
    },
    /// The layers after pooling are missing.
    #[error(
        "its last layers, dense_2 and dense_3, are missing: it was converted without \
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
        /// Smaller files that would fit.
        instead: String,
    },
    /// The GPU cannot be used.
    #[error("the graphics processor cannot be used: {}", sentence(.0))]
    Device(candle_core::Error),
    /// A weight is infinite or not a number.
    #[error("the tensor {0} has weights that are not finite")]
    NotFinite(String),
}

/// Candle's message, without its optional backtrace.
pub(crate) fn sentence(error: &candle_core::Error) -> String {
    match error {
        candle_core::Error::WithBacktrace { inner, .. } => sentence(inner),
        error => error.to_string(),
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// llama.cpp's names of unsupported types (enum ggml_type in ggml.h).
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
