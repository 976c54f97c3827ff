//! Measures how the costs of a large folder grow: processor time and space for each megabyte,
//! memory, the time to open, to ask, to find a saved file and to remove it.
//!
//! `cargo xtask bench scale FOLDER` builds it in release mode. The folder is indexed where it is;
//! one file is written into it, and deleted again. The model for full meaning does not run.

mod measure;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use descry_engine::{Engine, FolderStatus, Notification, Phase, Query};
use descry_session::Session;

use measure::{megabytes, ms, open, report, say, wait_until};

/// The allocator that the programs use.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUERIES: &[&str] = &[
    "give up after too many failed attempts",
    "parse a date from text",
    "hash map insertion with collision handling",
    "spawn_blocking",
    "iterate over directory entries recursively",
    "convert utf-16 to utf-8",
    "Builder",
    "wait for a lock with a timeout",
    "escape special characters in a regular expression",
    "serialize_struct",
    "compute a checksum of bytes",
    "lang:rust split a string at whitespace",
];

/// The file that is written and deleted.
const EDITED: &str = "descry_scale_edit.rs";

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("the folder to index")?;
    let folder = PathBuf::from(folder).canonicalize()?;
    let data = std::env::temp_dir().join(format!("descry-scale-{}", std::process::id()));
    let edited = folder.join(EDITED);
    let result = measure_folder(&folder, &data, &edited);
    // It is there only if an edit was measured.
    let _ = std::fs::remove_file(edited);
    std::fs::remove_dir_all(&data)?;
    result
}

fn measure_folder(folder: &Path, data: &Path, edited: &Path) -> anyhow::Result<()> {
    let (session, commits) = listen(data)?;
    let engine = session.engine().context("the data directory is taken")?;
    engine.wait_for_model()?;
    let (begun, spent) = (Instant::now(), processor_time()?);
    let root = engine.add_folder(folder)?;
    engine.settle(false)?;
    let status = status(engine)?;
    let source = indexed_bytes(engine, folder, root)? as f64 / 1e6;
    let cpu = (processor_time()? - spent).as_secs_f64();
    say(&format!(
        "indexed             {source:.0} MB, {} files, {} chunks in {:.0} s; {:.0} ms of processor time for each MB",
        status.files,
        status.coverage.chunks,
        begun.elapsed().as_secs_f64(),
        1e3 * cpu / source
    ))?;
    say(&format!("memory while idle   {}", memory()?))?;
    until_idle()?;
    say(&format!(
        "tidied up           after {:.0} s in all; {}",
        begun.elapsed().as_secs_f64(),
        memory()?
    ))?;
    ask(engine, "query")?;
    say(&format!("memory              {}", memory()?))?;

    say(&format!("changes are noticed {:?}", status.watch))?;
    let (mut times, mut cpu) = (Vec::new(), Vec::new());
    while commits.try_recv().is_ok() {}
    for number in 0..12 {
        let name = format!("zanzibar{number}quux");
        let (begun, spent) = (Instant::now(), processor_time()?);
        std::fs::write(edited, format!("/// Counts.\nfn {name}() -> u32 {{ {number} }}\n"))?;
        // Asking again and again would be most of the cost.
        commits.recv().context("the engine has ended")?;
        times.push(begun.elapsed());
        until_idle()?;
        cpu.push(processor_time()? - spent);
        let found = engine.search(&Query { roots: vec![root], ..Query::new(name, 5) })?.hits;
        ensure!(found.iter().any(|hit| hit.path.as_str() == EDITED), "the file is not found");
        while commits.try_recv().is_ok() {}
    }
    report("saved file found", times)?;
    report("  processor time", cpu)?;
    let unknown = (0..12).map(|number| format!("zanzibarquux{number}"));
    let unknown = unknown.map(|name| Ok(engine.search(&Query::new(name, 20))?.elapsed));
    report("unknown name", unknown.collect::<anyhow::Result<_>>()?)?;
    drop(session);

    for part in ["catalog.sqlite", "folders"] {
        let size = size_of(&data.join(part))? as f64 / 1e6;
        say(&format!("{part:<19} {size:.0} MB, {:.2} of the source", size / source))?;
    }
    let begun = Instant::now();
    let (session, _) = listen(data)?;
    let engine = session.engine().context("the data directory is taken")?;
    wait_until(|| Ok(engine.status().ready))?;
    say(&format!("opened              in {:.0} ms", ms(begun.elapsed())))?;
    engine.wait_for_model()?;
    wait_until(|| Ok(!engine.search(&Query::new("retry with backoff", 5))?.hits.is_empty()))?;
    say(&format!("first answer        after {:.0} ms; {}", ms(begun.elapsed()), memory()?))?;
    let begun = Instant::now();
    engine.remove_folder(root)?;
    say(&format!("removed             in {:.0} ms", ms(begun.elapsed())))?;
    drop(session);

    let begun = Instant::now();
    let ripgrep = Command::new("rg").args(["-c", "zanzibar"]).arg(folder).output();
    match ripgrep {
        Ok(_) => {
            say(&format!("ripgrep             scans the folder in {:.0} ms", ms(begun.elapsed())))
        }
        Err(error) => say(&format!("ripgrep             cannot run: {error}")),
    }
}

