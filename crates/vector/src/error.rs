//! What can go wrong with a folder's vectors.

use std::io;
use std::path::PathBuf;

use descry_base::ChunkId;

/// The reasons for which vectors cannot be stored, opened or searched.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The files are not what was written. Delete the folder and put the vectors again.
    #[error("vector index {path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The files are whole, but of another model or format. Delete the folder and put the vectors again.
    #[error("vector index {path} does not fit: its {what}")]
    Mismatch {
        /// The manifest.
        path: PathBuf,
        /// What differs: "dimension is 256, not 384".
        what: String,
    },
    /// The disk says no.
    #[error("vector index {path}: {cause}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// A vector to be stored has another length, or no direction (zero, infinite or not a number).
    #[error("vector of chunk {id} has {what}")]
    BadEntry {
        /// Whose vector.
        id: ChunkId,
        /// What it has: "256 dimensions, not 384".
        what: String,
    },
    /// A query has another length, or no direction (zero, infinite or not a number).
    #[error("query vector has {what}")]
    BadQuery {
        /// What it has: "no direction".
        what: String,
    },
    /// The HNSW graph refused, most likely for want of memory. The vectors themselves are not affected.
    #[error("vector graph: {what}")]
    Graph {
        /// The library's reason.
        what: String,
    },
}

impl VectorError {
    /// Whether deleting the folder and putting the vectors again is the remedy.
    pub fn rebuild(&self) -> bool {
        matches!(self, VectorError::Damaged { .. } | VectorError::Mismatch { .. })
    }
}
