//! Codes of an authenticator app (RFC 6238): SHA-1, six digits, a step of 30 seconds.

use crate::secret::same;
use hmac::{Hmac, Mac};
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;
use std::fmt::Write;

/// The bytes of a secret; RFC 4226, section 4, recommends 160 bits.
pub const SECRET_BYTES: usize = 20;
const STEP_SECONDS: i64 = 30;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code was typed: the one of `now` or a neighbour (RFC 6238, section 5.2), and later
/// than the last one that was used. Spaces in the code do not matter.
pub fn step(secret: &[u8], typed: &str, now: i64, last_step: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let current = now.checked_div(STEP_SECONDS)?;
    let mut right = None;
    for step in [current.checked_sub(1)?, current, current.checked_add(1)?] {
        // All three are looked at, so that the time it takes says nothing.
        if same(code(secret, step)?.as_bytes(), typed.as_bytes()) {
            right = Some(step);
        }
    }
    right.filter(|step| *step > last_step)
}

/// The code of a step. RFC 4226, section 5.3.
pub fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(secret).ok()?;
    mac.update(&u64::try_from(step).ok()?.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last()? & 0xf);
    let four: [u8; 4] = hash.get(offset..)?.first_chunk().copied()?;
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff).checked_rem(1_000_000)?;
    Some(format!("{number:06}"))
}

/// A secret as people type it into an app: base 32 (RFC 4648, section 6) without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let bits =
            (0..5).fold(0_u64, |bits, i| (bits << 8) | u64::from(*five.get(i).unwrap_or(&0)));
        let letters = five.len().saturating_mul(8).div_ceil(5);
        for shift in (0..40).step_by(5).rev().take(letters) {
            let value = usize::try_from((bits >> shift) & 31).unwrap_or(0);
            text.extend(ALPHABET.get(value).copied().map(char::from));
        }
    }
    text
}

/// The address that apps take: `otpauth://totp/<issuer>:<name>?secret=…&issuer=…` (Key Uri Format).
pub fn uri(issuer: &str, name: &str, secret: &[u8]) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect()
    };
    let (issuer, name) = (plain(issuer), plain(name));
    format!("otpauth://totp/{issuer}:{name}?secret={}&issuer={issuer}", base32(secret))
}

/// A QR code as the path data of an SVG, one unit a module, and how many units wide it is with its
/// quiet zone.
pub fn qr_path(text: &str) -> Option<(String, i32)> {
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let (left, top) = (x.saturating_add(QUIET), y.saturating_add(QUIET));
            let _ = write!(path, "M{left} {top}h1v1h-1z");
        }
    }
    Some((path, code.size().saturating_add(QUIET).saturating_add(QUIET)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    // RFC 6238, appendix B, has eight digits; six are their end.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(SECRET, seconds / 30).unwrap(), expected[2..], "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late_and_not_two() {
        let typed = code(SECRET, 100).unwrap();
        for (now, expected) in [
            (98 * 30 + 29, None),
            (99 * 30, Some(100)),
            (100 * 30, Some(100)),
            (101 * 30 + 29, Some(100)),
            (102 * 30, None),
        ] {
            assert_eq!(step(SECRET, &typed, now, 0), expected, "{now}");
        }
    }

    #[test]
    fn a_step_that_was_used_is_over_and_so_is_every_one_before() {
        let typed = code(SECRET, 100).unwrap();
        assert_eq!(step(SECRET, &typed, 3000, 99), Some(100));
        assert_eq!(step(SECRET, &typed, 3000, 100), None);
        assert_eq!(step(SECRET, &typed, 3000, 101), None);
    }

    #[test]
    fn spaces_do_not_matter_and_everything_else_does() {
        let typed = code(SECRET, 100).unwrap();
        let (left, right) = typed.split_at(3);
        assert_eq!(step(SECRET, &format!(" {left} {right}"), 3000, 0), Some(100));
        for wrong in ["", left, "000000", &format!("{typed}0")] {
            assert_eq!(step(SECRET, wrong, 3000, 0), None, "{wrong}");
        }
    }

    // RFC 4648, section 10, without the padding.
    #[test]
    fn base32_gives_the_published_answers() {
        for (bytes, expected) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn the_address_names_issuer_and_person_and_a_qr_code_holds_it() {
        let uri = uri("Pipit", "ann", SECRET);
        assert_eq!(
            uri,
            "otpauth://totp/Pipit:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pipit"
        );
        let (path, size) = qr_path(&uri).unwrap();
        // The upper left finder pattern begins behind the quiet zone.
        assert!(path.starts_with("M4 4h1v1h-1zM5 4"), "{path}");
        assert!((21 + 8..=177 + 8).contains(&size));
    }
}
