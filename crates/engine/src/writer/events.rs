//! The part of the writer that takes in what happened.

use descry_base::{RelPath, RootId, Skipped};
use descry_watch::{WatchEvent, WatchMode};

use super::Writer;
use crate::WatchStatus;
use crate::event::{Event, ScanFailure};

impl Writer {
    pub(super) fn on_event(&mut self, event: Event) {
        match event {
            Event::Listed { root, files } => {
                if let Some(root) = self.root(root) {
                    root.files_found = files.max(root.table.file_count());
                    root.phase.files_listed();
                }
            }
            Event::Prepared { root, path, outcome, origin } => {
                let now = self.now();
                if let Some(root) = self.root(root) {
                    root.work.prepared(path, outcome, origin, now);
                }
            }
            Event::Scanned { root, whole, result } => self.scanned(root, whole, result),
            Event::Edited { root } => {
                if let Some(root) = self.root(root) {
                    root.work.end_edits();
                }
            }
            Event::NoRoom { root } => self.left_out(root),
            Event::Embedded { root, vectors, failed } => self.embedded(root, vectors, failed),
            Event::StaticVectors { root, vectors } => self.put_static(root, vectors),
            Event::TextsUnread { root, error } => self.fail(root, &error.into()),
            Event::TextsLost(chunks) => self.reread(&chunks),
            Event::CatalogDamaged(message) => self.set_catalog_aside(&message),
            Event::Saved { root, saved } => self.saved(root, saved),
            Event::ThreadPanicked => {}
            Event::ModelLoaded => self.find_space(),
        }
        self.changed();
    }

    fn scanned(&mut self, id: RootId, whole: bool, result: Result<Vec<Skipped>, ScanFailure>) {
        self.commit(id);
        let now = self.now();
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        root.work.end_scan();
        match result {
            // A commit failed: the folder shows the failure until it is scanned again later.
            Ok(_) if root.phase.has_failed() => {}
            Ok(skipped) => {
                root.phase.scan_ends();
                root.files_found = root.table.file_count();
                let mut recorded = root.record_skipped(&mut self.catalog, &skipped);
                if whole && recorded.is_ok() {
                    recorded = root.record_finished(&self.catalog);
                }
                if let Err(error) = recorded {
                    self.fail(id, &error);
                }
            }
            Err(ScanFailure::Cancelled) => {}
            Err(ScanFailure::NoRoom) => self.left_out(id),
            Err(ScanFailure::Missing) => root.phase.goes_missing(),
            Err(ScanFailure::Failed(message)) => {
                root.phase.fails(message);
                root.work.request_retry(now);
            }
        }
    }

    pub(super) fn on_watch_event(&mut self, event: WatchEvent) {
        match event {
            WatchEvent::Changes(batch) => {
                if let Some(root) = self.root(batch.root) {
                    root.work.notice(batch.changes);
                }
            }
            WatchEvent::Mode { root, mode } => {
                if let Some(root) = self.root(root) {
                    root.watch = match mode {
                        WatchMode::Native => WatchStatus::Native,
                        WatchMode::Polling { reason } => WatchStatus::Polling { reason },
                    };
                }
            }
            WatchEvent::RootGone(root) => {
                if let Some(root) = self.root(root) {
                    root.phase.goes_missing();
                }
            }
            WatchEvent::RootBack(root) => {
                if let Some(root) = self.root(root) {
                    root.work.request_scan(RelPath::default());
                }
            }
        }
        self.changed();
    }
}
