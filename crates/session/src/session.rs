//! A session: the engine itself, or a connection to the process that owns it.

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

/// Called when another process asks this one to come to the front, with the folder to add, if any.
/// Returns false if this process has no window.
pub type Focus = Box<dyn Fn(Option<PathBuf>) -> bool + Send + Sync>;

/// How to open a session.
pub struct SessionConfig {
    /// The data directory; [`data_dir`](crate::data_dir) returns the default.
    pub data_dir: PathBuf,
    /// The model; if `None`, the user's default or the bundled one.
    pub model: Option<PathBuf>,
    /// The models that ship with this program.
    pub bundled: Bundled,
    /// Watch the folders.
    pub watch: bool,
    /// At startup, catch up with changes made while no watcher ran.
    pub catch_up: bool,
    /// Embed in the background.
    pub background: bool,
    /// Called when another process asks this one to come to the front.
    pub focus: Focus,
}

/// A session, as owner or guest.
pub enum Session {
    /// This process owns the engine.
    #[non_exhaustive]
    Owner {
        /// Answers the guests. Dropped before the engine, so that no guest comes while it ends.
        server: Option<ServerHandle>,
        /// The engine.
        engine: Arc<Engine>,
    },
    /// Another process owns the engine.
    #[non_exhaustive]
    Guest {
        /// The connection to the owner.
        client: Client,
    },
    /// Another process owns the engine and does not answer, or not in a way that is understood:
    /// this one answers from what that one has stored, and changes nothing.
    #[non_exhaustive]
    Reader {
        /// The data directory.
        data_dir: PathBuf,
        /// The engine, which only reads.
        engine: Arc<Engine>,
        /// The owner's version, if it is another one.
        version: Option<String>,
    },
}

/// Keeps the owner's socket open.
pub struct ServerHandle(#[expect(dead_code, reason = "held for its drop")] Server);

/// How long to wait for an owner that is starting or shutting down.
const PATIENCE: Duration = Duration::from_secs(5);

/// True if a process currently owns the engine of the data directory.
pub fn is_owned(data_dir: &Path) -> bool {
    let lock = DataDir::create(data_dir).and_then(|dir| dir.lock());
    matches!(lock, Err(EngineError::Busy { .. }))
}

/// The added folders, oldest first, if no process owns the engine: nothing is opened. `None` if one
/// does, or if the list cannot be read.
pub fn folders_at_rest(data_dir: &Path) -> Option<Vec<PathBuf>> {
    let dir = DataDir::create(data_dir).ok()?;
    let _lock = dir.lock().ok()?;
    dir.folder_list()
}

impl Session {
    /// Becomes the owner of the data directory's engine, or a guest of the process that is.
    pub fn open(
        config: SessionConfig,
        sink: impl Fn(Notification) + Send + Sync + 'static,
    ) -> Result<Session, SessionError> {
        let path = config.data_dir;
        let dir = DataDir::create(&path)?;
        let settings = Settings::load(&path)?;
        let model = config.model.clone().or(settings.model);
        let sink = Arc::new(sink);
        let begun = Instant::now();
        let engine_config = || EngineConfig {
            data_dir: dir.path().to_path_buf(),
            models: models(model.clone(), config.bundled.clone()),
            vectors_of: None,
            watcher: config.watch.then(notify_watcher),
            clock: Arc::new(SystemClock),
            catch_up: config.catch_up,
            disk_limit: settings.disk_limit,
            background: config.background,
        };
        let told = || {
            let sink = Arc::clone(&sink);
            move |notification| sink(notification)
        };
        let started = loop {
            match Engine::start(engine_config(), told()) {
                Ok(engine) => break Ok(Arc::new(engine)),
                Err(EngineError::Busy { .. }) => match Client::connect(dir.path()) {
                    Ok(client) => {
                        return match config.model {
                            Some(model) => Err(SessionError::OtherModel(model)),
                            None => Ok(Session::Guest { client }),
                        };
                    }
                    // The owner is starting or shutting down: try again.
                    Err(SessionError::Gone) if begun.elapsed() < PATIENCE => {
                        std::thread::park_timeout(Duration::from_millis(20));
                    }
                    Err(SessionError::Gone) => break Err(SessionError::Unreachable { path }),
                    Err(error) => break Err(error),
                },
                Err(error) => return Err(error.into()),
            }
        };
        let engine = match started {
            Ok(engine) => engine,
            Err(error) => {
                let engine = Engine::start_read_only(engine_config(), told());
                let engine = engine.inspect_err(|error| tracing::warn!(%error, "cannot read"));
                let Ok(engine) = engine.map(Arc::new) else { return Err(error) };
                let version = match error {
                    SessionError::OtherVersion(version) => Some(version),
                    _ => None,
                };
                return Ok(Session::Reader { data_dir: dir.path().into(), engine, version });
            }
        };
        let server = Server::start(dir.path(), &engine, config.focus)
            .inspect_err(|error| tracing::warn!(%error, "other programs cannot join"));
        Ok(Session::Owner { server: server.ok().map(ServerHandle), engine })
    }

    /// The engine, if it runs in this process.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        match self {
            Session::Owner { engine, .. } | Session::Reader { engine, .. } => Some(engine),
            Session::Guest { .. } => None,
        }
    }

    /// True if this process is the owner.
    pub fn is_owner(&self) -> bool {
        matches!(self, Session::Owner { .. })
    }

    /// True if this process only reads, as the owner does not answer.
    pub fn is_reader(&self) -> bool {
        matches!(self, Session::Reader { .. })
    }

    /// True if this process only reads, and the owner answers now: a new session would be its
    /// guest.
    pub fn could_be_guest(&self) -> bool {
        match self {
            Session::Reader { data_dir, .. } => Client::connect(data_dir).is_ok(),
            Session::Owner { .. } | Session::Guest { .. } => false,
        }
    }

    /// An error of the engine in this process. A reader says why it only reads.
    pub(crate) fn failed(&self, error: EngineError) -> SessionError {
        match (self, error) {
            (Session::Reader { version: Some(version), .. }, EngineError::ReadOnly) => {
                SessionError::OtherVersion(version.clone())
            }
            (Session::Reader { data_dir, .. }, EngineError::ReadOnly) => {
                SessionError::Unreachable { path: data_dir.clone() }
            }
            (_, error) => error.into(),
        }
    }

    /// Adds a folder and starts to index it.
    pub fn add_folder(&self, path: &Path) -> Result<RootId, SessionError> {
        if path.to_str().is_none() {
            let reason = "its name is not valid UTF-8".to_owned();
            return Err(EngineError::Unreadable { path: path.to_path_buf(), reason }.into());
        }
        // The owner's working directory may differ, so send an absolute path.
        self.add_absolute_folder(std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
    }

    /// Waits up to `patience` until the model is loaded or has failed; returns false if it is still
    /// loading then.
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

    /// As a guest, asks the owner to bring its window to the front; true if it has one and did.
    /// Otherwise does nothing.
    pub fn focus_owner(&self, folder: Option<PathBuf>) -> Result<bool, SessionError> {
        match self {
            Session::Owner { .. } | Session::Reader { .. } => Ok(false),
            Session::Guest { client } => client.ask(&Request::Focus { folder }),
        }
    }
}
