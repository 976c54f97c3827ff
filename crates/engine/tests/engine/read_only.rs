//! An engine beside the owner of the data directory, as if that one did not answer.

use descry_base::ChunkId;
use descry_engine::{Answer, EngineError, Mode, Notice};
use descry_testkit::{fixture, put};

use crate::kit::{PROJECT, Setup};

#[test]
fn it_finds_what_the_owner_has_stored() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let owner = Setup::new(data.path()).index(&[folder.path()]);
    let reader = Setup::new(data.path()).read();
    reader.settle(false).unwrap();
    // The owner has not saved its vectors yet.
    reader.wait_for_model().unwrap();
    reader.until("the vectors are open", |reader| {
        let [folder] = &reader.status().folders[..] else { return false };
        folder.coverage == owner.status().folders[0].coverage
    });
    for (mode, text, path) in [
        (Mode::Words, "kettle", "docs/kitchen.md"),
        (Mode::Meaning, "teapot", "docs/kitchen.md"),
        (Mode::All, "surrender after many tries", "src/retry.rs"),
    ] {
        let (ours, theirs) = (reader.ask(mode, text), owner.ask(mode, text));
        assert_eq!(ours.hits[0].path.as_str(), path, "{text}");
        let order =
            |answer: &Answer| -> Vec<ChunkId> { answer.hits.iter().map(|hit| hit.chunk).collect() };
        assert_eq!(order(&ours), order(&theirs), "{text}");
        assert_eq!((ours.notice, theirs.notice), (Some(Notice::OwnerSilent), None), "{text}");
    }
}

#[test]
fn it_follows_the_owner_until_that_ends() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let owner = Setup::new(data.path()).index(&[folder.path()]);
    let reader = Setup::new(data.path()).read();
    reader.settle(false).unwrap();
    put(folder.path(), "//- /src/late.rs\nfn latecomer() {}\n//- /src/config.py\nchanged = 1\n");
    owner.look_again(folder.path());
    let found = |word: &str| reader.with_word(word);
    reader.until("the new file is found", |_| found("latecomer") == ["src/late.rs"]);
    assert_eq!(reader.with_word("settings"), Vec::<String>::new());
    let added = fixture("//- /new.md\nA new folder.\n");
    owner.add_folder(added.path()).unwrap();
    owner.settle(false).unwrap();
    reader.until("the new folder is there", |reader| reader.status().folders.len() == 2);
    owner.remove_folder(owner.status().folders[0].id).unwrap();
    reader.until("the folder is gone", |reader| reader.status().folders.len() == 1);
    assert_eq!(reader.with_word("kettle"), Vec::<String>::new());
    drop(owner);
    reader.until("it ends", |reader| reader.has_ended());
    assert!(matches!(reader.settle(false), Err(EngineError::Ended(_))));
}

#[test]
fn it_changes_nothing() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let owner = Setup::new(data.path()).index(&[folder.path()]);
    let reader = Setup::new(data.path()).read();
    reader.settle(false).unwrap();
    let root = owner.status().folders[0].id;
    let refused = [
        reader.add_folder(folder.path()).map(drop),
        reader.remove_folder(root),
        reader.check_folder(root),
        reader.pause_folder(root, true),
        reader.settle(true),
    ];
    for result in refused {
        assert!(matches!(result, Err(EngineError::ReadOnly)), "{result:?}");
    }
    drop(reader);
    owner.look_again(folder.path());
    assert_eq!(owner.with_word("kettle"), ["docs/kitchen.md"]);
}

#[test]
fn without_an_index_there_is_nothing_to_read() {
    let data = fixture("");
    let started = std::panic::catch_unwind(|| Setup::new(data.path()).read());
    assert!(started.is_err());
}
