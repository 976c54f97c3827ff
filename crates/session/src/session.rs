//! A session: the engine itself, or a connection to the process that has it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use descry_base::{ChunkId, RelPath, RootId, Skipped};
use descry_engine::{
    Answer, DataDir, Engine, EngineConfig, EngineError, FileText, Files, ModelStatus, Notification,
    Query, Status,
};

use crate::client::Client;
use crate::server::Server;
use crate::wire::{Request, Response};
use crate::{Bundled, SessionError, chosen_model, models};

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
        client: ClientHandle,
    },
}

/// Keeps the owner's socket open.
pub struct ServerHandle(#[expect(dead_code, reason = "held for its drop")] Server);

/// A guest's connection.
pub struct ClientHandle(Client);

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
            None => chosen_model(&path)?,
        };
        let sink = Arc::new(sink);
        let begun = Instant::now();
        let engine = loop {
            let engine_config = EngineConfig {
                data_dir: path.clone(),
                models: models(model.clone(), config.bundled.clone()),
                vectors_of: None,
                watch: config.watch,
                catch_up: config.catch_up,
                background: config.background,
            };
            let told = Arc::clone(&sink);
            match Engine::start(engine_config, move |notification| told(notification)) {
                Ok(engine) => break Arc::new(engine),
                // Busy and unreachable at once means that the owner is starting or ending: look again.
                Err(EngineError::Busy { .. }) => match Client::greet(dir.path()) {
                    Ok(client) => {
                        return match config.model {
                            Some(model) => Err(SessionError::OtherModel(model)),
                            None => Ok(Session::Guest { client: ClientHandle(client) }),
                        };
                    }
                    Err(source) if begun.elapsed() > PATIENCE => {
                        return Err(SessionError::Unreachable { path, source });
                    }
                    Err(_) => std::thread::park_timeout(Duration::from_millis(20)),
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

    /// Searches.
    pub fn search(&self, query: &Query) -> Result<Answer, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.search(query)?),
            Session::Guest { client } => match client.0.ask(&Request::Search(query.clone()))? {
                Response::Answer(answer) => Ok(*answer),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// Chunks like this one.
    pub fn similar(&self, chunk: ChunkId, limit: usize) -> Result<Answer, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.similar(chunk, limit)?),
            Session::Guest { client } => match client.0.ask(&Request::Similar(chunk, limit))? {
                Response::Answer(answer) => Ok(*answer),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// Chunks like this piece of code.
    pub fn similar_text(&self, text: String, limit: usize) -> Result<Answer, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.similar_text(&text, limit)?),
            Session::Guest { client } => match client.0.ask(&Request::SimilarText(text, limit))? {
                Response::Answer(answer) => Ok(*answer),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// The files that a question is about, for [`matches`](descry_engine::matches()): guests, too, read
    /// files themselves.
    pub fn files(&self, query: &Query) -> Result<Files, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.files(query)),
            Session::Guest { client } => match client.0.ask(&Request::Files(query.clone()))? {
                Response::Files(files) => Ok(*files),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// Removes a folder with everything known of it.
    pub fn remove_folder(&self, root: RootId) -> Result<(), SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.remove_folder(root)?),
            Session::Guest { client } => match client.0.ask(&Request::RemoveFolder(root))? {
                Response::Done => Ok(()),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// Holds a folder's background embedding back, or lets it go on.
    pub fn pause_folder(&self, root: RootId, paused: bool) -> Result<(), SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.pause_folder(root, paused)?),
            Session::Guest { client } => match client.0.ask(&Request::PauseFolder(root, paused))? {
                Response::Done => Ok(()),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// Waits until everything known of now is searchable, and, if `full`, has its dense vector.
    pub fn settle(&self, full: bool) -> Result<(), SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.settle(full)?),
            Session::Guest { client } => match client.0.ask(&Request::Settle { full })? {
                Response::Done => Ok(()),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// What was left out of a folder.
    pub fn skipped(&self, root: RootId) -> Result<Vec<Skipped>, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.skipped(root)?),
            Session::Guest { client } => match client.0.ask(&Request::Skipped(root))? {
                Response::Skipped(skipped) => Ok(skipped),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// A file of a folder, as it is on disk now.
    pub fn read_file(&self, root: RootId, path: &RelPath) -> Result<FileText, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.read_file(root, path)?),
            Session::Guest { client } => {
                match client.0.ask(&Request::ReadFile(root, path.clone()))? {
                    Response::File(file) => Ok(*file),
                    _ => Err(SessionError::Gone),
                }
            }
        }
    }

    /// Where a file of a folder is on disk.
    pub fn locate(&self, root: RootId, path: &RelPath) -> Result<PathBuf, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.locate(root, path)?),
            Session::Guest { client } => {
                match client.0.ask(&Request::Locate(root, path.clone()))? {
                    Response::Path(path) => Ok(path),
                    _ => Err(SessionError::Gone),
                }
            }
        }
    }

    /// A setting of the app.
    pub fn setting(&self, key: &str) -> Result<Option<String>, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.setting(key)?),
            Session::Guest { client } => match client.0.ask(&Request::Setting(key.to_owned()))? {
                Response::Setting(value) => Ok(value),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// Stores a setting of the app.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.set_setting(key, value)?),
            Session::Guest { client } => {
                match client.0.ask(&Request::SetSetting(key.to_owned(), value.to_owned()))? {
                    Response::Done => Ok(()),
                    _ => Err(SessionError::Gone),
                }
            }
        }
    }

    /// Adds a folder and starts to index it.
    pub fn add_folder(&self, path: &Path) -> Result<RootId, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.add_folder(path)?),
            Session::Guest { client } => {
                // The owner runs elsewhere: a relative path would mean another folder there.
                let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
                match client.0.ask(&Request::AddFolder(path))? {
                    Response::Root(root) => Ok(root),
                    _ => Err(SessionError::Gone),
                }
            }
        }
    }

    /// Reads every file of a folder again, also those that look as they did when they were last read.
    pub fn check_folder(&self, root: RootId) -> Result<(), SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.check_folder(root)?),
            Session::Guest { client } => match client.0.ask(&Request::CheckFolder(root))? {
                Response::Done => Ok(()),
                _ => Err(SessionError::Gone),
            },
        }
    }

    /// How far everything is.
    pub fn status(&self) -> Result<Status, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok((*engine.status()).clone()),
            Session::Guest { client } => match client.0.ask(&Request::Status)? {
                Response::Status(status) => Ok(*status),
                _ => Err(SessionError::Gone),
            },
        }
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

    /// How many searchable files lie in a part of a folder.
    pub fn files_within(&self, root: RootId, part: &RelPath) -> Result<usize, SessionError> {
        match self {
            Session::Owner { engine, .. } => Ok(engine.files_within(root, part)?),
            Session::Guest { client } => {
                match client.0.ask(&Request::FilesWithin(root, part.clone()))? {
                    Response::Count(count) => Ok(count),
                    _ => Err(SessionError::Gone),
                }
            }
        }
    }

    /// As a guest, asks the owner to come forward; true if it has a window and did. As the owner,
    /// does nothing.
    pub fn focus_owner(&self, folder: Option<PathBuf>) -> Result<bool, SessionError> {
        match self {
            Session::Owner { .. } => Ok(false),
            Session::Guest { client } => match client.0.ask(&Request::Focus(folder))? {
                Response::CameForward(came) => Ok(came),
                _ => Err(SessionError::Gone),
            },
        }
    }
}
