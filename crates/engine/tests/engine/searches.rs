//! Filters, modes and unreasonable queries.

use std::time::Duration;

use descry_base::{RelPath, SymbolKind};
use descry_engine::{EngineError, Mode, Notice, Query, SignalKind, Tiers, Working};
use descry_testkit::{fixture, put};

use crate::kit::{PROJECT, Running, Setup};

const MODES: [Mode; 6] =
    [Mode::All, Mode::Meaning, Mode::Words, Mode::Symbols, Mode::Files, Mode::Regex];

/// All files found, sorted by path.
#[track_caller]
fn check(engine: &Running, mode: Mode, text: &str, expected: &[&str]) {
    let mut files = engine.files(mode, text);
    files.sort();
    assert_eq!(files, expected, "{mode:?} {text:?}");
}

#[test]
fn filters_hold_for_words_and_meaning() {
    let other =
        "//- /web/app.tsx\nexport function App() { return null }\n//- /web/io.ts\nlet a = 1\n";
    let (folder, more, data) = (fixture(PROJECT), fixture(other), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path(), more.path()]);
    let first = folder.path().file_name().unwrap().to_str().unwrap();
    let check = |text: &str, expected: &[&str]| check(&engine, Mode::All, text, expected);
    let rust = ["src/retry.rs", "src/router.rs"];
    check("give lang:rust", &rust);
    check("give lang:rs -path:router", &["src/retry.rs"]);
    check("give lang:typescript", &["web/app.tsx", "web/io.ts"]);
    check("give -lang:rust path:src", &["src/config.py"]);
    check("give path:*.md", &["docs/kitchen.md"]);
    check("give path:SRC/ro*", &["src/router.rs"]);
    check(&format!("give repo:{first}"), &["docs/kitchen.md", "src/config.py", rust[0], rust[1]]);
    check(&format!("give -repo:{first}"), &["web/app.tsx", "web/io.ts"]);
    check("give symbol:router", &["src/router.rs"]);
    check("symbol:load_config", &["src/config.py"]);
    check("\"kettle is cleaned\"", &["docs/kitchen.md"]);
    check("\"Kettle IS cleaned\"", &["docs/kitchen.md"]);
    check("\"cleaned kettle\"", &[]);
    check("path:docs -\"kettle is\" kettle", &[]);
    check("lang:rust", &rust);

    let query = |change: &dyn Fn(&mut Query)| {
        let mut query = Query::new("give", 100);
        change(&mut query);
        let mut hits = engine.search(&query).unwrap().hits;
        hits.sort_by(|a, b| a.path.cmp(&b.path));
        hits.into_iter().map(|hit| hit.path.to_string()).collect::<Vec<_>>()
    };
    let second = engine.status().folders[1].id;
    assert_eq!(query(&|query| query.roots = vec![second]), ["web/app.tsx", "web/io.ts"]);
    let python = vec![descry_base::Language::Python];
    assert_eq!(query(&|query| query.languages = python.clone()), ["src/config.py"]);
    assert_eq!(query(&|query| query.kinds = vec![SymbolKind::Section]), ["docs/kitchen.md"]);
    let words = Tiers { lexical: true, static_vectors: false, dense_vectors: false };
    assert_eq!(query(&|query| query.tiers = words), ["src/retry.rs"]);
    let nothing = Tiers { lexical: false, static_vectors: false, dense_vectors: false };
    assert_eq!(query(&|query| query.tiers = nothing), [""; 0]);
}

#[test]
fn a_filter_that_names_nothing_is_told_and_not_applied() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let answer = engine.ask(Mode::Words, "kettle lang:klingon");
    assert_eq!(answer.hits.len(), 1);
    assert_eq!(answer.notice, Some(Notice::BadFilter { value: "klingon".to_owned() }));
}

