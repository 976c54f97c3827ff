//! A thread of the engine panics: whoever waits gets an answer.

use std::env;
use std::path::Path;
use std::process::Command;

use descry_base::RelPath;
use descry_engine::EngineError;
use descry_testkit::{fixture, put};
use descry_watch::Change;

use crate::kit::{PROJECT, Setup};

/// Set in the process that panics: the fail point, the folder and the data directory, one per line.
const TASK: &str = "DESCRY_PANIC_TEST";

/// Does nothing except in the process that panics.
#[test]
fn as_the_process_that_panics() {
    let Ok(task) = env::var(TASK) else { return };
    let [point, folder, data] = task.lines().collect::<Vec<_>>()[..] else {
        panic!("not a task: {task}");
    };
    fail::cfg(point, "panic(on purpose)").unwrap();
    let engine = Setup { watch: true, ..Setup::new(Path::new(data)) }.start();
    let outcome =
        engine.add_folder(Path::new(folder)).and_then(|_| engine.settle(true)).and_then(|()| {
            put(Path::new(folder), "//- /new.md\nA new word.\n");
            let changes = vec![Change::Touched(RelPath::new("new.md").unwrap())];
            let root = engine.status().folders[0].id;
            engine.watcher.as_ref().unwrap().changes(root, changes).unwrap();
            engine.settle(true)
        });
    let Err(EngineError::Ended(reason)) = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("on purpose"), "{reason}");
    assert!(engine.search(&descry_engine::Query::new("kettle", 1)).is_err());
}

#[test]
fn no_panic_of_a_thread_leaves_a_caller_waiting() {
    for point in ["engine::writer", "engine::scan", "engine::edit", "engine::feed", "engine::load"]
    {
        let (folder, data) = (fixture(PROJECT), fixture(""));
        let task = format!("{point}\n{}\n{}", folder.path().display(), data.path().display());
        let ended = Command::new(env::current_exe().unwrap())
            .args(["--exact", "panics::as_the_process_that_panics"])
            .env(TASK, task)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{point}: {said}");
    }
}
