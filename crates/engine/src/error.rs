//! The engine's errors, worded so that a user can act on them.

use std::path::PathBuf;

use descry_catalog::CatalogError;
use descry_grep::PatternError;
use descry_lexical::LexicalError;
use descry_search::SearchError;
use descry_vector::VectorError;
use descry_watch::RootError;

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another process owns the data directory.
    #[error("another Descry uses {path}")]
    Busy {
        /// The data directory.
        path: PathBuf,
    },
    /// The data directory cannot be used.
    #[error("the data directory {path} cannot be used: {cause}")]
    DataDir {
        /// The data directory.
        path: PathBuf,
        /// The operating system's error.
        cause: std::io::Error,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The word index of a folder failed.
    #[error(transparent)]
    Words(#[from] LexicalError),
    /// The vector index of a folder failed.
    #[error(transparent)]
    Vectors(#[from] VectorError),
    /// The search failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The pattern is not a valid regular expression.
    #[error("the expression cannot be read: {0}")]
    Pattern(PatternError),
    /// The folder cannot be added.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The folder lies in an added folder or contains one.
    #[error("{path} cannot be added: {other} is added already and {relation}")]
    Nested {
        /// The folder.
        path: PathBuf,
        /// The added folder.
        other: String,
        /// How the two folders relate.
        relation: &'static str,
    },
    /// The folder is not added.
    #[error("no such folder is added: {0}")]
    NoSuchFolder(String),
    /// The chunk does not exist, or no longer exists.
    #[error("this result is no longer in the index; search again")]
    NoSuchChunk,
    /// A file cannot be shown.
    #[error("{path} cannot be shown: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// There is no model, so there is no search by meaning.
    #[error("no model is loaded: {0}")]
    NoModel(String),
    /// Another process owns the data directory and does not answer; this one only reads.
    #[error("another Descry owns this index and does not answer; end it to change anything")]
    ReadOnly,
    /// This engine was started without background embedding.
    #[error("the running Descry only answers searches; wait for it to end and try again")]
    NoBackground,
    /// The engine ended by itself: the data directory must be opened again.
    #[error("{0}; try again")]
    Ended(String),
    /// The engine is shutting down.
    #[error("Descry is shutting down")]
    Stopped,
}

/// The kind of failure, for programs: the same in every process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// Another process is at work, or this one is shutting down: try again.
    Busy,
    /// The folder lies in an added folder or contains one.
    Nested,
    /// The folder cannot be added.
    NotAFolder,
    /// The requested item does not exist, or no longer exists.
    NotFound,
    /// A file cannot be shown.
    Unreadable,
    /// The query is invalid.
    Query,
    /// No model is loaded.
    Model,
    /// Stored data cannot be read or written.
    Storage,
    /// Two versions of Descry speak different protocols.
    Version,
}

impl EngineError {
    /// The kind of failure.
    pub fn code(&self) -> ErrorCode {
        match self {
            EngineError::Busy { .. }
            | EngineError::Ended(_)
            | EngineError::NoBackground
            | EngineError::ReadOnly
            | EngineError::Stopped => ErrorCode::Busy,
            EngineError::Nested { .. } => ErrorCode::Nested,
            EngineError::Root(_) => ErrorCode::NotAFolder,
            EngineError::NoSuchFolder(_) | EngineError::NoSuchChunk => ErrorCode::NotFound,
            EngineError::Unreadable { .. } => ErrorCode::Unreadable,
            EngineError::Search(_) | EngineError::Pattern(_) => ErrorCode::Query,
            EngineError::NoModel(_) => ErrorCode::Model,
            EngineError::DataDir { .. }
            | EngineError::Catalog(_)
            | EngineError::Words(_)
            | EngineError::Vectors(_) => ErrorCode::Storage,
        }
    }
}
