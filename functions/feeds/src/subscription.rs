//! Subscriptions: the feeds that one reads.

use crate::{address, discover::Offer, follow, moving, schedule};
use askama::Template;
use domain::datetime;
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use store::{
    post::Author,
    subscription::{Subscription, Wanted},
};
use url::Url;
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
    let problem = match address::wanted(typed, &v.cx.config) {
        Ok(address::Wanted::Person(username)) => follow::person(&v, &username).await?.err(),
        Ok(address::Wanted::Feed(url)) => match person_at(v.cx, &url).await? {
            Some(host) => follow::person(&v, host).await?.err(),
            None if store::subscription::count(v.cx, &session.account_id).await? >= FEEDS_MAX => {
                Some(FULL)
            }
            None => {
                store::subscription::insert(v.cx, &session.account_id, &wanted(&url)).await?;
                v.cx.wake();
                None
            }
        },
        Err(problem) => return page(&v, Typed::Url(typed.to_owned(), problem)).await,
    };
    match problem {
        None => web::see_other("/subscriptions"),
        Some(problem) => page(&v, Typed::Url(typed.to_owned(), problem.to_owned())).await,
    }
}

/// The host of an address where a blog of somebody here lives, by which they are followed: we do not call
/// ourselves.
pub async fn person_at<'a>(cx: &Context, url: &'a Url) -> Result<Option<&'a str>> {
    let host = url.host_str().unwrap_or_default();
    Ok(store::blog::find(cx, host).await?.map(|_| host))
}

/// So many feeds may one person read.
pub const FEEDS_MAX: i64 = 1_000;
/// The sentence for more of them.
pub const FULL: &str = "You read 1,000 feeds, and more there may not be. Remove one first.";

/// A feed at an address that may be subscribed to.
pub fn wanted(url: &Url) -> Wanted {
    Wanted { url: url.to_string(), host: moving::host(url), ..Wanted::default() }
}

/// `POST /subscriptions/{id}/refresh`
pub async fn refresh(v: Visit<'_>) -> Result<Response> {
    let account_id = &v.session()?.account_id;
    store::subscription::refresh(v.cx, account_id, v.param("id"), schedule::GAP_MIN).await?;
    v.cx.wake();
    web::see_other("/subscriptions")
}

/// `POST /subscriptions/{id}/choice`
pub async fn choose(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let account_id = &v.session()?.account_id;
    let offers = store::subscription::offers(v.cx, account_id, v.param("id")).await?;
    let chosen = form.get("url");
    let is_offered = offers.is_some_and(|json| offered(&json).iter().any(|one| one.url == chosen));
    let url = address::parse(chosen, &v.cx.config).ok().filter(|_| is_offered);
    let url = url.ok_or_else(|| Error::invalid("Choose one of the feeds that the site offers."))?;
    store::subscription::insert(v.cx, account_id, &wanted(&url)).await?;
    store::subscription::delete(v.cx, account_id, v.param("id")).await?;
    v.cx.wake();
    web::see_other("/subscriptions")
}

fn offered(json: &str) -> Vec<Offer> {
    serde_json::from_slice(json.as_bytes()).unwrap_or_default()
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
    /// A list of feeds, which shows nothing of what was chosen.
    File(String),
}

#[derive(Template)]
#[template(path = "subscriptions.html")]
struct Page {
    layout: Layout,
    url: String,
    error_url: Option<String>,
    username: String,
    error_username: Option<String>,
    error_file: Option<String>,
    given_up: Vec<(String, String)>,
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
    can_refresh: bool,
    offers: Vec<Offer>,
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
        error_file: None,
        given_up: feeds.iter().filter(|one| is_given_up(one)).map(named).collect(),
        feeds: feeds.into_iter().map(|one| feed(v, one)).collect(),
        people: people.into_iter().map(|one| person(v, one)).collect(),
    };
    match typed {
        Typed::Nothing => return web::page(&page),
        Typed::File(problem) => page.error_file = Some(problem),
        Typed::Url(url, problem) => (page.url, page.error_url) = (url, Some(problem)),
        Typed::Username(username, problem) => {
            (page.username, page.error_username) = (username, Some(problem));
        }
    }
    web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Whether it brings nothing more, and its reader has not been asked to choose another one.
fn is_given_up(subscription: &Subscription) -> bool {
    subscription.stopped_at.is_some() && subscription.offers.is_none()
}

fn named(subscription: &Subscription) -> (String, String) {
    let title = subscription.title.as_ref().unwrap_or(&subscription.url);
    (subscription.id.clone(), title.clone())
}

fn feed(v: &Visit<'_>, subscription: Subscription) -> Feed {
    Feed {
        state: state(v, &subscription),
        can_refresh: subscription.checked_at.is_some() && subscription.offers.is_none(),
        offers: subscription.offers.as_deref().map(offered).unwrap_or_default(),
        title: subscription.title.unwrap_or_else(|| subscription.url.clone()),
        id: subscription.id,
        url: subscription.url,
        last_iso: subscription.newest_at.map(datetime::rfc3339).unwrap_or_default(),
        last: subscription.newest_at.map(|at| v.human(at)),
    }
}

/// What comes within so many seconds comes soon.
const SOON_SECONDS: i64 = 300;

/// What became of the last fetch, and when the next one is.
fn state(v: &Visit<'_>, subscription: &Subscription) -> String {
    let next = subscription.next_check_at;
    let Some(checked_at) = subscription.checked_at else {
        if next <= v.cx.seconds().saturating_add(SOON_SECONDS) {
            return "Its entries arrive in a moment".into();
        }
        let until = v.human(next);
        return format!("Its site wants to be left alone. It is asked at {until}");
    };
    let again = match subscription.stopped_at {
        Some(_) => String::new(),
        None if next <= v.cx.seconds() => ", again in a moment".to_owned(),
        None => format!(", again at {}", v.human(next)),
    };
    let problem = subscription.problem.as_ref().map(|problem| format!("{problem} "));
    let moved = subscription.moved_to.as_ref().map(|to| {
        format!(". It says that it has moved to {to}, which we note when it has said so for a day")
    });
    let (problem, moved) = (problem.unwrap_or_default(), moved.unwrap_or_default());
    format!("{problem}Last asked at {}{again}{moved}", v.human(checked_at))
}

/// Where somebody's blog is.
pub fn origin(v: &Visit<'_>, one: &Author) -> String {
    v.cx.config.blog_origin(&one.blog_name, one.domain.as_deref())
}

fn person(v: &Visit<'_>, one: Author) -> Person {
    let url = origin(v, &one);
    Person { url, username: one.blog_name, name: one.name }
}
