//! When a feed is fetched next: as often as it has something new, and never more often than it wants.

use domain::datetime;
use http::{HeaderMap, header};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// Seconds of a day.
pub const DAY: i64 = 24 * HOUR;
/// No feed is fetched more often, whoever asks.
pub const GAP_MIN: i64 = 15 * MINUTE;
/// What its feed may ask for at most.
const WAIT_MAX: i64 = 7 * DAY;
/// A feed that fails for so long is asked once a week.
const WEEKLY_AFTER: i64 = 30 * DAY;
/// A feed that fails for so long is asked no more.
const STOP_AFTER: i64 = 90 * DAY;
/// A feed that is not found for so long is asked no more.
const STOP_MISSING_AFTER: i64 = 30 * DAY;

/// Seconds between two fetches after one that brought something new, or nothing: between a quarter of
/// an hour and a day. A feed with a post a day settles at about eight fetches between two of them.
pub fn interval(before: i64, is_new: bool) -> i64 {
    let next = if is_new { before.checked_div(2) } else { before.saturating_mul(3).checked_div(2) };
    next.unwrap_or(before).clamp(GAP_MIN, DAY)
}

/// The next fetch after one that went well, in seconds from now.
pub fn wait(interval: i64, asked_for: i64, permille: i64) -> i64 {
    jittered(interval, permille).max(asked_for.min(WAIT_MAX)).max(GAP_MIN)
}

/// Seconds for which an answer says that it stays as it is (RFC 9111, section 4.2.1).
pub fn freshness(headers: &HeaderMap, now: i64) -> i64 {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let max_age = text(header::CACHE_CONTROL).and_then(|value| {
        let mut parts = value.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix("max-age=")?.trim_matches('"').parse::<i64>().ok())
    });
    let expires = || {
        let at = datetime::parse(text(header::EXPIRES)?)?;
        let sent = text(header::DATE).and_then(datetime::parse).unwrap_or(now);
        Some(at.saturating_sub(sent))
    };
    max_age.or_else(expires).unwrap_or(0).clamp(0, WAIT_MAX)
}

/// RFC 9110, section 10.2.3: seconds, or a date; between a quarter of an hour and a week.
pub fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = if is_number {
        // What does not even fit is a very long time.
        value.parse().unwrap_or(i64::MAX)
    } else {
        datetime::parse(value)?.saturating_sub(now)
    };
    Some(seconds.clamp(GAP_MIN, WAIT_MAX))
}

/// The next try after a failure, in seconds: an hour, two, four, at most a day, after a month a week;
/// None when it has failed for too long.
pub fn back_off(failures: i64, failing_seconds: i64, is_missing: bool) -> Option<i64> {
    let stop_after = if is_missing { STOP_MISSING_AFTER } else { STOP_AFTER };
    if failing_seconds >= stop_after {
        return None;
    }
    if failing_seconds >= WEEKLY_AFTER {
        return Some(WAIT_MAX);
    }
    let doublings = u32::try_from(failures.clamp(0, 10)).unwrap_or(10);
    Some(HOUR.saturating_mul(2_i64.saturating_pow(doublings)).min(DAY))
}

/// Give or take a tenth, so that feeds do not come due all at once: `permille` from 0 to 200 makes
/// nine to eleven tenths.
pub fn jittered(seconds: i64, permille: i64) -> i64 {
    let factor = permille.saturating_add(900);
    seconds.saturating_mul(factor).checked_div(1000).unwrap_or(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    const NOW: i64 = 1_795_356_300; // Sun, 22 Nov 2026 14:05:00 GMT

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn patience_doubles_up_to_a_day_then_a_week_and_ends() {
        let hours: Vec<_> =
            (-1..7).map(|failures| back_off(failures, 0, false).unwrap() / HOUR).collect();
        assert_eq!(hours, [1, 1, 2, 4, 8, 16, 24, 24]);
        assert_eq!(back_off(i64::MAX, 0, false), Some(DAY));
        assert_eq!(back_off(40, 30 * DAY, false), Some(7 * DAY));
        assert_eq!(back_off(50, 90 * DAY, false), None);
        assert_eq!(back_off(40, 30 * DAY, true), None);
    }

    #[test]
    fn a_feed_is_asked_as_often_as_it_has_something_new() {
        let mut interval_seconds = HOUR;
        for _ in 0..20 {
            interval_seconds = interval(interval_seconds, true);
        }
        assert_eq!(interval_seconds, 15 * MINUTE);
        for _ in 0..20 {
            interval_seconds = interval(interval_seconds, false);
        }
        assert_eq!(interval_seconds, DAY);
    }

    #[test]
    fn a_feed_comes_due_within_a_tenth_of_its_time_and_not_before_it_wants() {
        for (asked_for, permille, expected) in [
            (0, 0, 3240),
            (0, 100, 3600),
            (0, 200, 3960),
            (7200, 0, 7200),
            (i64::MAX, 100, 7 * DAY),
        ] {
            assert_eq!(wait(HOUR, asked_for, permille), expected);
        }
        assert_eq!(wait(GAP_MIN, 0, 0), GAP_MIN);
    }

    #[test]
    fn freshness_is_max_age_or_the_end_that_is_named() {
        for (pairs, expected) in [
            (&[("cache-control", "public, max-age=7200")][..], 7200),
            (&[("cache-control", "max-age=99999999999")], 7 * DAY),
            (&[("cache-control", "no-cache"), ("expires", "0")], 0),
            (
                &[
                    ("expires", "Sun, 22 Nov 2026 16:05:00 GMT"),
                    ("date", "Sun, 22 Nov 2026 14:05:00 GMT"),
                ],
                7200,
            ),
            (&[("expires", "Sun, 22 Nov 2026 15:05:00 GMT")], 3600),
            (&[("expires", "Sun, 22 Nov 2026 15:05:00 GMT"), ("cache-control", "max-age=60")], 60),
            (&[], 0),
        ] {
            assert_eq!(freshness(&headers(pairs), NOW), expected, "{pairs:?}");
        }
    }

    #[test]
    fn retry_after_has_two_forms_and_two_limits() {
        for (value, expected) in [
            ("3600", Some(3600)),
            ("1", Some(900)),
            ("99999999999999999999999", Some(7 * DAY)),
            ("Sun, 22 Nov 2026 15:05:00 GMT", Some(3600)),
            ("Sun, 22 Nov 2020 15:05:00 GMT", Some(900)),
            ("Sun, 22 Nov 2030 15:05:00 GMT", Some(7 * DAY)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(retry_after(&headers(&[("retry-after", value)]), NOW), expected, "{value}");
        }
    }
}
