//! Adding, removing and pausing folders.

use std::fs;

use descry_base::RelPath;
use descry_engine::{Clock, EngineError, Mode, Phase, Query};
use descry_testkit::{fixture, put};

use crate::kit::{PROJECT, Setup, files_below};

#[test]
fn an_added_folder_answers_by_words_and_by_meaning() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
    assert_eq!(engine.with_word("surrender"), [""; 0], "no file has this word");
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs");
    assert_eq!(engine.files(Mode::All, "surrender tries")[0], "src/retry.rs");
    let folder = &engine.status().folders[0];
    assert_eq!(folder.phase, Phase::Ready);
    assert_eq!(folder.files, 4);
    assert_eq!(
        folder.coverage.chunks, folder.coverage.dense_vectors,
        "what settled is in the status"
    );
}

#[test]
fn each_of_two_folders_answers_and_goes_alone() {
    let (one, two) = (fixture(PROJECT), fixture("//- /tea.md\nThe kettle is hot.\n"));
    let data = fixture("");
    let engine = Setup::new(data.path()).index(&[one.path(), two.path()]);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md", "tea.md"]);
    let ids: Vec<_> = engine.status().folders.iter().map(|folder| folder.id).collect();
    engine.remove_folder(ids[0]).unwrap();
    assert_eq!(engine.with_word("kettle"), ["tea.md"]);
    assert_eq!(engine.files(Mode::Meaning, "surrender tries"), ["tea.md"]);
    assert!(matches!(engine.remove_folder(ids[0]), Err(EngineError::NoSuchFolder(_))));
}

#[test]
fn a_small_folder_does_not_wait_for_a_huge_one() {
    const FILES: usize = 30_000;
    const SMALL: usize = 100;
    let (huge, small, data) = (fixture(""), fixture(""), fixture(""));
    let fill = |folder: &std::path::Path, files: usize, word: &str| {
        for at in 0..files {
            let text = format!("def {word}_{at}():\n    return {at}\n");
            fs::write(folder.join(format!("f{at}.py")), text).unwrap();
        }
    };
    fill(huge.path(), FILES, "huge");
    fill(small.path(), SMALL, "kettle");
    let engine = Setup { background: false, ..Setup::new(data.path()) }.start();
    let id = engine.add_folder(huge.path()).unwrap();
    engine.until("the huge folder is listed", |engine| {
        engine.status().folders.iter().any(|folder| folder.files_found == FILES)
    });
    let begun = engine.clock.now();
    engine.add_folder(small.path()).unwrap();
    engine.until_at_once("the small folder answers", |engine| {
        let query = Query { mode: Mode::Words, ..Query::new("kettle", SMALL) };
        engine.search(&query).unwrap().hits.len() == SMALL
    });
    assert_eq!(engine.clock.now(), begun);
    let read = engine.files_within(id, &RelPath::default()).unwrap();
    assert!(read < FILES, "the huge folder was read first");
}

#[test]
fn a_folder_added_twice_is_one_folder() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let embedded = setup.embedded();
    let id = engine.add_folder(folder.path()).unwrap();
    let again = engine.add_folder(&folder.path().join("src/..")).unwrap();
    engine.settle(true).unwrap();
    assert_eq!((id, engine.status().folders.len()), (again, 1));
    assert_eq!(setup.embedded(), embedded);
}

#[test]
fn nested_and_impossible_folders_are_refused_in_words() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).start();
    let path = folder.path().canonicalize().unwrap();
    let check = |path: &std::path::Path, expected: &str| {
        assert_eq!(engine.add_folder(path).unwrap_err().to_string(), expected);
    };
    let (src, shown) = (path.join("src"), path.display());
    engine.add_folder(&src).unwrap();
    let expected = format!(
        "{shown} cannot be added: {} is added already and lies inside it; remove that one first",
        src.display()
    );
    check(&path, &expected);
    engine.remove_folder(engine.add_folder(&src).unwrap()).unwrap();
    engine.add_folder(&path).unwrap();
    let expected =
        format!("{} cannot be added: {shown} is added already and holds it", src.display());
    check(&src, &expected);
    let file = path.join("src/retry.rs");
    check(&file, &format!("{} is not a folder", file.display()));
    let nothing = path.join("nothing");
    check(&nothing, &format!("{} does not exist", nothing.display()));
}

#[test]
fn a_removed_folder_leaves_nothing_on_disk() {
    const SECRET: &str = "zanzibarquux";
    let text = format!("{PROJECT}//- /secret.md\nThe word is {SECRET}.\n");
    let (folder, kept, data) = (fixture(&text), fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path(), kept.path()]);
    let holds_it = || {
        let holds = |path: &std::path::PathBuf| {
            let bytes = fs::read(path).unwrap();
            bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
        };
        files_below(data.path()).into_iter().filter(holds).collect::<Vec<_>>()
    };
    assert_eq!(engine.with_word(SECRET), ["secret.md"]);
    assert!(!holds_it().is_empty(), "else this test shows nothing");
    let id = engine.status().folders[0].id;
    let derived = data.path().join("folders").join(id.to_string());
    assert!(derived.exists());
    engine.remove_folder(id).unwrap();
    assert!(!derived.exists());
    assert_eq!(engine.with_word(SECRET), [""; 0]);
    engine.until("nothing of it is left", |_| holds_it().is_empty());
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs", "the other folder answers");
}

#[test]
fn a_pause_holds_exact_vectors_back_and_survives_a_restart() {
    let (folder, data) = (fixture(""), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    engine.pause_folder(id, true).unwrap();
    put(folder.path(), PROJECT);
    engine.look_again(folder.path());
    let check_paused = |engine: &crate::kit::Running| {
        let status = engine.folder(id);
        assert!(status.paused);
        assert_eq!(
            (status.coverage.static_vectors, status.coverage.dense_vectors),
            (status.coverage.chunks, 0)
        );
        assert_eq!(engine.nearest("surrender tries"), "src/retry.rs", "static vectors answer");
        assert!(engine.ask(Mode::Meaning, "surrender").hits.iter().all(|hit| hit.why.from_static));
        assert_eq!(setup.embedded(), 0);
    };
    check_paused(&engine);
    drop(engine);
    let engine = setup.start();
    engine.settle(true).unwrap();
    check_paused(&engine);
    engine.pause_folder(id, false).unwrap();
    engine.settle(true).unwrap();
    let status = engine.folder(id);
    assert_eq!((status.paused, status.coverage.dense_vectors), (false, status.coverage.chunks));
    assert!(engine.ask(Mode::Meaning, "surrender").hits.iter().all(|hit| !hit.why.from_static));
}

#[test]
fn one_engine_to_a_data_directory() {
    let data = fixture("");
    let setup = Setup::new(data.path());
    let first = setup.start();
    let dir = descry_engine::DataDir::create(data.path()).unwrap();
    assert!(matches!(dir.lock(), Err(EngineError::Busy { .. })));
    drop(first);
    dir.lock().unwrap();
}
