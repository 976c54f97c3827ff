//! The result of a request that may still be running.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::EmbedError;

/// The result of a request that may still be running. Dropping it cancels the remaining work.
#[derive(Debug)]
pub struct Pending<T> {
    receiver: Receiver<Result<T, EmbedError>>,
    _wanted: Arc<()>,
}

/// The other end of a [`Pending`].
#[derive(Debug)]
pub(crate) struct Reply<T> {
    sender: Sender<Result<T, EmbedError>>,
    wanted: Weak<()>,
}

impl<T> Pending<T> {
    pub(crate) fn new() -> (Reply<T>, Pending<T>) {
        let (sender, receiver) = bounded(1);
        let wanted = Arc::new(());
        let reply = Reply { sender, wanted: Arc::downgrade(&wanted) };
        (reply, Pending { receiver, _wanted: wanted })
    }

    /// A result that is already available.
    pub(crate) fn ready(result: Result<T, EmbedError>) -> Pending<T> {
        let (reply, pending) = Pending::new();
        reply.send(result);
        pending
    }

    /// Waits for the result; [`EmbedError::Stopped`] if the thread ended first.
    pub fn wait(self) -> Result<T, EmbedError> {
        self.receiver.recv().unwrap_or(Err(EmbedError::Stopped))
    }

    /// Waits for at most `timeout`; `None` if there is no result by then. The result is returned
    /// once; later calls return [`EmbedError::Stopped`].
    pub fn wait_timeout(&self, timeout: Duration) -> Option<Result<T, EmbedError>> {
        match self.receiver.recv_timeout(timeout) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(EmbedError::Stopped)),
        }
    }

    /// The channel on which the single result arrives, for `select!`. It disconnects without a
    /// result if the thread ends first. Keep the `Pending`: dropping it cancels the work.
    pub fn receiver(&self) -> &Receiver<Result<T, EmbedError>> {
        &self.receiver
    }
}

impl<T> Reply<T> {
    /// Whether a caller still waits.
    pub(crate) fn wanted(&self) -> bool {
        self.wanted.strong_count() > 0
    }

    pub(crate) fn send(self, result: Result<T, EmbedError>) {
        // If the caller no longer waits, the result is discarded.
        let _ = self.sender.send(result);
    }
}
