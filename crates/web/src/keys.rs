//! Keys derived from the configuration's.

use domain::{address, secret};
use platform::{ClientAddress, Context, Error, Result};

/// The key from which every other is derived.
///
/// # Errors
/// [`Error::Unavailable`] when `APP_KEY` is missing: what needs it is switched off, never weakened.
pub fn app_key(cx: &Context) -> Result<&[u8; 32]> {
    cx.config.app_key.as_ref().ok_or_else(|| Error::Unavailable("APP_KEY is missing".to_owned()))
}

/// The key of a limit: an HMAC, so that no address is ever stored by it.
pub fn limit_key(cx: &Context, class: &str, subject: &str) -> Result<String> {
    let key = secret::derive(app_key(cx)?, "limits");
    Ok(secret::hmac_hex(&key, format!("{class}:{subject}").as_bytes()))
}

/// What a limit by address counts by. Everyone whose address is unknown shares one bucket.
pub(crate) fn address(client: Option<ClientAddress>) -> String {
    client.map_or_else(|| "unknown".to_owned(), |ClientAddress(ip)| address::prefix(ip))
}

/// The wider network that is counted too: who has a /48 has 65,536 of those that are counted singly.
pub(crate) fn wide_address(client: Option<ClientAddress>) -> Option<String> {
    client.and_then(|ClientAddress(ip)| address::wide_prefix(ip))
}
