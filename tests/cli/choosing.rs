//! `descry model` and `--model`: the choice of the embedding model.

use descry_e2e::{Desk, SHOP};

/// A tiny model with random weights: its name and its dimension.
const TINY: (&str, &str) = ("bert", "vectors of 48");
const BUNDLED: (&str, &str) = ("descry-code-22m", "vectors of 384");

fn tiny() -> String {
    format!("{}/../crates/embed-gguf/tests/fixtures/models/bert.gguf", env!("CARGO_MANIFEST_DIR"))
}

/// Checks that `descry model` reports this model and that a new index uses it.
#[track_caller]
fn check(desk: &Desk, (name, dim): (&str, &str)) {
    let said = desk.descry(&["model"]).stderr;
    assert!(said.contains(name) && said.contains(dim), "{said}");
    let status = desk.json(&["status", "--json"]);
    assert_eq!(status["model"]["name"], name, "{status}");
    let coverage = &status["folders"][0]["coverage"];
    assert_eq!(coverage["full"], coverage["chunks"], "{status}");
}

#[test]
fn a_chosen_model_is_used_until_it_is_taken_back() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    check(&desk, BUNDLED);

    let ended = desk.descry(&["model", "use", &tiny()]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("used from the next start on"), "{ended:?}");
    desk.index(&project);
    check(&desk, TINY);
    // Words work with any model.
    assert_eq!(desk.found("retry_with_backoff")[0], "src/backoff.rs");

    // A file that is not a model changes nothing.
    let ended = desk.descry(&["model", "use", "shop/src/cart.rs"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("cart.rs: it is not a GGUF file"), "{ended:?}");
    check(&desk, TINY);

    desk.out(&["model", "reset"]);
    desk.index(&project);
    check(&desk, BUNDLED);
}

#[test]
fn a_model_can_be_named_for_once() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.out(&["index", project.arg(), "--wait", "full", "--model", &tiny()]);
    let found = desk.json(&["search", "--json", "--model", &tiny(), "retry_with_backoff"]);
    let best = &found["results"][0];
    assert_eq!(best["path"], "src/backoff.rs", "{found}");
    assert_eq!(best["why"]["instant"], false, "found by the dense vector: {found}");
    // That did not change the chosen model.
    desk.index(&project);
    check(&desk, BUNDLED);
}

#[test]
fn a_model_for_once_does_not_come_between_another_program_and_its_own() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let shell = desk.shell(&project);

    let ended = desk.descry(&["search", "--model", &tiny(), "evict"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let sentence = "descry: another Descry runs on this index with its own model; close it to use ";
    assert!(ended.stderr.starts_with(sentence), "{ended:?}");
    let ended = desk.descry(&["model", "use", &tiny()]);
    assert!(ended.stderr.contains("is running and will use it when"), "{ended:?}");
    // Without `--model`, the other program answers.
    assert_eq!(desk.found("evict")[0], "cache/lru.go");

    shell.end();
    desk.index(&project);
    check(&desk, TINY);
}