fn ask(engine: &Engine, name: &str) -> anyhow::Result<()> {
    let mut times = Vec::new();
    // Each round adds a word, so that no vector comes from the query cache.
    for word in ["safely", "again", "later", "first", "quickly", "twice", "here", "once"] {
        for text in QUERIES {
            times.push(engine.search(&Query::new(format!("{text} {word}"), 20))?.elapsed);
        }
    }
    report(name, times)
}

/// A session, and a message for each of its commits.
fn listen(data: &Path) -> anyhow::Result<(Session, Receiver<()>)> {
    let (commit, commits) = channel();
    let session = open(data, false, move |notification| {
        if matches!(notification, Notification::Committed(_)) {
            // Whoever does not listen does not wait for commits.
            let _ = commit.send(());
        }
    })?;
    Ok((session, commits))
}

fn status(engine: &Engine) -> anyhow::Result<FolderStatus> {
    let mut found = None;
    wait_until(|| {
        found = engine.status().folders.first().cloned();
        Ok(found.as_ref().is_some_and(|folder| folder.phase == Phase::Ready))
    })?;
    found.context("no folder")
}

/// The bytes of the files that are indexed.
fn indexed_bytes(engine: &Engine, folder: &Path, root: descry_base::RootId) -> anyhow::Result<u64> {
    let files = engine.files(&Query { roots: vec![root], ..Query::new("", 1) });
    let paths = files.folders.iter().flat_map(|folder| &folder.files);
    paths.map(|path| Ok(path.on_disk(folder).metadata()?.len())).sum()
}

/// Waits until the process uses hardly any processor time.
fn until_idle() -> anyhow::Result<()> {
    const LOOK: Duration = Duration::from_millis(400);
    let mut quiet = 0;
    while quiet < 2 {
        let before = processor_time()?;
        std::thread::park_timeout(LOOK);
        quiet = if processor_time()? - before < LOOK / 20 { quiet + 1 } else { 0 };
    }
    Ok(())
}

/// Resident memory, as reported by Linux.
fn memory() -> anyhow::Result<String> {
    Ok(format!(
        "{:.0} MB resident ({:.0} MB of it mapped files)",
        megabytes("VmRSS")?,
        megabytes("RssFile")?
    ))
}

/// The processor time of this process, as reported by Linux in hundredths of a second.
fn processor_time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The program's name ends with the last parenthesis; user and system time are the 14th and 15th
    // field.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Ok(Duration::from_millis(10 * ticks.sum::<Result<u64, _>>()?))
}

fn size_of(path: &Path) -> anyhow::Result<u64> {
    if path.is_file() {
        return Ok(path.metadata()?.len());
    }
    std::fs::read_dir(path)?.map(|entry| size_of(&entry?.path())).sum()
}
