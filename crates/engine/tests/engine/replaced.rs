//! The data directory is deleted or replaced while an engine has it open.

use std::fs;

use descry_engine::EngineError;
use descry_testkit::{fixture, put};

use crate::dump::dump;
use crate::kit::{PROJECT, Setup};

/// A project of the same shape as [`PROJECT`], so that all ids are the same.
fn other() -> String {
    PROJECT.replace("attempts", "hours").replace("kettle", "carpet").replace("routes", "trains")
}

#[test]
fn two_owners_never_mix_their_indexes() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let place = data.path().join("data");
    let setup = Setup::new(&place);
    let first = setup.index(&[folder.path()]);
    fs::remove_dir_all(&place).unwrap();
    // Another process indexes other content. Its lock is another file.
    let changed = fixture(&other());
    let second = setup.index(&[changed.path()]);
    let id = second.status().folders[0].id;
    let expected = dump(&second, id);
    drop(second);
    // The first one still has work, and saves its vectors when it ends.
    put(folder.path(), "//- /new.md\nA word that is new.\n");
    let refused = first.add_folder(folder.path());
    assert!(matches!(refused, Err(EngineError::Ended(_))), "{refused:?}");
    drop(first);

    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.status().folders[0].path, changed.path().display().to_string());
    dump(&engine, id).assert_same(expected, "nothing of the first owner");
    assert_eq!(engine.with_word("carpet"), ["docs/kitchen.md"]);
}

#[test]
fn an_owner_without_its_directory_ends_and_says_so() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let place = data.path().join("data");
    let setup = Setup::new(&place);
    let engine = setup.index(&[folder.path()]);
    fs::remove_dir_all(&place).unwrap();
    engine.until("it ends", descry_engine::Engine::has_ended);
    let query = descry_engine::Query::new("kettle", 10);
    let refused = engine.search(&query).map(|answer| answer.hits.len());
    let Err(EngineError::Ended(reason)) = refused else { panic!("{refused:?}") };
    assert!(reason.ends_with("was deleted or replaced"), "{reason}");
    assert!(matches!(engine.settle(false), Err(EngineError::Ended(_))));
    drop(engine);
    assert!(!place.exists(), "nothing is written there any longer");
    let engine = setup.index(&[folder.path()]);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
}

#[test]
fn an_index_from_another_catalog_is_made_again() {
    let (one, two) = (fixture(""), fixture(""));
    let (folder, changed) = (fixture(PROJECT), fixture(&other()));
    let (setup, foreign) = (Setup::new(one.path()), Setup::new(two.path()));
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    let expected = dump(&engine, id);
    drop(engine);
    drop(foreign.index(&[changed.path()]));
    for name in ["words", "vectors"] {
        let index = |data: &std::path::Path| data.join("folders").join(id.to_string()).join(name);
        fs::remove_dir_all(index(one.path())).unwrap();
        fs::rename(index(two.path()), index(one.path())).unwrap();
    }
    let engine = setup.start();
    engine.settle(true).unwrap();
    dump(&engine, id).assert_same(expected, "made again");
}
