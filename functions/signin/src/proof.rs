//! Proving an address, by the link of the mail in the browser that asked, or by its code anywhere.
//! A GET proves nothing: mail scanners open links, and some press buttons.

use crate::joining;
use crate::{PROVE, begin::Entry, challenge::waiting};
use askama::Template;
use domain::{challenge as rules, secret, session as life};
use http::{HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};
use store::challenge::{self, Of, Proof};
use web::{Form, Layout, Per, Visit, cookies};

#[derive(Template)]
#[template(path = "link.html")]
struct Page {
    layout: Layout,
    foreign: bool,
    token: String,
    /// Whose session in this browser would end.
    ends: Option<String>,
    error: Option<String>,
}

/// What a form proved.
enum Proven {
    /// This challenge for this address, with at most so many attempts spent on it.
    Challenge { id: String, email: String, attempts_max: i64 },
    /// The form again, with this answer.
    Not(Response),
}

/// `GET /signin/link`: where the mail's link leads. Its token stands behind the `#`, where no server sees it.
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let foreign = cookies::value(&v.req, cookies::PRE).is_none();
    link_page(&v, StatusCode::OK, foreign, "", None, None)
}

/// `POST /signin/verify`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let (token, code) = (form.get("token").to_owned(), form.get("code").to_owned());
    let proven = match (token.as_str(), code.as_str()) {
        ("", "") => return Err(Error::invalid("Type the code of the mail.")),
        ("", code) => by_code(&v, code, &form).await?,
        (token, "") => by_link(&v, token).await?,
        (token, code) => by_link_and_code(&v, token, code).await?,
    };
    match proven {
        Proven::Challenge { id, email, attempts_max } => match would_end(&v, &email) {
            Some(ends) if form.get("ends") != ends => ask_first(&v, &token, &email, &form, ends),
            _ => go_on(&v, &id, attempts_max, &form).await,
        },
        Proven::Not(response) => Ok(response),
    }
}

/// Signs in, unless a sign-up still lacks something.
async fn go_on(v: &Visit<'_>, id: &str, attempts_max: i64, form: &Form) -> Result<Response> {
    if let Some(response) = joining::before(v, id, attempts_max, form).await? {
        return Ok(response);
    }
    match sign_in(v, id, attempts_max).await {
        Err(Error::Conflict) => joining::taken(v, form),
        other => other,
    }
}

/// Whose session in this browser would end: another account's, and never without a question. Else somebody
/// could sign a person in to an account that is not theirs, and read what they write there.
pub fn would_end(v: &Visit<'_>, email: &str) -> Option<String> {
    v.session.as_ref().filter(|session| session.email != email).map(|s| s.username.clone())
}

/// The page again, which now says whose session would end and wants the code with that in view.
fn ask_first(
    v: &Visit<'_>,
    token: &str,
    email: &str,
    form: &Form,
    ends: String,
) -> Result<Response> {
    if token.is_empty() {
        let page = crate::challenge::Waiting {
            ends: Some(ends),
            ..waiting(v, email, form.get("next"), None)
        };
        return web::page_with_status(StatusCode::FORBIDDEN, &page);
    }
    link_page(v, StatusCode::FORBIDDEN, !is_asking(v), token, Some(ends), None)
}

fn is_asking(v: &Visit<'_>) -> bool {
    cookies::value(&v.req, cookies::PRE).is_some()
}

/// The link alone is enough only in the browser that asked for it.
async fn by_link(v: &Visit<'_>, token: &str) -> Result<Proven> {
    let linked =
        challenge::find_by_token(v.cx, &rules::token_hash(token)).await?.ok_or_else(over)?;
    let ends = would_end(v, &linked.email);
    let is_ours = is_asking_browser(v, &linked.browser_hash);
    if is_ours && ends.is_none() {
        return Ok(Proven::Challenge {
            id: linked.id,
            email: linked.email,
            attempts_max: rules::ATTEMPTS_MAX.saturating_sub(1),
        });
    }
    Ok(Proven::Not(link_page(v, StatusCode::FORBIDDEN, !is_ours, token, ends, None)?))
}

/// The code alone belongs to the browser that asked.
async fn by_code(v: &Visit<'_>, code: &str, form: &Form) -> Result<Proven> {
    let browser = cookies::value(&v.req, cookies::PRE).ok_or_else(over)?;
    let hash = secret::sha256_hex(browser.as_bytes());
    match right_code(v, Of::Browser(&hash), code).await? {
        Some(proven) => Ok(proven),
        None => {
            let error = Some("That is not the code. Look again, and type it once more.");
            let page = waiting(v, "your address", form.get("next"), error);
            let ends = Some(form.get("ends").to_owned()).filter(|ends| !ends.is_empty());
            let page = crate::challenge::Waiting { ends, ..page };
            Ok(Proven::Not(web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)?))
        }
    }
}

