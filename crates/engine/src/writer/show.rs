//! Derives the public status from the writer's state.

use std::sync::Arc;
use std::time::Duration;

use descry_embed::ModelState;
use descry_vector::VectorIndex;

use super::Writer;
use crate::root::Root;
use crate::shared::Notification;
use crate::{Coverage, FolderStatus, ModelStatus, Status, git};

impl Writer {
    /// Publishes a changed status, but no more often than people can read it.
    pub(super) fn show_status(&mut self) {
        let Some(due) = self.status_due else { return };
        if self.now() < due {
            return;
        }
        self.status_due = None;
        self.show_status_now();
    }

    pub(super) fn show_status_now(&mut self) {
        let all: usize = self.roots.iter().filter(|root| !root.paused).map(lacking).sum();
        let time_left = (all > 0).then(|| self.rate.time_for(all)).flatten();
        let folders = self.roots.iter().map(|root| {
            let waits = lacking(root) > 0 && !root.paused;
            folder(root, time_left.filter(|_| waits))
        });
        let snapshot = self.shared.snapshot.load();
        let status = Arc::new(Status {
            generation: snapshot.generation,
            folders: folders.collect(),
            model: model(&self.shared.embed.state()),
            disk: self.disk,
            ready: self.opened,
        });
        if **self.shared.status.load() != *status {
            self.shared.status.store(Arc::clone(&status));
            (self.shared.sink)(Notification::Status(status));
        }
    }
}

/// The number of chunks without a dense vector.
pub(super) fn lacking(root: &Root) -> usize {
    let full = root.vectors.as_ref().map_or(0, VectorIndex::dense_len);
    root.table.chunk_count().saturating_sub(full)
}

/// The public state of a folder.
pub(crate) fn folder(root: &Root, time_left: Option<Duration>) -> FolderStatus {
    let vectors = root.vectors.as_ref();
    let (branch, commit) = git::head(&root.path);
    FolderStatus {
        id: root.id,
        path: root.path.display().to_string(),
        name: root.name.to_string(),
        phase: root.phase.clone(),
        paused: root.paused,
        unfinished: root.unfinished.is_some(),
        files_found: root.files_found.max(root.table.file_count()),
        files: root.table.file_count(),
        coverage: Coverage {
            chunks: root.table.chunk_count(),
            static_vectors: vectors.map_or(0, VectorIndex::len),
            dense_vectors: vectors.map_or(0, VectorIndex::dense_len),
        },
        skipped: root.skipped,
        time_left,
        watch: root.watch.clone(),
        branch,
        commit,
    }
}

/// The public state of the model.
pub(crate) fn model(state: &ModelState) -> ModelStatus {
    match state {
        ModelState::Loading => ModelStatus::Loading,
        ModelState::Ready(info) => {
            ModelStatus::Ready { name: info.name.clone(), device: info.device.clone() }
        }
        ModelState::Failed(error) => ModelStatus::Failed { reason: error.to_string() },
    }
}
