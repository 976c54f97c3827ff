//! The files last opened from the window: the user's current work.

use std::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

use descry_base::{RelPath, RootId};
use descry_engine::Working;
use parking_lot::Mutex;

/// The maximum number of files to remember.
const MOST: usize = 8;

/// The files opened in an editor since the window opened, the last one first.
#[derive(Default)]
pub(crate) struct Opened(Mutex<VecDeque<(RootId, RelPath)>>);

impl Opened {
    /// Records an opened file.
    pub(crate) fn add(&self, root: RootId, path: RelPath) {
        let mut files = self.0.lock();
        files.retain(|file| *file != (root, path.clone()));
        files.push_front((root, path));
        files.truncate(MOST);
    }

    /// The user's current work, as a hint for a search.
    pub(crate) fn working(&self) -> Working {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let open = self.0.lock().iter().cloned().collect();
        Working { now_ns: i64::try_from(now.as_nanos()).unwrap_or(i64::MAX), open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_files_are_kept_each_once() {
        let opened = Opened::default();
        let path = |n: usize| RelPath::new(format!("f{n}.rs")).unwrap();
        (0..20).chain([15]).for_each(|n| opened.add(RootId(1), path(n)));
        let names: Vec<String> =
            opened.working().open.iter().map(|(_, path)| path.to_string()).collect();
        assert_eq!(
            names,
            ["f15.rs", "f19.rs", "f18.rs", "f17.rs", "f16.rs", "f14.rs", "f13.rs", "f12.rs"]
        );
    }
}
