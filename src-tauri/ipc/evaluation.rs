//! Measuring how well things are found in a folder: one measurement at a time, which can be cancelled.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use descry_measure::{Config, MeasureError, Progress, Report, measure};
use parking_lot::Mutex;
use tauri::{AppHandle, State};
use tauri_specta::Event;

use super::commands::{Sessions, ask};
use super::types::{
    ErrorCode, Evaluation, EvaluationPhase, EvaluationProgress, IpcError, MeasuredTier,
    MissedQuestion, QuestionKind, QuestionSet, TierScore,
};

/// Questions of each kind: enough for figures that hold to a few hundredths, few enough for a minute.
const QUESTIONS: usize = 300;

/// The measurement that runs, if one does: set to cancel it.
#[derive(Default)]
pub(crate) struct Running(Mutex<Option<Arc<AtomicBool>>>);

impl Running {
    /// Cancels the measurement that runs.
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
            let message = "A folder is being measured already.".to_owned();
            return Err(IpcError { code: ErrorCode::Busy, message });
        }
        none => *none = Some(Arc::clone(&cancelled)),
    }
    let measured = ask(&sessions, move |session| {
        let status = session.status()?;
        let folder = status.folders.iter().find(|folder| folder.id.0 == root);
        let folder = folder.map(|folder| PathBuf::from(&folder.path)).ok_or_else(|| IpcError {
            code: ErrorCode::NotFound,
            message: "The folder is no longer among those added.".to_owned(),
        })?;
        let scratch = tempfile::tempdir().map_err(IpcError::internal)?;
        let chosen = descry_session::chosen_model(&descry_session::data_dir()?)?;
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
        Ok(evaluation(root, measure(&folder, scratch.path(), config, &tell, &cancelled)?))
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

impl From<MeasureError> for IpcError {
    fn from(error: MeasureError) -> IpcError {
        let code = match &error {
            MeasureError::Cancelled => ErrorCode::Cancelled,
            MeasureError::Folder(_) => ErrorCode::Unreadable,
            _ => ErrorCode::Internal,
        };
        IpcError { code, ..IpcError::internal(error) }
    }
}

impl EvaluationProgress {
    fn of(root: u32, progress: Progress) -> EvaluationProgress {
        let phase = match progress.phase {
            descry_measure::Phase::Reading => EvaluationPhase::Reading,
            descry_measure::Phase::Indexing => EvaluationPhase::Indexing,
            descry_measure::Phase::Embedding => EvaluationPhase::Embedding,
            descry_measure::Phase::Asking => EvaluationPhase::Asking,
        };
        let (done, total) = (progress.done as u32, progress.total as u32);
        EvaluationProgress { root, phase, done, total }
    }
}

fn evaluation(root: u32, report: Report) -> Evaluation {
    let score = |score: descry_measure::TierScore| TierScore {
        tier: match score.tier {
            descry_measure::MeasuredTier::Words => MeasuredTier::Words,
            descry_measure::MeasuredTier::Instant => MeasuredTier::Instant,
            descry_measure::MeasuredTier::Full => MeasuredTier::Full,
            descry_measure::MeasuredTier::All => MeasuredTier::All,
        },
        mrr: score.mrr,
        ndcg: score.ndcg,
        first: score.first,
    };
    let missed = |missed: descry_measure::Missed| MissedQuestion {
        text: missed.text,
        path: missed.path,
        line: missed.line,
        rank: missed.rank,
    };
    let set = |set: descry_measure::QuestionSet| QuestionSet {
        kind: match set.kind {
            descry_measure::QuestionKind::DocComments => QuestionKind::DocComments,
            descry_measure::QuestionKind::Commits => QuestionKind::Commits,
        },
        questions: set.questions as u32,
        note: set.note,
        scores: set.scores.into_iter().map(score).collect(),
        missed: set.missed.into_iter().map(missed).collect(),
    };
    let sets = report.sets.into_iter().map(set).collect();
    Evaluation { root, model: report.model, seconds: report.seconds, sets }
}
