//! Measures the engine with the bundled model as a user experiences it: indexing speed, time to the
//! first result, query latency, time until a saved edit is found, and memory use.
//!
//! `cargo xtask bench` builds it in release mode and runs it on the sources of the project's
//! dependencies. Arguments: a folder to copy sources from, and the number of megabytes to copy.

mod measure;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use descry_engine::{Engine, Query, Tiers};

use measure::{megabytes, ms, open, report, say, wait_until};

/// The allocator that the programs use.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUERIES: &[&str] = &[
    "give up after too many failed attempts",
    "parse a date from text",
    "read a file into memory",
    "hash map insertion with collision handling",
    "spawn_blocking",
    "iterate over directory entries recursively",
    "convert utf-16 to utf-8",
    "how are errors converted between crates",
    "Builder",
    "compress a block of data",
    "wait for a lock with a timeout",
    "escape special characters in a regular expression",
    "serialize_struct",
    "random number generator seeded from the system",
    "compute a checksum of bytes",
    "split a string at whitespace",
];

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let source = PathBuf::from(arguments.next().context("the folder to take sources from")?);
    let megabytes: f64 = match arguments.next() {
        Some(text) => text.to_string_lossy().parse().context("megabytes")?,
        None => 12.0,
    };
    let scratch = std::env::temp_dir().join(format!("descry-bench-{}", std::process::id()));
    let project = scratch.join("project");
    let bytes = copy_sources(&source, &project, (megabytes * 1e6) as u64)?;
    let result = measure_words(&project, &scratch.join("data"), bytes)
        .and_then(|()| measure_dense(&source, &scratch))
        .and_then(|()| measure_fairness(&scratch));
    std::fs::remove_dir_all(&scratch)?;
    result
}

/// Measures how soon an edit in a fully embedded folder is found by its dense vector.
fn measure_dense(source: &Path, scratch: &Path) -> anyhow::Result<()> {
    let project = scratch.join("small");
    let bytes = copy_sources(source, &project, 200_000)?;
    let session = open(&scratch.join("small-data"), true, |_| {})?;
    let engine = session.engine().context("the data directory is taken")?;
    engine.add_folder(&project)?;
    engine.settle(false)?;
    let begun = Instant::now();
    engine.settle(true)?;
    let chunks = wait_for_status(engine)?.coverage.chunks;
    say(&format!(
        "dense vectors                {:.1} chunks/s ({chunks} chunks, {:.1} MB)",
        chunks as f64 / begun.elapsed().as_secs_f64(),
        bytes as f64 / 1e6
    ))?;
    let mut times = Vec::new();
    for number in 0..20 {
        let name = format!("zanzibar{number}quux");
        std::fs::write(project.join("edited.rs"), edit(&name, number))?;
        let begun = Instant::now();
        let tiers = Tiers { lexical: false, static_vectors: false, dense_vectors: true };
        let query = Query { tiers, ..Query::new(format!("counts the {name} of a basket"), 5) };
        wait_until(|| {
            let answer = engine.search(&query)?;
            Ok(answer.hits.iter().any(|hit| hit.lines.iter().any(|line| line.text.contains(&name))))
        })?;
        times.push(begun.elapsed());
    }
    report("an edit has its dense vector", times)
}

/// Measures how soon a small folder answers that is added while a huge one is scanned.
fn measure_fairness(scratch: &Path) -> anyhow::Result<()> {
    const HUGE: u32 = 30_000;
    const SMALL: u32 = 100;
    let fill = |name: &str, files: u32| -> anyhow::Result<PathBuf> {
        let folder = scratch.join(name);
        std::fs::create_dir_all(&folder)?;
        for number in 0..files {
            std::fs::write(folder.join(format!("f{number}.rs")), edit(name, number).repeat(20))?;
        }
        Ok(folder)
    };
    let (huge, small) = (fill("huge", HUGE)?, fill("tiny", SMALL)?);
    let session = open(&scratch.join("fair-data"), false, |_| {})?;
    let engine = session.engine().context("the data directory is taken")?;
    engine.wait_for_model()?;
    engine.add_folder(&huge)?;
    wait_until(|| {
        Ok(engine.status().folders.iter().any(|folder| folder.files_found == HUGE as usize))
    })?;
    let begun = Instant::now();
    engine.add_folder(&small)?;
    wait_until(|| Ok(!engine.search(&Query::new("tiny_count", 1))?.hits.is_empty()))?;
    let first = begun.elapsed();
    let read = engine.status().folders.first().map_or(0, |folder| folder.files);
    say(&format!(
        "first results of {SMALL} files    {:.0} ms after they were added, with {read} of {HUGE} others read",
        ms(first)
    ))
}

