//! The messages that the writer receives.

use std::path::PathBuf;

use crossbeam_channel::Sender;
use descry_base::{ChunkId, Digest, RelPath, RootId, Skipped};
use descry_catalog::CatalogError;
use descry_vector::{Saved, VectorError};

use crate::EngineError;
use crate::prepare::Outcome;

/// A message to the writer from one of its worker threads.
pub(crate) enum Event {
    /// A scan listed a folder and found this many files to index.
    Listed { root: RootId, files: usize },
    /// The outcome for a file.
    Prepared { root: RootId, path: RelPath, outcome: Outcome, origin: Origin },
    /// A scan of the whole folder or of a part ended; `result` holds what the walk itself skipped.
    Scanned { root: RootId, whole: bool, result: Result<Vec<Skipped>, ScanFailure> },
    /// The edits handed out for a folder have been processed.
    Edited { root: RootId },
    /// A new file was not read, as the index is full.
    NoRoom { root: RootId },
    /// Dense vectors arrived; `failed` chunks have none and are not retried.
    Embedded { root: RootId, vectors: Vec<(ChunkId, Digest, Vec<f32>)>, failed: usize },
    /// The texts of chunks to embed could not be read.
    TextsUnread { root: RootId, error: CatalogError },
    /// A newly fitted static model embedded chunks that lack a dense vector.
    StaticVectors { root: RootId, vectors: Vec<(ChunkId, Vec<f32>)> },
    /// These chunks have no text in the catalog: it is damaged, unless they were removed since.
    TextsLost(Vec<ChunkId>),
    /// The catalog as a whole is damaged.
    CatalogDamaged(String),
    /// The vectors of a folder were saved, or could not be.
    Saved { root: RootId, saved: Result<Saved, VectorError> },
    /// Another thread panicked, and the engine has ended.
    ThreadPanicked,
    /// The model has been loaded, or has failed to load.
    ModelLoaded,
}

/// Why the writer hears of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A scan came across it.
    Scan,
    /// The watcher noticed an edit.
    Edit,
}

/// Why a folder could not be scanned.
pub(crate) enum ScanFailure {
    /// The folder is missing.
    Missing,
    /// The scan is no longer wanted.
    Cancelled,
    /// The index has reached its limit.
    NoRoom,
    /// Any other failure.
    Failed(String),
}

/// A command from outside.
pub(crate) enum Command {
    /// Add a folder.
    Add(PathBuf, Sender<Result<RootId, EngineError>>),
    /// Read every file of a folder again.
    Check(RootId, Sender<Result<(), EngineError>>),
    /// Remove a folder and everything stored about it.
    Remove(RootId, Sender<Result<(), EngineError>>),
    /// Pause or resume a folder's background embedding.
    Pause(RootId, bool, Sender<Result<(), EngineError>>),
    /// Change the most bytes that the index may take.
    LimitDisk(Option<u64>, Sender<Result<(), EngineError>>),
    /// Reply once everything known now is searchable (`full`: has its dense vector).
    Settle { full: bool, reply: Sender<()> },
    /// Stop.
    Stop,
}
