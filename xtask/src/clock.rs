//! Times and spans of time as people and protocols write them.

use crate::Result;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in unix seconds.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |span| span.as_secs() as i64)
}

/// A moment as RFC 3339 in UTC: `2026-01-31T09:05:00Z`.
pub fn rfc3339(seconds: i64) -> String {
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar.
fn date(day: i64) -> (i64, i64, i64) {
    // Eras of 400 years that begin in March, so that the leap day is the last of its year.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Reads a span such as `+62d`, `+3h`, `90m`, `45s`, in seconds.
pub fn span(text: &str) -> Result<i64> {
    let problem =
        || format!("`{text}` is no span of time. Write for example +62d, +3h, +90m or +45s.");
    let digits = text.strip_prefix('+').unwrap_or(text);
    let unit = digits.chars().next_back().ok_or_else(problem)?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3600,
        'm' => 60,
        's' => 1,
        _ => return Err(problem()),
    };
    let number: u32 = digits.trim_end_matches(unit).parse().map_err(|_| problem())?;
    Ok(i64::from(number) * seconds)
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, span};

    #[test]
    fn dates_over_leap_days() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_798_761_599), "2026-12-31T23:59:59Z");
    }

    #[test]
    fn spans() {
        assert_eq!(span("+62d"), Ok(62 * 86_400));
        assert_eq!(span("3h"), Ok(10_800));
        assert!(span("+").is_err() && span("12").is_err() && span("-3h").is_err());
    }
}
