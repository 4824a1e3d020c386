//! Timelines for apps, in the shapes of Micro.blog's: JSON Feed with a few fields more.

use crate::{
    item::{self, Shown},
    timeline::place,
};
use domain::datetime;
use http::StatusCode;
use platform::{Error, Response, Result};
use serde_json::{Map, Value, json};
use store::{
    bookmark, follow,
    marker::{self, Marker},
    mute, reader,
    timeline::{self, List, Listed, Part},
};
use web::Visit;

const COUNT: i64 = 20;
/// A page of more would read more rows than one of the timeline may.
const COUNT_MAX: i64 = 40;
/// How soon an app may ask again whether there is something new.
const CHECK_SECONDS: i64 = 60;
const ID_CHARS: usize = 18;
const CHANNEL_CHARS_MAX: usize = 40;

/// `GET /posts/all`, `/posts/timeline`, `/posts/mentions`, `/posts/discover`, `/posts/photos`, `/posts/media`, `/posts/bookmarks`,
/// `/posts/favorites`, `/posts/replies` (one's own): a list, newest first, with `count`, `before_id` and `since_id`.
pub async fn list(v: Visit<'_>) -> Result<Response> {
    let (account_id, blog_id) = (v.grant()?.account_id.clone(), v.grant()?.blog_id.clone());
    let (name, title) = match v.req.uri().path().trim_start_matches("/posts/") {
        "mentions" => ("mentions", "Mentions"),
        "discover" => ("discover", "Discover"),
        "photos" | "media" => ("photos", "Photos"),
        "bookmarks" | "favorites" => ("bookmarks", "Bookmarks"),
        "replies" => ("replies", "Replies"),
        _ => ("home", "Timeline"),
    };
    let owner = if matches!(name, "discover" | "photos") { "" } else { &*account_id };
    if name == "home" {
        reader::visit(v.cx, &account_id).await?;
    }
    let list = List { owner, name };
    let before = place(v.cx, list, &v.query("before_id")).await?;
    let since = place(v.cx, list, &v.query("since_id")).await?;
    let part = Part { before, since, is_nearest: false, limit: count(&v)? };
    let listed = match name {
        "replies" => timeline::replies(v.cx, &account_id, &blog_id, &part).await?,
        _ => timeline::list(v.cx, &account_id, list, &part).await?,
    };
    feed(&v, title, listed).await
}

fn count(v: &Visit<'_>) -> Result<i64> {
    match v.query("count") {
        count if count.is_empty() => Ok(COUNT),
        // Apps that ask for hundreds get a page, and the next one by `before_id`.
        count => count
            .parse()
            .map(|n: i64| n.clamp(0, COUNT_MAX))
            .map_err(|_| Error::invalid("count is a number.")),
    }
}

/// `GET /posts/conversation?id=`: the newest first, as everywhere.
pub async fn conversation(v: Visit<'_>) -> Result<Response> {
    let account_id = v.grant()?.account_id.clone();
    let mut listed = timeline::conversation(v.cx, &account_id, &v.query("id")).await?;
    if listed.iter().all(|one| one.item.is_none()) {
        return Err(Error::NotFound);
    }
    listed.reverse();
    feed(&v, "Conversation", listed).await
}

async fn feed(v: &Visit<'_>, title: &str, listed: Vec<Listed>) -> Result<Response> {
    let account_id = &v.grant()?.account_id;
    let muted = mute::words(v.cx, account_id).await?;
    let items = item::shown(v, account_id, listed, &muted);
    let names: Vec<&str> = items.iter().filter_map(|item| item.username.as_deref()).collect();
    let followed = follow::among(v.cx, account_id, &names).await?;
    let config = &v.cx.config;
    Ok(web::json(
        StatusCode::OK,
        &json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": format!("Pipit - {title}"),
            "home_page_url": config.app_url("/"),
            "feed_url": config.app_url(v.req.uri().path()),
            "_microblog": { "about": config.app_url("/developers") },
            "items": items.iter().map(|item| entry(item, &followed)).collect::<Vec<_>>(),
        }),
    ))
}

