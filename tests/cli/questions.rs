//! Forms of queries: words with hyphens, several lines, standard input, stack traces.

use descry_e2e::{Desk, SHOP};
use serde_json::Value;

/// The query as parsed, and the files that answer, best first.
#[track_caller]
fn asked(desk: &Desk, args: &[&str], input: &str) -> (String, Vec<String>) {
    let args = [&["search", "--json"], args].concat();
    let ended = desk.descry_reading(&args, input);
    assert_eq!(ended.code, Some(0), "descry {args:?}: {ended:?}");
    let answer: Value = serde_json::from_str(&ended.stdout).expect("one line of JSON");
    let path = |hit: &Value| hit["path"].as_str().unwrap_or_default().to_owned();
    let paths = answer["results"].as_array().expect("a list").iter().map(path).collect();
    (answer["query"].as_str().unwrap_or_default().to_owned(), paths)
}

#[test]
fn a_word_may_begin_with_a_hyphen() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.out(&["index", project.arg()]);
    #[track_caller]
    fn check(desk: &Desk, args: &[&str], query: &str, first: &str, without: &str) {
        let (understood, paths) = asked(desk, args, "");
        assert_eq!(understood, query);
        assert!(first.is_empty() || paths[0] == first, "{args:?}: {paths:?}");
        assert!(
            without.is_empty() || !paths.iter().any(|it| it.contains(without)),
            "{args:?}: {paths:?}"
        );
    }
    check(&desk, &["salted", "-path:src"], "salted -path:src", "auth/passwords.py", "src/");
    check(&desk, &["-path:auth", "digest"], "-path:auth digest", "", "auth/");
    check(&desk, &["-lang:go", "--limit", "3", "evict"], "-lang:go evict", "", ".go");
    check(&desk, &["->"], "->", "", "nothing");
    check(&desk, &["-1"], "-1", "", "nothing");
    check(&desk, &["--", "-x", "--json"], "-x --json", "", "nothing");
    check(&desk, &["--", "-retry_with_backoff"], "-retry_with_backoff", "src/backoff.rs", "");
}

#[test]
fn several_lines_are_one_question() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.out(&["index", project.arg()]);
    let pasted =
        "let mut delay = INITIAL;\n  for _ in 1..limit {\n\tif let Ok(value) = operation() {";
    assert_eq!(asked(&desk, &[pasted], ""), asked(&desk, &["-"], &format!("{pasted}\n")));
    let (query, paths) = asked(&desk, &["--stdin"], &format!("{pasted}\r\n"));
    assert_eq!((query.as_str(), paths[0].as_str()), (pasted, "src/backoff.rs"));
    let (query, paths) = asked(&desk, &["-"], "salted -path:src\n");
    assert_eq!((query.as_str(), paths[0].as_str()), ("salted -path:src", "auth/passwords.py"));
    let ended = desk.descry_reading(&["search", "-"], "\n\n");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("standard input has no question"), "{ended:?}");
}

#[test]
fn a_stack_trace_opens_its_line() {
    let desk = Desk::new();
    let long = |name: &str| -> String {
        (0..400).map(|line| format!("export const {name}{line} = {line} * 2;\n")).collect()
    };
    let project = desk.project("web", &[("web/steps.mjs", ""), ("lib/steps.mjs", "")]);
    project.write("web/steps.mjs", &long("step"));
    project.write("lib/steps.mjs", &long("other"));
    desk.out(&["index", project.arg()]);
    #[track_caller]
    fn check(desk: &Desk, trace: &str) {
        let out = desk.out(&["search", "--limit", "1", trace]);
        assert!(out.contains("web/steps.mjs:268  "), "{trace}: {out}");
        assert!(out.contains("step267 = 267"), "{trace}: {out}");
    }
    check(&desk, "at total (file:///srv/shop/web/steps.mjs:268:11)");
    check(&desk, "    at file:///srv/shop/web/steps.mjs:268:11");
    check(
        &desk,
        "TypeError: x is undefined\n    at total (/srv/shop/web/steps.mjs:268:11)\n    at node:internal/x:1:2",
    );
    check(&desk, "File \"/srv/web/steps.mjs\", line 268, in total");
}

#[test]
fn accents_are_found_in_either_form() {
    let desk = Desk::new();
    let decomposed = [
        (
            "cafe\u{301}/re\u{301}sume\u{301}.py",
            "def zahlen():\n    return 'gro\u{308}\u{df}e Menge'\n",
        ),
        ("plain.py", "def other():\n    return 1\n"),
    ];
    let project = desk.project("accents", &decomposed);
    desk.out(&["index", project.arg()]);
    let path = decomposed[0].0;
    for query in [
        "r\u{e9}sum\u{e9}",
        "re\u{301}sume\u{301}.py",
        "gr\u{f6}\u{df}e",
        "gro\u{308}\u{df}e",
        "\"gr\u{f6}\u{df}e Menge\"",
        "zahlen path:caf\u{e9}",
        "zahlen path:CAFE\u{301}",
    ] {
        let (_, paths) = asked(&desk, &["--tiers", "words", query], "");
        assert_eq!(paths.first().map(String::as_str), Some(path), "{query}");
    }
}
