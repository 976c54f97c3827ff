//! The writer's work on vectors: their vector space, static models, embedded chunks, saving.

use descry_base::{ChunkId, Digest, RootId};
use descry_catalog::{CatalogError, as_stored};
use descry_embed::{Fitted, ModelInfo, ModelState};
use descry_vector::{Saved, VectorError, VectorIndex};

use super::Writer;
use crate::event::Event;
use crate::fit::FitJob;
use crate::root::work::RETRY_AFTER;
use crate::root::{Root, Space};
use crate::save::SaveJob;
use crate::shared::Inner;
use crate::{EngineError, reconcile};

/// Vectors are saved in a quiet moment once more than one in this many changed, so that the cost of
/// saving stays proportional to the changes.
pub(super) const UNSAVED_SHARE: usize = 20;

/// The same when the engine ends.
pub(super) const CLOSING_SHARE: usize = 200;

/// The same while chunks are being embedded: a kill loses the static vectors of as many chunks as
/// this share, and no dense ones, which the catalog has.
pub(super) const BUSY_SHARE: usize = 4;

/// The model whose vectors are searched: the encoder once it is loaded; until then the encoder that
/// the static model imitates, as that one loads immediately, unless another encoder was used `last`.
pub(crate) fn model_of(shared: &Inner, last: Option<&str>) -> Option<ModelInfo> {
    let of_static = shared.bundled_static_model().and_then(|static_model| {
        let info = static_model.info();
        Some(ModelInfo { space: info.teacher.clone()?, ..info.clone() })
    });
    match (shared.embed.state(), of_static) {
        (ModelState::Ready(info), _) => Some(info),
        (_, of_static) => {
            of_static.filter(|info| last.is_none_or(|last| *last == info.space.to_string()))
        }
    }
}

impl Writer {
    /// Opens the vectors once the model is known: see [`model_of`].
    pub(super) fn find_space(&mut self) {
        let last = self.catalog.space().unwrap_or_default();
        let Some(info) = model_of(&self.shared, last.as_deref()) else { return };
        if self.space.as_ref().is_some_and(|space| space.info.space == info.space) {
            return;
        }
        let name = info.space.to_string();
        let noted = self.catalog.model(&name).and_then(|model| {
            // On a full disk, nothing is written that need not be.
            if last.as_deref() != Some(&name) {
                self.catalog.set_space(&name)?;
            }
            Ok(model)
        });
        match noted {
            Ok(model) => self.space = Some(Space { info, model }),
            Err(error) => tracing::error!(%error, "cannot record the model"),
        }
        self.ids().into_iter().for_each(|id| self.open_vectors(id));
        self.publish();
        self.fit_static_model();
    }

    /// Requests a static model fitted to an encoder without one, once enough chunks are embedded,
    /// and again whenever their number has quadrupled.
    fn fit_static_model(&mut self) {
        let (Some(space), Some(base)) = (&self.space, self.shared.bundled_static_model()) else {
            return;
        };
        let own = self.shared.own_static_model(&space.info.space).is_some();
        let vectors = self.roots.iter().filter_map(|root| root.vectors.as_ref());
        let exact = vectors.map(|vectors| vectors.dense_len()).sum::<usize>();
        if own || exact < self.fit_at.max(Fitted::least_examples(&*base)) {
            return;
        }
        // While a model is being fitted, the next job waits.
        if self.wiring.fit_jobs.try_send(FitJob::Fit(space.info.clone())).is_ok() {
            self.fit_at = exact.saturating_mul(4);
        }
    }

    pub(super) fn open_vectors(&mut self, id: RootId) {
        self.wait_for_saves();
        let Some(space) = self.space.clone() else { return };
        let static_model = self.shared.static_model_of(&space.info.space);
        let own = self.shared.own_static_model(&space.info.space);
        let now = self.now();
        let whole = |root: &&mut Root| root.id == id && !root.broken;
        let Some(root) = self.roots.iter_mut().find(whole) else { return };
        let opened = reconcile::open_vectors(
            root,
            &self.catalog,
            &self.dir,
            &space,
            own.as_deref(),
            static_model.as_deref(),
        );
        match opened {
            Ok(lacking) => {
                let lost = std::mem::take(&mut root.damage.chunks);
                // Threads that take a chunk from the backlog look it up in the snapshot.
                self.publish();
                self.shared.backlog.push(id, lacking);
                self.reread(&lost);
            }
            Err(EngineError::Catalog(CatalogError::Damaged { message, .. })) => {
                self.set_catalog_aside(&message);
            }
            Err(error) => {
                tracing::error!(%error, path = %root.path.display(), "cannot open the vectors of a folder");
                root.work.request_retry(now);
            }
        }
    }

