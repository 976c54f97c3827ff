//! How fast a model is on real text.
//!
//! `cargo run --release -p descry-embed-gguf --example throughput -- MODEL.gguf FOLDER-OR-FILE [THREADS]`
//!
//! Cuts the text into pieces of about 1,000 bytes. For a transformer it prints documents in tokens
//! per second and the time of one query; for a static model, pieces per second on each core.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use descry_embed::{Draft, Input};
use descry_embed_gguf::LoadOptions;

const PIECES: usize = 96;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(text)) = (args.next(), args.next()) else {
        return Err("usage: throughput MODEL.gguf FOLDER-OR-FILE [THREADS]".into());
    };
    let threads = args.next().map(|n| n.parse()).transpose()?;
    let mut pieces = Vec::new();
    collect(Path::new(&text), &mut pieces)?;
    let started = Instant::now();
    match descry_embed_gguf::load_draft(Path::new(&model)) {
        Ok(draft) => {
            println!("loaded in {:.0?}", started.elapsed());
            drafts(&draft, &pieces);
        }
        Err(_) => {
            let mut model = descry_embed_gguf::load(Path::new(&model), &LoadOptions { threads })?;
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

fn documents(
    model: &mut dyn descry_embed::Embedder,
    pieces: &[String],
) -> Result<(), Box<dyn Error>> {
    let every = (pieces.len() / PIECES).max(1);
    let inputs: Vec<Input<'_>> =
        pieces.iter().step_by(every).take(PIECES).map(|p| Input::Document(p)).collect();
    let mut tokens = 0;
    for &input in &inputs {
        tokens += model.tokens(input)?.len();
    }
    for size in [2, 4, 8, 32] {
        let mut best = f64::INFINITY;
        for _ in 0..5 {
            let started = Instant::now();
            for batch in inputs.chunks(size) {
                model.embed(batch)?;
            }
            best = best.min(started.elapsed().as_secs_f64());
        }
        let (count, speed) = (inputs.len(), tokens as f64 / best);
        println!("{count} texts, {tokens} tokens, {size} at once: {speed:.0} tokens/s");
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
        println!("query of {tokens} tokens: p50 {:.2?}, p95 {:.2?}", times[100], times[190]);
    }
    Ok(())
}

fn drafts(model: &dyn Draft, pieces: &[String]) {
    let bytes: usize = pieces.iter().map(String::len).sum();
    let started = Instant::now();
    for piece in pieces {
        std::hint::black_box(model.embed(piece));
    }
    let seconds = started.elapsed().as_secs_f64();
    let (speed, megabytes) = (pieces.len() as f64 / seconds, bytes as f64 / seconds / 1e6);
    println!("{} texts on one core: {speed:.0} a second, {megabytes:.1} MB/s", pieces.len());
}
