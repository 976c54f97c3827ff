//! Starts an engine: its catalog, its threads, its models.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use crossbeam_channel::{Sender, bounded};
use descry_catalog::{Catalog, CatalogError};
use descry_embed::{BatchConfig, EmbedError, EmbedHandle};
use descry_search::Snapshot;

use super::Engine;
use super::threads::Threads;
use crate::backlog::Backlog;
use crate::config::{EngineConfig, LoadEmbedder, LoadStatic, Models};
use crate::data_dir::DataDir;
use crate::event::Event;
use crate::reader::Reader;
use crate::shared::{Inner, Notification, Shared};
use crate::static_view::StaticView;
use crate::texts::Texts;
use crate::writer::{Opening, Wiring, Writer};
use crate::{EngineError, Status, edits, feed, fit, save, scan};

/// The queue of outcomes for the writer: long enough to keep it busy, short enough to bound memory.
pub(crate) const EVENTS: usize = 64;

impl Engine {
    /// Starts an engine on a data directory; fails with [`EngineError::Busy`] if another process
    /// owns it. Returns immediately: the folders of earlier runs and the model are opened in the
    /// background.
    pub fn start(
        config: EngineConfig,
        sink: impl Fn(Notification) + Send + Sync + 'static,
    ) -> Result<Engine, EngineError> {
        let dir = DataDir::create(&config.data_dir)?;
        let lock = Arc::new(dir.lock()?);
        dir.reserve();
        let (mut catalog, lost) = open_catalog(&dir)?;
        if let Some(other) = config.vectors_of.as_ref().filter(|path| path.is_dir()) {
            let other = DataDir::create(other)?.catalog();
            if let Err(error) = catalog.borrow_vectors(&other) {
                tracing::warn!(%error, "cannot borrow vectors; all are computed");
            }
        }
        let (events_in, events) = bounded(EVENTS);
        let EngineConfig { models: Models { load, load_static }, background, .. } = config;
        let backlog = if background { Backlog::default() } else { Backlog::unused() };
        let shared = shared(backlog, load, &catalog, &events_in, sink);
        // Users issue commands: a handful at most.
        let (commands_in, commands) = bounded(16);
        // The watcher merges changes that do not fit.
        let (watched_in, watched) = bounded(16);
        // Folders take turns; jobs beyond these wait in the writer.
        let (scan_jobs, scans) = bounded(16);
        // One running job and one waiting.
        let (edit_jobs, edits) = bounded(1);
        let (fit_jobs, fits) = bounded(1);
        let (save_jobs, saves) = bounded(1);
        let (alive, writer_ended) = bounded(0);
        let watcher = config.watcher.and_then(|start| {
            start(watched_in)
                .inspect_err(|error| tracing::error!(%error, "folders are not watched"))
                .ok()
        });
        let watches = watcher.is_some();
        let clock = config.clock;
        let wiring = Wiring {
            clock,
            watcher,
            events,
            commands,
            watched,
            scan_jobs,
            edit_jobs,
            fit_jobs,
            save_jobs,
        };
        let writer = Writer::new(Arc::clone(&shared), dir, Arc::clone(&lock), catalog, wiring);
        let opening = Opening {
            catch_up: config.catch_up,
            lost,
            stays: background || watches,
            disk_limit: config.disk_limit,
        };
        let mut threads = Threads::new(&shared, events_in, alive);
        threads.spawn("writer", move |_, _| writer.run(&opening));
        threads.spawn("scan", move |shared, out| scan::scan_folders(shared, &scans, out));
        threads.spawn("edit", move |shared, out| edits::follow_edits(shared, &edits, out));
        threads.spawn("save", move |_, out| save::run(&saves, out));
        threads.spawn("fit", move |shared, out| fit::run(shared, &fits, out));
        if background {
            threads.spawn("feed", feed::run);
        }
        threads.spawn("load", move |shared, out| load_models(shared, load_static, out));
        Ok(Engine {
            shared,
            commands: commands_in,
            writer_ended,
            threads: threads.running(),
            static_view: StaticView::default(),
            background,
            lock: Some(lock),
        })
    }