fn entry(item: &Shown, followed: &[String]) -> Value {
    let username = item.username.as_deref().unwrap_or_default();
    let is_following = item.is_feed || followed.iter().any(|name| name == username);
    let mut entry = json!({
        "id": item.id,
        "url": item.url,
        "content_html": item.html,
        "date_published": item.published_iso,
        "author": {
            "name": item.author,
            "url": item.author_url,
            "avatar": item.avatar,
            "_microblog": { "username": username, "is_following": is_following },
        },
        "_microblog": {
            "date_relative": item.published,
            "date_timestamp": item.at,
            "is_deletable": item.is_own,
            "is_favorite": item.is_bookmarked,
            "is_bookmark": item.is_bookmarked,
            "is_conversation": item.is_conversation,
            "is_linkpost": item.is_feed && item.title.is_some(),
            "is_mention": false,
        },
    });
    if let (Some(title), Some(entry)) = (&item.title, entry.as_object_mut()) {
        entry.insert("title".to_owned(), title.as_str().into());
    }
    entry
}

/// `POST /posts/bookmarks` and `/posts/favorites`: marks the item of this `id`.
pub async fn mark_item(mut v: Visit<'_>) -> Result<Response> {
    let id = field(&mut v, "id").await?;
    if !bookmark::insert(v.cx, &v.grant()?.account_id, &id).await? {
        return Err(Error::NotFound);
    }
    Ok(done())
}

/// `DELETE /posts/bookmarks/{id}` and `/posts/favorites/{id}`.
pub async fn unmark_item(v: Visit<'_>) -> Result<Response> {
    bookmark::delete(v.cx, &v.grant()?.account_id, v.param("id")).await?;
    Ok(done())
}

/// A field of the form, or of the address, where Micro.blog's apps put them.
pub async fn field(v: &mut Visit<'_>, name: &str) -> Result<String> {
    let [field] = fields(v, [name]).await?;
    Ok(field)
}

/// Several of them: the form can be read once.
pub async fn fields<const N: usize>(v: &mut Visit<'_>, names: [&str; N]) -> Result<[String; N]> {
    let asked = names.map(|name| v.query(name));
    if asked.iter().any(|value| !value.is_empty()) || v.header("content-type").is_empty() {
        return Ok(asked);
    }
    let form = v.fields().await?;
    Ok(names.map(|name| form.get(name).trim().to_owned()))
}

/// What an app is told when something is done.
pub fn done() -> Response {
    web::json(StatusCode::OK, &json!({}))
}

/// `GET /posts/check`: is there something new since `since_id`, and how far were the channels read?
pub async fn check(v: Visit<'_>) -> Result<Response> {
    let account_id = &v.grant()?.account_id;
    reader::visit(v.cx, account_id).await?;
    let list = List { owner: account_id, name: "home" };
    let count = match place(v.cx, list, &v.query("since_id")).await? {
        Some(place) => timeline::count_new(v.cx, account_id, &place).await?,
        None => 0,
    };
    let markers: Map<String, Value> = marker::list(v.cx, account_id)
        .await?
        .into_iter()
        .map(|Marker { channel, post_id, marked_at }| {
            (channel, json!({ "id": post_id, "date_marked": datetime::rfc3339(marked_at) }))
        })
        .collect();
    let body = json!({
        "count": count,
        "check_seconds": CHECK_SECONDS,
        "markers": markers,
        "is_publishing": false,
        "is_processing": false,
        "publishing_progress": 0,
        "publishing_status": "",
        "latest_url": "",
    });
    Ok(web::json(StatusCode::OK, &body))
}

/// `POST /posts/markers`: `channel`, `id` and `date_marked`, in the form or in the address.
pub async fn mark(mut v: Visit<'_>) -> Result<Response> {
    let form = if v.header("content-type").is_empty() { None } else { Some(v.fields().await?) };
    let field = |name: &str| match form.as_ref().map(|form| form.get(name)) {
        Some(value) if !value.is_empty() => value.to_owned(),
        _ => v.query(name),
    };
    let (channel, post_id, date) = (field("channel"), field("id"), field("date_marked"));
    let is_channel = (1..=CHANNEL_CHARS_MAX).contains(&channel.len())
        && channel.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/'));
    if !is_channel {
        return Err(Error::invalid("channel has to be a word such as timeline."));
    }
    let is_id = (1..=ID_CHARS).contains(&post_id.len());
    if !is_id || !post_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid("id has to be the number of a post."));
    }
    let now = v.cx.seconds();
    let marked_at = match &*date {
        "" => Some(now),
        date => datetime::parse_rfc3339(date).map(|at| at.clamp(0, now)),
    };
    let marked_at = marked_at.ok_or_else(|| {
        Error::invalid("date_marked has to be a time such as 2026-11-22T09:30:00Z.")
    })?;
    let marker = Marker { channel, post_id, marked_at };
    marker::put(v.cx, &v.grant()?.account_id, &marker).await?;
    Ok(done())
}
