//! Prints the chunks of files: `show FILE...`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use descry_chunk::{ChunkConfig, Text};

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        println!("{path}");
        match Text::read(&path, &std::fs::read(&path)?, false) {
            Ok(text) => show(&text),
            Err(reason) => println!("  left out: {reason}"),
        }
    }
    Ok(())
}

fn show(text: &Text<'_>) {
    println!("  {}, {}", text.language().name(), text.encoding());
    for chunk in text.chunks(&ChunkConfig::default()) {
        let names: Vec<_> =
            chunk.defines.iter().map(|name| format!("{:?} {}", name.kind, name.name)).collect();
        println!(
            "  {:4}-{:<4} {:5} bytes | {} | {:?} | doc {} | {}",
            chunk.span.first_line + 1,
            chunk.span.end_line,
            chunk.span.bytes().len(),
            chunk.symbol,
            chunk.kind,
            chunk.doc.map_or(0, |doc| doc.len()),
            names.join(", "),
        );
    }
}
