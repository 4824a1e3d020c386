//! The timeline: what the people and feeds one follows wrote, newest first; for visitors, what Pipit is.

use crate::item::{self, Shown};
use askama::Template;
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use serde_json::json;
use store::{
    marker::{self, Marker},
    mute, reader,
    timeline::{self, List, Listed, Part, Place},
};
use web::{Layout, Visit};

/// So many items stand on a page.
pub const ITEMS: i64 = 30;
const ID_CHARS: usize = 18;
/// The digits of an id that are its moment in milliseconds.
const MOMENT_CHARS: usize = 13;
/// The channel of the marker of how far the timeline was read.
const CHANNEL: &str = "timeline";

/// `GET /`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let Some(session) = &v.session else {
        let layout = Layout::of(&v, "Pipit");
        return web::page(&Landing { layout, blog_domain: v.cx.config.blog_domain.clone() });
    };
    reader::visit(v.cx, &session.account_id).await?;
    let list = List { owner: &session.account_id, name: "home" };
    let mut page = page(&v, list, "Pipit", "/").await?;
    page.read_to = marker::timeline(v.cx, &session.account_id).await?;
    web::page(&page)
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    layout: Layout,
    blog_domain: String,
}

/// A page of a list.
#[derive(Template)]
#[template(path = "timeline.html")]
pub struct Page {
    /// The frame.
    pub layout: Layout,
    /// What the list is.
    pub list: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What stands on it.
    pub items: Vec<Shown>,
    /// The id before which older ones stand, where there are any.
    pub older: Option<String>,
    /// The id behind which newer ones stand, on all pages but the first.
    pub newer: Option<String>,
    /// Whether it is the newest page.
    pub is_first: bool,
    /// How far it was read.
    pub read_to: Option<Place>,
}

impl Page {
    /// Whether this item is the first of those that were read before. An older page that begins with one
    /// does not know.
    fn is_read_from(&self, item: &Shown) -> bool {
        let place = |item: &Shown| (item.at, item.id.clone());
        let Some(read_to) = &self.read_to else { return false };
        let newest = self.items.iter().position(|item| place(item) <= *read_to);
        let newest = newest.filter(|at| self.is_first || *at > 0);
        newest.and_then(|at| self.items.get(at)).is_some_and(|first| first.id == item.id)
    }

    /// The newest item, where it was not read yet.
    fn unread(&self) -> Option<&Shown> {
        let first = self.items.first().filter(|_| self.is_first && self.list == "home")?;
        let is_read =
            self.read_to.as_ref().is_some_and(|read_to| (first.at, first.id.clone()) <= *read_to);
        (!is_read).then_some(first)
    }
}

/// The page of a list that the query asks for with `before` or `since`.
pub async fn page(v: &Visit<'_>, list: List<'_>, title: &str, path: &'static str) -> Result<Page> {
    let account_id = &v.session()?.account_id;
    let before = place(v.cx, list, &v.query("before")).await?;
    let since = place(v.cx, list, &v.query("since")).await?;
    let is_nearest = since.is_some() && before.is_none();
    let is_first = before.is_none() && since.is_none();
    let part = Part { before, since, is_nearest, limit: ITEMS.saturating_add(1) };
    let mut listed = timeline::list(v.cx, account_id, list, &part).await?;
    let has_more = listed.len() > usize::try_from(ITEMS).unwrap_or_default();
    if has_more && is_nearest {
        listed.remove(0);
    } else if has_more {
        listed.pop();
    }
    let id = |listed: Option<&Listed>| listed.map(|one| one.place.1.clone());
    let older = id(listed.last()).filter(|_| has_more || is_nearest);
    let newer = id(listed.first()).filter(|_| !is_first && (has_more || !is_nearest));
    let muted = mute::words(v.cx, account_id).await?;
    Ok(Page {
        layout: Layout::of(v, title),
        list: list.name,
        path,
        items: item::shown(v, account_id, listed, &muted),
        older,
        newer,
        is_first,
        read_to: None,
    })
}

/// The place of an id in a list; of one that is gone, the moment when it was made. None for no id at all.
///
/// # Errors
/// [`Error::Invalid`] for what is no id.
pub async fn place(cx: &Context, list: List<'_>, id: &str) -> Result<Option<Place>> {
    if id.is_empty() {
        return Ok(None);
    }
    let at = moment(id).ok_or_else(|| Error::invalid("An id has 18 digits."))?;
    let known = timeline::place(cx, list, id).await?;
    Ok(known.or_else(|| Some((at, id.to_owned()))))
}

/// When an id was made, in unix seconds.
fn moment(id: &str) -> Option<i64> {
    let is_id = id.len() == ID_CHARS && id.bytes().all(|b| b.is_ascii_digit());
    let millis: i64 = id.get(..MOMENT_CHARS).filter(|_| is_id)?.parse().ok()?;
    millis.checked_div(1000)
}

/// `GET /timeline/new?since=`: how many items are newer than the one of this id.
pub async fn count(v: Visit<'_>) -> Result<Response> {
    let account_id = &v.session()?.account_id;
    let list = List { owner: account_id, name: "home" };
    let count = match place(v.cx, list, &v.query("since")).await? {
        Some(place) => timeline::count_new(v.cx, account_id, &place).await?,
        None => 0,
    };
    Ok(web::no_store(web::json(StatusCode::OK, &json!({ "count": count }))))
}

/// `POST /timeline/marker`: everything is read up to the item of this `id`.
pub async fn mark(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let post_id = form.get("id").to_owned();
    moment(&post_id).ok_or_else(|| Error::invalid("An id has 18 digits."))?;
    let marked_at = v.cx.seconds();
    let marker = Marker { channel: CHANNEL.to_owned(), post_id, marked_at };
    marker::put(v.cx, &v.session()?.account_id, &marker).await?;
    web::see_other("/")
}
