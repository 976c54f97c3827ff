//! A chunk's metadata.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{DefinedName, Span, SymbolKind};

/// A chunk without its text: a piece of a file that is found, shown and embedded as a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkMeta {
    /// Its place in the file: whole lines, with no blank line at either end, except inside a giant
    /// line.
    pub span: Span,
    /// The definitions around and in the chunk, outermost first, joined by ` > ` (`impl Router > fn
    /// route`); empty for text outside any definition.
    pub symbol: Box<str>,
    /// The kind of the last definition in `symbol`.
    pub kind: Option<SymbolKind>,
    /// That definition's doc comment, as a byte range of the file inside the span.
    pub doc: Option<Range<u32>>,
    /// Every name whose definition starts in this chunk, in order, followed by the names that it
    /// re-exports ([`SymbolKind::Reexport`]).
    pub defines: Box<[DefinedName]>,
}

impl ChunkMeta {
    /// The doc comment as a slice of the chunk's `text`; empty if there is none.
    pub fn doc_of<'a>(&self, text: &'a str) -> &'a str {
        let within = |at: u32| at.saturating_sub(self.span.start) as usize;
        let doc = self.doc.as_ref().and_then(|doc| text.get(within(doc.start)..within(doc.end)));
        doc.unwrap_or("")
    }
}
