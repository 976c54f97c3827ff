//! Measures search quality in a folder: one measurement at a time, which can be cancelled.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use descry_evaluation::{Config, EvaluationError, Progress, Report};
use parking_lot::Mutex;
use tauri::{AppHandle, State};
use tauri_specta::Event;

use super::commands::{Sessions, ask};
use super::types::{
    ErrorCode, EvaluatedTier, Evaluation, EvaluationPhase, EvaluationProgress, IpcError,
    MissedQuestion, QuestionKind, QuestionSet, TierScore,
};

/// Questions of each kind: enough for figures exact to a few hundredths, few enough for a minute.
const QUESTIONS: usize = 300;

/// The flag that cancels the running measurement, if there is one.
#[derive(Default)]
pub(crate) struct Running(Mutex<Option<Arc<AtomicBool>>>);

impl Running {
    /// Cancels the running measurement.
    pub(crate) fn cancel(&self) {
        if let Some(cancelled) = &*self.0.lock() {
            cancelled.store(true, Ordering::Relaxed);
        }
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn evaluate(
    app: AppHandle,
    sessions: Sessions<'_>,
    running: State<'_, Running>,
    root: u32,
) -> Result<Evaluation, IpcError> {
    let cancelled = Arc::<AtomicBool>::default();
    match &mut *running.0.lock() {
        Some(_) => {
            let message = "A measurement is already running.".to_owned();
            return Err(IpcError { code: ErrorCode::Busy, message });
        }
        none => *none = Some(Arc::clone(&cancelled)),
    }
    let measured = ask(&sessions, move |session| {
        let status = session.status()?;
        let folder = status.folders.iter().find(|folder| folder.id.0 == root);
        let folder = folder.map(|folder| PathBuf::from(&folder.path)).ok_or_else(|| IpcError {
            code: ErrorCode::NotFound,
            message: "The folder is no longer in the index.".to_owned(),
        })?;
        let scratch = tempfile::tempdir().map_err(IpcError::internal)?;
        let chosen = descry_session::Settings::load(&descry_session::data_dir()?)?.model;
        let config = Config {
            needs_model: false,
            models: descry_session::models(chosen, descry_bundled::bundled()),
            vectors_of: descry_session::data_dir().ok(),
            most: QUESTIONS,
        };
        let tell = |progress: Progress| {
            // The window may be closing.
            let _ = EvaluationProgress::of(root, progress).emit(&app);
        };
        Ok(evaluation(
            root,
            descry_evaluation::evaluate(&folder, scratch.path(), config, &tell, &cancelled)?,
        ))
    })
    .await;
    *running.0.lock() = None;
    measured
}

#[tauri::command]
#[specta::specta]
pub(crate) fn cancel_evaluation(running: State<'_, Running>) {
    running.cancel();
}

impl From<EvaluationError> for IpcError {
    fn from(error: EvaluationError) -> IpcError {
        let code = match &error {
            EvaluationError::Cancelled => ErrorCode::Cancelled,
            EvaluationError::Folder(_) => ErrorCode::Unreadable,
            _ => ErrorCode::Internal,
        };
        IpcError { code, ..IpcError::internal(error) }
    }
}

impl EvaluationProgress {
    fn of(root: u32, progress: Progress) -> EvaluationProgress {
        let phase = match progress.phase {
            descry_evaluation::EvaluationPhase::Reading => EvaluationPhase::Reading,
            descry_evaluation::EvaluationPhase::Indexing => EvaluationPhase::Indexing,
            descry_evaluation::EvaluationPhase::Embedding => EvaluationPhase::Embedding,
            descry_evaluation::EvaluationPhase::Asking => EvaluationPhase::Asking,
        };
        let (done, total) = (progress.done as u32, progress.total as u32);
        EvaluationProgress { root, phase, done, total }
    }
}

fn evaluation(root: u32, report: Report) -> Evaluation {
    let score = |score: descry_evaluation::TierScore| TierScore {
        tier: match score.tier {
            descry_evaluation::EvaluatedTier::Lexical => EvaluatedTier::Words,
            descry_evaluation::EvaluatedTier::Static => EvaluatedTier::Instant,
            descry_evaluation::EvaluatedTier::Dense => EvaluatedTier::Full,
            descry_evaluation::EvaluatedTier::All => EvaluatedTier::All,
        },
        mrr: score.mrr,
        ndcg: score.ndcg,
        first: score.first,
    };
    let missed = |missed: descry_evaluation::Missed| MissedQuestion {
        text: missed.text,
        path: missed.path,
        line: missed.line,
        rank: missed.rank,
    };
    let set = |set: descry_evaluation::QuestionSet| QuestionSet {
        kind: match set.kind {
            descry_evaluation::QuestionKind::DocComments => QuestionKind::DocComments,
            descry_evaluation::QuestionKind::Commits => QuestionKind::Commits,
        },
        questions: set.questions as u32,
        note: set.note,
        scores: set.scores.into_iter().map(score).collect(),
        missed: set.missed.into_iter().map(missed).collect(),
    };
    let sets = report.sets.into_iter().map(set).collect();
    Evaluation { root, model: report.model, seconds: report.seconds, sets }
}
