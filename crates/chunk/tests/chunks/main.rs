//! The chunks of small sources in each language, and invariants for any bytes.

mod apps;
mod code;
mod config;
mod infra;
mod invariants;
mod markup;
mod passed;
mod scripts;
mod version;

use descry_base::Language;
use descry_chunk::{ChunkConfig, chunks};

/// Small limits, so that a few lines behave like a real file of hundreds.
const SMALL: ChunkConfig =
    ChunkConfig { max_bytes: 160, target_bytes: 90, alone_bytes: 50, min_bytes: 30 };

/// Checks the chunks of `source` under [`SMALL`], one line each: `first-last | symbol | names`,
/// with lines counted from 1.
#[track_caller]
fn check(language: Language, source: &str, expected: &[&str]) {
    assert_eq!(shown(language, source, &SMALL), expected, "\n{source}");
}

/// Checks the names that a source defines and their kinds (`fn:route` is written `Function route`).
#[track_caller]
fn check_names(language: Language, source: &str, expected: &str) {
    let chunks = chunks(source, language, &ChunkConfig::default());
    let names: Vec<_> = chunks.iter().flat_map(|chunk| &chunk.defines).collect();
    let shown: Vec<_> = names.iter().map(|name| format!("{:?} {}", name.kind, name.name)).collect();
    assert_eq!(shown.join(", "), expected, "\n{source}");
}

fn shown(language: Language, source: &str, config: &ChunkConfig) -> Vec<String> {
    let line = |chunk: &descry_base::ChunkMeta| {
        let names: Vec<_> = chunk.defines.iter().map(|name| name.name.as_str()).collect();
        let (first, last) = (chunk.span.first_line + 1, chunk.span.end_line);
        format!("{first}-{last} | {} | {}", chunk.symbol, names.join(", "))
    };
    chunks(source, language, config).iter().map(line).collect()
}
