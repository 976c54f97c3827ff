//! The handle that callers hold; the actor behind it is in `worker.rs`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Sender, bounded, unbounded};

use crate::queue::{Job, Outcomes};
use crate::recent::Recent;
use crate::worker::{QueryJob, Worker};
use crate::{EmbedError, Embedder, ModelInfo, Pending};

/// The configuration of batching.
#[derive(Clone, Debug)]
pub struct BatchConfig {
    /// The target time of one document batch, which is also the longest wait of a query.
    pub target: Duration,
    /// How many document calls may wait; a further call blocks.
    pub queue: usize,
    /// How many query vectors are cached.
    pub recent_queries: usize,
}

impl Default for BatchConfig {
    /// 60 ms a batch: long enough to keep all cores busy, too short to be felt in a search.
    fn default() -> BatchConfig {
        BatchConfig { target: Duration::from_millis(60), queue: 16, recent_queries: 64 }
    }
}

/// The loading state of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// The model is being loaded.
    Loading,
    /// The model is ready.
    Ready(ModelInfo),
    /// The model could not be loaded; the text is a message for users, and the error of every
    /// request.
    Failed(String),
}

/// A model on its own thread. Dropping the handle stops the thread after the current batch and
/// joins it; unfinished requests end with [`EmbedError::Stopped`].
#[derive(Debug)]
pub struct EmbedHandle {
    // Both senders are dropped before the thread is joined, so that the thread sees the end.
    inbox: Option<Inbox>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Inbox {
    queries: Sender<QueryJob>,
    documents: Sender<Job>,
}

/// The state that the handle and the worker share.
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
    /// Starts a thread named `embed` that calls `load` and then serves requests. Requests made
    /// before the model is loaded wait for it. A panic in `load` counts as a failure to load.
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

    /// The current state. Cheap.
    pub fn state(&self) -> ModelState {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the model is loaded or has failed to load.
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

    /// The vector of a query. Takes precedence over all waiting documents; a recent query is
    /// answered from the cache.
    pub fn query(&self, text: String) -> Pending<Vec<f32>> {
        let known = self.shared.recent.lock().unwrap_or_else(PoisonError::into_inner).get(&text);
        if let Some(vector) = known {
            return Pending::ready(Ok(vector));
        }
        let (reply, pending) = Pending::new();
        if let Some(inbox) = &self.inbox {
            // If the thread has ended, the send drops the reply, and `wait` returns `Stopped`.
            let _ = inbox.queries.send(QueryJob { text, reply });
        }
        pending
    }

    /// The vectors of documents, in the order of `texts`. A text that fails has an error in its
    /// place and does not affect the others; the outer error means that none was tried. Blocks
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
            // The worker catches the model's panics; its own can no longer be reported.
            let _ = thread.join();
        }
    }
}
