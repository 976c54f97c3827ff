//! Why a session could not be opened or could not do what was asked.

use std::path::PathBuf;

use descry_embed_gguf::LoadError;
use descry_engine::{EngineError, ErrorCode};

/// A failure of a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The engine failed.
    #[error(transparent)]
    Engine(EngineError),
    /// The owner reported a failure.
    #[error("{message}")]
    Remote {
        /// The kind of failure.
        code: ErrorCode,
        /// The message.
        message: String,
    },
    /// Another process owns the data directory but does not answer. What it has stored may still be
    /// read.
    #[error("another Descry uses {path} and does not answer; close it and try again")]
    Unreachable {
        /// The data directory.
        path: PathBuf,
    },
    /// The owner is another version of Descry that speaks another protocol.
    #[error("another version of Descry ({0}) uses this index; close it and try again")]
    OtherVersion(String),
    /// The two processes do not understand each other.
    #[error("the Descry that owns this index was not understood: {0}; close it and try again")]
    Misunderstood(String),
    /// The request is longer than an owner accepts.
    #[error("the text is too long to search for; use a shorter one")]
    TooLong,
    /// The model cannot be run.
    #[error(transparent)]
    Model(#[from] Box<LoadError>),
    /// The settings cannot be read or written.
    #[error("the settings in {path} cannot be {what}: {cause}")]
    Settings {
        /// `read` or `written`.
        what: &'static str,
        /// The settings file.
        path: PathBuf,
        /// The operating system's error.
        cause: std::io::Error,
    },
    /// A model was requested, but the owner uses its own.
    #[error("another Descry runs on this index with its own model; close it to use {}", .0.display())]
    OtherModel(PathBuf),
    /// The owner has ended.
    #[error("the Descry that owns this index has ended; try again")]
    Gone,
    /// There is no home folder in which to keep data.
    #[error("no place to keep data was found; set DESCRY_DATA_DIR to a folder")]
    NoHome,
}

impl From<EngineError> for SessionError {
    fn from(error: EngineError) -> SessionError {
        match error {
            // Whoever opens the data directory now finds a new engine.
            EngineError::Ended(_) => SessionError::Gone,
            error => SessionError::Engine(error),
        }
    }
}
