//! Time zones by their names in the IANA database, each with the rule that holds there today.
//!
//! The table has no history: a moment of years ago is shown by today's rule, which is an hour off
//! where a country has changed its mind since. The whole of it weighs 4 KB compressed, the database
//! with its history many times that; and the script of the pages shows every moment exactly.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Weekday};

/// One rule a line, then the names that it holds for. Made from release 2025b of the database.
const ZONES: &str = include_str!("timezone/zones.txt");
const HOUR: i64 = 3600;

/// A rule in the form of POSIX.1-2024, section 8.3, of which the table uses the `M` dates alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    standard: i64,
    summer: Option<Summer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summer {
    offset: i64,
    start: Change,
    end: Change,
}

/// The `week`-th such day of a month, the fifth being the last, and seconds from its midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    month: u32,
    week: u8,
    weekday: u8,
    seconds: i64,
}

/// Every name that is known, in order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = ZONES.lines().flat_map(|line| line.split(' ').skip(1)).collect();
    names.sort_unstable();
    names
}

/// The name as the table has it, if it does.
pub fn parse(name: &str) -> Option<&'static str> {
    let name = name.trim();
    ZONES.lines().flat_map(|line| line.split(' ').skip(1)).find(|known| *known == name)
}

/// Unix seconds as a clock on the wall shows them there; as they are where the name is not known.
pub fn local(name: &str, at: i64) -> i64 {
    at.saturating_add(known(name).map_or(0, |rule| offset(rule, at)))
}

/// Unix seconds of what a clock on the wall shows there. An hour that a change skips or repeats is one
/// of the two that it may be.
pub fn utc(name: &str, wall: i64) -> i64 {
    let Some(rule) = known(name) else { return wall };
    let guess = wall.saturating_sub(rule.standard);
    wall.saturating_sub(offset(rule, guess))
}

fn known(name: &str) -> Option<Rule> {
    let line = ZONES.lines().find(|line| line.split(' ').skip(1).any(|known| known == name))?;
    rule(line.split(' ').next()?)
}

/// Seconds east of Greenwich at a moment.
fn offset(rule: Rule, at: i64) -> i64 {
    let Some(summer) = rule.summer else { return rule.standard };
    let year = DateTime::from_timestamp(at.saturating_add(rule.standard), 0).map(|at| at.year());
    let moment = |change: Change, offset: i64| Some(wall(change, year?)?.saturating_sub(offset));
    let (start, end) = (moment(summer.start, rule.standard), moment(summer.end, summer.offset));
    let (Some(start), Some(end)) = (start, end) else { return rule.standard };
    let is_summer = if start < end { start <= at && at < end } else { at < end || start <= at };
    if is_summer { summer.offset } else { rule.standard }
}

/// When a change is due in a year, as the clock on the wall counts.
fn wall(change: Change, year: i32) -> Option<i64> {
    let weekday = Weekday::try_from(change.weekday.checked_add(6)?.checked_rem(7)?).ok()?;
    let day = |week| NaiveDate::from_weekday_of_month_opt(year, change.month, weekday, week);
    let day = day(change.week).or_else(|| day(change.week.checked_sub(1)?))?;
    Some(day.and_time(NaiveTime::MIN).and_utc().timestamp().saturating_add(change.seconds))
}

fn rule(text: &str) -> Option<Rule> {
    let mut parts = text.split(',');
    let zone = parts.next()?;
    let (standard, rest) = named_offset(zone)?;
    let standard = standard?;
    if rest.is_empty() {
        return Some(Rule { standard, summer: None });
    }
    let (offset, _) = named_offset(rest)?;
    let offset = offset.unwrap_or(standard.saturating_add(HOUR));
    let (start, end) = (change(parts.next()?)?, change(parts.next()?)?);
    Some(Rule { standard, summer: Some(Summer { offset, start, end }) })
}

