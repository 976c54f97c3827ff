//! Tests what a watcher reports for changes on a real disk, with each strategy.

use std::fs;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, unbounded};
use descry_base::RootId;
use descry_watch::{
    Change, NotifyWatcher, Rules, Strategy, WatchConfig, WatchError, WatchEvent, WatchMode,
    WatchRoot, Watcher,
};

use crate::fixture::{Tree, rel};

/// Far longer than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(10);

const NATIVE: [Strategy; 2] = [Strategy::PerFolder, Strategy::Recursive];
const ALL: [Strategy; 3] = [Strategy::PerFolder, Strategy::Recursive, Strategy::Polling];

/// Changes wait for a flush, so that a test on a busy machine receives them together.
fn config(strategy: Strategy) -> WatchConfig {
    WatchConfig {
        quiet: Duration::from_secs(3600),
        longest: Duration::from_secs(3600),
        rules: Rules { max_file_bytes: 100, git_global: false, ..Rules::default() },
        strategy,
        poll: Duration::from_millis(20),
        presence: Duration::from_millis(20),
        ..WatchConfig::default()
    }
}

struct Session {
    watcher: NotifyWatcher,
    events: Receiver<WatchEvent>,
}

impl Session {
    /// Watches `tree` and waits for the confirmation.
    fn on(tree: &Tree, config: WatchConfig) -> Session {
        let (out, events) = unbounded();
        let watcher = NotifyWatcher::spawn(out, config).unwrap();
        let session = Session { watcher, events };
        session.watcher.set_roots(vec![root(tree)]);
        assert!(matches!(session.next(), WatchEvent::Mode { root: RootId(7), .. }));
        assert_eq!(session.changes(), [rescan("")]);
        session
    }

    fn next(&self) -> WatchEvent {
        self.events.recv_timeout(PATIENCE).expect("an event")
    }

    fn changes(&self) -> Vec<Change> {
        match self.next() {
            WatchEvent::Changes(batch) => batch.changes,
            other => panic!("{other:?}"),
        }
    }

    /// Everything that has happened so far.
    fn flushed(&self) -> Vec<Change> {
        self.watcher.flush().unwrap();
        let mut changes = Vec::new();
        for event in self.events.try_iter() {
            match event {
                WatchEvent::Changes(batch) => changes.extend(batch.changes),
                other => panic!("{other:?}"),
            }
        }
        // On a busy machine, a file that is emptied and then written may be reported twice.
        changes.dedup();
        changes
    }
}

fn root(tree: &Tree) -> WatchRoot {
    WatchRoot { id: RootId(7), path: tree.path().to_owned() }
}

fn touched(path: &str) -> Change {
    Change::Touched(rel(path))
}

fn removed(path: &str) -> Change {
    Change::Removed(rel(path))
}

fn rescan(path: &str) -> Change {
    Change::Rescan(rel(path))
}

/// Checks what each strategy reports after `act`, ignoring the order.
#[track_caller]
fn check(strategies: &[Strategy], fixture: &[&str], act: fn(&Tree), expected: &[Change]) {
    for strategy in strategies {
        let tree = Tree::of(fixture);
        let session = Session::on(&tree, config(*strategy));
        act(&tree);
        let mut changes = session.flushed();
        changes.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(changes, expected, "{strategy:?}");
    }
}

#[test]
fn an_edit_arrives_by_itself() {
    for strategy in ALL {
        let tree = Tree::of(&["a/b.rs"]);
        let WatchConfig { quiet, longest, .. } = WatchConfig::default();
        let session = Session::on(&tree, WatchConfig { quiet, longest, ..config(strategy) });
        let start = Instant::now();
        tree.write("a/b.rs", "something else");
        assert_eq!(session.changes(), [touched("a/b.rs")], "{strategy:?}");
        assert!(start.elapsed() >= quiet);
    }
}

#[test]
fn editors_save_in_many_ways_and_all_are_one_touch() {
    check(&ALL, &["a.rs"], |tree| tree.write("a.rs", "in place"), &[touched("a.rs")]);
    check(
        &ALL,
        &["a.rs"],
        |tree| {
            tree.write(".a.rs.swp", "swap");
            tree.write("4913", "");
            fs::remove_file(tree.at("4913")).unwrap();
            fs::rename(tree.at("a.rs"), tree.at("a.rs~")).unwrap();
            tree.write("a.rs", "as vim does");
            fs::remove_file(tree.at("a.rs~")).unwrap();
        },
        &[touched("a.rs")],
    );
    check(
        &ALL,
        &["a.rs"],
        |tree| {
            tree.write("a.rs.tmp", "as most do");
            fs::rename(tree.at("a.rs.tmp"), tree.at("a.rs")).unwrap();
        },
        &[touched("a.rs")],
    );
    check(
        &ALL,
        &["a.rs"],
        |tree| {
            fs::remove_file(tree.at("a.rs")).unwrap();
            tree.write("a.rs", "delete and create");
        },
        &[touched("a.rs")],
    );
}

