//! Measures the speed of a model on real text.
//!
//! `cargo run --release -p descry-embed-gguf --example throughput -- MODEL.gguf FOLDER-OR-FILE
//! [OPTIONS]`
//!
//! Cuts the text into pieces of about 1,000 bytes. For a transformer it prints tokens of documents
//! per second and the time of one query; for a static model, pieces per CPU-second. `--device
//! cpu|f32|candle` selects the device of a transformer instead of the best one (f32: no 8-bit
//! products; candle: the GPU implementation on the CPU). `--threads N`, `--texts N` (16) and
//! `--runs N` (best run counts; 3, or 1 for more than 100 texts) set the amount of work. `--ids`
//! prints the token ids of the texts as JSON instead, for the scripts in benches/. `cargo xtask
//! bench engine` runs this next to those scripts and reads the output of all.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use descry_embed::{Embedder, Input, StaticEmbedder};
use descry_embed_gguf::{Device, LoadOptions};

/// The limits on timing a query: a duration, or a number of runs.
const QUERIES: (Duration, usize) = (Duration::from_secs(5), 201);
/// A query, and how many of its tokens are timed besides a single word, matching the scripts in
/// benches/.
const QUERY: &str =
    "where are http requests retried with exponential backoff until the client gives up";
const QUERY_TOKENS: usize = 12;
/// Of a larger folder, only every n-th file is read.
const MOST_BYTES: u64 = 32 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, text, ..] = &args[..] else {
        return Err("usage: throughput MODEL.gguf FOLDER-OR-FILE [--threads N] [--texts N] [--runs N] [--ids]".into());
    };
    let texts = option(&args, "--texts")?.unwrap_or(16);
    let runs = option(&args, "--runs")?.unwrap_or(if texts > 100 { 1 } else { 3 });
    let pieces = pieces(Path::new(text))?;
    let device = match option::<String>(&args, "--device")?.as_deref() {
        None => Device::Best,
        Some("cpu") => Device::Cpu,
        Some("f32") => Device::CpuF32,
        Some("candle") => Device::CpuCandle,
        Some(other) => return Err(format!("there is no device {other}").into()),
    };
    let options = LoadOptions { threads: option(&args, "--threads")?, device, dim: None };
    let started = Instant::now();
    if let Ok(static_model) = descry_embed_gguf::load_static(Path::new(model)) {
        println!("loaded in {:.0?}", started.elapsed());
        static_vectors(&static_model, &pieces);
        return Ok(());
    }
    let mut model = descry_embed_gguf::load(Path::new(model), &options)?;
    let loaded = started.elapsed();
    let every = (pieces.len() / texts).max(1);
    let sample: Vec<Input<'_>> =
        pieces.iter().step_by(every).take(texts).map(|piece| Input::Document(piece)).collect();
    if args.iter().any(|arg| arg == "--ids") {
        let ids = sample.into_iter().map(|input| model.tokens(input));
        println!("{:?}", ids.collect::<Result<Vec<_>, _>>()?);
        return Ok(());
    }
    println!("loaded in {loaded:.0?}, on {}", model.info().device);
    documents(model.as_mut(), &sample, runs)?;
    queries(model.as_mut())
}

/// The value after an option.
fn option<T: FromStr>(args: &[String], name: &str) -> Result<Option<T>, Box<dyn Error>> {
    let Some(at) = args.iter().position(|arg| arg == name) else { return Ok(None) };
    let value = args.get(at + 1).and_then(|value| value.parse().ok());
    value.map(Some).ok_or_else(|| format!("{name} wants another value").into())
}

/// Pieces of about 1,000 bytes, cut between lines.
fn pieces(path: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    files(path, &mut found)?;
    let bytes: u64 = found.iter().map(|(_, size)| size).sum();
    let mut pieces = Vec::new();
    for (file, _) in found.iter().step_by(1 + (bytes / MOST_BYTES) as usize) {
        let Ok(text) = String::from_utf8(std::fs::read(file)?) else { continue };
        let mut piece = String::new();
        for line in text.split_inclusive('\n') {
            piece.push_str(line);
            if piece.len() >= 1000 {
                let piece = std::mem::take(&mut piece);
                // Longer pieces contain lines that nobody wrote.
                if piece.len() < 2000 {
                    pieces.push(piece);
                }
            }
        }
    }
    Ok(pieces)
}

/// All files below `path` with their sizes, always in the same order.
fn files(path: &Path, found: &mut Vec<(PathBuf, u64)>) -> std::io::Result<()> {
    if !path.is_dir() {
        found.push((path.to_path_buf(), path.metadata()?.len()));
        return Ok(());
    }
    let mut entries: Vec<_> =
        path.read_dir()?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| files(entry, found))
}

fn documents(
    model: &mut dyn Embedder,
    inputs: &[Input<'_>],
    runs: usize,
) -> Result<(), Box<dyn Error>> {
    let mut tokens = 0;
    for &input in inputs {
        tokens += model.tokens(input)?.len();
    }
    for size in [1, 8, 32] {
        // Warms up.
        model.embed(&inputs[..size.min(inputs.len())])?;
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..runs {
            let (started, cpu) = (Instant::now(), cpu_seconds());
            for batch in inputs.chunks(size) {
                model.embed(batch)?;
            }
            best.0 = started.elapsed().as_secs_f64().min(best.0);
            best.1 = (cpu_seconds() - cpu).min(best.1);
        }
        let (wall, cpu) = (tokens as f64 / best.0, tokens as f64 / best.1);
        let count = inputs.len();
        println!(
            "{count} texts, {tokens} tokens, {size} at once: {wall:.0} tokens/s, {cpu:.0} tokens/CPU-s"
        );
    }
    Ok(())
}

fn queries(model: &mut dyn Embedder) -> Result<(), Box<dyn Error>> {
    for query in ["retry", query_of(model, QUERY_TOKENS)?] {
        let input = [Input::Query(query)];
        let tokens = model.tokens(input[0])?.len();
        let (mut times, begun) = (Vec::new(), Instant::now());
        while times.len() < QUERIES.1 && (times.is_empty() || begun.elapsed() < QUERIES.0) {
            let started = Instant::now();
            model.embed(&input)?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let (least, median) = (times[0], times[times.len() / 2]);
        println!("query of {tokens} tokens: least {least:.2} ms, p50 {median:.2} ms");
    }
    Ok(())
}

/// The prefix of the query that the model splits into `count` tokens, or else the whole query.
fn query_of(model: &mut dyn Embedder, count: usize) -> Result<&'static str, Box<dyn Error>> {
    for (end, _) in QUERY.char_indices() {
        if model.tokens(Input::Query(&QUERY[..end]))?.len() == count {
            return Ok(&QUERY[..end]);
        }
    }
    Ok(QUERY)
}

/// The CPU time of this process, which other programs do not affect; NaN without /proc.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15 (user, system), in hundredths of a second; the name before them may contain
    // spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.len() == 2 { (ticks[0] + ticks[1]) / 100.0 } else { f64::NAN }
}

fn static_vectors(model: &dyn StaticEmbedder, pieces: &[String]) {
    let bytes: usize = pieces.iter().map(String::len).sum();
    let cpu = cpu_seconds();
    for piece in pieces {
        std::hint::black_box(model.embed(piece));
    }
    let seconds = cpu_seconds() - cpu;
    let (speed, megabytes) = (pieces.len() as f64 / seconds, bytes as f64 / seconds / 1e6);
    println!("{} texts: {speed:.0} a CPU-second, {megabytes:.1} MB/CPU-s", pieces.len());
}
