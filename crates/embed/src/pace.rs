//! How much text makes a batch of the target time.

use std::time::Duration;

/// Measures the model's speed from completed batches.
#[derive(Debug)]
pub(crate) struct Pace {
    target: Duration,
    seconds_per_byte: Option<f64>,
}

/// The budget before the first measurement: about one chunk, which no model takes long for.
const FIRST_BATCH_BYTES: usize = 1024;
/// The weight of the newest measurement in the running mean: slows down quickly when the machine
/// gets busy, but is not thrown off by one batch.
const NEWEST: f64 = 0.3;

impl Pace {
    pub(crate) fn new(target: Duration) -> Pace {
        Pace { target, seconds_per_byte: None }
    }

    /// The number of bytes of text that take the target time.
    pub(crate) fn budget(&self) -> usize {
        match self.seconds_per_byte {
            Some(pace) => (self.target.as_secs_f64() / pace).round() as usize,
            None => FIRST_BATCH_BYTES,
        }
    }

    /// Records that `bytes` of text took `elapsed`.
    pub(crate) fn record(&mut self, bytes: usize, elapsed: Duration) {
        let measured = elapsed.as_secs_f64().max(1e-9) / bytes.max(1) as f64;
        self.seconds_per_byte = Some(match self.seconds_per_byte {
            // Changes at most fourfold per batch: the first may be atypical.
            Some(pace) => pace + NEWEST * (measured.clamp(pace / 4.0, pace * 4.0) - pace),
            None => measured,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_follows_the_measured_speed() {
        let mut pace = Pace::new(Duration::from_millis(60));
        assert_eq!(pace.budget(), FIRST_BATCH_BYTES);
        pace.record(1_000, Duration::from_millis(10));
        assert_eq!(pace.budget(), 6_000);
        for _ in 0..40 {
            pace.record(6_000, Duration::from_millis(120));
        }
        assert!((2_950..3_050).contains(&pace.budget()), "{}", pace.budget());
    }

    #[test]
    fn one_odd_measurement_does_not_throw_it() {
        let mut pace = Pace::new(Duration::from_millis(60));
        pace.record(1_000, Duration::from_millis(10));
        pace.record(1_000, Duration::from_secs(100));
        assert!(pace.budget() > 3_000, "{}", pace.budget());
        pace.record(1, Duration::ZERO);
        assert!(pace.budget() < 8_000, "{}", pace.budget());
    }
}
