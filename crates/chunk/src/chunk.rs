//! What a chunk is, and how one file's text becomes many.

use std::ops::Range;

use descry_base::{DefinedName, Language, Span, SymbolKind};

use crate::lines::Lines;
use crate::{grammar, outline, pack};

/// A piece of a file that is found, shown and embedded as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Where it lies: whole lines without blank ones at either end, except inside a giant line.
    pub span: Span,
    /// The path of definitions around and in it, outermost first, joined by ` > `
    /// (`impl Router > fn route`); "" for loose text.
    pub symbol: String,
    /// What the definition that `symbol` ends in is.
    pub kind: Option<SymbolKind>,
    /// Bytes of that definition's doc comment, inside the span.
    pub doc: Option<Range<u32>>,
    /// Every name whose definition starts in this chunk, in order; then those that it passes on from
    /// elsewhere ([`SymbolKind::Reexport`]).
    pub defines: Vec<DefinedName>,
}

/// How large chunks may and should be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkConfig {
    /// No chunk is larger; a definition up to this size stays whole. At least 4, the longest UTF-8 char.
    pub max_bytes: usize,
    /// Small neighbours are merged up to this size, and loose text is cut into pieces of it.
    pub target_bytes: usize,
    /// A definition of this size or more is not merged with its neighbours.
    pub alone_bytes: usize,
    /// A piece smaller than this joins a neighbour of any size, if both fit.
    pub min_bytes: usize,
}

impl Default for ChunkConfig {
    /// 1,500 bytes hold a typical whole function and about as many tokens as a small embedding
    /// model reads; retrieval was best near it.
    fn default() -> ChunkConfig {
        ChunkConfig { max_bytes: 1500, target_bytes: 900, alone_bytes: 400, min_bytes: 120 }
    }
}

/// Whether `language` is cut by its definitions; any other text is cut by lines.
pub fn supports(language: Language) -> bool {
    let is_read_without_grammar =
        matches!(language, Language::Markdown | Language::Vue | Language::Svelte);
    is_read_without_grammar || grammar::of(language).is_some()
}

/// The chunks of `text`, in order. Bytes past 4 GiB are left out, as [`Span`] cannot hold them.
pub fn chunks(text: &str, language: Language, config: &ChunkConfig) -> Vec<Chunk> {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize - 1)];
    let config = ChunkConfig { max_bytes: config.max_bytes.max(4), ..*config };
    let lines = Lines::new(text);
    let outline = outline::of(text, language, config.max_bytes);
    pack::pack(&lines, &outline, &config)
}
