//! Keeps the index within its limit: a full one follows edits of what it has, and adds nothing.

use std::sync::atomic::Ordering;
use std::time::Duration;

use descry_base::{RelPath, RootId};
use descry_vector::VectorIndex;

use super::show::lacking;
use super::{SWEPT_AT_THE_END, Writer};
use crate::disk::{DiskUse, size};
use crate::root::Root;

/// The interval between measurements without a limit: reading the sizes of some hundred files takes
/// a millisecond.
const EVERY: Duration = Duration::from_millis(500);

impl Writer {
    /// Changes the limit.
    pub(super) fn limit_disk(&mut self, limit: Option<u64>) {
        // A higher limit counts at once.
        self.disk = DiskUse { limit, full: false, ..self.disk };
        self.measure_disk();
    }

    /// Measures an index that changed; without a limit, unless that was done a moment ago.
    pub(super) fn measure_disk_soon(&mut self) {
        let due = self.measured.is_none_or(|when| self.now() >= when + EVERY);
        if self.unmeasured && (due || self.disk.limit.is_some()) {
            self.measure_disk();
        }
    }

    fn measure_disk(&mut self) {
        let was_full = self.shared.full.load(Ordering::Relaxed);
        if was_full {
            // Removed data leaves the log last.
            self.shrink_log();
        }
        self.disk = self.disk.measured(self.size());
        if self.disk.full && !was_full {
            self.compact();
            self.disk = self.disk.measured(self.size());
        }
        (self.measured, self.unmeasured) = (Some(self.now()), false);
        self.shared.full.store(self.disk.full, Ordering::Relaxed);
        self.shared.backlog.halt(self.disk.full);
        for root in self.roots.iter_mut().filter(|root| !root.broken) {
            if self.disk.full && (root.unfinished.is_some() || !root.paused && lacking(root) > 0) {
                root.phase.fails(self.disk.message());
            } else if was_full && !self.disk.full {
                root.work.request_scan(RelPath::default());
            }
        }
        self.changed();
    }

    /// Something of a folder was not read, as the index was full then.
    pub(super) fn left_out(&mut self, id: RootId) {
        let disk = self.disk;
        let Some(root) = self.root(id) else { return };
        match disk.full {
            true => root.phase.fails(disk.message()),
            // There is room again since.
            false => root.work.request_scan(RelPath::default()),
        }
    }

    fn size(&self) -> u64 {
        let unsaved = |root: &Root| root.vectors.as_ref().map_or(0, VectorIndex::unsaved_bytes);
        size(self.dir.path()) + self.roots.iter().map(unsaved).sum::<usize>() as u64
    }

    /// Frees what nothing needs: data of removed folders, and vectors of texts that no longer exist.
    fn compact(&mut self) {
        if let Err(error) = self.catalog.discard_unused_vectors() {
            tracing::warn!(%error, "unused vectors stay for now");
        }
        self.sweeping = true;
        while self.sweeping {
            self.sweep(SWEPT_AT_THE_END);
        }
        self.shrink_log();
    }

    fn shrink_log(&self) {
        if let Err(error) = self.catalog.shrink_log() {
            tracing::warn!(%error, "the log of the catalog stays for now");
        }
    }
}
