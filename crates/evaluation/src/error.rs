//! Failures of a measurement.

use std::io;
use std::path::PathBuf;

use descry_engine::EngineError;
use descry_watch::WalkError;

/// Why a measurement failed.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The measurement was cancelled.
    #[error("the measurement was cancelled")]
    Cancelled,
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] WalkError),
    /// The copy cannot be written.
    #[error("cannot write {}: {cause}; is there room for a copy of the folder?", path.display())]
    Scratch {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
    /// The copy cannot be indexed.
    #[error("the copy of the folder cannot be indexed: {message}")]
    Indexing {
        /// The reason.
        message: String,
    },
    /// The model to measure cannot be used.
    #[error("{reason}")]
    Model {
        /// The reason.
        reason: String,
    },
    /// The copy cannot be searched.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
