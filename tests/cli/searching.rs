//! Answers for people and for programs.

use descry_e2e::{Desk, SHOP, share_no_word};
use serde_json::Value;

const QUESTION: &str = "try once more later when a network request fails";

fn results(answer: &Value) -> &[Value] {
    answer["results"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn people_get_places_with_their_lines() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let out = desk.out(&["search", "--folder", project.arg(), "retry_with_backoff"]);
    let first = out.lines().next().unwrap_or_default();
    assert!(first.starts_with("src/backoff.rs:") && first.contains("words 1"), "{out}");
    assert!(out.contains("pub fn retry_with_backoff"), "{out}");
}

#[test]
fn a_misspelled_word_is_answered_with_the_nearest() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let ended = desk.descry(&["search", "--tiers", "words", "evikt"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("did you mean: evict"), "{ended:?}");
}

#[test]
fn programs_get_one_json_value_and_nothing_else() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    share_no_word(QUESTION, &project.read("src/backoff.rs"));
    let answer = desk.json(&["search", "--json", "--limit", "3", QUESTION]);
    assert_eq!(answer["query"], QUESTION);
    assert_eq!(results(&answer)[0]["path"], "src/backoff.rs");
    assert_eq!(results(&answer).len(), 3);
    let mut before = f64::INFINITY;
    for hit in results(&answer) {
        let number = |key: &str| hit[key].as_f64().unwrap_or_else(|| panic!("{key} of {hit}"));
        let text = hit["path"].as_str().map(|path| project.read(path)).unwrap_or_default();
        assert!(number("start_line") >= 1.0 && number("start_line") <= number("end_line"), "{hit}");
        assert!(number("end_line") <= text.lines().count() as f64, "{hit}");
        assert!(number("score") <= before, "{answer}");
        assert!(hit["symbol"].is_string() && hit["why"].is_object(), "{hit}");
        assert_eq!(hit["folder"], project.arg());
        before = number("score");
    }
}

#[test]
fn a_file_of_queries_is_answered_line_by_line() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let asked = desk.project("asked", &[]);
    let queries = ["salted digest", "lang:go evict", "retry \"quoted\" back\\slash", ""];
    asked.write("queries.txt", &queries.join("\r\n").replace("quoted\"", "quoted\" ü"));
    let file = asked.path().join("queries.txt");
    let file = file.to_str().expect("a plain name");
    let out = desk.out(&["search", "--json", "--folder", project.arg(), "--queries", file]);
    let answers: Vec<Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let asked: Vec<_> = answers.iter().map(|answer| answer["query"].clone()).collect();
    assert_eq!(asked, ["salted digest", "lang:go evict", "retry \"quoted\" ü back\\slash"]);
    assert_eq!(results(&answers[0])[0]["path"], "auth/passwords.py");
    assert!(results(&answers[1]).iter().all(|hit| hit["path"] == "cache/lru.go"), "{out}");
    // The search names one folder, so results omit its name.
    assert!(results(&answers[0])[0].get("folder").is_none(), "{out}");
}

#[test]
fn only_the_named_tiers_take_part() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.out(&["index", project.arg()]);
    let asked =
        |tiers: &str, query: &str| desk.json(&["search", "--json", "--tiers", tiers, query]);

    assert_eq!(results(&asked("words", "zebra")).len(), 0);
    let words = asked("words", "salted");
    assert_eq!(results(&words)[0]["path"], "auth/passwords.py");
    assert!(results(&words).iter().all(|hit| hit["why"]["meaning"].is_null()), "{words}");

    let instant = asked("instant", QUESTION);
    assert!(!results(&instant).is_empty(), "static vectors answer before there are dense vectors");
    assert!(results(&instant).iter().all(|hit| hit["why"]["instant"] == true), "{instant}");
    assert_eq!(results(&asked("full", QUESTION)).len(), 0, "nothing is embedded yet");

    desk.index(&project);
    let full = asked("full", QUESTION);
    assert_eq!(results(&full)[0]["path"], "src/backoff.rs");
    assert!(results(&full).iter().all(|hit| hit["why"]["instant"] == false), "{full}");
    assert!(results(&full).iter().all(|hit| hit["why"]["words"].is_null()), "{full}");
}

#[test]
fn a_search_sees_what_was_saved_since() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    project.write("net/ping.py", "def ping_neighbour(host):\n    return send(host, b'hello')\n");
    assert_eq!(desk.found("ping_neighbour")[0], "net/ping.py");
    project.delete("net/ping.py");
    assert!(desk.found("ping_neighbour").iter().all(|path| path != "net/ping.py"));
}

#[test]
fn without_a_model_words_answer_and_the_reason_is_told() {
    #[track_caller]
    fn check(desk: &Desk, query: &str, reason: &str) {
        let answer = desk.json(&["search", "--json", query]);
        assert_eq!(results(&answer)[0]["path"], "auth/passwords.py");
        let notice = answer["notice"].as_str().unwrap_or_default();
        assert!(notice.contains("only words") && notice.contains(reason), "{answer}");
        let said = desk.descry(&["search", query]).stderr;
        assert!(said.contains("only words") && said.contains(reason), "{said}");
    }
    let desk = Desk::without_model();
    let project = desk.project("shop", SHOP);
    desk.out(&["index", project.arg()]);
    check(&desk, "salted digest", "there is no such file");
    // Words answer a name best, and the notice appears all the same.
    check(&desk, "salted_digest", "there is no such file");

    let models = desk.project("models", &[("notes.gguf", "This is no model.")]);
    desk.choose(&models.path().join("notes.gguf"));
    check(&desk, "salted digest", "it is not a GGUF file");

    // An unfinished download with preallocated space.
    let whole = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/embed-gguf/tests/fixtures/models/bert.gguf"
    );
    let mut bytes = std::fs::read(whole).expect("a fixture can be read");
    let kept = bytes.len() * 3 / 4;
    bytes[kept..].fill(0);
    let cut = models.path().join("cut.gguf");
    std::fs::write(&cut, bytes).expect("a file can be written");
    desk.choose(&cut);
    check(&desk, "salted digest", "it is damaged");
}
