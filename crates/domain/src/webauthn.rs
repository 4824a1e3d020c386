//! Passkeys (Web Authentication, Level 2): what a browser sends when one is made or used, checked.
//!
//! Only keys of the algorithm ES256, which every authenticator of these years has. We ask for no
//! attestation and believe none: who made an authenticator is not our business.

use crate::{
    cbor::{Item, Reader},
    secret::{self, same},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// ES256 in the registry of COSE algorithms.
pub const ES256: i64 = -7;
/// How long a challenge is good.
pub const CHALLENGE_SECONDS: i64 = 300;

const CREDENTIAL_BYTES_MAX: usize = 1023;
const FLAG_PRESENT: u8 = 0x01;
const FLAG_VERIFIED: u8 = 0x04;
const FLAG_CREDENTIAL: u8 = 0x40;
const FLAG_EXTENSIONS: u8 = 0x80;

/// What is being done with a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// One is made.
    Create,
    /// One is used.
    Get,
}

/// Why an answer does not count. Only tests and logs tell them apart; a person hears one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It does not have the form of the specification.
    Malformed,
    /// It was made for the other ceremony.
    Ceremony,
    /// It was made for a page of another origin, or inside one.
    Origin,
    /// It was made for another host.
    Host,
    /// Nobody touched the authenticator.
    Presence,
    /// The key is of a kind that we do not take.
    Key,
    /// The signature is not by the key over this.
    Signature,
}

/// A passkey that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What names it.
    pub credential_id: Vec<u8>,
    /// The public key: SEC 1, uncompressed, 65 bytes.
    pub public_key: Vec<u8>,
    /// How often it was used, as it says itself; 0 when it does not count.
    pub sign_count: u32,
}

/// A use of a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// How often it was used, as it says itself; 0 when it does not count.
    pub sign_count: u32,
    /// Whether the authenticator made sure that it is its person, by a finger, a face or a PIN.
    pub is_verified: bool,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Bytes as the specification writes them: base64url without padding.
pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text.
///
/// # Errors
/// [`Refused::Malformed`].
pub fn bytes(text: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Malformed)
}

/// What an authenticator keeps of an account: it names the account to us and says nothing to others.
pub fn user_handle(app_key: &[u8; 32], account_id: &str) -> String {
    text(&secret::hmac(&secret::derive(app_key, "passkey-user"), account_id.as_bytes()))
}

/// The challenge that an answer belongs to (section 5.8.1), from its client data: of this ceremony and
/// of a page of ours. `origin` is exact, without a slash at its end. That the challenge is one of
/// ours and unspent, the caller finds out.
///
/// # Errors
/// [`Refused`], and why.
pub fn challenge(client_data: &[u8], ceremony: Ceremony, origin: &str) -> Result<String, Refused> {
    let data: ClientData = serde_json::from_slice(client_data).map_err(|_| Refused::Malformed)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(Refused::Ceremony);
    }
    if data.origin != origin || data.cross_origin || data.top_origin.is_some() {
        return Err(Refused::Origin);
    }
    Ok(data.challenge)
}

/// The passkey of an attestation object (sections 6.5 and 7.1). The attestation statement is not looked at.
///
/// # Errors
/// [`Refused`], and why.
pub fn made(attestation: &[u8], rp_id: &str) -> Result<Made, Refused> {
    let bytes = authenticator_data(attestation).ok_or(Refused::Malformed)?;
    let (head, rest) = head(bytes, rp_id)?;
    if head.flags & FLAG_CREDENTIAL == 0 {
        return Err(Refused::Malformed);
    }
    let (credential_id, rest) = credential_id(rest).ok_or(Refused::Malformed)?;
    let mut reader = Reader::new(rest);
    let public_key = public_key(&mut reader).ok_or(Refused::Key)?;
    if head.flags & FLAG_EXTENSIONS != 0 {
        reader.skip().ok_or(Refused::Malformed)?;
    }
    if !reader.rest().is_empty() {
        return Err(Refused::Malformed);
    }
    Ok(Made { credential_id: credential_id.to_vec(), public_key, sign_count: head.sign_count })
}

