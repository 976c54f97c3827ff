//! The engine as its users hold it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Instant;

use arc_swap::{ArcSwap, ArcSwapOption};
use crossbeam_channel::{Sender, bounded};
use descry_base::{ChunkId, Digest, Language, RelPath, RootId, Skipped};
use descry_catalog::{Catalog, CatalogError};
use descry_chunk::Text;
use descry_embed::{BatchConfig, EmbedError, EmbedHandle, ModelInfo};
use descry_search::{Answer, FileEntry, Files, Query, Shard, Snapshot, Sources};
use descry_watch::FileStat;

use crate::backlog::Backlog;
use crate::blend::blend;
use crate::config::{EngineConfig, Models};
use crate::data_dir::{DataDir, Lock};
use crate::event::{Command, Event};
use crate::shared::{Inner, Notification, Shared};
use crate::sources::EngineSources;
use crate::static_view::{StaticView, with_static};
use crate::texts::Texts;
use crate::writer::{Opening, Wiring, Writer, model};
use crate::{EngineError, Status, edits, feed, fit, scan};

/// Outcomes on their way to the writer: enough to keep it busy, few enough to bound memory.
const EVENTS: usize = 64;

/// More of a selection than this no model reads.
const SELECTION: usize = 8 << 10;

/// What a thread of the engine does: with what all share, and telling the writer.
type Task = dyn FnOnce(&Shared, &Sender<Event>) + Send;

/// An engine. Dropping it stops its threads, saves what is worth saving, and joins them.
pub struct Engine {
    shared: Shared,
    commands: Sender<Command>,
    threads: Vec<JoinHandle<()>>,
    static_view: StaticView,
    background: bool,
    _lock: Lock,
}

/// A file as it is on disk now.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileText {
    /// Its decoded text, line for line; of a notebook, only what stands in cells.
    pub text: String,
    /// The name of the encoding that it is in.
    pub encoding: String,
    /// Its language.
    pub language: Language,
    /// True if it is no longer what was indexed.
    pub changed_since_index: bool,
}

impl Engine {
    /// Starts an engine on a data directory that no other has; [`EngineError::Busy`] otherwise.
    /// Returns at once: folders of earlier runs and the model are opened in the background.
    pub fn start(
        config: EngineConfig,
        sink: impl Fn(Notification) + Send + Sync + 'static,
    ) -> Result<Engine, EngineError> {
        let dir = DataDir::create(&config.data_dir)?;
        let lock = dir.lock()?;
        let (mut catalog, lost) = open_catalog(&dir)?;
        if let Some(other) = config.vectors_of.as_ref().filter(|path| path.is_dir()) {
            let other = DataDir::create(other)?.catalog();
            if let Err(error) = catalog.borrow_vectors(&other) {
                tracing::warn!(%error, "every vector is computed");
            }
        }
        let EngineConfig { models: Models { load, load_static }, background, .. } = config;
        let shared: Shared = Arc::new(Inner {
            backlog: Backlog::default(),
            embed: EmbedHandle::spawn(load, BatchConfig::default()),
            snapshot: ArcSwap::from_pointee(Snapshot::default()),
            status: ArcSwap::from_pointee(Status::default()),
            texts: Texts::new(dir.catalog()),
            static_model: OnceLock::new(),
            fitted: ArcSwapOption::empty(),
            sink: Box::new(sink),
        });
        let (events_in, events) = bounded(EVENTS);
        // Commands come from people: a handful at most.
        let (commands_in, commands) = bounded(16);
        // The watcher merges what does not fit.
        let (watched_in, watched) = bounded(16);
        // Folders take turns; more than these wait with the writer.
        let (scan_jobs, scans) = bounded(16);
        // One job under way and one that waits.
        let (edit_jobs, edits) = bounded(1);
        let (fit_jobs, fits) = bounded(1);
        let watcher = config.watcher.and_then(|start| {
            start(watched_in)
                .inspect_err(|error| tracing::error!(%error, "folders are not watched"))
                .ok()
        });
        let clock = config.clock;
        let wiring =
            Wiring { clock, watcher, events, commands, watched, scan_jobs, edit_jobs, fit_jobs };
        let writer = Writer::new(Arc::clone(&shared), dir, catalog, wiring);
        let opening = Opening { catch_up: config.catch_up, lost };
        let mut threads = Vec::new();
        let mut spawn = |name: &str, run: Box<Task>| {
            let (shared, out) = (Arc::clone(&shared), events_in.clone());
            let run = move || run(&shared, &out);
            match std::thread::Builder::new().name(format!("descry-{name}")).spawn(run) {
                Ok(thread) => threads.push(thread),
                Err(error) => tracing::error!(%error, name, "a thread cannot be started"),
            }
        };
        spawn("writer", Box::new(move |_, _| writer.run(&opening)));
        spawn("scan", Box::new(move |shared, out| scan::scan_folders(shared, &scans, out)));
        spawn("edit", Box::new(move |shared, out| edits::follow_edits(shared, &edits, out)));
        spawn("fit", Box::new(move |shared, out| fit::run(shared, &fits, out)));
        if background {
            spawn("feed", Box::new(feed::run));
        }
        spawn("load", Box::new(move |shared, out| load_models(shared, load_static, out)));
        Ok(Engine {
            shared,
            commands: commands_in,
            threads,
            static_view: StaticView::default(),
            background,
            _lock: lock,
        })
    }

