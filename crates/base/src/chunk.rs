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

/// The metadata of a file's chunks as bytes, for the many files that nobody looks at: 80 for each
/// chunk of 42,000 files of Rust libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedChunks {
    count: u32,
    bytes: Box<[u8]>,
}

impl PackedChunks {
    /// Packs the chunks, in order.
    pub fn pack(chunks: &[&ChunkMeta]) -> PackedChunks {
        // Writing to memory does not fail for these types.
        let bytes = postcard::to_stdvec(chunks).unwrap_or_default();
        PackedChunks { count: chunks.len() as u32, bytes: bytes.into() }
    }

    /// What [`PackedChunks::bytes`] returned for `count` chunks.
    pub fn from_bytes(count: u32, bytes: &[u8]) -> PackedChunks {
        PackedChunks { count, bytes: bytes.into() }
    }

    /// The packed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of chunks.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// True if there are no chunks.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The chunks, in order; as many as [`PackedChunks::len`] says, even if the bytes are others
    /// than were packed.
    pub fn unpack(&self) -> Vec<ChunkMeta> {
        let mut chunks: Vec<ChunkMeta> = postcard::from_bytes(&self.bytes).unwrap_or_default();
        chunks.resize(self.len(), ChunkMeta::default());
        chunks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_survive_packing() {
        let meta = ChunkMeta {
            span: Span { start: 3, end: 700_000, first_line: 1, end_line: u32::MAX },
            symbol: "impl A > fn größe".into(),
            kind: Some(SymbolKind::Method),
            doc: Some(4..9),
            defines: [DefinedName { name: "a\nb".to_owned(), kind: SymbolKind::Method }].into(),
        };
        let packed = PackedChunks::pack(&[&meta, &ChunkMeta::default()]);
        assert_eq!((packed.len(), packed.unpack()), (2, vec![meta, ChunkMeta::default()]));
        let other = PackedChunks::from_bytes(3, &packed.bytes()[..5]);
        assert_eq!(other.unpack().len(), 3);
    }
}
