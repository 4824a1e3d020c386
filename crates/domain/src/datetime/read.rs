//! Reads the dates of forms, protocols and feeds, which seldom write them as their standards ask.

use super::MONTHS;
use chrono::{NaiveDate, NaiveTime};

/// No date is longer.
const CHARS_MAX: usize = 64;

/// Unix seconds of an RFC 3339 or RFC 822 date, or of what is usually written in their place. What
/// names no zone counts as UTC, a day as its first second.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() > CHARS_MAX {
        return None;
    }
    iso(text).map(|(seconds, _)| seconds).or_else(|| parse_rfc822(text))
}

/// Unix seconds of an RFC 3339 time. A form's `2026-11-22T14:05` counts as UTC.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let (seconds, has_time) = iso(text.trim())?;
    has_time.then_some(seconds)
}

/// Unix seconds of an RFC 822 date, which HTTP uses too. The day of the week may be wrong or in any
/// language, the month written out; a zone that nobody knows is UTC.
pub fn parse_rfc822(text: &str) -> Option<i64> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let begins = |name: &&str| month.get(..3).is_some_and(|word| name.eq_ignore_ascii_case(word));
    let month = u32::try_from(MONTHS.iter().position(begins)?.checked_add(1)?).ok()?;
    let midnight = midnight(full_year(year.parse().ok()?), month, day.parse().ok()?)?;
    let mut clock = words.next().unwrap_or("00:00").split(':');
    let mut number = || clock.next().map_or(Some(0), |part| part.parse().ok());
    let time = time(number()?, number()?, number()?)?;
    let offset = words.next().map_or(0, named_offset);
    midnight.checked_add(time)?.checked_sub(offset)
}

/// Unix seconds, and whether there was a time of day. The standard has a `T` before it and a colon in
/// the offset; a space, and no colon, are frequent.
fn iso(text: &str) -> Option<(i64, bool)> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    let month = number_after(&mut rest, '-')?;
    let day = number_after(&mut rest, '-')?;
    let midnight = midnight(i32::try_from(year).ok()?, month, day)?;
    if rest.is_empty() || rest == "Z" {
        return Some((midnight, false));
    }
    rest = rest.strip_prefix(['T', 't', ' '])?;
    let (hour, minute) = (number(&mut rest, 2)?, number_after(&mut rest, ':')?);
    let second = if rest.starts_with(':') { number_after(&mut rest, ':')? } else { 0 };
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return None;
        }
    }
    let zone = rest.trim_start();
    let offset = if zone.is_empty() { 0 } else { offset(zone)? };
    Some((midnight.checked_add(time(hour, minute, second)?)?.checked_sub(offset)?, true))
}

/// So many digits, no fewer.
fn number(rest: &mut &str, digits: usize) -> Option<u32> {
    let (number, after) = rest.split_at_checked(digits)?;
    *rest = after;
    number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok())?
}

fn number_after(rest: &mut &str, sign: char) -> Option<u32> {
    *rest = rest.strip_prefix(sign)?;
    number(rest, 2)
}

fn midnight(year: i32, month: u32, day: u32) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(date.and_time(NaiveTime::MIN).and_utc().timestamp())
}

/// Seconds since midnight. A leap second is the one before it.
fn time(hour: u32, minute: u32, second: u32) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = hour.checked_mul(60)?.checked_add(minute)?;
    Some(i64::from(minutes.checked_mul(60)?.checked_add(second.min(59))?))
}

/// `Z`, `+01:00` and `+0100` in seconds east.
fn offset(zone: &str) -> Option<i64> {
    let (sign, mut rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1_i64, rest),
        None if zone.eq_ignore_ascii_case("z") => return Some(0),
        None => (1, zone.strip_prefix('+')?),
    };
    let hours = number(&mut rest, 2)?;
    rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = number(&mut rest, 2)?;
    let seconds = rest.is_empty().then(|| time(hours, minutes, 0))??;
    sign.checked_mul(seconds)
}

fn named_offset(zone: &str) -> i64 {
    let hours = match zone {
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "BST" => 1,
        "CEST" => 2,
        _ => return offset(zone).unwrap_or(0),
    };
    3600_i64.saturating_mul(hours)
}

