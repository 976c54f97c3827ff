//! The handle outside; the actor inside is `worker.rs`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Sender, bounded, unbounded};

use crate::queue::{Job, Outcomes};
use crate::recent::Recent;
use crate::worker::{QueryJob, Worker};
use crate::{EmbedError, Embedder, ModelInfo, Pending};

/// How the worker batches.
#[derive(Clone, Debug)]
pub struct BatchConfig {
    /// The time that one document batch should take: the longest a query waits for one.
    pub target: Duration,
    /// How many document calls may wait; one more blocks its caller.
    pub queue: usize,
    /// How many query vectors are remembered.
    pub recent_queries: usize,
}

impl Default for BatchConfig {
    /// 60 ms a batch: long enough to keep all cores busy, short enough not to be felt in a search.
    fn default() -> BatchConfig {
        BatchConfig { target: Duration::from_millis(60), queue: 16, recent_queries: 64 }
    }
}

/// Whether a model is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// It is being loaded.
    Loading,
    /// It answers.
    Ready(ModelInfo),
    /// It could not be loaded; the text says why, for people. Every request gets this as an error.
    Failed(String),
}

/// A model on its own thread. Dropping the handle stops the thread after the batch at hand and
/// joins it; what was not done by then ends in [`EmbedError::Stopped`].
#[derive(Debug)]
pub struct EmbedHandle {
    // Both senders are taken before the thread is joined, so that it sees the end.
    inbox: Option<Inbox>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Inbox {
    queries: Sender<QueryJob>,
    documents: Sender<Job>,
}

/// What the handle and the worker both see.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<ModelState>,
    changed: Condvar,
    pub(crate) recent: Mutex<Recent>,
    pub(crate) closing: AtomicBool,
}

impl Shared {
    pub(crate) fn set_state(&self, state: ModelState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.changed.notify_all();
    }
}

impl EmbedHandle {
    /// Starts a thread named `embed` that calls `load` and then serves requests. Requests may be
    /// made at once; they wait for the model. A panic in `load` counts as a failure to load.
    pub fn spawn(
        load: impl FnOnce() -> Result<Box<dyn Embedder>, EmbedError> + Send + 'static,
        config: BatchConfig,
    ) -> EmbedHandle {
        let (queries, query_jobs) = unbounded();
        let (documents, document_jobs) = bounded(config.queue);
        let shared = Arc::new(Shared {
            state: Mutex::new(ModelState::Loading),
            changed: Condvar::new(),
            recent: Mutex::new(Recent::new(config.recent_queries)),
            closing: AtomicBool::new(false),
        });
        let worker = Worker::new(query_jobs, document_jobs, Arc::clone(&shared), &config);
        let thread = Builder::new().name("embed".into()).spawn(move || worker.run(load));
        if let Err(error) = &thread {
            let reason = format!("cannot start the embedding thread: {error}");
            shared.set_state(ModelState::Failed(reason));
        }
        EmbedHandle { inbox: Some(Inbox { queries, documents }), shared, thread: thread.ok() }
    }

    /// Whether the model is there. Cheap.
    pub fn state(&self) -> ModelState {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the model is loaded, or could not be.
    pub fn wait_ready(&self) -> Result<ModelInfo, EmbedError> {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*state {
                ModelState::Loading => {
                    state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                ModelState::Ready(info) => return Ok(info.clone()),
                ModelState::Failed(reason) => return Err(EmbedError::Load(reason.clone())),
            }
        }
    }

    /// The vector of a query. Goes before all documents that wait; a query seen lately is answered
    /// at once.
    pub fn query(&self, text: String) -> Pending<Vec<f32>> {
        let known = self.shared.recent.lock().unwrap_or_else(PoisonError::into_inner).get(&text);
        if let Some(vector) = known {
            return Pending::ready(Ok(vector));
        }
        let (reply, pending) = Pending::new();
        if let Some(inbox) = &self.inbox {
            // A send to a thread that has ended drops the reply, and `wait` says `Stopped`.
            let _ = inbox.queries.send(QueryJob { text, reply });
        }
        pending
    }

    /// The vectors of documents, in the order of `texts`. A text that fails has an error in its
    /// place and does not fail its neighbours; the outer error means that none was tried. Blocks
    /// while the queue is full.
    pub fn documents(&self, texts: Vec<String>) -> Pending<Outcomes> {
        let (reply, pending) = Pending::new();
        if let Some(inbox) = &self.inbox {
            let _ = inbox.documents.send(Job::new(texts, reply));
        }
        pending
    }
}

impl Drop for EmbedHandle {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        self.inbox = None;
        if let Some(thread) = self.thread.take() {
            // The worker catches panics of the model; one of its own has nobody left to tell.
            let _ = thread.join();
        }
    }
}
