//! Errors of an index directory.

use std::io;
use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// An index error.
#[derive(Debug, thiserror::Error)]
pub enum LexicalError {
    /// The directory cannot be read or written, for example because of permissions or a full disk.
    #[error("cannot use the word index {path}: {cause}")]
    Io {
        /// The index's directory.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The files are not what a commit wrote, or are from another version: delete the directory,
    /// open it again and reindex.
    #[error("the word index {path} is damaged: {reason}")]
    Damaged {
        /// The index's directory.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Another writer holds the directory.
    #[error("the word index {path} is being written by another process")]
    Locked {
        /// The index's directory.
        path: PathBuf,
    },
    /// The indexing thread failed.
    #[error("the word index {path} failed: {reason}")]
    Failed {
        /// The index's directory.
        path: PathBuf,
        /// tantivy's error.
        reason: String,
    },
}

impl LexicalError {
    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> LexicalError {
        LexicalError::Damaged { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn io(path: &Path, cause: &io::Error) -> LexicalError {
        if matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) {
            return LexicalError::damaged(path, cause);
        }
        // tantivy shares its errors; copy the kind and message.
        let cause = match cause.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(cause.kind(), cause.to_string()),
        };
        LexicalError::Io { path: path.to_owned(), cause }
    }

    pub(crate) fn from_tantivy(path: &Path, error: &TantivyError) -> LexicalError {
        match error {
            TantivyError::IoError(cause)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: cause, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: cause, .. })
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError {
                io_error: cause,
                ..
            })
            | TantivyError::LockFailure(LockError::IoError(cause), _) => {
                LexicalError::io(path, cause)
            }
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                LexicalError::Locked { path: path.to_owned() }
            }
            TantivyError::DataCorruption(_)
            | TantivyError::OpenReadError(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::FieldNotFound(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::InternalError(_) => LexicalError::damaged(path, error),
            _ => LexicalError::Failed { path: path.to_owned(), reason: error.to_string() },
        }
    }
}
