//! Signing in with apps that ask over HTTP, as Micro.blog's do: a mail, and a token for what it holds.
//!
//! What keeps it safe, since an app has no cookie of ours by right:
//! - the link's token has 256 bits, so it is enough alone, and opening the link gives it to the app and
//!   to nobody else: no server sees it (it stands behind the `#`) and a mail scanner has no such app;
//! - the code has 40 bits, so it counts only together with what the asking app alone was given (the
//!   cookie of the answer, or `asker` in it), five times for each challenge and thirty times a day for
//!   each address. Nobody else can guess at it, and nobody else can use up its attempts;
//! - these challenges stand in a table of their own, so their secrets open no browser's session, and a
//!   browser's link gives no token;
//! - whoever has a second factor gets no token by mail, and makes one in the settings instead.

use crate::{ASK, PROVE};
use askama::Template;
use domain::{app_link, challenge as rules, email, mail as words, scope, secret};
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use store::{
    app_challenge::{self, AppChallenge, Proof},
    job::Job,
    token,
};
use web::{Form, Layout, Per, Visit, cookies};

const WRONG: &str = "That link or code is wrong, too old, or was used. Ask for a new mail.";

#[derive(Template)]
#[template(path = "app_link.html")]
struct Page {
    layout: Layout,
    app_name: String,
    redirect_url: String,
}

/// `POST /account/signin`: the same answer, whether anybody has that address or not.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let fields = v.fields().await?;
    let get = |name: &str| value(&v, &fields, name);
    let Some(email) = email::canonical(&get("email")) else {
        return Ok(refusal("That does not look like an e-mail address."));
    };
    let redirect_url = match get("redirect_url").as_str() {
        "" => String::new(),
        url => match app_link::redirect_url(url, &v.cx.config.app_origin) {
            Some(url) => url,
            None => return Ok(refusal("redirect_url is not the address of an app.")),
        },
    };
    if v.cx.config.mail.is_none() {
        return Err(Error::Unavailable("no mail provider is configured".to_owned()));
    }
    let asker = asker(&v)?;
    if v.may_mail(ASK, &email).await? {
        let app_name = app_link::name(&get("app_name"));
        let challenge = challenge(&v, &asker, email, app_name, redirect_url)?;
        app_challenge::insert(v.cx, &challenge).await?;
        v.cx.wake();
    }
    let sent = serde_json::json!({ "status": "sent", "asker": asker });
    let mut response = web::json(StatusCode::ACCEPTED, &sent);
    cookies::set(&mut response, cookies::PRE, &asker, rules::PRE_TTL_SECONDS)?;
    Ok(response)
}

/// From the form or the JSON, or from the query, where Micro.blog's apps put everything.
fn value(v: &Visit<'_>, fields: &Form, name: &str) -> String {
    match fields.get(name) {
        "" => v.query(name).trim().to_owned(),
        text => text.to_owned(),
    }
}

/// What the asking app alone is given. One that it has is kept, so that the codes of two mails count.
fn asker(v: &Visit<'_>) -> Result<String> {
    match cookies::value(&v.req, cookies::PRE).filter(|value| secret::is_token(value)) {
        Some(value) => Ok(value.to_owned()),
        None => Ok(secret::token(&v.cx.random::<32>()?)),
    }
}

fn challenge(
    v: &Visit<'_>,
    asker: &str,
    email: String,
    app_name: String,
    redirect_url: String,
) -> Result<AppChallenge> {
    let key = web::app_key(v.cx)?;
    let id = secret::hex(&v.cx.random::<16>()?);
    let secrets = rules::secrets(key, &id);
    let code_hash = rules::code_hash(key, &id, &secrets.code)
        .ok_or_else(|| Error::internal("a code of ours is none"))?;
    Ok(AppChallenge {
        email,
        app_name,
        redirect_url,
        asker_hash: secret::sha256_hex(asker.as_bytes()),
        token_hash: rules::token_hash(&secrets.token),
        code_hash,
        expires_at: v.cx.seconds().saturating_add(rules::TTL_SECONDS),
        id,
    })
}

/// `POST /account/verify`: what the mail holds for a token, or a token for what goes with it.
pub async fn verify(mut v: Visit<'_>) -> Result<Response> {
    let fields = v.fields().await?;
    let typed = value(&v, &fields, "token");
    if secret::is_token(&typed) {
        if let Some(id) = app_challenge::find_by_token(v.cx, &rules::token_hash(&typed)).await? {
            return sign_in(&v, &id, rules::ATTEMPTS_MAX.saturating_sub(1)).await;
        }
        return describe(&v, &typed).await;
    }
    let asker = match fields.get("asker") {
        "" => cookies::value(&v.req, cookies::PRE).unwrap_or_default().to_owned(),
        asker => asker.to_owned(),
    };
    match right_code(&v, &asker, &typed).await? {
        Some(id) => sign_in(&v, &id, rules::ATTEMPTS_MAX).await,
        None => Ok(refusal(WRONG)),
    }
}

