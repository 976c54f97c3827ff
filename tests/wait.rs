//! Waits for conditions.

use std::time::{Duration, Instant};

/// The longest wait, generous enough for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The time between two checks of a program.
pub(crate) const PAUSE: Duration = Duration::from_millis(30);

/// Calls `look` until it finds something; panics with `what` after [`PATIENCE`].
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
