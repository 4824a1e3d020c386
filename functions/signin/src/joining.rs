//! What stands between a proven address and a new account: the user name, the operator's switches.

use askama::Template;
use domain::username;
use http::StatusCode;
use platform::{Error, Response, Result, Signups};
use store::{invitation, signup};
use web::{Form, Layout, Visit};

/// The name was taken in the meantime.
#[derive(Template)]
#[template(path = "name.html")]
struct Choose {
    layout: Layout,
    blog_domain: String,
    username: String,
    token: String,
    code: String,
    next: String,
    ends: String,
    error: String,
}

/// The operator has to say yes first.
#[derive(Template)]
#[template(path = "requested.html")]
struct Requested {
    layout: Layout,
}

/// Looks at a proven challenge before it becomes a session. A response means that it does not yet.
///
/// # Errors
/// [`Error::Forbidden`] when nobody new may join, [`Error::Gone`] when the invitation is not theirs any more.
pub async fn before(
    v: &Visit<'_>,
    challenge_id: &str,
    attempts_max: i64,
    form: &Form,
) -> Result<Option<Response>> {
    let Some(mut wanted) = signup::find(v.cx, challenge_id).await? else { return Ok(None) };
    if v.cx.config.signups == Signups::Closed {
        return Err(Error::Forbidden("Sign-ups are closed here at the moment.".into()));
    }
    if !form.get("username").is_empty() {
        let username = match username::parse(form.get("username")) {
            Ok(username) => username,
            Err(words) => return choose(v, form, words).map(Some),
        };
        signup::rename(v.cx, challenge_id, &username).await?;
        wanted.is_taken = store::blog::is_taken(v.cx, &username).await?;
    }
    if wanted.is_taken {
        return choose(v, form, TAKEN).map(Some);
    }
    match v.cx.config.signups {
        Signups::Open | Signups::Closed => Ok(None),
        Signups::Invite if invitation::spend(v.cx, challenge_id).await? => Ok(None),
        Signups::Invite => Err(Error::Gone(NO_INVITATION.into())),
        Signups::Approval => file(v, challenge_id, attempts_max, form).await.map(Some),
    }
}

/// What is said of an invitation that cannot be used.
pub const NO_INVITATION: &str =
    "That invitation does not exist, was used, or somebody is using it just now.";
const TAKEN: &str =
    "Somebody took that name in the meantime. Choose another; you need no new mail.";

async fn file(
    v: &Visit<'_>,
    challenge_id: &str,
    attempts_max: i64,
    form: &Form,
) -> Result<Response> {
    let id = format!("request-{}", v.cx.id()?);
    match signup::file(v.cx, challenge_id, &id, attempts_max).await {
        Ok(true) => web::page_with_status(
            StatusCode::ACCEPTED,
            &Requested { layout: Layout::of(v, "You are on the list") },
        ),
        Ok(false) => Err(crate::proof::over()),
        Err(Error::Conflict) => choose(v, form, TAKEN),
        Err(error) => Err(error),
    }
}

/// The page that asks for another user name, and carries the proof along.
pub fn taken(v: &Visit<'_>, form: &Form) -> Result<Response> {
    choose(v, form, TAKEN)
}

fn choose(v: &Visit<'_>, form: &Form, error: &str) -> Result<Response> {
    let text = |name: &str| form.get(name).to_owned();
    let page = Choose {
        layout: Layout::of(v, "Choose another name"),
        blog_domain: v.cx.config.blog_domain.clone(),
        username: text("username"),
        token: text("token"),
        code: text("code"),
        next: text("next"),
        ends: text("ends"),
        error: error.to_owned(),
    };
    web::page_with_status(StatusCode::CONFLICT, &page)
}
