//! A chunk that may become a hit, with all that the ranking signals look at.

use std::sync::Arc;

use descry_base::{ChunkId, ChunkMeta, FileId};

use crate::answer::Signal;
use crate::exact::Exactness;
use crate::table::FileEntry;

/// A chunk on its way to becoming a hit.
pub(crate) struct Candidate {
    /// Index of its folder in the snapshot.
    pub(crate) shard: usize,
    pub(crate) id: ChunkId,
    pub(crate) file: Arc<FileEntry>,
    /// Rank by words, from 0.
    pub(crate) words: Option<u32>,
    /// Rank by meaning, from 0.
    pub(crate) meaning: Option<u32>,
    /// Cosine to the query.
    pub(crate) similarity: Option<f32>,
    pub(crate) from_static: bool,
    /// The question's terms that it has: bits.
    pub(crate) terms: u64,
    /// How much of the question's words its file has, by their rarity: 0 to 1.
    pub(crate) covered: f32,
    /// A line of it that the question names, in its file, from 0.
    pub(crate) named_line: Option<u32>,
    /// The question names its file.
    pub(crate) is_named: bool,
    /// How exactly it answers a question that is one name; goes before the score.
    pub(crate) exactness: Exactness,
    /// What the chunk itself says to the question, without what its file and others say of it; orders
    /// the chunks of one file.
    pub(crate) own: f32,
    /// The score so far.
    pub(crate) score: f32,
    /// What changed the score so far.
    pub(crate) signals: Vec<Signal>,
}

impl Candidate {
    /// One that no list and no signal has said anything of.
    pub(crate) fn new(shard: usize, id: ChunkId, file: Arc<FileEntry>, score: f32) -> Candidate {
        Candidate {
            shard,
            id,
            file,
            words: None,
            meaning: None,
            similarity: None,
            from_static: false,
            terms: 0,
            covered: 0.0,
            named_line: None,
            is_named: false,
            exactness: Exactness::default(),
            own: score,
            score,
            signals: Vec::new(),
        }
    }

    /// The chunk without its text.
    pub(crate) fn chunk(&self) -> Option<&ChunkMeta> {
        self.file.chunk(self.id)
    }

    /// The file among all folders' files.
    pub(crate) fn file_key(&self) -> (usize, FileId) {
        (self.shard, self.file.id)
    }

    /// Adds to the score and remembers why.
    pub(crate) fn add(&mut self, name: &str, amount: f32) {
        if amount <= 0.0 {
            return;
        }
        let before = self.score.max(f32::MIN_POSITIVE);
        self.score += amount;
        self.signals.push(Signal { name: name.to_owned(), factor: self.score / before });
    }

    /// Multiplies the score and remembers why.
    pub(crate) fn multiply(&mut self, name: &str, factor: f32) {
        self.score *= factor;
        self.signals.push(Signal { name: name.to_owned(), factor });
    }
}
