//! Proving afresh who one is, before what could not be taken back.

use crate::challenge::{self, Wish};
use askama::Template;
use domain::return_path;
use http::StatusCode;
use platform::{Response, Result};
use store::factor;
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "proof.html")]
struct Page {
    layout: Layout,
    email: String,
    next: String,
    has_passkeys: bool,
    has_totp: bool,
    error: Option<&'static str>,
}

/// `GET /settings/proof`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let next = return_path::checked(&v.query("next"), &v.cx.config.app_origin);
    web::page(&page(&v, &next).await?)
}

/// `POST /settings/proof`: signing in again is the proof, and the session begins anew with it. Where there
/// is a second factor it follows the mail, as ever.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let next = return_path::checked(form.get("next"), &v.cx.config.app_origin);
    let email = v.session()?.email.clone();
    challenge::ask(&v, Wish { typed_email: email.clone(), email, next, signup: None }).await
}

/// The page once more, with what was wrong.
pub async fn again(v: &Visit<'_>, next: &str, error: &'static str) -> Result<Response> {
    let page = Page { error: Some(error), ..page(v, next).await? };
    web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn page(v: &Visit<'_>, next: &str) -> Result<Page> {
    let session = v.session()?;
    let factors = factor::find(v.cx, &session.account_id).await?;
    Ok(Page {
        layout: Layout::of(v, "Is it you?"),
        email: session.email.clone(),
        next: next.to_owned(),
        has_passkeys: !factors.passkeys.is_empty(),
        has_totp: factors.totp_since.is_some(),
        error: None,
    })
}
