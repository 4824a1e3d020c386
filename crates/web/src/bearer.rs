//! Tokens of programs (RFC 6750): where they may stand, and what they may do.
//!
//! A route for tokens looks at no cookie, and a route for sessions at no token. A token stands in the
//! `Authorization` header or in the form, never in both, and never in the address, which logs keep.

use crate::{Visit, form};
use domain::{scope, secret};
use http::{Method, header};
use platform::{Context, Error, Result};
use store::token::{self, Live};

const HOUR: i64 = 3600;
const FIELD: &str = "access_token";

/// What a token lets its program do.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The token's id.
    pub token_id: String,
    /// The account that it acts for.
    pub account_id: String,
    /// Its user name.
    pub username: String,
    /// Its display name.
    pub name: String,
    /// Its time zone, a name of the IANA database, once it is known.
    pub timezone: Option<String>,
    /// What the token is called: the app's name.
    pub token_name: String,
    /// The blog that it writes on unless it says: one of the account's.
    pub blog_id: String,
    /// That blog's name.
    pub blog_name: String,
    /// How many blogs the account has.
    pub blog_count: i64,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// The app's address, where the token came by IndieAuth.
    pub client_id: Option<String>,
    /// Words with a space between them.
    pub scopes: String,
}

impl Grant {
    /// Whether the token has this scope.
    pub fn has(&self, scope: &str) -> bool {
        scope::allows(&self.scopes, scope)
    }

    /// Refuses a token that has not this scope.
    ///
    /// # Errors
    /// [`Error::Scope`].
    pub fn need(&self, scope: &'static str) -> Result<()> {
        if self.has(scope) { Ok(()) } else { Err(Error::Scope(scope)) }
    }
}

/// The grant of the request's token, if it has one of the wanted scopes; any token will do where none is wanted.
///
/// # Errors
/// [`Error::SignIn`] without a live token, [`Error::Invalid`] for two, [`Error::Scope`].
pub(crate) async fn grant(visit: &mut Visit<'_>, wanted: &[&'static str]) -> Result<Grant> {
    let in_form = field(visit).await?;
    let token = match (header_token(visit)?, in_form) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid(
                "The token came twice: send it in the header or in the form.",
            ));
        }
        (Some(token), None) | (None, Some(token)) => token,
        (None, None) => return Err(Error::SignIn),
    };
    let grant = of_secret(visit.cx, None, &token).await?.ok_or(Error::SignIn)?;
    match wanted.first() {
        Some(first) if !wanted.iter().any(|scope| grant.has(scope)) => Err(Error::Scope(first)),
        _ => Ok(grant),
    }
}

/// The grant of the request's token, on a route that anyone may call: none where no token came.
///
/// # Errors
/// [`Error::SignIn`] for one that is not live.
pub async fn grant_if_any(visit: &mut Visit<'_>) -> Result<Option<Grant>> {
    match header_token(visit)? {
        None => Ok(None),
        Some(token) => of_secret(visit.cx, None, &token).await?.ok_or(Error::SignIn).map(Some),
    }
}

/// What a user name and a token as its password may do, for protocols that have only those.
pub async fn grant_of_password(
    cx: &Context,
    username: &str,
    password: &str,
) -> Result<Option<Grant>> {
    of_secret(cx, Some(username), password.trim()).await
}

async fn of_secret(cx: &Context, username: Option<&str>, token: &str) -> Result<Option<Grant>> {
    if !secret::is_token(token) {
        return Ok(None);
    }
    let hash = secret::sha256_hex(token.as_bytes());
    let Some(live) = token::find_live(cx, username, &hash).await? else { return Ok(None) };
    if live.used_at.is_none_or(|at| cx.seconds().saturating_sub(at) > HOUR) {
        token::touch(cx, &live.id).await?;
    }
    Ok(Some(of(live)))
}

fn of(live: Live) -> Grant {
    Grant {
        token_id: live.id,
        account_id: live.account_id,
        username: live.username,
        name: live.name,
        timezone: live.timezone,
        token_name: live.token_name,
        blog_id: live.blog_id,
        blog_name: live.blog_name,
        blog_count: live.blog_count,
        domain: live.domain,
        client_id: live.client_id,
        scopes: live.scopes,
    }
}

fn header_token(visit: &Visit<'_>) -> Result<Option<String>> {
    let mut lines = visit.req.headers().get_all(header::AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(Error::invalid("Send one Authorization header."));
    }
    let text = line.to_str().map_err(|_| Error::SignIn)?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    // A scheme that is not ours is no token: somebody else's, on the way to somewhere else.
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    Ok(Some(token.trim().to_owned()))
}

/// Takes the token out of the form, so that no handler ever stores it; the rest stays for the handler.
async fn field(visit: &mut Visit<'_>) -> Result<Option<String>> {
    if *visit.req.method() == Method::GET || !form::is_form(visit.header("content-type")) {
        return Ok(None);
    }
    let mut form = visit.form().await?;
    let tokens = form.take(FIELD);
    visit.form = Some(form);
    if tokens.len() > 1 {
        return Err(Error::invalid("The token came twice."));
    }
    Ok(tokens.into_iter().next())
}
