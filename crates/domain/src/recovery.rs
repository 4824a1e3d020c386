//! Recovery codes: ten ways in, each once, for when the second factor is lost.

use crate::secret;
use std::fmt::Write;

/// How many codes a person has.
pub const CODES: usize = 10;
/// The random bytes of one.
pub const CODE_BYTES: usize = 10;
/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARS: usize = 16;

/// A code as it is shown: `XXXX-XXXX-XXXX-XXXX`, 80 bits.
pub fn text(bytes: &[u8; CODE_BYTES]) -> String {
    let bits = bytes.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let mut text = String::new();
    for (place, shift) in (0..80).step_by(5).rev().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            let _ = text.write_char('-');
        }
        let value = usize::try_from((bits >> shift) & 31).unwrap_or(0);
        text.extend(ALPHABET.get(value).copied().map(char::from));
    }
    text
}

/// What is stored of a code, from how a person types it; `None` when it cannot be one.
pub fn hash(app_key: &[u8; 32], account_id: &str, typed: &str) -> Option<String> {
    let plain: String = typed
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let key = secret::derive(app_key, "recovery-code");
    (plain.len() == CHARS)
        .then(|| secret::hmac_hex(&key, format!("{account_id}\n{plain}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_code_uses_all_eighty_bits() {
        assert_eq!(text(&[0; 10]), "0000-0000-0000-0000");
        assert_eq!(text(&[0xff; 10]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(text(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "0000-0000-0000-0001");
        assert_eq!(text(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "G000-0000-0000-0000");
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let stored = hash(&KEY, "1", "A0B1-C1D2-0000-ZZZZ");
        assert!(stored.is_some());
        for typed in ["aobl cld2 oooo zzzz", "A0B1C1D20000ZZZZ", " a0b1–c1d2–0000–zzzz "] {
            assert_eq!(hash(&KEY, "1", typed), stored, "{typed}");
        }
        for wrong in ["", "A0B1-C1D2-0000-ZZZ", "A0B1-C1D2-0000-ZZZZ-0"] {
            assert_eq!(hash(&KEY, "1", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_belongs_to_its_account() {
        let code = "A0B1-C1D2-0000-ZZZZ";
        assert_ne!(hash(&KEY, "1", code), hash(&KEY, "2", code));
    }
}
