//! Damage to the data directory while nobody uses it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use descry_engine::{Mode, Phase};
use descry_testkit::fixture;

use crate::dump::dump;
use crate::kit::{PROJECT, Setup, files_below};

/// Damages every file at or below a path.
type Damage = fn(&Path);

fn each(path: &Path, change: impl Fn(&Path, Vec<u8>)) {
    let files = if path.is_dir() { files_below(path) } else { vec![path.to_path_buf()] };
    assert!(!files.is_empty(), "{}", path.display());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        change(&file, bytes);
    }
}

fn delete(path: &Path) {
    if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
}

fn halve(path: &Path) {
    each(path, |file, bytes| fs::write(file, &bytes[..bytes.len() / 2]).unwrap());
}

fn empty(path: &Path) {
    each(path, |file, _| fs::write(file, "").unwrap());
}

fn garble(path: &Path) {
    each(path, |file, bytes| {
        let noise = (0..bytes.len()).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8);
        fs::write(file, noise.collect::<Vec<u8>>()).unwrap();
    });
}

fn flip_the_middle(path: &Path) {
    each(path, |file, mut bytes| {
        let middle = bytes.len() / 2;
        bytes.iter_mut().skip(middle).take(64).for_each(|byte| *byte ^= 0x5a);
        fs::write(file, bytes).unwrap();
    });
}

const DAMAGES: [(&str, Damage); 5] = [
    ("deleted", delete),
    ("halved", halve),
    ("emptied", empty),
    ("garbled", garble),
    ("flipped", flip_the_middle),
];

/// Damages a derived index and checks that it is restored without a scan of the folder and without
/// the model.
#[track_caller]
fn check_derived(name: &str) {
    for (what, damage) in DAMAGES {
        let (folder, data) = (fixture(PROJECT), fixture(""));
        let mut setup = Setup::new(data.path());
        let engine = setup.index(&[folder.path()]);
        let id = engine.status().folders[0].id;
        let before = dump(&engine, id);
        drop(engine);
        damage(&data.path().join("folders").join(id.to_string()).join(name));
        let embedded = setup.embedded();
        setup.catch_up = false;
        let engine = setup.start();
        engine.settle(true).unwrap();
        dump(&engine, id).assert_same(before, &format!("{name} {what}"));
        assert_eq!(setup.embedded(), embedded, "{name} {what}");
    }
}

#[test]
fn damaged_words_are_made_again() {
    check_derived("words");
}

#[test]
fn damaged_vectors_are_made_again() {
    check_derived("vectors");
}

#[test]
fn a_folder_that_cannot_be_opened_is_opened_when_it_can_be() {
    for name in ["words", "vectors"] {
        let (folder, data) = (fixture(PROJECT), fixture(""));
        let setup = Setup::new(data.path());
        let engine = setup.index(&[folder.path()]);
        let id = engine.status().folders[0].id;
        let before = dump(&engine, id);
        drop(engine);
        // Neither index can be read while a file takes the place of its folder.
        let index = data.path().join("folders").join(id.to_string()).join(name);
        delete(&index);
        fs::write(&index, "").unwrap();
        let engine = setup.start();
        engine.settle(false).unwrap();
        if name == "words" {
            let phase = engine.status().folders[0].phase.clone();
            assert!(matches!(phase, Phase::Failed { .. }), "{phase:?}");
        }
        delete(&index);
        engine.look_again(folder.path());
        engine.settle(true).unwrap();
        dump(&engine, id).assert_same(before, name);
    }
}

#[test]
fn a_damaged_catalog_is_set_aside_and_the_folders_are_read_again() {
    for (what, damage) in DAMAGES {
        let (one, two) = (fixture(PROJECT), fixture("//- /tea.md\nThe kettle is hot.\n"));
        let data = fixture("");
        let setup = Setup::new(data.path());
        let engine = setup.index(&[one.path(), two.path()]);
        let before: Vec<_> =
            engine.status().folders.iter().map(|folder| dump(&engine, folder.id)).collect();
        drop(engine);
        damage(&data.path().join("catalog.sqlite"));
        let engine = setup.start();
        engine.settle(true).unwrap();
        let status = engine.status();
        assert_eq!(status.folders.len(), 2, "{what}");
        for (folder, before) in status.folders.iter().zip(before) {
            assert_eq!(folder.phase, Phase::Ready, "{what}");
            dump(&engine, folder.id).assert_same(before, what);
        }
        drop(engine);
        let embedded = setup.embedded();
        let engine = setup.start();
        engine.settle(true).unwrap();
        assert_eq!(setup.embedded(), embedded, "{what}: healed for good");
        assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md", "tea.md"]);
    }
}

/// Overwrites a byte in the middle of every row of a column.
fn flip(data: &Path, table: &str, column: &str, rows: &str) {
    let connection = rusqlite::Connection::open(data.join("catalog.sqlite")).unwrap();
    let sql = format!(
        "UPDATE {table} SET {column} = CAST(substr({column}, 1, length({column}) / 2) || X'A5' ||
         substr({column}, length({column}) / 2 + 2) AS BLOB) WHERE {rows}"
    );
    assert!(connection.execute(&sql, []).unwrap() > 0);
}

