//! Any bytes as a file of any language: the first byte chooses the language, the rest is the file.

use descry_base::Language;
use descry_chunk::{ChunkConfig, chunks};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let language = Language::ALL[*first as usize % Language::ALL.len()];
    let Ok(text) = str::from_utf8(bytes) else { return };
    let config = ChunkConfig::default();
    let mut end = 0;
    for chunk in chunks(text, language, &config) {
        let span = chunk.span.bytes();
        assert!(text[end..span.start].trim().is_empty(), "text is missing before {span:?}");
        assert!(!span.is_empty() && span.len() <= config.max_bytes);
        if let Some(doc) = chunk.doc {
            assert!(!text[doc.start as usize..doc.end as usize].is_empty());
        }
        end = span.end;
    }
    assert!(text[end..].trim().is_empty(), "text is missing at the end");
});

fn main() -> std::process::ExitCode {
    descry_fuzz::run()
}