fn full_year(year: i32) -> i32 {
    match year {
        0..=49 => year.saturating_add(2000),
        50..=99 => year.saturating_add(1900),
        _ => year,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datetime::{SECONDS_MAX, http_date, rfc2822, rfc3339};
    use chrono::DateTime;
    use proptest::prelude::*;

    const AT: i64 = 1_795_356_300; // 2026-11-22T14:05:00Z

    #[test]
    fn times_of_forms_and_protocols_are_read() {
        for (text, expected) in [
            ("2026-11-22T14:05:00Z", Some(AT)),
            ("2026-11-22T15:05:00+01:00", Some(AT)),
            ("2026-11-22T14:05:00.250Z", Some(AT)),
            ("2026-11-22T14:05:60z", Some(AT + 59)),
            (" 2026-11-22T14:05 ", Some(AT)),
            ("2026-11-22T14:05:00", Some(AT)),
            ("2026-11-22", None),
            ("2026-13-22T14:05", None),
            ("2026-02-29T14:05", None),
            ("2026-11-22T24:00", None),
            ("2026-11-22T14:05:00.Z", None),
            ("2026-11-22T14:05:00+1", None),
            ("2026-11-22T14:05:00+01:00x", None),
            ("+026-11-22T14:05", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse_rfc3339(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_of_the_wild_are_read() {
        for (text, expected) in [
            ("2026-11-22T14:05:00Z", AT),
            (" 2026-11-22T15:05:00+01:00\n", AT),
            ("2026-11-22T15:05:00+0100", AT),
            ("2026-11-22T09:35:00-04:30", AT),
            ("2026-11-22T14:05:00.123Z", AT),
            ("2026-11-22T14:05:00", AT),
            ("2026-11-22 14:05:00", AT),
            ("2026-11-22 15:05:00 +0100", AT),
            ("2026-11-22", AT - 14 * 3600 - 5 * 60),
            ("Sun, 22 Nov 2026 14:05:00 GMT", AT),
            ("Sun, 22 Nov 2026 14:05:00 +0000", AT),
            ("Mon, 22 Nov 2026 14:05:00 UTC", AT),
            ("dim., 22 Nov 2026 15:05:00 +0100", AT),
            ("22 November 2026 14:05 UTC", AT),
            ("22 Nov 26 9:05:00 EST", AT),
            ("Sunday, 22 November 2026 06:05:00 PST", AT),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "32 Nov 2026 00:00:00 GMT", "2026-13-01", "22 Nov 2026 25:00"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_moments_are_read_back(seconds in 0..SECONDS_MAX) {
            prop_assert_eq!(parse_rfc3339(&rfc3339(seconds)), Some(seconds));
            prop_assert_eq!(parse_rfc822(&rfc2822(seconds)), Some(seconds));
            prop_assert_eq!(parse(&http_date(seconds)), Some(seconds));
        }

        #[test]
        fn another_reader_agrees(seconds in 0..SECONDS_MAX) {
            let read = |at: Result<DateTime<_>, _>| at.map(|at| at.timestamp());
            prop_assert_eq!(read(DateTime::parse_from_rfc3339(&rfc3339(seconds))), Ok(seconds));
            prop_assert_eq!(read(DateTime::parse_from_rfc2822(&rfc2822(seconds))), Ok(seconds));
            prop_assert_eq!(read(DateTime::parse_from_rfc2822(&http_date(seconds))), Ok(seconds));
        }

        #[test]
        fn what_another_reader_takes_is_read_alike(
            text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{1,9})?([Zz]|[+-][0-2][0-9]:[0-5][0-9])"
        ) {
            let read = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.timestamp());
            prop_assert!(read.is_none() || parse_rfc3339(&text) == read, "{text} {read:?}");
        }

        #[test]
        fn any_text_is_a_date_or_none(text in "\\PC{0,40}|[0-9A-Za-z:, +-]{0,40}|[0-9TZ:.+-]{0,30}|[0-9]{1,12} Nov [0-9]{1,12}( [0-9:]{0,12}( [+-][0-9]{0,9})?)?") {
            let _ = (parse(&text), parse_rfc3339(&text));
        }
    }
}
