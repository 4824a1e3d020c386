//! Secrets that must be read again: sealed with a key of the app, so that a copy of the database shows none.

use crate::secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::{AeadInPlace, KeyInit, Tag, XChaCha20Poly1305, XNonce};

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// Seals a secret for one purpose and one owner (XChaCha20-Poly1305): base64url of nonce, text and tag.
/// `nonce` is random, so that it never comes twice. `None` only for a secret of absurd length.
pub fn seal(
    app_key: &[u8; 32],
    purpose: &str,
    owner: &str,
    nonce: &[u8; NONCE_BYTES],
    secret: &[u8],
) -> Option<String> {
    let mut text = secret.to_vec();
    let cipher = cipher(app_key, purpose);
    let nonce = XNonce::from(*nonce);
    let tag = cipher.encrypt_in_place_detached(&nonce, owner.as_bytes(), &mut text).ok()?;
    Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text, tag.as_slice()].concat()))
}

/// The secret again; `None` when it was sealed by another key, for another purpose or owner, or changed.
pub fn open(app_key: &[u8; 32], purpose: &str, owner: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, rest) = bytes.split_first_chunk::<NONCE_BYTES>()?;
    let (text, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
    let mut text = text.to_vec();
    cipher(app_key, purpose)
        .decrypt_in_place_detached(
            &XNonce::from(*nonce),
            owner.as_bytes(),
            &mut text,
            &Tag::from(*tag),
        )
        .ok()?;
    Some(text)
}

fn cipher(app_key: &[u8; 32], purpose: &str) -> XChaCha20Poly1305 {
    let key = secret::derive(app_key, &format!("seal:{purpose}"));
    XChaCha20Poly1305::new((&key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn what_was_sealed_opens_for_its_purpose_and_owner_only() {
        let sealed = seal(&KEY, "totp", "1", &[9; 24], b"a secret").unwrap();
        assert_eq!(open(&KEY, "totp", "1", &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(open(&[8; 32], "totp", "1", &sealed), None);
        assert_eq!(open(&KEY, "other", "1", &sealed), None);
        assert_eq!(open(&KEY, "totp", "2", &sealed), None);
    }

    #[test]
    fn a_changed_or_cut_text_does_not_open() {
        let sealed = seal(&KEY, "totp", "1", &[9; 24], b"a secret").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character of base64 has bits that no byte needs.
            let is_same = URL_SAFE_NO_PAD.decode(&changed) == URL_SAFE_NO_PAD.decode(&sealed);
            assert!(is_same || open(&KEY, "totp", "1", &changed).is_none(), "{place}");
            assert_eq!(open(&KEY, "totp", "1", &sealed[..place]), None);
        }
    }
}
