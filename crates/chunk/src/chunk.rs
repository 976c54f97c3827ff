//! Cuts the text of one file into chunks.

use descry_base::{ChunkMeta, Language};

use crate::lines::Lines;
use crate::{grammar, outline, pack};

/// The size limits of chunks, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkConfig {
    /// The hard limit; a definition up to this size stays whole. At least 4, the longest UTF-8
    /// char.
    pub max_bytes: usize,
    /// Small neighbours merge up to this size, and loose text is cut into pieces of about this
    /// size.
    pub target_bytes: usize,
    /// A definition of this size or more is not merged with its neighbours.
    pub alone_bytes: usize,
    /// A piece smaller than this joins a neighbour of any size, if both fit.
    pub min_bytes: usize,
}

impl Default for ChunkConfig {
    /// 1,500 bytes hold a typical whole function and about as many tokens as a small embedding
    /// model reads; retrieval was best near this size.
    fn default() -> ChunkConfig {
        ChunkConfig { max_bytes: 1500, target_bytes: 900, alone_bytes: 400, min_bytes: 120 }
    }
}

/// Whether `language` is cut by its definitions; other text is cut by lines.
pub fn supports(language: Language) -> bool {
    let is_read_without_grammar =
        matches!(language, Language::Markdown | Language::Vue | Language::Svelte);
    is_read_without_grammar || grammar::of(language).is_some()
}

/// The chunks of `text`, in order. Bytes past 4 GiB are left out, as [`Span`] cannot address them.
pub fn chunks(text: &str, language: Language, config: &ChunkConfig) -> Vec<ChunkMeta> {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize - 1)];
    let config = ChunkConfig { max_bytes: config.max_bytes.max(4), ..*config };
    let lines = Lines::new(text);
    let outline = outline::of(text, language, config.max_bytes);
    pack::pack(&lines, &outline, &config)
}
