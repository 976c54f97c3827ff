//! Measures the index on the sources below a folder: `lexical_bench FOLDER [CHUNKS]`.
//!
//! Prints the indexing rate, the time of a one-file commit, and the time per query of two, six and
//! 10,000 words.
#![allow(clippy::print_stdout, reason = "figures to read")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use descry_base::{ChunkId, ChunkMeta, Generation, Language, RelPath};
use descry_lexical::{Document, LexicalIndex, LexicalQuery};

/// About what the chunker makes of source code.
const CHUNK_BYTES: usize = 1200;

struct Chunk {
    meta: ChunkMeta,
    path: RelPath,
    text: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let folder = args.next().ok_or("usage: lexical_bench FOLDER [CHUNKS]")?;
    let max = args.next().map_or(Ok(10_000), |n| n.parse())?;
    let mut chunks = Vec::new();
    collect(Path::new(&folder), Path::new(&folder), max, &mut chunks)?;
    let bytes: usize = chunks.iter().map(|chunk| chunk.text.len()).sum();

    let dir = tempfile::tempdir()?;
    let mut index = LexicalIndex::open(dir.path())?;
    let start = Instant::now();
    index.apply(&[], documents(&chunks, 0))?;
    index.commit(Generation(1))?;
    let took = start.elapsed();
    let on_disk: u64 = fs::read_dir(dir.path())?
        .map(|entry| Ok(entry?.metadata()?.len()))
        .sum::<Result<u64, std::io::Error>>()?;
    println!(
        "indexed {} chunks, {:.1} MB in {took:.2?}: {:.1} MB/s; {:.1} MB on disk",
        chunks.len(),
        bytes as f64 / 1e6,
        bytes as f64 / 1e6 / took.as_secs_f64(),
        on_disk as f64 / 1e6,
    );

    let n = chunks.len() as u64;
    let mut commits = Vec::new();
    for edit in 0..50_u64 {
        let file = &chunks[(edit as usize * 8) % (chunks.len() - 8)..][..8];
        let removed: Vec<ChunkId> = (edit * 8..edit * 8 + 8).map(ChunkId).collect();
        let start = Instant::now();
        index.apply(&removed, documents(file, n + edit * 8))?;
        index.commit(Generation(2 + edit))?;
        commits.push(start.elapsed());
    }
    report("edit of 8 chunks, apply and commit", &mut commits);
    index.release_writer()?;
    println!("{} segments", index.snapshot().num_segments());
    drop(index);
    let start = Instant::now();
    let index = LexicalIndex::open(dir.path())?;
    println!("opened in {:.2?}", start.elapsed());

    let words: Vec<&str> = chunks
        .iter()
        .flat_map(|chunk| chunk.text.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .filter(|word| word.len() > 2)
        .collect();
    let snapshot = index.snapshot();
    for (n_words, n_queries) in [(2, 300), (6, 300), (10_000, 10)] {
        let mut times = Vec::new();
        // A fixed sequence that jumps over the whole text.
        let mut at = 1;
        for _ in 0..n_queries {
            let picked = (0..n_words).map(|_| {
                at = (at * 48_271) % 2_147_483_647;
                words[at % words.len()]
            });
            let text = picked.collect::<Vec<_>>().join(" ");
            let start = Instant::now();
            let query = LexicalQuery::from_text(&text);
            snapshot.search(&query, 100, &|_| true)?;
            times.push(start.elapsed());
        }
        report(&format!("query of {n_words} words, limit 100"), &mut times);
    }
    Ok(())
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let quantile = |q: usize| times[(times.len() - 1) * q / 100];
    println!(
        "{what}: p50 {:.2?}, p95 {:.2?}, max {:.2?}",
        quantile(50),
        quantile(95),
        quantile(100)
    );
}

fn documents(chunks: &[Chunk], first: u64) -> impl Iterator<Item = Document<'_>> {
    chunks.iter().zip(first..).map(|(chunk, id)| Document {
        chunk: ChunkId(id),
        path: &chunk.path,
        meta: &chunk.meta,
        text: &chunk.text,
    })
}

/// Cuts the sources below `dir` by lines.
fn collect(
    root: &Path,
    dir: &Path,
    max: usize,
    chunks: &mut Vec<Chunk>,
) -> Result<(), Box<dyn Error>> {
    let mut entries: Vec<_> = fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let path = entry.path();
        if chunks.len() >= max {
            return Ok(());
        }
        if entry.file_type()?.is_dir() {
            collect(root, &path, max, chunks)?;
        } else if Language::of_path(&path.to_string_lossy()) != Language::Plain
            && let Ok(text) = fs::read_to_string(&path)
            && text.len() < 1 << 20
        {
            let path = RelPath::new(path.strip_prefix(root)?)?;
            let mut chunk = String::new();
            for line in text.split_inclusive('\n') {
                chunk += line;
                if chunk.len() > CHUNK_BYTES {
                    let text = std::mem::take(&mut chunk);
                    chunks.push(Chunk { meta: ChunkMeta::default(), path: path.clone(), text });
                }
            }
            if !chunk.is_empty() {
                chunks.push(Chunk { meta: ChunkMeta::default(), path, text: chunk });
            }
        }
    }
    Ok(())
}
