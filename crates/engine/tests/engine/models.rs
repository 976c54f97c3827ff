//! Both models, one of them, neither, or the wrong one.

use descry_embed::{EmbedError, Embedder, StaticEmbedder};
use descry_engine::{EngineError, FolderStatus, Mode, ModelStatus, Models, Notice};
use descry_testkit::{FakeModel, fixture, put};

use crate::kit::{PROJECT, SYNONYMS, Setup};

#[test]
fn without_a_model_words_answer_and_say_so() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    for static_model in [true, false] {
        let engine =
            Setup { model: None, static_model, ..Setup::new(data.path()) }.index(&[folder.path()]);
        assert!(engine.wait_for_model().is_err());
        assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
        let answer = engine.ask(Mode::All, "kettle");
        assert_eq!(answer.hits[0].path.as_str(), "docs/kitchen.md");
        let reason = "there is no model".to_owned();
        assert_eq!(answer.notice, Some(Notice::WordsOnly { reason }));
        assert_eq!(engine.ask(Mode::Meaning, "teapot").hits, []);
        assert_eq!(engine.ask(Mode::Words, "kettle").notice, None, "nobody asked for meaning");
        assert!(matches!(engine.settle(true), Err(EngineError::NoModel(_))));
        assert!(matches!(engine.status().model, ModelStatus::Failed { .. }));
    }
    let setup = Setup::new(data.path());
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.nearest("teapot"), "docs/kitchen.md", "once there is a model it is used");
}

#[test]
fn without_a_static_model_meaning_comes_later() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup { static_model: false, ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs");
    let coverage = engine.status().folders[0].coverage;
    assert_eq!(
        (coverage.dense_vectors, coverage.static_vectors),
        (coverage.chunks, coverage.chunks)
    );
}

#[test]
fn without_background_static_vectors_answer() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup { background: false, ..Setup::new(data.path()) };
    let engine = setup.start();
    engine.wait_for_model().unwrap();
    engine.add_folder(folder.path()).unwrap();
    engine.settle(false).unwrap();
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs");
    assert_eq!(setup.embedded(), 0);
}

#[test]
fn another_model_makes_new_vectors_and_the_old_ones_are_kept() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let first = Setup { static_model: false, ..Setup::new(data.path()) };
    drop(first.index(&[folder.path()]));
    let synonyms = &[("samovar", "kettle")];
    let second = Setup { model: Some(FakeModel::new("second", synonyms)), ..first.clone() };
    let engine = second.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.nearest("samovar"), "docs/kitchen.md");
    assert_eq!(second.embedded(), engine.status().folders[0].coverage.dense_vectors);
    drop(engine);
    let embedded = first.embedded();
    let engine = first.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs");
    assert_eq!(first.embedded(), embedded, "back again costs nothing");
}

#[test]
fn a_static_model_of_another_model_is_not_mixed_in() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    // The static model belongs to "fake"; "second" has another vector space.
    let second = FakeModel::new("second", &[("samovar", "kettle")]);
    let setup = Setup { model: Some(second.clone()), ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    assert_eq!(engine.nearest("samovar"), "docs/kitchen.md");
    let hits = engine.ask(Mode::Meaning, "samovar").hits;
    assert!(hits.iter().all(|hit| !hit.why.from_static));
    assert_eq!(second.embedded(), engine.status().folders[0].coverage.dense_vectors);
}

#[test]
fn a_model_that_panics_costs_only_itself() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let model = FakeModel::new("fake", SYNONYMS);
    let load = move || -> Result<Box<dyn Embedder>, EmbedError> { Ok(Box::new(model)) };
    let load_static =
        || -> Result<Box<dyn StaticEmbedder>, EmbedError> { panic!("a broken static model") };
    let models = Models { load: Box::new(load), load_static: Some(Box::new(load_static)) };
    let engine = setup.start_with(models);
    engine.look_again(folder.path());
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs");
    drop(engine);

    let load = || -> Result<Box<dyn Embedder>, EmbedError> { panic!("a broken model") };
    let engine = setup.start_with(Models { load: Box::new(load), load_static: None });
    engine.settle(false).unwrap();
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
    assert!(matches!(engine.ask(Mode::All, "kettle").notice, Some(Notice::WordsOnly { .. })));
}

#[test]
fn a_model_without_a_student_gets_one_that_is_fitted_to_it() {
    let (folder, data) = (fixture(""), fixture(""));
    let file = |index: u32| {
        let words = ["kettle", "router", "attempt", "socket", "parser", "ledger", "window"];
        let word = |by: u32| words[((index * 7 + 3) / by) as usize % words.len()];
        format!("//- /f{index}.md\n{} {} item{index}\n", word(1), word(5))
    };
    let files = |range: std::ops::Range<u32>| range.map(file).collect::<String>();
    put(folder.path(), &files(0..200));
    // The static model belongs to "fake"; "second" has another vector space.
    let second = FakeModel::new("second", &[]);
    let setup = Setup { model: Some(second), ..Setup::new(data.path()) };
    drop(setup.index(&[folder.path()]));
    let embedded = setup.embedded();
    assert_eq!(embedded, 200);

    put(folder.path(), &files(200..230));
    let idle = Setup { background: false, ..setup };
    let engine = idle.start();
    engine.until("every file has a static vector", |engine| {
        let is_so = |it: &FolderStatus| {
            (it.coverage.chunks, it.coverage.static_vectors, it.coverage.dense_vectors)
                == (230, 230, 200)
        };
        engine.status().folders.first().is_some_and(is_so)
    });
    assert_eq!(idle.embedded(), embedded, "by the static model alone");
    let hits = engine.ask(Mode::Meaning, "item222 kettle").hits;
    let rank = hits.iter().position(|hit| hit.path.as_str() == "f222.md").unwrap();
    let from_static = hits.iter().filter(|hit| hit.why.from_static).count();
    assert_eq!(from_static, 30);
    assert!(rank < 60, "the static vectors are in the model's space: rank {rank}");
}
