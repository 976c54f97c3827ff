//! The writer's part that takes in what happened and hands out what is to be done.

use std::sync::Arc;

use descry_base::{RelPath, RootId, Skipped};
use descry_watch::{WatchEvent, WatchMode};

use super::Writer;
use crate::WatchStatus;
use crate::edits::EditJob;
use crate::event::{Event, ScanFailure};
use crate::scan::ScanJob;

impl Writer {
    pub(super) fn happened(&mut self, event: Event) {
        match event {
            Event::Listed { root, files } => {
                if let Some(root) = self.root(root) {
                    root.files_found = files.max(root.table.file_count());
                    root.phase.files_listed();
                }
            }
            Event::Prepared { root, path, outcome, scanned } => {
                let now = self.now();
                if let Some(root) = self.root(root) {
                    root.work.prepared(path, outcome, scanned, now);
                }
            }
            Event::Scanned { root, whole, result } => self.scanned(root, whole, result),
            Event::Edited { root } => {
                if let Some(root) = self.root(root) {
                    root.work.end_edits();
                }
            }
            Event::Embedded { root, vectors, failed } => self.embedded(root, vectors, failed),
            Event::StaticVectors { root, vectors } => self.put_static(root, vectors),
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
            // A commit failed: the folder is looked at again in a while, and says so until then.
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
            Err(ScanFailure::Missing) => root.phase.goes_missing(),
            Err(ScanFailure::Failed(message)) => {
                root.phase.fails(message);
                root.work.request_retry(now);
            }
        }
    }

    pub(super) fn noticed(&mut self, event: WatchEvent) {
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

    pub(super) fn hand_out_work(&mut self) {
        let now = self.now();
        for id in self.ids() {
            if self.root(id).is_some_and(|root| root.work.take_retry(now)) {
                self.retry(id);
            }
            self.hand_out_scan(id);
            self.hand_out_edits(id);
        }
    }

    fn hand_out_scan(&mut self, id: RootId) {
        if self.wiring.scan_jobs.is_full() {
            return;
        }
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let Some(below) = root.work.next_scan() else { return };
        // A folder that is not open is scanned once it is.
        if root.broken {
            return;
        }
        let whole = below == RelPath::default();
        if whole {
            root.phase.whole_scan_begins();
        }
        let job = ScanJob {
            root: id,
            path: root.path.clone(),
            below,
            table: root.table.clone(),
            skipped: self.catalog.skipped_stamps(id).unwrap_or_default(),
            recut: root.recut,
            reread: whole && std::mem::take(&mut root.reread),
            cancelled: Arc::clone(&root.cancelled),
        };
        // There is room, as nobody else sends; without the other end everything ends.
        if self.wiring.scan_jobs.try_send(job).is_ok() {
            root.work.begin_scan(whole);
        }
    }

    fn hand_out_edits(&mut self, id: RootId) {
        if self.wiring.edit_jobs.is_full() {
            return;
        }
        let Some(changes) = self.root(id).and_then(|root| root.work.next_edits()) else { return };
        // "As known" must mean what is committed.
        self.commit(id);
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let job = EditJob {
            root: id,
            path: root.path.clone(),
            changes,
            table: root.table.clone(),
            cancelled: Arc::clone(&root.cancelled),
        };
        // There is room, as nobody else sends; without the other end everything ends.
        if self.wiring.edit_jobs.try_send(job).is_ok() {
            root.work.begin_edits();
        }
    }
}
