//! How far the engine is, as plain values.

use std::time::Duration;

use descry_base::{Generation, RootId};
use serde::{Deserialize, Serialize};

/// How far everything is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The newest commit.
    pub generation: Generation,
    /// The added folders, oldest first.
    pub folders: Vec<FolderStatus>,
    /// The model.
    pub model: ModelStatus,
    /// True once the folders of an earlier run are opened.
    pub ready: bool,
}

/// How far a folder is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderStatus {
    /// The folder.
    pub id: RootId,
    /// Where it is.
    pub path: String,
    /// The last part of its path.
    pub name: String,
    /// What is going on.
    pub phase: Phase,
    /// Background embedding is paused.
    pub paused: bool,
    /// True if reading the whole folder was begun and has not come to its end, now or in an earlier run.
    pub unfinished: bool,
    /// Files that were found, where that is known; while unfinished this is the goal of `files`.
    pub files_found: usize,
    /// Files that are searchable.
    pub files: usize,
    /// How far its chunks are.
    pub coverage: Coverage,
    /// Files and folders that were left out.
    pub skipped: usize,
    /// Until every chunk has its dense vector, if that can be told.
    pub time_left: Option<Duration>,
    /// How changes are noticed.
    pub watch: WatchStatus,
    /// The git branch that is checked out, if any.
    pub branch: Option<String>,
    /// The commit that is checked out, shortened, if any.
    pub commit: Option<String>,
}

/// How many chunks each tier covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// All chunks: each is searchable by words.
    pub chunks: usize,
    /// Those with a vector, static or dense.
    #[serde(rename = "instant")]
    pub static_vectors: usize,
    /// Those with a dense vector.
    #[serde(rename = "full")]
    pub dense_vectors: usize,
}

/// What is going on in a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "lowercase")]
pub enum Phase {
    /// Its files are being listed.
    Scanning,
    /// Files are being read.
    Indexing,
    /// Everything that was found is searchable.
    Ready,
    /// The folder is not there; what was known of it still answers.
    Missing,
    /// It could not be indexed.
    Failed {
        /// Why, and what to do.
        message: String,
    },
}

/// How changes are noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum WatchStatus {
    /// Not at all.
    #[default]
    Off,
    /// The operating system tells.
    Native,
    /// By looking again and again.
    Polling {
        /// Why.
        reason: String,
    },
}

/// Whether there is a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ModelStatus {
    /// It is being loaded.
    #[default]
    Loading,
    /// It answers.
    Ready {
        /// Its name.
        name: String,
        /// Where it runs.
        device: String,
    },
    /// It could not be loaded; words still answer.
    Failed {
        /// Why.
        reason: String,
    },
}
