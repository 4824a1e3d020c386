//! Moments in the forms that people and protocols read; unix seconds in between, always UTC.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};

/// The last second of the year 9999; later years have no form in RFC 3339 or RFC 2822.
const SECONDS_MAX: i64 = 253_402_300_799;

/// `2026-11-22T14:05:00Z` (RFC 3339).
pub fn rfc3339(seconds: i64) -> String {
    moment(seconds).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `Sun, 22 Nov 2026 14:05:00 +0000` (RFC 2822 section 3.3).
pub fn rfc2822(seconds: i64) -> String {
    moment(seconds).format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// `Sun, 22 Nov 2026 14:05:00 GMT` (RFC 9110 section 5.6.7).
pub fn http_date(seconds: i64) -> String {
    moment(seconds).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `22 Nov 2026, 14:05`, with the month in the language where we know it and in English elsewhere.
pub fn human(seconds: i64, language: &str) -> String {
    let at = moment(seconds);
    let month = usize::try_from(at.month0()).unwrap_or(0);
    let month = months(language).get(month).copied().unwrap_or("");
    format!("{} {month} {}, {:02}:{:02}", at.day(), at.year(), at.hour(), at.minute())
}

/// Unix seconds of an RFC 3339 time. A form's `2026-11-22T14:05` counts as UTC.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| at.and_utc().timestamp())
}

/// The moment, brought into the years 1970 to 9999.
pub(crate) fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds.clamp(0, SECONDS_MAX), 0).unwrap_or(DateTime::UNIX_EPOCH)
}

#[rustfmt::skip]
fn months(language: &str) -> [&'static str; 12] {
    match language.split(['-', '_']).next() {
        Some("de") => ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        Some("es") => ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
        Some("fr") => ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        _ => ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: i64 = 1_795_356_300;

    #[test]
    fn one_moment_has_many_forms() {
        assert_eq!(rfc3339(AT), "2026-11-22T14:05:00Z");
        assert_eq!(rfc2822(AT), "Sun, 22 Nov 2026 14:05:00 +0000");
        assert_eq!(http_date(AT), "Sun, 22 Nov 2026 14:05:00 GMT");
        assert_eq!(human(AT, "en"), "22 Nov 2026, 14:05");
        assert_eq!(human(AT, "de-AT"), "22 Nov. 2026, 14:05");
        assert_eq!(human(AT, ""), "22 Nov 2026, 14:05");
    }

    #[test]
    fn moments_outside_the_calendar_are_brought_into_it() {
        assert_eq!(rfc3339(i64::MIN), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(i64::MAX), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn times_of_forms_and_protocols_are_read() {
        for (text, expected) in [
            ("2026-11-22T14:05:00Z", Some(AT)),
            ("2026-11-22T15:05:00+01:00", Some(AT)),
            ("2026-11-22T14:05:00.250Z", Some(AT)),
            (" 2026-11-22T14:05 ", Some(AT)),
            ("2026-11-22T14:05:00", Some(AT)),
            ("2026-11-22", None),
            ("2026-13-22T14:05", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse_rfc3339(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_moments_are_read_back(seconds in 0..SECONDS_MAX) {
            prop_assert_eq!(parse_rfc3339(&rfc3339(seconds)), Some(seconds));
        }

        #[test]
        fn any_text_is_a_time_or_none(text in "\\PC{0,40}|[0-9TZ:.+-]{0,30}") {
            let _ = parse_rfc3339(&text);
        }
    }
}
