//! The second factor of a sign-in whose address is proven. Until it is shown there is no session: only
//! these routes and the passkeys' know the half one.

use crate::{FACTOR, begin, passkey, totp};
use askama::Template;
use domain::recovery;
use http::StatusCode;
use platform::{Error, Response, Result};
use store::factor::{self, Factors, Half};
use web::{Layout, Per, Visit};

#[derive(Template)]
#[template(path = "factor.html")]
struct Page {
    layout: Layout,
    has_passkeys: bool,
    has_totp: bool,
    has_recovery_codes: bool,
    error: Option<&'static str>,
    error_recovery: Option<&'static str>,
}

impl Page {
    fn of(v: &Visit<'_>, factors: &Factors) -> Self {
        Self {
            layout: Layout::of(v, "One thing more"),
            has_passkeys: !factors.passkeys.is_empty(),
            has_totp: factors.totp_since.is_some(),
            has_recovery_codes: factors.recovery_codes > 0,
            error: None,
            error_recovery: None,
        }
    }
}

/// `GET /signin/factor`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let Some(half) = half(&v).await? else { return web::see_other("/signin") };
    let factors = factor::find(v.cx, &half.account_id).await?;
    web::page(&Page::of(&v, &factors))
}

/// `POST /signin/factor`: a code of the app, or a recovery code.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let id = begin::half_id(&v).ok_or_else(over)?;
    let half = factor::spend_attempt(v.cx, &id).await?.ok_or_else(over)?;
    take_limits(&v, &half.account_id).await?;
    let recovery_code = form.get("recovery_code");
    let is_right = if recovery_code.is_empty() {
        totp::is_right(&v, &half.account_id, form.get("code")).await?
    } else {
        is_recovery_code(&v, &half.account_id, recovery_code).await?
    };
    if is_right {
        return begin::sign_in(&v, &half.account_id, &half.next).await;
    }
    let factors = factor::find(v.cx, &half.account_id).await?;
    let mut page = Page::of(&v, &factors);
    if recovery_code.is_empty() {
        page.error = Some(
            "That is not the code of this moment, or it was used before. Wait for the next one.",
        );
    } else {
        page.error_recovery =
            Some("That is not one of your recovery codes, or it was used before.");
    }
    web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The half session of this browser, if it has not ended.
pub async fn half(v: &Visit<'_>) -> Result<Option<Half>> {
    match begin::half_id(v) {
        Some(id) => factor::find_half(v.cx, &id).await,
        None => Ok(None),
    }
}

/// Takes what counts by account, on routes that cannot know it before they have looked.
pub async fn take_limits(v: &Visit<'_>, account_id: &str) -> Result<()> {
    for limit in FACTOR.iter().filter(|limit| limit.per == Per::Account) {
        v.take(limit, account_id).await?;
    }
    Ok(())
}

async fn is_recovery_code(v: &Visit<'_>, account_id: &str, typed: &str) -> Result<bool> {
    let Some(hash) = recovery::hash(web::app_key(v.cx)?, account_id, typed) else {
        return Ok(false);
    };
    store::totp::spend_recovery_code(v.cx, account_id, &hash).await
}

/// `POST /settings/proof/totp`: a fresh proof by a code of the app.
pub async fn prove_by_totp(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let next = domain::return_path::checked(form.get("next"), &v.cx.config.app_origin);
    let account_id = v.session()?.account_id.clone();
    if totp::is_right(&v, &account_id, form.get("code")).await? {
        return begin::prove(&v, &next).await;
    }
    let error =
        "That is not the code of this moment, or it was used before. Wait for the next one.";
    crate::fresh::again(&v, &next, error).await
}

/// `POST /settings/proof/passkey`: a fresh proof by a passkey.
pub async fn prove_by_passkey(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let next = domain::return_path::checked(form.get("next"), &v.cx.config.app_origin);
    let account_id = v.session()?.account_id.clone();
    let shown = passkey::shown(&v, &form, passkey::proof_of(&account_id)).await?;
    if shown.account_id != account_id {
        return Err(passkey::refused());
    }
    begin::prove(&v, &next).await
}

fn over() -> Error {
    Error::Gone("This sign-in is older than ten minutes or was tried too often. Start again with a new mail.".into())
}