    /// Searches. Never waits for the writer.
    pub fn search(&self, query: &Query) -> Result<Answer, EngineError> {
        let begun = Instant::now();
        let snapshot = self.shared.snapshot.load_full();
        let sources = EngineSources::new(&self.shared);
        let static_only = query.tiers.static_vectors && !query.tiers.dense_vectors;
        let mut answer = match static_only {
            true => descry_search::search(
                &self.static_view.view(&snapshot, &sources)?,
                query,
                &sources,
            )?,
            false => descry_search::search(&snapshot, query, &sources)?,
        };
        self.finish(&snapshot, &mut answer, begun);
        Ok(answer)
    }

    /// Chunks like this one, by meaning.
    pub fn similar(&self, chunk: ChunkId, limit: usize) -> Result<Answer, EngineError> {
        let begun = Instant::now();
        let snapshot = self.shared.snapshot.load_full();
        let sources = EngineSources::new(&self.shared);
        let mut answer = descry_search::similar(&snapshot, chunk, limit, &sources)?
            .ok_or(EngineError::NoSuchChunk)?;
        self.finish(&snapshot, &mut answer, begun);
        Ok(answer)
    }

    /// Chunks like this piece of code, by meaning; the first [`SELECTION`] bytes of it count.
    pub fn similar_text(&self, text: &str, limit: usize) -> Result<Answer, EngineError> {
        let begun = Instant::now();
        let snapshot = self.shared.snapshot.load_full();
        let sources = EngineSources::new(&self.shared);
        let text = text[..text.floor_char_boundary(SELECTION)].trim();
        if text.is_empty() {
            return Ok(Answer::default());
        }
        let failed = |error: EmbedError| EngineError::NoModel(error.to_string());
        let dense = self.shared.embed.documents(vec![text.to_owned()]).wait().map_err(failed)?;
        let dense = dense.into_iter().next().unwrap_or(Err(EmbedError::Stopped)).map_err(failed)?;
        // As the index keeps them.
        let static_vector =
            sources.static_model().map(|static_model| static_model.embed_code(text));
        let vector = blend(dense, static_vector.as_deref());
        let mut answer = descry_search::nearest_to(&snapshot, &vector, None, limit, &sources)?;
        self.finish(&snapshot, &mut answer, begun);
        Ok(answer)
    }

    /// The files that a question is about, for [`matches`](crate::matches()).
    pub fn files(&self, query: &Query) -> Files {
        descry_search::files(&self.shared.snapshot.load(), query)
    }