    pub(super) fn embedded(
        &mut self,
        id: RootId,
        vectors: Vec<(ChunkId, Digest, Vec<f32>)>,
        failed: usize,
    ) {
        self.shared.backlog.finish(vectors.len() + failed);
        self.rate.add(vectors.len());
        // Vectors may arrive before the event that the model is loaded.
        self.find_space();
        let Some(space) = &self.space else { return };
        // Discard vectors of a folder that has been removed.
        if !self.roots.iter().any(|root| root.id == id) {
            return;
        }
        // The index is the same whether it gets a vector now or from the catalog.
        let (keep, put) = vectors
            .into_iter()
            .map(|(id, digest, vector)| {
                let stored = as_stored(&vector);
                ((digest, vector), (id, stored))
            })
            .unzip::<_, _, Vec<_>, Vec<_>>();
        let kept = self.catalog.put_vectors(space.model, &keep).map_err(EngineError::from);
        let Some(root) = self.root(id) else { return };
        if let Err(error) = kept.and_then(|()| root.put_dense(put)) {
            self.fail(id, &error);
        }
        self.publish();
        self.fit_static_model();
    }

    pub(super) fn put_static(&mut self, id: RootId, vectors: Vec<(ChunkId, Vec<f32>)>) {
        let Some(root) = self.root(id) else { return };
        if let Err(error) = root.put_static(vectors) {
            self.fail(id, &error);
        }
        self.publish();
    }

    /// Saves the vectors of each folder in which more than one in `share` changed since the last
    /// save. A checkpoint writes all vectors of a folder, and missing ones are recreated from the
    /// catalog, so a few changes can wait.
    ///
    /// Another thread writes them; what changes meanwhile is saved the next time.
    pub(super) fn checkpoint(&mut self, share: usize) {
        for index in 0..self.roots.len() {
            if self.wiring.save_jobs.is_full() {
                return;
            }
            let root = &mut self.roots[index];
            let id = root.id;
            let vectors = root.vectors.as_mut();
            let many = |it: &&mut VectorIndex| it.unsaved().saturating_mul(share) > it.len();
            match vectors.filter(many).map(VectorIndex::begin_checkpoint) {
                Some(Ok(Some(checkpoint))) => {
                    let job = SaveJob { root: id, checkpoint };
                    // The writer is the only sender, so there is room.
                    let _ = self.wiring.save_jobs.try_send(job);
                }
                Some(Err(error)) => self.not_saved(&error),
                Some(Ok(None)) | None => {}
            }
        }
    }

    /// Vectors were saved, or could not be.
    pub(super) fn saved(&mut self, id: RootId, saved: Result<Saved, VectorError>) {
        self.unmeasured = true;
        let Some(root) = self.root(id) else {
            // The folder was removed meanwhile, and its directory made again.
            let left = self.dir.folder(id);
            if let Err(error) = reconcile::clear(&left) {
                tracing::warn!(%error, "cannot delete leftover indexes");
            }
            return;
        };
        let Some(vectors) = root.vectors.as_mut().filter(|vectors| vectors.is_saving()) else {
            return;
        };
        match vectors.end_checkpoint(saved) {
            Ok(()) => {
                self.publish();
                // It counts all vectors, so it does not come with every save of a first index.
                if self.shared.backlog.is_done()
                    && let Err(error) = self.catalog.prune_vectors()
                {
                    tracing::warn!(%error, "cannot prune unused vectors");
                }
            }
            Err(error) => self.not_saved(&error),
        }
    }

    fn not_saved(&mut self, error: &VectorError) {
        tracing::warn!(%error, "cannot save vectors; they will be recreated");
        self.unsaved_until = Some(self.now() + RETRY_AFTER);
    }

    /// Waits until no vectors are being written: nobody else may write to their directories.
    pub(super) fn wait_for_saves(&mut self) {
        let saving = |root: &Root| root.vectors.as_ref().is_some_and(VectorIndex::is_saving);
        let mut others = Vec::new();
        while self.roots.iter().any(saving) {
            match self.wiring.events.recv() {
                Ok(Event::Saved { root, saved }) => self.saved(root, saved),
                Ok(event) => others.push(event),
                Err(_) => break,
            }
        }
        others.into_iter().for_each(|event| self.on_event(event));
    }
}
