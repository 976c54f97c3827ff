//! What the engine cannot do, said so that a person can act on it.

use std::path::PathBuf;

use descry_catalog::CatalogError;
use descry_grep::PatternError;
use descry_lexical::LexicalError;
use descry_search::SearchError;
use descry_vector::VectorError;
use descry_watch::RootError;

/// A failure of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another program has the data directory open.
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
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The words of a folder failed.
    #[error(transparent)]
    Words(#[from] LexicalError),
    /// The vectors of a folder failed.
    #[error(transparent)]
    Vectors(#[from] VectorError),
    /// The search failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// What was asked for is no regular expression.
    #[error("the expression cannot be read: {0}")]
    Pattern(PatternError),
    /// The folder cannot be added.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The folder lies in one that is added already, or holds one.
    #[error("{path} cannot be added: {other} is added already and {relation}")]
    Nested {
        /// The folder.
        path: PathBuf,
        /// The folder that is added already.
        other: String,
        /// How they lie to each other.
        relation: &'static str,
    },
    /// There is no such folder.
    #[error("no such folder is added: {0}")]
    NoSuchFolder(String),
    /// There is no such chunk, or no more.
    #[error("this result is no longer in the index; search again")]
    NoSuchChunk,
    /// A file cannot be shown.
    #[error("{path} cannot be shown: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no model, so there is no meaning.
    #[error("no model is loaded: {0}")]
    NoModel(String),
    /// This engine was started to answer only.
    #[error("the Descry that was asked only answers; wait for it to end and try again")]
    NoBackground,
    /// The engine is shutting down.
    #[error("Descry is shutting down")]
    Stopped,
}

/// What kind of failure it is, for programs: the same in every process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// Another program is at work, or this one is ending: try again.
    Busy,
    /// The folder lies in one that is added already, or holds one.
    Nested,
    /// There is no folder that can be added.
    NotAFolder,
    /// What was asked for is not there, or no more.
    NotFound,
    /// A file cannot be shown.
    Unreadable,
    /// The question cannot be read.
    Query,
    /// There is no model.
    Model,
    /// What is stored cannot be read or written.
    Storage,
    /// Two versions of Descry do not understand each other.
    Version,
}

impl EngineError {
    /// What kind of failure it is.
    pub fn code(&self) -> ErrorCode {
        match self {
            EngineError::Busy { .. } | EngineError::NoBackground | EngineError::Stopped => {
                ErrorCode::Busy
            }
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
