//! Errors of the catalog. A caller reacts to damage alone; the others differ in what people read.

use std::path::PathBuf;

use rusqlite::ffi;

/// A catalog error.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file exists but is damaged or not a catalog.
    #[error("the catalog {path} is damaged: {message}")]
    Damaged {
        /// The catalog's file.
        path: PathBuf,
        /// SQLite's message.
        message: String,
    },
    /// A newer version of Descry wrote the catalog.
    #[error("a newer version wrote the catalog {path} (format {found}, supported: {known})")]
    Newer {
        /// The catalog's file.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format that this program can read.
        known: u32,
    },
    /// An earlier version of Descry wrote the catalog, and another process owns it.
    #[error("an earlier version wrote the catalog {path} (format {found}, this one: {known})")]
    Older {
        /// The catalog's file.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The format of this program.
        known: u32,
    },
    /// The disk is full.
    #[error("no space is left on the disk that holds {path}")]
    Full {
        /// The catalog's file.
        path: PathBuf,
    },
    /// Another catalog has taken the place of the one that this process opened.
    #[error("{path} is no longer the catalog that was opened")]
    Replaced {
        /// The catalog's file.
        path: PathBuf,
    },
    /// The memory to compress texts is missing.
    #[error("there is no memory for the texts of the catalog {path}: {message}")]
    Memory {
        /// The catalog's file.
        path: PathBuf,
        /// The operating system's error.
        message: String,
    },
    /// Any other SQLite error.
    #[error("the catalog {path} failed: {cause}")]
    Sqlite {
        /// The catalog's file.
        path: PathBuf,
        /// SQLite's error.
        cause: rusqlite::Error,
    },
    /// The folder is already added.
    #[error("{path} is already added")]
    AlreadyAdded {
        /// The folder.
        path: PathBuf,
    },
}

impl CatalogError {
    /// Classifies an SQLite error into the cases that a caller can act on.
    pub(crate) fn of(path: &std::path::Path, cause: rusqlite::Error) -> CatalogError {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        let path = path.to_path_buf();
        // A value of another type or range than was written.
        if matches!(
            cause,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
        ) {
            return CatalogError::Damaged { path, message: cause.to_string() };
        }
        // On a full disk, the file that several processes share cannot grow.
        let code = cause.sqlite_error().map(|error| error.extended_code);
        if matches!(code, Some(ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMOPEN)) {
            return CatalogError::Full { path };
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
