//! Every fuzz target takes what it starts from.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

#[track_caller]
fn check(target: &str, seeds: &str) {
    let test = std::env::current_exe().unwrap();
    let examples = test.parent().unwrap().parent().unwrap().join("examples");
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join(seeds);
    let seeds: Vec<_> = seeds.read_dir().unwrap().map(|seed| seed.unwrap().path()).collect();
    let run = Command::new(examples.join(format!("fuzz-{target}"))).args(&seeds).output().unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    let taken = told.lines().filter(|line| line.starts_with("Executed ")).count();
    assert!(run.status.success() && taken == seeds.len(), "{target}: {told}");
}

#[test]
fn every_target_takes_its_seeds() {
    check("catalog", "seeds/catalog");
    check("chunks", "seeds/chunks");
    check("gguf", "../embed-gguf/tests/fixtures/models");
    check("protocol", "seeds/protocol");
    check("query", "seeds/query");
    check("text", "seeds/text");
}
