//! Tokens that a person makes for their apps: listed, made, shown once, revoked.

use askama::Template;
use domain::{datetime, scope, secret};
use http::StatusCode;
use platform::{Response, Result};
use store::token::{self, Listed, NewToken};
use web::{Form, Layout, Visit};

const NAME_CHARS_MAX: usize = 60;
const DAY: i64 = 86_400;
/// After so many days a token may end, beside never.
const DAYS: [i64; 3] = [30, 90, 365];

#[derive(Template)]
#[template(path = "tokens.html")]
struct Page {
    layout: Layout,
    tokens: Vec<Row>,
    choices: Vec<Choice>,
    name: String,
    error_name: Option<String>,
    error_scopes: Option<String>,
    made: Option<Made>,
}

struct Row {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    blog: String,
    created: Time,
    used: Option<Time>,
    ends: Option<Time>,
}

struct Time {
    iso: String,
    words: String,
}

struct Choice {
    name: &'static str,
    words: &'static str,
    is_chosen: bool,
}

struct Made {
    name: String,
    token: String,
}

/// `GET /settings/tokens`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    web::page(&page(&v, &[]).await?)
}

/// `POST /settings/tokens`: the page that answers is the only place where the token ever stands.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form_of_blog().await?;
    let scopes = scope::known(form.all("scope"));
    let name = form.get("name").to_owned();
    let chosen: Vec<&str> = scopes.iter().map(|scope| scope.name).collect();
    let is_named = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if !is_named || scopes.is_empty() {
        let mut page = page(&v, &chosen).await?;
        page.error_name = (!is_named).then(|| "Write a name of up to 60 characters.".to_owned());
        page.error_scopes = scopes.is_empty().then(|| "Choose what it may do.".to_owned());
        page.name = name;
        return web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let token = secret::token(&v.cx.random::<32>()?);
    let new = NewToken {
        id: &v.cx.id()?,
        account_id: &v.session()?.account_id,
        token_hash: &secret::sha256_hex(token.as_bytes()),
        name: &name,
        blog_name: &v.session()?.blog_name,
        scopes: &scope::join(&scopes),
        expires_at: expires_at(&v, &form),
    };
    token::insert(v.cx, &new).await?;
    let mut page = page(&v, &[]).await?;
    page.made = Some(Made { name, token });
    web::page(&page)
}

fn expires_at(v: &Visit<'_>, form: &Form) -> Option<i64> {
    let days: i64 = form.get("days").parse().ok()?;
    DAYS.contains(&days).then(|| v.cx.seconds().saturating_add(days.saturating_mul(DAY)))
}

/// `POST /settings/tokens/{id}/deletion`: the app's next request is refused.
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    token::delete(v.cx, &v.session()?.account_id, v.param("id")).await?;
    web::see_other("/settings/tokens")
}

async fn page(v: &Visit<'_>, chosen: &[&str]) -> Result<Page> {
    let session = v.session()?;
    let tokens = token::list(v.cx, &session.account_id).await?;
    let choice = |scope: scope::Scope| Choice {
        name: scope.name,
        words: scope.words,
        is_chosen: chosen.contains(&scope.name),
    };
    Ok(Page {
        layout: Layout::of(v, "Tokens"),
        tokens: tokens.into_iter().map(|listed| row(v, listed, &session.username)).collect(),
        choices: scope::offered().into_iter().map(choice).collect(),
        name: String::new(),
        error_name: None,
        error_scopes: None,
        made: None,
    })
}

/// `first` is the name of the first blog.
fn row(v: &Visit<'_>, listed: Listed, first: &str) -> Row {
    let time = |at| Time { iso: datetime::rfc3339(at), words: v.human(at) };
    Row {
        scopes: scope::known([listed.scopes.as_str()]).iter().map(|scope| scope.words).collect(),
        created: time(listed.created_at),
        used: listed.used_at.map(time),
        ends: listed.expires_at.map(time),
        blog: listed.blog_name.unwrap_or_else(|| first.to_owned()),
        id: listed.id,
        name: listed.name,
    }
}
