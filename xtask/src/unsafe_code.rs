//! `cargo xtask unsafe [--write]`: compares the unsafe code of dependencies with the list of what is accepted.
//!
//! Each line of the list is a crate from elsewhere that becomes part of a shipped program on Linux: its name, its
//! version, how many lines of its source have the keyword `unsafe`, and why they are accepted.

mod count;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use ignore::WalkBuilder;
use serde::Deserialize;

use crate::workspace::{cargo, metadata, root};

/// The list, from the root folder.
const LIST: &str = "xtask/unsafe.txt";

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    name: String,
    version: String,
    lines: usize,
    reason: String,
}

/// Compares, or writes the list anew: what has a reason keeps it.
pub(crate) fn run(args: &[String]) -> Result<()> {
    match args {
        [] => check(),
        [write] if write == "--write" => write_list(),
        _ => bail!("`cargo xtask unsafe` takes nothing but --write"),
    }
}

/// Fails if the list is not what the dependencies have, with a line for each difference.
pub(crate) fn check() -> Result<()> {
    let complaints = complaints(&parse(&read()?)?, &found()?);
    ensure!(
        complaints.is_empty(),
        "the unsafe code of dependencies is not what {LIST} accepts:\n{}\nLook at what changed, run `cargo xtask \
         unsafe --write`, and say in {LIST} why a new entry is accepted",
        complaints.join("\n")
    );
    Ok(())
}

fn write_list() -> Result<()> {
    let text = read()?;
    let entries = merge(&parse(&text)?, found()?);
    let head = text.split_inclusive('\n').take_while(|line| line.starts_with('#'));
    let lines = entries.iter().map(|entry| format!("{entry}\n"));
    let text: String = head.map(str::to_owned).chain(lines).collect();
    fs::write(root().join(LIST), text).with_context(|| format!("writing {LIST}"))?;
    let unexplained = entries.iter().filter(|entry| entry.reason.is_empty()).count();
    println!("{} crates, {unexplained} of them without a reason.", entries.len());
    Ok(())
}

fn read() -> Result<String> {
    fs::read_to_string(root().join(LIST)).with_context(|| format!("reading {LIST}"))
}

fn parse(text: &str) -> Result<Vec<Entry>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| Entry::parse(line).with_context(|| format!("{LIST}: {line}"))).collect()
}

impl Entry {
    fn parse(line: &str) -> Option<Entry> {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?.to_owned(), words.next()?.to_owned());
        let lines = words.next()?.parse().ok()?;
        Some(Entry { name, version, lines, reason: words.collect::<Vec<_>>().join(" ") })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry { name, version, lines, reason } = self;
        let line = format!("{name:<28} {version:<12} {lines:>5}  {reason}");
        f.write_str(line.trim_end())
    }
}

/// How the list differs from what was found.
fn complaints(listed: &[Entry], found: &[Entry]) -> Vec<String> {
    let same =
        |a: &Entry, b: &Entry| (&a.name, &a.version, a.lines) == (&b.name, &b.version, b.lines);
    let mut gone: Vec<_> = listed.iter().filter(|it| !found.iter().any(|a| same(a, it))).collect();
    let unlisted = found.iter().filter(|it| !listed.iter().any(|a| same(a, it)));
    let mut complaints = Vec::new();
    for Entry { name, version, lines, .. } in unlisted {
        let now = format!("{name} {version} with {lines} lines");
        complaints.push(match gone.iter().position(|it| it.name == *name) {
            Some(at) => {
                let Entry { version, lines, .. } = gone.remove(at);
                format!("   changed: {now}; the list has {version} with {lines}")
            }
            None => format!("   new: {now}"),
        });
    }
    complaints.extend(gone.iter().map(|it| format!("   gone: {} {}", it.name, it.version)));
    let unexplained = listed.iter().filter(|it| it.reason.is_empty());
    complaints
        .extend(unexplained.map(|it| format!("   without a reason: {} {}", it.name, it.version)));
    complaints
}

