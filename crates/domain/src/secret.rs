//! Keyed hashes, plain hashes and tokens; random bytes come from the caller.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use subtle::ConstantTimeEq;

/// The bytes that HMAC-SHA-256 works on at a time; a shorter key is filled up with zeros (RFC 2104).
const BLOCK_BYTES: usize = 64;

/// A key for one purpose, so that a hash made for one thing can never pass for another.
pub fn derive(app_key: &[u8; 32], label: &str) -> [u8; 32] {
    hmac(app_key, label.as_bytes())
}

/// SHA-256 in 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 in base64 (RFC 4648 section 4).
pub fn sha256_base64(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// HMAC-SHA-256 (RFC 2104) in 64 lower-case hexadecimal digits.
pub fn hmac_hex(key: &[u8; 32], message: &[u8]) -> String {
    hex(&hmac(key, message))
}

/// HMAC-SHA-256 (RFC 2104).
pub fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    hmac_of_any(key, message)
}

/// HMAC-SHA-256 with somebody else's key, of any length: one that is longer than a block counts by its hash.
pub fn hmac_of_any(key: &[u8], message: &[u8]) -> [u8; 32] {
    let hash: [u8; 32];
    let key = if key.len() > BLOCK_BYTES {
        hash = Sha256::digest(key).into();
        &hash
    } else {
        key
    };
    let mut block = [0_u8; BLOCK_BYTES];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new((&block).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// 32 random bytes as 43 characters of base64url (RFC 4648 section 5, no padding).
pub fn token(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether a text has the shape of a [`token`].
pub fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// True when both are equal, in a time that does not tell where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Lower-case hexadecimal digits, two a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_gives_the_published_answers() {
        for (message, expected) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(sha256_hex(message.as_bytes()), expected);
        }
    }

    // RFC 4231 case 1 has a key of 20 bytes; zeros up to 32 make the same HMAC.
    #[test]
    fn hmac_gives_the_answer_of_rfc_4231() {
        let mut key = [0_u8; 32];
        key[..20].fill(0x0b);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hmac_hex(&key, b"Hi There"), expected);
    }

    // RFC 4231, cases 1 and 6: keys of 20 and of 131 bytes.
    #[test]
    fn hmac_takes_keys_of_any_length() {
        for (key, message, expected) in [
            (
                vec![0x0b; 20],
                "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&hmac_of_any(&key, message.as_bytes())), expected);
        }
    }

    #[test]
    fn labels_and_keys_make_different_keys() {
        assert_ne!(derive(&[1; 32], "a"), derive(&[1; 32], "b"));
        assert_ne!(derive(&[1; 32], "a"), derive(&[2; 32], "a"));
    }

    #[test]
    fn a_token_is_43_url_safe_characters() {
        let token = token(&[0xff; 32]);
        assert_eq!(token.len(), 43);
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }

    #[test]
    fn same_looks_at_every_byte_and_at_the_length() {
        for (a, b, expected) in
            [("", "", true), ("ab", "ab", true), ("ab", "ac", false), ("ab", "abc", false)]
        {
            assert_eq!(same(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }
}
