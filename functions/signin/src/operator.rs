//! The operator's page: who waits to join, and invitations. For everybody else it does not exist.

use crate::provider::deliver;
use askama::Template;
use domain::{datetime, mail, secret};
use platform::{Context, Response, Result, Signups};
use store::{
    invitation,
    job::Job,
    signup::{self, Request},
};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "operator.html")]
struct Page {
    layout: Layout,
    signups: &'static str,
    requests: Vec<Row>,
    open_invitations: i64,
    invitation: String,
}

struct Row {
    id: String,
    username: String,
    name: String,
    email: String,
    site: String,
    at_iso: String,
    at: String,
}

/// `GET /operator`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    v.operator()?;
    page(&v, String::new()).await
}

/// `POST /operator/invitations`: makes one and shows it, this once.
pub async fn invite(v: Visit<'_>) -> Result<Response> {
    v.operator()?;
    let code = secret::token(&v.cx.random::<32>()?);
    invitation::insert(v.cx, &secret::sha256_hex(code.as_bytes())).await?;
    page(&v, v.cx.config.app_url(&format!("/signup?invite={code}"))).await
}

/// `POST /operator/requests/{id}/approval`
pub async fn approve(v: Visit<'_>) -> Result<Response> {
    v.operator()?;
    let Some(request) = signup::find_request(v.cx, v.param("id")).await? else {
        return web::see_other("/operator");
    };
    signup::approve(v.cx, &request.id, &v.cx.id()?, &v.cx.id()?).await?;
    web::announce(v.cx, &request.username).await?;
    v.cx.wake();
    web::see_other("/operator")
}

/// `POST /operator/requests/{id}/refusal`
pub async fn decline(v: Visit<'_>) -> Result<Response> {
    v.operator()?;
    signup::decline(v.cx, v.param("id")).await?;
    v.cx.wake();
    web::see_other("/operator")
}

/// Tells a person what the operator said, and forgets the request.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send_answer(cx: &Context, job: &Job) -> Result<()> {
    let Some(request) = signup::find_request(cx, &job.subject).await? else { return Ok(()) };
    let mail = match request.answer.as_deref() {
        Some("approved") => mail::approved(&request.email, &cx.config.app_url("/signin")),
        Some(_) => mail::declined(&request.email),
        None => return Ok(()),
    };
    deliver(cx, job, &mail).await?;
    signup::delete_answered(cx, &request.id).await
}

async fn page(v: &Visit<'_>, invitation: String) -> Result<Response> {
    let requests = signup::list_open(v.cx).await?;
    web::page(&Page {
        layout: Layout::of(v, "Who may join"),
        signups: match v.cx.config.signups {
            Signups::Open => "open",
            Signups::Approval => "by approval",
            Signups::Invite => "by invitation",
            Signups::Closed => "closed",
        },
        requests: requests.into_iter().map(row).collect(),
        open_invitations: invitation::count_open(v.cx).await?,
        invitation,
    })
}

fn row(request: Request) -> Row {
    Row {
        id: request.id,
        username: request.username,
        name: request.name,
        email: request.email,
        site: request.site.unwrap_or_default(),
        at_iso: datetime::rfc3339(request.created_at),
        at: datetime::human(request.created_at, "en"),
    }
}