/// A use of the passkey with this public key (section 7.2): the signature is over the authenticator's
/// data and the hash of the client's.
///
/// # Errors
/// [`Refused`], and why.
pub fn used(
    public_key: &[u8],
    rp_id: &str,
    authenticator_data: &[u8],
    client_data: &[u8],
    signature: &[u8],
) -> Result<Used, Refused> {
    let (head, _) = head(authenticator_data, rp_id)?;
    let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| Refused::Key)?;
    let signature = Signature::from_der(signature).map_err(|_| Refused::Signature)?;
    let signed = [authenticator_data, &Sha256::digest(client_data)].concat();
    key.verify(&signed, &signature).map_err(|_| Refused::Signature)?;
    Ok(Used { sign_count: head.sign_count, is_verified: head.flags & FLAG_VERIFIED != 0 })
}

struct Head {
    flags: u8,
    sign_count: u32,
}

/// Section 6.1: the hash of the host, the flags, the count; and what follows.
fn head<'a>(bytes: &'a [u8], rp_id: &str) -> Result<(Head, &'a [u8]), Refused> {
    let (hash, rest) = bytes.split_first_chunk::<32>().ok_or(Refused::Malformed)?;
    let (flags, rest) = rest.split_first().ok_or(Refused::Malformed)?;
    let (count, rest) = rest.split_first_chunk::<4>().ok_or(Refused::Malformed)?;
    if !same(hash, &Sha256::digest(rp_id.as_bytes())) {
        return Err(Refused::Host);
    }
    if flags & FLAG_PRESENT == 0 {
        return Err(Refused::Presence);
    }
    Ok((Head { flags: *flags, sign_count: u32::from_be_bytes(*count) }, rest))
}

/// Section 6.5.4: `{"fmt": text, "attStmt": map, "authData": bytes}` in any order, and nothing after it.
fn authenticator_data(attestation: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(attestation);
    let Item::Map(pairs) = reader.item()? else { return None };
    let mut found = None;
    for _ in 0..pairs {
        let Item::Text(name) = reader.item()? else { return None };
        match name {
            "authData" => {
                let Item::Bytes(bytes) = reader.item()? else { return None };
                found = Some(bytes);
            }
            _ => reader.skip()?,
        }
    }
    found.filter(|_| reader.rest().is_empty())
}

/// Section 6.5.2: 16 bytes that name the make, two of length, the id.
fn credential_id(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_make, rest) = bytes.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    (1..=CREDENTIAL_BYTES_MAX).contains(&length).then(|| rest.split_at_checked(length))?
}

/// A COSE key (RFC 9053, section 7.1.1) on P-256 for ES256, as an uncompressed point that lies on the curve.
fn public_key(reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    let Item::Map(pairs) = reader.item()? else { return None };
    let (mut kind, mut algorithm, mut curve, mut x, mut y) = (None, None, None, None, None);
    for _ in 0..pairs {
        let Item::Int(label) = reader.item()? else { return None };
        match (label, reader.item()?) {
            (1, Item::Int(value)) => kind = Some(value),
            (3, Item::Int(value)) => algorithm = Some(value),
            (-1, Item::Int(value)) => curve = Some(value),
            (-2, Item::Bytes(value)) => x = Some(value),
            (-3, Item::Bytes(value)) => y = Some(value),
            _ => return None,
        }
    }
    let is_ours = (kind, algorithm, curve) == (Some(2), Some(ES256), Some(1));
    let (x, y) = (x.filter(|x| x.len() == 32)?, y.filter(|y| y.len() == 32)?);
    let point = [&[4], x, y].concat();
    (is_ours && VerifyingKey::from_sec1_bytes(&point).is_ok()).then_some(point)
}

#[cfg(test)]
mod tests;
