//! Waiting for what becomes true.

use std::time::{Duration, Instant};

/// What does not happen within this does not happen, even on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long to leave a program alone between two looks at it.
pub(crate) const PAUSE: Duration = Duration::from_millis(30);

/// Looks again and again until `look` finds something; panics with `what` when patience ends.
#[track_caller]
pub fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::park_timeout(PAUSE);
    }
}
