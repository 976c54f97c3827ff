//! A folder changes, and nobody says so: the engine notices.

use std::fs;

use descry_engine::{Mode, Phase, Query, WatchStatus};
use descry_testkit::{fixture, put};

use crate::kit::{PROJECT, Setup};

#[test]
fn changes_are_noticed() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    engine.until("it is watched", |engine| {
        engine.status().folders.iter().any(|folder| folder.watch != WatchStatus::Off)
    });
    let with = |word: &'static str, expected: &'static [&'static str]| {
        engine.until(word, move |engine| {
            let query = Query { mode: Mode::Words, ..Query::new(word, 100) };
            let hits = engine.search(&query).unwrap().hits;
            let mut files: Vec<&str> = hits.iter().map(|hit| hit.path.as_str()).collect();
            files.sort_unstable();
            files == expected
        });
    };
    put(folder.path(), "//- /docs/kitchen.md\nThe oven is cold.\n");
    with("oven", &["docs/kitchen.md"]);
    with("kettle", &[]);
    put(folder.path(), "//- /new/deep/tea.md\nThe kettle whistles.\n");
    with("kettle", &["new/deep/tea.md"]);
    fs::rename(folder.path().join("new"), folder.path().join("old")).unwrap();
    with("kettle", &["old/deep/tea.md"]);
    fs::remove_file(folder.path().join("src/retry.rs")).unwrap();
    with("attempts", &[]);
    put(folder.path(), "//- /.ignore\nold/\n");
    with("kettle", &[]);
    fs::remove_file(folder.path().join(".ignore")).unwrap();
    with("kettle", &["old/deep/tea.md"]);
    fs::remove_dir_all(folder.path().join("old")).unwrap();
    with("kettle", &[]);

    let elsewhere = folder.path().with_extension("elsewhere");
    let phase = |wanted: Phase| {
        engine.until("another phase", move |engine| {
            engine.status().folders.iter().any(|folder| folder.id == id && folder.phase == wanted)
        });
    };
    fs::rename(folder.path(), &elsewhere).unwrap();
    phase(Phase::Missing);
    assert_eq!(engine.with_word("oven"), ["docs/kitchen.md"], "what was known still answers");
    put(&elsewhere, "//- /meanwhile.md\nA fridge.\n");
    fs::rename(&elsewhere, folder.path()).unwrap();
    phase(Phase::Ready);
    with("fridge", &["meanwhile.md"]);
    with("oven", &["docs/kitchen.md"]);
}

#[test]
fn a_folder_that_changes_while_it_is_first_read_ends_up_right() {
    let folder = fixture(&many(0..300));
    let data = fixture("");
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.start();
    engine.add_folder(folder.path()).unwrap();
    for number in (0..300).step_by(7) {
        fs::remove_file(folder.path().join(format!("src/f{number}.md"))).unwrap();
    }
    put(folder.path(), "//- /src/f1.md\nThe word is changed.\n");
    engine.until("every file as it is on disk", |engine| {
        let query = Query { mode: Mode::Words, ..Query::new("numbered", 1000) };
        engine.search(&query).unwrap().hits.len() == 300 - 43 - 1
            && engine.status().folders.iter().any(|folder| folder.files == 300 - 43)
    });
    assert_eq!(engine.with_word("changed"), ["src/f1.md"]);
}

fn many(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("//- /src/f{n}.md\nThis is numbered {n}.\n")).collect()
}
