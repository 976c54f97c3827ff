//! Watches one root by walking it repeatedly.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use descry_base::{RelPath, SkipReason, Stamp};

use crate::rules::Rules;
use crate::walk::{WalkError, walk};

/// The stamp of every file.
type Seen = BTreeMap<RelPath, Stamp>;

pub(crate) struct Polling {
    seen: Seen,
    pub(crate) next: Instant,
}

impl Polling {
    /// Records the current state.
    pub(crate) fn open(
        root: &Path,
        rules: &Rules,
        every: Duration,
        stop: &AtomicBool,
    ) -> Result<Polling, WalkError> {
        let mut polling = Polling { seen: Seen::new(), next: Instant::now() };
        polling.poll(root, rules, every, stop)?;
        Ok(polling)
    }

    /// The paths that appeared, disappeared or changed since the last poll, in order.
    pub(crate) fn poll(
        &mut self,
        root: &Path,
        rules: &Rules,
        every: Duration,
        stop: &AtomicBool,
    ) -> Result<Vec<RelPath>, WalkError> {
        let start = Instant::now();
        let found = look(root, rules, stop);
        // A slow disk should be idle nine tenths of the time.
        self.next = Instant::now() + every.max(start.elapsed() * 9);
        let Some(found) = found? else { return Ok(Vec::new()) };
        let gone = self.seen.keys().filter(|path| !found.contains_key(*path));
        let changed = found.iter().filter(|(path, stat)| self.seen.get(*path) != Some(*stat));
        let mut paths: Vec<RelPath> = gone.chain(changed.map(|(path, _)| path)).cloned().collect();
        paths.sort_unstable();
        self.seen = found;
        Ok(paths)
    }
}

/// `None` if told to stop.
fn look(root: &Path, rules: &Rules, stop: &AtomicBool) -> Result<Option<Seen>, WalkError> {
    let mut seen = Seen::new();
    let report = walk(root, rules, &mut |stat| {
        seen.insert(stat.path, stat.stamp);
        match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    for skipped in report.skipped {
        let size = match skipped.reason {
            SkipReason::NotUtf8Path => continue,
            SkipReason::TooLarge { size, .. } => size,
            _ => 0,
        };
        if let Ok(path) = RelPath::new(&skipped.path) {
            seen.insert(path, Stamp { size, mtime_ns: i64::MIN, ..Stamp::default() });
        }
    }
    Ok((!report.stopped).then_some(seen))
}
