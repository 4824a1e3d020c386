//! Stripe's webhook events: the signature over the raw bytes, and what we keep of an event.

use crate::secret;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;

const TOLERANCE_SECONDS: u64 = 300;
/// While a secret is rolled the old one stays good, so there may be two.
const SECRETS_MAX: usize = 2;
/// More signatures than any rolling of secrets makes; the rest is not looked at.
const SIGNATURES_MAX: usize = 16;
const HEADER_BYTES_MAX: usize = 4096;
const ID_BYTES_MAX: usize = 255;

/// Was `body` sent by Stripe, within 300 seconds of `now`? `header` is `Stripe-Signature`:
/// `t=<unix seconds>,v1=<hex>[,v1=<hex>]`, where each `v1` is HMAC-SHA-256 over `t.body`. Any of
/// the secrets and any of the signatures will do; without a secret nothing is believed.
pub fn verify(secrets: &[String], header: &str, body: &[u8], now: i64) -> Result<(), &'static str> {
    let (time, signatures) =
        parse(header).ok_or("The signature header is not in Stripe's form.")?;
    let seconds: i64 = time.parse().map_err(|_| "The signature has no time.")?;
    if now.abs_diff(seconds) > TOLERANCE_SECONDS {
        return Err("The signature is too old or from the future.");
    }
    let usable = secrets.iter().take(SECRETS_MAX).filter(|secret| !secret.trim().is_empty());
    let mut good = false;
    for secret in usable {
        let expected = signature(secret, time, body).ok_or("There is no usable secret.")?;
        for given in &signatures {
            good |= secret::same(given, &expected);
        }
    }
    if good { Ok(()) } else { Err("The signature does not match.") }
}

/// What is kept of an event; what it says about its object is only a hint to look that up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `evt_…`, the key by which a second delivery is known.
    pub id: String,
    /// Stripe's name of the type, for example `invoice.paid`.
    pub kind: String,
    /// Unix seconds.
    pub created: i64,
    /// The id of the object that the event is about, where it has one.
    pub object_id: Option<String>,
    /// The version of Stripe's API that shaped the event.
    pub api_version: Option<String>,
    /// False for events of a sandbox.
    pub livemode: bool,
}

/// Reads an event of Stripe's v1 API from a body whose signature was good.
pub fn event(body: &[u8]) -> Result<Event, &'static str> {
    let raw: RawEvent = serde_json::from_slice(body).map_err(|_| "The body is not an event.")?;
    if raw.object != "event" {
        return Err("The body is not an event of the v1 API.");
    }
    let usable = |text: &str| !text.is_empty() && text.len() <= ID_BYTES_MAX;
    if !usable(&raw.id) || !usable(&raw.kind) {
        return Err("The event has no id or no type.");
    }
    Ok(Event {
        id: raw.id,
        kind: raw.kind,
        created: raw.created,
        object_id: raw.data.object.id,
        api_version: raw.api_version,
        livemode: raw.livemode,
    })
}

#[derive(Deserialize)]
struct RawEvent {
    id: String,
    object: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    livemode: bool,
    api_version: Option<String>,
    data: RawData,
}

#[derive(Deserialize)]
struct RawData {
    object: RawObject,
}

#[derive(Deserialize)]
struct RawObject {
    id: Option<String>,
}

// Other schemes than v1 are ignored, as Stripe asks; two times would leave open which was signed.
fn parse(header: &str) -> Option<(&str, Vec<[u8; 32]>)> {
    if header.len() > HEADER_BYTES_MAX {
        return None;
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|pair| pair.trim().split_once('=')) {
        match name {
            "t" if time.is_some() => return None,
            "t" => time = Some(value),
            "v1" if signatures.len() < SIGNATURES_MAX => signatures.extend(unhex(value)),
            _ => {}
        }
    }
    let time = time.filter(|time| time.bytes().all(|b| b.is_ascii_digit()))?;
    (!signatures.is_empty()).then_some((time, signatures))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let bytes: Vec<u8> = digits?
        .chunks_exact(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from((high << 4) | low).ok(),
            _ => None,
        })
        .collect();
    if text.len() == 64 { bytes.try_into().ok() } else { None }
}

