//! Any bytes as a model file: an error or a model, never a panic.

use descry_embed_gguf::{LoadOptions, load, load_static};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("to write it");
    let threads = std::num::NonZeroUsize::new(1);
    let _ = load(file.path(), &LoadOptions { threads, ..LoadOptions::default() });
    let _ = load_static(file.path());
});

fn main() -> std::process::ExitCode {
    descry_fuzz::run()
}
