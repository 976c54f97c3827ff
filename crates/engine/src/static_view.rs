//! Shards with static vectors instead of dense ones: for searches by static vectors alone, and to
//! evaluate what dense vectors add.
//!
//! An index keeps only the better vector of each chunk, so static vectors are recreated from the
//! texts. That takes about 40 µs per chunk; the last view is kept for the next query.

use std::sync::Arc;

use descry_base::ChunkId;
use descry_search::{Shard, Snapshot, Sources};
use descry_vector::{Entry, Tier, VectorError, VectorIndex};
use parking_lot::Mutex;

use crate::prepare::embedded_of;

/// The number of texts in memory at a time.
const STEP: usize = 1_000;

/// The shards of the last view, each paired with its source.
#[derive(Default)]
pub(crate) struct StaticView(Mutex<Vec<(Arc<Shard>, Arc<Shard>)>>);

impl StaticView {
    /// The snapshot with static vectors only.
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
                None => (Arc::clone(shard), Arc::new(with_static(shard, sources, &|_| false)?)),
            });
        }
        let shards = made.iter().map(|(_, shard)| Arc::clone(shard)).collect();
        *self.0.lock() = made;
        Ok(Snapshot { shards, ..*snapshot })
    }
}

/// A shard in which only the chunks accepted by `keep` retain their dense vectors; the others get
/// static vectors, or none if there is no static model.
pub(crate) fn with_static(
    shard: &Shard,
    sources: &dyn Sources,
    keep: &dyn Fn(ChunkId) -> bool,
) -> Result<Shard, VectorError> {
    let Some(vectors) = &shard.vectors else { return Ok(shard.clone()) };
    // Most often there are none, and copying all vectors takes memory.
    if !vectors.keys().any(|(id, tier)| tier == Tier::Dense && !keep(id)) {
        return Ok(shard.clone());
    }
    let mut wanting = Vec::new();
    let mut kept = Vec::new();
    for (id, tier, vector) in vectors.rows() {
        match tier {
            Tier::Dense if !keep(id) => wanting.push(id),
            _ => kept.push(Entry { id, tier, vector }),
        }
    }
    let mut index = VectorIndex::in_memory(vectors.dim());
    index.apply(&[], kept)?;
    if let Some(static_model) = sources.static_model() {
        for ids in wanting.chunks(STEP) {
            let texts = ids.iter().zip(sources.texts(ids));
            let entries = texts.filter_map(|(id, text)| {
                let vector = static_model.embed_code(&embedded_of(&shard.table, *id, &text?)?);
                Some(Entry { id: *id, tier: Tier::Static, vector })
            });
            index.apply(&[], entries.collect())?;
        }
    }
    Ok(Shard { vectors: Some(index.snapshot()), ..shard.clone() })
}