#[test]
fn files_and_folders_come_move_and_go() {
    let rename = |tree: &Tree| fs::rename(tree.at("a.rs"), tree.at("b.rs")).unwrap();
    check(&ALL, &["a.rs"], rename, &[removed("a.rs"), touched("b.rs")]);
    let remove = |tree: &Tree| fs::remove_file(tree.at("a/b.rs")).unwrap();
    check(&ALL, &["a/b.rs", "a/c"], remove, &[removed("a/b.rs")]);
    let new_folder = |tree: &Tree| tree.write("a/b/c/d.rs", "new");
    check(&NATIVE, &["x"], new_folder, &[rescan("a")]);
    check(&[Strategy::Polling], &["x"], new_folder, &[touched("a/b/c/d.rs")]);
    let rename = |tree: &Tree| fs::rename(tree.at("a"), tree.at("z")).unwrap();
    check(&NATIVE, &["a/b/c.rs", "x"], rename, &[removed("a"), rescan("z")]);
    let remove = |tree: &Tree| fs::remove_dir_all(tree.at("a")).unwrap();
    check(&NATIVE, &["a/b/c.rs", "a/d", "x"], remove, &[removed("a")]);
    check(&[Strategy::Polling], &["a/b/c.rs", "x"], remove, &[removed("a/b/c.rs")]);
    let replace = |tree: &Tree| {
        fs::remove_dir_all(tree.at("a")).unwrap();
        tree.write("a", "a file now");
    };
    check(&NATIVE, &["a/b.rs"], replace, &[touched("a")]);
}

#[test]
fn what_is_skipped_for_a_reason_is_told_too() {
    let grow = |tree: &Tree| tree.write("a.rs", &"x".repeat(101));
    check(&ALL, &["a.rs"], grow, &[touched("a.rs")]);
}

#[test]
fn ignored_paths_are_never_told() {
    let noise = |tree: &Tree| {
        tree.write("node_modules/left-pad/index.js", "x");
        tree.write("x.log", "x");
        tree.write("out/x", "x");
        tree.write(".git/index.lock", "x");
        tree.write(".git/HEAD", "x");
        tree.write(".hidden", "x");
        fs::remove_file(tree.at("y.log")).unwrap();
        fs::remove_file(tree.at(".git/index.lock")).unwrap();
    };
    check(&ALL, &[".gitignore: *.log\nout/", ".git/HEAD", "y.log", "out/y"], noise, &[]);
}

#[test]
fn a_changed_ignore_file_rescans_its_folder() {
    let ignore = |tree: &Tree| tree.write("a/.gitignore", "x");
    check(&ALL, &["a/x", "a/y"], ignore, &[rescan("a")]);
    for strategy in NATIVE {
        let tree = Tree::of(&[".gitignore: out/", "out/x"]);
        let session = Session::on(&tree, config(strategy));
        tree.write(".gitignore", "x.log");
        assert_eq!(session.flushed(), [rescan("")]);
        tree.write("out/x", "no longer ignored, so watched");
        assert_eq!(session.flushed(), [touched("out/x")]);
        tree.write(".ignore", "out/");
        assert_eq!(session.flushed(), [rescan("")]);
        tree.write("out/x", "ignored again");
        assert_eq!(session.flushed(), []);
    }
}

#[test]
fn a_folder_is_still_watched_after_it_moved_or_was_made_anew() {
    for strategy in NATIVE {
        let tree = Tree::of(&["a/b/c"]);
        let session = Session::on(&tree, config(strategy));
        fs::rename(tree.at("a"), tree.at("z")).unwrap();
        assert_eq!(session.flushed(), [removed("a"), rescan("z")]);
        tree.write("z/b/c", "changed");
        assert_eq!(session.flushed(), [touched("z/b/c")], "{strategy:?}");
        fs::remove_dir_all(tree.at("z")).unwrap();
        tree.write("z/b/c", "made anew");
        assert_eq!(session.flushed(), [rescan("z")]);
        tree.write("z/b/c", "changed again");
        assert_eq!(session.flushed(), [touched("z/b/c")], "{strategy:?}");
    }
}

#[test]
fn of_a_burst_each_path_arrives() {
    for strategy in ALL {
        let tree = Tree::of(&["a/x"]);
        let session = Session::on(&tree, config(strategy));
        let mut expected = Vec::new();
        for file in 0..1_000 {
            let path = format!("a/{file:04}.rs");
            tree.write(&path, "x");
            expected.push(touched(&path));
        }
        let mut changes = session.flushed();
        changes.sort();
        changes.dedup();
        assert_eq!(changes, expected, "{strategy:?}");
    }
}