fn signature(secret: &str, time: &str, body: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_795_356_300;
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;

    fn sign(secret: &str, time: i64, body: &[u8]) -> String {
        let bytes = signature(secret, &time.to_string(), body).unwrap();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn secrets(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    // Computed with `openssl dgst -sha256 -hmac whsec_test` over `1795356300.` and BODY.
    const KNOWN: &str = "86051674ccb4f082d49b0879720bed2c9231e642c3c0c0d1ee2ef59e3f47f720";

    #[test]
    fn a_signature_made_elsewhere_is_good() {
        let header = format!("t={NOW},v1={KNOWN}");
        assert_eq!(verify(&secrets(&["whsec_test"]), &header, BODY, NOW), Ok(()));
    }

    #[test]
    fn any_secret_and_any_signature_will_do() {
        let (old, new) = (sign("old", NOW, BODY), sign("new", NOW, BODY));
        let other = "0".repeat(64);
        for header in [
            format!("t={NOW},v1={new}"),
            format!("t={NOW},v1={old}"),
            format!("v1={new},t={NOW}"),
            format!("t={NOW}, v1={other}, v1={new}"),
            format!("t={NOW},v0={other},v1={new},scheme=x"),
        ] {
            assert_eq!(verify(&secrets(&["old", "new"]), &header, BODY, NOW), Ok(()), "{header}");
        }
    }

    #[test]
    fn what_stripe_did_not_sign_is_refused() {
        let good = sign("s", NOW, BODY);
        let many = format!("t={NOW},{}v1={good}", format!("v1={},", "0".repeat(64)).repeat(16));
        for header in [
            String::new(),
            format!("t={NOW}"),
            format!("v1={good}"),
            format!("t={NOW},v0={good}"),
            format!("t={NOW},v1={}", good.strip_suffix(|_| true).unwrap()),
            format!("t={NOW},v1={good}00"),
            format!("t={},v1={good}", NOW + 1),
            format!("t={NOW},t={NOW},v1={good}"),
            format!("t=+{NOW},v1={good}"),
            format!("t=,v1={good}"),
            format!("t=99999999999999999999,v1={good}"),
            format!("t={NOW},v1={}", sign("other", NOW, BODY)),
            format!("t={NOW},v1={}", sign("", NOW, BODY)),
            many,
        ] {
            assert!(verify(&secrets(&["s"]), &header, BODY, NOW).is_err(), "{header}");
        }
        let header = format!("t={NOW},v1={good}");
        assert!(verify(&secrets(&["s"]), &header, b"{}", NOW).is_err());
    }

    #[test]
    fn an_empty_secret_is_no_secret() {
        for list in [&[][..], &[""], &[" "], &["", ""]] {
            let header = format!("t={NOW},v1={}", sign(list.first().unwrap_or(&""), NOW, BODY));
            assert!(verify(&secrets(list), &header, BODY, NOW).is_err(), "{list:?}");
        }
    }

    #[test]
    fn a_third_secret_is_not_looked_at() {
        let header = format!("t={NOW},v1={}", sign("c", NOW, BODY));
        assert!(verify(&secrets(&["a", "b", "c"]), &header, BODY, NOW).is_err());
    }

    #[test]
    fn both_sides_of_the_clock_have_a_limit() {
        for (off, good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            let header = format!("t={},v1={}", NOW + off, sign("s", NOW + off, BODY));
            assert_eq!(verify(&secrets(&["s"]), &header, BODY, NOW).is_ok(), good, "{off}");
        }
    }

    #[test]
    fn an_event_is_read() {
        let body = br#"{"id":"evt_1","object":"event","type":"invoice.paid","created":5,
            "livemode":false,"api_version":"2026-07-29.dahlia","data":{"object":{"id":"in_1","x":[]}}}"#;
        let expected = Event {
            id: "evt_1".into(),
            kind: "invoice.paid".into(),
            created: 5,
            object_id: Some("in_1".into()),
            api_version: Some("2026-07-29.dahlia".into()),
            livemode: false,
        };
        assert_eq!(event(body), Ok(expected));
    }

    #[test]
    fn an_event_may_lack_version_and_object_id() {
        let body = br#"{"id":"evt_1","object":"event","type":"invoice.upcoming","created":5,
            "livemode":true,"api_version":null,"data":{"object":{}}}"#;
        let found = event(body).unwrap();
        assert_eq!((found.object_id, found.api_version, found.livemode), (None, None, true));
    }

    #[test]
    fn what_is_no_v1_event_is_refused() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"id":"evt_1","object":"v2.core.event","type":"x","created":5,"livemode":false,"data":{"object":{}}}"#,
            r#"{"id":"","object":"event","type":"x","created":5,"livemode":false,"data":{"object":{}}}"#,
            r#"{"id":"evt_1","object":"event","type":"","created":5,"livemode":false,"data":{"object":{}}}"#,
            r#"{"id":"evt_1","object":"event","type":"x","created":"5","livemode":false,"data":{"object":{}}}"#,
            r#"{"id":"evt_1","object":"event","type":"x","created":5,"livemode":false}"#,
        ] {
            assert!(event(body.as_bytes()).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_header_and_no_body_breaks_it(header in "\\PC{0,80}|(t=[0-9]{0,20}|v1=[0-9a-fg]{0,66}|,){0,9}", body: Vec<u8>) {
            prop_assert!(verify(&secrets(&["s"]), &header, &body, NOW).is_err());
            prop_assert!(event(&body).is_err());
        }
    }
}
