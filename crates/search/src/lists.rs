//! The ranked lists that a search fuses: by words, by meaning, by the names that chunks define.

use std::collections::HashMap;
use std::sync::Arc;

use descry_base::ChunkId;
use descry_lexical::{LexicalQuery, LexicalSnapshot};
use descry_vector::Tier;

use crate::candidate::Candidate;
use crate::filter::Filter;
use crate::fuse::{Ranked, rrf};
use crate::kind::QueryKind;
use crate::{Query, SearchError, Shard, Snapshot, Tiers, Weights};

/// The folders that a search runs over, with what passes in them.
pub(crate) struct Scope<'a> {
    pub(crate) shards: Vec<&'a Arc<Shard>>,
    pub(crate) filter: &'a Filter,
}

/// A chunk found by meaning.
#[derive(Clone, Copy)]
pub(crate) struct Meant {
    pub(crate) id: ChunkId,
    pub(crate) similarity: f32,
    pub(crate) draft: bool,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, query: &Query, filter: &'a Filter) -> Scope<'a> {
        let shards = snapshot.shards.iter().filter(|shard| filter.admits_shard(shard, query));
        Scope { shards: shards.collect(), filter }
    }

    fn admits(&self, id: ChunkId) -> bool {
        self.shards.iter().any(|shard| match self.filter.is_open() {
            true => shard.table.contains(id),
            false => self.filter.admits(shard, id),
        })
    }

    /// By words: best first.
    pub(crate) fn by_words(
        &self,
        query: &LexicalQuery,
        limit: usize,
    ) -> Result<Vec<ChunkId>, SearchError> {
        let snapshots: Vec<&LexicalSnapshot> = self.shards.iter().map(|s| &s.lexical).collect();
        let found = descry_lexical::search(&snapshots, query, limit, &|id| self.admits(id))?;
        Ok(found.into_iter().map(|scored| scored.id).collect())
    }

    /// By meaning: best first.
    pub(crate) fn by_meaning(
        &self,
        vector: &[f32],
        limit: usize,
        tiers: Tiers,
    ) -> Result<Vec<Meant>, SearchError> {
        let mut found = Vec::new();
        for shard in &self.shards {
            let Some(vectors) = &shard.vectors else { continue };
            let keep = |id: ChunkId| match self.filter.is_open() {
                true => shard.table.contains(id),
                false => self.filter.admits(shard, id),
            };
            found.extend(vectors.search(vector, limit, &keep)?.into_iter().map(|scored| Meant {
                id: scored.id,
                similarity: scored.score,
                draft: scored.tier == Tier::Draft,
            }));
        }
        found.retain(|meant| if meant.draft { tiers.instant } else { tiers.full });
        found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.id.cmp(&b.id)));
        found.truncate(limit);
        Ok(found)
    }

    /// The candidate for a live chunk.
    pub(crate) fn candidate(&self, id: ChunkId, score: f32) -> Option<Candidate> {
        let find = |(index, shard): (usize, &&Arc<Shard>)| {
            Some((index, Arc::clone(shard.table.file_of(id)?)))
        };
        let (shard, file) = self.shards.iter().enumerate().find_map(find)?;
        Some(Candidate {
            shard,
            id,
            file,
            words: None,
            meaning: None,
            similarity: None,
            draft: false,
            score,
            signals: Vec::new(),
        })
    }

    /// Fuses the lists; each candidate knows its ranks.
    pub(crate) fn fuse(
        &self,
        words: &[ChunkId],
        meaning: &[Meant],
        names: &[ChunkId],
        kind: QueryKind,
        weights: &Weights,
    ) -> Vec<Candidate> {
        let share = match (words.is_empty(), meaning.is_empty()) {
            (true, _) => 1.0,
            (_, true) => 0.0,
            _ => weights.meaning(kind),
        };
        let meant: Vec<ChunkId> = meaning.iter().map(|meant| meant.id).collect();
        let lists = [
            Ranked { items: words, weight: 1.0 - share },
            Ranked { items: &meant, weight: share },
            // Names only bring candidates in: the signal that ranks them is the definition.
            Ranked { items: names, weight: 0.0 },
        ];
        let by_words: HashMap<ChunkId, usize> = words.iter().copied().zip(0..).collect();
        let by_meaning: HashMap<ChunkId, usize> = meant.iter().copied().zip(0..).collect();
        rrf(&lists, weights.rrf_k)
            .into_iter()
            .filter_map(|(id, score)| {
                let mut candidate = self.candidate(id, score)?;
                candidate.words = by_words.get(&id).map(|rank| *rank as u32);
                if let Some(rank) = by_meaning.get(&id) {
                    candidate.meaning = Some(*rank as u32);
                    candidate.similarity = Some(meaning[*rank].similarity);
                    candidate.draft = meaning[*rank].draft;
                }
                Some(candidate)
            })
            .collect()
    }
}
