//! Sign-in challenges: the secrets in the mail, and what is stored of them.
//!
//! Link token and code are made from the challenge's random id with the app's key. So nothing
//! secret is stored, and a mail that is tried again is the same mail.

use crate::secret;

/// How long a link and its code may be used.
pub const TTL_SECONDS: i64 = 600;
/// After so many wrong codes a challenge has ended.
pub const ATTEMPTS_MAX: i64 = 5;
/// How long the cookie of the asking browser lives; longer than the link, so that the last click counts.
pub const PRE_TTL_SECONDS: i64 = 900;

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_CHARS: usize = 8;

/// What the mail carries.
pub struct Secrets {
    /// 43 characters of base64url, for the link's fragment.
    pub token: String,
    /// `XXXX-XXXX`, 40 bits, for another browser or for typing.
    pub code: String,
}

/// The secrets of the challenge with this id; always the same for the same key.
pub fn secrets(app_key: &[u8; 32], id: &str) -> Secrets {
    let token = secret::hmac(&secret::derive(app_key, "signin-link"), id.as_bytes());
    let code = secret::hmac(&secret::derive(app_key, "signin-code"), id.as_bytes());
    Secrets { token: secret::token(&token), code: code_text(&code) }
}

/// What is stored of a token, and what it is found by.
pub fn token_hash(token: &str) -> String {
    secret::sha256_hex(token.as_bytes())
}

/// What is stored of a code: keyed, because 40 bits alone could be tried out. Takes a code as
/// people type it (spaces, dashes, lower case, O for 0, I or L for 1); `None` when it cannot be one.
pub fn code_hash(app_key: &[u8; 32], challenge_id: &str, code: &str) -> Option<String> {
    let code = normalise(code)?;
    let key = secret::derive(app_key, "signin-code-hash");
    Some(secret::hmac_hex(&key, format!("{challenge_id}\n{code}").as_bytes()))
}

fn code_text(hash: &[u8; 32]) -> String {
    let bits = hash.iter().take(5).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut text = String::with_capacity(CODE_CHARS + 1);
    for (place, shift) in (0..40).step_by(5).rev().enumerate() {
        if place == CODE_CHARS / 2 {
            text.push('-');
        }
        let value = usize::try_from((bits >> shift) & 31).unwrap_or(0);
        text.extend(ALPHABET.get(value).copied().map(char::from));
    }
    text
}

fn normalise(code: &str) -> Option<String> {
    let mut plain = String::with_capacity(CODE_CHARS);
    for typed in code.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)) {
        let letter = match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let known = ALPHABET.iter().any(|known| char::from(*known) == letter);
        if !known || plain.len() == CODE_CHARS {
            return None;
        }
        plain.push(letter);
    }
    (plain.len() == CODE_CHARS).then_some(plain)
}

// Keyboards and mail programs turn a hyphen into one of its relatives.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn secrets_are_the_same_again_and_differ_between_ids_and_keys() {
        let first = secrets(&KEY, "1");
        let again = secrets(&KEY, "1");
        assert_eq!((&first.token, &first.code), (&again.token, &again.code));
        for other in [secrets(&KEY, "2"), secrets(&[8; 32], "1")] {
            assert_ne!(first.token, other.token);
            assert_ne!(first.code, other.code);
        }
    }

    #[test]
    fn a_code_has_two_groups_of_four_and_only_clear_letters() {
        for id in 0..500 {
            let code = secrets(&KEY, &id.to_string()).code;
            let (left, right) = code.split_once('-').unwrap();
            assert_eq!((left.len(), right.len()), (4, 4), "{code}");
            assert!(!code.contains(['I', 'L', 'O', 'U']), "{code}");
        }
    }

    #[test]
    fn the_first_and_the_last_code_use_all_forty_bits() {
        assert_eq!(code_text(&[0; 32]), "0000-0000");
        assert_eq!(code_text(&[0xff; 32]), "ZZZZ-ZZZZ");
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let stored = code_hash(&KEY, "1", "A0B1-C1D2");
        assert!(stored.is_some());
        for typed in ["a0b1c1d2", " a0b1 c1d2 ", "AOBI-CLD2", "aobl–c1d2", "A-0-B-1-C-1-D-2"] {
            assert_eq!(code_hash(&KEY, "1", typed), stored, "{typed}");
        }
        for wrong in ["", "A0B1-C1D", "A0B1-C1D2-E", "A0B1-C1DU", "A0B1-C1D!", "ÄÄÄÄ-ÄÄÄÄ"]
        {
            assert_eq!(code_hash(&KEY, "1", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_belongs_to_its_challenge() {
        assert_ne!(code_hash(&KEY, "1", "A0B1-C1D2"), code_hash(&KEY, "2", "A0B1-C1D2"));
    }
}