    /// What searches run over now: for measuring.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot.load_full()
    }

    /// What searches ask of this engine: for measuring.
    pub fn sources(&self) -> impl Sources + '_ {
        EngineSources::new(&self.shared)
    }

    /// The folder as it was while only the chunks that `keep` names had dense vectors and the others
    /// static vectors: for evaluation.
    pub fn with_static(
        &self,
        shard: &Shard,
        keep: &dyn Fn(ChunkId) -> bool,
    ) -> Result<Shard, EngineError> {
        Ok(with_static(shard, &self.sources(), keep)?)
    }

    /// Marks what changed on disk meanwhile, and moves hits with static vectors to the front of the backlog.
    fn finish(&self, snapshot: &Snapshot, answer: &mut Answer, begun: Instant) {
        for hit in &mut answer.hits {
            let Some(shard) = snapshot.shard(hit.root) else { continue };
            if let Some(file) = shard.table.file(&hit.path) {
                hit.stale = !is_as_indexed(&shard.path, file);
            }
            // Several lines of a notebook's cell may stand on one line of the file.
            let last = hit.span.end_line.saturating_sub(1).max(hit.span.first_line);
            for line in &mut hit.lines {
                line.number = line.number.min(last);
            }
            if hit.why.from_static {
                self.shared.backlog.hurry(hit.root, [hit.chunk]);
            }
        }
        answer.elapsed = begun.elapsed();
    }

    /// Adds a folder and starts to index it. A folder that is added already is looked at again.
    pub fn add_folder(&self, path: &Path) -> Result<RootId, EngineError> {
        self.ask(|reply| Command::Add(path.to_path_buf(), reply))?
    }

    /// Reads every file of a folder again, also those that look as they did when they were last read.
    pub fn check_folder(&self, root: RootId) -> Result<(), EngineError> {
        self.ask(|reply| Command::Check(root, reply))?
    }

    /// Removes a folder with everything known of it.
    pub fn remove_folder(&self, root: RootId) -> Result<(), EngineError> {
        self.ask(|reply| Command::Remove(root, reply))?
    }

    /// Holds a folder's background embedding back, or lets it go on; survives a restart.
    pub fn pause_folder(&self, root: RootId, paused: bool) -> Result<(), EngineError> {
        self.ask(|reply| Command::Pause(root, paused, reply))?
    }

    /// How far everything is.
    pub fn status(&self) -> Arc<Status> {
        let shown = self.shared.status.load_full();
        // The model loads on a thread of its own, and may be ahead of what the writer last showed.
        let model = model(&self.shared.embed.state());
        if shown.model == model { shown } else { Arc::new(Status { model, ..(*shown).clone() }) }
    }

    /// Waits until everything known of now is searchable, and, if `full`, has its dense vector.
    pub fn settle(&self, full: bool) -> Result<(), EngineError> {
        if full && !self.background {
            return Err(EngineError::NoBackground);
        }
        if full {
            self.shared
                .embed
                .wait_ready()
                .map_err(|error| EngineError::NoModel(error.to_string()))?;
        }
        self.ask(|reply| Command::Settle { full, reply })
    }

    /// Waits for the model.
    pub fn wait_for_model(&self) -> Result<ModelInfo, EngineError> {
        self.shared.embed.wait_ready().map_err(|error| EngineError::NoModel(error.to_string()))
    }

    /// What was left out of a folder, and why.
    pub fn skipped(&self, root: RootId) -> Result<Vec<Skipped>, EngineError> {
        Ok(Catalog::attach(self.shared.texts.path())?.skipped(root)?)
    }

    /// How many searchable files lie in a part of a folder.
    pub fn files_within(&self, root: RootId, part: &RelPath) -> Result<usize, EngineError> {
        let snapshot = self.shared.snapshot.load();
        let shard = snapshot.shard(root).ok_or_else(|| no_folder(root))?;
        Ok(shard.table.files_within(part).count())
    }

    /// Where a file of a folder is on disk. Only files in the index have an answer, so no path that
    /// comes from outside leads out of the added folders.
    pub fn locate(&self, root: RootId, path: &RelPath) -> Result<std::path::PathBuf, EngineError> {
        let snapshot = self.shared.snapshot.load();
        let shard = snapshot.shard(root).ok_or_else(|| no_folder(root))?;
        let on_disk = path.on_disk(&shard.path);
        let refused = |reason: &str| EngineError::Unreadable {
            path: on_disk.clone(),
            reason: reason.to_owned(),
        };
        if shard.table.file(path).is_none() {
            return Err(refused("it is not in the index"));
        }
        let real = on_disk.canonicalize().map_err(|error| refused(&error.to_string()))?;
        match real.starts_with(&*shard.path) {
            true => Ok(real),
            false => Err(refused("it lies outside the added folder")),
        }
    }

    /// A file of a folder, as it is on disk now.
    pub fn read_file(&self, root: RootId, path: &RelPath) -> Result<FileText, EngineError> {
        let on_disk = self.locate(root, path)?;
        let failed = |reason: String| EngineError::Unreadable { path: on_disk.clone(), reason };
        let bytes = std::fs::read(&on_disk).map_err(|error| failed(error.to_string()))?;
        // It is in the index, so nothing else speaks against it.
        let text =
            Text::read(path.as_str(), &bytes, true).map_err(|reason| failed(reason.to_string()))?;
        let snapshot = self.shared.snapshot.load();
        let shard = snapshot.shard(root).ok_or_else(|| no_folder(root))?;
        let digest = digest_of(&bytes);
        Ok(FileText {
            language: text.language(),
            encoding: text.encoding().to_owned(),
            text: text.shown(),
            changed_since_index: shard.table.file(path).is_none_or(|file| file.digest != digest),
        })
    }

    fn ask<T>(&self, command: impl FnOnce(Sender<T>) -> Command) -> Result<T, EngineError> {
        let (reply, answer) = bounded(1);
        self.commands.send(command(reply)).map_err(|_| EngineError::Stopped)?;
        answer.recv().map_err(|_| EngineError::Stopped)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.backlog.stop();
        // The writer may have ended already.
        let _ = self.commands.send(Command::Stop);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the engine panicked");
            }
        }
    }
}

