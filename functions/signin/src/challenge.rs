//! Asking for a sign-in: a challenge is remembered, a mail carries it, and the answer never tells
//! whether anybody has that address.

use crate::{ASK, account, joining, proof::would_end};
use askama::Template;
use domain::{challenge as rules, email, return_path, secret};
use http::StatusCode;
use platform::{DEV, Error, Response, Result};
use store::{challenge::Challenge, invitation};
use web::{Layout, Visit, cookies};

#[derive(Template)]
#[template(path = "signin.html")]
struct Page {
    layout: Layout,
    email: String,
    next: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "waiting.html")]
pub struct Waiting {
    pub layout: Layout,
    pub email: String,
    pub minutes: i64,
    pub next: String,
    /// Whose session in this browser would end.
    pub ends: Option<String>,
    pub error: Option<String>,
    pub mailbox: Option<String>,
}

/// What somebody asks for.
pub struct Wish {
    /// As it was typed, to be shown again.
    pub typed_email: String,
    /// Canonical.
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    /// What a new account is asked for with.
    pub signup: Option<account::SignUp>,
}

/// `GET /signin`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let next = return_path::checked(&v.query("next"), &v.cx.config.app_origin);
    let layout = Layout::of(&v, "Sign in");
    web::page(&Page { layout, email: String::new(), next, error: None })
}

/// `POST /signin`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let typed = form.get("email").to_owned();
    let next = return_path::checked(form.get("next"), &v.cx.config.app_origin);
    let Some(email) = email::canonical(&typed) else {
        let error = Some("That does not look like an e-mail address.".to_owned());
        let page = Page { layout: Layout::of(&v, "Sign in"), email: typed, next, error };
        return web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    ask(&v, Wish { typed_email: typed, email, next, signup: None }).await
}

/// Remembers the challenge with its mail, and answers 202 with the page that takes the code.
pub async fn ask(v: &Visit<'_>, wish: Wish) -> Result<Response> {
    if v.cx.config.mail.is_none() {
        return Err(Error::Unavailable("no mail provider is configured".to_owned()));
    }
    let browser = browser(v)?;
    if v.may_mail(ASK, &wish.email).await? {
        let challenge = challenge(v, &browser, &wish)?;
        if let Some(code) = wish.signup.as_ref().and_then(|signup| signup.invite.as_deref()) {
            let hash = secret::sha256_hex(code.as_bytes());
            if !invitation::hold(v.cx, &hash, &challenge.id, challenge.expires_at).await? {
                return Err(Error::Forbidden(joining::NO_INVITATION.into()));
            }
        }
        store::challenge::insert(v.cx, &challenge).await?;
        v.cx.wake();
    }
    let page = waiting(v, &wish.typed_email, &wish.next, None);
    let page = Waiting { ends: would_end(v, &wish.email), ..page };
    let mut response = web::page_with_status(StatusCode::ACCEPTED, &page)?;
    cookies::set(&mut response, cookies::PRE, &browser, rules::PRE_TTL_SECONDS)?;
    Ok(response)
}

/// `GET /signin/state`: what has become of the sign-in that this browser waits for. Proving it, in whatever
/// tab, takes the asking browser's cookie away and leaves a session; so nothing needs to be looked up.
pub async fn state(v: Visit<'_>) -> Result<Response> {
    let waits = cookies::value(&v.req, cookies::PRE).is_some();
    let state = match (waits, &v.session) {
        (true, _) => "waiting",
        (false, Some(_)) => "in",
        (false, None) => "over",
    };
    let body = format!("{{\"state\":\"{state}\"}}");
    Ok(web::text(StatusCode::OK, "application/json", body))
}

/// The page that takes the code. It goes on to `next` by itself when the link was used in another tab.
pub fn waiting(v: &Visit<'_>, email: &str, next: &str, error: Option<&str>) -> Waiting {
    Waiting {
        layout: Layout::of(v, "Look into your mail"),
        email: email.to_owned(),
        next: return_path::checked(next, &v.cx.config.app_origin),
        ends: None,
        minutes: rules::TTL_SECONDS.checked_div(60).unwrap_or_default(),
        error: error.map(str::to_owned),
        mailbox: DEV
            .then(|| v.cx.config.mail.as_ref().map(|mail| mail.api_base.to_string()))
            .flatten(),
    }
}

/// The value of the asking browser's cookie. One that is there is kept, so that the links of two
/// mails both belong to this browser.
pub fn browser(v: &Visit<'_>) -> Result<String> {
    match cookies::value(&v.req, cookies::PRE).filter(|value| secret::is_token(value)) {
        Some(value) => Ok(value.to_owned()),
        None => Ok(secret::token(&v.cx.random::<32>()?)),
    }
}

fn challenge(v: &Visit<'_>, browser: &str, wish: &Wish) -> Result<Challenge> {
    let key = web::app_key(v.cx)?;
    let id = secret::hex(&v.cx.random::<16>()?);
    let secrets = rules::secrets(key, &id);
    let code_hash = rules::code_hash(key, &id, &secrets.code)
        .ok_or_else(|| Error::internal("a code of ours is none"))?;
    let mut challenge = Challenge {
        kind: "signin".to_owned(),
        email: wish.email.clone(),
        username: None,
        name: None,
        site: None,
        browser_hash: secret::sha256_hex(browser.as_bytes()),
        token_hash: rules::token_hash(&secrets.token),
        code_hash,
        next: wish.next.clone(),
        expires_at: v.cx.seconds().saturating_add(rules::TTL_SECONDS),
        id,
    };
    if let Some(signup) = wish.signup.clone() {
        account::fill(&mut challenge, signup);
    }
    Ok(challenge)
}