/// Damages rows of the catalog, and checks that everything is as before once Descry has opened it,
/// and that only the damaged file's texts are embedded again, if that.
#[track_caller]
fn check_rows(what: &str, catch_up: bool, damage: impl Fn(&Path)) {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let mut setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    let before = dump(&engine, id);
    drop(engine);
    damage(data.path());
    let embedded = setup.embedded();
    setup.catch_up = catch_up;
    let engine = setup.start();
    engine.settle(true).unwrap();
    // What is read first shows the damage, and what comes next repairs it.
    engine.files(Mode::Meaning, "surrender tries");
    engine.settle(true).unwrap();
    assert_eq!(engine.folder(id).phase, Phase::Ready, "{what}");
    dump(&engine, id).assert_same(before, what);
    assert!(setup.embedded() <= embedded + 1, "{what}");
}

#[test]
fn a_damaged_row_costs_the_file_it_belongs_to() {
    let one = "file = (SELECT id FROM files WHERE path = 'src/retry.rs')";
    let text =
        "first = (SELECT first FROM chunks JOIN files ON file = id WHERE path = 'src/retry.rs')";
    check_rows("chunks", true, |data| flip(data, "chunks", "packed", one));
    check_rows("a text", true, |data| flip(data, "texts", "packed", text));
    check_rows("a text, without a scan", false, |data| flip(data, "texts", "packed", text));
    check_rows("all texts", true, |data| flip(data, "texts", "packed", "true"));
    check_rows("a text, without derived indexes", true, |data| {
        flip(data, "texts", "packed", text);
        delete(&data.join("folders"));
    });
    check_rows("a file", true, |data| {
        let connection = rusqlite::Connection::open(data.join("catalog.sqlite")).unwrap();
        let sql = "UPDATE files SET path = 'src/retri.rs' WHERE path = 'src/retry.rs'";
        assert_eq!(connection.execute(sql, []).unwrap(), 1);
    });
}

#[test]
fn a_damaged_vector_is_embedded_again_when_it_is_needed() {
    check_rows("a vector", true, |data| {
        let one = "digest = (SELECT digest FROM vectors LIMIT 1)";
        flip(data, "vectors", "vector", one);
        delete(&data.join("folders"));
    });
}

#[test]
fn the_vectors_of_a_damaged_catalog_are_not_computed_again() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let before = dump(&engine, engine.status().folders[0].id);
    drop(engine);
    let connection = rusqlite::Connection::open(data.path().join("catalog.sqlite")).unwrap();
    let page: usize = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'files_alive'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(connection);
    let catalog = data.path().join("catalog.sqlite");
    let mut bytes = fs::read(&catalog).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0x5a);
    fs::write(&catalog, bytes).unwrap();
    let embedded = setup.embedded();
    drop(setup.index(&[]));
    assert!(data.path().join("catalog.damaged").exists());
    let engine = setup.index(&[]);
    assert_eq!(setup.embedded(), embedded);
    let id = engine.status().folders[0].id;
    dump(&engine, id).assert_same(before, "healed for good");
}

#[test]
fn everything_but_the_list_of_folders_may_be_lost() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    drop(setup.index(&[folder.path()]));
    for file in files_below(data.path()) {
        if file.file_name().is_some_and(|name| name != "folders.json") {
            garble(&file);
        }
    }
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
    assert_eq!(engine.nearest("surrender tries"), "src/retry.rs");
    drop(engine);
    delete(&data.path().join("folders.json"));
    let engine = setup.start();
    engine.settle(true).unwrap();
    assert_eq!(
        engine.with_word("kettle"),
        ["docs/kitchen.md"],
        "with the catalog it is not needed"
    );
}

#[test]
fn a_folder_that_cannot_be_opened_is_tried_again_every_ten_seconds() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let setup = Setup::new(data.path());
    let engine = setup.index(&[folder.path()]);
    let id = engine.status().folders[0].id;
    drop(engine);
    let words = data.path().join("folders").join(id.to_string()).join("words");
    fs::remove_dir_all(&words).unwrap();
    fs::write(&words, "in the way").unwrap();

    let engine = setup.start();
    engine.settle(false).unwrap();
    assert!(matches!(engine.folder(id).phase, Phase::Failed { .. }));
    engine.clock.advance(Duration::from_secs(9));
    engine.settle(false).unwrap();
    assert!(matches!(engine.folder(id).phase, Phase::Failed { .. }));
    fs::remove_file(&words).unwrap();
    engine.clock.advance(Duration::from_secs(1));
    engine.until("it is open", |engine| engine.status().folders[0].phase == Phase::Ready);
    assert_eq!(engine.with_word("kettle"), ["docs/kitchen.md"]);
}
