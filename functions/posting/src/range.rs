//! Byte ranges (RFC 9110, section 14).

use std::ops::Range;

/// What part of an object is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it: no range was asked for, or none that we take. Several at once are such.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// A range that the object does not reach.
    Beyond,
}

/// What a `Range` header asks of an object of this size.
pub fn of_header(header: &str, size: u64) -> Part {
    asked(header, size).unwrap_or(Part::Whole)
}

fn asked(header: &str, size: u64) -> Option<Part> {
    let (unit, range) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    if first.is_empty() {
        let length = number(last)?.min(size);
        return Some(part(size.saturating_sub(length), size, size));
    }
    let first = number(first)?;
    let end = if last.is_empty() { size } else { number(last)?.saturating_add(1) };
    if !last.is_empty() && end <= first {
        return None;
    }
    Some(part(first, end.min(size), size))
}

fn part(start: u64, end: u64, size: u64) -> Part {
    if start >= size { Part::Beyond } else { Part::Bytes(start..end) }
}

/// Digits alone; a number past 64 bits is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_ask_for_parts() {
        for (header, expected) in [
            ("bytes=0-0", Part::Bytes(0..1)),
            ("bytes=0-99", Part::Bytes(0..10)),
            ("Bytes=2-5", Part::Bytes(2..6)),
            ("bytes=9-", Part::Bytes(9..10)),
            ("bytes=-3", Part::Bytes(7..10)),
            ("bytes=-30", Part::Bytes(0..10)),
            ("bytes=3-99999999999999999999999999", Part::Bytes(3..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=10-20", Part::Beyond),
            ("bytes=99999999999999999999999999-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("", Part::Whole),
            ("bytes", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=+1-5", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("lines=0-1", Part::Whole),
        ] {
            assert_eq!(of_header(header, 10), expected, "{header}");
        }
    }

    #[test]
    fn an_empty_object_has_no_part() {
        assert_eq!(of_header("bytes=0-", 0), Part::Beyond);
        assert_eq!(of_header("bytes=-1", 0), Part::Beyond);
        assert_eq!(of_header("", 0), Part::Whole);
    }
}
