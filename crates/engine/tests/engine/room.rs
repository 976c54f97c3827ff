//! An index that may take only so much of the disk.

use descry_base::RootId;
use descry_engine::{Engine, Phase};
use descry_testkit::{fixture, put};

use crate::kit::Setup;

const FILES: usize = 400;

/// Files of words that do not compress: their index takes more than a megabyte.
fn many() -> String {
    let word = |n: usize| format!("w{:x}", (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let text = |file: usize| (0..60).map(|n| word(file * 60 + n)).collect::<Vec<_>>().join(" ");
    (0..FILES).map(|file| format!("//- /f{file}.md\n{}\n", text(file))).collect()
}

fn has_no_room(engine: &Engine, root: RootId) -> bool {
    let status = engine.status();
    let mut folders = status.folders.iter().filter(|folder| folder.id == root);
    folders
        .any(|it| matches!(&it.phase, Phase::Failed { message } if message.contains("its limit")))
}

#[test]
fn a_full_index_stops_says_so_and_goes_on_when_there_is_room() {
    let (folder, data) = (fixture(""), fixture(""));
    put(folder.path(), "//- /first.md\nThe first of all kettles.\n");
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    put(folder.path(), &many());
    engine.limit_disk(Some(1)).unwrap();
    let root = engine.add_folder(folder.path()).unwrap();
    engine.until("it is full", |engine| has_no_room(engine, root));
    engine.settle(true).unwrap();
    engine.until("that is said", |engine| engine.status().disk.full);
    assert_eq!(engine.status().folders[0].files, 1);
    // What it has is found, and follows edits; what is new waits.
    put(folder.path(), "//- /first.md\nThe first of all lanterns.\n//- /new.md\nA violet.\n");
    engine.look_again(folder.path());
    assert_eq!(engine.with_word("lanterns"), ["first.md"]);
    assert_eq!(engine.with_word("violet"), Vec::<String>::new());
    engine.until("it still says so", |engine| has_no_room(engine, root));
    // The limit holds over a restart.
    drop(engine);
    let engine = Setup { disk_limit: Some(1), ..setup }.start();
    engine.settle(true).unwrap();
    engine.until("it is still full", |engine| has_no_room(engine, root));
    assert_eq!(engine.with_word("violet"), Vec::<String>::new());
    engine.limit_disk(None).unwrap();
    engine.settle(true).unwrap();
    assert_eq!(engine.with_word("violet"), ["new.md"]);
    engine.until("all is there", |engine| {
        let folder = &engine.status().folders[0];
        let all = folder.coverage.dense_vectors == folder.coverage.chunks;
        all && (folder.files, &folder.phase) == (FILES + 2, &Phase::Ready)
    });
}

#[test]
fn removing_a_folder_makes_room_for_another() {
    let (large, small, data) = (fixture(&many()), fixture(""), fixture(""));
    let engine = Setup::new(data.path()).index(&[large.path()]);
    // Without the folder, little more than the reserved megabyte is left.
    engine.limit_disk(Some(1_350_000)).unwrap();
    put(small.path(), "//- /a.md\nA small violet.\n");
    let root = engine.add_folder(small.path()).unwrap();
    engine.until("it is full", |engine| has_no_room(engine, root));
    engine.remove_folder(engine.status().folders[0].id).unwrap();
    engine.until("there is room", |_| engine.with_word("violet") == ["a.md"]);
    engine.until("that is said", |engine| !engine.status().disk.full);
}
