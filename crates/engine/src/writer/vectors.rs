//! The writer's work on vectors: their vector space, static models, embedded chunks, saving.

use descry_base::{ChunkId, Digest, RootId};
use descry_catalog::{CatalogError, as_stored};
use descry_embed::{Fitted, ModelInfo, ModelState};

use super::Writer;
use crate::fit::FitJob;
use crate::root::work::RETRY_AFTER;
use crate::root::{Root, Space};
use crate::{EngineError, reconcile};

/// Vectors are saved in a quiet moment once more than one in this many changed, so that the cost of
/// saving stays proportional to the changes.
pub(super) const UNSAVED_SHARE: usize = 20;

impl Writer {
    /// Takes the vector space from the encoder once it is loaded. Until then, takes it from the
    /// encoder's static model, which loads immediately, unless another encoder was used last.
    pub(super) fn find_space(&mut self) {
        let of_static = self.shared.bundled_static_model().and_then(|static_model| {
            let info = static_model.info();
            Some(ModelInfo { space: info.teacher.clone()?, ..info.clone() })
        });
        let last = self.catalog.space().unwrap_or_default();
        let info = match (self.shared.embed.state(), of_static) {
            (ModelState::Ready(info), _) => info,
            (_, Some(info)) if last.as_ref().is_none_or(|last| *last == info.space.to_string()) => {
                info
            }
            _ => return,
        };
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
    pub(super) fn checkpoint(&mut self, share: usize) {
        let now = self.now();
        let vectors = self.roots.iter_mut().filter_map(|root| root.vectors.as_mut());
        let mut saved = false;
        for vectors in vectors.filter(|it| it.unsaved().saturating_mul(share) > it.len()) {
            saved = true;
            if let Err(error) = vectors.checkpoint() {
                tracing::warn!(%error, "cannot save vectors; they will be recreated");
                self.unsaved_until = Some(now + RETRY_AFTER);
            }
        }
        if let Some(error) = saved.then(|| self.catalog.prune_vectors().err()).flatten() {
            tracing::warn!(%error, "cannot prune unused vectors");
        }
    }
}
