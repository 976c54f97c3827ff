//! An engine with models that need no files, and the queries of the tests.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use descry_base::RootId;
use descry_embed::{EmbedError, Embedder, StaticEmbedder};
use descry_engine::{
    Answer, Engine, EngineConfig, EngineError, FolderStatus, Mode, Models, Notification, Query,
    ScriptedClock, StartWatcher,
};
use descry_testkit::FakeModel;
use descry_watch::scripted::ScriptedWatcher;

/// A small project with one file per subject.
pub(crate) const PROJECT: &str = "\
//- /src/retry.rs
/// Whether the attempts are too many.
pub fn give_up(attempts: u32) -> bool {
    attempts > 5
}
//- /src/router.rs
pub struct Router {
    routes: Vec<String>,
}

impl Router {
    /// The handler of a path.
    pub fn route(&self, path: &str) -> Option<&String> {
        self.routes.iter().find(|route| path.starts_with(route.as_str()))
    }
}
//- /src/config.py
def load_config(path):
    \"\"\"Reads the settings.\"\"\"
    return open(path).read()
//- /docs/kitchen.md
# Kitchen

How the kettle is cleaned on Sundays.
";

/// Query words that mean the same as words of [`PROJECT`].
pub(crate) const SYNONYMS: &[(&str, &str)] = &[
    ("surrender", "give"),
    ("tries", "attempts"),
    ("teapot", "kettle"),
    ("preferences", "settings"),
];

/// How long to wait, even on a busy machine, before concluding that something will not happen.
const PATIENCE: Duration = Duration::from_secs(60);

type Tell = dyn Fn(Notification) + Send + Sync;

/// How to start an engine.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) data: PathBuf,
    pub(crate) model: Option<FakeModel>,
    pub(crate) static_model: bool,
    /// Use a scripted watcher: see [`Running::watcher`].
    pub(crate) watch: bool,
    pub(crate) catch_up: bool,
    pub(crate) background: bool,
    pub(crate) disk_limit: Option<u64>,
}

/// A running engine, and a bell that rings with each of its notifications.
pub(crate) struct Running {
    engine: Engine,
    bell: Receiver<()>,
    pub(crate) data: PathBuf,
    /// Reports the changes that the test makes up.
    pub(crate) watcher: Option<ScriptedWatcher>,
    /// Advances only when the test moves it. Tests that wait with [`Engine::settle`] need not move
    /// it.
    pub(crate) clock: ScriptedClock,
}

impl Setup {
    /// A setup with both models.
    pub(crate) fn new(data: &Path) -> Setup {
        Setup {
            data: data.to_path_buf(),
            model: Some(FakeModel::new("fake", SYNONYMS)),
            static_model: true,
            watch: false,
            catch_up: true,
            background: true,
            disk_limit: None,
        }
    }

    /// How many documents the model has embedded, in all engines of this setup.
    pub(crate) fn embedded(&self) -> usize {
        self.model.as_ref().map_or(0, FakeModel::embedded)
    }

    fn models(&self) -> Models {
        let static_model = FakeModel::new("fake", SYNONYMS).static_model();
        let load_static =
            move || -> Result<Box<dyn StaticEmbedder>, EmbedError> { Ok(Box::new(static_model)) };
        let model = self.model.clone();
        let load = move || -> Result<Box<dyn Embedder>, EmbedError> {
            match model {
                Some(model) => Ok(Box::new(model)),
                None => Err(EmbedError::Load("there is no model".to_owned())),
            }
        };
        Models {
            load: Box::new(load),
            load_static: self.static_model.then_some(Box::new(load_static)),
        }
    }

    #[track_caller]
    pub(crate) fn start(&self) -> Running {
        self.start_with(self.models())
    }

    #[track_caller]
    pub(crate) fn start_with(&self, models: Models) -> Running {
        self.try_start_with(models).unwrap()
    }

    /// Fails if the data directory cannot be opened.
    #[cfg(target_os = "linux")]
    pub(crate) fn try_start(&self) -> Result<Running, EngineError> {
        self.try_start_with(self.models())
    }

    fn try_start_with(&self, models: Models) -> Result<Running, EngineError> {
        self.run(models, Engine::start)
    }

    /// Reads what another engine has stored.
    #[track_caller]
    pub(crate) fn read(&self) -> Running {
        self.run(self.models(), Engine::start_read_only).unwrap()
    }