#[test]
fn each_mode_finds_its_own() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    check(&engine, Mode::Files, "srcrou", &["src/router.rs"]);
    check(&engine, Mode::Files, "nowhere", &[]);
    assert_eq!(engine.files(Mode::Symbols, "Router")[0], "src/router.rs");
    check(&engine, Mode::Symbols, "kettle", &[]);
    check(&engine, Mode::Regex, r"fn \w+_up\(", &["src/retry.rs"]);
    check(&engine, Mode::Regex, "KETTLE", &[]);
    check(&engine, Mode::Regex, "kettle", &["docs/kitchen.md"]);
    check(&engine, Mode::Regex, r"path lang:python", &["src/config.py"]);
    let hit = engine.ask(Mode::Regex, r"fn \w+_up").hits.remove(0);
    assert_eq!((hit.lines[0].number, hit.lines[0].marks.as_slice()), (1, &[(4, 14)][..]));
    for bad in ["(", "*", "[a", "\\p{No such}", "(?P<a", "a{99999999}"] {
        let answer = engine.ask(Mode::Regex, bad);
        assert!(matches!(answer.notice, Some(Notice::BadRegex { .. })), "{bad}: {answer:?}");
    }
}

#[test]
fn what_is_like_a_chunk_is_found_by_the_chunk() {
    let text =
        "//- /a.md\nkettle oven fridge\n//- /b.md\noven fridge sink\n//- /c.md\nrouter path\n";
    let (folder, data) = (fixture(text), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let hit = engine.ask(Mode::Words, "kettle").hits.remove(0);
    let like = engine.similar(hit.chunk, 5).unwrap();
    let files: Vec<&str> = like.hits.iter().map(|hit| hit.path.as_str()).collect();
    assert_eq!(files, ["b.md", "c.md"]);
    assert!(matches!(
        engine.similar(descry_base::ChunkId(99_999), 5),
        Err(EngineError::NoSuchChunk)
    ));
}

#[test]
fn what_is_like_a_selection_is_found() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let hit = &engine.ask(Mode::Words, "kettle").hits[0];
    let text = fixture_text(folder.path(), hit.path.as_str());
    let like = engine.similar_text(&text, 5).unwrap();
    assert_eq!(like.hits[0].path, hit.path);
    assert!(engine.similar_text("  \n ", 5).unwrap().hits.is_empty());
    // A whole file of many megabytes works as well as its beginning.
    engine.similar_text(&"ü\n".repeat(5_000_000), 5).unwrap();
}

