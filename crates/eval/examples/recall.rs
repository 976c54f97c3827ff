//! Measures how many of the 50 nearest vectors the HNSW graph finds, on vectors of real code:
//! static vectors, and dense vectors of 10,000 chunks and of 100,000 (first lines only, to finish
//! in minutes). Also measures how close a static model comes to the model: the bundled one, and
//! those fitted to some of the chunks.
//!
//! Run with `cargo xtask bench recall`. Arguments: a folder of sources, and the number of chunks.
#![allow(clippy::print_stdout, reason = "figures to read")]

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use descry_base::ChunkId;
use descry_chunk::ChunkConfig;
use descry_embed::{Embedder, Fitted, Input, ModelInfo, StaticEmbedder};
use descry_embed_gguf::LoadOptions;
use descry_session::Bundled;
use descry_vector::{Entry, Tier, VectorIndex};

/// Far more than the engine takes from a list.
const NEAREST: usize = 50;

/// The number of questions: the first lines of evenly spaced chunks.
const QUESTIONS: usize = 200;

/// The model reads this many bytes of a chunk in the large run.
const HEAD: usize = 160;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().context("the folder to take sources from")?);
    let count: usize = match arguments.next() {
        Some(text) => text.to_string_lossy().parse().context("a number of chunks")?,
        None => 100_000,
    };
    let texts = texts(&folder, count)?;
    ensure!(texts.len() >= 2 * QUESTIONS, "{} has too few chunks", folder.display());
    let Bundled { model, static_model } = descry_bundled::bundled();
    let mut model = descry_embed_gguf::load(model, &LoadOptions::default())?;
    let static_model: Arc<dyn StaticEmbedder> =
        Arc::new(descry_embed_gguf::load_static(static_model)?);
    let heads: Vec<&str> =
        texts.iter().map(|text| &text[..text.floor_char_boundary(HEAD)]).collect();
    let asking = texts.iter().step_by(texts.len() / QUESTIONS);
    let asking: Vec<&str> = asking.filter_map(|text| text.lines().next()).collect();
    let questions = embed(model.as_mut(), &asking)?;

    let static_vectors: Vec<Vec<f32>> =
        texts.iter().map(|text| static_model.embed_code(text)).collect();
    report("static vectors", &static_vectors, Tier::Static, &questions)?;
    let begun = Instant::now();
    let whole: Vec<&str> = texts.iter().take(10_000).map(String::as_str).collect();
    let exact = embed(model.as_mut(), &whole)?;
    println!("{:>7} chunks embedded in {:.0} s", exact.len(), begun.elapsed().as_secs_f64());
    report("dense vectors", &exact, Tier::Dense, &questions)?;
    static_models(&static_model, model.info(), &texts, &exact);
    if heads.len() > exact.len() {
        let exact = embed(model.as_mut(), &heads)?;
        report("dense vectors", &exact, Tier::Dense, &questions)?;
    }
    Ok(())
}

/// Chunks of the folder's sources, in path order.
fn texts(folder: &Path, count: usize) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut visit = |stat: descry_watch::FileStat| {
        let path = stat.path.as_str();
        let Ok(bytes) = fs::read(folder.join(path)) else { return ControlFlow::Continue(()) };
        if let Ok(text) = descry_chunk::Text::read(path, &bytes, false) {
            let chunks = text.chunks(&ChunkConfig::default());
            texts.extend(chunks.iter().map(|chunk| text.as_str()[chunk.span.bytes()].to_owned()));
        }
        if texts.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    descry_watch::walk(folder, &descry_watch::Rules::default(), &mut visit)?;
    texts.truncate(count);
    Ok(texts)
}

fn embed(model: &mut dyn Embedder, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
    let preprocessing = model.info().space.preprocessing;
    let mut vectors = Vec::with_capacity(texts.len());
    for batch in texts.chunks(64) {
        let read: Vec<_> = batch.iter().map(|text| preprocessing.apply(text)).collect();
        let inputs: Vec<Input<'_>> = read.iter().map(|text| Input::Document(text)).collect();
        vectors.extend(model.embed(&inputs)?);
    }
    Ok(vectors)
}

/// The mean cosine between static and dense vectors of the last fifth of the chunks, to which no
/// static model was fitted.
fn static_models(
    bundled: &Arc<dyn StaticEmbedder>,
    model: &ModelInfo,
    texts: &[String],
    exact: &[Vec<f32>],
) {
    let pairs: Vec<_> = texts.iter().cloned().zip(exact.iter().cloned()).collect();
    let (known, asked) = pairs.split_at(pairs.len() * 4 / 5);
    let likeness = |static_model: &dyn StaticEmbedder| {
        let cosine = |(text, exact): &(String, Vec<f32>)| -> f32 {
            static_model.embed_code(text).iter().zip(exact).map(|(a, b)| a * b).sum()
        };
        asked.iter().map(cosine).sum::<f32>() / asked.len() as f32
    };
    println!(
        "{:>7} static vectors: cosine {:.3} to dense vectors",
        asked.len(),
        likeness(&**bundled)
    );
    for share in [8, 4, 2, 1] {
        let known: Vec<_> = known.iter().step_by(share).cloned().collect();
        let begun = Instant::now();
        if let Some(static_model) = Fitted::fit(Arc::clone(bundled), model, &known) {
            println!(
                "{:>7} static vectors by a static model fitted to {}: {:.3}, fitted in {:.2} s",
                asked.len(),
                known.len(),
                likeness(&static_model),
                begun.elapsed().as_secs_f64()
            );
        }
    }
}

fn report(what: &str, vectors: &[Vec<f32>], tier: Tier, questions: &[Vec<f32>]) -> Result<()> {
    let dim = vectors.first().map_or(0, Vec::len);
    let mut index = VectorIndex::in_memory(dim).scan_up_to(1_000);
    let entry =
        |(id, vector): (u64, &Vec<f32>)| Entry { id: ChunkId(id), tier, vector: vector.clone() };
    index.apply(&[], (0..).zip(vectors).map(entry).collect())?;
    while index.grow_graph(Duration::from_secs(1))?.remaining > 0 {}
    let snapshot = index.snapshot();
    let mut agreed = 0;
    let [mut by_graph, mut by_scan] = [Duration::ZERO; 2];
    for question in questions {
        let begun = Instant::now();
        let found = snapshot.search(question, NEAREST, &|_| true)?;
        by_graph += begun.elapsed();
        let begun = Instant::now();
        let exact = snapshot.exact(question, NEAREST, &|_| true)?;
        by_scan += begun.elapsed();
        let exact: HashSet<ChunkId> = exact.iter().map(|scored| scored.id).collect();
        agreed += found.iter().filter(|scored| exact.contains(&scored.id)).count();
    }
    let count = questions.len();
    let ms = |time: Duration| time.as_secs_f64() * 1e3 / count as f64;
    println!(
        "{:>7} {what}: recall@{NEAREST} {:.4}, {:.2} ms by graph, {:.2} ms by scan",
        vectors.len(),
        agreed as f64 / (count * NEAREST) as f64,
        ms(by_graph),
        ms(by_scan)
    );
    Ok(())
}
