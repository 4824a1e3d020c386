//! The time, from Spin's clock.

use chrono::{DateTime, Datelike, Timelike, Utc};
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, to the millisecond.
pub fn now() -> DateTime<Utc> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let since_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(since_ms).unwrap_or_default()
}

/// Now as `20261122T140500Z`, the basic form of ISO 8601.
pub fn basic() -> String {
    let now = now();
    let (year, month, day) = (now.year(), now.month(), now.day());
    let (hour, minute, second) = (now.hour(), now.minute(), now.second());
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}
