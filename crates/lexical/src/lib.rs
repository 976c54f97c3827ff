//! Finds chunks by their words: BM25 over one added folder, on tantivy.
//!
//! Promises: what a search answers is a function of the live documents alone, not of how they were
//! committed; an index holds exactly what its last commit held, whatever happens to the process; a
//! damaged index is reported and never a panic. Derived and disposable: it stores no text, only what
//! is needed to find [`ChunkId`]s, and is rebuilt from the catalog.
//!
//! Does not know: where text comes from, how it is cut, filters other than a predicate on ids, what
//! a hit looks like.

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

/// What the index takes in of one chunk.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The id that a search answers.
    pub chunk: ChunkId,
    /// The file, relative to its folder.
    pub path: &'a RelPath,
    /// Its symbol path, names and doc comment.
    pub meta: &'a ChunkMeta,
    /// The whole text.
    pub text: &'a str,
}

/// A chunk and how well it answers: higher is better, and only the order has a meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredChunk {
    /// The chunk.
    pub id: ChunkId,
    /// The BM25 score; 0 where only a phrase without words was asked for.
    pub score: f32,
    /// The terms that it has: bits into [`Found::weights`].
    pub terms: u64,
}

/// What a search finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best chunks, best first.
    pub hits: Vec<ScoredChunk>,
    /// How much each term that was looked up tells, by its rarity; 0 for two words written as one,
    /// which say nothing that the words do not, and for a term that no chunk has.
    pub weights: Vec<f32>,
}
