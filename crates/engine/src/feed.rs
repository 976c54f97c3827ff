//! The thread that keeps the model busy: it reads texts from the catalog and sends vectors to the
//! writer.

use std::collections::VecDeque;

use crossbeam_channel::Sender;
use descry_base::{ChunkId, Digest, RootId};

use crate::event::Event;
use crate::prepare::embedded_of;
use crate::shared::Shared;

/// Chunks per job: about half a second of work on two cores, so that an edit does not wait long.
const JOB: usize = 16;

/// Jobs in flight: one is computed while the next waits, so that the model never idles.
const FLYING: usize = 2;

/// Runs until the backlog is stopped or the writer is gone.
pub(crate) fn run(shared: &Shared, out: &Sender<Event>) {
    let mut flying = VecDeque::new();
    loop {
        while flying.len() < FLYING {
            let Some((root, ids)) = shared.backlog.take(JOB, flying.is_empty()) else { break };
            let (keys, texts) = texts_of(shared, root, &ids);
            let gone = ids.len() - keys.len();
            flying.push_back((root, gone, keys, shared.embed.documents(texts)));
        }
        let Some((root, gone, keys, pending)) = flying.pop_front() else { return };
        let mut vectors = Vec::with_capacity(keys.len());
        let mut failed = gone;
        match pending.wait() {
            Ok(outcomes) => {
                for ((id, digest), outcome) in keys.into_iter().zip(outcomes) {
                    match outcome {
                        Ok(vector) => vectors.push((id, digest, vector)),
                        Err(error) => {
                            tracing::warn!(%error, "cannot embed a chunk; it keeps its static vector");
                            failed += 1;
                        }
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "embedding failed");
                failed += keys.len();
            }
        }
        if out.send(Event::Embedded { root, vectors, failed }).is_err() {
            return;
        }
    }
}

/// The texts to embed; leaves out chunks that no longer exist.
fn texts_of(
    shared: &Shared,
    root: RootId,
    ids: &[ChunkId],
) -> (Vec<(ChunkId, Digest)>, Vec<String>) {
    let found = shared.texts.get(ids).unwrap_or_else(|error| {
        tracing::warn!(%error, "texts to embed cannot be read");
        vec![None; ids.len()]
    });
    let snapshot = shared.snapshot.load();
    let table = snapshot.shard(root).map(|shard| &shard.table);
    ids.iter()
        .zip(found)
        .filter_map(|(id, text)| {
            let (text, digest) = text?;
            Some(((*id, digest), embedded_of(table?, *id, &text)?))
        })
        .unzip()
}
