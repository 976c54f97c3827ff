//! The writer's part that is about vectors: the space they live in, static models, what was embedded, saving.

use descry_base::{ChunkId, Digest, RootId};
use descry_embed::{Fitted, ModelInfo, ModelState};

use super::Writer;
use crate::fit::FitJob;
use crate::root::work::RETRY_AFTER;
use crate::root::{Root, Space};
use crate::{EngineError, reconcile};

/// Vectors are saved in a quiet moment once one in so many changed: what saving costs grows with the
/// changes.
pub(super) const UNSAVED_SHARE: usize = 20;

impl Writer {
    /// Takes the space from the encoder once it is loaded, and until then from its static model, which
    /// loads at once, unless another encoder was used last.
    pub(super) fn find_space(&mut self) {
        let of_static = self.shared.bundled_static_model().and_then(|static_model| {
            let info = static_model.info();
            Some(ModelInfo { space: info.teacher.clone()?, ..info.clone() })
        });
        let last = self.catalog.space().unwrap_or_default();
        let info = match (self.shared.embed.state(), of_static) {
            (ModelState::Ready(info), _) => info,
            (_, Some(info)) if last.is_none_or(|last| last == info.space.to_string()) => info,
            _ => return,
        };
        if self.space.as_ref().is_some_and(|space| space.info.space == info.space) {
            return;
        }
        let noted = self.catalog.model(&info.space.to_string()).and_then(|model| {
            self.catalog.set_space(&info.space.to_string())?;
            Ok(model)
        });
        match noted {
            Ok(model) => self.space = Some(Space { info, model }),
            Err(error) => tracing::error!(%error, "the model cannot be noted"),
        }
        self.ids().into_iter().for_each(|id| self.open_vectors(id));
        self.publish();
        self.fit_static_model();
    }

    /// Has a static model fitted to an encoder without one, once enough is embedded, and again when
    /// there is four times as much.
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
        // While one is being fitted the next waits.
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
            Ok(lacking) => self.shared.backlog.push(id, lacking),
            Err(error) => {
                tracing::error!(%error, path = %root.path.display(), "no vectors for a folder");
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
        // Vectors may be here before the word that the model is loaded.
        self.find_space();
        let Some(space) = &self.space else { return };
        // What belonged to a folder that was removed meanwhile is not kept.
        if !self.roots.iter().any(|root| root.id == id) {
            return;
        }
        let (keep, put) = vectors
            .into_iter()
            .map(|(id, digest, vector)| ((digest, vector.clone()), (id, vector)))
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

    /// Saves the vectors of the folders of which more than one in `share` changed since they were
    /// last saved. What a checkpoint lacks is made again from the catalog, and a checkpoint writes all
    /// vectors of a folder: so a few changes wait.
    pub(super) fn checkpoint(&mut self, share: usize) {
        let now = self.now();
        let vectors = self.roots.iter_mut().filter_map(|root| root.vectors.as_mut());
        let mut saved = false;
        for vectors in vectors.filter(|it| it.unsaved().saturating_mul(share) > it.len()) {
            saved = true;
            if let Err(error) = vectors.checkpoint() {
                tracing::warn!(%error, "vectors are not saved; they will be made again");
                self.unsaved_until = Some(now + RETRY_AFTER);
            }
        }
        if let Some(error) = saved.then(|| self.catalog.prune_vectors().err()).flatten() {
            tracing::warn!(%error, "vectors of texts that are gone stay");
        }
    }
}