/// What was found, with the reasons of the same version, or else of another version of the crate.
fn merge(listed: &[Entry], found: Vec<Entry>) -> Vec<Entry> {
    let reason = |found: &Entry| {
        let mut of_crate = listed.iter().filter(|it| it.name == found.name);
        let same = of_crate.clone().find(|it| it.version == found.version);
        same.or_else(|| of_crate.next()).map(|it| it.reason.clone()).unwrap_or_default()
    };
    found.into_iter().map(|entry| Entry { reason: reason(&entry), ..entry }).collect()
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// Absent for a crate of this workspace.
    source: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    src_path: PathBuf,
}

/// The crates with unsafe code, by name and version, without reasons.
fn found() -> Result<Vec<Entry>> {
    let shipped = shipped()?;
    let metadata: Metadata = metadata(["--locked"])?;
    let mut found = Vec::new();
    for Package { name, version, source, targets } in metadata.packages {
        let is_library = |it: &&Target| it.kind.iter().any(|kind| kind.ends_with("lib"));
        let library = targets.iter().find(is_library).and_then(|it| it.src_path.parent());
        let (Some(_), Some(folder)) = (source, library) else { continue };
        let lines = match shipped.contains(&format!("{name} v{version}")) {
            true => lines(folder)?,
            false => 0,
        };
        if lines > 0 {
            found.push(Entry { name, version, lines, reason: String::new() });
        }
    }
    found.sort();
    Ok(found)
}

/// Each crate in the shipped programs, as `NAME vVERSION`. Procedural macros run only while they are built.
fn shipped() -> Result<BTreeSet<String>> {
    let mut tree = cargo(["tree", "--locked", "--prefix=none", "--format={p}"]);
    tree.args(["--edges=normal,no-proc-macro", "--target=x86_64-unknown-linux-gnu"]);
    tree.args(["--package=descry-app", "--package=descry-cli"]);
    let output = output(&mut tree)?;
    let crates = output.lines().filter_map(|line| {
        let (name, rest) = line.split_once(' ')?;
        Some(format!("{name} {}", rest.split(' ').next()?))
    });
    Ok(crates.collect())
}

fn lines(folder: &Path) -> Result<usize> {
    let mut sum = 0;
    for entry in WalkBuilder::new(folder).standard_filters(false).build() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|it| it == "rs") && path.is_file() {
            sum += count::lines(&String::from_utf8_lossy(&fs::read(&path)?));
        }
    }
    Ok(sum)
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().context("cargo cannot be started")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo failed: {}", complaint.trim());
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "# A comment.\na 1.0.0 3 because\nb 1.0.0 4 a reason\nb 2.0.0 5 another\n";

    #[test]
    fn what_differs_is_named() {
        #[track_caller]
        fn check(listed: &str, found: &str, expected: &[&str]) {
            let complaints = complaints(&parse(listed).unwrap(), &parse(found).unwrap());
            assert_eq!(complaints.iter().map(|it| it.trim()).collect::<Vec<_>>(), expected);
        }
        check(LISTED, "a 1.0.0 3\nb 1.0.0 4\nb 2.0.0 5", &[]);
        check(LISTED, "a 1.0.0 3\nb 1.0.0 4", &["gone: b 2.0.0"]);
        check(
            LISTED,
            "a 1.0.0 2\nb 1.0.0 4\nb 2.1.0 6\nc 1.0.0 1",
            &[
                "changed: a 1.0.0 with 2 lines; the list has 1.0.0 with 3",
                "changed: b 2.1.0 with 6 lines; the list has 2.0.0 with 5",
                "new: c 1.0.0 with 1 lines",
            ],
        );
        check("a 1.0.0 3", "a 1.0.0 3", &["without a reason: a 1.0.0"]);
    }

    #[test]
    fn a_new_list_keeps_reasons() {
        let found = "a 1.1.0 3\nb 1.0.0 4\nb 2.1.0 6\nc 1.0.0 1";
        let merged = merge(&parse(LISTED).unwrap(), parse(found).unwrap());
        let reasons: Vec<_> = merged.iter().map(|it| it.reason.as_str()).collect();
        assert_eq!(reasons, ["because", "a reason", "a reason", ""]);
        let written: String = merged.iter().map(|it| format!("{it}\n")).collect();
        assert_eq!(parse(&written).unwrap(), merged);
        assert!(parse("a 1.0.0 many").is_err());
    }
}
