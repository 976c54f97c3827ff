//! The cost of adding chunks and of queries, over this project's own sources:
//! `cargo bench --workspace --bench lexical`.

use std::path::Path;

use descry_base::{ChunkId, ChunkMeta, Generation, RelPath};
use descry_lexical::{Document, LexicalIndex, LexicalQuery};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

/// Lines of a chunk.
const LINES: usize = 40;

const QUERIES: [&str; 3] =
    ["retry_policy", "where is the query parsed", "self index chunk file path text"];

fn main() {
    divan::main();
}

/// Every Rust file of the workspace, cut by lines.
fn texts() -> Vec<(RelPath, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut folders, mut texts) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("it is below").to_string_lossy();
                let relative = RelPath::new(relative.as_ref()).expect("a plain path");
                let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
                let lines: Vec<&str> = text.lines().collect();
                let cut = lines.chunks(LINES).map(|lines| (relative.clone(), lines.join("\n")));
                texts.extend(cut);
            }
        }
    }
    texts
}

fn index(texts: &[(RelPath, String)]) -> LexicalIndex {
    let meta = ChunkMeta::default();
    let mut index = LexicalIndex::in_memory().expect("memory suffices");
    let documents = (1..).map(ChunkId).zip(texts);
    let documents =
        documents.map(|(chunk, (path, text))| Document { chunk, path, meta: &meta, text });
    index.apply(&[], documents).expect("memory suffices");
    index.commit(Generation(1)).expect("memory suffices");
    index
}

#[divan::bench(sample_count = 5)]
fn build(bencher: Bencher<'_, '_>) {
    let texts = texts();
    let bytes = texts.iter().map(|(_, text)| text.len()).sum::<usize>();
    bencher.counter(BytesCount::new(bytes)).bench(|| index(&texts));
}

#[divan::bench(args = QUERIES)]
fn query(bencher: Bencher<'_, '_>, text: &str) {
    let index = index(&texts());
    let snapshot = index.snapshot();
    bencher.bench(|| snapshot.search(&LexicalQuery::from_text(black_box(text)), 100, &|_| true));
}
