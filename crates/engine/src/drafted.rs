//! Folders as they were while fewer chunks had exact vectors: for searches by drafts alone, and for
//! measuring what exact vectors add.
//!
//! An index keeps the better vector of each chunk only, so drafts are made again from the texts. That
//! takes some 40 µs a chunk; the last view is kept for the next question.

use std::sync::Arc;

use descry_base::ChunkId;
use descry_search::{Shard, Snapshot, Sources};
use descry_vector::{Entry, Tier, VectorError, VectorIndex};
use parking_lot::Mutex;

use crate::prepare::embedded_of;

/// Texts that are in memory at a time.
const STEP: usize = 1_000;

/// The folders of the last view, each beside what it was made of.
#[derive(Default)]
pub(crate) struct Drafted(Mutex<Vec<(Arc<Shard>, Arc<Shard>)>>);

impl Drafted {
    /// The snapshot with drafts only.
    pub(crate) fn view(
        &self,
        snapshot: &Snapshot,
        sources: &dyn Sources,
    ) -> Result<Snapshot, VectorError> {
        let mut made = Vec::new();
        for shard in &snapshot.shards {
            let known = self.0.lock().iter().find(|(of, _)| Arc::ptr_eq(of, shard)).cloned();
            made.push(match known {
                Some(known) => known,
                None => (Arc::clone(shard), Arc::new(redrafted(shard, sources, &|_| false)?)),
            });
        }
        let shards = made.iter().map(|(_, shard)| Arc::clone(shard)).collect();
        *self.0.lock() = made;
        Ok(Snapshot { shards, ..*snapshot })
    }
}

/// A folder in which only the chunks that `keep` names have exact vectors; the others have drafts, or
/// none if there is no draft model. What is drafted in `shard` stays so.
pub(crate) fn redrafted(
    shard: &Shard,
    sources: &dyn Sources,
    keep: &dyn Fn(ChunkId) -> bool,
) -> Result<Shard, VectorError> {
    let Some(vectors) = &shard.vectors else { return Ok(shard.clone()) };
    let mut wanting = Vec::new();
    let mut kept = Vec::new();
    for (id, tier, vector) in vectors.rows() {
        match tier {
            Tier::Full if !keep(id) => wanting.push(id),
            _ => kept.push(Entry { id, tier, vector }),
        }
    }
    if wanting.is_empty() {
        return Ok(shard.clone());
    }
    let mut index = VectorIndex::in_memory(vectors.dim());
    index.apply(&[], kept)?;
    if let Some(draft) = sources.draft() {
        for ids in wanting.chunks(STEP) {
            let texts = ids.iter().zip(sources.texts(ids));
            let entries = texts.filter_map(|(id, text)| {
                let vector = draft.embed_code(&embedded_of(&shard.table, *id, &text?)?);
                Some(Entry { id: *id, tier: Tier::Draft, vector })
            });
            index.apply(&[], entries.collect())?;
        }
    }
    Ok(Shard { vectors: Some(index.snapshot()), ..shard.clone() })
}
