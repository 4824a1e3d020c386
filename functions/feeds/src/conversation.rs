//! What people here answered to a post, for the post's own page: a script that shows it, and JSON.
//!
//! It looks at no cookie and sets none. What the post's author has muted is not shown.

use crate::item::{self, Shown};
use askama::Template;
use bytes::Bytes;
use domain::{blog::Blog, post::Post};
use http::{HeaderName, HeaderValue, StatusCode, header};
use platform::{Context, Error, Response, Result};
use serde_json::{Value, json};
use store::{mute, timeline};
use url::Url;
use web::Visit;

/// How long browsers and our own cache keep it.
const LIFE_SECONDS: u32 = 60;
const SCRIPT: &str = "text/javascript; charset=utf-8";

#[derive(Template)]
#[template(path = "replies.html")]
struct Replies<'a> {
    items: &'a [Shown],
}

/// `GET /conversation.js?url=<permalink>`, with `format=jsonfeed` or `format=jf2` for programs.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let format = match &*v.query("format") {
        "" => Format::Script,
        "jsonfeed" => Format::JsonFeed,
        "jf2" => Format::Jf2,
        _ => return Err(Error::invalid("format is jsonfeed or jf2.")),
    };
    let (blog, post) = find(v.cx, &v.query("url")).await?.ok_or(Error::NotFound)?;
    let name = format!("conversation:{}\n{}", post.id, v.query("format"));
    let kept = v.cx.cache.get(&name).await.ok().flatten();
    let body = match kept.and_then(|kept| String::from_utf8(kept.to_vec()).ok()) {
        Some(kept) => kept,
        None => {
            let items = replies(&v, &blog.account_id, &post).await?;
            // Not as it was asked for: what is kept is for all.
            let origin = v.cx.config.blog_origin(&blog.username, blog.domain.as_deref());
            let made = write(&format!("{origin}{}", post.path), &items, format)?;
            // The first reply is seen at once. What could not be kept costs the next visitor a look.
            if !items.is_empty() {
                let _ = v.cx.cache.put(&name, Bytes::from(made.clone()), LIFE_SECONDS).await;
            }
            made
        }
    };
    let kind = if matches!(format, Format::Script) { SCRIPT } else { "application/json" };
    let mut response = web::text(StatusCode::OK, kind, body);
    for (name, value) in [
        (header::CACHE_CONTROL, "public, max-age=60"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

#[derive(Clone, Copy)]
enum Format {
    Script,
    JsonFeed,
    Jf2,
}

/// The post at a permalink, on whichever of its blog's hosts, and the blog.
async fn find(cx: &Context, permalink: &str) -> Result<Option<(Blog, Post)>> {
    let Some(name) = cx.config.blog_at(permalink) else { return Ok(None) };
    let Ok(url) = Url::parse(permalink) else { return Ok(None) };
    let Some(blog) = web::blog(cx, &name).await? else { return Ok(None) };
    let path = url.path().strip_suffix(".html").unwrap_or(url.path());
    let post = store::post::find_by_path(cx, &blog.id, path).await?;
    Ok(post.filter(Post::is_listed).map(|post| (blog, post)))
}

async fn replies(v: &Visit<'_>, author: &str, post: &Post) -> Result<Vec<Shown>> {
    let listed = timeline::conversation(v.cx, author, &post.id).await?;
    let muted = mute::words(v.cx, author).await?;
    let mut items = item::shown(v, author, listed, &muted);
    items.retain(|item| item.id != post.id && item.at >= post.published_at);
    Ok(items)
}

fn write(permalink: &str, items: &[Shown], format: Format) -> Result<String> {
    Ok(match format {
        Format::Script => script(items)?,
        Format::JsonFeed => json_feed(permalink, items).to_string(),
        Format::Jf2 => jf2(items).to_string(),
    })
}

/// Puts the replies where the script stands.
fn script(items: &[Shown]) -> Result<String> {
    if items.is_empty() {
        return Ok("// Nobody has answered yet.\n".to_owned());
    }
    let html = Replies { items }.render().map_err(Error::internal)?;
    let html = Value::String(html).to_string().replace('<', "\\u003c");
    Ok(format!("document.currentScript.insertAdjacentHTML(\"afterend\",{html});\n"))
}

/// JSON Feed 1.1, with the authors' user names as Micro.blog's apps know them.
fn json_feed(permalink: &str, items: &[Shown]) -> Value {
    let entry = |item: &Shown| {
        json!({
            "id": item.id, "url": item.url, "content_html": item.html, "date_published": item.published_iso,
            "author": {
                "name": item.author, "url": item.author_url, "avatar": item.avatar,
                "_microblog": { "username": item.username },
            },
        })
    };
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Conversation",
        "home_page_url": permalink,
        "items": items.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// JF2 as receivers of webmentions give it: <https://jf2.spec.indieweb.org/>.
fn jf2(items: &[Shown]) -> Value {
    let entry = |item: &Shown| {
        json!({
            "type": "entry", "url": item.url, "published": item.published_iso, "wm-property": "in-reply-to",
            "content": { "html": item.html },
            "author": { "type": "card", "name": item.author, "url": item.author_url, "photo": item.avatar },
        })
    };
    json!({ "type": "feed", "name": "Conversation", "children": items.iter().map(entry).collect::<Vec<_>>() })
}
