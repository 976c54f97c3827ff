//! Changes to a folder between scans.

use std::fs;
use std::path::Path;

use descry_engine::{Hit, Mode};
use descry_testkit::{fixture, put};

use crate::dump::dump;
use crate::kit::{PROJECT, Running, Setup};

/// Indexes [`PROJECT`], changes it, scans it again, and compares the result with a new index.
#[track_caller]
fn check(change: impl Fn(&Path), embeds: usize, then: impl Fn(&Running)) {
    let (folder, data, fresh) = (fixture(PROJECT), fixture(""), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let before = setup.embedded();
    change(folder.path());
    engine.look_again(folder.path());
    then(&engine);
    assert_eq!(setup.embedded() - before, embeds, "embedded again");
    let other = Setup::new(fresh.path()).index(&[folder.path()]);
    let root = |engine: &Running| engine.status().folders[0].id;
    let expected = dump(&other, root(&other));
    dump(&engine, root(&engine)).assert_same(expected, "as a new index");
}

#[test]
fn an_edited_file_answers_with_its_new_text_only() {
    let edit = |folder: &Path| put(folder, "//- /docs/kitchen.md\nThe oven is cold.\n");
    check(edit, 1, |engine| {
        assert_eq!(engine.with_word("kettle"), [""; 0]);
        assert_eq!(engine.with_word("oven"), ["docs/kitchen.md"]);
    });
}

#[test]
fn a_touched_file_is_the_same_file() {
    let touch = |folder: &Path| {
        let file = fs::File::options().append(true).open(folder.join("src/retry.rs")).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    };
    check(touch, 0, |engine| {
        assert!(engine.ask(Mode::Words, "attempts").hits.iter().all(|hit| !hit.stale));
    });
}

#[test]
fn a_deleted_file_is_gone() {
    let delete = |folder: &Path| fs::remove_file(folder.join("docs/kitchen.md")).unwrap();
    check(delete, 0, |engine| {
        assert_eq!(engine.with_word("kettle"), [""; 0]);
        assert!(!engine.files(Mode::Meaning, "teapot").contains(&"docs/kitchen.md".to_owned()));
    });
}

#[test]
fn moved_and_copied_files_are_not_embedded_again() {
    let rename = |folder: &Path| {
        fs::rename(folder.join("src/retry.rs"), folder.join("src/patience.rs")).unwrap();
    };
    check(rename, 0, |engine| assert_eq!(engine.with_word("attempts"), ["src/patience.rs"]));
    let copy = |folder: &Path| {
        fs::copy(folder.join("src/retry.rs"), folder.join("docs/copy.rs")).unwrap();
    };
    check(copy, 0, |engine| {
        // The files are identical: one is a hit, and the other is listed with it as a copy.
        let hits = engine.ask(Mode::Words, "attempts").hits;
        let copies = |hit: &Hit| hit.copies.iter().map(|copy| copy.path.to_string()).collect();
        let copies: Vec<Vec<String>> = hits.iter().map(copies).collect();
        assert_eq!(engine.with_word("attempts"), ["docs/copy.rs"]);
        assert_eq!(copies, [["src/retry.rs"]]);
    });
    let rename_folder = |folder: &Path| {
        fs::rename(folder.join("src"), folder.join("lib")).unwrap();
    };
    check(rename_folder, 0, |engine| {
        assert_eq!(engine.with_word("attempts"), ["lib/retry.rs"]);
        assert_eq!(engine.nearest("surrender tries"), "lib/retry.rs");
    });
}

#[test]
fn copies_that_wait_together_are_embedded_once() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let twin = fixture(PROJECT);
    for copy in 0..10 {
        for file in ["src/retry.rs", "docs/kitchen.md"] {
            let to = format!("copies/{copy}-{}", file.replace('/', "-"));
            put(folder.path(), &format!("//- /{to}\n"));
            fs::copy(folder.path().join(file), folder.path().join(to)).unwrap();
        }
    }
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path(), twin.path()]);
    let alone = fixture("");
    let once = Setup::new(alone.path());
    drop(once.index(&[twin.path()]));
    assert_eq!(setup.embedded(), once.embedded());
    let status = engine.status();
    assert!(status.folders.iter().all(|it| it.coverage.dense_vectors == it.coverage.chunks));
}

#[test]
fn a_new_folder_is_found_and_a_file_in_its_place_too() {
    let add = |folder: &Path| put(folder, "//- /new/deep/oven.md\nThe oven is cold.\n");
    check(add, 1, |engine| assert_eq!(engine.with_word("oven"), ["new/deep/oven.md"]));
    let replace = |folder: &Path| {
        fs::remove_dir_all(folder.join("docs")).unwrap();
        fs::write(folder.join("docs"), "The oven is cold.\n").unwrap();
    };
    check(replace, 1, |engine| {
        assert_eq!(engine.with_word("oven"), ["docs"]);
        assert_eq!(engine.with_word("kettle"), [""; 0]);
    });
}

