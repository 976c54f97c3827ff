//! The engine's threads. If one panics, the engine ends: callers would wait for what it does.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::Sender;

use crate::event::Event;
use crate::shared::Shared;

/// The running threads of an engine.
pub(super) struct Threads {
    shared: Shared,
    /// To the thread that takes commands.
    out: Sender<Event>,
    running: Vec<JoinHandle<()>>,
    /// Held by the first thread until it has ended, and has said why.
    alive: Option<Sender<Infallible>>,
}

impl Threads {
    /// `alive` is disconnected once the first thread has ended: the one that takes commands.
    pub(super) fn new(shared: &Shared, out: Sender<Event>, alive: Sender<Infallible>) -> Threads {
        let shared = Arc::clone(shared);
        Threads { shared, out, running: Vec::new(), alive: Some(alive) }
    }

    /// Starts a thread. `run` gets the shared state and a sender of events.
    pub(super) fn spawn(
        &mut self,
        name: &str,
        run: impl FnOnce(&Shared, &Sender<Event>) + Send + 'static,
    ) {
        let (shared, out) = (Arc::clone(&self.shared), self.out.clone());
        let alive = self.alive.take();
        let run = move || {
            let _alive = alive;
            let work = AssertUnwindSafe(|| run(&shared, &out));
            if let Err(panic) = catch_unwind(work) {
                let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let message = message.or_else(|| panic.downcast_ref().cloned());
                let message = message.unwrap_or_default();
                shared.end(format!("Descry failed unexpectedly: {message}"));
                // The one that takes commands may have ended.
                let _ = out.send(Event::ThreadPanicked);
            }
        };
        match std::thread::Builder::new().name(format!("descry-{name}")).spawn(run) {
            Ok(thread) => self.running.push(thread),
            Err(error) => tracing::error!(%error, name, "cannot start a thread"),
        }
    }

    /// All threads, to be joined.
    pub(super) fn running(self) -> Vec<JoinHandle<()>> {
        self.running
    }
}
