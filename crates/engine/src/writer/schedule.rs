//! The part of the writer that hands out what is to be done.

use std::collections::HashMap;
use std::sync::Arc;

use descry_base::{RelPath, RootId};

use super::Writer;
use crate::edits::EditJob;
use crate::scan::ScanJob;

impl Writer {
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
        if root.broken {
            // Once it is open, it is scanned.
            return root.work.drop_waiting();
        }
        let Some(below) = root.work.take_scan() else { return };
        // Commit first: the scan looks for what the rules exclude now among what is committed.
        self.commit(id);
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let whole = below == RelPath::default();
        if whole {
            root.phase.whole_scan_begins();
        }
        // Without their stamps, skipped files are read again.
        let skipped = self.catalog.skipped_stamps(id).unwrap_or_else(|error| {
            tracing::warn!(%error, "the stamps of skipped files cannot be read");
            HashMap::new()
        });
        let job = ScanJob {
            root: id,
            path: root.path.clone(),
            below,
            table: root.table.clone(),
            skipped,
            recut: root.recut,
            reread: whole && std::mem::take(&mut root.reread),
            cancelled: Arc::clone(&root.cancelled),
        };
        // The writer is the only sender, so there is room; the other end closes only at shutdown.
        let _ = self.wiring.scan_jobs.try_send(job);
    }

    fn hand_out_edits(&mut self, id: RootId) {
        if self.wiring.edit_jobs.is_full() {
            return;
        }
        let Some(changes) = self.root(id).and_then(|root| root.work.take_edits()) else { return };
        // Commit first, because `Same` must refer to committed content.
        self.commit(id);
        let Some(root) = self.roots.iter_mut().find(|root| root.id == id) else { return };
        let job = EditJob { root: id, path: root.path.clone(), changes, table: root.table.clone() };
        // The writer is the only sender, so there is room; the other end closes only at shutdown.
        let _ = self.wiring.edit_jobs.try_send(job);
    }
}
