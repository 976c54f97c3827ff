//! Any bytes as a file of any name (the first line): a text, or the reason why it is skipped.

use descry_chunk::{ChunkConfig, Text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let Some(Ok(path)) = parts.next().map(str::from_utf8) else { return };
    if let Ok(text) = Text::read(path, parts.next().unwrap_or_default(), false) {
        assert!(!text.chunks(&ChunkConfig::default()).is_empty());
        let _ = text.shown();
    }
});

fn main() -> std::process::ExitCode {
    descry_fuzz::run()
}
