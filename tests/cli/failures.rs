//! A failure prints one sentence and exits with 1; wrong usage exits with 2.

use std::path::Path;

use descry_e2e::{Desk, SHOP};

/// Checks that the command fails with `code`, prints `sentence`, and writes nothing for programs.
#[track_caller]
fn check(desk: &Desk, args: &[&str], code: i32, sentence: &str) {
    let ended = desk.descry_reading(args, "\"text\"\n");
    assert_eq!(ended.code, Some(code), "descry {args:?}: {ended:?}");
    assert_eq!(ended.stdout, "", "descry {args:?}");
    assert!(ended.stderr.contains(sentence), "descry {args:?}: {}", ended.stderr);
    if code == 1 {
        assert!(ended.stderr.starts_with("descry: "), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}

#[test]
fn wrong_folders_are_named() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let desk_path = desk.path().canonicalize().expect("it exists");
    let outer = desk_path.to_str().expect("a plain name");
    check(&desk, &["search", "x"], 1, "no folder is indexed yet; run `descry index FOLDER` first");
    desk.out(&["index", project.arg()]);
    check(&desk, &["index", "nowhere"], 1, "nowhere does not exist");
    check(&desk, &["index", "shop/src/cart.rs"], 1, "cart.rs is not a folder");
    check(&desk, &["index", outer], 1, "shop is added already and lies inside it; remove that one");
    check(&desk, &["remove", "nowhere"], 1, "nowhere does not exist and is not in the index");
    check(&desk, &["remove", outer], 1, "is not added itself; it holds the added ");
    check(&desk, &["remove", "shop/src"], 1, "src lies in the added folder ");
    check(&desk, &["remove", "data"], 1, "data is not in the index");
    check(
        &desk,
        &["search", "--folder", "data", "x"],
        1,
        "is not indexed; run `descry index data`",
    );
    check(&desk, &["search", "--folder", "shop/none", "x"], 1, "nothing in ");
    check(&desk, &["search", "--folder", "nowhere", "x"], 1, "nowhere does not exist and is not");
    check(&desk, &["shell", "nowhere"], 1, "nowhere does not exist");
    let config = Path::new("nowhere").join("config.json");
    let sentence = format!("{}: there is no such file; fetch the whole", config.display());
    check(&desk, &["model", "convert", "nowhere", "out.gguf"], 1, &sentence);
    // None of these changed anything.
    assert_eq!(desk.out(&["folders"]), format!("{}\n", project.arg()));
}

#[test]
fn wrong_calls_are_explained() {
    let desk = Desk::new();
    check(&desk, &[], 2, "Usage: descry [OPTIONS] <COMMAND>");
    check(&desk, &["find"], 2, "unrecognized subcommand 'find'");
    check(&desk, &["search"], 2, "<QUERY>");
    check(
        &desk,
        &["search", "--tiers", "words,exact", "x"],
        2,
        "`exact` is none of words, instant, full",
    );
    check(&desk, &["search", "--queries", "queries.txt"], 2, "--json");
    check(&desk, &["search", "--limit", "many", "x"], 2, "invalid value 'many'");
    check(&desk, &["search", "x", "--jsn"], 2, "a similar argument exists: '--json'");
    check(&desk, &["search", "-n", "5", "x"], 2, "unexpected argument '-n'");
    check(&desk, &["status", "--color", "green"], 2, "auto, always, never");
    check(&desk, &["index"], 2, "<FOLDER>");
    check(&desk, &["index", ".", "--wait", "long"], 2, "instant, full");
    check(&desk, &["embed"], 2, "--json");
    check(&desk, &["model", "convert", ".", "x.gguf", "--type", "q4_0"], 2, "f32, f16, q8_0");
}

#[test]
fn damaged_models_are_refused() {
    let desk = Desk::new();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(desk.path().join(name), bytes).expect("a file is written");
    };
    file("text.gguf", b"this is no model");
    file("empty.gguf", b"");
    // The magic, version 3, and counts of tensors and keys too large for any file.
    file("greedy.gguf", &[b"GGUF\x03\0\0\0".as_slice(), &[0xff; 16]].concat());
    check(
        &desk,
        &["embed", "--json", "--model", "text.gguf"],
        1,
        "text.gguf: it is not a GGUF file",
    );
    check(
        &desk,
        &["embed", "--json", "--model", "empty.gguf"],
        1,
        "cannot load the model empty.gguf: ",
    );
    check(
        &desk,
        &["embed", "--json", "--model", "greedy.gguf"],
        1,
        "cannot load the model greedy.gguf: ",
    );
    check(
        &desk,
        &["embed", "--json", "--model", "none.gguf"],
        1,
        "none.gguf: there is no such file",
    );
}

#[test]
fn texts_that_are_no_json_are_counted_to() {
    let ended = Desk::new().descry_reading(&["embed", "--json"], "\"fine\"\nnot json\n");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1, "the first was answered: {ended:?}");
    assert!(ended.stderr.starts_with("descry: line 2 is not a JSON string"), "{ended:?}");
}

#[test]
fn an_unusable_data_directory_is_told_once() {
    let desk = Desk::new();
    std::fs::write(desk.data_dir(), "a file").expect("a file is written");
    let ended = desk.descry(&["folders"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("cannot be used"), "{ended:?}");
    assert_eq!(ended.stderr.matches("os error").count(), 1, "{ended:?}");
}
