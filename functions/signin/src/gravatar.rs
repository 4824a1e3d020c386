//! The job `gravatar-check`: keeps our own copies of the pictures that people have at Gravatar.
//!
//! The jobs make a chain like those of the feeds: each writes the next one down before it does anything
//! else. Whoever signs up or changes a profile writes one too.

use domain::{media::clean_picture, secret};
use http::{Method, StatusCode};
use platform::{Call, Context, Error, Result};
use store::profile::{self, DueGravatar, GRAVATAR_CHECK};
use url::Url;

const LOOK_AGAIN_SECONDS: i64 = 300;
const DUE_MAX: i64 = 10;
/// Longer than all of one run can take.
const LEASE_SECONDS: i64 = 15 * 60;
const TIMEOUT_MS: u32 = 5_000;
const DAY: i64 = 86_400;
/// How long a copy is believed.
const LIFE_SECONDS: i64 = 7 * DAY;
const HASH_CHARS: usize = 32;

/// Fetches the pictures that are due; what goes wrong with one stops no other.
///
/// # Errors
/// Only when the database does not answer; the leases end by themselves then.
pub async fn run(cx: &Context) -> Result<()> {
    if !cx.config.gravatar {
        return Ok(());
    }
    profile::look_again(cx, GRAVATAR_CHECK, LOOK_AGAIN_SECONDS).await?;
    for due in profile::lease_gravatars(cx, DUE_MAX, LEASE_SECONDS).await? {
        let tomorrow = cx.seconds().saturating_add(DAY);
        if let Err(error) = check(cx, &due).await {
            cx.log(&format!("gravatar of {}: {error}", due.account_id));
            profile::put_gravatar_off(cx, &due.account_id, tomorrow).await?;
        }
    }
    Ok(())
}

async fn check(cx: &Context, due: &DueGravatar) -> Result<()> {
    let next_at = cx.seconds().saturating_add(LIFE_SECONDS);
    let mut call = Call::new(Method::GET, address(&due.email)?);
    call.timeout_ms = TIMEOUT_MS;
    let (_, answer) = cx.http.send(call).await?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => {
            return profile::set_gravatar(cx, due, None, next_at).await.map(|_| ());
        }
        status => return Err(Error::Outgoing(format!("status {status}").into())),
    }
    let picture =
        clean_picture(answer.into_body()).map_err(|words| Error::Outgoing(words.into()))?;
    let hash: String = secret::sha256_hex(&picture.bytes).chars().take(HASH_CHARS).collect();
    // The name ends with what the bytes are, so that the same picture keeps its address.
    if due.key.as_ref().is_some_and(|key| key.contains(&hash)) {
        return profile::put_gravatar_off(cx, &due.account_id, next_at).await;
    }
    let name = format!("{}{hash}", secret::hex(&cx.random::<8>()?));
    let key = picture.kind.key(&due.blog_id, &name);
    cx.blobs.put(&key, picture.kind.media_type(), picture.bytes.into()).await?;
    if !profile::set_gravatar(cx, due, Some(&key), next_at).await? {
        cx.blobs.delete(&key).await?;
    }
    Ok(())
}

/// Gravatar's own rule: SHA-256 of the address, trimmed, in lower case; 404 where there is no picture.
fn address(email: &str) -> Result<Url> {
    let hash = secret::sha256_hex(email.trim().to_lowercase().as_bytes());
    let address = format!("https://gravatar.com/avatar/{hash}?s=400&d=404");
    Url::parse(&address).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Gravatar's own documentation.
    #[test]
    fn the_address_is_the_hash_of_the_mail_address() {
        let hash = "84059b07d4be67b806386c0aad8070a23f18836bbaae342275dc0a83414c32ee";
        let expected = format!("https://gravatar.com/avatar/{hash}?s=400&d=404");
        assert_eq!(address(" MyEmailAddress@example.com ").unwrap().as_str(), expected);
    }
}