    fn run(
        &self,
        models: Models,
        start: impl FnOnce(EngineConfig, Box<Tell>) -> Result<Engine, EngineError>,
    ) -> Result<Running, EngineError> {
        let (ring, bell) = bounded(1);
        let clock = ScriptedClock::new();
        let (watcher_in, watcher) = bounded(1);
        let start_watcher: Box<StartWatcher> = Box::new(move |out| {
            let watcher = ScriptedWatcher::new(out);
            watcher_in.send(watcher.clone()).unwrap();
            Ok(Box::new(watcher))
        });
        let config = EngineConfig {
            disk_limit: self.disk_limit,
            vectors_of: None,
            data_dir: self.data.clone(),
            models,
            watcher: self.watch.then_some(start_watcher),
            clock: Arc::new(clock.clone()),
            catch_up: self.catch_up,
            background: self.background,
        };
        let tell = move |_| {
            // A bell that is already ringing need not ring again.
            let _ = ring.try_send(());
        };
        let engine = start(config, Box::new(tell))?;
        let watcher = watcher.try_recv().ok();
        Ok(Running { engine, bell, data: self.data.clone(), watcher, clock })
    }

    /// Starts an engine and fully indexes these folders.
    #[track_caller]
    pub(crate) fn index(&self, folders: &[&Path]) -> Running {
        let engine = self.start();
        for folder in folders {
            engine.add_folder(folder).unwrap();
        }
        engine.settle(self.model.is_some()).unwrap();
        engine
    }
}

impl Deref for Running {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl Running {
    /// Waits until `wanted` is true, while time passes.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, wanted: impl FnMut(&Engine) -> bool) {
        self.wait(what, Duration::from_millis(100), wanted);
    }

    /// Waits until `wanted` is true, without time passing.
    #[track_caller]
    pub(crate) fn until_at_once(&self, what: &str, wanted: impl Fn(&Engine) -> bool) {
        self.wait(what, Duration::ZERO, wanted);
    }

    #[track_caller]
    fn wait(&self, what: &str, step: Duration, mut wanted: impl FnMut(&Engine) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.engine) {
            assert!(Instant::now() < end, "never happened: {what}\n{:#?}", self.status());
            self.clock.advance(step);
            // The bell rings with every change; without one, time still passes.
            let _ = self.bell.recv_timeout(Duration::from_millis(10));
        }
    }

    /// Scans a folder again and waits until all of it is searchable.
    #[track_caller]
    pub(crate) fn look_again(&self, folder: &Path) {
        self.add_folder(folder).unwrap();
        self.settle(self.wait_for_model().is_ok()).unwrap();
    }

    #[track_caller]
    pub(crate) fn ask(&self, mode: Mode, text: &str) -> Answer {
        self.search(&Query { mode, ..Query::new(text, 1000) }).unwrap()
    }

    /// The files found, best first.
    #[track_caller]
    pub(crate) fn files(&self, mode: Mode, text: &str) -> Vec<String> {
        let mut files: Vec<String> = Vec::new();
        for hit in self.ask(mode, text).hits {
            if !files.iter().any(|file| *file == *hit.path.as_str()) {
                files.push(hit.path.to_string());
            }
        }
        files
    }

    /// The files that contain the word, sorted by path.
    #[track_caller]
    pub(crate) fn with_word(&self, word: &str) -> Vec<String> {
        let mut files = self.files(Mode::Words, word);
        files.sort();
        files
    }

    /// The best file by meaning.
    #[track_caller]
    pub(crate) fn nearest(&self, text: &str) -> String {
        self.files(Mode::Meaning, text).into_iter().next().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn folder(&self, root: RootId) -> FolderStatus {
        let status = self.status();
        status.folders.iter().find(|folder| folder.id == root).cloned().unwrap()
    }

    /// The paths skipped in a folder, with the name of each reason.
    #[track_caller]
    pub(crate) fn left_out(&self, root: RootId) -> Vec<(String, String)> {
        let name = |reason: &descry_base::SkipReason| {
            let text = format!("{reason:?}");
            text.split([' ', '{']).next().unwrap_or_default().to_owned()
        };
        let skipped = self.skipped(root).unwrap();
        skipped.into_iter().map(|entry| (entry.path, name(&entry.reason))).collect()
    }
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}
