//! A folder that is indexed and asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use descry_base::ChunkId;
use descry_engine::{
    Answer, Engine, EngineConfig, Query, Snapshot, Sources, StaticEmbedder, SystemClock,
    search_with,
};
use rayon::prelude::*;

use crate::configuration::{Configuration, Coverage};
use crate::questions::Questions;
use descry_evaluation::score::K;

/// An indexed folder, with all its dense vectors where they are asked for.
pub(crate) struct Folder {
    pub(crate) engine: Engine,
    questions: Questions,
    views: BTreeMap<Coverage, Arc<Snapshot>>,
    /// How long words and static vectors took, then dense vectors.
    pub(crate) indexed: [Duration; 2],
}

/// How a folder is indexed.
pub(crate) struct Indexing {
    /// Where the index is kept.
    pub(crate) data: PathBuf,
    /// The model, if not the bundled one.
    pub(crate) model: Option<PathBuf>,
    /// Compute dense vectors.
    pub(crate) full: bool,
    /// The data folder of another index, whose vectors are taken where texts are the same.
    pub(crate) vectors_of: Option<PathBuf>,
}

impl Folder {
    /// Indexes `folder`, as far as it is not indexed yet.
    pub(crate) fn open(folder: &Path, how: Indexing) -> Result<Folder> {
        let begun = Instant::now();
        let Indexing { data, model, full, vectors_of } = how;
        let config = EngineConfig {
            data_dir: data.clone(),
            models: descry_session::models(model, descry_bundled::bundled()),
            watcher: None,
            clock: Arc::new(SystemClock),
            catch_up: true,
            vectors_of,
            background: full,
        };
        let engine = Engine::start(config, |_| {})
            .with_context(|| format!("opening the index in {}", data.display()))?;
        let model = engine.wait_for_model()?;
        let root = engine.add_folder(folder)?;
        engine.settle(false)?;
        // The index may have been moved with its folder, and knows it by the old path as well.
        for other in engine.snapshot().shards.iter().filter(|other| other.root != root) {
            engine.remove_folder(other.root)?;
        }
        let instant = begun.elapsed();
        if full {
            engine.settle(true)?;
        }
        let indexed = [instant, begun.elapsed()];
        let questions = Questions::open(&data, &model.space.to_string())?;
        Ok(Folder { engine, questions, views: BTreeMap::new(), indexed })
    }

    /// The engine's own times for these questions.
    pub(crate) fn times<'q>(
        &self,
        questions: impl Iterator<Item = &'q str>,
    ) -> Result<Vec<Duration>> {
        questions.map(|text| Ok(self.engine.search(&Query::new(text, K))?.elapsed)).collect()
    }

    /// The answers in one configuration, of at most `limit` hits, in the order of the questions.
    pub(crate) fn ask(
        &mut self,
        configuration: &Configuration,
        questions: &[&str],
        limit: usize,
    ) -> Result<Vec<Answer>> {
        let tiers = configuration.tiers;
        if tiers.static_vectors || tiers.dense_vectors {
            self.questions.embed(&self.engine.sources(), questions)?;
        }
        let view = self.view(configuration.coverage)?;
        let asked = Asked { engine: self.engine.sources(), questions: &self.questions };
        questions
            .par_iter()
            .map(|text| {
                let query = Query { tiers, ..Query::new(*text, limit) };
                Ok(search_with(&view, &query, &asked, &configuration.weights)?)
            })
            .collect()
    }

    fn view(&mut self, coverage: Coverage) -> Result<Arc<Snapshot>> {
        if let Some(view) = self.views.get(&coverage) {
            return Ok(Arc::clone(view));
        }
        let snapshot = self.engine.snapshot();
        let with_static = |shard| -> Result<_> {
            Ok(Arc::new(self.engine.with_static(shard, &coverage.of(shard))?))
        };
        let shards: Result<_> = snapshot.shards.iter().map(|shard| with_static(shard)).collect();
        let view = Arc::new(Snapshot { shards: shards?, ..*snapshot });
        self.views.insert(coverage, Arc::clone(&view));
        Ok(view)
    }
}

/// The engine's sources with vectors at hand, and without the weighing of lines, which no figure
/// sees.
struct Asked<'a, S> {
    engine: S,
    questions: &'a Questions,
}

impl<S: Sources> Sources for Asked<'_, S> {
    fn texts(&self, ids: &[ChunkId]) -> Vec<Option<String>> {
        self.engine.texts(ids)
    }

    fn vector(&self, text: &str) -> Box<dyn FnOnce() -> Result<Vec<f32>, String> + '_> {
        match self.questions.vector(text) {
            Some(known) => Box::new(move || Ok(known.to_vec())),
            None => self.engine.vector(text),
        }
    }

    fn static_model(&self) -> Option<&dyn StaticEmbedder> {
        None
    }
}
