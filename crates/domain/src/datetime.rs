//! Moments in the forms that people and protocols read; unix seconds in between, always UTC.

mod read;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
pub use read::{parse, parse_rfc822, parse_rfc3339};

/// The last second of the year 9999; later years have no form in RFC 3339 or RFC 2822.
const SECONDS_MAX: i64 = 253_402_300_799;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-11-22T14:05:00Z` (RFC 3339).
pub fn rfc3339(seconds: i64) -> String {
    let at = moment(seconds);
    format!("{:04}-{:02}-{:02}T{}Z", at.year(), at.month(), at.day(), clock(&at))
}

/// `Sun, 22 Nov 2026 14:05:00 +0000` (RFC 2822 section 3.3).
pub fn rfc2822(seconds: i64) -> String {
    with_names(seconds, "+0000")
}

/// `Sun, 22 Nov 2026 14:05:00 GMT` (RFC 9110 section 5.6.7).
pub fn http_date(seconds: i64) -> String {
    with_names(seconds, "GMT")
}

/// `22 Nov 2026, 14:05`, with the month in the language where we know it and in English elsewhere.
pub fn human(seconds: i64, language: &str) -> String {
    let at = moment(seconds);
    let month = name(&months(language), at.month0());
    format!("{} {month} {}, {:02}:{:02}", at.day(), at.year(), at.hour(), at.minute())
}

/// `/2026/11/22`, the day in UTC.
pub(crate) fn path(seconds: i64) -> String {
    let at = moment(seconds);
    format!("/{:04}/{:02}/{:02}", at.year(), at.month(), at.day())
}

/// `2026-11`, the month in UTC.
pub fn month(seconds: i64) -> String {
    let at = moment(seconds);
    format!("{:04}-{:02}", at.year(), at.month())
}

/// The first second of a month such as `2026-11`, and of the one after it; None for what is none.
pub fn month_span(month: &str) -> Option<(i64, i64)> {
    let (year, number) = month.split_once('-')?;
    let (year, number): (i32, u32) = (year.parse().ok()?, number.parse().ok()?);
    let next =
        if number == 12 { (year.checked_add(1)?, 1) } else { (year, number.checked_add(1)?) };
    let first = |(year, number)| {
        let day = NaiveDate::from_ymd_opt(year, number, 1)?;
        Some(day.and_time(NaiveTime::MIN).and_utc().timestamp())
    };
    let span = (first((year, number))?, first(next)?);
    (self::month(span.0) == month).then_some(span)
}

/// `Nov 2026`, as [`human`] writes it; the month must be one.
pub fn human_month(month: &str, language: &str) -> String {
    let at = moment(month_span(month).map_or(0, |(first, _)| first));
    format!("{} {}", name(&months(language), at.month0()), at.year())
}

/// `140500`, the time of day in UTC.
pub(crate) fn time_of_day(seconds: i64) -> String {
    clock(&moment(seconds)).replace(':', "")
}

fn with_names(seconds: i64, zone: &str) -> String {
    let at = moment(seconds);
    let weekday = name(&WEEKDAYS, at.weekday().num_days_from_monday());
    let month = name(&MONTHS, at.month0());
    format!("{weekday}, {:02} {month} {:04} {} {zone}", at.day(), at.year(), clock(&at))
}

fn clock(at: &DateTime<Utc>) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

fn name<'a>(names: &[&'a str], at: u32) -> &'a str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// The moment, brought into the years 1970 to 9999.
fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds.clamp(0, SECONDS_MAX), 0).unwrap_or(DateTime::UNIX_EPOCH)
}

#[rustfmt::skip]
fn months(language: &str) -> [&'static str; 12] {
    match language.split(['-', '_']).next() {
        Some("de") => ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        Some("es") => ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
        Some("fr") => ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        _ => MONTHS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_month_has_one_form_and_ends_where_the_next_begins() {
        assert_eq!(month(AT), "2026-11");
        assert_eq!(month_span("2026-12"), Some((1_796_083_200, 1_798_761_600)));
        assert_eq!(month_span("2026-02").map(|(from, to)| to - from), Some(28 * 86_400));
        for text in ["2026-13", "2026-00", "2026-1", "26-11", "1969-12", "2026-+1", "2026", ""] {
            assert_eq!(month_span(text), None, "{text}");
        }
        assert_eq!(human_month("2026-11", "de"), "Nov. 2026");
    }

    #[test]
    fn moments_outside_the_calendar_are_brought_into_it() {
        assert_eq!(rfc3339(i64::MIN), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(i64::MAX), "9999-12-31T23:59:59Z");
    }
}