#[test]
fn a_slow_receiver_gets_one_rescan_instead_of_a_flood() {
    let tree = Tree::of(&["a/x"]);
    let (out, events) = bounded(0);
    let config = WatchConfig { most_pending: 100, ..config(Strategy::Auto) };
    let watcher = NotifyWatcher::spawn(out, config).unwrap();
    watcher.set_roots(vec![root(&tree)]);
    assert!(matches!(events.recv_timeout(PATIENCE), Ok(WatchEvent::Mode { .. })));
    // The first rescan is still waiting for the channel.
    for file in 0..1_000 {
        tree.write(&format!("a/{file:04}.rs"), "x");
    }
    let (done, flushed) = bounded(0);
    let changes = std::thread::scope(|scope| {
        scope.spawn(|| done.send(watcher.flush().is_ok()));
        let mut changes = Vec::new();
        loop {
            crossbeam_channel::select! {
                recv(events) -> event => match event {
                    Ok(WatchEvent::Changes(batch)) => changes.extend(batch.changes),
                    other => panic!("{other:?}"),
                },
                recv(flushed) -> ok => {
                    assert_eq!(ok, Ok(true));
                    break changes;
                }
            }
        }
    });
    assert_eq!(changes[..2], [rescan(""), rescan("")]);
    assert!(changes.len() < 300, "{} changes", changes.len());
}

#[test]
fn a_root_that_goes_and_comes_back() {
    for strategy in ALL {
        let tree = Tree::of(&["a/b"]);
        let session = Session::on(&tree, config(strategy));
        let aside = tree.path().with_extension("aside");
        fs::rename(tree.path(), &aside).unwrap();
        assert_eq!(session.next(), WatchEvent::RootGone(RootId(7)), "{strategy:?}");
        fs::rename(&aside, tree.path()).unwrap();
        assert_eq!(session.next(), WatchEvent::RootBack(RootId(7)), "{strategy:?}");
        assert!(matches!(session.next(), WatchEvent::Mode { .. }));
        assert_eq!(session.changes(), [rescan("")]);
        tree.write("a/b", "watched again");
        assert_eq!(session.flushed(), [touched("a/b")], "{strategy:?}");
    }
}

#[test]
fn a_root_that_another_folder_took_the_place_of_is_rescanned() {
    let tree = Tree::of(&["a"]);
    let slow = WatchConfig { presence: Duration::from_secs(3600), ..config(Strategy::Auto) };
    let session = Session::on(&tree, slow);
    fs::rename(tree.path(), tree.path().with_extension("aside")).unwrap();
    tree.write("b", "in a new folder");
    session.watcher.flush().unwrap();
    let whole = |event: WatchEvent| match event {
        WatchEvent::Changes(batch) => batch.changes == [rescan("")],
        _ => false,
    };
    assert!(session.events.try_iter().any(whole));
    tree.write("b", "changed");
    assert_eq!(session.flushed(), [touched("b")]);
}

#[test]
fn an_absent_root_is_told_at_once() {
    let tree = Tree::of(&["a"]);
    let (out, events) = unbounded();
    let watcher = NotifyWatcher::spawn(out, config(Strategy::Auto)).unwrap();
    watcher.set_roots(vec![WatchRoot { id: RootId(1), path: tree.at("absent") }]);
    assert_eq!(events.recv_timeout(PATIENCE), Ok(WatchEvent::RootGone(RootId(1))));
}

#[test]
fn the_mode_is_told_with_its_reason() {
    for strategy in ALL {
        let tree = Tree::of(&["a"]);
        let (out, events) = unbounded();
        let watcher = NotifyWatcher::spawn(out, config(strategy)).unwrap();
        watcher.set_roots(vec![root(&tree)]);
        match events.recv_timeout(PATIENCE) {
            Ok(WatchEvent::Mode { mode: WatchMode::Native, .. }) => {
                assert_ne!(strategy, Strategy::Polling);
            }
            Ok(WatchEvent::Mode { mode: WatchMode::Polling { reason }, .. }) => {
                assert_eq!(strategy, Strategy::Polling);
                assert_eq!(reason, "Polling is what the settings ask for.");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn roots_come_and_go_without_harm_to_the_others() {
    let (one, two) = (Tree::of(&["a"]), Tree::of(&["b"]));
    let session = Session::on(&one, config(Strategy::Auto));
    let second = WatchRoot { id: RootId(8), path: two.path().to_owned() };
    session.watcher.set_roots(vec![root(&one), second.clone()]);
    assert!(matches!(session.next(), WatchEvent::Mode { root: RootId(8), .. }));
    assert_eq!(session.changes(), [rescan("")]);
    one.write("a", "changed");
    two.write("b", "changed");
    let mut changes = session.flushed();
    changes.sort();
    assert_eq!(changes, [touched("a"), touched("b")]);
    session.watcher.set_roots(vec![second]);
    one.write("a", "changed again");
    assert_eq!(session.flushed(), []);
}

#[test]
fn a_watcher_that_nobody_listens_to_says_so() {
    let tree = Tree::of(&["a"]);
    let session = Session::on(&tree, config(Strategy::Auto));
    let Session { watcher, events } = session;
    drop(events);
    tree.write("a", "changed");
    assert!(matches!(watcher.flush(), Err(WatchError::Stopped)));
}
