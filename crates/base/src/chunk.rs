//! What is known of a chunk besides its text.

use std::ops::Range;

use crate::{DefinedName, Span, SymbolKind};

/// A chunk without its text: a piece of a file that is found, shown and embedded as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunkMeta {
    /// Where it lies in the file: whole lines without blank ones at either end, except inside a giant
    /// line.
    pub span: Span,
    /// The path of definitions around and in it, outermost first, joined by ` > `
    /// (`impl Router > fn route`); "" for loose text.
    pub symbol: Box<str>,
    /// What the definition that `symbol` ends in is.
    pub kind: Option<SymbolKind>,
    /// That definition's doc comment as bytes of the file, inside the span.
    pub doc: Option<Range<u32>>,
    /// Every name whose definition starts in this chunk, in order; then those that it passes on from
    /// elsewhere ([`SymbolKind::Reexport`]).
    pub defines: Box<[DefinedName]>,
}

impl ChunkMeta {
    /// The doc comment within the chunk's own text; empty if it has none.
    pub fn doc_of<'a>(&self, text: &'a str) -> &'a str {
        let within = |at: u32| at.saturating_sub(self.span.start) as usize;
        let doc = self.doc.as_ref().and_then(|doc| text.get(within(doc.start)..within(doc.end)));
        doc.unwrap_or("")
    }
}
