//! Stripe's webhook events: the signature over the raw bytes, and what we keep of an event.

mod event;

pub use event::{Event, event, matters};

use crate::secret;
use hmac::{Hmac, Mac};
use sha2::Sha256;

const TOLERANCE_SECONDS: u64 = 300;
/// While a secret is rolled the old one stays good, so there may be two.
const SECRETS_MAX: usize = 2;
/// More signatures than any rolling of secrets makes.
const SIGNATURES_MAX: usize = 16;
const HEADER_BYTES_MAX: usize = 4096;

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
    let expected = expected(secrets, time, body)?;
    let mut good = false;
    for (given, expected) in
        signatures.iter().flat_map(|given| expected.iter().map(move |e| (given, e)))
    {
        good |= secret::same(given, expected);
    }
    if good { Ok(()) } else { Err("The signature does not match.") }
}

// What the body's signature has to be: one for each secret, and so never the body read more than twice.
fn expected(secrets: &[String], time: &str, body: &[u8]) -> Result<Vec<[u8; 32]>, &'static str> {
    let usable = secrets.iter().take(SECRETS_MAX).filter(|secret| !secret.trim().is_empty());
    let all: Option<Vec<[u8; 32]>> = usable.map(|secret| signature(secret, time, body)).collect();
    all.filter(|all| !all.is_empty()).ok_or("There is no usable secret.")
}

// Other schemes than v1 are ignored, as Stripe asks; two times would leave open which was signed.
// What is longer than Stripe's is refused before anything is computed.
fn parse(header: &str) -> Option<(&str, Vec<[u8; 32]>)> {
    if header.len() > HEADER_BYTES_MAX {
        return None;
    }
    let mut time = None;
    let mut signatures = Vec::new();
    let mut count: usize = 0;
    for (name, value) in header.split(',').filter_map(|pair| pair.trim().split_once('=')) {
        match name {
            "t" if time.is_some() => return None,
            "t" => time = Some(value),
            "v1" => {
                count = count.saturating_add(1);
                signatures.extend(unhex(value).filter(|_| count <= SIGNATURES_MAX));
            }
            _ => {}
        }
    }
    if count > SIGNATURES_MAX {
        return None;
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

    // The budget is what is computed, whatever the clock of the machine: a signature of the body for
    // each secret and a comparison with each that was given.
    #[test]
    fn five_thousand_signatures_are_no_more_work_than_sixteen() {
        let good = sign("s", NOW, BODY);
        let list = secrets(&["s", "t", "u", ""]);
        assert_eq!(expected(&list, &NOW.to_string(), BODY).unwrap().len(), SECRETS_MAX);
        for one in ["v1=,", "v1=00,", "v1=zz,", &format!("v1={good},")] {
            for (count, is_read) in [(0, true), (15, true), (16, false), (17, false), (5000, false)]
            {
                let header = format!("t={NOW},{}v1={good}", one.repeat(count));
                let read = parse(&header);
                assert_eq!(read.is_some(), is_read, "{count} times {one}");
                assert!(read.is_none_or(|(_, given)| given.len() <= SIGNATURES_MAX));
                assert_eq!(
                    verify(&list, &header, BODY, NOW).is_ok(),
                    is_read,
                    "{count} times {one}"
                );
            }
        }
        let other_schemes = format!("t={NOW},{}v1={good}", "v0=00,".repeat(5000));
        assert!(parse(&other_schemes).is_none());
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

    proptest! {
        #[test]
        fn no_header_and_no_body_breaks_it(header in "\\PC{0,80}|(t=[0-9]{0,20}|v1=[0-9a-fg]{0,66}|,){0,9}", body: Vec<u8>) {
            prop_assert!(verify(&secrets(&["s"]), &header, &body, NOW).is_err());
            prop_assert!(event(&body).is_err());
        }
    }
}
