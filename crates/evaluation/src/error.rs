//! Why nothing could be measured.

use std::io;
use std::path::PathBuf;

use descry_engine::EngineError;
use descry_watch::WalkError;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// It was asked to stop.
    #[error("the measurement was cancelled")]
    Cancelled,
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] WalkError),
    /// The copy cannot be written.
    #[error("{} cannot be written: {cause}; is there room for a copy of the folder?", path.display())]
    Scratch {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The copy cannot be indexed.
    #[error("the copy of the folder cannot be indexed: {message}")]
    Indexing {
        /// Why.
        message: String,
    },
    /// The model that is to be measured cannot be used.
    #[error("{reason}")]
    Model {
        /// Why.
        reason: String,
    },
    /// The copy cannot be asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