/// Spends an attempt first and looks at the code afterwards.
async fn right_code(v: &Visit<'_>, asker: &str, code: &str) -> Result<Option<String>> {
    let key = web::app_key(v.cx)?;
    let attempts =
        app_challenge::spend_attempt(v.cx, &secret::sha256_hex(asker.as_bytes())).await?;
    let Some(first) = attempts.first() else { return Ok(None) };
    for limit in PROVE.iter().filter(|limit| limit.per == Per::Mail) {
        v.take(limit, &first.email).await?;
    }
    let right = attempts.into_iter().find(|attempt| {
        rules::code_hash(key, &attempt.id, code)
            .is_some_and(|hash| secret::same(hash.as_bytes(), attempt.code_hash.as_bytes()))
    });
    Ok(right.map(|attempt| attempt.id))
}

async fn sign_in(v: &Visit<'_>, challenge_id: &str, attempts_max: i64) -> Result<Response> {
    let token = secret::token(&v.cx.random::<32>()?);
    let proof = Proof {
        challenge_id,
        attempts_max,
        token_id: &v.cx.id()?,
        token_hash: &secret::sha256_hex(token.as_bytes()),
        scopes: &scope::everything(),
    };
    if app_challenge::spend(v.cx, &proof).await? {
        return describe(v, &token).await;
    }
    // Whoever comes here holds the mail, so this tells them of nobody but themselves.
    Ok(refusal(match app_challenge::wants_second_factor(v.cx, challenge_id).await? {
        true => {
            "This account has a second factor. Make a token on its page of tokens, and give that to the app."
        }
        false => WRONG,
    }))
}

/// The token with what an app shows of its person; never the mail address.
async fn describe(v: &Visit<'_>, token: &str) -> Result<Response> {
    let hash = secret::sha256_hex(token.as_bytes());
    let Some(live) = token::find_live(v.cx, None, &hash).await? else { return Ok(refusal(WRONG)) };
    let origin = v.cx.config.blog_origin(&live.blog_name, live.domain.as_deref());
    let site = origin.split_once("://").map_or("", |(_, host)| host);
    let mut answer = serde_json::json!({
        "token": token,
        "name": live.name,
        "full_name": live.name,
        "is_fullname": !live.name.is_empty(),
        "username": live.username,
        "avatar": v.cx.config.app_url(&format!("/avatars/{}", live.username)),
        "default_site": site,
        "has_site": true,
        "scope": live.scopes,
    });
    if let (Some(at), Some(answer)) = (live.expires_at, answer.as_object_mut()) {
        answer.insert("expires_at".to_owned(), at.into());
    }
    Ok(web::json(StatusCode::OK, &answer))
}

/// Micro.blog's apps look for `error` and show it.
fn refusal(words: &str) -> Response {
    web::json(StatusCode::BAD_REQUEST, &serde_json::json!({ "error": words }))
}

/// `GET /signin/app/{id}`: where the mail's link leads. It opens the app; the token stands behind the `#`.
pub async fn link(v: Visit<'_>) -> Result<Response> {
    let challenge = app_challenge::find_live(v.cx, v.param("id")).await?;
    let challenge = challenge.ok_or_else(|| Error::Gone(WRONG.into()))?;
    let page = Page {
        layout: Layout::of(&v, "Sign in"),
        app_name: challenge.app_name,
        redirect_url: challenge.redirect_url,
    };
    let mut response = web::page(&page)?;
    let none = http::HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(http::header::REFERRER_POLICY, none);
    Ok(response)
}

/// Sends the mail of a challenge that can still be used. Who has the address is looked up here, long
/// after the app was answered.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send(cx: &Context, job: &Job) -> Result<()> {
    let Some(c) = app_challenge::find_live(cx, &job.subject).await? else { return Ok(()) };
    let secrets = rules::secrets(web::app_key(cx)?, &c.id);
    let link = cx.config.app_url(&format!("/signin/app/{}#{}", c.id, secrets.token));
    let link = if c.redirect_url.is_empty() { "" } else { &link };
    let sign_in = words::SignIn { link, code: &secrets.code, app: "Pipit" };
    let mail = match store::account::find_by_email(cx, &c.email).await? {
        Some(_) => words::app_sign_in(&c.email, &c.app_name, &sign_in),
        None => words::unknown(&c.email, &cx.config.app_url("/signup")),
    };
    crate::provider::deliver(cx, job, &mail).await
}
