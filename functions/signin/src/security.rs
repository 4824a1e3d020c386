//! The page of the second factor, and the recovery codes.

use askama::Template;
use domain::recovery;
use platform::{Response, Result};
use store::factor::{self, Listed};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "security.html")]
struct Page {
    layout: Layout,
    is_fresh: bool,
    any: bool,
    totp_since: Option<String>,
    recovery_codes: i64,
    passkeys: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    created: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct Codes {
    layout: Layout,
    codes: Vec<String>,
}

/// `GET /settings/security`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let factors = factor::find(v.cx, &v.session()?.account_id).await?;
    web::page(&Page {
        layout: Layout::of(&v, "Security"),
        is_fresh: v.is_proven_afresh(),
        any: factors.any(),
        totp_since: factors.totp_since.map(|at| v.human(at)),
        recovery_codes: factors.recovery_codes,
        passkeys: factors.passkeys.into_iter().map(|listed| row(&v, listed)).collect(),
    })
}

fn row(v: &Visit<'_>, listed: Listed) -> Row {
    Row {
        created: v.human(listed.created_at),
        used: listed.used_at.map(|at| v.human(at)),
        id: listed.id,
        name: listed.name,
    }
}

/// `POST /settings/security/recovery-codes`: ten new ones, shown this once; the ones before are over.
pub async fn create_codes(v: Visit<'_>) -> Result<Response> {
    if !factor::is_required(v.cx, &v.session()?.account_id).await? {
        return web::see_other("/settings/security");
    }
    new_codes(&v).await
}

/// Where one goes after adding a factor: to recovery codes, if there are none, else to the page.
pub async fn after_adding(v: &Visit<'_>) -> Result<Response> {
    let factors = factor::find(v.cx, &v.session()?.account_id).await?;
    if factors.recovery_codes == 0 {
        return new_codes(v).await;
    }
    web::see_other("/settings/security")
}

async fn new_codes(v: &Visit<'_>) -> Result<Response> {
    let key = web::app_key(v.cx)?;
    let account_id = &v.session()?.account_id;
    let mut codes = Vec::with_capacity(recovery::CODES);
    for _ in 0..recovery::CODES {
        codes.push(recovery::text(&v.cx.random::<{ recovery::CODE_BYTES }>()?));
    }
    let hashes: Vec<String> =
        codes.iter().filter_map(|code| recovery::hash(key, account_id, code)).collect();
    store::totp::replace_recovery_codes(v.cx, account_id, &hashes).await?;
    web::page(&Codes { layout: Layout::of(v, "Recovery codes"), codes })
}
