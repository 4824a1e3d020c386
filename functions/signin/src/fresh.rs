//! Proving afresh who one is, before what could not be taken back.

use crate::challenge::{self, Wish};
use askama::Template;
use domain::return_path;
use platform::{Response, Result};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "proof.html")]
struct Page {
    layout: Layout,
    email: String,
    next: String,
}

/// `GET /settings/proof`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let email = v.session()?.email.clone();
    let next = return_path::checked(&v.query("next"), &v.cx.config.app_origin);
    web::page(&Page { layout: Layout::of(&v, "Is it you?"), email, next })
}

/// `POST /settings/proof`: signing in again is the proof, and the session begins anew with it.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let next = return_path::checked(form.get("next"), &v.cx.config.app_origin);
    let email = v.session()?.email.clone();
    challenge::ask(&v, Wish { typed_email: email.clone(), email, next, signup: None }).await
}