/// What a name such as `CET-1` or `<+01>-1` says, in seconds east, and what follows it.
fn named_offset(text: &str) -> Option<(Option<i64>, &str)> {
    let after = match text.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?.1,
        None => text.trim_start_matches(|c: char| c.is_ascii_alphabetic()),
    };
    let is_next = |c: char| c == '<' || c.is_ascii_alphabetic();
    let (number, rest) = after.split_at_checked(after.find(is_next).unwrap_or(after.len()))?;
    if number.is_empty() {
        return Some((None, rest));
    }
    // POSIX counts to the west.
    Some((Some(seconds(number)?.saturating_neg()), rest))
}

/// `M3.5.0/2`; without a time it is two o'clock.
fn change(text: &str) -> Option<Change> {
    let (date, time) = text.split_once('/').unwrap_or((text, "2"));
    let mut numbers = date.strip_prefix('M')?.split('.');
    Some(Change {
        month: numbers.next()?.parse().ok()?,
        week: numbers.next()?.parse().ok()?,
        weekday: numbers.next()?.parse().ok()?,
        seconds: seconds(time)?,
    })
}

/// `-3:30` and `26` in seconds.
fn seconds(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1_i64, digits),
        None => (1, text),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours.checked_mul(HOUR)?.checked_add(minutes.checked_mul(60)?)?;
    total.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Offset;
    use chrono_tz::Tz;

    #[test]
    fn every_rule_of_the_table_is_read() {
        for line in ZONES.lines() {
            let text = line.split(' ').next().unwrap();
            let rule = rule(text);
            assert!(rule.is_some(), "{text}");
            assert_eq!(rule.unwrap().summer.is_some(), text.contains(','), "{text}");
        }
        assert!(names().len() > 500);
    }

    /// Every zone against the whole database, for four years from 2026 on.
    #[test]
    fn the_table_agrees_with_the_whole_database() {
        // Morocco suspends its time in Ramadan and Western Sahara with it; no rule can say that.
        let without_rule = ["Africa/Casablanca", "Africa/El_Aaiun"];
        let begin = 1_767_225_600; // 1 January 2026
        let mut problems = Vec::new();
        for name in names().into_iter().filter(|name| !without_rule.contains(name)) {
            let Ok(zone) = name.parse::<Tz>() else { continue };
            let rule = known(name).unwrap();
            // Every 25 hours, so that each hour of the day has its turn.
            let differs = (0..1400).map(|step| begin + step * 90_000).find(|at| {
                let utc = DateTime::from_timestamp(*at, 0).unwrap();
                let right = utc.with_timezone(&zone).offset().fix().local_minus_utc();
                offset(rule, *at) != i64::from(right)
            });
            problems.extend(differs.map(|at| format!("{name} at {at}")));
        }
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn clocks_change_to_the_second() {
        for (name, at, expected) in [
            ("Europe/Berlin", 1_774_745_999, 3600), // 29 March 2026, 00:59:59 UTC
            ("Europe/Berlin", 1_774_746_000, 7200),
            ("Europe/Berlin", 1_792_889_999, 7200), // 25 October 2026, 00:59:59 UTC
            ("Europe/Berlin", 1_792_890_000, 3600),
            ("America/New_York", 1_772_953_199, -18_000), // 8 March 2026, 06:59:59 UTC
            ("America/New_York", 1_772_953_200, -14_400),
            ("Asia/Kathmandu", 1_772_953_200, 20_700),
            ("America/St_Johns", 1_795_356_300, -12_600),
            ("Nowhere/Else", 1_772_953_200, 0),
        ] {
            assert_eq!(local(name, at) - at, expected, "{name} at {at}");
        }
        for at in [i64::MIN, i64::MAX, 0] {
            let _ = local("Europe/Berlin", at);
        }
    }

    #[test]
    fn a_wall_clocks_time_is_read_back() {
        for name in
            ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Sydney", "UTC"]
        {
            for at in (0..365).map(|day| 1_767_225_600 + day * 86_400 + 43_200) {
                assert_eq!(utc(name, local(name, at)), at, "{name} at {at}");
            }
        }
    }

    #[test]
    fn only_names_of_the_table_are_zones() {
        assert_eq!(parse(" Europe/Berlin "), Some("Europe/Berlin"));
        for name in [
            "",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "europe/berlin",
            "Europe/",
            "../etc/passwd",
            "Mars/Olympus",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
