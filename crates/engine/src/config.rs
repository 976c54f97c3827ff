//! What an engine is started with.

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

/// How to load the models; called on threads of the engine's, so that starting does not wait.
pub struct Models {
    /// The model that embeds queries, and chunks in the background.
    pub load: Box<LoadEmbedder>,
    /// Its static model, if it has one.
    pub load_static: Option<Box<LoadStatic>>,
}

/// Starts what watches the folders, and sends what it notices.
pub type StartWatcher =
    dyn FnOnce(Sender<WatchEvent>) -> Result<Box<dyn Watcher>, WatchError> + Send;

/// The operating system's watcher.
pub fn notify_watcher() -> Box<StartWatcher> {
    Box::new(|out| Ok(Box::new(NotifyWatcher::spawn(out, WatchConfig::default())?)))
}

/// What an engine is started with.
pub struct EngineConfig {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The models.
    pub models: Models,
    /// What watches the folders; without it they are looked at when asked.
    pub watcher: Option<Box<StartWatcher>>,
    /// The time that commits, retries and idle work go by.
    pub clock: Arc<dyn Clock>,
    /// At the start, catch up with what changed while nobody watched.
    pub catch_up: bool,
    /// Another data directory, whose dense vectors are taken where texts are the same.
    pub vectors_of: Option<PathBuf>,
    /// Embed in the background. Without it only what is asked for is done.
    pub background: bool,
}
