//! Cookies of the app's host (RFC 6265bis): always `__Host-`, `Secure`, `HttpOnly` and `SameSite=Lax`.

use domain::{secret, session::IDLE_SECONDS};
use http::{HeaderValue, header};
use platform::{Context, Error, Request, Response, Result};
use store::session::{self, Session};

/// A signed-in browser.
pub const SESSION: &str = "__Host-pipit_session";
/// The browser that asked for a sign-in, for 15 minutes.
pub const PRE: &str = "__Host-pipit_pre";

const HOUR: i64 = 3600;

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

/// The session of a request's cookie. Read from the database each time, so that ending one takes
/// effect at once.
pub(crate) async fn session(cx: &Context, req: &Request) -> Result<Option<Session>> {
    let Some(value) = value(req, SESSION) else { return Ok(None) };
    let session = session::find(cx, &secret::sha256_hex(value.as_bytes())).await?;
    if let Some(session) = &session
        && cx.seconds().saturating_sub(session.used_at) > HOUR
    {
        session::touch(cx, &session.id, IDLE_SECONDS).await?;
    }
    Ok(session)
}
