//! The thread of an engine that only reads: another process owns the data directory and does not
//! answer. It opens what that process has stored, and looks now and then for newer commits.
//!
//! Nothing is written: what the stored indexes lack is made in memory, and what is damaged is left
//! to the owner.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, select};
use descry_base::RootId;
use descry_catalog::{Catalog, RootRow};
use descry_lexical::LexicalIndex;

use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::disk::{DiskUse, size};
use crate::event::{Command, Event};
use crate::reconcile::{open_saved_vectors, reconcile_vectors, table_of};
use crate::root::{Root, Space, publish};
use crate::shared::{Notification, Shared};
use crate::writer::{folder, model, model_of, phase_of};
use crate::{EngineError, Status};

/// The interval at which the owner's commits are noticed.
const LOOK: Duration = Duration::from_secs(1);

/// A folder is tried this often if the owner commits, or merges files, meanwhile; an owner that was
/// stopped in a commit never ends it.
const TRIES: usize = 5;

/// The reader's state.
pub(crate) struct Reader {
    shared: Shared,
    dir: DataDir,
    catalog: Catalog,
    clock: Arc<dyn Clock>,
    roots: Vec<Root>,
    /// The vector space of the opened vectors.
    space: Option<Space>,
    /// The version of the catalog at the last look.
    seen: Option<i64>,
    /// How often folders that lag behind the catalog are opened again.
    tries: usize,
}

impl Reader {
    pub(crate) fn new(
        shared: Shared,
        dir: DataDir,
        catalog: Catalog,
        clock: Arc<dyn Clock>,
    ) -> Reader {
        Reader { shared, dir, catalog, clock, roots: Vec::new(), space: None, seen: None, tries: 0 }
    }

    /// Runs until told to stop, or until there is no owner.
    pub(crate) fn run(mut self, commands: &Receiver<Command>, events: &Receiver<Event>) {
        while self.shared.ended.get().is_none() {
            self.follow();
            let look = self.clock.after(LOOK);
            select! {
                recv(commands) -> command => match command {
                    Ok(Command::Stop) | Err(_) => return,
                    Ok(command) => obey(command),
                },
                recv(events) -> event => match event {
                    Ok(Event::ModelLoaded) => self.open_vectors(),
                    // The owner repairs what is damaged.
                    Ok(_) => {}
                    Err(_) => return,
                },
                recv(look) -> _ => self.look_for_owner(),
            }
        }
    }

    /// Ends the engine once nobody owns the data directory: then this process can.
    fn look_for_owner(&self) {
        if self.dir.lock().is_ok() {
            self.shared.end("the Descry that owned this index has ended".to_owned());
        }
    }

    /// Opens the folders that the owner has changed since the last call.
    fn follow(&mut self) {
        let seen = self.catalog.data_version().ok();
        // The owner commits words after the catalog.
        let lags = |root: &Root| root.broken || root.lags();
        if seen.is_none() || seen != self.seen {
            self.tries = TRIES;
        } else if self.tries == 0 || !self.roots.iter().any(lags) {
            return;
        }
        self.tries = self.tries.saturating_sub(1);
        let rows = match self.catalog.roots() {
            Ok(rows) => rows,
            Err(error) => {
                tracing::warn!(%error, "the added folders cannot be read");
                return;
            }
        };
        let mut before = std::mem::take(&mut self.roots);
        for row in rows {
            let known = before.iter().position(|root| root.id == row.id);
            let known = known.map(|at| before.swap_remove(at));
            match known.filter(|root| root.generation == row.generation && !lags(root)) {
                Some(root) => self.roots.push(root),
                None => self.roots.extend(self.open(row)),
            }
        }
        self.seen = seen;
        self.publish();
        self.open_vectors();
    }

    fn open(&self, mut row: RootRow) -> Option<Root> {
        let mut tries = 1;
        loop {
            let opened = open_root(&self.catalog, &self.dir, &row);
            let now = self.row(row.id)?;
            if now.generation == row.generation && opened.is_ok() || tries == TRIES {
                return opened.or_else(|error| Root::broken(&row, &error)).ok();
            }
            (row, tries) = (now, tries + 1);
        }
    }

    fn row(&self, root: RootId) -> Option<RootRow> {
        self.catalog.roots().ok()?.into_iter().find(|row| row.id == root)
    }

    /// Opens the vectors of folders that have none open.
    fn open_vectors(&mut self) {
        let last = self.catalog.space().unwrap_or_default();
        let Some(info) = model_of(&self.shared, last.as_deref()) else { return self.publish() };
        // A model that the catalog does not know has no vectors there.
        let Ok(model) = self.catalog.model(&info.space.to_string()) else { return self.publish() };
        let space = Space { info, model };
        if self.space.as_ref().is_some_and(|before| before.info.space != space.info.space) {
            self.roots.iter_mut().for_each(|root| root.vectors = None);
        }
        let own = self.shared.own_static_model(&space.info.space);
        let static_model = self.shared.static_model_of(&space.info.space);
        for root in self.roots.iter_mut().filter(|root| root.vectors.is_none() && !root.broken) {
            let catalog = &self.catalog;
            let saved = || open_saved_vectors(root.id, catalog, &self.dir, &space, own.as_deref());
            // A save of the owner may just have replaced the files.
            let saved = saved().or_else(|_| saved()).map_err(EngineError::from);
            let opened = saved.and_then(|vectors| {
                reconcile_vectors(root, vectors, catalog, &space, static_model.as_deref())
            });
            if let Err(error) = opened {
                tracing::warn!(%error, path = %root.path.display(), "a folder has words alone");
            }
        }
        self.space = Some(space);
        self.publish();
    }

    fn publish(&mut self) {
        publish(&self.shared, &mut self.roots);
        let status = Arc::new(Status {
            generation: self.shared.snapshot.load().generation,
            folders: self.roots.iter().map(|root| folder(root, None)).collect(),
            model: model(&self.shared.embed.state()),
            disk: DiskUse { used: size(self.dir.path()), ..DiskUse::default() },
            ready: true,
        });
        self.shared.status.store(Arc::clone(&status));
        (self.shared.sink)(Notification::Status(status));
    }
}

/// Everything stored is searchable already; nothing else is promised.
fn obey(command: Command) {
    let refuse = |reply: Sender<Result<(), EngineError>>| reply.send(Err(EngineError::ReadOnly));
    // The caller may be gone.
    let _ = match command {
        Command::Settle { reply, .. } => reply.send(()).ok(),
        Command::Add(_, reply) => reply.send(Err(EngineError::ReadOnly)).ok(),
        Command::Check(_, reply) | Command::Remove(_, reply) => refuse(reply).ok(),
        Command::Pause(_, _, reply) | Command::LimitDisk(_, reply) => refuse(reply).ok(),
        Command::Stop => None,
    };
}

fn open_root(catalog: &Catalog, dir: &DataDir, row: &RootRow) -> Result<Root, EngineError> {
    let (files, _) = catalog.files(row.id)?;
    let words = LexicalIndex::open_read_only(&dir.lexical(row.id), catalog.identity())?;
    let mut root = Root::new(row, table_of(files), words, catalog.skipped_count(row.id)?);
    root.phase = phase_of(&root.path);
    Ok(root)
}
