//! The time of a world: it stands still until somebody moves it.

use chrono::{DateTime, TimeDelta, Utc};
use std::cell::Cell;

/// A clock that is moved by hand.
pub struct Clock(Cell<DateTime<Utc>>);

impl Default for Clock {
    /// An ordinary Sunday: 2026-11-22T09:00:00Z.
    fn default() -> Self {
        Self(Cell::new(DateTime::from_timestamp(1_795_338_000, 0).unwrap_or_default()))
    }
}

impl Clock {
    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.get()
    }

    /// Sets the time.
    pub fn set(&self, now: DateTime<Utc>) {
        self.0.set(now);
    }

    /// Moves the time on by so many seconds, or back where they are negative.
    pub fn advance(&self, seconds: i64) {
        self.advance_ms(seconds.saturating_mul(1000));
    }

    /// Moves the time on by so many milliseconds, or back where they are negative.
    pub fn advance_ms(&self, milliseconds: i64) {
        let now = self.0.get();
        let delta = TimeDelta::try_milliseconds(milliseconds).unwrap_or_default();
        self.0.set(now.checked_add_signed(delta).unwrap_or(now));
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn the_clock_begins_on_a_sunday_morning() {
        assert_eq!(Clock::default().now().to_rfc3339(), "2026-11-22T09:00:00+00:00");
    }
}
