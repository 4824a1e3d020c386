//! The lists beside the timeline: what mentions one, what one marked, what is new here, and conversations.

use crate::{
    item,
    timeline::{self, Page},
};
use platform::{Error, Response, Result};
use store::{bookmark, mute, timeline::List};
use web::{Layout, Visit};

/// `GET /mentions`
pub async fn mentions(v: Visit<'_>) -> Result<Response> {
    own(&v, "mentions", "Mentions", "/mentions").await
}

/// `GET /bookmarks`
pub async fn bookmarks(v: Visit<'_>) -> Result<Response> {
    own(&v, "bookmarks", "Bookmarks", "/bookmarks").await
}

async fn own(
    v: &Visit<'_>,
    name: &'static str,
    title: &str,
    path: &'static str,
) -> Result<Response> {
    let owner = &v.session()?.account_id;
    web::page(&timeline::page(v, List { owner, name }, title, path).await?)
}

/// `GET /discover`: what people here published lately, unless they do not want to be found this way.
pub async fn discover(v: Visit<'_>) -> Result<Response> {
    let list = List { owner: "", name: "discover" };
    web::page(&timeline::page(&v, list, "Discover", "/discover").await?)
}

/// `GET /conversation/{id}`: the posts here that answer one another, the first one first.
pub async fn conversation(v: Visit<'_>) -> Result<Response> {
    let account_id = &v.session()?.account_id;
    let listed = store::timeline::conversation(v.cx, account_id, v.param("id")).await?;
    let muted = mute::words(v.cx, account_id).await?;
    let items = item::shown(&v, account_id, listed, &muted);
    if items.is_empty() {
        return Err(Error::NotFound);
    }
    web::page(&Page {
        layout: Layout::of(&v, "Conversation"),
        list: "conversation",
        path: "/",
        items,
        older: None,
        newer: None,
        is_first: true,
        read_to: None,
    })
}

/// `POST /bookmarks`: marks the item of this `id`, or with `remove` no longer.
pub async fn mark(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let (id, account_id) = (form.get("id"), &v.session()?.account_id);
    if !form.get("remove").is_empty() {
        bookmark::delete(v.cx, account_id, id).await?;
    } else if !bookmark::insert(v.cx, account_id, id).await? {
        return Err(Error::NotFound);
    }
    web::see_other(back(form.get("back")))
}

/// The list that a form came from.
pub fn back(path: &str) -> &'static str {
    ["/mentions", "/bookmarks", "/discover", "/mutes"]
        .into_iter()
        .find(|known| *known == path)
        .unwrap_or("/")
}
