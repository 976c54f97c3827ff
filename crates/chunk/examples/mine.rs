//! Cuts the sources of packages as the app does and as one definition per chunk, for training a
//! model: `mine SOURCES > chunks.jsonl`. `SOURCES` has one folder per package.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use descry_base::{ChunkMeta, SymbolKind};
use descry_chunk::{ChunkConfig, Text};
use serde_json::json;

/// Each definition alone, so that its doc comment is about the whole chunk.
const DEFINITIONS: ChunkConfig =
    ChunkConfig { max_bytes: 1500, target_bytes: 0, alone_bytes: 0, min_bytes: 0 };

/// A larger package is represented by a sample of this many files.
const FILES: usize = 320;

/// A smaller definition without a doc comment says too little.
const LEAST: usize = 150;

fn main() -> io::Result<()> {
    let sources = std::env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for package in sorted(Path::new(&sources))? {
        let mut files = Vec::new();
        walk(&package, &mut files)?;
        let step = files.len().div_ceil(FILES).max(1);
        for file in files.iter().step_by(step) {
            mine(&package, file, &mut out)?;
        }
    }
    out.flush()
}

fn mine(package: &Path, file: &Path, out: &mut impl Write) -> io::Result<()> {
    let bytes = fs::read(file)?;
    let path = file.strip_prefix(package).unwrap_or(file).to_string_lossy();
    let Ok(text) = Text::read(&path, &bytes, false) else { return Ok(()) };
    for (cut, config) in [("definition", DEFINITIONS), ("app", ChunkConfig::default())] {
        for chunk in text.chunks(&config) {
            if cut == "app" || chunk.doc.is_some() || chunk.span.bytes().len() >= LEAST {
                let package = package.file_name().unwrap_or_default().to_string_lossy();
                let mut row = row(&chunk, text.as_str());
                row["package"] = json!(package);
                row["language"] = json!(text.language().id());
                row["cut"] = json!(cut);
                writeln!(out, "{row}")?;
            }
        }
    }
    Ok(())
}

/// One output row; `doc` is the range of the doc comment in bytes of `text`.
fn row(chunk: &ChunkMeta, text: &str) -> serde_json::Value {
    let bytes = chunk.span.bytes();
    let text = &text[bytes.clone()];
    let doc =
        chunk.doc.as_ref().map(|doc| [doc.start, doc.end].map(|at| at as usize - bytes.start));
    let defined = chunk.defines.iter().filter(|name| name.kind != SymbolKind::Reexport);
    let names: Vec<&str> = defined.map(|name| name.name.as_str()).collect();
    json!({ "symbol": chunk.symbol, "names": names, "text": text, "doc": doc })
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(folder)? {
        match path.is_dir() {
            true => walk(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
