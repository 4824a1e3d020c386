//! Cookies of the app's host (RFC 6265bis): always `__Host-`, `Secure`, `HttpOnly` and `SameSite=Lax`.

use domain::{
    secret,
    session::{ABSOLUTE_SECONDS, IDLE_SECONDS},
};
use http::{HeaderValue, header};
use platform::{Context, Error, Request, Response, Result};
use store::session::{self, Session};

/// A signed-in browser.
pub const SESSION: &str = "__Host-pipit_session";
/// The browser that asked for a sign-in, for 15 minutes.
pub const PRE: &str = "__Host-pipit_pre";
/// A browser that has signed in before, for a year: another one is worth a note to its person.
pub const DEVICE: &str = "__Host-pipit_dev";

/// A sign-in that has proven its address and waits for the second factor, for ten minutes.
pub const HALF: &str = "__Host-pipit_half";

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// How long the value before a change is still good.
const GRACE_SECONDS: i64 = 60;

/// The value of a cookie.
pub fn value<'r>(req: &'r Request, name: &str) -> Option<&'r str> {
    req.headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, value)| (n == name && !value.is_empty()).then_some(value))
}

/// Sets a cookie for so many seconds.
///
/// # Errors
/// [`Error::Internal`] when the value cannot stand in a header.
pub fn set(response: &mut Response, name: &str, value: &str, seconds: i64) -> Result<()> {
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    let line = HeaderValue::from_str(&line).map_err(Error::internal)?;
    response.headers_mut().append(header::SET_COOKIE, line);
    Ok(())
}

/// Removes a cookie.
pub fn clear(response: &mut Response, name: &str) -> Result<()> {
    set(response, name, "", 0)
}

/// The session of a request's cookie, and the cookie's new value where it changed. Read from the
/// database each time, so that ending a session takes effect at once.
pub(crate) async fn session(
    cx: &Context,
    req: &Request,
) -> Result<(Option<Session>, Option<String>)> {
    let Some(value) = value(req, SESSION) else { return Ok((None, None)) };
    let id = secret::sha256_hex(value.as_bytes());
    let Some(mut session) = session::find(cx, &id).await? else { return Ok((None, None)) };
    if cx.seconds().saturating_sub(session.used_at) > HOUR {
        session::touch(cx, &session.id, IDLE_SECONDS).await?;
    }
    let is_due = cx.seconds().saturating_sub(session.rotated_at) > DAY;
    if !is_due || session.id != id {
        return Ok((Some(session), None));
    }
    let new_value = secret::token(&cx.random::<32>()?);
    let new_id = secret::sha256_hex(new_value.as_bytes());
    if !session::rotate(cx, &id, &new_id, GRACE_SECONDS).await? {
        return Ok((Some(session), None));
    }
    session.id = new_id;
    Ok((Some(session), Some(new_value)))
}

/// Hands the browser its session's new value, unless the handler had something to say about that cookie.
pub(crate) fn renew(response: &mut Response, value: &str) {
    let is_said = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .any(|line| line.as_bytes().starts_with(SESSION.as_bytes()));
    if !is_said {
        // Base64url can always stand in a header.
        let _ = set(response, SESSION, value, ABSOLUTE_SECONDS);
    }
}
