//! A chunk that may become a hit, with everything the ranking signals read.

use std::sync::Arc;

use descry_base::{ChunkId, ChunkMeta, FileId};

use crate::SignalKind;
use crate::answer::Signal;
use crate::exact::Exactness;
use crate::table::FileEntry;

/// A chunk that may become a hit.
pub(crate) struct Candidate {
    /// Index of its shard in the search scope.
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
    /// The query terms it contains, as bits.
    pub(crate) terms: u64,
    /// The share of the query's words that its file contains, weighted by rarity: 0 to 1.
    pub(crate) covered: f32,
    /// The line of the file, from 0, that the query names and this chunk contains.
    pub(crate) named_line: Option<u32>,
    /// True if the query names its file.
    pub(crate) is_named: bool,
    /// How exactly it answers a query that is one name; compared before the score.
    pub(crate) exactness: Exactness,
    /// The score of the chunk itself, without the signals of its file or of other chunks; it orders
    /// the chunks of one file.
    pub(crate) own: f32,
    /// The current score.
    pub(crate) score: f32,
    /// The signals that changed the score so far.
    pub(crate) signals: Vec<Signal>,
}

impl Candidate {
    /// A candidate without ranks or signals.
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

    /// The key of its file across all shards.
    pub(crate) fn file_key(&self) -> (usize, FileId) {
        (self.shard, self.file.id)
    }

    /// Adds to the score and records the signal.
    pub(crate) fn add(&mut self, kind: SignalKind, amount: f32) {
        if amount <= 0.0 {
            return;
        }
        let before = self.score.max(f32::MIN_POSITIVE);
        self.score += amount;
        self.signals.push(Signal { kind, factor: self.score / before });
    }

    /// Multiplies the score and records the signal.
    pub(crate) fn multiply(&mut self, kind: SignalKind, factor: f32) {
        self.score *= factor;
        self.signals.push(Signal { kind, factor });
    }
}