fn edit(name: &str, number: u32) -> String {
    format!("/// Counts the {name} of a basket.\nfn {name}_count() -> u32 {{ {number} }}\n")
}

fn measure_words(project: &Path, data: &Path, bytes: u64) -> anyhow::Result<()> {
    let session = open(data, false, |_| {})?;
    let engine = session.engine().context("the data directory is taken")?;
    engine.wait_for_model()?;
    engine.settle(false)?;

    let begun = Instant::now();
    engine.add_folder(project)?;
    let first = wait_until(|| Ok(!engine.search(&Query::new("error", 1))?.hits.is_empty()))
        .map(|()| begun.elapsed())?;
    engine.settle(false)?;
    let indexed = begun.elapsed();
    let status = wait_for_status(engine)?;
    say(&format!(
        "indexed, words and instant   {:.1} MB, {} files, {} chunks in {:.2} s: {:.1} MB/s",
        bytes as f64 / 1e6,
        status.files,
        status.coverage.chunks,
        indexed.as_secs_f64(),
        bytes as f64 / 1e6 / indexed.as_secs_f64()
    ))?;
    say(&format!("first results                {:.0} ms after the folder was added", ms(first)))?;

    for (name, tiers) in [
        ("query, all tiers", Tiers::default()),
        (
            "query, words alone",
            Tiers { lexical: true, static_vectors: false, dense_vectors: false },
        ),
    ] {
        let mut times = Vec::new();
        for round in 0..8 {
            for text in QUERIES {
                // Each round adds a word, so that no vector comes from the query cache.
                let text = format!("{text} {round}");
                let answer = engine.search(&Query { tiers, ..Query::new(text, 20) })?;
                times.push(answer.elapsed);
            }
        }
        report(name, times)?;
    }

    let mut words = Vec::new();
    for number in 0..50 {
        let name = format!("zanzibar{number}quux");
        let file = project.join(format!("edited_{}.rs", number % 5));
        std::fs::write(&file, edit(&name, number))?;
        let begun = Instant::now();
        let query = Query::new(format!("{name}_count"), 5);
        wait_until(|| {
            let answer = engine.search(&query)?;
            Ok(answer
                .hits
                .iter()
                .any(|hit| hit.why.matched.iter().any(|word| word.contains(&name))))
        })?;
        words.push(begun.elapsed());
    }
    report("a saved edit is found", words)?;
    say(&format!("memory held                  {:.0} MB", megabytes("VmRSS")?))
}

fn wait_for_status(engine: &Engine) -> anyhow::Result<descry_engine::FolderStatus> {
    let mut found = None;
    wait_until(|| {
        let status = engine.status();
        found = status.folders.first().cloned();
        Ok(found.as_ref().is_some_and(|folder| {
            folder.phase == descry_engine::Phase::Ready && folder.files >= folder.files_found
        }))
    })?;
    found.context("no folder")
}

/// Copies source files, folder by folder in name order, until there are enough bytes.
fn copy_sources(from: &Path, to: &Path, enough: u64) -> anyhow::Result<u64> {
    let mut folders = vec![from.to_path_buf()];
    let mut copied = 0;
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
        for entry in entries {
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if is_source(&path) && copied < enough {
                let target = to.join(path.strip_prefix(from)?);
                std::fs::create_dir_all(target.parent().context("no folder")?)?;
                copied += std::fs::copy(&path, &target)?;
            }
        }
        if copied >= enough {
            break;
        }
    }
    Ok(copied)
}

/// True for human-written source code below the size limit.
fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let small = path.metadata().is_ok_and(|metadata| metadata.len() < 400_000);
    small && matches!(extension, "rs" | "c" | "h" | "py" | "js" | "ts" | "md" | "toml")
}
