//! Kills the process in the middle of its work, at named points and at arbitrary moments. After the
//! next start, the index equals a new index of the folder.

use std::env;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::bounded;
use descry_testkit::{fixture, put};

use crate::dump::dump;
use crate::kit::{PROJECT, Setup};

/// The kills at any moment that every test run tries; `DESCRY_KILLS` sets another number, and
/// `DESCRY_SEED` the seed.
const KILLS: u64 = 30;

/// Set in the process to kill: the folder, the data directory, the fail point and the visit to it
/// that ends the process, one per line.
const TASK: &str = "DESCRY_KILL_TEST";

/// Indexes and edits over several starts of the engine.
fn script(folder: &Path, data: &Path) {
    for round in 0..3 {
        let engine = Setup::new(data).start();
        engine.look_again(folder);
        for step in 0..3 {
            let number = round * 3 + step;
            let changed = format!(
                "//- /src/retry.rs\n/// The changed value {number}.\nfn give_up_{number}() {{}}\n"
            );
            put(folder, &changed);
            let new =
                format!("//- /new/n{number}.md\nA new word, number {number}, of the router.\n");
            put(folder, &new);
            if number > 1 {
                let old = folder.join(format!("new/n{}.md", number - 2));
                std::fs::rename(old, folder.join(format!("docs/n{}.md", number - 2))).unwrap();
            }
            if number > 4 {
                std::fs::remove_file(folder.join(format!("docs/n{}.md", number - 5))).unwrap();
            }
            engine.look_again(folder);
        }
    }
}

/// Does nothing except in the process to kill.
#[test]
fn as_the_process_that_ends() {
    let Ok(task) = env::var(TASK) else { return };
    let [folder, data, point, visit] = task.lines().collect::<Vec<_>>()[..] else {
        panic!("not a task: {task}");
    };
    let left = AtomicUsize::new(visit.parse().unwrap());
    if !point.is_empty() {
        fail::cfg_callback(point, move || {
            if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                std::process::abort();
            }
        })
        .unwrap();
    }
    script(Path::new(folder), Path::new(data));
}

fn spawn(folder: &Path, data: &Path, point: &str, visit: usize) -> Child {
    let task = format!("{}\n{}\n{point}\n{visit}", folder.display(), data.display());
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::as_the_process_that_ends"])
        .env(TASK, task)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Starts after the kill and compares the result with a new index.
#[track_caller]
fn check_after(folder: &Path, data: &Path, what: &str) {
    let engine = Setup::new(data).start();
    engine.settle(true).unwrap();
    engine.look_again(folder);
    assert_eq!(engine.status().folders.len(), 1, "{what}");
    let fresh = fixture("");
    let expected = Setup::new(fresh.path()).index(&[folder]);
    let root = |engine: &crate::kit::Running| engine.status().folders[0].id;
    let found = dump(&engine, root(&engine));
    found.assert_same(dump(&expected, root(&expected)), what);
}

#[track_caller]
fn check_point(point: &str) {
    for visit in [1, 3] {
        let (folder, data) = (fixture(PROJECT), fixture(""));
        let mut child = spawn(folder.path(), data.path(), point, visit);
        let status = child.wait().unwrap();
        // A failing test exits with 101, a passing one with 0.
        let ended = !matches!(status.code(), Some(0 | 101));
        assert!(ended, "{point} is visited {visit} times, and ends the process: {status}");
        check_after(folder.path(), data.path(), &format!("{point}, visit {visit}"));
    }
}

#[test]
fn a_first_look_that_is_cut_short_is_told() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    spawn(folder.path(), data.path(), "engine::after_catalog", 1).wait().unwrap();
    let engine = Setup { catch_up: false, ..Setup::new(data.path()) }.start();
    engine.settle(false).unwrap();
    let found = &engine.status().folders[0];
    assert!(found.unfinished && found.files_found == 4, "{found:?}");
}

#[test]
fn a_first_look_that_is_cut_short_goes_on() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    spawn(folder.path(), data.path(), "engine::after_catalog", 1).wait().unwrap();
    let ids = || {
        let catalog = descry_catalog::Catalog::open(&data.path().join("catalog.sqlite")).unwrap();
        let (files, _) = catalog.files(catalog.roots().unwrap()[0].id).unwrap();
        files.into_iter().map(|file| (file.path.to_string(), file.id)).collect::<Vec<_>>()
    };
    let before = ids();
    assert!(!before.is_empty());
    let engine = Setup::new(data.path()).start();
    engine.settle(true).unwrap();
    drop(engine);
    let after = ids();
    assert!(before.iter().all(|file| after.contains(file)), "{before:?} {after:?}");
}

#[test]
fn in_a_commit() {
    check_point("engine::after_catalog");
    check_point("engine::after_words");
    check_point("engine::after_vectors");
}

#[test]
fn in_a_commit_of_words() {
    check_point("lexical::before_prepare");
    check_point("lexical::before_commit");
    check_point("lexical::after_commit");
}

#[test]
fn in_a_checkpoint_of_vectors() {
    check_point("vector::before_checkpoint_rename");
    check_point("vector::after_checkpoint");
}

#[test]
fn at_any_moment() {
    let number = |name, default| env::var(name).map_or(default, |it| it.parse().unwrap());
    let mut seed: u64 = number("DESCRY_SEED", 42);
    for round in 0..number("DESCRY_KILLS", KILLS) {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (folder, data) = (fixture(PROJECT), fixture(""));
        let mut child = spawn(folder.path(), data.path(), "", 0);
        let after = Duration::from_millis(20 + (seed >> 33) % 2000);
        let (ended, end) = bounded::<()>(0);
        let mut output = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            // Reads until the process ends by itself, which disconnects `end`.
            let _ended = ended;
            std::io::copy(&mut output, &mut std::io::sink())
        });
        let _by_itself = end.recv_timeout(after);
        child.kill().unwrap();
        child.wait().unwrap();
        reader.join().unwrap().unwrap();
        check_after(
            folder.path(),
            data.path(),
            &format!("round {round}, after {after:?}, seed {seed}"),
        );
    }
}
