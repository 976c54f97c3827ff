//! The engine's status, as plain values.

use std::time::Duration;

use descry_base::{Generation, RootId};
use serde::{Deserialize, Serialize};

use crate::DiskUse;

/// The status of the engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The generation of the newest commit.
    pub generation: Generation,
    /// The added folders, oldest first.
    pub folders: Vec<FolderStatus>,
    /// The state of the model.
    pub model: ModelStatus,
    /// The space that the index takes.
    #[serde(default)]
    pub disk: DiskUse,
    /// True once the folders of earlier runs are open.
    pub ready: bool,
}

/// The status of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderStatus {
    /// The folder's id.
    pub id: RootId,
    /// The folder's path.
    pub path: String,
    /// The last part of the path, with as many parts before it as distinguish it from other
    /// folders.
    pub name: String,
    /// What is happening.
    pub phase: Phase,
    /// True if background embedding is paused.
    pub paused: bool,
    /// True if a read of the whole folder, in this run or an earlier one, has not finished.
    pub unfinished: bool,
    /// The number of files found, where known; while unfinished, the goal of `files`.
    pub files_found: usize,
    /// The number of searchable files.
    pub files: usize,
    /// How many chunks each tier covers.
    pub coverage: Coverage,
    /// The number of skipped files and folders.
    pub skipped: usize,
    /// The estimated time until every chunk has its dense vector, if known.
    pub time_left: Option<Duration>,
    /// How changes are detected.
    pub watch: WatchStatus,
    /// The checked-out git branch, if any.
    pub branch: Option<String>,
    /// The checked-out commit, shortened, if any.
    pub commit: Option<String>,
}

/// How many chunks each tier covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// All chunks; each is searchable by words.
    pub chunks: usize,
    /// Chunks with a vector, static or dense.
    #[serde(rename = "instant")]
    pub static_vectors: usize,
    /// Chunks with a dense vector.
    #[serde(rename = "full")]
    pub dense_vectors: usize,
}

/// What is happening in a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "lowercase")]
pub enum Phase {
    /// Its files are being listed.
    Scanning,
    /// Its files are being read.
    Indexing,
    /// Every file found is searchable.
    Ready,
    /// The folder is missing; its indexed content still answers.
    Missing,
    /// The folder could not be indexed.
    Failed {
        /// Why, and what the user can do.
        message: String,
    },
}

/// How changes are detected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum WatchStatus {
    /// Not detected.
    #[default]
    Off,
    /// The operating system reports them.
    Native,
    /// Repeated scans find them.
    Polling {
        /// Why.
        reason: String,
    },
}

/// The state of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ModelStatus {
    /// The model is being loaded.
    #[default]
    Loading,
    /// The model is loaded.
    Ready {
        /// The model's name.
        name: String,
        /// The device on which it runs.
        device: String,
    },
    /// The model could not be loaded; words still answer.
    Failed {
        /// Why.
        reason: String,
    },
}
