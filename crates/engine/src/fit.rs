//! A student for a model that came without one: fitted on its own thread from chunks whose exact
//! vectors are there, it then drafts the others.

use std::collections::HashSet;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use descry_base::ChunkId;
use descry_embed::{Draft, Fitted, ModelInfo};
use descry_search::{Shard, Snapshot};
use descry_vector::Tier;

use crate::event::Event;
use crate::prepare::embedded_of;
use crate::publish::Shared;

/// More examples make the map hardly better, and this many are read in a second or two.
const EXAMPLES: usize = 8_192;

/// Texts that are in memory, and drafts that are handed to the writer, at a time.
const STEP: usize = 1_000;

/// What is to be done.
pub(crate) enum FitJob {
    /// Fit a student to this model, and draft everything that has no exact vector.
    Fit(ModelInfo),
    /// Draft what has no vector at all: it was read before the student was there.
    Draft,
}

/// Runs until the sender is gone.
pub(crate) fn run(shared: &Shared, jobs: &Receiver<FitJob>, out: &Sender<Event>) {
    for job in jobs {
        let again = match job {
            FitJob::Fit(model) => {
                let Some(base) = shared.base_student() else { continue };
                let examples = examples(shared, &shared.snapshot.load());
                let Some(student) = Fitted::fit(base, &model, &examples) else { continue };
                // From here on every file that is read is drafted by it.
                shared.fitted.store(Some(Arc::new(student)));
                true
            }
            FitJob::Draft => false,
        };
        let Some(student) = shared.fitted.load_full() else { continue };
        for shard in &shared.snapshot.load_full().shards {
            if draft(shared, shard, &*student, again, out).is_none() {
                return;
            }
        }
    }
}

/// Texts and their exact vectors, evenly from all folders.
fn examples(shared: &Shared, snapshot: &Snapshot) -> Vec<(String, Vec<f32>)> {
    let keys = snapshot.shards.iter().filter_map(|shard| shard.vectors.as_ref());
    let exact = keys.flat_map(|vectors| vectors.keys()).filter(|(_, tier)| *tier == Tier::Full);
    let stride = exact.count().div_ceil(EXAMPLES).max(1);
    let mut examples = Vec::new();
    for shard in &snapshot.shards {
        let rows = shard.vectors.iter().flat_map(|vectors| vectors.rows());
        let full = rows.filter(|(_, tier, _)| *tier == Tier::Full).step_by(stride);
        let (ids, vectors): (Vec<ChunkId>, Vec<Vec<f32>>) =
            full.map(|(id, _, vector)| (id, vector)).unzip();
        let texts = texts(shared, shard, &ids).into_iter().zip(vectors);
        examples.extend(texts.filter_map(|(text, vector)| Some((text?, vector))));
    }
    examples
}

/// Drafts what has no exact vector, drafts included if `again`. `None` if nobody listens any more.
fn draft(
    shared: &Shared,
    shard: &Shard,
    student: &dyn Draft,
    again: bool,
    out: &Sender<Event>,
) -> Option<()> {
    let Some(vectors) = &shard.vectors else { return Some(()) };
    let stays = vectors.keys().filter(|(_, tier)| *tier == Tier::Full || !again);
    let stays: HashSet<ChunkId> = stays.map(|(id, _)| id).collect();
    let ids = shard.table.files().flat_map(|file| file.chunk_ids());
    let lacking: Vec<ChunkId> = ids.filter(|id| !stays.contains(id)).collect();
    for ids in lacking.chunks(STEP) {
        let texts = ids.iter().zip(texts(shared, shard, ids));
        let drafts = texts.filter_map(|(id, text)| Some((*id, student.embed_code(&text?))));
        out.send(Event::Drafted { root: shard.root, drafts: drafts.collect() }).ok()?;
    }
    Some(())
}

/// What is embedded of each chunk; `None` for one that is gone.
fn texts(shared: &Shared, shard: &Shard, ids: &[ChunkId]) -> Vec<Option<String>> {
    let found = shared.texts.get(ids).unwrap_or_else(|error| {
        tracing::warn!(%error, "texts to draft cannot be read");
        vec![None; ids.len()]
    });
    let embedded =
        |(id, text): (&ChunkId, Option<(String, _)>)| embedded_of(&shard.table, *id, &text?.0);
    ids.iter().zip(found).map(embedded).collect()
}
