//! A query that is a single name finds the texts with that name, whatever surrounds it.

use descry_engine::{Mode, Notice};
use proptest::prelude::*;

use crate::kit::{Running, Setup};

/// The texts in which a name can appear: code, tests, settings, prose, unknown languages.
const HOMES: [(&str, &str); 14] = [
    (
        "batch/Vault.sol",
        "contract Vault {\n    function NAME() public {\n        total = 0;\n    }\n}\n",
    ),
    ("deploy/values.yaml", "service:\n  NAME: 3\n  other: 4\n"),
    ("docs/guide.md", "# Guide\n\nSet NAME before the first start.\n"),
    ("notes.txt", "Remember: NAME is not what it was.\n"),
    ("tests/helpers.py", "def NAME():\n    return 4\n"),
    ("Jenkinsfile", "pipeline {\n  stage('x') { sh 'NAME' }\n}\n"),
    ("pom.xml", "<project>\n  <properties><NAME>1</NAME></properties>\n</project>\n"),
    ("src/solver.f90", "subroutine NAME(a)\n  real :: a\nend subroutine\n"),
    ("src/core.clj", "(defn NAME [x]\n  (inc x))\n"),
    ("src/queue.erl", "NAME(Pid) ->\n    Pid ! stop.\n"),
    ("tools/setup.ps1", "function NAME {\n  Write-Host 'x'\n}\n"),
    ("boot/start.asm", "NAME:\n    mov ax, 1\n    ret\n"),
    ("vendor/lib/pool.c", "int NAME(int x) {\n    return x;\n}\n"),
    ("examples/demo.go", "package demo\n\nfunc NAME() int {\n\treturn 3\n}\n"),
];

const NAMES: [&str; 6] = [
    "withdrawEverything",
    "STORE_ENDPOINT",
    "flush_queue",
    "Reconciler",
    "Ledger9",
    "maxRetryCount",
];

/// Files that appear to be about the name but do not contain it.
fn decoys(name: &str) -> Vec<(String, String)> {
    let words: Vec<String> = words_of(name);
    let said = words.join(" ");
    let first = &words[0];
    (0..10)
        .map(|i| {
            let text = format!(
                "/** How to {said} of basket {i}. */\nexport function {first}Basket{i}(items: string[]) {{\n  \
                 return items.filter((item) => item !== \"{first}\");\n}}\n"
            );
            (format!("src/{first}/basket{i}.ts"), text)
        })
        .collect()
}

/// `flush_queue` and `flushQueue` both yield `flush`, `queue`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_'
            || (c.is_uppercase() && words.last().is_some_and(|w| w.ends_with(char::is_lowercase)))
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
    }
    words
}

fn folder(files: &[(String, String)]) -> (tempfile::TempDir, Running) {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join("project").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let engine = Setup::new(&root.path().join("data")).index(&[&root.path().join("project")]);
    (root, engine)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_without_the_name_stands_above_what_has_it(
        name in prop::sample::select(&NAMES[..]),
        homes in prop::sample::subsequence(&HOMES[..], 1..6),
    ) {
        let mut files = decoys(name);
        files.extend(homes.iter().map(|(path, text)| (path.to_string(), text.replace("NAME", name))));
        let (_root, engine) = folder(&files);
        let answer = engine.ask(Mode::All, name);
        let has = |path: &str| files.iter().any(|(it, text)| it == path && text.contains(name));
        let hits: Vec<bool> = answer.hits.iter().map(|hit| has(hit.path.as_str())).collect();
        let first_without = hits.iter().position(|has| !has).unwrap_or(hits.len());
        let found = hits.iter().filter(|has| **has).count();
        prop_assert_eq!(found, first_without, "{:?}", answer.hits.iter().map(|h| &h.path).collect::<Vec<_>>());
        prop_assert_eq!(found, homes.len());
        prop_assert_eq!(answer.notice, None);
    }
}

#[test]
fn a_file_is_found_by_its_name() {
    let mut files = decoys("license");
    let named = [
        "LICENSE-MIT",
        "LICENSE",
        "rustfmt.toml",
        "tauri.conf.json",
        "ARCHITECTURE.md",
        "Makefile",
        "build.gradle",
        "ui/results/why.ts",
        "ui/the.ts",
        "src/mod.rs",
        "src/net/mod.rs",
        "docs/for",
        "go.sum.txt",
        "app/[id].tsx",
        "app/[...rest].tsx",
        "app/(group)/page.tsx",
        "lib/py.typed",
        "lib/blank.rs",
        "docs/My Report (final).txt",
    ];
    let text = |path: &str| match path {
        "lib/py.typed" => String::new(),
        "lib/blank.rs" => "\n\n".to_owned(),
        _ => "some text of mine, with license\n".to_owned(),
    };
    files.extend(named.map(|path| (path.to_owned(), text(path))));
    let mention =
        "See LICENSE-MIT, Makefile and ARCHITECTURE.md; rustfmt.toml, why.ts.\n".repeat(3);
    files.push(("README.md".to_owned(), mention));
    let (_root, engine) = folder(&files);
    for path in named {
        let name = path.rsplit('/').next().unwrap();
        for asked in [path, name] {
            let answer = engine.ask(Mode::All, asked);
            let first = answer.hits.first().map(|hit| hit.path.as_str()).unwrap_or_default();
            assert!(first.ends_with(asked), "{asked}: {first}");
        }
    }
}

