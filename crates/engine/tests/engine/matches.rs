//! Literal searches: phrases, regular expressions, globs, all matches. They are complete, or report
//! that they are not.

use std::fmt::Write;
use std::ops::ControlFlow;

use descry_engine::{MatchOptions, Mode, Notice, Query, matches};
use descry_testkit::{fixture, put};
use proptest::prelude::*;

use crate::kit::{PROJECT, Running, Setup};

/// The files found, sorted by path, and the reported number of chunks.
fn answers(engine: &Running, mode: Mode, text: &str) -> (Vec<String>, usize) {
    let answer = engine.ask(mode, text);
    let copies = answer.hits.iter().flat_map(|hit| hit.copies.iter().map(|copy| &copy.path));
    let mut files: Vec<String> =
        answer.hits.iter().map(|hit| &hit.path).chain(copies).map(ToString::to_string).collect();
    files.sort();
    files.dedup();
    (files, answer.total)
}

#[track_caller]
fn check(engine: &Running, mode: Mode, text: &str, expected: &[&str]) {
    assert_eq!(answers(engine, mode, text).0, expected, "{mode:?} {text:?}");
}

#[test]
fn a_phrase_of_signs_is_found_wherever_it_stands() {
    let mut text = String::new();
    for n in 0..1500 {
        let sign = if n % 5 == 0 { "|=" } else { "=" };
        let _ = write!(
            text,
            "//- /src/f{n:04}.rs\nfn f{n}(x: u32) -> Vec<B{n}> {{\n    y {sign} g({n}, x);\n    h{n}(0..={n})\n}}\n"
        );
    }
    let (folder, data) = (fixture(&text), fixture(""));
    let engine = Setup { model: None, ..Setup::new(data.path()) }.index(&[folder.path()]);
    for mode in [Mode::All, Mode::Words] {
        for (phrase, expected) in [("\"|=\"", 300), ("\"->\"", 1500), ("\"..=\"", 1500)] {
            assert_eq!(engine.ask(mode, phrase).total, expected, "{phrase}");
        }
        let answer = engine.search(&Query { mode, ..Query::new("\"|=\"", 7) }).unwrap();
        assert_eq!((answer.hits.len(), answer.total), (7, 300));
        for hit in answer.hits {
            let marked = |line: &&descry_engine::Line| line.best && !line.marks.is_empty();
            assert!(hit.lines.iter().any(|line| marked(&line)), "{hit:?}");
        }
        assert_eq!(engine.ask(mode, "-\"|=\"").total, 1200);
        assert_eq!(engine.ask(mode, "\"|=\" \"(1255,\"").total, 1);
        assert_eq!(engine.ask(mode, r"/h\d+5\(/ path:f10*").total, 10);
    }
}

#[test]
fn phrases_hold_to_the_letter_except_for_case() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    put(
        folder.path(),
        "//- /src/odd.txt\nuser = getName(); a\tb\nna\u{ef}ve cafe\u{301}\nx  y [z] \\n\n",
    );
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    for phrase in ["getname()", "= GET", "tName", "a\tb", "x  y", "[z]", r"\n", "NAÏVE", "café"] {
        check(&engine, Mode::All, &format!("\"{phrase}\""), &["src/odd.txt"]);
        check(&engine, Mode::Words, &format!("\"{phrase}\""), &["src/odd.txt"]);
    }
    for phrase in ["x y", "getname ()", "z]  ", "naive"] {
        check(&engine, Mode::All, &format!("\"{phrase}\""), &[]);
    }
}

#[test]
fn an_expression_limits_what_words_rank() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let check = |text: &str, expected: &[&str]| check(&engine, Mode::All, text, expected);
    check(r"/fn \w+\(/ surrender", &["src/retry.rs", "src/router.rs"]);
    assert_eq!(engine.files(Mode::All, r"/fn \w+\(/ surrender tries")[0], "src/retry.rs");
    check(r"/fn \w+\(/ -/give_\w+/", &["src/router.rs"]);
    check(r"/FN \w+\(/i lang:rust -path:retry", &["src/router.rs"]);
    check(r"/FN \w+\(/", &[]);
    let answer = engine.ask(Mode::All, "/(/ kettle");
    assert!(matches!(answer.notice, Some(Notice::BadRegex { .. })), "{answer:?}");
    assert!(!answer.hits.is_empty());
}

#[test]
fn a_filter_alone_lists_what_it_admits() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    put(folder.path(), "//- /tests/route_test.rs\n#[test]\nfn routes() {}\n");
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    for mode in [Mode::All, Mode::Meaning, Mode::Words, Mode::Files] {
        let check = |text: &str, expected: &[&str]| check(&engine, mode, text, expected);
        check("lang:rust", &["src/retry.rs", "src/router.rs", "tests/route_test.rs"]);
        check("path:*.md", &["docs/kitchen.md"]);
        check("where:tests", &["tests/route_test.rs"]);
        check("is:test", &["tests/route_test.rs"]);
        check("-lang:rust -path:docs/", &["src/config.py"]);
        check("path:**/*.py", &["src/config.py"]);
        check("path:nowhere", &[]);
    }
    for mode in [Mode::All, Mode::Words, Mode::Symbols] {
        let check = |text: &str, expected: &[&str]| check(&engine, mode, text, expected);
        check("symbol:rout", &["src/router.rs", "tests/route_test.rs"]);
        check("symbol:rout -symbol:routes", &["src/router.rs"]);
        check("kind:section", &["docs/kitchen.md"]);
        check("-kind:function -kind:method -kind:type path:src", &[]);
    }
    assert_eq!(engine.ask(Mode::All, "lang:rust").hits[0].path.as_str(), "src/retry.rs");
    check(&engine, Mode::Regex, "", &[]);
    check(&engine, Mode::All, "", &[]);
}

