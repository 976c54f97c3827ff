//! What the writer shows to everybody else.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use descry_base::Generation;
use descry_embed::Draft;
use descry_search::Snapshot;

use crate::Status;
use crate::texts::Texts;

/// Told of every change that others may want to show.
pub(crate) type Sink = Box<dyn Fn(Notification) + Send + Sync>;

/// What the sink is told.
pub enum Notification {
    /// The status changed.
    Status(Arc<Status>),
    /// Something searchable changed.
    Committed(Generation),
}

/// Everything that is read without asking the writer.
pub(crate) struct Inner {
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) status: ArcSwap<Status>,
    pub(crate) texts: Texts,
    /// Set once the draft model is loaded; holds nothing if there is none.
    pub(crate) draft: OnceLock<Option<Arc<dyn Draft>>>,
    pub(crate) sink: Sink,
}

/// Shared by all threads of an engine.
pub(crate) type Shared = Arc<Inner>;
