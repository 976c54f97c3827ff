//! A folder that is indexed and asked.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use descry_base::ChunkId;
use descry_engine::{Answer, Draft, Engine, Query, Snapshot, Sources, search_with};
use descry_session::{Session, SessionConfig};
use rayon::prelude::*;

use crate::configuration::{Configuration, Coverage};
use descry_measure::score::K;

/// An indexed folder with all its exact vectors.
pub(crate) struct Folder {
    session: Session,
    /// The question's vectors, which are the same in every configuration.
    questions: HashMap<String, Result<Vec<f32>, String>>,
    views: BTreeMap<Coverage, Arc<Snapshot>>,
    /// How long words and drafts took, then exact vectors.
    pub(crate) indexed: [Duration; 2],
}

impl Folder {
    /// Indexes `folder` into `data`, as far as it is not there yet, and turns the questions into
    /// vectors.
    pub(crate) fn open<'q>(
        folder: &Path,
        data: PathBuf,
        full: bool,
        questions: impl Iterator<Item = &'q str>,
    ) -> Result<Folder> {
        let begun = Instant::now();
        let session = session(data, full)?;
        let engine = engine(&session)?;
        engine.wait_for_model()?;
        engine.add_folder(folder)?;
        engine.settle(false)?;
        let instant = begun.elapsed();
        if full {
            engine.settle(true)?;
        }
        let indexed = [instant, begun.elapsed()];
        let sources = engine.sources();
        let questions = questions.map(|text| (text.to_owned(), sources.vector(text)())).collect();
        let views = BTreeMap::new();
        drop(sources);
        Ok(Folder { session, questions, views, indexed })
    }

    /// The engine's own times for these questions.
    pub(crate) fn times<'q>(
        &self,
        questions: impl Iterator<Item = &'q str>,
    ) -> Result<Vec<Duration>> {
        let engine = engine(&self.session)?;
        questions.map(|text| Ok(engine.search(&Query::new(text, K))?.elapsed)).collect()
    }

    /// The answers in one configuration, in the order of the questions.
    pub(crate) fn ask(
        &mut self,
        configuration: &Configuration,
        questions: &[&str],
    ) -> Result<Vec<Answer>> {
        let view = self.view(configuration.coverage)?;
        let engine = engine(&self.session)?;
        let asked = Asked { engine: engine.sources(), questions: &self.questions };
        questions
            .par_iter()
            .map(|text| {
                let query = Query { tiers: configuration.tiers, ..Query::new(*text, K) };
                Ok(search_with(&view, &query, &asked, &configuration.weights)?)
            })
            .collect()
    }

    fn view(&mut self, coverage: Coverage) -> Result<Arc<Snapshot>> {
        if let Some(view) = self.views.get(&coverage) {
            return Ok(Arc::clone(view));
        }
        let engine = engine(&self.session)?;
        let snapshot = engine.snapshot();
        let redrafted =
            |shard| -> Result<_> { Ok(Arc::new(engine.redrafted(shard, &coverage.of(shard))?)) };
        let shards: Result<_> = snapshot.shards.iter().map(|shard| redrafted(shard)).collect();
        let view = Arc::new(Snapshot { shards: shards?, ..*snapshot });
        self.views.insert(coverage, Arc::clone(&view));
        Ok(view)
    }
}

/// A session on `data` of which nobody else knows; it embeds exactly if `full`.
pub(crate) fn session(data: PathBuf, full: bool) -> Result<Session> {
    fs::create_dir_all(&data).with_context(|| format!("making {}", data.display()))?;
    let config = SessionConfig {
        data_dir: data,
        model: None,
        watch: false,
        catch_up: true,
        background: full,
        focus: Box::new(|_| false),
    };
    Ok(Session::open(config, |_| {})?)
}

pub(crate) fn engine(session: &Session) -> Result<&Arc<Engine>> {
    session.engine().context("another program uses the data folder")
}

/// The engine's sources with vectors at hand, and without the weighing of lines, which no figure
/// sees.
struct Asked<'a, S> {
    engine: S,
    questions: &'a HashMap<String, Result<Vec<f32>, String>>,
}

impl<S: Sources> Sources for Asked<'_, S> {
    fn texts(&self, ids: &[ChunkId]) -> Vec<Option<String>> {
        self.engine.texts(ids)
    }

    fn vector(&self, text: &str) -> Box<dyn FnOnce() -> Result<Vec<f32>, String> + '_> {
        match self.questions.get(text) {
            Some(known) => {
                let known = known.clone();
                Box::new(move || known)
            }
            None => self.engine.vector(text),
        }
    }

    fn draft(&self) -> Option<&dyn Draft> {
        None
    }
}