#[test]
fn an_expression_is_what_was_typed() {
    let text = "//- /a.json\n{\"name\":  \"x\"}\n//- /b.txt\nfile: open\nlang:rust\n\
                //- /c.rs\nfn long(\n    a: u32,\n) {}\n";
    let (folder, data) = (fixture(text), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let check = |text: &str, expected: &[&str]| check(&engine, Mode::Regex, text, expected);
    check(r#""name""#, &["a.json"]);
    check(r#":  ""#, &["a.json"]);
    check(r#": ""#, &[]);
    check(r"file:\s*open", &["b.txt"]);
    check("lang:rust", &["b.txt"]);
    check(". path:*.rs", &["c.rs"]);
    check(". path:*.rs lang:json", &[]);
    check(r"long\(\n.*u32", &["c.rs"]);
    let answer = engine.ask(Mode::Regex, r"long\(\n.*u32 lang:rust");
    let lines: Vec<(u32, &str)> =
        answer.hits[0].lines.iter().map(|line| (line.number, line.text.as_str())).collect();
    assert_eq!(lines, [(0, "fn long("), (1, "    a: u32,")]);
    let filters: Vec<&str> = answer.filters.iter().map(|it| it.value.as_str()).collect();
    assert_eq!((answer.total, filters), (2, vec!["rust"]));
}

/// Every match as path, line and text.
fn all(engine: &Running, text: &str, options: MatchOptions) -> Vec<(String, u32, String)> {
    let files = engine.files_of(text);
    let mut found = Vec::new();
    let searched = matches(&files, options, &mut |file| {
        let path = file.path.to_string();
        found.extend(file.lines.into_iter().map(|line| (path.clone(), line.number, line.text)));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(searched.complete && searched.unread.is_empty() && searched.lines == found.len());
    found
}

#[test]
fn all_matches_are_true_to_the_disk() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup { model: None, ..Setup::new(data.path()) }.index(&[folder.path()]);
    let regex = MatchOptions { regex: true, ..MatchOptions::default() };
    let places = |text: &str, options| -> Vec<String> {
        let found = all(&engine, text, options).into_iter();
        found.map(|(path, line, _)| format!("{path}:{line}")).collect()
    };
    let plain = MatchOptions::default();
    assert_eq!(places("route", plain).len(), 5);
    assert_eq!(places("route(", plain), ["src/router.rs:6"]);
    assert_eq!(places(r"pub fn \w+\(attempts", regex), ["src/retry.rs:1"]);
    assert_eq!(places("path lang:python", plain), ["src/config.py:0", "src/config.py:2"]);
    assert_eq!(places("on kind:section", plain), ["docs/kitchen.md:2"]);
    assert_eq!(places("path kind:section", plain), [""; 0]);
    assert_eq!(places("Path", MatchOptions { word: true, ..plain }), [""; 0]);
    // Saved a moment ago and not indexed yet.
    put(folder.path(), "//- /src/retry.rs\n\n// a kettle\n");
    assert_eq!(places("kettle", plain), ["docs/kitchen.md:2", "src/retry.rs:1"]);
    let write = |bytes: &[u8]| std::fs::write(folder.path().join("src/retry.rs"), bytes).unwrap();
    let utf16 = "// ein Kettle f\u{fc}r \u{e9}".encode_utf16().flat_map(u16::to_le_bytes);
    write(&[b"\xff\xfe".to_vec(), utf16.collect()].concat());
    assert_eq!(places("Kettle f\u{fc}r", plain), ["src/retry.rs:0"]);
    write(b"\xef\xbb\xbfkettle");
    assert_eq!(places("^kettle", regex), ["src/retry.rs:0"]);
    std::fs::remove_file(folder.path().join("src/retry.rs")).unwrap();
    assert_eq!(places("kettle", plain), ["docs/kitchen.md:2"]);
}

impl Running {
    fn files_of(&self, text: &str) -> descry_engine::Files {
        (**self).files(&Query::new(text, 1))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn phrases_and_matches_are_those_of_a_naive_scan(
        texts in proptest::collection::vec("([abAB_(=|.>-]{1,4}[ \n]){1,60}", 1..8),
        phrases in proptest::collection::vec("[abAB_(=|.>-]{1,2}( [abA=|-]{1,2})?", 6),
    ) {
        let (folder, data) = (fixture(""), fixture(""));
        for (n, text) in texts.iter().enumerate() {
            put(folder.path(), &format!("//- /f{n}.txt\nx\n{text}\n"));
        }
        let engine = Setup { model: None, static_model: false, ..Setup::new(data.path()) }
            .index(&[folder.path()]);
        for phrase in &phrases {
            let wanted = phrase.to_lowercase();
            let has = |text: &&(usize, &String)| text.1.to_lowercase().contains(&wanted);
            let expected: Vec<String> = texts.iter().enumerate()
                .filter(|it| has(&it)).map(|(n, _)| format!("f{n}.txt")).collect();
            let (found, _) = answers(&engine, Mode::All, &format!("\"{phrase}\""));
            prop_assert_eq!(&found, &expected, "{:?}", phrase);
            let options = MatchOptions { case: descry_engine::Case::Insensitive, ..Default::default() };
            let lines: usize = texts.iter().map(|text| {
                text.lines().filter(|line| line.to_lowercase().contains(&wanted)).count()
            }).sum();
            prop_assert_eq!(all(&engine, phrase, options).len(), lines, "{:?}", phrase);
        }
    }
}
