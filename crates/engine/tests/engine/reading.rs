//! Searches continue while the writer writes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use descry_engine::Mode;
use descry_testkit::{fixture, put};

use crate::kit::{Running, Setup};

const FILES: usize = 120;

/// Files of several chunks; each line names the version.
fn version(number: usize) -> String {
    let function = |file: usize, index: usize| {
        let line = format!("    alpha(\"of v{number} in {file}\");\n");
        format!("fn f{index}_v{number}() {{\n{}}}\n\n", line.repeat(16))
    };
    let file = |file: usize| {
        let functions: String = (0..4).map(|index| function(file, index)).collect();
        format!("//- /src/f{file}.rs\n{functions}")
    };
    (0..FILES).map(file).collect()
}

/// Every answer comes from one commit: no file appears in two versions.
#[track_caller]
fn check_answer(engine: &Running, mode: Mode, text: &str) -> usize {
    let hits = engine.ask(mode, text).hits;
    let mut versions: HashMap<String, String> = HashMap::new();
    for hit in &hits {
        for line in hit.lines.iter().filter(|line| line.text.contains("alpha")) {
            let found = line.text.split(' ').find(|word| word.starts_with('v')).unwrap_or_default();
            let known = versions.entry(hit.path.to_string()).or_insert_with(|| found.to_owned());
            assert_eq!(known, found, "{}", hit.path);
        }
    }
    hits.len()
}

#[test]
fn searches_never_fail_and_never_see_half_a_commit() {
    let (folder, data) = (fixture(&version(0)), fixture(""));
    let engine = Setup::new(data.path()).start();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let questions = [
            (Mode::Words, "alpha"),
            (Mode::All, "alpha in"),
            (Mode::Meaning, "alpha"),
            (Mode::Regex, "alpha"),
        ];
        for (mode, text) in questions {
            let (engine, done) = (&engine, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    check_answer(engine, mode, text);
                }
            });
        }
        engine.look_again(folder.path());
        for number in 1..4 {
            put(folder.path(), &version(number));
            engine.look_again(folder.path());
        }
        done.store(true, Ordering::Relaxed);
    });
    let chunks = engine.status().folders[0].coverage.chunks;
    assert!(chunks >= FILES * 4, "{chunks}");
    assert_eq!(check_answer(&engine, Mode::Words, "alpha"), chunks.min(1000));
    assert_eq!(engine.ask(Mode::Words, "\"of v2\"").hits, []);
}