/// Link and code together are enough anywhere: who has both has the mail and meant it.
async fn by_link_and_code(v: &Visit<'_>, token: &str, code: &str) -> Result<Proven> {
    match right_code(v, Of::Token(&rules::token_hash(token)), code).await? {
        Some(proven) => Ok(proven),
        None => {
            let error = Some("That is not the code. Look again, and type it once more.");
            let ends = v.session.as_ref().map(|session| session.username.clone());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(Proven::Not(link_page(v, status, true, token, ends, error)?))
        }
    }
}

/// Spends an attempt first and looks at the code afterwards. None: a wrong code that is not the last.
async fn right_code(v: &Visit<'_>, of: Of<'_>, code: &str) -> Result<Option<Proven>> {
    let key = web::app_key(v.cx)?;
    let attempts = challenge::spend_attempt(v.cx, of).await?;
    let Some(first) = attempts.first() else { return Err(over()) };
    for limit in PROVE.iter().filter(|limit| limit.per == Per::Mail) {
        v.take(limit, &first.email).await?;
    }
    let right = attempts.iter().find(|attempt| {
        rules::code_hash(key, &attempt.id, code)
            .is_some_and(|hash| secret::same(hash.as_bytes(), attempt.code_hash.as_bytes()))
    });
    match right {
        Some(attempt) => {
            let (id, email) = (attempt.id.clone(), attempt.email.clone());
            Ok(Some(Proven::Challenge { id, email, attempts_max: rules::ATTEMPTS_MAX }))
        }
        None if attempts.iter().all(|attempt| attempt.attempts >= rules::ATTEMPTS_MAX) => {
            Err(over())
        }
        None => Ok(None),
    }
}

/// Turns the challenge into a session, once; or where there is a second factor, into a half one.
async fn sign_in(v: &Visit<'_>, challenge_id: &str, attempts_max: i64) -> Result<Response> {
    let entry = Entry::of(v)?;
    let proof = Proof {
        challenge_id,
        attempts_max,
        session_id: &entry.session_id(),
        account_id: &v.cx.id()?,
        blog_id: &v.cx.id()?,
        user_agent: &entry.user_agent,
        ip: entry.ip.clone(),
        handle: &entry.handle,
        device_hash: &secret::sha256_hex(entry.device.as_bytes()),
        idle_seconds: life::IDLE_SECONDS,
        absolute_seconds: life::ABSOLUTE_SECONDS,
        half_seconds: life::HALF_SECONDS,
    };
    let proven = challenge::spend(v.cx, &proof).await?.ok_or_else(over)?;
    if proven.is_half {
        // Nothing is open yet, so whatever session the browser has stays as it is.
        let mut response = web::see_other("/signin/factor")?;
        cookies::set(&mut response, cookies::HALF, &entry.value, life::HALF_SECONDS)?;
        return Ok(response);
    }
    web::announce(v.cx, &proven.username).await?;
    if let Some(old) = &v.session {
        store::session::delete(v.cx, &old.id).await?;
    }
    let response = entry.response(&proven.next)?;
    v.cx.wake();
    Ok(response)
}

fn is_asking_browser(v: &Visit<'_>, browser_hash: &str) -> bool {
    cookies::value(&v.req, cookies::PRE).is_some_and(|value| {
        secret::same(secret::sha256_hex(value.as_bytes()).as_bytes(), browser_hash.as_bytes())
    })
}

/// The page of the link: no referrer, nothing from anywhere else.
fn link_page(
    v: &Visit<'_>,
    status: StatusCode,
    foreign: bool,
    token: &str,
    ends: Option<String>,
    error: Option<&str>,
) -> Result<Response> {
    let page = Page {
        layout: Layout::of(v, "Sign in"),
        foreign,
        token: token.to_owned(),
        ends,
        error: error.map(str::to_owned),
    };
    let mut response = web::page_with_status(status, &page)?;
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    Ok(response)
}

/// A proof that proves nothing any more.
pub fn over() -> Error {
    Error::Gone(
        "This sign-in was used already, is older than ten minutes, or was tried too often. Ask for a new mail.".into(),
    )
}
