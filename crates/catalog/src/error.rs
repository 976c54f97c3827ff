//! What can go wrong with the catalog, and what to do about it.

use std::path::PathBuf;

/// A failure of the catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file is there but is not a catalog, or is damaged.
    #[error("the catalog {path} is damaged: {message}")]
    Damaged {
        /// The catalog's file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
    /// Written by a newer version of Descry.
    #[error("the catalog {path} was written by a newer version (format {found}, known {known})")]
    Newer {
        /// The catalog's file.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// The disk is full.
    #[error("no space is left on the disk that holds {path}")]
    Full {
        /// The catalog's file.
        path: PathBuf,
    },
    /// Anything else that SQLite reports.
    #[error("the catalog {path} failed: {cause}")]
    Sqlite {
        /// The catalog's file.
        path: PathBuf,
        /// SQLite's error.
        cause: rusqlite::Error,
    },
    /// The folder is added already.
    #[error("already added: {0}")]
    AlreadyAdded(String),
}

impl CatalogError {
    /// Sorts an SQLite error into the cases that a caller can act on.
    pub(crate) fn of(path: &std::path::Path, cause: rusqlite::Error) -> CatalogError {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        let path = path.to_path_buf();
        if matches!(cause, rusqlite::Error::FromSqlConversionFailure(..)) {
            return CatalogError::Damaged { path, message: cause.to_string() };
        }
        match cause.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => {
                CatalogError::Damaged { path, message: cause.to_string() }
            }
            Some(DiskFull) => CatalogError::Full { path },
            _ => CatalogError::Sqlite { path, cause },
        }
    }
}