#[test]
fn what_is_written_twice_is_one_hit() {
    let code =
        "pub fn settle(account: &mut Account) {\n    account.close();\n    account.notify();\n}\n";
    let text = format!(
        "//- /a/settle.rs\n{code}//- /b/copied.rs\n{code}//- /b/other.rs\npub fn settle() {{}}\n"
    );
    let (folder, data) = (fixture(&text), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let answer = engine.ask(Mode::All, "settle account");
    assert_eq!(answer.total, 3);
    let shown: Vec<_> = answer
        .hits
        .iter()
        .map(|hit| {
            let copies = hit.copies.iter().map(|copy| (copy.path.as_str(), copy.exact));
            (hit.path.as_str(), copies.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        shown,
        [("a/settle.rs", vec![("b/copied.rs", true)]), ("b/other.rs", vec![])],
        "{answer:#?}"
    );
    // A copy folded into a hit leaves room for another hit.
    let best = |limit| engine.search(&Query::new("settle account", limit)).unwrap().hits;
    assert_eq!(best(2).len(), 2);
    assert_eq!(best(1)[0].copies.len(), 1);
}

#[test]
fn a_file_is_found_at_the_line_that_a_message_names() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let function = |name: &str| {
        let lines = |n| format!("    let {name}_{n} = previous + {n} * 1234567 + offset;\n");
        format!("pub fn {name}() {{\n{}}}\n\n", (0..38).map(lines).collect::<String>())
    };
    let text: String = ["ash", "birch", "cedar", "oak"].map(function).concat();
    put(folder.path(), &format!("//- /src/trees.rs\n{text}//- /src/other/ash.rs\n{text}"));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let first = |text: &str| engine.ask(Mode::All, text).hits.remove(0);
    for text in
        ["src/trees.rs:100", "thread 'main' panicked at /build/src/trees.rs:100:9: overflow"]
    {
        let hit = first(text);
        assert_eq!(hit.path.as_str(), "src/trees.rs", "{text}");
        assert!((hit.span.first_line..hit.span.end_line).contains(&99), "{text}: {:?}", hit.span);
        let best: Vec<u32> =
            hit.lines.iter().filter(|line| line.best).map(|line| line.number).collect();
        assert_eq!(best, [99], "{text}");
        assert!(
            hit.why.signals.iter().any(|signal| signal.kind == SignalKind::Reference),
            "{text}"
        );
    }
    assert_eq!(first("retry.rs").path.as_str(), "src/retry.rs");
    assert_eq!(first("src/other").path.as_str(), "src/other/ash.rs");
}

#[test]
fn among_equals_what_is_worked_on_goes_first() {
    let (folder, data) = (fixture(""), fixture(""));
    let file = |n: u32| format!("//- /f{n}.rs\nfn settle_{n}() {{\n    ledger({n}23);\n}}\n");
    put(folder.path(), &(0..5).map(file).collect::<String>());
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    let day = Duration::from_secs(24 * 60 * 60);
    let set = |name: &str, time| {
        let file = std::fs::File::options().append(true).open(folder.path().join(name)).unwrap();
        file.set_modified(time).unwrap();
    };
    (0..5).for_each(|n| set(&format!("f{n}.rs"), long_ago + day));
    set("f3.rs", long_ago + 100 * day);
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let root = engine.status().folders[0].id;
    let first = |working: Option<Working>| {
        let mode = Mode::Words;
        let query = Query { mode, working, ..Query::new("settle the ledger", 5) };
        let hit = engine.search(&query).unwrap().hits.remove(0);
        let signals: Vec<String> =
            hit.why.signals.into_iter().map(|signal| signal.kind.name().to_owned()).collect();
        (hit.path.to_string(), signals)
    };
    let now_ns = i64::try_from((100 * day).as_nanos()).unwrap();
    let (usual, _) = first(None);
    let (recent, why) = first(Some(Working { now_ns, open: Vec::new() }));
    assert_eq!((recent.as_str(), why.contains(&"recent".to_owned())), ("f3.rs", true), "{usual}");
    let open = vec![(root, RelPath::new("f4.rs").unwrap())];
    let (opened, why) = first(Some(Working { now_ns: 0, open }));
    assert_eq!((opened.as_str(), why.contains(&"open".to_owned())), ("f4.rs", true), "{usual}");
}

#[test]
fn who_wants_more_hits_gets_the_same_first_ones() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    for number in 0..200 {
        let words = ["kettle", "retry", "give up", "attempts"][number % 4].repeat(1 + number % 7);
        let text = format!("def test_{number}():\n    assert brew{number}('{words} {number}')\n");
        put(folder.path(), &format!("//- /tests/test_{number}.py\n{text}"));
    }
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    // A single name looks up to 150 chunks, however many hits are requested.
    let questions = [
        ("give up a kettle after failed attempts", 190),
        ("retry the kettle", 190),
        ("kettle", 150),
    ];
    for (text, most) in questions {
        let hits = |limit| engine.search(&Query::new(text, limit)).unwrap().hits;
        let places = |limit| -> Vec<_> { hits(limit).into_iter().map(|hit| hit.chunk).collect() };
        let all = places(most);
        assert!(all.len() > 60, "{text}: {} hits", all.len());
        for limit in [1, 20, 60] {
            assert_eq!(places(limit), all[..limit], "{text}");
        }
    }
}

#[test]
fn pasted_code_is_found_where_it_stands() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    put(
        folder.path(),
        "//- /src/uses.rs\nfn stop() -> bool {\n    let attempts = count();\n    give_up(attempts) && !route(\"x\")\n}\n",
    );
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let pasted = "    let attempts = count();\n    give_up(attempts) && !route(\"x\")\n";
    assert_eq!(engine.ask(Mode::All, pasted).hits[0].path.as_str(), "src/uses.rs");
}

