//! How fast a model is on real text.
//!
//! `cargo run --release -p descry-embed-gguf --example throughput -- MODEL.gguf FOLDER-OR-FILE [THREADS | --ids]`
//!
//! Cuts the text into pieces of about 1,000 bytes. For a transformer it prints documents in tokens
//! per second and the time of one query; for a static model, pieces per CPU-second.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use descry_embed::{Draft, Input};
use descry_embed_gguf::LoadOptions;

const PIECES: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(text)) = (args.next(), args.next()) else {
        return Err("usage: throughput MODEL.gguf FOLDER-OR-FILE [THREADS | --ids]".into());
    };
    let threads_or_ids = args.next();
    let mut pieces = Vec::new();
    collect(Path::new(&text), &mut pieces)?;
    if threads_or_ids.as_deref() == Some("--ids") {
        return ids(Path::new(&model), &pieces);
    }
    let threads = threads_or_ids.map(|n| n.parse()).transpose()?;
    let started = Instant::now();
    match descry_embed_gguf::load_draft(Path::new(&model)) {
        Ok(draft) => {
            println!("loaded in {:.0?}", started.elapsed());
            drafts(&draft, &pieces);
        }
        Err(_) => {
            let mut model = descry_embed_gguf::load(
                Path::new(&model),
                &LoadOptions { threads, ..LoadOptions::default() },
            )?;
            println!("loaded in {:.0?}", started.elapsed());
            documents(model.as_mut(), &pieces)?;
        }
    }
    Ok(())
}

/// Pieces of about 1,000 bytes, cut between lines.
fn collect(path: &Path, pieces: &mut Vec<String>) -> std::io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> =
            path.read_dir()?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| collect(entry, pieces));
    }
    let Ok(text) = String::from_utf8(std::fs::read(path)?) else { return Ok(()) };
    let mut piece = String::new();
    for line in text.split_inclusive('\n') {
        piece.push_str(line);
        if piece.len() >= 1000 {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    Ok(())
}

fn sample(pieces: &[String]) -> Vec<Input<'_>> {
    let every = (pieces.len() / PIECES).max(1);
    pieces.iter().step_by(every).take(PIECES).map(|piece| Input::Document(piece)).collect()
}

/// Prints the token ids of the sample as JSON, for benches/onnx_runtime.py.
fn ids(model: &Path, pieces: &[String]) -> Result<(), Box<dyn Error>> {
    let model = descry_embed_gguf::load(model, &LoadOptions::default())?;
    let ids = sample(pieces).into_iter().map(|input| model.tokens(input));
    println!("{:?}", ids.collect::<Result<Vec<_>, _>>()?);
    Ok(())
}

fn documents(
    model: &mut dyn descry_embed::Embedder,
    pieces: &[String],
) -> Result<(), Box<dyn Error>> {
    let inputs = sample(pieces);
    let mut tokens = 0;
    for &input in &inputs {
        tokens += model.tokens(input)?.len();
    }
    for size in [1, 8] {
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
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
    for query in ["retry", "where are http requests retried with exponential backoff"] {
        let input = [Input::Query(query)];
        let tokens = model.tokens(input[0])?.len();
        let mut times = Vec::new();
        for _ in 0..201 {
            let started = Instant::now();
            model.embed(&input)?;
            times.push(started.elapsed());
        }
        times.sort();
        println!("query of {tokens} tokens: least {:.2?}, p50 {:.2?}", times[0], times[100]);
    }
    Ok(())
}

/// The processor time of this process, which other programs do not disturb; not a number where there
/// is no /proc.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15 (user, system), in hundredths of a second; the name before may have spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.len() == 2 { (ticks[0] + ticks[1]) / 100.0 } else { f64::NAN }
}

fn drafts(model: &dyn Draft, pieces: &[String]) {
    let bytes: usize = pieces.iter().map(String::len).sum();
    let cpu = cpu_seconds();
    for piece in pieces {
        std::hint::black_box(model.embed(piece));
    }
    let seconds = cpu_seconds() - cpu;
    let (speed, megabytes) = (pieces.len() as f64 / seconds, bytes as f64 / seconds / 1e6);
    println!("{} texts: {speed:.0} a CPU-second, {megabytes:.1} MB/CPU-s", pieces.len());
}
