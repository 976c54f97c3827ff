//! What survives a restart.

use descry_catalog::Catalog;
use descry_engine::{Mode, Phase};
use descry_testkit::{fixture, put};

use crate::dump::dump;
use crate::kit::{PROJECT, Running, Setup};

#[test]
fn a_restart_embeds_nothing_and_answers_the_same() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let mut setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    let before = dump(&engine, id);
    let embedded = setup.embedded();
    assert_eq!(embedded, before.chunk_count(), "each chunk once");
    drop(engine);
    for catch_up in [true, false] {
        setup.catch_up = catch_up;
        let engine = setup.start();
        engine.settle(true).unwrap();
        assert_eq!(engine.folder(id).phase, Phase::Ready);
        let words = engine.with_word("kettle");
        assert_eq!(words, ["docs/kitchen.md"]);
        dump(&engine, id).assert_same(dump(&engine, id), "a dump is the same twice");
        assert_eq!(setup.embedded(), embedded);
    }
    let engine = setup.start();
    engine.settle(true).unwrap();
    dump(&engine, id).assert_same(before, "after restarts");
}

#[test]
fn what_was_not_read_to_its_end_says_so_until_it_is() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let mut setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    assert!(!engine.folder(id).unfinished);
    drop(engine);
    // The state after a kill in the middle of a scan.
    let catalog = Catalog::open(&data.path().join("catalog.sqlite")).unwrap();
    catalog.set_unfinished(id, 658, 0).unwrap();
    drop(catalog);
    setup.catch_up = false;
    for _ in 0..2 {
        let engine = setup.start();
        engine.settle(false).unwrap();
        let found = engine.folder(id);
        assert_eq!((found.phase, found.files_found), (Phase::Ready, 658));
        assert!(found.unfinished && found.files < 658);
    }
    let engine = setup.start();
    engine.look_again(folder.path());
    let found = engine.folder(id);
    assert_eq!((found.unfinished, found.files_found), (false, found.files));
    drop(engine);
    let engine = setup.start();
    engine.settle(false).unwrap();
    assert!(!engine.folder(id).unfinished);
}

#[test]
fn a_folder_that_is_gone_is_told_without_a_look_at_its_files() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let mut setup = Setup::new(data.path());
    let id = setup.index(&[folder.path()]).status().folders[0].id;
    drop(folder);
    setup.catch_up = false;
    let engine = setup.start();
    engine.settle(false).unwrap();
    assert_eq!(engine.folder(id).phase, Phase::Missing);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
}

#[test]
fn what_another_chunker_cut_is_cut_again() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    let (before, embedded) = (dump(&engine, id), setup.embedded());
    let chunk = |engine: &Running| engine.ask(Mode::Words, "kettle").hits[0].chunk;
    let first = chunk(&engine);
    drop(engine);
    let restarted = || {
        let engine = setup.start();
        engine.settle(true).unwrap();
        engine
    };
    assert_eq!(chunk(&restarted()), first, "it was this one");

    let catalog = Catalog::open(&data.path().join("catalog.sqlite")).unwrap();
    catalog.set_finished(id, 0).unwrap();
    drop(catalog);
    let engine = restarted();
    let again = chunk(&engine);
    assert_ne!(again, first);
    dump(&engine, id).assert_same(before, "the same text is cut the same");
    assert_eq!(setup.embedded(), embedded, "the same chunks have their vectors");
    drop(engine);
    assert_eq!(chunk(&restarted()), again, "once is enough");
}

#[test]
fn what_changed_while_nobody_watched_is_caught_up_with() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    drop(setup.index(&[folder.path()]));
    put(folder.path(), "//- /docs/kitchen.md\nThe oven is cold.\n//- /new.md\nAn oven.\n");
    std::fs::remove_file(folder.path().join("src/retry.rs")).unwrap();
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.with_word("oven"), ["docs/kitchen.md", "new.md"]);
    assert_eq!(engine.with_word("attempts"), [""; 0]);
}

#[test]
fn a_folder_that_is_away_still_answers() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    drop(engine);
    let elsewhere = folder.path().with_extension("elsewhere");
    std::fs::rename(folder.path(), &elsewhere).unwrap();
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.folder(id).phase, Phase::Missing);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
    drop(engine);
    std::fs::rename(&elsewhere, folder.path()).unwrap();
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.folder(id).phase, Phase::Ready);
}

#[test]
fn what_a_removal_left_behind_is_deleted_at_the_next_start() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    drop(setup.index(&[folder.path()]));
    let left = data.path().join("folders/4711/words");
    std::fs::create_dir_all(&left).unwrap();
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert!(!left.exists());
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
}
