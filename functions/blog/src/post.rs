//! A post's own page, or the page that says that it is gone.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme::{self, BlogView, HTML, PostView},
};
use askama::Template;
use domain::{html, post::Post, slug};
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use web::Visit;

const LABEL_CHARS: usize = 80;
const DESCRIPTION_CHARS: usize = 200;

#[derive(Template)]
#[template(path = "post.html")]
struct Show {
    blog: BlogView,
    build: String,
    post: PostView,
    label: String,
    description: String,
    canonical: String,
}

#[derive(Template)]
#[template(path = "gone.html")]
struct Gone {
    blog: BlogView,
    build: String,
}

/// `GET /{yyyy}/{mm}/{dd}/{slug}`, with or without `.html`.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let Some(path) = path(v.param("yyyy"), v.param("mm"), v.param("dd"), v.param("slug")) else {
        return theme::not_found(v.cx, &blog);
    };
    let key = Key { blog, page: Page::Post(path) };
    match cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog),
    }
}

/// The path as it is stored. What no post can have costs no query.
fn path(yyyy: &str, mm: &str, dd: &str, name: &str) -> Option<String> {
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let name = name.strip_suffix(".html").unwrap_or(name);
    let is_path = digits(yyyy, 4) && digits(mm, 2) && digits(dd, 2) && slug::is_slug(name);
    is_path.then(|| format!("/{yyyy}/{mm}/{dd}/{name}"))
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let Page::Post(path) = &key.page else { return Ok(None) };
    let Some(post) = store::post::find_by_path(cx, &key.blog.id, path).await? else {
        return Ok(None);
    };
    let (blog, build) = (BlogView::new(&cx.config, &key.blog), cx.config.build.clone());
    let (status, page) = if post.deleted_at.is_some() {
        (StatusCode::GONE, Gone { blog, build }.render())
    } else {
        let description = description(&post);
        let label = post.label(LABEL_CHARS);
        let post = PostView::new(&cx.config, &key.blog, post);
        let canonical = post.url.clone();
        let page = Show { blog, build, post, label, description, canonical };
        (StatusCode::OK, page.render())
    };
    let page = page.map_err(Error::internal)?;
    Ok(Some(Rendered::new(status, HTML, &key.blog, page)))
}

/// The first sentences, or what the first photo shows.
fn description(post: &Post) -> String {
    let words = html::shorten(&html::words(&post.html), DESCRIPTION_CHARS);
    match post.photos.first() {
        Some(photo) if words.is_empty() => photo.alt.clone(),
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_a_post_can_have_are_looked_up() {
        for (parts, expected) in [
            (["2026", "11", "22", "hello"], Some("/2026/11/22/hello")),
            (["2026", "11", "22", "hello.html"], Some("/2026/11/22/hello")),
            (["2026", "11", "22", "hello.html.html"], None),
            (["2026", "11", "22", ".html"], None),
            (["2026", "1", "22", "hello"], None),
            (["year", "11", "22", "hello"], None),
            (["2026", "11", "22", "Hello"], None),
            (["2026", "11", "22", ""], None),
        ] {
            let [yyyy, mm, dd, name] = parts;
            assert_eq!(path(yyyy, mm, dd, name).as_deref(), expected, "{parts:?}");
        }
    }
}
