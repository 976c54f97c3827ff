//! What the writer shows to everybody else.

use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use descry_base::Generation;
use descry_embed::{Draft, Fingerprint, Fitted};
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
    /// Set once the student is loaded; holds nothing if there is none.
    pub(crate) draft: OnceLock<Option<Arc<dyn Draft>>>,
    /// The student that was fitted to a model that has none of its own.
    pub(crate) fitted: ArcSwapOption<Fitted>,
    pub(crate) sink: Sink,
}

impl Inner {
    /// The student that came with the program; waits until it is loaded.
    pub(crate) fn base_student(&self) -> Option<Arc<dyn Draft>> {
        self.draft.wait().clone()
    }

    /// That student, if it is this model's own.
    pub(crate) fn own_student(&self, model: &Fingerprint) -> Option<Arc<dyn Draft>> {
        self.base_student().filter(|student| student.info().drafts_for.as_ref() == Some(model))
    }

    /// The student that drafts what is read now; waits until there is one or the word that there is
    /// none.
    pub(crate) fn student(&self) -> Option<Arc<dyn Draft>> {
        match self.fitted.load_full() {
            Some(fitted) => Some(fitted),
            None => self.base_student(),
        }
    }

    /// The student of this model, if there is one by now: only its drafts can be compared with the
    /// model's vectors.
    pub(crate) fn student_of(&self, model: &Fingerprint) -> Option<Arc<dyn Draft>> {
        let fitted = self.fitted.load_full().map(|fitted| fitted as Arc<dyn Draft>);
        let student = fitted.or_else(|| self.draft.get()?.clone())?;
        (student.info().drafts_for.as_ref() == Some(model)).then_some(student)
    }
}

/// Shared by all threads of an engine.
pub(crate) type Shared = Arc<Inner>;
