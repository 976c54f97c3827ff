//! The writer's clock: the system's, or a test's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, bounded};
use parking_lot::Mutex;

/// Returns the time and wakes waiting threads.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Instant;

    /// A channel that becomes ready after `duration`.
    fn after(&self, duration: Duration) -> Receiver<Instant>;
}

/// The system's monotonic clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn after(&self, duration: Duration) -> Receiver<Instant> {
        after(duration)
    }
}

/// A clock that advances only when a test tells it to. Clones share one time.
#[derive(Clone)]
pub struct ScriptedClock(Arc<Mutex<Script>>);

struct Script {
    now: Instant,
    waiting: Vec<(Instant, Sender<Instant>)>,
}

impl ScriptedClock {
    /// A clock that starts at the system's current time.
    pub fn new() -> ScriptedClock {
        ScriptedClock(Arc::new(Mutex::new(Script { now: Instant::now(), waiting: Vec::new() })))
    }

    /// Advances the time by `duration`.
    pub fn advance(&self, duration: Duration) {
        let mut script = self.0.lock();
        script.now += duration;
        let now = script.now;
        for (_, waiting) in script.waiting.extract_if(.., |(due, _)| *due <= now) {
            // The waiting thread may be gone; each channel is used once, so there is room.
            let _ = waiting.try_send(now);
        }
    }
}

impl Default for ScriptedClock {
    fn default() -> ScriptedClock {
        ScriptedClock::new()
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Instant {
        self.0.lock().now
    }

    fn after(&self, duration: Duration) -> Receiver<Instant> {
        let (ring, bell) = bounded(1);
        let mut script = self.0.lock();
        let now = script.now;
        match duration.is_zero() {
            true => drop(ring.try_send(now)),
            false => script.waiting.push((now + duration, ring)),
        }
        bell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_when_told() {
        let clock = ScriptedClock::new();
        let (begun, bell) = (clock.now(), clock.after(Duration::from_secs(2)));
        clock.advance(Duration::from_secs(1));
        assert!(bell.is_empty());
        clock.advance(Duration::from_secs(1));
        assert_eq!(bell.recv(), Ok(begun + Duration::from_secs(2)));
        assert!(clock.after(Duration::ZERO).recv().is_ok());
    }
}
