//! The rules of IndieAuth (<https://indieauth.spec.indieweb.org/>, 2024-07-11): which addresses
//! name an app, where it may be sent to, and the proof that a code is in the right hands.

use crate::secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::{Host, Url};

/// How long a code may be used.
pub const CODE_TTL_SECONDS: i64 = 600;

const BYTES_MAX: usize = 1000;
const VERIFIER_CHARS: std::ops::RangeInclusive<usize> = 43..=128;

/// The address of an app (section 3.3), or None when it cannot be one. Its text is what is stored,
/// shown and compared.
pub fn client_id(text: &str) -> Option<Url> {
    let url = plain(text)?;
    let has_dots = ["/../", "/./"].iter().any(|dots| text.contains(dots));
    let is_named = match url.host()? {
        // The name stands in a header of ours (Content-Security-Policy): letters, digits, dots, hyphens.
        Host::Domain(name) => {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (is_named && !has_dots).then_some(url)
}

/// Where the app's person is sent back to: on the app's own scheme, host and port, or nowhere
/// (section 5.2.1; what an app may say about itself elsewhere is not fetched in anybody's request).
pub fn redirect_uri(text: &str, client: &Url) -> Option<Url> {
    plain(text).filter(|url| url.origin() == client.origin())
}

fn plain(text: &str) -> Option<Url> {
    if text.len() > BYTES_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    is_plain.then_some(url)
}

/// Whether a text can be a code challenge of the method S256 (RFC 7636, section 4.2).
pub fn is_challenge(text: &str) -> bool {
    secret::is_token(text)
}

/// The challenge of a verifier (RFC 7636, section 4.6), or None when it cannot be a verifier.
pub fn challenge(verifier: &str) -> Option<String> {
    let is_one = VERIFIER_CHARS.contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    is_one.then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
}

/// The address with these values added to its query; empty ones are left out.
pub fn with_query(url: &Url, pairs: &[(&str, &str)]) -> String {
    let mut url = url.clone();
    url.query_pairs_mut().extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_have_plain_addresses() {
        for (text, expected) in [
            ("https://app.example", Some("https://app.example/")),
            ("https://App.Example/client?x=1", Some("https://app.example/client?x=1")),
            ("http://localhost:4000/", Some("http://localhost:4000/")),
            ("http://127.0.0.1:4000/", Some("http://127.0.0.1:4000/")),
            ("http://[::1]:4000/", Some("http://[::1]:4000/")),
            ("http://192.0.2.1/", None),
            ("https://app.example/#top", None),
            ("https://ann@app.example/", None),
            ("https://app.example/a/../b", None),
            ("https://app.example;script-src/", None),
            ("javascript:alert(1)", None),
            ("app.example", None),
            ("https://app.example/ x", None),
            ("", None),
        ] {
            assert_eq!(client_id(text).as_ref().map(Url::as_str), expected, "{text}");
        }
    }

    #[test]
    fn people_are_sent_back_to_the_app_alone() {
        let client = client_id("https://app.example/id").unwrap();
        for (text, expected) in [
            ("https://app.example/callback?x=1", true),
            ("https://app.example:443/", true),
            ("https://app.example:444/", false),
            ("http://app.example/", false),
            ("https://sub.app.example/", false),
            ("https://app.example.evil/", false),
            ("https://app.example@evil/", false),
            ("https://x@app.example/", false),
            ("https://app.example/#x", false),
            ("app:callback", false),
            ("//app.example/", false),
            ("", false),
        ] {
            assert_eq!(redirect_uri(text, &client).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn a_verifier_has_the_challenge_that_the_rfc_publishes() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(challenge(verifier).as_deref(), Some(expected));
        for wrong in ["", "short", &"a".repeat(129), &format!("{}=", "a".repeat(43))] {
            assert_eq!(challenge(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_added_leaves_the_rest_of_the_query() {
        let url = Url::parse("https://app.example/back?a=1").unwrap();
        let pairs = [("code", "x"), ("state", "a b&c"), ("none", "")];
        assert_eq!(with_query(&url, &pairs), "https://app.example/back?a=1&code=x&state=a+b%26c");
    }
}
