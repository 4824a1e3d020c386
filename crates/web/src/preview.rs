//! The private address of a post that is not public yet: whoever has it may read the post.

use crate::keys;
use domain::secret;
use platform::{Context, Result};

/// 128 bits in hexadecimal: an address that people send to each other, and that nobody guesses.
const MAC_CHARS: usize = 32;

/// The address of a post's preview, `/preview/<id>-<mac>` at its blog's origin. The path stays the same.
///
/// # Errors
/// [`platform::Error::Unavailable`] when `APP_KEY` is missing.
pub fn preview_url(cx: &Context, origin: &str, post_id: &str) -> Result<String> {
    let mac = mac(cx, post_id)?;
    Ok(format!("{origin}/preview/{post_id}-{mac}"))
}

/// The id of the post that the last part of such an address is for; None when we did not make it.
///
/// # Errors
/// [`platform::Error::Unavailable`] when `APP_KEY` is missing.
pub fn previewed<'a>(cx: &Context, part: &'a str) -> Result<Option<&'a str>> {
    let Some((post_id, given)) = part.split_once('-') else { return Ok(None) };
    let is_ours = secret::same(given.as_bytes(), mac(cx, post_id)?.as_bytes());
    Ok(is_ours.then_some(post_id))
}

fn mac(cx: &Context, post_id: &str) -> Result<String> {
    let key = secret::derive(keys::app_key(cx)?, "preview");
    let mut mac = secret::hmac_hex(&key, post_id.as_bytes());
    mac.truncate(MAC_CHARS);
    Ok(mac)
}
