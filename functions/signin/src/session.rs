//! Sessions: signing out, and the list of one's own.

use askama::Template;
use domain::{datetime, device};
use platform::{Response, Result};
use store::{
    session::{self, Listed},
    signin::{self, SignIn},
};
use web::{Layout, Visit, cookies};

#[derive(Template)]
#[template(path = "sessions.html")]
struct Page {
    layout: Layout,
    sessions: Vec<Row>,
    signins: Vec<Past>,
}

struct Row {
    handle: String,
    device: String,
    ip: String,
    created_iso: String,
    created: String,
    used_iso: String,
    used: String,
    is_current: bool,
}

struct Past {
    at_iso: String,
    at: String,
    device: String,
    ip: String,
    is_new_browser: bool,
}

/// `GET /settings/sessions`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let current = v.session()?;
    let mut sessions = session::list(v.cx, &current.account_id).await?;
    // The one that people look for first.
    sessions.sort_by_key(|listed| listed.handle != current.handle);
    let signins = signin::list(v.cx, &current.account_id).await?;
    web::page(&Page {
        layout: Layout::of(&v, "Sessions"),
        sessions: sessions.into_iter().map(|listed| row(&v, listed, &current.handle)).collect(),
        signins: signins.into_iter().map(|signin| past(&v, signin)).collect(),
    })
}

fn row(v: &Visit<'_>, listed: Listed, current: &str) -> Row {
    Row {
        device: device::name(&listed.user_agent),
        ip: listed.ip.unwrap_or_default(),
        created_iso: datetime::rfc3339(listed.created_at),
        created: v.human(listed.created_at),
        used_iso: datetime::rfc3339(listed.used_at),
        used: v.human(listed.used_at),
        is_current: listed.handle == current,
        handle: listed.handle,
    }
}

fn past(v: &Visit<'_>, signin: SignIn) -> Past {
    Past {
        at_iso: datetime::rfc3339(signin.at),
        at: v.human(signin.at),
        device: device::name(&signin.user_agent),
        ip: signin.ip.unwrap_or_default(),
        is_new_browser: signin.is_new_browser,
    }
}

/// `POST /settings/sessions/{handle}/deletion`: ends one, wherever it is, on its next request.
pub async fn delete_one(v: Visit<'_>) -> Result<Response> {
    let current = v.session()?;
    session::delete_by_handle(v.cx, &current.account_id, v.param("handle")).await?;
    web::see_other("/settings/sessions")
}

/// `POST /settings/sessions/others/deletion`: ends all but this one.
pub async fn delete_others(v: Visit<'_>) -> Result<Response> {
    let current = v.session()?;
    session::delete_others(v.cx, &current.account_id, &current.id).await?;
    web::see_other("/settings/sessions")
}

/// `POST /signout`: ends the session at once, everywhere. Without one it is fine too.
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    if let Some(session) = &v.session {
        session::delete(v.cx, &session.id).await?;
    }
    let mut response = web::see_other("/")?;
    cookies::clear(&mut response, cookies::SESSION)?;
    Ok(response)
}