#[test]
fn an_ignore_file_takes_away_and_gives_back() {
    let ignore = |folder: &Path| put(folder, "//- /.ignore\ndocs/\n");
    check(ignore, 0, |engine| assert_eq!(engine.with_word("kettle"), [""; 0]));
    let (folder, data) = (fixture(PROJECT), fixture(""));
    put(folder.path(), "//- /.ignore\ndocs/\n");
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    assert_eq!(engine.with_word("kettle"), [""; 0]);
    fs::remove_file(folder.path().join(".ignore")).unwrap();
    engine.look_again(folder.path());
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
}

#[test]
fn a_hit_whose_file_changed_since_says_so() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let stale = || engine.ask(Mode::Words, "kettle").hits[0].stale;
    assert!(!stale());
    put(folder.path(), "//- /docs/kitchen.md\nShort.\n");
    assert!(stale());
    let hit = engine.ask(Mode::Words, "kettle").hits.remove(0);
    let file = engine.read_file(hit.root, &hit.path).unwrap();
    assert_eq!((file.text.as_str(), file.changed_since_index), ("Short.\n", true));
}

/// Replaces a file's content with another of the same length and restores its modification time.
fn overwrite_unseen(path: &Path, text: &str) {
    let before = fs::metadata(path).unwrap();
    assert_eq!(before.len(), text.len() as u64);
    fs::write(path, text).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(path).unwrap().modified().unwrap(), before.modified().unwrap());
}

#[cfg(unix)]
#[test]
fn an_edit_that_changes_neither_size_nor_time_is_noticed() {
    let edit = |folder: &Path| {
        overwrite_unseen(&folder.join("docs/tea.md"), "The oven is cold.\n");
    };
    let replace = |folder: &Path| {
        let (old, new) = (folder.join("docs/tea.md"), folder.join("docs/new.md"));
        fs::copy(&old, &new).unwrap();
        let time = fs::metadata(&old).unwrap().modified().unwrap();
        fs::write(&new, "The oven is cold.\n").unwrap();
        fs::File::options().write(true).open(&new).unwrap().set_modified(time).unwrap();
        fs::rename(&new, &old).unwrap();
    };
    for change in [&edit as &dyn Fn(&Path), &replace] {
        let (folder, data) = (fixture("//- /docs/tea.md\nThe kettle is on.\n"), fixture(""));
        let engine = Setup::new(data.path()).index(&[folder.path()]);
        change(folder.path());
        assert!(engine.ask(Mode::Words, "kettle").hits[0].stale);
        engine.look_again(folder.path());
        assert_eq!(engine.with_word("oven"), ["docs/tea.md"]);
        assert_eq!(engine.with_word("kettle"), [""; 0]);
    }
}

#[cfg(unix)]
#[test]
fn other_permissions_make_no_hit_stale() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let (kitchen, embedded) = (folder.path().join("docs/kitchen.md"), setup.embedded());
    fs::set_permissions(&kitchen, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!engine.ask(Mode::Words, "kettle").hits[0].stale);
    engine.look_again(folder.path());
    assert_eq!(setup.embedded(), embedded);
}

#[cfg(unix)]
#[test]
fn a_check_reads_everything_again() {
    use std::os::unix::fs::MetadataExt;
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let embedded = setup.embedded();
    let root = engine.status().folders[0].id;
    let id = |engine: &Running| engine.ask(Mode::Words, "kettle").hits[0].chunk;
    let before = id(&engine);
    engine.check_folder(root).unwrap();
    engine.settle(true).unwrap();
    assert_eq!((id(&engine), setup.embedded()), (before, embedded), "nothing changed");
    // Simulates a file whose content changed and whose stamp did not.
    drop(engine);
    put(folder.path(), "//- /docs/kitchen.md\nThe kettle is cold.\n");
    let now = fs::metadata(folder.path().join("docs/kitchen.md")).unwrap();
    let catalog = rusqlite::Connection::open(data.path().join("catalog.sqlite")).unwrap();
    let sql = "UPDATE files SET size = ?, mtime = ?, ctime = ?, inode = ?
        WHERE path = 'docs/kitchen.md'";
    let nanoseconds = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
    let stamp = (
        now.size(),
        nanoseconds(now.mtime(), now.mtime_nsec()),
        nanoseconds(now.ctime(), now.ctime_nsec()),
        now.ino(),
    );
    assert_eq!(catalog.execute(sql, stamp).unwrap(), 1);
    drop(catalog);
    let engine = setup.start();
    engine.look_again(folder.path());
    assert_eq!(id(&engine), before, "its stamp is the same");
    engine.check_folder(root).unwrap();
    engine.settle(true).unwrap();
    assert_ne!(id(&engine), before, "read and found to differ");
    assert!(matches!(
        engine.check_folder(descry_base::RootId(99)),
        Err(descry_engine::EngineError::NoSuchFolder(_))
    ));
}
