//! Prints how fast each language of a folder is chunked: `speed FOLDER`, one thread.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use descry_base::Language;
use descry_chunk::{ChunkConfig, Text};

#[derive(Default)]
struct Total {
    files: usize,
    bytes: usize,
    chunks: usize,
    time: Duration,
    slowest: (Duration, String),
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let mut totals = BTreeMap::new();
    walk(Path::new(&folder), &mut totals);
    println!("language        files     MB  chunks  bytes/chunk   MB/s  slowest file");
    for (language, total) in totals {
        let mb = total.bytes as f64 / 1e6;
        println!(
            "{:14} {:6} {mb:6.1} {:7} {:12} {:6.1}  {:?} {}",
            language.name(),
            total.files,
            total.chunks,
            total.bytes / total.chunks.max(1),
            mb / total.time.as_secs_f64(),
            total.slowest.0,
            total.slowest.1,
        );
    }
}

fn walk(path: &Path, totals: &mut BTreeMap<Language, Total>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| walk(&entry.path(), totals));
        return;
    }
    let name = path.to_string_lossy();
    let Ok(bytes) = std::fs::read(path) else { return };
    let start = Instant::now();
    let Ok(text) = Text::read(&name, &bytes, false) else { return };
    let count = text.chunks(&ChunkConfig::default()).len();
    let time = start.elapsed();
    let total = totals.entry(text.language()).or_default();
    total.files += 1;
    total.bytes += text.as_str().len();
    total.chunks += count;
    total.time += time;
    total.slowest = std::mem::take(&mut total.slowest).max((time, name.into_owned()));
}
