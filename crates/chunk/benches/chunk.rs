//! The speed of cutting, for each language's fixture: `cargo bench --workspace --bench chunk`.

use std::path::{Path, PathBuf};

use descry_chunk::{ChunkConfig, Text};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn fixtures() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("there are fixtures");
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    let mut names: Vec<String> =
        files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

#[divan::bench(args = fixtures())]
fn cut(bencher: Bencher<'_, '_>, name: &str) {
    let bytes = std::fs::read(folder().join(name)).expect("it is readable");
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| {
        let text = Text::read(name, black_box(&bytes), true).expect("it is text");
        text.chunks(&ChunkConfig::default())
    });
}
