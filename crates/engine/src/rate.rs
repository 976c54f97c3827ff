//! The speed of background embedding over the last half minute: the basis of every time estimate.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(30);

/// Recently embedded chunks.
#[derive(Default)]
pub(crate) struct Rate {
    done: VecDeque<(Instant, usize)>,
}

impl Rate {
    pub(crate) fn add(&mut self, chunks: usize) {
        let now = Instant::now();
        self.done.push_back((now, chunks));
        self.done.retain(|(at, _)| now.duration_since(*at) <= WINDOW);
    }

    /// The estimated time for `chunks`; unknown until some have been embedded.
    pub(crate) fn time_for(&self, chunks: usize) -> Option<Duration> {
        let (first, _) = self.done.front()?;
        // The first entry only marks the start of the interval.
        let done: usize = self.done.iter().skip(1).map(|(_, chunks)| chunks).sum();
        let elapsed = self.done.back()?.0.duration_since(*first);
        if done == 0 || elapsed.is_zero() {
            return None;
        }
        Some(elapsed.mul_f64(chunks as f64 / done as f64))
    }
}
