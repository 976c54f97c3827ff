//! The engine's public handle.

mod files;
mod search;
mod start;
mod threads;

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, select};
use descry_base::{Digest, RootId, Skipped};
use descry_embed::ModelInfo;

use crate::data_dir::Lock;
use crate::event::Command;
use crate::shared::Shared;
use crate::static_view::StaticView;
use crate::writer::model;
use crate::{EngineError, Status};

pub use files::FileText;
pub use search::SELECTION;
pub(crate) use start::EVENTS;

/// An engine. Dropping it stops and joins its threads and saves unsaved vectors.
pub struct Engine {
    pub(crate) shared: Shared,
    commands: Sender<Command>,
    /// Disconnected once the writer, or reader, has ended: it answers no command that it has not taken.
    writer_ended: Receiver<Infallible>,
    threads: Vec<JoinHandle<()>>,
    static_view: StaticView,
    background: bool,
    /// `None` if another process owns the data directory, and this one only reads.
    lock: Option<Arc<Lock>>,
}

impl Engine {
    /// Adds a folder and starts to index it. A folder that is already added is scanned again.
    pub fn add_folder(&self, path: &Path) -> Result<RootId, EngineError> {
        self.ask(|reply| Command::Add(path.to_path_buf(), reply))?
    }

    /// Reads every file of a folder again, including files whose stamp is unchanged.
    pub fn check_folder(&self, root: RootId) -> Result<(), EngineError> {
        self.ask(|reply| Command::Check(root, reply))?
    }

    /// Removes a folder and everything stored about it.
    pub fn remove_folder(&self, root: RootId) -> Result<(), EngineError> {
        self.ask(|reply| Command::Remove(root, reply))?
    }

    /// Pauses or resumes a folder's background embedding. The choice survives a restart.
    pub fn pause_folder(&self, root: RootId, paused: bool) -> Result<(), EngineError> {
        self.ask(|reply| Command::Pause(root, paused, reply))?
    }

    /// Changes the most bytes that the index may take. A full index follows edits of the files that
    /// it has, and adds none.
    pub fn limit_disk(&self, limit: Option<u64>) -> Result<(), EngineError> {
        self.ask(|reply| Command::LimitDisk(limit, reply))?
    }

    /// The current status.
    pub fn status(&self) -> Arc<Status> {
        let shown = self.shared.status.load_full();
        // The model loads on its own thread and may be ahead of the writer's last status.
        let model = model(&self.shared.embed.state());
        if shown.model == model { shown } else { Arc::new(Status { model, ..(*shown).clone() }) }
    }

    /// Waits until everything known at the time of the call is searchable and, if `full`, has its
    /// dense vector.
    pub fn settle(&self, full: bool) -> Result<(), EngineError> {
        if full && self.is_read_only() {
            return Err(EngineError::ReadOnly);
        }
        if full && !self.background {
            return Err(EngineError::NoBackground);
        }
        if full {
            self.shared
                .embed
                .wait_ready()
                .map_err(|error| EngineError::NoModel(error.to_string()))?;
        }
        self.tell(|reply| Command::Settle { full, reply })
    }

    /// Waits until the model is loaded.
    pub fn wait_for_model(&self) -> Result<ModelInfo, EngineError> {
        self.shared.embed.wait_ready().map_err(|error| EngineError::NoModel(error.to_string()))
    }

    /// What was skipped in a folder, and why.
    pub fn skipped(&self, root: RootId) -> Result<Vec<Skipped>, EngineError> {
        if self.shared.snapshot.load().shard(root).is_none() {
            return Err(EngineError::NoSuchFolder(root.to_string()));
        }
        Ok(self.shared.texts.read(|reader| reader.skipped(root))?)
    }

    /// Has the writer change something.
    fn ask<T>(&self, command: impl FnOnce(Sender<T>) -> Command) -> Result<T, EngineError> {
        if self.is_read_only() {
            return Err(EngineError::ReadOnly);
        }
        self.tell(command)
    }

    fn tell<T>(&self, command: impl FnOnce(Sender<T>) -> Command) -> Result<T, EngineError> {
        let (reply, answer) = bounded(1);
        let asked = self.commands.send(command(reply)).ok().and_then(|()| {
            select! {
                recv(answer) -> answer => answer.ok(),
                recv(self.writer_ended) -> _ => answer.try_recv().ok(),
            }
        });
        asked.ok_or_else(|| {
            // By then it has said why.
            let _ = self.writer_ended.recv();
            self.shared.check().err().unwrap_or(EngineError::Stopped)
        })
    }

    /// True if another process owns the data directory, and this engine only reads.
    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// True once the engine has ended by itself: see [`EngineError::Ended`].
    pub fn has_ended(&self) -> bool {
        self.shared.ended.get().is_some()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.backlog.stop();
        // The writer may have ended already.
        let _ = self.commands.send(Command::Stop);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("an engine thread panicked");
            }
        }
    }
}

fn digest_of(bytes: &[u8]) -> Digest {
    Digest(*blake3::hash(bytes).as_bytes())
}
