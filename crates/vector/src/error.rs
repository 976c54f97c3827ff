//! Errors of a folder's vectors.

use std::io;
use std::path::PathBuf;

use descry_base::ChunkId;

/// Why vectors cannot be stored, opened or searched.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The files are not what was written. Delete the folder and add the vectors again.
    #[error("vector index {path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The files are intact, but for another model or format. Delete the folder and add the vectors
    /// again.
    #[error("vector index {path} does not fit: its {what}")]
    Mismatch {
        /// The manifest.
        path: PathBuf,
        /// The difference: "dimension is 256, not 384".
        what: String,
    },
    /// An I/O error.
    #[error("vector index {path}: {cause}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A vector to be stored has another length, or no direction (zero, infinite or not a number).
    #[error("vector of chunk {id} has {what}")]
    BadEntry {
        /// The chunk of the vector.
        id: ChunkId,
        /// The problem: "256 dimensions, not 384".
        what: String,
    },
    /// A query has another length, or no direction (zero, infinite or not a number).
    #[error("query vector has {what}")]
    BadQuery {
        /// The problem: "no direction".
        what: String,
    },
    /// The HNSW graph failed, most likely for lack of memory. The vectors themselves are
    /// unaffected.
    #[error("vector graph: {what}")]
    Graph {
        /// The library's error.
        what: String,
    },
}

impl VectorError {
    /// True if deleting the folder and adding the vectors again is the remedy.
    pub fn rebuild(&self) -> bool {
        matches!(self, VectorError::Damaged { .. } | VectorError::Mismatch { .. })
    }
}
