//! An authenticator made of a key, which does as it is told, right and wrong.

use super::*;
use p256::ecdsa::{SigningKey, signature::Signer};

const ORIGIN: &str = "https://app.example";
const HOST: &str = "app.example";
const PRESENT_AND_VERIFIED: u8 = FLAG_PRESENT | FLAG_VERIFIED;

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn point(key: &SigningKey) -> Vec<u8> {
    key.verifying_key().to_encoded_point(false).as_bytes().to_vec()
}

fn client_data(kind: &str, origin: &str, more: &str) -> Vec<u8> {
    format!(r#"{{"type":"{kind}","challenge":"Q2hhbGxlbmdl","origin":"{origin}"{more}}}"#)
        .into_bytes()
}

fn data(host: &str, flags: u8, count: u32) -> Vec<u8> {
    [&Sha256::digest(host.as_bytes())[..], &[flags], &count.to_be_bytes()].concat()
}

fn cose(algorithm: u8, x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[0xa5, 1, 2, 3, algorithm, 0x20, 1, 0x21, 0x58, 32], x, &[0x22, 0x58, 32], y].concat()
}

/// An attestation object with the format “none”.
fn attestation(flags: u8, after_id: &[u8]) -> Vec<u8> {
    let head = data(HOST, flags, 0);
    let data = [&head, &[0; 16][..], &[0, 4], b"name", after_id].concat();
    let length = u8::try_from(data.len()).unwrap();
    [
        &[0xa3, 0x63][..],
        b"fmt",
        &[0x64],
        b"none",
        &[0x67],
        b"attStmt",
        &[0xa0, 0x68],
        b"authData",
        &[0x58, length],
        &data,
    ]
    .concat()
}

fn right_key() -> Vec<u8> {
    let point = point(&key());
    cose(0x26, &point[1..33], &point[33..])
}

fn sign(key: &SigningKey, data: &[u8], client_data: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(&[data, &Sha256::digest(client_data)].concat());
    signature.to_der().as_bytes().to_vec()
}

#[test]
fn the_challenge_is_read_from_client_data_of_ours_only() {
    let of =
        |kind, origin, more| challenge(&client_data(kind, origin, more), Ceremony::Get, ORIGIN);
    assert_eq!(of("webauthn.get", ORIGIN, "").unwrap(), "Q2hhbGxlbmdl");
    assert_eq!(
        of("webauthn.get", ORIGIN, r#","crossOrigin":false,"new":1"#).unwrap(),
        "Q2hhbGxlbmdl"
    );
    assert_eq!(of("webauthn.create", ORIGIN, ""), Err(Refused::Ceremony));
    for origin in
        ["http://app.example", "https://app.example:444", "https://app.example/", "https://example"]
    {
        assert_eq!(of("webauthn.get", origin, ""), Err(Refused::Origin), "{origin}");
    }
    assert_eq!(of("webauthn.get", ORIGIN, r#","crossOrigin":true"#), Err(Refused::Origin));
    assert_eq!(
        of("webauthn.get", ORIGIN, r#","topOrigin":"https://a.example""#),
        Err(Refused::Origin)
    );
    assert_eq!(challenge(b"{}", Ceremony::Get, ORIGIN), Err(Refused::Malformed));
}

#[test]
fn a_passkey_that_was_made_shows_its_name_and_key() {
    let flags = PRESENT_AND_VERIFIED | FLAG_CREDENTIAL;
    let passkey = made(&attestation(flags, &right_key()), HOST).unwrap();
    assert_eq!(passkey.credential_id, b"name");
    assert_eq!(passkey.public_key, point(&key()));
    let extended = [right_key(), vec![0xa1, 0x61, b'a', 0xf5]].concat();
    assert!(made(&attestation(flags | FLAG_EXTENSIONS, &extended), HOST).is_ok());
}

#[test]
fn a_passkey_for_another_host_or_of_another_kind_is_refused() {
    let flags = FLAG_PRESENT | FLAG_CREDENTIAL;
    let right = right_key();
    let with = |flags, key: &[u8]| made(&attestation(flags, key), HOST);
    assert_eq!(made(&attestation(flags, &right), "other.example"), Err(Refused::Host));
    assert_eq!(with(FLAG_CREDENTIAL, &right), Err(Refused::Presence));
    assert_eq!(with(FLAG_PRESENT, &right), Err(Refused::Malformed));
    let point = point(&key());
    // EdDSA's number, and a point beside the curve.
    assert_eq!(with(flags, &cose(0x27, &point[1..33], &point[33..])), Err(Refused::Key));
    assert_eq!(with(flags, &cose(0x26, &point[1..33], &point[1..33])), Err(Refused::Key));
    assert_eq!(with(flags, &[right, vec![0]].concat()), Err(Refused::Malformed));
}

#[test]
fn an_attestation_cut_anywhere_is_refused() {
    let whole = attestation(FLAG_PRESENT | FLAG_CREDENTIAL, &right_key());
    for length in 0..whole.len() {
        assert!(made(&whole[..length], HOST).is_err(), "{length}");
    }
}

#[test]
fn a_use_is_believed_when_all_of_it_is_signed() {
    let client = client_data("webauthn.get", ORIGIN, "");
    let data = data(HOST, PRESENT_AND_VERIFIED, 5);
    let signature = sign(&key(), &data, &client);
    let point = point(&key());
    assert_eq!(
        used(&point, HOST, &data, &client, &signature),
        Ok(Used { sign_count: 5, is_verified: true })
    );

    let other_client = client_data("webauthn.get", ORIGIN, r#","more":1"#);
    let mut other_data = data.clone();
    other_data[36] = 6;
    let other_key = self::point(&SigningKey::from_slice(&[8; 32]).unwrap());
    for (key, data, client) in [
        (&other_key, &data, &client),
        (&point, &other_data, &client),
        (&point, &data, &other_client),
    ] {
        assert_eq!(used(key, HOST, data, client, &signature), Err(Refused::Signature));
    }
    assert_eq!(used(&point, HOST, &data, &client, &signature[1..]), Err(Refused::Signature));
    assert_eq!(used(&point, "example", &data, &client, &signature), Err(Refused::Host));
    assert_eq!(used(&point, HOST, &data[..36], &client, &signature), Err(Refused::Malformed));
}

#[test]
fn a_use_without_a_touch_is_refused_and_one_without_a_check_says_so() {
    let client = client_data("webauthn.get", ORIGIN, "");
    let with = |flags| {
        let data = data(HOST, flags, 0);
        used(&point(&key()), HOST, &data, &client, &sign(&key(), &data, &client))
    };
    assert_eq!(with(FLAG_VERIFIED), Err(Refused::Presence));
    assert_eq!(with(FLAG_PRESENT), Ok(Used { sign_count: 0, is_verified: false }));
}
