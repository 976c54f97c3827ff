//! The configuration of an engine.

use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::Sender;
use descry_embed::{EmbedError, Embedder, StaticEmbedder};
use descry_watch::{NotifyWatcher, WatchConfig, WatchError, WatchEvent, Watcher};

use crate::Clock;

/// Loads the model that embeds queries and chunks.
pub type LoadEmbedder = dyn FnOnce() -> Result<Box<dyn Embedder>, EmbedError> + Send;

/// Loads the static model.
pub type LoadStatic = dyn FnOnce() -> Result<Box<dyn StaticEmbedder>, EmbedError> + Send;

/// How to load the models. The engine calls these on its own threads, so that starting does not
/// wait.
pub struct Models {
    /// The model that embeds queries, and chunks in the background.
    pub load: Box<LoadEmbedder>,
    /// Its static model, if it has one.
    pub load_static: Option<Box<LoadStatic>>,
}

/// Starts a watcher that sends its events to the channel.
pub type StartWatcher =
    dyn FnOnce(Sender<WatchEvent>) -> Result<Box<dyn Watcher>, WatchError> + Send;

/// The operating system's watcher.
pub fn notify_watcher() -> Box<StartWatcher> {
    Box::new(|out| Ok(Box::new(NotifyWatcher::spawn(out, WatchConfig::default())?)))
}

/// How to start an engine.
pub struct EngineConfig {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The models.
    pub models: Models,
    /// The folders' watcher; without one, folders are scanned only on request.
    pub watcher: Option<Box<StartWatcher>>,
    /// The clock for commits, retries and idle work.
    pub clock: Arc<dyn Clock>,
    /// At startup, catch up with changes made while no watcher ran.
    pub catch_up: bool,
    /// Another data directory, whose dense vectors are reused for identical texts.
    pub vectors_of: Option<PathBuf>,
    /// The most bytes that the index may take; `None` without a limit.
    pub disk_limit: Option<u64>,
    /// Embed in the background. Without it, the engine only does what it is asked to do.
    pub background: bool,
}
