//! The thread that keeps the model busy: it reads texts from the catalog and sends vectors to the
//! writer. Each text is embedded once, however many chunks have it.

use std::collections::{HashMap, VecDeque};
use std::mem::take;

use crossbeam_channel::Sender;
use descry_base::{ChunkId, Digest, RootId};
use descry_catalog::CatalogError;
use descry_embed::{EmbedError, Pending};

use crate::event::Event;
use crate::prepare::embedded_of;
use crate::shared::{Inner, Shared};

/// Chunks per job: about half a second of work on two cores, so that an edit does not wait long.
const JOB: usize = 16;

/// Jobs in flight: one is computed while the next waits, so that the model never idles.
const FLYING: usize = 2;

/// The least number of vectors that are remembered: more than the writer's queue holds, as the
/// catalog does not have those yet.
const REMEMBERED: usize = 2 * JOB * crate::engine::EVENTS;

/// Texts that the model is embedding.
type Flight = (Vec<Digest>, Pending<Vec<Result<Vec<f32>, EmbedError>>>);

/// Runs until the backlog is stopped or the writer is gone.
pub(crate) fn run(shared: &Shared, out: &Sender<Event>) {
    let mut feed =
        Feed { shared, out, waiting: HashMap::new(), vectors: [(); 2].map(|()| HashMap::new()) };
    let mut flying: VecDeque<Flight> = VecDeque::new();
    loop {
        while flying.len() < FLYING {
            let Some((root, ids)) = shared.backlog.take(JOB, flying.is_empty()) else { break };
            match feed.begin(root, &ids) {
                Ok(Some(flight)) => flying.push_back(flight),
                Ok(None) => {}
                Err(Ended) => return,
            }
        }
        // Nothing flies only after the backlog was stopped.
        let Some(Ok(())) = flying.pop_front().map(|flight| feed.end(flight)) else { return };
    }
}

/// The writer is gone.
struct Ended;

struct Feed<'a> {
    shared: &'a Inner,
    out: &'a Sender<Event>,
    /// The chunks that wait for each text in flight.
    waiting: HashMap<Digest, Vec<(RootId, ChunkId)>>,
    /// The newest vectors, and those before them.
    vectors: [HashMap<Digest, Vec<f32>>; 2],
}

impl Feed<'_> {
    /// Begins to embed the texts of chunks that are neither embedded nor in flight.
    fn begin(&mut self, root: RootId, ids: &[ChunkId]) -> Result<Option<Flight>, Ended> {
        fail::fail_point!("engine::feed");
        let found = match self.texts_of(root, ids) {
            Ok(found) => found,
            Err(error) => {
                self.out.send(Event::TextsUnread { root, error }).map_err(|_| Ended)?;
                Vec::new()
            }
        };
        let failed = ids.len() - found.len();
        let (mut known, mut digests, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (id, digest, text) in found {
            if let Some(waiting) = self.waiting.get_mut(&digest) {
                waiting.push((root, id));
            } else if let Some(vector) = self.known(digest) {
                known.push((id, digest, vector));
            } else {
                self.waiting.insert(digest, vec![(root, id)]);
                digests.push(digest);
                texts.push(text);
            }
        }
        if !known.is_empty() || failed > 0 {
            self.send(root, known, failed)?;
        }
        Ok((!digests.is_empty()).then(|| (digests, self.shared.embed.documents(texts))))
    }

    /// Waits for the vectors and sends them to all chunks with their texts.
    fn end(&mut self, (digests, pending): Flight) -> Result<(), Ended> {
        let outcomes = pending.wait().unwrap_or_else(|error| {
            tracing::warn!(%error, "embedding failed");
            Vec::new()
        });
        let mut landed: HashMap<RootId, (Vec<_>, usize)> = HashMap::new();
        let mut outcomes = outcomes.into_iter();
        for digest in digests {
            let vector = outcomes.next().and_then(|outcome| {
                outcome
                    .inspect_err(|error| {
                        tracing::warn!(%error, "cannot embed a chunk; it keeps its static vector");
                    })
                    .ok()
            });
            for (root, id) in self.waiting.remove(&digest).unwrap_or_default() {
                let (vectors, failed) = landed.entry(root).or_default();
                match &vector {
                    Some(vector) => vectors.push((id, digest, vector.clone())),
                    None => *failed += 1,
                }
            }
            if let Some(vector) = vector {
                self.remember(digest, vector);
            }
        }
        landed
            .into_iter()
            .try_for_each(|(root, (vectors, failed))| self.send(root, vectors, failed))
    }

    fn send(
        &self,
        root: RootId,
        vectors: Vec<(ChunkId, Digest, Vec<f32>)>,
        failed: usize,
    ) -> Result<(), Ended> {
        self.out.send(Event::Embedded { root, vectors, failed }).map_err(|_| Ended)
    }

    fn remember(&mut self, digest: Digest, vector: Vec<f32>) {
        let [newest, older] = &mut self.vectors;
        if newest.len() >= REMEMBERED {
            *older = take(newest);
        }
        newest.insert(digest, vector);
    }

    /// The vector of a text that was embedded before.
    fn known(&self, digest: Digest) -> Option<Vec<f32>> {
        let [newest, older] = &self.vectors;
        if let Some(vector) = newest.get(&digest).or_else(|| older.get(&digest)) {
            return Some(vector.clone());
        }
        let space = match self.shared.embed.state() {
            descry_embed::ModelState::Ready(model) => model.space.to_string(),
            _ => return None,
        };
        let read = self.shared.texts.read(|reader| reader.vector(&space, digest));
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "a vector cannot be read");
            None
        })
    }

    /// The texts to embed; leaves out chunks that no longer exist.
    fn texts_of(
        &self,
        root: RootId,
        ids: &[ChunkId],
    ) -> Result<Vec<(ChunkId, Digest, String)>, CatalogError> {
        let found = self.shared.texts.get(ids)?;
        let snapshot = self.shared.snapshot.load();
        let table = snapshot.shard(root).map(|shard| &shard.table);
        let to_embed = ids.iter().zip(found).filter_map(|(id, text)| {
            let (text, digest) = text?;
            Some((*id, digest, embedded_of(table?, *id, &text)?))
        });
        Ok(to_embed.collect())
    }
}