fn no_folder(root: RootId) -> EngineError {
    EngineError::NoSuchFolder(root.to_string())
}

/// True if the file on disk has the content that was indexed.
fn is_as_indexed(root: &Path, file: &FileEntry) -> bool {
    let stat = FileStat { path: file.path.clone(), stamp: file.stamp };
    let path = file.path.on_disk(root);
    let Ok(now) = std::fs::File::open(&path).and_then(|open| stat.now(&open)) else { return false };
    // Permissions and names change as well, and then only the content can tell.
    let same_content = || std::fs::read(&path).is_ok_and(|bytes| digest_of(&bytes) == file.digest);
    now == file.stamp || now.size == file.stamp.size && same_content()
}

fn digest_of(bytes: &[u8]) -> Digest {
    Digest(*blake3::hash(bytes).as_bytes())
}

/// Opens the catalog; a damaged one is set aside. `true` if a new one was begun.
fn open_catalog(dir: &DataDir) -> Result<(Catalog, bool), EngineError> {
    let exists = dir.catalog().metadata().is_ok_and(|metadata| metadata.len() > 0);
    match Catalog::open(&dir.catalog()) {
        Err(error @ CatalogError::Damaged { .. }) => {
            tracing::error!(%error, "it is set aside, and the folders are read again");
            let failed = |cause| EngineError::DataDir { path: dir.path().to_path_buf(), cause };
            dir.set_catalog_aside().map_err(failed)?;
            Ok((Catalog::open(&dir.catalog())?, true))
        }
        other => Ok((other?, !exists)),
    }
}

fn load_models(
    shared: &Inner,
    load_static: Option<Box<crate::config::LoadStatic>>,
    out: &Sender<Event>,
) {
    // Everyone waits until the static model is there or known to be missing, even if loading it panics.
    let load = |load: Box<crate::config::LoadStatic>| {
        let panicked = |_| EmbedError::Panic("while a static model was loaded".to_owned());
        catch_unwind(AssertUnwindSafe(load)).map_err(panicked).flatten()
    };
    let static_model = load_static.and_then(|static_model| match load(static_model) {
        Ok(static_model) => Some(Arc::from(static_model)),
        Err(error) => {
            tracing::error!(%error, "there are no static vectors");
            None
        }
    });
    // Set once, here.
    let _ = shared.static_model.set(static_model);
    if let Err(error) = shared.embed.wait_ready() {
        tracing::error!(%error, "there is no model");
    }
    // The writer is gone only when everything ends.
    let _ = out.send(Event::ModelLoaded);
}
