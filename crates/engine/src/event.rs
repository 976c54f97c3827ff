//! Everything that can happen to the writer.

use std::path::PathBuf;

use crossbeam_channel::Sender;
use descry_base::{ChunkId, Digest, RelPath, RootId, Skipped};

use crate::EngineError;
use crate::prepare::Outcome;

/// A message to the writer from one of the threads that work for it.
pub(crate) enum Event {
    /// A scan listed a folder: so many files are wanted.
    Listed { root: RootId, files: usize },
    /// A file was read. `scanned`: by a scan, not because of an edit.
    Prepared { root: RootId, path: RelPath, outcome: Outcome, scanned: bool },
    /// A scan is over, of the whole folder or of a part; `result` is what the walk itself left out.
    Scanned { root: RootId, whole: bool, result: Result<Vec<Skipped>, ScanFailure> },
    /// The edits of a folder that were handed out are dealt with.
    Edited { root: RootId },
    /// Dense vectors arrived; `failed` have none and are not tried again.
    Embedded { root: RootId, vectors: Vec<(ChunkId, Digest, Vec<f32>)>, failed: usize },
    /// A static model that was fitted meanwhile embedded chunks without a dense vector.
    StaticVectors { root: RootId, vectors: Vec<(ChunkId, Vec<f32>)> },
    /// The model is loaded, or is not.
    ModelLoaded,
}

/// Why a folder could not be scanned.
pub(crate) enum ScanFailure {
    /// The folder is not there.
    Missing,
    /// It is no longer wanted.
    Cancelled,
    /// Anything else.
    Failed(String),
}

/// A wish from outside.
pub(crate) enum Command {
    /// Add a folder.
    Add(PathBuf, Sender<Result<RootId, EngineError>>),
    /// Read every file of a folder again.
    Check(RootId, Sender<Result<(), EngineError>>),
    /// Remove a folder with everything known of it.
    Remove(RootId, Sender<Result<(), EngineError>>),
    /// Hold a folder's background embedding back, or let it go on.
    Pause(RootId, bool, Sender<Result<(), EngineError>>),
    /// Answer when everything that is known of now is searchable (`full`: has its dense vector).
    Settle { full: bool, reply: Sender<()> },
    /// Stop.
    Stop,
}
