//! The pages in the blog's dress: what the others share, and those that say that there is nothing.

use domain::blog::Blog;
use http::StatusCode;
use platform::{Config, Context, Response, Result};
use themes::{Model, Page};

/// For `Content-Type`.
pub const HTML: &str = "text/html; charset=utf-8";

/// The address of a blog, without a slash at its end.
pub fn origin(config: &Config, blog: &Blog) -> String {
    config.blog_origin(&blog.username, blog.domain.as_deref())
}

/// A page of the blog: the name of a template without its ending, what the frame has to know, and what the
/// template is given beside that.
pub async fn page(
    cx: &Context,
    blog: &Blog,
    name: &str,
    page: Page,
    mut model: Model,
) -> Result<String> {
    model.push(("page", page.into()));
    themes::page(&cx.config, blog, &format!("{name}.html"), model)
}

/// The page of a post that was deleted.
pub async fn gone(cx: &Context, blog: &Blog) -> Result<String> {
    said(cx, blog, "gone", "This post is gone").await
}

/// 404 in the blog's dress. No cache keeps it: the next post may be there.
pub async fn not_found(cx: &Context, blog: &Blog) -> Result<Response> {
    let page = said(cx, blog, "missing", "There is no such page").await?;
    Ok(web::no_store(web::html(StatusCode::NOT_FOUND, page)))
}

async fn said(cx: &Context, blog: &Blog, name: &str, title: &str) -> Result<String> {
    let frame = Page { title: title.to_owned(), is_hidden: true, ..Page::default() };
    page(cx, blog, name, frame, vec![]).await
}
