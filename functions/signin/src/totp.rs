//! Codes of an authenticator app: turning them on, asking for one, turning them off.

use crate::security;
use askama::Template;
use domain::{seal, totp};
use http::StatusCode;
use platform::{Error, Response, Result};
use web::{Layout, Visit};

/// How long the page with the new secret is good.
const SETUP_SECONDS: i64 = 1800;
const SETUP: &str = "totp-setup";
const STORED: &str = "totp";

#[derive(Template)]
#[template(path = "totp.html")]
struct Page {
    layout: Layout,
    secret: String,
    uri: String,
    qr: String,
    qr_size: i32,
    setup: String,
    error: Option<&'static str>,
}

/// `GET /settings/security/totp`: a new secret, which is stored nowhere until a code confirms it; the
/// form carries it, sealed.
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let secret = v.cx.random::<{ totp::SECRET_BYTES }>()?;
    let until = v.cx.seconds().saturating_add(SETUP_SECONDS);
    let setup = [until.to_be_bytes().as_slice(), &secret].concat();
    let setup = sealed(&v, SETUP, &setup)?;
    web::page(&page(&v, &secret, setup, None)?)
}

/// `POST /settings/security/totp`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let session = v.session()?;
    let setup = form.get("setup").to_owned();
    let secret = opened(&v, &setup)?;
    let Some(step) = totp::step(&secret, form.get("code"), v.cx.seconds(), 0) else {
        let error =
            "That is not the code of this moment. Look again, and mind the clock of your device.";
        let page = page(&v, &secret, setup, Some(error))?;
        return web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let stored = sealed(&v, STORED, &secret)?;
    store::totp::insert(v.cx, &session.account_id, &session.id, &stored, step).await?;
    v.cx.wake();
    security::after_adding(&v).await
}

/// `POST /settings/security/totp/deletion`
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    store::totp::delete(v.cx, &session.account_id, &session.id).await?;
    v.cx.wake();
    web::see_other("/settings/security")
}

/// Whether this is the code of the account's app, for the first time; that uses it up.
pub async fn is_right(v: &Visit<'_>, account_id: &str, typed: &str) -> Result<bool> {
    let Some(stored) = store::totp::find(v.cx, account_id).await? else { return Ok(false) };
    let secret = seal::open(web::app_key(v.cx)?, STORED, account_id, &stored.secret)
        .ok_or_else(|| Error::internal("a stored secret does not open; was APP_KEY changed?"))?;
    match totp::step(&secret, typed, v.cx.seconds(), stored.last_step) {
        Some(step) => store::totp::spend_step(v.cx, account_id, step).await,
        None => Ok(false),
    }
}

fn page(v: &Visit<'_>, secret: &[u8], setup: String, error: Option<&'static str>) -> Result<Page> {
    let uri = totp::uri("Pipit", &v.session()?.username, secret);
    let (qr, qr_size) = totp::qr_path(&uri).ok_or_else(|| Error::internal("no QR code"))?;
    let letters = totp::base32(secret).into_bytes();
    let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
    let layout = Layout::of(v, "Authenticator app");
    Ok(Page { layout, secret: groups.join(" "), uri, qr, qr_size, setup, error })
}

fn sealed(v: &Visit<'_>, purpose: &str, secret: &[u8]) -> Result<String> {
    let nonce = v.cx.random::<24>()?;
    seal::seal(web::app_key(v.cx)?, purpose, &v.session()?.account_id, &nonce, secret)
        .ok_or_else(|| Error::internal("a secret cannot be sealed"))
}

/// The secret of a form of ours, if it is this person's and not too old.
fn opened(v: &Visit<'_>, setup: &str) -> Result<Vec<u8>> {
    let opened = seal::open(web::app_key(v.cx)?, SETUP, &v.session()?.account_id, setup);
    let opened = opened.unwrap_or_default();
    let secret = opened
        .split_first_chunk::<8>()
        .filter(|(until, _)| i64::from_be_bytes(**until) > v.cx.seconds())
        .map(|(_, secret)| secret.to_vec());
    secret.ok_or_else(|| Error::Gone("That page is too old. Begin again.".into()))
}
