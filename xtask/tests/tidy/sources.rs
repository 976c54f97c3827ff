//! The form of sources.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::{assert_none, root};

/// Extensions of files that people write. Fixtures may contain anything; tools write lock files.
const WRITTEN: [&str; 14] = [
    "rs", "toml", "md", "ts", "svelte", "js", "css", "html", "json", "py", "sh", "yml", "yaml",
    "svg",
];

/// A Rust file longer than this has more than one subject.
const MAX_RUST_LINES: usize = 600;

/// Prefixes of paths that exist only on one person's machine.
const HOMES: [&str; 4] = ["/home/", "/Users/", "/root/", r"C:\Users\"];

/// Users that exist only in examples.
const NOBODY: [&str; 4] = ["me/", "you/", "ada/", r"ada\"];

#[test]
fn sources_are_tidy() {
    let mut complaints = Vec::new();
    for path in written_files() {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        complaints
            .extend(line_complaints(&text).map(|(line, what)| format!("{name}:{line}: {what}")));
        let lines = text.lines().count();
        if name.ends_with(".rs") && lines > MAX_RUST_LINES {
            complaints.push(format!("{name}: {lines} lines; split it by subject"));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            complaints.push(format!("{name}: no line break at the end of the file"));
        }
    }
    assert_none(&complaints);
}

#[test]
fn every_crate_says_what_it_promises() {
    let crates = ["crates", "src-tauri", "tests", "xtask"].map(|it| root().join(it));
    let roots = crates.iter().flat_map(|it| WalkBuilder::new(it).max_depth(Some(3)).build());
    let roots = roots.filter_map(Result::ok).map(DirEntry::into_path);
    let roots = roots.filter(|it| it.ends_with("lib.rs") || it.ends_with("main.rs"));
    let silent =
        roots.filter(|it| !fs::read_to_string(it).is_ok_and(|text| text.starts_with("//!")));
    let complaints: Vec<_> = silent.map(|it| format!("{}: begin with //!", it.display())).collect();
    assert_none(&complaints);
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README.md");
    for command in ["cargo xtask app", "cargo xtask test"] {
        assert!(readme.contains(command), "README.md does not name `{command}`");
    }
}

fn written_files() -> impl Iterator<Item = PathBuf> {
    let foreign = |it: &DirEntry| it.file_name() == "fixtures" || it.file_name() == ".git";
    let walk = WalkBuilder::new(root())
        .hidden(false)
        .require_git(false)
        .filter_entry(move |it| !foreign(it))
        .build();
    let files = walk.filter_map(Result::ok).map(DirEntry::into_path);
    files.filter(|it| it.is_file() && is_written(it))
}

fn is_written(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    WRITTEN.contains(&extension) && !path.ends_with("package-lock.json")
}

/// Line numbers, from 1, with complaints.
fn line_complaints(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let complaints = [
            (line.ends_with([' ', '\t', '\r']), "trailing white space"),
            (is_unfinished(line), "a mark for unfinished work: finish it"),
            (names_a_home(line), "a path on one person's machine"),
        ];
        complaints.into_iter().filter(|it| it.0).map(move |it| (index + 1, it.1))
    })
}

fn is_unfinished(line: &str) -> bool {
    // Concatenated, so that this file does not match.
    [concat!("TO", "DO"), concat!("FIX", "ME")].iter().any(|mark| line.contains(mark))
}

fn names_a_home(line: &str) -> bool {
    let is_somebody = |rest: &str| {
        rest.starts_with(char::is_alphabetic) && !NOBODY.iter().any(|it| rest.starts_with(it))
    };
    let somebody = HOMES.iter().any(|home| line.split(home).skip(1).any(is_somebody));
    let checkout = root().to_string_lossy();
    somebody || checkout.len() > 1 && line.contains(&*checkout)
}

#[test]
fn complaints_name_their_line() {
    let check = |text: &str, expected: &[usize]| {
        let lines: Vec<_> = line_complaints(text).map(|it| it.0).collect();
        assert_eq!(lines, expected, "{text:?}");
    };
    check("fine\nalso fine\n", &[]);
    check("fine\nnot \nnot\t\n", &[2, 3]);
    check(concat!("// TO", "DO: later"), &[1]);
    check(concat!("let path = \"/ho", "me/jo/code\";"), &[1]);
    check("let path = \"/home/ada/code\";", &[]);
    check("the folders below /home/ are", &[]);
}
