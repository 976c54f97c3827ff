//! A whole measurement: copy, index, questions, figures.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use descry_engine::{
    Engine, EngineConfig, EngineError, ModelStatus, Models, Notification, Query, SystemClock,
};
use serde::Serialize;

use crate::question::{Question, QuestionKind};
use crate::report::{EvaluatedTier, Missed, QuestionSet, Report, TierScore};
use crate::score::{Found, K, Score, ranks};
use crate::{EvaluationError, History, commit_questions, copy};

/// The interval between checks for cancellation.
const LOOK: Duration = Duration::from_millis(100);

/// The maximum number of missed questions to report.
const MISSED: usize = 20;

/// How to measure a folder.
pub struct Config {
    /// The models to measure.
    pub models: Models,
    /// The data directory of an existing index, to reuse its vectors.
    pub vectors_of: Option<PathBuf>,
    /// Whether to fail if there is no model, instead of measuring words alone.
    pub needs_model: bool,
    /// The maximum number of questions of each kind.
    pub most: usize,
}

/// The phases of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EvaluationPhase {
    /// The folder is being read and copied.
    Reading,
    /// The copy is being indexed.
    Indexing,
    /// Dense vectors are being computed.
    Embedding,
    /// The questions are being asked.
    Asking,
}

/// Progress of a measurement: `done` of `total`, which is 0 if unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The current phase.
    pub phase: EvaluationPhase,
    /// The amount done.
    pub done: usize,
    /// The total amount.
    pub total: usize,
}

/// Measures a folder. This takes as long as embedding the folder, less what was embedded before
/// (see [`Config::vectors_of`]); `scratch` gets a copy of the folder and its index.
///
/// # Errors
/// If the folder cannot be read, the copy cannot be written or indexed, or `cancelled` is set.
pub fn evaluate(
    folder: &Path,
    scratch: &Path,
    config: Config,
    progress: &dyn Fn(Progress),
    cancelled: &AtomicBool,
) -> Result<Report, EvaluationError> {
    let begun = Instant::now();
    progress(Progress { phase: EvaluationPhase::Reading, done: 0, total: 0 });
    let copied = scratch.join("copy");
    fs::create_dir_all(&copied)
        .map_err(|cause| EvaluationError::Scratch { path: copied.clone(), cause })?;
    let docs = copy(folder, &copied, config.most, cancelled)?;
    let is_there = |path: &str| copied.join(path).is_file();
    let commits = commit_questions(&History::of(folder), config.most, is_there);

    let (told, heard) = bounded(64);
    let sink = move |notification| {
        // Full or disconnected: the next notification says the same and more.
        let _ = told.try_send(notification);
    };
    let engine_config = EngineConfig {
        disk_limit: None,
        data_dir: scratch.join("index"),
        models: config.models,
        vectors_of: config.vectors_of,
        watcher: None,
        clock: Arc::new(SystemClock),
        catch_up: true,
        background: true,
    };
    let engine = Engine::start(engine_config, sink)?;
    engine.add_folder(&copied)?;
    let needs_model = config.needs_model;
    let has_model = wait_until_indexed(&engine, &heard, needs_model, progress, cancelled)?;
    let model = match &engine.status().model {
        ModelStatus::Ready { name, .. } => Some(name.clone()),
        ModelStatus::Loading | ModelStatus::Failed { .. } => None,
    };

    let too_few = |what: &str| format!("The folder has no {what} that would make a question.");
    let docs = if docs.is_empty() { Err(too_few("doc comment")) } else { Ok(docs) };
    let commits = commits.and_then(|questions| match questions.is_empty() {
        true => Err(too_few("commit")),
        false => Ok(questions),
    });
    let all = [(QuestionKind::DocComments, docs), (QuestionKind::Commits, commits)];
    let total = all.iter().map(|(_, set)| set.as_ref().map_or(0, Vec::len)).sum();
    let mut done = 0;
    progress(Progress { phase: EvaluationPhase::Asking, done, total });
    let mut asked = || {
        progress(Progress { phase: EvaluationPhase::Asking, done, total });
        done += 1;
        match cancelled.load(Ordering::Relaxed) {
            true => Err(EvaluationError::Cancelled),
            false => Ok(()),
        }
    };
    let sets = all
        .into_iter()
        .map(|(kind, questions)| match questions {
            Ok(questions) => ask(&engine, kind, &questions, has_model, &mut asked),
            Err(note) => Ok(QuestionSet {
                kind,
                questions: 0,
                note: Some(note),
                scores: Vec::new(),
                missed: Vec::new(),
            }),
        })
        .collect::<Result<_, EvaluationError>>()?;
    Ok(Report { model, seconds: begun.elapsed().as_secs_f64(), sets })
}

