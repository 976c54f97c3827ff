//! Fits a static model to an encoder that came without one, on its own thread: it learns from the
//! chunks with dense vectors and then embeds all others.

use std::collections::HashSet;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use descry_base::ChunkId;
use descry_embed::{Fitted, ModelInfo, StaticEmbedder};
use descry_search::{Shard, Snapshot};
use descry_vector::Tier;

use crate::event::Event;
use crate::prepare::embedded_of;
use crate::shared::Shared;

/// More examples hardly improve the map, and this many are read in a second or two.
const EXAMPLES: usize = 8_192;

/// The number of texts in memory, and of static vectors sent to the writer, at a time.
const STEP: usize = 1_000;

/// A job for the fitting thread.
pub(crate) enum FitJob {
    /// Fit a static model to this encoder, and embed every chunk that lacks a dense vector.
    Fit(ModelInfo),
    /// Embed chunks without any vector: they were read before the static model existed.
    Embed,
}

/// Runs until the sender is gone.
pub(crate) fn run(shared: &Shared, jobs: &Receiver<FitJob>, out: &Sender<Event>) {
    for job in jobs {
        let again = match job {
            FitJob::Fit(model) => {
                let Some(base) = shared.bundled_static_model() else { continue };
                let examples = examples(shared, &shared.snapshot.load());
                let Some(static_model) = Fitted::fit(base, &model, &examples) else { continue };
                // From here on, every file that is read is embedded with it.
                shared.fitted.store(Some(Arc::new(static_model)));
                true
            }
            FitJob::Embed => false,
        };
        let Some(static_model) = shared.fitted.load_full() else { continue };
        for shard in &shared.snapshot.load_full().shards {
            if embed(shared, shard, &*static_model, again, out).is_none() {
                return;
            }
        }
    }
}

/// Texts and their dense vectors, sampled evenly from all folders.
fn examples(shared: &Shared, snapshot: &Snapshot) -> Vec<(String, Vec<f32>)> {
    let keys = snapshot.shards.iter().filter_map(|shard| shard.vectors.as_ref());
    let exact = keys.flat_map(|vectors| vectors.keys()).filter(|(_, tier)| *tier == Tier::Dense);
    let stride = exact.count().div_ceil(EXAMPLES).max(1);
    let mut examples = Vec::new();
    for shard in &snapshot.shards {
        let rows = shard.vectors.iter().flat_map(|vectors| vectors.rows());
        let full = rows.filter(|(_, tier, _)| *tier == Tier::Dense).step_by(stride);
        let (ids, vectors): (Vec<ChunkId>, Vec<Vec<f32>>) =
            full.map(|(id, _, vector)| (id, vector)).unzip();
        let texts = texts(shared, shard, &ids).into_iter().zip(vectors);
        examples.extend(texts.filter_map(|(text, vector)| Some((text?, vector))));
    }
    examples
}

/// Embeds chunks that lack a dense vector; those with a static one only if `again`. `None` once the
/// writer is gone.
fn embed(
    shared: &Shared,
    shard: &Shard,
    static_model: &dyn StaticEmbedder,
    again: bool,
    out: &Sender<Event>,
) -> Option<()> {
    let Some(vectors) = &shard.vectors else { return Some(()) };
    let stays = vectors.keys().filter(|(_, tier)| *tier == Tier::Dense || !again);
    let stays: HashSet<ChunkId> = stays.map(|(id, _)| id).collect();
    let ids = shard.table.files().flat_map(|file| file.chunk_ids());
    let lacking: Vec<ChunkId> = ids.filter(|id| !stays.contains(id)).collect();
    for ids in lacking.chunks(STEP) {
        let texts = ids.iter().zip(texts(shared, shard, ids));
        let vectors = texts.filter_map(|(id, text)| Some((*id, static_model.embed_code(&text?))));
        out.send(Event::StaticVectors { root: shard.root, vectors: vectors.collect() }).ok()?;
    }
    Some(())
}

/// The embedded text of each chunk; `None` if the chunk no longer exists.
fn texts(shared: &Shared, shard: &Shard, ids: &[ChunkId]) -> Vec<Option<String>> {
    let found = shared.texts.get(ids).unwrap_or_else(|error| {
        tracing::warn!(%error, "texts to embed cannot be read");
        vec![None; ids.len()]
    });
    let embedded =
        |(id, text): (&ChunkId, Option<(String, _)>)| embedded_of(&shard.table, *id, &text?.0);
    ids.iter().zip(found).map(embedded).collect()
}
