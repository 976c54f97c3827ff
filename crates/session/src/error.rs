//! Why there is no session, or why it could not do what was asked.

use std::path::PathBuf;

use descry_embed_gguf::LoadError;
use descry_engine::{EngineError, ErrorCode};

/// A failure of a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The engine could not do it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The process that owns the engine said so.
    #[error("{message}")]
    Remote {
        /// What kind of failure it is.
        code: ErrorCode,
        /// Its sentence.
        message: String,
    },
    /// Another process owns the data directory, and does not answer.
    #[error("another Descry uses {path} and does not answer; close it and try again")]
    Unreachable {
        /// The data directory.
        path: PathBuf,
    },
    /// Another version of Descry, which speaks another protocol, owns the data directory.
    #[error("another version of Descry ({0}) uses this index; close it and try again")]
    OtherVersion(String),
    /// The model cannot be run.
    #[error(transparent)]
    Model(#[from] Box<LoadError>),
    /// The settings cannot be read or written.
    #[error("the settings in {path} cannot be read or written: {cause}")]
    Settings {
        /// Its file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// A model was asked for, but the process that owns the engine has its own.
    #[error("another Descry runs on this index with its own model; close it to use {}", .0.display())]
    OtherModel(PathBuf),
    /// The process that owns the engine ended meanwhile.
    #[error("the Descry that was asked has ended; try again")]
    Gone,
    /// There is no home folder to keep data in.
    #[error("no place to keep data was found; set DESCRY_DATA_DIR to a folder")]
    NoHome,
}
