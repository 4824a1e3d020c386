//! Whom the operator wants to be told: a chat, and programs of the operator's own.

use super::missing;
use crate::{DEV, Error, Result};
use base64::prelude::{BASE64_STANDARD, Engine};
use url::Url;

/// The fewest bytes of a key that signs.
const KEY_BYTES_MIN: usize = 16;

/// Where changes of what accounts have are sent, signed as Standard Webhooks says.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// Who is called.
    pub url: Url,
    /// What calls are signed with.
    pub key: Vec<u8>,
}

pub(super) fn chat(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Url>> {
    let url = get("CHAT_WEBHOOK").filter(|_| has_chat(get));
    url.map(|text| address(&text, "CHAT_WEBHOOK")).transpose()
}

/// Components that may not have the address know from a switch of its own that there is one.
pub(super) fn has_chat(get: &impl Fn(&str) -> Option<String>) -> bool {
    get("CHAT_NOTICES").map_or_else(|| get("CHAT_WEBHOOK").is_some(), |text| text == "on")
}

pub(super) fn webhook(get: &impl Fn(&str) -> Option<String>) -> Result<Option<WebhookConfig>> {
    let Some(url) = get("ENTITLEMENT_WEBHOOK") else { return Ok(None) };
    let secret = get("ENTITLEMENT_WEBHOOK_SECRET");
    let secret = secret.ok_or_else(|| missing("ENTITLEMENT_WEBHOOK_SECRET"))?;
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(&secret)).ok();
    let key = key.filter(|key| key.len() >= KEY_BYTES_MIN).ok_or_else(|| {
        Error::internal("ENTITLEMENT_WEBHOOK_SECRET is not 16 bytes or more in base64")
    })?;
    Ok(Some(WebhookConfig { url: address(&url, "ENTITLEMENT_WEBHOOK")?, key }))
}

/// What is sent there is nobody else's business; a development build may reach stand-ins.
fn address(text: &str, name: &str) -> Result<Url> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https" || DEV);
    url.ok_or_else(|| Error::internal(format!("{name} is not an https address")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_base64_and_long_enough() {
        let read = |secret: &'static str| {
            webhook(&|name: &str| match name {
                "ENTITLEMENT_WEBHOOK" => Some("https://hooks.example/pipit".to_owned()),
                "ENTITLEMENT_WEBHOOK_SECRET" => Some(secret.to_owned()).filter(|s| !s.is_empty()),
                _ => None,
            })
        };
        for (secret, length) in [
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Some(24)),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Some(24)),
            ("whsec_c2hvcnQ=", None),
            ("whsec_not base64", None),
            ("", None),
        ] {
            let key = read(secret).ok().flatten().map(|webhook| webhook.key.len());
            assert_eq!(key, length, "{secret}");
        }
        assert!(webhook(&|_: &str| None).expect("nothing is set").is_none());
    }

    #[test]
    fn the_switch_says_it_where_the_address_is_not_known() {
        let has = |pairs: &[(&str, &str)]| {
            has_chat(&|name: &str| {
                pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(has(&[("CHAT_WEBHOOK", "https://hooks.example/x")]));
        assert!(has(&[("CHAT_NOTICES", "on")]));
        assert!(!has(&[("CHAT_NOTICES", "off"), ("CHAT_WEBHOOK", "https://hooks.example/x")]));
        assert!(!has(&[]));
    }
}
