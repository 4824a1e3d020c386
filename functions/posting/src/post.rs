//! One's own posts: the list, and taking one away.

use crate::publish::{self, Writer};
use askama::Template;
use domain::{
    datetime,
    post::{Channel, Post, Status},
};
use platform::{Error, Response, Result};
use web::{Layout, Visit};

const PAGE: i64 = 50;
const LABEL_CHARS: usize = 80;

#[derive(Template)]
#[template(path = "posts.html")]
struct Index {
    layout: Layout,
    blog_url: String,
    posts: Vec<Row>,
    older: Option<String>,
}

struct Row {
    id: String,
    label: String,
    url: String,
    published_iso: String,
    published: String,
    is_deleted: bool,
}

/// `GET /posts`, or those before the one that `before` names.
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    let before = position(&v.query("before"));
    let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
    let which = (Channel::Posts, Status::Published);
    let posts = store::post::list_own(v.cx, &session.blog_id, which, before, PAGE).await?;
    let is_full = i64::try_from(posts.len()).is_ok_and(|count| count == PAGE);
    let older = posts.last().filter(|_| is_full);
    let blog_url = v.cx.config.blog_origin(&session.username);
    web::page(&Index {
        layout: Layout::of(&v, "Posts"),
        older: older.map(|last| format!("/posts?before={}-{}", last.published_at, last.id)),
        posts: posts.iter().map(|post| row(&v, &blog_url, post)).collect(),
        blog_url,
    })
}

fn position(before: &str) -> Option<(i64, String)> {
    let (at, id) = before.split_once('-')?;
    Some((at.parse().ok()?, id.to_owned()))
}

fn row(v: &Visit<'_>, blog_url: &str, post: &Post) -> Row {
    Row {
        id: post.id.clone(),
        label: post.label(LABEL_CHARS),
        url: format!("{blog_url}{}", post.path),
        published_iso: datetime::rfc3339(post.published_at),
        published: v.human(post.published_at),
        is_deleted: post.deleted_at.is_some(),
    }
}

/// `POST /posts/{id}/deletion`; one that is deleted already stays so.
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    let writer = Writer::of_session(&v)?;
    let post = store::post::find(v.cx, &writer.blog_id, v.param("id")).await?;
    publish::delete(v.cx, &writer, &post.ok_or(Error::NotFound)?).await?;
    web::see_other("/posts")
}