/// Waits until the copy is indexed and embedded; false if there is no model.
fn wait_until_indexed(
    engine: &Engine,
    heard: &Receiver<Notification>,
    needs_model: bool,
    progress: &dyn Fn(Progress),
    cancelled: &AtomicBool,
) -> Result<bool, EvaluationError> {
    loop {
        if cancelled.load(Ordering::Relaxed) {
            return Err(EvaluationError::Cancelled);
        }
        match heard.recv_timeout(LOOK) {
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(EngineError::Stopped.into()),
        }
        let status = engine.status();
        let Some(folder) = status.folders.first() else { continue };
        let coverage = folder.coverage;
        match (&folder.phase, &status.model) {
            (descry_engine::Phase::Failed { message }, _) => {
                return Err(EvaluationError::Indexing { message: message.clone() });
            }
            (_, ModelStatus::Failed { reason }) if needs_model => {
                return Err(EvaluationError::Model { reason: reason.clone() });
            }
            (descry_engine::Phase::Ready, ModelStatus::Failed { .. }) => {
                engine.settle(false)?;
                return Ok(false);
            }
            (descry_engine::Phase::Ready, ModelStatus::Ready { .. }) => {
                progress(Progress {
                    phase: EvaluationPhase::Embedding,
                    done: coverage.dense_vectors,
                    total: coverage.chunks,
                });
                // A chunk that cannot be embedded keeps its static vector: `wait_until_indexed`
                // allows for it, the count does not.
                if coverage.dense_vectors == coverage.chunks || folder.time_left.is_none() {
                    engine.settle(true)?;
                    return Ok(true);
                }
            }
            _ => progress(Progress {
                phase: EvaluationPhase::Indexing,
                done: folder.files,
                total: folder.files_found,
            }),
        }
    }
}

fn ask(
    engine: &Engine,
    kind: QuestionKind,
    questions: &[Question],
    has_model: bool,
    asked: &mut dyn FnMut() -> Result<(), EvaluationError>,
) -> Result<QuestionSet, EvaluationError> {
    let measured =
        EvaluatedTier::ALL.into_iter().filter(|tier| has_model || *tier == EvaluatedTier::Lexical);
    let measured: Vec<EvaluatedTier> = measured.collect();
    let mut scores = Vec::new();
    let mut missed: Vec<Missed> = Vec::new();
    for (at, tier) in measured.iter().enumerate() {
        let is_last = at + 1 == measured.len();
        let (mut sum, mut first) = (Vec::new(), 0);
        for question in questions {
            if at == 0 {
                asked()?;
            }
            let found = find(engine, &question.text, *tier)?;
            sum.push(Score::of(&found, &question.targets));
            let best = ranks(&found, &question.targets).min();
            first += usize::from(best == Some(1));
            if is_last && best != Some(1) {
                missed.extend(question.targets.first().map(|target| Missed {
                    text: question.text.clone(),
                    path: target.path.clone(),
                    line: target.lines.map(|(first, _)| first),
                    rank: best.map(|rank| rank as u32),
                }));
            }
        }
        let mean = Score::mean(sum);
        let first = first as f64 / questions.len() as f64;
        scores.push(TierScore { tier: *tier, mrr: mean.mrr, ndcg: mean.ndcg, first });
    }
    missed.sort_by_key(|missed| std::cmp::Reverse(missed.rank.unwrap_or(u32::MAX)));
    missed.truncate(MISSED);
    Ok(QuestionSet { kind, questions: questions.len(), note: None, scores, missed })
}

fn find(engine: &Engine, text: &str, tier: EvaluatedTier) -> Result<Vec<Found>, EvaluationError> {
    let query = Query { tiers: tier.tiers(), ..Query::new(text, K) };
    let answer = engine.search(&query)?;
    let found = answer.hits.into_iter().map(|hit| Found {
        path: hit.path.to_string(),
        start_line: Some(hit.span.first_line + 1),
        end_line: Some(hit.span.end_line.max(hit.span.first_line + 1)),
        why: String::new(),
    });
    Ok(found.collect())
}
