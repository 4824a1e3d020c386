//! A blog's home page and the pages of older posts behind it.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme::{self, HTML},
};
use domain::blog::Blog;
use http::StatusCode;
use platform::{Context, Response, Result};
use themes::Page as Frame;
use web::Visit;

/// So many posts on each page; an uncached page reads so many rows, however long the blog is.
pub const POSTS: i64 = 25;
/// Up to this page it costs less to pass over what is newer than to ask how much that is.
const NEAR: i64 = 4;

/// `GET /`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    answer(&v, blog, 1).await
}

/// `GET /page/{n}`
pub async fn page(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    match number(v.param("n"), last(&blog)) {
        Some(n) => answer(&v, blog, n).await,
        None => theme::not_found(v.cx, &blog).await,
    }
}

async fn answer(v: &Visit<'_>, blog: Blog, n: i64) -> Result<Response> {
    let key = Key { blog, page: Page::Posts(n) };
    match cache::answer(v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog).await,
    }
}

/// The number of a page as we write it, up to the last one: others cost no query.
fn number(text: &str, last: i64) -> Option<i64> {
    let n: i64 = text.parse().ok()?;
    ((1..=last).contains(&n) && n.to_string() == text).then_some(n)
}

fn last(blog: &Blog) -> i64 {
    let full = blog.post_count.saturating_sub(1).max(0).checked_div(POSTS).unwrap_or(0);
    full.saturating_add(1)
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let Page::Posts(n) = key.page else { return Ok(None) };
    let page = html(cx, &key.blog, n).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, &key.blog, page)))
}

/// The n-th page of posts.
pub async fn html(cx: &Context, blog: &Blog, n: i64) -> Result<String> {
    let posts = if n == 1 {
        store::post::list_newest(cx, &blog.id, POSTS).await?
    } else {
        let skipped = n.saturating_sub(1).saturating_mul(POSTS);
        let (before, skipped) = if n <= NEAR {
            (store::archive::END.0, skipped)
        } else {
            store::archive::skip(cx, &blog.id, blog.post_count, skipped).await?
        };
        store::post::list_page(cx, &blog.id, before, skipped, POSTS).await?
    };
    let config = &cx.config;
    let url = theme::origin(config, blog);
    let address = |n: i64| if n == 1 { format!("{url}/") } else { format!("{url}/page/{n}") };
    let frame = Frame {
        kind: "home",
        url: address(n),
        description: blog.tagline.clone(),
        newer: (n > 1).then(|| address(n.saturating_sub(1))),
        older: (n < last(blog)).then(|| address(n.saturating_add(1))),
        ..Frame::default()
    };
    let posts = posts.into_iter().map(|post| themes::post(config, blog, post, true));
    let model = vec![("posts", themes::list(posts))];
    theme::page(cx, blog, "home", frame, model).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_number() {
        for (text, expected) in [
            ("1", Some(1)),
            ("3", Some(3)),
            ("4", None),
            ("0", None),
            ("-1", None),
            ("+1", None),
            ("01", None),
            ("", None),
            ("one", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(number(text, 3), expected, "{text}");
        }
    }
}
