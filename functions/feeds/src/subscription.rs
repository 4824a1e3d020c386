//! Subscriptions: the feeds that one reads.

use crate::address;
use askama::Template;
use domain::datetime;
use http::StatusCode;
use platform::{Response, Result};
use store::post::Author;
use web::{Layout, Visit};

/// `GET /subscriptions`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    page(&v, Typed::Nothing).await
}

/// `POST /subscriptions`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let session = v.session()?;
    let typed = form.get("url");

    let url = match address::parse(typed, &v.cx.config) {
        Ok(url) => url,
        Err(problem) => return page(&v, Typed::Url(typed.to_owned(), problem)).await,
    };
    store::subscription::insert(v.cx, &session.account_id, url.as_str()).await?;
    v.cx.wake();
    web::see_other("/subscriptions")
}

/// `POST /subscriptions/{id}/deletion`
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    store::subscription::delete(v.cx, &v.session()?.account_id, v.param("id")).await?;
    web::see_other("/subscriptions")
}

/// What was typed into which of the page's two forms, and what is wrong with it.
pub enum Typed {
    /// The page was only asked for.
    Nothing,
    /// A feed's address.
    Url(String, String),
    /// Somebody's username.
    Username(String, String),
}

#[derive(Template)]
#[template(path = "subscriptions.html")]
struct Page {
    layout: Layout,
    url: String,
    error_url: Option<String>,
    username: String,
    error_username: Option<String>,
    feeds: Vec<Feed>,
    people: Vec<Person>,
}

struct Feed {
    id: String,
    title: String,
    url: String,
    state: String,
    last_iso: String,
    last: Option<String>,
}

struct Person {
    username: String,
    name: String,
    url: String,
}

/// The page with both lists; with status 422 when something is wrong with what was typed.
pub async fn page(v: &Visit<'_>, typed: Typed) -> Result<Response> {
    let account_id = &v.session()?.account_id;
    let feeds = store::subscription::list(v.cx, account_id).await?;
    let people = store::follow::list(v.cx, account_id).await?;
    let mut page = Page {
        layout: Layout::of(v, "Subscriptions"),
        url: String::new(),
        error_url: None,
        username: String::new(),
        error_username: None,
        feeds: feeds.into_iter().map(|one| feed(v, one)).collect(),
        people: people.into_iter().map(|one| person(v, one)).collect(),
    };
    match typed {
        Typed::Nothing => return web::page(&page),
        Typed::Url(url, problem) => (page.url, page.error_url) = (url, Some(problem)),
        Typed::Username(username, problem) => {
            (page.username, page.error_username) = (username, Some(problem));
        }
    }
    web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn feed(v: &Visit<'_>, subscription: store::subscription::Subscription) -> Feed {
    let waiting = "Its entries arrive in a moment";
    let state = if subscription.checked_at.is_some() { "Checked every hour" } else { waiting };
    Feed {
        state: subscription.problem.unwrap_or_else(|| state.to_owned()),
        title: subscription.title.unwrap_or_else(|| subscription.url.clone()),
        id: subscription.id,
        url: subscription.url,
        last_iso: subscription.newest_at.map(datetime::rfc3339).unwrap_or_default(),
        last: subscription.newest_at.map(|at| v.human(at)),
    }
}

fn person(v: &Visit<'_>, one: Author) -> Person {
    let url = v.cx.config.blog_origin(&one.blog_name, one.domain.as_deref());
    Person { url, username: one.blog_name, name: one.name }
}