fn fixture_text(folder: &std::path::Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap()
}

#[test]
fn any_text_is_a_question_in_every_mode() {
    let (folder, data) = (fixture(PROJECT), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let long = "kettle route ".repeat(5_000);
    let one = "k".repeat(100_000);
    let texts = [
        "",
        " ",
        "\n\t",
        "🦀",
        "🦀🦀 kettle 👩‍👩‍👧",
        "\0",
        "a\0b",
        "\"",
        "\"\"",
        "-\"",
        "-",
        "--",
        "lang:",
        "path:*",
        "path:**",
        "path:\"🦀",
        "symbol:",
        "repo:🦀",
        "-repo:",
        "\u{202e}elttek",
        "K\u{301}ettle",
        "\\",
        "(",
        "^$",
        ".*",
        "ﬀ",
        "İ",
        "ß",
        "a\"b\"c",
        "path:\"a b\" x",
        "*",
        "\u{feff}",
        long.as_str(),
        one.as_str(),
    ];
    for mode in MODES {
        for text in texts {
            for limit in [1, usize::MAX / 2] {
                let answer = engine.search(&Query { mode, ..Query::new(text, limit) }).unwrap();
                assert!(answer.hits.len() <= limit);
                for filter in &answer.filters {
                    assert!(text.get(filter.bytes.clone()).is_some(), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn hits_agree_with_the_file() {
    let code: String = (0..40)
        .map(|n| format!("/// Number {n}.\r\nfn f{n}() {{\r\n    // größer 🦀 value {n}\r\n    go({n});\r\n}}\r\n\r\n"))
        .collect();
    let giant = format!("start {} end\n", "value ".repeat(600));
    let text = format!(
        "{PROJECT}//- /crlf.rs\n{code}//- /giant.txt\n{giant}//- /bom.md\n\u{feff}# Title\n\nA value.\n\
         //- /no_end.txt\nvalue\nand no end"
    );
    let (folder, data) = (fixture(&text), fixture(""));
    let engine = Setup::new(data.path()).index(&[folder.path()]);
    let mut seen = 0;
    for (mode, text) in [
        (Mode::All, "value"),
        (Mode::All, "größer 🦀"),
        (Mode::Words, "number value"),
        (Mode::Meaning, "surrender"),
        (Mode::Symbols, "f7"),
        (Mode::Files, "r"),
        (Mode::Regex, "value|end|title"),
        (Mode::Regex, "$"),
    ] {
        for hit in engine.ask(mode, text).hits {
            let file = engine.read_file(hit.root, &hit.path).unwrap();
            assert!(!file.changed_since_index && !hit.stale, "{hit:?}");
            let span = hit.span;
            let chunk = &file.text[span.bytes()];
            let lines: Vec<&str> = file.text.split('\n').collect();
            let before = file.text[..span.start as usize].matches('\n').count();
            assert_eq!(span.first_line as usize, before, "{hit:?}");
            assert!(mode == Mode::Regex || hit.lines.iter().any(|line| line.best), "{hit:?}");
            for line in &hit.lines {
                seen += 1;
                assert!((span.first_line..span.end_line).contains(&line.number), "{hit:?}");
                let whole = lines[line.number as usize];
                assert!(whole.contains(&line.text) && chunk.contains(&line.text), "{hit:?}");
                for (start, end) in &line.marks {
                    assert!(line.text.get(*start as usize..*end as usize).is_some(), "{hit:?}");
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