#[test]
fn who_asks_where_a_name_is_defined_gets_its_definition() {
    let mut files: Vec<(String, String)> = (0..12)
        .map(|i| {
            let text = format!("from stock import Shelf\n\n\ndef count{i}():\n    shelf = Shelf()\n    return shelf.Shelf\n");
            (format!("app/user{i}.py"), text)
        })
        .collect();
    let defined = "class Box:\n    size = 1\n\n\nclass Shelf:\n    size = 2\n\n\nclass Crate:\n    size = 3\n";
    files.push(("app/stock.py".to_owned(), defined.to_owned()));
    let (_root, engine) = folder(&files);
    for asked in [
        "Where is Shelf defined?",
        "Shelf",
        "definition of Shelf",
        "class Shelf",
        "the Shelf class",
    ] {
        assert_eq!(engine.files(Mode::All, asked)[0], "app/stock.py", "{asked}");
    }
}

#[test]
fn a_name_that_is_nowhere_is_said_to_be_so() {
    let (_root, engine) = folder(&decoys("flush_queue"));
    let notice = |asked| engine.ask(Mode::All, asked).notice;
    match notice("flushBaskt3") {
        Some(Notice::NoExactMatch { name, nearest }) => {
            assert_eq!(name, "flushBaskt3");
            assert_eq!(nearest.first().map(String::as_str), Some("flushBasket3"));
        }
        other => panic!("{other:?}"),
    }
    // A partly typed name is found as part of the whole name.
    for there in ["flushBasket", "flushbasket", "flushBas", "ushBask"] {
        assert_eq!(notice(there), None, "{there}");
    }
}

#[test]
fn a_named_line_is_first_whatever_its_file_is() {
    let lines = |n: usize| (0..n).map(|i| format!("\"k{i}\": \"v\",\n")).collect::<String>();
    let total =
        "// total is wrong: error\nfunction total(a) {\n  return a; // error: total is wrong\n}\n";
    let files = [
        ("package.json".to_owned(), format!("{{\n{}\"z\": 1\n}}\n", lines(20))),
        ("CMakeLists.txt".to_owned(), "set(total 1)\n".repeat(90)),
        ("src/total.js".to_owned(), total.to_owned()),
    ];
    let (_root, engine) = folder(&files);
    for (asked, path) in [
        ("package.json:6:9", "package.json"),
        ("package.json:6:9: error: total is wrong", "package.json"),
        ("CMake Error at CMakeLists.txt:66 (find_package): total", "CMakeLists.txt"),
    ] {
        let answer = engine.ask(Mode::All, asked);
        assert_eq!(answer.hits[0].path.as_str(), path, "{asked}");
    }
}

#[test]
fn signs_are_a_name_as_well() {
    let files = [
        ("a.rb".to_owned(), "sorted = a <=> b\n".to_owned()),
        ("b.rb".to_owned(), "sorted = a < b\n".to_owned()),
        ("c.lisp".to_owned(), "(defun will? (x) x)\n".to_owned()),
        ("d.py".to_owned(), "def will(x):\n    return x\n".to_owned()),
        ("e.css".to_owned(), ".user-data-id { color: red }\n".to_owned()),
        ("f.md".to_owned(), "The user data id is kept.\n".to_owned()),
        ("g.rs".to_owned(), "fn r#match() {}\n".to_owned()),
        ("h.rs".to_owned(), "fn x() { match y { _ => match z {} } }\n".to_owned()),
    ];
    let (_root, engine) = folder(&files);
    for (asked, path) in [
        ("<=>", "a.rb"),
        ("will?", "c.lisp"),
        ("will", "d.py"),
        ("userDataId", "e.css"),
        ("match", "g.rs"),
    ] {
        assert_eq!(engine.files(Mode::All, asked)[0], path, "{asked}");
    }
    assert_eq!(engine.files(Mode::All, "<=>"), ["a.rb"]);
}
