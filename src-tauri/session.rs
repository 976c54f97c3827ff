//! The app's session: as owner, as guest of a terminal that came first, or as reader beside an owner
//! that does not answer. When the owner ends, the app takes over.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use descry_engine::{Notification, Status};
use descry_session::{Session, SessionConfig, SessionError};
use parking_lot::{Condvar, Mutex};
use tauri::AppHandle;
use tauri_specta::Event;

use crate::ipc::{IndexChanged, IpcError, StatusChanged};
use crate::window;

/// The interval at which a guest polls the owner's status.
const LOOK: Duration = Duration::from_millis(300);

/// The window sends several calls together; calls within this time share one failure.
const SAME_TRY: Duration = Duration::from_millis(500);

/// The session of the app. It opens on a thread of its own, so that the window appears without
/// delay; calls that come earlier wait.
#[derive(Default)]
pub(crate) struct AppSession {
    state: Mutex<State>,
    changed: Condvar,
    /// The folders to add once it is open.
    folders: Vec<PathBuf>,
    /// Set once there is a window to notify.
    app: OnceLock<AppHandle>,
}

#[derive(Default)]
enum State {
    #[default]
    Opening,
    Open(Arc<Session>),
    /// The reason and the time.
    Failed(IpcError, Instant),
    Closed,
}

impl State {
    fn failed(error: IpcError) -> State {
        State::Failed(error, Instant::now())
    }
}

impl AppSession {
    /// Starts to open a session and to add `folders`. `None` if a window is already open on the
    /// same data: that window has come forward and added the folders.
    pub(crate) fn start(folders: Vec<PathBuf>) -> Option<Arc<AppSession>> {
        let this = Arc::new(AppSession { folders, ..AppSession::default() });
        // Wait for the answer without a window only if another process is the owner.
        if descry_session::data_dir().is_ok_and(|dir| descry_session::is_owned(&dir)) && this.open()
        {
            return None;
        }
        this.run();
        Some(this)
    }

    /// Opens the session if necessary, adds the folders, and as a guest watches the owner.
    fn run(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let run = move || {
            let opens = matches!(*this.state.lock(), State::Opening);
            // Another window was opened in the same moment, and came forward. One that is too far
            // to end stays as its guest.
            if opens
                && this.open()
                && let Some(app) = this.app.get()
            {
                return app.exit(0);
            }
            this.add(&this.folders);
            this.watch_owner();
        };
        if let Err(error) = std::thread::Builder::new().name("descry-session".into()).spawn(run) {
            self.set(State::failed(IpcError::internal(error)));
        }
    }

    /// The current session; waits while it opens. After a failure, the next call tries again.
    pub(crate) fn get(self: &Arc<Self>) -> Result<Arc<Session>, IpcError> {
        let mut state = self.state.lock();
        if matches!(&*state, State::Failed(_, when) if when.elapsed() > SAME_TRY) {
            *state = State::Opening;
            // It takes the lock if it fails.
            parking_lot::MutexGuard::unlocked(&mut state, || self.run());
        }
        self.changed.wait_while(&mut state, |state| matches!(state, State::Opening));
        match &*state {
            State::Open(session) => Ok(Arc::clone(session)),
            State::Failed(error, _) => Err(error.clone()),
            State::Opening | State::Closed => Err(SessionError::Gone.into()),
        }
    }

    /// Opens the session again after its engine ended by itself. The thread that tells it is one
    /// that the engine joins, so another one opens it.
    fn open_again(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let open = move || {
            this.set(State::Opening);
            this.run();
        };
        if let Err(error) = std::thread::Builder::new().name("descry-again".into()).spawn(open) {
            tracing::error!(%error, "cannot open the index again");
        }
    }

    /// Sets the window to notify of changes.
    pub(crate) fn set_app(&self, app: AppHandle) {
        // It is set only here, once.
        let _ = self.app.set(app);
    }

    /// Ends the session; the engine saves its state.
    pub(crate) fn close(&self) {
        self.set(State::Closed);
    }

    /// Opens the session; true if another window owns it and has come forward.
    fn open(self: &Arc<Self>) -> bool {
        let folders = &self.folders;
        let opened = open_session(self).and_then(|session| {
            let elsewhere = session.focus_owner(folders.first().cloned())?;
            if elsewhere {
                folders
                    .iter()
                    .skip(1)
                    .try_for_each(|folder| session.add_folder(folder).map(drop))?;
            }
            Ok((session, elsewhere))
        });
        match opened {
            Ok((session, elsewhere)) => {
                self.set(State::Open(Arc::new(session)));
                elsewhere
            }
            Err(error) => {
                tracing::error!(%error, "Descry cannot start");
                self.set(State::failed(error.into()));
                false
            }
        }
    }

    fn add(self: &Arc<Self>, folders: &[PathBuf]) {
        let Ok(session) = self.get() else { return };
        for folder in folders {
            if let Err(error) = session.add_folder(folder) {
                tracing::error!(%error, "cannot add a folder");
            }
        }
    }

    /// Polls the status while another process owns the engine; takes over when that process ends,
    /// and becomes its guest once it answers again.
    fn watch_owner(self: &Arc<Self>) {
        let mut before = Status::default();
        while let Ok(session) = self.get() {
            if session.is_owner() {
                return;
            }
            let status = match session.could_be_guest() {
                true => Err(SessionError::Gone),
                false => session.status(),
            };
            match status {
                Ok(status) if status != before => {
                    emit_status(&self.app, &status);
                    before = status;
                }
                Ok(_) => {}
                Err(_) => match open_session(self) {
                    Ok(session) => self.set(State::Open(Arc::new(session))),
                    Err(error) => tracing::warn!(%error, "no session yet"),
                },
            }
            std::thread::park_timeout(LOOK);
        }
    }

    /// Sets the state; a closed session stays closed. The old session ends outside the lock.
    fn set(&self, new: State) {
        let mut state = self.state.lock();
        if !matches!(*state, State::Closed) {
            let old = std::mem::replace(&mut *state, new);
            self.changed.notify_all();
            drop(state);
            drop(old);
        }
    }
}

fn open_session(this: &Arc<AppSession>) -> Result<Session, SessionError> {
    // Weak references: `this` owns the session, which must not keep it alive.
    let (told, asked) = (Arc::downgrade(this), Arc::downgrade(this));
    let config = SessionConfig {
        data_dir: descry_session::data_dir()?,
        model: None,
        bundled: descry_bundled::bundled(),
        watch: true,
        catch_up: true,
        background: true,
        focus: Box::new(move |folder| asked.upgrade().is_some_and(|it| come_forward(&it, folder))),
    };
    Session::open(config, move |notification| {
        let Some(this) = told.upgrade() else { return };
        match notification {
            Notification::Status(status) => emit_status(&this.app, &status),
            Notification::Committed(generation) => {
                if let Some(app) = this.app.get() {
                    // The window may be closing.
                    let _ = IndexChanged(generation.to_string()).emit(app);
                }
            }
            Notification::Ended => this.open_again(),
        }
    })
}

fn emit_status(app: &OnceLock<AppHandle>, status: &Status) {
    if let Some(app) = app.get() {
        // The window may be closing.
        let _ = StatusChanged(status.into()).emit(app);
    }
}

fn come_forward(this: &Arc<AppSession>, folder: Option<PathBuf>) -> bool {
    if let Some(app) = this.app.get() {
        window::come_forward(app);
    }
    this.add(folder.as_slice());
    true
}
