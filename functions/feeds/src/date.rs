//! Dates as feeds write them, which is seldom as their standards ask.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Unix seconds of an RFC 3339 or RFC 822 date, or of what is usually written in their place.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    let strict = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    if let Ok(at) = strict {
        return Some(at.timestamp());
    }
    iso(text).or_else(|| rfc822(text))
}

// Without an offset it counts as UTC.
fn iso(text: &str) -> Option<i64> {
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(at.timestamp());
    }
    let text = text.trim_end_matches([' ', 'Z']);
    let forms =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
        .map(|at| at.and_utc().timestamp())
}

// The day of the week may be wrong or in any language, months may be written out, zones may be `UTC`.
fn rfc822(text: &str) -> Option<i64> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let start: String = month.chars().take(3).collect::<String>().to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == start)?.checked_add(1)?;
    let date = NaiveDate::from_ymd_opt(
        full_year(year.parse().ok()?),
        u32::try_from(month).ok()?,
        day.parse().ok()?,
    )?;
    let mut clock = words.next().unwrap_or("00:00").split(':');
    let mut number = || clock.next().map_or(Some(0), |part| part.parse().ok());
    let at = date.and_hms_opt(number()?, number()?, number()?)?;
    let offset = words.next().map_or(0, offset_seconds);
    Some(at.and_utc().timestamp().saturating_sub(offset))
}

fn full_year(year: i32) -> i32 {
    match year {
        0..=49 => year.saturating_add(2000),
        50..=99 => year.saturating_add(1900),
        _ => year,
    }
}

fn offset_seconds(zone: &str) -> i64 {
    let hours = match zone {
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "BST" => 1,
        "CEST" => 2,
        _ => {
            let at = format!("2000-01-01T00:00:00{zone}");
            let at = DateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M:%S%z");
            return at.map_or(0, |at| i64::from(at.offset().local_minus_utc()));
        }
    };
    3600_i64.saturating_mul(hours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: i64 = 1_795_356_300; // 2026-11-22T14:05:00Z

    #[test]
    fn dates_of_the_wild_are_read() {
        for (text, expected) in [
            ("2026-11-22T14:05:00Z", AT),
            (" 2026-11-22T15:05:00+01:00\n", AT),
            ("2026-11-22T15:05:00+0100", AT),
            ("2026-11-22T14:05:00.123Z", AT),
            ("2026-11-22T14:05:00", AT),
            ("2026-11-22 14:05:00", AT),
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
        fn any_text_is_a_date_or_none(text in "\\PC{0,40}|[0-9A-Za-z:, +-]{0,40}|[0-9]{1,12} Nov [0-9]{1,12}( [0-9:]{0,12}( [+-][0-9]{0,9})?)?") {
            let _ = parse(&text);
        }
    }
}
