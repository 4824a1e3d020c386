//! Letting a person in who has shown all that the account asks for.

use domain::{secret, session as life};
use platform::{Response, Result};
use store::session::{self, New};
use web::{Visit, cookies};

const USER_AGENT_CHARS_MAX: usize = 200;
const DEVICE_SECONDS: i64 = 365 * 86_400;

/// What a new session is made of, whichever way it begins.
pub struct Entry {
    /// The value of its cookie.
    pub value: String,
    /// The browser's own long-lived value: the one it has, or a new one.
    pub device: String,
    /// What names the session on pages.
    pub handle: String,
    /// The browser's own name, cut.
    pub user_agent: String,
    /// Where the request came from.
    pub ip: Option<String>,
}

impl Entry {
    /// A new one for this visit.
    pub fn of(v: &Visit<'_>) -> Result<Self> {
        let device = match cookies::value(&v.req, cookies::DEVICE).filter(|d| secret::is_token(d)) {
            Some(value) => value.to_owned(),
            None => secret::token(&v.cx.random::<32>()?),
        };
        Ok(Self {
            value: secret::token(&v.cx.random::<32>()?),
            device,
            handle: secret::hex(&v.cx.random::<16>()?),
            user_agent: v.header("user-agent").chars().take(USER_AGENT_CHARS_MAX).collect(),
            ip: v.client.map(|client| client.0.to_string()),
        })
    }

    /// SHA-256 of the cookie's value.
    pub fn session_id(&self) -> String {
        secret::sha256_hex(self.value.as_bytes())
    }

    /// The way to the page that was wanted, with the session's cookie.
    pub fn response(&self, next: &str) -> Result<Response> {
        let mut response = web::see_other(next)?;
        cookies::set(&mut response, cookies::SESSION, &self.value, life::ABSOLUTE_SECONDS)?;
        cookies::set(&mut response, cookies::DEVICE, &self.device, DEVICE_SECONDS)?;
        cookies::clear(&mut response, cookies::PRE)?;
        Ok(response)
    }
}

/// The id of the half session that this browser holds, if any.
pub fn half_id(v: &Visit<'_>) -> Option<String> {
    cookies::value(&v.req, cookies::HALF).map(|value| secret::sha256_hex(value.as_bytes()))
}

/// Begins the session of someone who has shown the second factor, or a passkey that is enough alone.
pub async fn sign_in(v: &Visit<'_>, account_id: &str, next: &str) -> Result<Response> {
    let entry = Entry::of(v)?;
    let half_id = half_id(v);
    let new = New {
        id: &entry.session_id(),
        account_id,
        handle: &entry.handle,
        user_agent: &entry.user_agent,
        ip: entry.ip.clone(),
        device_hash: &secret::sha256_hex(entry.device.as_bytes()),
        idle_seconds: life::IDLE_SECONDS,
        absolute_seconds: life::ABSOLUTE_SECONDS,
        half_id: half_id.as_deref(),
        old_id: v.session.as_ref().map(|session| session.id.as_str()),
    };
    session::insert(v.cx, &new).await?;
    let mut response = entry.response(next)?;
    cookies::clear(&mut response, cookies::HALF)?;
    v.cx.wake();
    Ok(response)
}

/// Remembers that the signed-in person proved afresh who they are; the session's id changes with it.
pub async fn prove(v: &Visit<'_>, next: &str) -> Result<Response> {
    const GRACE_SECONDS: i64 = 60;
    let value = secret::token(&v.cx.random::<32>()?);
    let new_id = secret::sha256_hex(value.as_bytes());
    let mut response = web::see_other(next)?;
    if session::prove(v.cx, &v.session()?.id, &new_id, GRACE_SECONDS).await? {
        cookies::set(&mut response, cookies::SESSION, &value, life::ABSOLUTE_SECONDS)?;
    }
    Ok(response)
}
