//! A whole measurement, with models that need no files.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use descry_embed::{EmbedError, Embedder, StaticEmbedder};
use descry_engine::Models;
use descry_evaluation::{
    Config, EvaluatedTier, EvaluationError, EvaluationPhase, QuestionKind, Report, evaluate,
};
use descry_testkit::{FakeModel, fixture};

const PROJECT: &str = r#"
//- /src/retry.rs
/// Gives up after too many attempts.
pub fn retry(limit: u32) -> bool {
    limit > 3
}

/// Surrenders once the deadline has passed.
pub fn expire(now: u64) -> bool {
    now > 100
}
//- /src/kettle.rs
//! Tea.

/// Boils.
pub fn boil() {}

/// Warms the pot before pouring.
pub fn prepare_pot() {}
//- /tests/retry.rs
/// Checks that nothing is tried twice.
fn twice() {}
"#;

fn models(with: bool) -> Models {
    let model = FakeModel::new("fake", &[("surrenders", "expire"), ("deadline", "now")]);
    let static_model = model.static_model();
    let load = move || -> Result<Box<dyn Embedder>, EmbedError> {
        match with {
            true => Ok(Box::new(model)),
            false => Err(EmbedError::Load("there is no model".to_owned())),
        }
    };
    let load_static =
        move || -> Result<Box<dyn StaticEmbedder>, EmbedError> { Ok(Box::new(static_model)) };
    Models { load: Box::new(load), load_static: with.then_some(Box::new(load_static)) }
}

fn report(folder: &Path, with_model: bool, most: usize) -> Report {
    let scratch = fixture("");
    let config = Config { models: models(with_model), vectors_of: None, needs_model: false, most };
    let phases = RefCell::new(Vec::new());
    let progress = |progress: descry_evaluation::Progress| {
        assert!(progress.done <= progress.total, "{progress:?}");
        let mut phases = phases.borrow_mut();
        if phases.last() != Some(&progress.phase) {
            phases.push(progress.phase);
        }
    };
    let report =
        evaluate(folder, scratch.path(), config, &progress, &AtomicBool::new(false)).unwrap();
    assert_eq!(phases.borrow().first(), Some(&EvaluationPhase::Reading));
    assert_eq!(phases.borrow().last(), Some(&EvaluationPhase::Asking));
    report
}

#[test]
fn doc_comments_are_asked_of_every_way_to_search() {
    let folder = fixture(PROJECT);
    let before = fs::read_to_string(folder.path().join("src/retry.rs")).unwrap();
    let report = report(folder.path(), true, 300);
    assert_eq!(report.model.as_deref(), Some("fake"));
    let [docs, commits] = &report.sets[..] else { panic!("{report:?}") };
    // A one-word comment and a comment in a test give no questions.
    assert_eq!((docs.kind, docs.questions), (QuestionKind::DocComments, 3));
    let tiers: Vec<_> = docs.scores.iter().map(|score| score.tier).collect();
    assert_eq!(tiers, EvaluatedTier::ALL);
    // The comments are blanked: `expire` shares no word with its question but has the same meaning.
    let [words, _, full, _] = &docs.scores[..] else { panic!("{report:?}") };
    assert!(words.mrr < 1.0 && full.mrr > words.mrr, "{report:?}");
    for score in &docs.scores {
        assert!(score.first <= score.mrr && score.mrr <= score.ndcg + 1e-9, "{report:?}");
    }
    assert_eq!(commits.questions, 0);
    assert!(commits.note.is_some(), "{report:?}");
    assert_eq!(fs::read_to_string(folder.path().join("src/retry.rs")).unwrap(), before);
}

#[test]
fn without_a_model_words_are_measured() {
    let report = report(fixture(PROJECT).path(), false, 300);
    assert_eq!(report.model, None);
    let tiers: Vec<_> = report.sets[0].scores.iter().map(|score| score.tier).collect();
    assert_eq!(tiers, [EvaluatedTier::Lexical]);
}

#[test]
fn a_sample_is_the_same_at_every_run() {
    let folder = fixture(PROJECT);
    let (mut first, mut second) = (report(folder.path(), true, 2), report(folder.path(), true, 2));
    assert_eq!(first.sets[0].questions, 2);
    (first.seconds, second.seconds) = (0.0, 0.0);
    assert_eq!(first, second);
}

#[test]
fn it_stops_when_told() {
    let (folder, scratch) = (fixture(PROJECT), fixture(""));
    let config = Config { models: models(true), vectors_of: None, needs_model: true, most: 300 };
    let cancelled = AtomicBool::new(true);
    let ended = evaluate(folder.path(), scratch.path(), config, &|_| (), &cancelled);
    assert!(matches!(ended, Err(EvaluationError::Cancelled)), "{ended:?}");
}

#[test]
fn an_empty_folder_asks_nothing() {
    let report = report(fixture("").path(), true, 300);
    assert!(report.sets.iter().all(|set| set.questions == 0 && set.note.is_some()), "{report:?}");
}
