//! The timeline: what the people and feeds one follows wrote, newest first; for visitors, what Pipit is.

use crate::content::pictures_to_links;
use askama::Template;
use domain::{
    datetime, html,
    post::{Files, Post},
};
use platform::{Response, Result};
use store::{entry::Listed, post::Author};
use url::Url;
use web::{Layout, Visit};

const ITEMS_MAX: usize = 40;

/// `GET /`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let layout = Layout::of(&v, "Pipit");
    let Some(session) = &v.session else {
        let blog_domain = v.cx.config.blog_domain.clone();
        return web::page(&Landing { layout, blog_domain });
    };
    let limit = i64::try_from(ITEMS_MAX).unwrap_or(0);
    let posts = store::post::list_followed(v.cx, &session.account_id, limit).await?;
    let entries = store::entry::list_subscribed(v.cx, &session.account_id, limit).await?;
    let mut items: Vec<Item> = posts
        .into_iter()
        .map(|(post, author)| post_item(&v, post, author))
        .chain(entries.into_iter().map(|listed| entry_item(&v, listed)))
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.at));
    items.truncate(ITEMS_MAX);
    web::page(&Timeline { layout, items, older: None, is_first: true })
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    layout: Layout,
    blog_domain: String,
}

#[derive(Template)]
#[template(path = "timeline.html")]
struct Timeline {
    layout: Layout,
    items: Vec<Item>,
    older: Option<String>,
    is_first: bool,
}

struct Item {
    at: i64,
    author: String,
    author_url: String,
    url: String,
    title: Option<String>,
    html: String,
    published_iso: String,
    published: String,
    is_feed: bool,
}

fn post_item(v: &Visit<'_>, post: Post, author: Author) -> Item {
    let cx = v.cx;
    let origin = cx.config.blog_origin(&author.blog_name, author.domain.as_deref());
    let url = format!("{origin}{}", post.path);
    let address = |key: &str| cx.config.media_url(key);
    let files = Files { address: &address, is_lazy: true, links_elsewhere: true };
    let whole = post.context_html() + &post.html + &post.files_html(&files);
    let html = match Url::parse(&url) {
        Ok(base) => html::absolute(&whole, &base),
        Err(_) => whole,
    };
    let ours = cx.config.media_url("");
    Item {
        at: post.published_at,
        author: author.name,
        author_url: origin,
        url,
        title: post.title,
        html: pictures_to_links(&html, |src| src.starts_with(&ours)),
        published_iso: datetime::rfc3339(post.published_at),
        published: v.human(post.published_at),
        is_feed: false,
    }
}

fn entry_item(v: &Visit<'_>, listed: Listed) -> Item {
    let entry = listed.entry;
    Item {
        at: entry.published_at,
        author: listed.feed_title,
        url: entry.url.unwrap_or_else(|| listed.feed_url.clone()),
        author_url: listed.feed_url,
        title: entry.title,
        html: entry.html,
        published_iso: datetime::rfc3339(entry.published_at),
        published: v.human(entry.published_at),
        is_feed: true,
    }
}
