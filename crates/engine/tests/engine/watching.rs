//! The engine follows changes that the watcher reports. The crate of the real watcher tests its
//! reports.

use std::fs;

use descry_base::{RelPath, RootId};
use descry_engine::{Phase, WatchStatus};
use descry_testkit::{fixture, put};
use descry_watch::{Change, WatchEvent, WatchMode};

use crate::kit::{PROJECT, Running, Setup};

fn path(path: &str) -> RelPath {
    RelPath::new(path).unwrap()
}

fn touched(it: &str) -> Change {
    Change::Touched(path(it))
}

fn removed(it: &str) -> Change {
    Change::Removed(path(it))
}

fn rescan(it: &str) -> Change {
    Change::Rescan(path(it))
}

impl Running {
    /// Sends this event from the watcher and waits until the engine has processed them.
    #[track_caller]
    fn notice(&self, event: WatchEvent) {
        self.watcher.as_ref().unwrap().event(event).unwrap();
        self.settle(false).unwrap();
    }

    #[track_caller]
    fn notice_changes(&self, root: RootId, changes: Vec<Change>) {
        self.watcher.as_ref().unwrap().changes(root, changes).unwrap();
        self.settle(false).unwrap();
    }
}

#[test]
fn changes_are_followed() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    let check = |changes: Vec<Change>, word: &str, expected: &[&str]| {
        engine.notice_changes(id, changes);
        assert_eq!(engine.with_word(word), expected, "{word}");
    };
    put(folder.path(), "//- /docs/kitchen.md\nThe oven is cold.\n");
    check(vec![touched("docs/kitchen.md")], "oven", &["docs/kitchen.md"]);
    check(vec![], "kettle", &[]);
    put(folder.path(), "//- /new/deep/tea.md\nThe kettle whistles.\n");
    check(vec![rescan("new")], "kettle", &["new/deep/tea.md"]);
    fs::rename(folder.path().join("new"), folder.path().join("old")).unwrap();
    check(vec![removed("new"), rescan("old")], "kettle", &["old/deep/tea.md"]);
    fs::remove_file(folder.path().join("src/retry.rs")).unwrap();
    check(vec![removed("src/retry.rs")], "attempts", &[]);
    put(folder.path(), "//- /.ignore\nold/\n");
    check(vec![rescan("")], "kettle", &[]);
    fs::remove_file(folder.path().join(".ignore")).unwrap();
    check(vec![rescan("")], "kettle", &["old/deep/tea.md"]);
    fs::remove_dir_all(folder.path().join("old")).unwrap();
    check(vec![removed("old")], "kettle", &[]);
}

#[test]
fn a_folder_goes_and_comes_back() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    let elsewhere = folder.path().with_extension("elsewhere");
    fs::rename(folder.path(), &elsewhere).unwrap();
    engine.notice(WatchEvent::RootGone(id));
    assert_eq!(engine.folder(id).phase, Phase::Missing);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"], "what was known still answers");
    put(&elsewhere, "//- /meanwhile.md\nA fridge.\n");
    fs::rename(&elsewhere, folder.path()).unwrap();
    engine.notice(WatchEvent::RootBack(id));
    assert_eq!(engine.folder(id).phase, Phase::Ready);
    assert_eq!(engine.with_word("fridge"), ["meanwhile.md"]);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
}

#[test]
fn how_a_folder_is_watched_is_said() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    assert_eq!(engine.folder(id).watch, WatchStatus::Native);
    let reason = "too many folders".to_owned();
    engine
        .notice(WatchEvent::Mode { root: id, mode: WatchMode::Polling { reason: reason.clone() } });
    assert_eq!(engine.folder(id).watch, WatchStatus::Polling { reason });
}

#[test]
fn a_folder_that_changes_while_it_is_first_read_ends_up_right() {
    let folder = fixture(&many(0..300));
    let data = fixture("");
    let setup = Setup { watch: true, ..Setup::new(data.path()) };
    let engine = setup.start();
    let id = engine.add_folder(folder.path()).unwrap();
    let gone: Vec<String> = (0..300).step_by(7).map(|number| format!("src/f{number}.md")).collect();
    gone.iter().for_each(|file| fs::remove_file(folder.path().join(file)).unwrap());
    put(folder.path(), "//- /src/f1.md\nThe word is changed.\n");
    let removed = gone.iter().map(|file| removed(file));
    engine.notice_changes(id, removed.chain([touched("src/f1.md")]).collect());
    assert_eq!(engine.with_word("numbered").len(), 300 - gone.len() - 1);
    assert_eq!(engine.folder(id).files, 300 - gone.len());
    assert_eq!(engine.with_word("changed"), ["src/f1.md"]);
}

fn many(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("//- /src/f{n}.md\nThis is numbered {n}.\n")).collect()
}
