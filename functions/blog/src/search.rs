//! Looking for words on a blog. No cache keeps an answer: what people look for is theirs.

use crate::{cache, theme};
use domain::search;
use http::StatusCode;
use platform::{Response, Result};
use themes::Page as Frame;
use web::Visit;

/// More are not shown; another word finds fewer.
const POSTS: i64 = 50;
const QUERY_CHARS_MAX: usize = 200;

/// `GET /search?q=`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let query: String = v.query("q").trim().chars().take(QUERY_CHARS_MAX).collect();
    let terms = search::terms(&query).unwrap_or_default();
    let posts = store::search::list_public(v.cx, &blog.id, &terms, POSTS).await?;
    let is_full = i64::try_from(posts.len()).is_ok_and(|count| count >= POSTS);
    let posts = posts.iter().map(|post| themes::line(&v.cx.config, &blog, post));
    let model = vec![
        ("query", query.into()),
        ("is_asked", (!terms.is_empty()).into()),
        ("is_full", is_full.into()),
        ("posts", themes::list(posts)),
    ];
    let frame = Frame {
        kind: "single",
        title: "Search".to_owned(),
        path: "/search".to_owned(),
        is_hidden: true,
        ..Frame::default()
    };
    let page = theme::page(v.cx, &blog, "search", frame, model).await?;
    Ok(web::no_store(web::html(StatusCode::OK, page)))
}
