//! What a person says of themself, and the picture that is drawn for those who have none.

use crate::{names, secret::sha256_hex};
use std::fmt::Write;

const NAME_CHARS_MAX: usize = 100;
const BIO_CHARS_MAX: usize = 500;

/// A name to show.
///
/// # Errors
/// The sentence for the person.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err("Write a name of up to 100 characters.");
    }
    if name.chars().any(is_hidden) {
        return Err("That name has characters that cannot be seen. Type it anew.");
    }
    names::misleads(name).map_or(Ok(()), Err)
}

/// The words about a person; plain text with line ends.
///
/// # Errors
/// The sentence for the person.
pub fn check_bio(bio: &str) -> Result<(), &'static str> {
    if bio.chars().count() > BIO_CHARS_MAX {
        return Err("That is longer than 500 characters. Shorten it.");
    }
    if bio.chars().any(|c| c != '\n' && is_hidden(c)) {
        return Err("That has characters that cannot be seen. Type it anew.");
    }
    Ok(())
}

/// Control characters, and the marks that turn the direction of text around what follows.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A picture of a username as SVG: five by five squares, the same on both sides. Numbers alone go into
/// it, so nothing that anybody typed does.
pub fn drawn(username: &str) -> String {
    let digits: Vec<u32> =
        sha256_hex(username.as_bytes()).chars().filter_map(|c| c.to_digit(16)).collect();
    let digit = |at: usize| digits.get(at).copied().unwrap_or(0);
    let hue = digit(60).saturating_mul(22);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 7 7\" width=\"400\" height=\"400\" shape-rendering=\"crispEdges\">\
         <path fill=\"hsl({hue},35%,90%)\" d=\"M0 0h7v7H0z\"/><path fill=\"hsl({hue},50%,42%)\" d=\""
    );
    for cell in 0..15_usize {
        if digit(cell).checked_rem(2) != Some(0) {
            continue;
        }
        let (x, y) = (cell.checked_rem(3).unwrap_or(0), cell.checked_div(3).unwrap_or(0));
        for x in [x, 4_usize.saturating_sub(x)] {
            // Writing to a string cannot fail.
            let _ = write!(out, "M{} {}h1v1h-1z", x.saturating_add(1), y.saturating_add(1));
        }
    }
    out.push_str("\"/></svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_words_have_bounds_and_no_tricks() {
        for (name, is_fine) in [
            ("Ann", true),
            ("Ånn 🐦", true),
            ("שלום", true),
            ("", false),
            ("a\u{202e}b", false),
            ("a\u{2066}b", false),
            ("a\nb", false),
            ("a\u{7}b", false),
            (&"a".repeat(100), true),
            (&"a".repeat(101), false),
        ] {
            assert_eq!(check_name(name).is_ok(), is_fine, "{name:?}");
        }
        for (bio, is_fine) in [
            ("", true),
            ("One\nTwo", true),
            ("\u{202e}evil", false),
            (&"é".repeat(500), true),
            (&"é".repeat(501), false),
        ] {
            assert_eq!(check_bio(bio).is_ok(), is_fine, "{bio:?}");
        }
    }

    #[test]
    fn a_drawn_picture_is_stable_and_of_numbers_alone() {
        assert_eq!(drawn("ann"), drawn("ann"));
        assert_ne!(drawn("ann"), drawn("ben"));
        let odd = drawn("\"><script>alert(1)</script>");
        assert!(!odd.contains("script") && !odd.contains("href"), "{odd}");
        assert_eq!(odd.matches('<').count(), 4, "{odd}");
    }
}
