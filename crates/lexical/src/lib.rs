//! Finds chunks by words: BM25F over one added folder, on tantivy.
//!
//! Guarantees: search results depend only on the live documents, not on how they were committed; an
//! index holds exactly what its last commit wrote, even if the process dies; a damaged index is
//! reported and never causes a panic. Derived and disposable: it stores no text, only what is
//! needed to find [`ChunkId`]s, and is rebuilt from the catalog.
//!
//! Out of scope: where text comes from, how it is chunked, filters other than a predicate on ids,
//! and how hits are shown.

mod composed;
mod directory;
mod error;
mod index;
mod nearest;
mod phrase;
mod query;
mod schema;
mod score;
mod snapshot;
mod stop_words;
mod token;
mod variants;
mod verify;

use descry_base::{ChunkId, ChunkMeta, RelPath};

pub use composed::{compose, fold};
pub use error::LexicalError;
pub use index::LexicalIndex;
pub use nearest::{containing, nearest};
pub use query::{LexicalQuery, QueryTerm, TermKind, WordMatch, matched_terms};
pub use score::FieldWeights;
pub use snapshot::{LexicalSnapshot, Take, search};
pub use stop_words::is_stop_word;
pub use token::{Token, tokenize};

/// The indexed data of one chunk.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The id that a search returns.
    pub chunk: ChunkId,
    /// The file's path relative to its folder.
    pub path: &'a RelPath,
    /// Its symbol path, names and doc comment.
    pub meta: &'a ChunkMeta,
    /// The whole text.
    pub text: &'a str,
}

/// A chunk and its score; higher is better, and only the order is meaningful.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredChunk {
    /// The chunk.
    pub id: ChunkId,
    /// The BM25F score; 0 if the query is only a phrase without words.
    pub score: f32,
    /// The terms it contains, as bits into [`Found::weights`].
    pub terms: u64,
}

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best chunks, best first.
    pub hits: Vec<ScoredChunk>,
    /// The weight of each queried term, from its rarity; 0 for a compound, which adds nothing to
    /// its two words, and for a term that no chunk contains.
    pub weights: Vec<f32>,
}
