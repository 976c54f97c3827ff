//! The thread that owns the model.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use crossbeam_channel::{Receiver, select_biased};

use crate::handle::Shared;
use crate::pace::Pace;
use crate::pending::Reply;
use crate::queue::{Job, JobQueue, Outcomes};
use crate::{BatchConfig, EmbedError, Embedder, Input, ModelState};

#[derive(Debug)]
pub(crate) struct QueryJob {
    pub(crate) text: String,
    pub(crate) reply: Reply<Vec<f32>>,
}

pub(crate) struct Worker {
    queries: Receiver<QueryJob>,
    documents: Receiver<Job>,
    shared: Arc<Shared>,
    pace: Pace,
}

/// The events that wake the worker.
enum Event {
    Query(QueryJob),
    Documents(Job),
    Closed,
}

impl Worker {
    pub(crate) fn new(
        queries: Receiver<QueryJob>,
        documents: Receiver<Job>,
        shared: Arc<Shared>,
        config: &BatchConfig,
    ) -> Worker {
        Worker { queries, documents, shared, pace: Pace::new(config.target) }
    }

    pub(crate) fn run(mut self, load: impl FnOnce() -> Result<Box<dyn Embedder>, EmbedError>) {
        let loaded = catch_unwind(AssertUnwindSafe(load))
            .unwrap_or_else(|panic| Err(EmbedError::Panic(panic_text(&*panic))));
        match loaded {
            Ok(model) => {
                self.shared.set_state(ModelState::Ready(model.info().clone()));
                self.serve(model);
            }
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(%reason, "no embedding model");
                self.shared.set_state(ModelState::Failed(reason.clone()));
                self.refuse(EmbedError::Load(reason));
            }
        }
    }

    /// Serves requests until the handle is dropped: all queries, then one document batch,
    /// repeatedly.
    fn serve(&mut self, mut model: Box<dyn Embedder>) {
        let mut queue = JobQueue::default();
        loop {
            if queue.is_empty() {
                match self.next() {
                    Event::Query(query) => self.answer(model.as_mut(), query),
                    Event::Documents(job) => queue.push(job),
                    Event::Closed => return,
                }
            }
            if self.shared.closing.load(Ordering::Acquire) {
                return;
            }
            if let Ok(query) = self.queries.try_recv() {
                self.answer(model.as_mut(), query);
            }
            // Jobs stay in the bounded queue, blocking their callers, until a batch needs them.
            while queue.bytes() < self.pace.budget() {
                match self.documents.try_recv() {
                    Ok(job) => queue.push(job),
                    Err(_) => break,
                }
            }
            self.advance(model.as_mut(), &mut queue);
        }
    }

    fn next(&self) -> Event {
        select_biased! {
            recv(self.queries) -> query => query.map_or(Event::Closed, Event::Query),
            recv(self.documents) -> job => job.map_or(Event::Closed, Event::Documents),
        }
    }

    /// Embeds `first` and all queries waiting by now, so that no document batch comes between them.
    fn answer(&self, model: &mut dyn Embedder, first: QueryJob) {
        let queries = std::iter::once(first).chain(self.queries.try_iter());
        for QueryJob { text, reply } in queries.filter(|query| query.reply.wanted()) {
            let read = model.info().space.preprocessing.apply(&text);
            let outcome = try_embed(model, &[Input::Query(&read)]);
            let outcome = outcome.map(|mut vectors| vectors.remove(0));
            if let Ok(vector) = &outcome {
                let mut recent = self.shared.recent.lock().unwrap_or_else(PoisonError::into_inner);
                recent.put(text.clone(), vector.clone());
            }
            reply.send(outcome.map_err(|error| error.of_text(&text)));
        }
    }

    /// Embeds one batch from the queue.
    fn advance(&mut self, model: &mut dyn Embedder, queue: &mut JobQueue) {
        let batch = queue.cut(self.pace.budget());
        let texts = queue.texts(&batch);
        let started = Instant::now();
        let outcomes = embed_each(model, &texts);
        if !texts.is_empty() {
            self.pace.record(batch.bytes, started.elapsed());
        }
        queue.complete(batch, outcomes);
    }

    /// Answers every request with `error` until the handle is dropped.
    fn refuse(&self, error: EmbedError) {
        loop {
            match self.next() {
                Event::Query(query) => query.reply.send(Err(error.clone())),
                Event::Documents(job) => job.refuse(error.clone()),
                Event::Closed => return,
            }
        }
    }
}

/// Returns one outcome per text. If the batch fails as a whole, each text is tried alone.
fn embed_each(model: &mut dyn Embedder, texts: &[&str]) -> Outcomes {
    let preprocessing = model.info().space.preprocessing;
    let read: Vec<_> = texts.iter().map(|text| preprocessing.apply(text)).collect();
    let inputs: Vec<Input<'_>> = read.iter().map(|text| Input::Document(text)).collect();
    if inputs.is_empty() {
        return Vec::new();
    }
    match try_embed(model, &inputs) {
        Ok(vectors) => vectors.into_iter().map(Ok).collect(),
        Err(error) if inputs.len() == 1 => vec![Err(error.of_text(texts[0]))],
        Err(_) => texts.iter().flat_map(|&text| embed_each(model, &[text])).collect(),
    }
}

/// Calls `Embedder::embed`, turning a panic or a wrong number of vectors into an error.
fn try_embed(model: &mut dyn Embedder, inputs: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError> {
    // An embedder must stay usable after a panic.
    let vectors = catch_unwind(AssertUnwindSafe(|| model.embed(inputs)))
        .unwrap_or_else(|panic| Err(EmbedError::Panic(panic_text(&*panic))))?;
    if vectors.len() == inputs.len() {
        Ok(vectors)
    } else {
        let reason = format!("{} vectors for {} texts", vectors.len(), inputs.len());
        Err(EmbedError::Model(reason))
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".into())
}
