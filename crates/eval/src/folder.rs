//! A folder to index and search.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use descry_base::ChunkId;
use descry_engine::evaluation::{self, Snapshot, Sources, StaticEmbedder, search_with};
use descry_engine::{Answer, Engine, EngineConfig, Query, SystemClock};
use rayon::prelude::*;

use crate::configuration::{Configuration, Coverage};
use crate::questions::Questions;
use descry_evaluation::score::K;

/// An indexed folder, with all its dense vectors if requested.
pub(crate) struct Folder {
    pub(crate) engine: Engine,
    questions: Questions,
    views: BTreeMap<Coverage, Arc<Snapshot>>,
    /// The time for words and static vectors, then for dense vectors.
    pub(crate) indexed: [Duration; 2],
}

/// How to index a folder.
pub(crate) struct Indexing {
    /// Where the index is kept.
    pub(crate) data: PathBuf,
    /// The model, if not the bundled one.
    pub(crate) model: Option<PathBuf>,
    /// Whether to compute dense vectors.
    pub(crate) full: bool,
    /// The data folder of another index, to reuse its vectors for equal texts.
    pub(crate) vectors_of: Option<PathBuf>,
}

impl Folder {
    /// Indexes the parts of `folder` that are not indexed yet.
    pub(crate) fn open(folder: &Path, how: Indexing) -> Result<Folder> {
        let begun = Instant::now();
        let Indexing { data, model, full, vectors_of } = how;
        let config = EngineConfig {
            disk_limit: None,
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
        // An index that was moved with its folder also knows the folder by its old path.
        for other in evaluation::snapshot(&engine).shards.iter().filter(|other| other.root != root)
        {
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

    /// The answers in one configuration, with at most `limit` hits each, in the order of the
    /// questions.
    pub(crate) fn ask(
        &mut self,
        configuration: &Configuration,
        questions: &[&str],
        limit: usize,
    ) -> Result<Vec<Answer>> {
        let tiers = configuration.tiers;
        if tiers.static_vectors || tiers.dense_vectors {
            self.questions.embed(&evaluation::sources(&self.engine), questions)?;
        }
        let view = self.view(configuration.coverage)?;
        let asked = Asked { engine: evaluation::sources(&self.engine), questions: &self.questions };
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
        let snapshot = evaluation::snapshot(&self.engine);
        let with_static = |shard| -> Result<_> {
            Ok(Arc::new(evaluation::with_static(&self.engine, shard, &coverage.of(shard))?))
        };
        let shards: Result<_> = snapshot.shards.iter().map(|shard| with_static(shard)).collect();
        let view = Arc::new(Snapshot { shards: shards?, ..*snapshot });
        self.views.insert(coverage, Arc::clone(&view));
        Ok(view)
    }
}

/// The engine's sources with precomputed vectors, and without the weighing of lines, which affects
/// no figure.
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
