//! A file's text, joined from its chunks so that matches across a chunk border are found.

use std::ops::Range;

use descry_base::ChunkId;

use crate::sources::Sources;
use crate::table::FileEntry;

/// The text of a file as indexed. Blank lines between chunks are kept, but not the blanks within
/// them; blank text before the first and after the last chunk is left out.
pub(crate) struct Joined {
    pub(crate) text: String,
    /// The line of the file at which `text` begins, from 0.
    pub(crate) first_line: u32,
    /// The byte range of each chunk in `text`.
    chunks: Vec<(ChunkId, Range<usize>)>,
}

impl Joined {
    /// The text of a file, without chunks whose text is gone by now.
    pub(crate) fn of(file: &FileEntry, sources: &dyn Sources) -> Joined {
        let ids: Vec<ChunkId> = file.chunk_ids().collect();
        let mut text = String::new();
        let mut chunks = Vec::new();
        let metas = file.chunks.unpack();
        let first_line = metas.first().map_or(0, |chunk| chunk.span.first_line);
        // The next byte and line of the file.
        let mut next = (0, first_line);
        for ((chunk, id), found) in metas.iter().zip(&ids).zip(sources.texts(&ids)) {
            let span = chunk.span;
            if span.first_line > next.1 {
                text.extend(std::iter::repeat_n('\n', (span.first_line - next.1) as usize));
            } else if !chunks.is_empty() {
                text.extend(std::iter::repeat_n(' ', span.start.saturating_sub(next.0) as usize));
            }
            if let Some(found) = found {
                chunks.push((*id, text.len()..text.len() + found.len()));
                text.push_str(&found);
            }
            // The last line of a chunk has no line break.
            next = (span.end, span.end_line.saturating_sub(1));
        }
        Joined { text, first_line, chunks }
    }

    /// The first chunk that overlaps a match, and the chunk's byte range. A match that lies
    /// entirely in the blanks between two chunks belongs to neither.
    pub(crate) fn chunk_of(&self, found: &Range<usize>) -> Option<(ChunkId, Range<usize>)> {
        let next = self.chunks.partition_point(|(_, within)| within.end <= found.start);
        let (id, within) = self.chunks.get(next)?;
        let end = found.end.max(found.start + 1);
        (within.start < end).then(|| (*id, within.clone()))
    }
}