    /// Starts an engine that only reads what the owner of the data directory has stored, for when
    /// that process does not answer. It follows what the owner commits, and ends by itself once
    /// there is no owner.
    pub fn start_read_only(
        config: EngineConfig,
        sink: impl Fn(Notification) + Send + Sync + 'static,
    ) -> Result<Engine, EngineError> {
        let dir = DataDir::create(&config.data_dir)?;
        let catalog = Catalog::open_read_only(&dir.catalog())?;
        let (events_in, events) = bounded(EVENTS);
        let Models { load, load_static } = config.models;
        let shared = shared(Backlog::unused(), load, &catalog, &events_in, sink);
        let (commands_in, commands) = bounded(16);
        let (alive, reader_ended) = bounded(0);
        let reader = Reader::new(Arc::clone(&shared), dir, catalog, config.clock);
        let mut threads = Threads::new(&shared, events_in, alive);
        threads.spawn("reader", move |_, _| reader.run(&commands, &events));
        threads.spawn("load", move |shared, out| load_models(shared, load_static, out));
        Ok(Engine {
            shared,
            commands: commands_in,
            writer_ended: reader_ended,
            threads: threads.running(),
            static_view: StaticView::default(),
            background: false,
            lock: None,
        })
    }
}

fn shared(
    backlog: Backlog,
    load: Box<LoadEmbedder>,
    catalog: &Catalog,
    events: &Sender<Event>,
    sink: impl Fn(Notification) + Send + Sync + 'static,
) -> Shared {
    Arc::new(Inner {
        backlog,
        embed: EmbedHandle::spawn(load, BatchConfig::default()),
        snapshot: ArcSwap::from_pointee(Snapshot::default()),
        status: ArcSwap::from_pointee(Status::default()),
        texts: Texts::new(catalog.source().clone(), events.clone()),
        static_model: OnceLock::new(),
        fitted: ArcSwapOption::empty(),
        sink: Box::new(sink),
        full: AtomicBool::new(false),
        ended: OnceLock::new(),
    })
}

/// Opens the catalog and sets a damaged one aside. `true` if a new one was created.
fn open_catalog(dir: &DataDir) -> Result<(Catalog, bool), EngineError> {
    let exists = dir.catalog().metadata().is_ok_and(|metadata| metadata.len() > 0);
    match Catalog::open(&dir.catalog()) {
        Err(error @ CatalogError::Damaged { .. }) => {
            tracing::error!(%error, "the catalog is set aside and the folders are read again");
            let failed = |cause| EngineError::DataDir { path: dir.path().to_path_buf(), cause };
            dir.set_catalog_aside().map_err(failed)?;
            let mut catalog = Catalog::open(&dir.catalog())?;
            // Whatever can still be read need not be embedded again.
            if let Err(error) = catalog.borrow_vectors(&dir.damaged_catalog()) {
                tracing::warn!(%error, "the vectors of the damaged catalog are lost");
            }
            Ok((catalog, true))
        }
        other => Ok((other?, !exists)),
    }
}

fn load_models(shared: &Inner, load_static: Option<Box<LoadStatic>>, out: &Sender<Event>) {
    fail::fail_point!("engine::load");
    // All users of the static model wait until it is loaded or known to be missing, even if loading
    // it panics.
    let load = |load: Box<LoadStatic>| {
        let panicked = |_| EmbedError::Panic("while a static model was loaded".to_owned());
        catch_unwind(AssertUnwindSafe(load)).map_err(panicked).flatten()
    };
    let static_model = load_static.and_then(|static_model| match load(static_model) {
        Ok(static_model) => Some(Arc::from(static_model)),
        Err(error) => {
            tracing::error!(%error, "the static model could not be loaded");
            None
        }
    });
    // Set only here.
    let _ = shared.static_model.set(static_model);
    if let Err(error) = shared.embed.wait_ready() {
        tracing::error!(%error, "the model could not be loaded");
    }
    // Sending fails only during shutdown.
    let _ = out.send(Event::ModelLoaded);
}
