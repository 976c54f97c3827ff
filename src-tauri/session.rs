//! The app's session: owned, or shared with a terminal that came first, and then taken over when
//! that terminal ends.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use descry_engine::{Notification, Status};
use descry_session::{Session, SessionConfig, SessionError};
use parking_lot::RwLock;
use tauri::AppHandle;
use tauri_specta::Event;

use crate::ipc::{IndexChanged, StatusChanged};
use crate::window;

/// How often a guest looks at the owner's status.
const LOOK: Duration = Duration::from_millis(300);

/// The session of the app.
pub(crate) struct AppSession {
    session: RwLock<Option<Arc<Session>>>,
    /// Set once there is a window to tell.
    app: Arc<OnceLock<AppHandle>>,
}

/// Where the window is.
pub(crate) enum Opened {
    /// This process opens it.
    Ours(AppSession),
    /// Another process has it open, and brought it forward.
    Elsewhere,
}

impl AppSession {
    /// Opens a session, unless a window is open already: then that one comes forward.
    pub(crate) fn open(folders: &[PathBuf]) -> Result<Opened, SessionError> {
        let app = Arc::<OnceLock<AppHandle>>::default();
        let session = open_session(&app)?;
        if session.focus_owner(folders.first().cloned())? {
            folders.iter().skip(1).try_for_each(|folder| session.add_folder(folder).map(drop))?;
            return Ok(Opened::Elsewhere);
        }
        Ok(Opened::Ours(AppSession { session: RwLock::new(Some(Arc::new(session))), app }))
    }

    /// The session as it is now.
    pub(crate) fn get(&self) -> Result<Arc<Session>, SessionError> {
        self.session.read().clone().ok_or(SessionError::Gone)
    }

    /// Begins to tell the window what changes, and adds the folders that were asked for.
    pub(crate) fn follow(self: &Arc<Self>, app: AppHandle, folders: Vec<PathBuf>) {
        // Set once, here.
        let _ = self.app.set(app);
        let this = Arc::clone(self);
        let follow = move || {
            for folder in folders {
                let added = this.get().and_then(|session| session.add_folder(&folder));
                if let Err(error) = added {
                    tracing::error!(%error, "a folder is not added");
                }
            }
            this.watch_owner();
        };
        if let Err(error) = std::thread::Builder::new().name("descry-follow".into()).spawn(follow) {
            tracing::error!(%error, "the window is not kept up to date");
        }
    }

    /// While another process owns the engine, asks it how far it is; when it ends, takes over.
    fn watch_owner(&self) {
        let mut before = Status::default();
        while let Ok(session) = self.get() {
            if session.engine().is_some() {
                return;
            }
            match session.status() {
                Ok(status) if status != before => {
                    tell(&self.app, &status);
                    before = status;
                }
                Ok(_) => {}
                Err(_) => match open_session(&self.app) {
                    Ok(session) => *self.session.write() = Some(Arc::new(session)),
                    Err(error) => tracing::warn!(%error, "no session yet"),
                },
            }
            std::thread::park_timeout(LOOK);
        }
    }

    /// Ends the session: the engine saves what is worth saving.
    pub(crate) fn close(&self) {
        self.session.write().take();
    }
}

fn open_session(app: &Arc<OnceLock<AppHandle>>) -> Result<Session, SessionError> {
    let (told, asked) = (Arc::clone(app), Arc::clone(app));
    let config = SessionConfig {
        data_dir: descry_session::data_dir()?,
        watch: true,
        catch_up: true,
        background: true,
        focus: Box::new(move |folder| come_forward(&asked, folder)),
    };
    Session::open(config, move |notification| match notification {
        Notification::Status(status) => tell(&told, &status),
        Notification::Committed(generation) => {
            if let Some(app) = told.get() {
                // The window may be closing.
                let _ = IndexChanged(generation.to_string()).emit(app);
            }
        }
    })
}

fn tell(app: &OnceLock<AppHandle>, status: &Status) {
    if let Some(app) = app.get() {
        // The window may be closing.
        let _ = StatusChanged(status.into()).emit(app);
    }
}

fn come_forward(app: &OnceLock<AppHandle>, folder: Option<PathBuf>) -> bool {
    use tauri::Manager;
    let Some(app) = app.get() else { return true };
    window::come_forward(app);
    if let Some(folder) = folder {
        let session = app.state::<Arc<AppSession>>().get();
        if let Err(error) = session.and_then(|session| session.add_folder(&folder)) {
            tracing::error!(%error, "a folder is not added");
        }
    }
    true
}
