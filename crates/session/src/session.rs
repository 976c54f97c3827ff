//! A session: the engine itself, or a connection to the process that has it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use descry_base::RootId;
use descry_engine::{
    DataDir, Engine, EngineConfig, EngineError, ModelStatus, Notification, SystemClock,
    notify_watcher,
};

use crate::calls::Request;
use crate::client::Client;
use crate::server::Server;
use crate::{Bundled, SessionError, Settings, models};

/// Called when another process asks this one to come forward, with a folder to add if it has one;
/// false if this one has no window.
pub type Focus = Box<dyn Fn(Option<PathBuf>) -> bool + Send + Sync>;

/// How a session is opened.
pub struct SessionConfig {
    /// Where everything is kept; [`data_dir`](crate::data_dir) tells the usual place.
    pub data_dir: PathBuf,
    /// The model; if `None`, the one that the user chose for always, or the bundled one.
    pub model: Option<PathBuf>,
    /// The models that come with this program.
    pub bundled: Bundled,
    /// Watch folders.
    pub watch: bool,
    /// At the start, catch up with what changed while nobody watched.
    pub catch_up: bool,
    /// Embed in the background.
    pub background: bool,
    /// What to do when another process asks this one to come forward.
    pub focus: Focus,
}

/// A session.
pub enum Session {
    /// This process owns the engine.
    #[non_exhaustive]
    Owner {
        /// The engine.
        engine: Arc<Engine>,
        /// Answers guests.
        server: Option<ServerHandle>,
    },
    /// Another process does.
    #[non_exhaustive]
    Guest {
        /// The connection to it.
        client: Client,
    },
}

/// Keeps the owner's socket open.
pub struct ServerHandle(#[expect(dead_code, reason = "held for its drop")] Server);

/// An owner that is just starting or ending is waited for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// True if a process owns the engine of the data directory at the moment.
pub fn is_owned(data_dir: &Path) -> bool {
    let lock = DataDir::create(data_dir).and_then(|dir| dir.lock());
    matches!(lock, Err(EngineError::Busy { .. }))
}

impl Session {
    /// Owns the engine of the data directory, or joins the process that does.
    pub fn open(
        config: SessionConfig,
        sink: impl Fn(Notification) + Send + Sync + 'static,
    ) -> Result<Session, SessionError> {
        let path = config.data_dir;
        let dir = DataDir::create(&path)?;
        let model = match &config.model {
            Some(model) => Some(model.clone()),
            None => Settings::load(&path)?.model,
        };
        let sink = Arc::new(sink);
        let begun = Instant::now();
        let engine = loop {
            let engine_config = EngineConfig {
                data_dir: path.clone(),
                models: models(model.clone(), config.bundled.clone()),
                vectors_of: None,
                watcher: config.watch.then(notify_watcher),
                clock: Arc::new(SystemClock),
                catch_up: config.catch_up,
                background: config.background,
            };
            let told = Arc::clone(&sink);
            match Engine::start(engine_config, move |notification| told(notification)) {
                Ok(engine) => break Arc::new(engine),
                Err(EngineError::Busy { .. }) => match Client::connect(dir.path()) {
                    Ok(client) => {
                        return match config.model {
                            Some(model) => Err(SessionError::OtherModel(model)),
                            None => Ok(Session::Guest { client }),
                        };
                    }
                    // The owner is starting or ending: look again.
                    Err(SessionError::Gone) if begun.elapsed() < PATIENCE => {
                        std::thread::park_timeout(Duration::from_millis(20));
                    }
                    Err(SessionError::Gone) => return Err(SessionError::Unreachable { path }),
                    Err(error) => return Err(error),
                },
                Err(error) => return Err(error.into()),
            }
        };
        let server = Server::start(dir.path(), &engine, config.focus)
            .inspect_err(|error| tracing::warn!(%error, "other programs cannot join"));
        Ok(Session::Owner { engine, server: server.ok().map(ServerHandle) })
    }

    /// The engine, if this process owns it.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        match self {
            Session::Owner { engine, .. } => Some(engine),
            Session::Guest { .. } => None,
        }
    }

    /// Adds a folder and starts to index it.
    pub fn add_folder(&self, path: &Path) -> Result<RootId, SessionError> {
        // The owner runs elsewhere: a relative path would mean another folder there.
        self.add_absolute_folder(std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
    }

    /// Waits until the model answers or is known to fail, at most for `patience`; false if it is still
    /// being loaded then.
    pub fn wait_for_model(&self, patience: Duration) -> Result<bool, SessionError> {
        const TICK: Duration = Duration::from_millis(20);
        let begun = Instant::now();
        while self.status()?.model == ModelStatus::Loading {
            if begun.elapsed() > patience {
                return Ok(false);
            }
            std::thread::park_timeout(TICK);
        }
        Ok(true)
    }

    /// As a guest, asks the owner to come forward; true if it has a window and did. As the owner,
    /// does nothing.
    pub fn focus_owner(&self, folder: Option<PathBuf>) -> Result<bool, SessionError> {
        match self {
            Session::Owner { .. } => Ok(false),
            Session::Guest { client } => client.ask(&Request::Focus { folder }),
        }
    }
}
