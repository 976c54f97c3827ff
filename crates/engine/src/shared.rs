//! The state shared by all threads of an engine.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use descry_base::Generation;
use descry_embed::{EmbedHandle, Fitted, StaticEmbedder, VectorSpace};
use descry_search::Snapshot;

use crate::backlog::Backlog;
use crate::texts::Texts;
use crate::{EngineError, Status};

/// Receives a notification of every change worth showing.
pub(crate) type Sink = Box<dyn Fn(Notification) + Send + Sync>;

/// A notification to the sink.
pub enum Notification {
    /// The status changed.
    Status(Arc<Status>),
    /// Searchable content changed.
    Committed(Generation),
    /// The engine ended by itself: see [`EngineError::Ended`](crate::EngineError::Ended).
    Ended,
}

/// Everything that is accessible without asking the writer.
pub(crate) struct Inner {
    pub(crate) backlog: Backlog,
    pub(crate) embed: EmbedHandle,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) status: ArcSwap<Status>,
    pub(crate) texts: Texts,
    /// Set once the static model is loaded; contains `None` if there is none.
    pub(crate) static_model: OnceLock<Option<Arc<dyn StaticEmbedder>>>,
    /// The static model fitted to an encoder that came without one.
    pub(crate) fitted: ArcSwapOption<Fitted>,
    pub(crate) sink: Sink,
    /// The index has reached its limit: what it does not have yet is not read.
    pub(crate) full: AtomicBool,
    /// Set once the engine has ended by itself, with the reason.
    pub(crate) ended: OnceLock<String>,
}

impl Inner {
    /// Records that the engine ends by itself. Everyone who waits for it gets an answer.
    pub(crate) fn end(&self, reason: String) {
        tracing::error!(reason, "the engine ends");
        // The first reason counts.
        let _ = self.ended.set(reason);
        let _ = self.static_model.set(None);
        self.backlog.stop();
        (self.sink)(Notification::Ended);
    }

    /// Fails once the engine has ended by itself.
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        self.ended.get().map_or(Ok(()), |reason| Err(EngineError::Ended(reason.clone())))
    }

    /// The bundled static model; waits until it is loaded.
    pub(crate) fn bundled_static_model(&self) -> Option<Arc<dyn StaticEmbedder>> {
        self.static_model.wait().clone()
    }

    /// The bundled static model, if it imitates the model of this vector space.
    pub(crate) fn own_static_model(&self, space: &VectorSpace) -> Option<Arc<dyn StaticEmbedder>> {
        self.bundled_static_model()
            .filter(|static_model| static_model.info().teacher.as_ref() == Some(space))
    }

    /// The static model for files read now; waits until it is loaded or known to be missing.
    pub(crate) fn static_model(&self) -> Option<Arc<dyn StaticEmbedder>> {
        match self.fitted.load_full() {
            Some(fitted) => Some(fitted),
            None => self.bundled_static_model(),
        }
    }

    /// The loaded static model of this vector space, if any: only its vectors are comparable with
    /// those of the space.
    pub(crate) fn static_model_of(&self, space: &VectorSpace) -> Option<Arc<dyn StaticEmbedder>> {
        let fitted = self.fitted.load_full().map(|fitted| fitted as Arc<dyn StaticEmbedder>);
        let static_model = fitted.or_else(|| self.static_model.get()?.clone())?;
        (static_model.info().teacher.as_ref() == Some(space)).then_some(static_model)
    }
}

/// A handle to the shared state.
pub(crate) type Shared = Arc<Inner>;
