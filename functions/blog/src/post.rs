//! A post's own page, or the page that says that it is gone.

use crate::{
    cache::{self, Key, Page, Rendered},
    feed,
    theme::{self, HTML},
};
use domain::{
    blog::Blog,
    html,
    post::{Channel, Post, Visibility},
    slug,
};
use http::StatusCode;
use platform::{Context, Response, Result};
use themes::Page as Frame;
use url::Url;
use web::Visit;

const LABEL_CHARS: usize = 80;
const DESCRIPTION_CHARS: usize = 200;

/// `GET /{yyyy}/{mm}/{dd}/{slug}`, with or without `.html`.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let path = path(v.param("yyyy"), v.param("mm"), v.param("dd"), v.param("slug"));
    answer(&v, path).await
}

/// Any other path: a page of the blog may stand there, with or without `.html`.
pub async fn page(v: Visit<'_>) -> Result<Response> {
    let path = page_path(v.param("path"));
    answer(&v, path).await
}

async fn answer(v: &Visit<'_>, path: Option<String>) -> Result<Response> {
    let blog = cache::blog(v).await?;
    let Some(path) = path else {
        // Readers have asked for many names over the years.
        let is_feed = v.req.uri().path().ends_with(".xml");
        return if is_feed { feed::to_feed(v, &blog) } else { theme::not_found(v.cx, &blog).await };
    };
    let key = Key { blog, page: Page::Post(path) };
    match cache::answer(v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog).await,
    }
}

/// The path as it is stored. What no post can have costs no query.
fn path(yyyy: &str, mm: &str, dd: &str, name: &str) -> Option<String> {
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let name = name.strip_suffix(".html").unwrap_or(name);
    let is_path = digits(yyyy, 4) && digits(mm, 2) && digits(dd, 2) && slug::is_slug(name);
    is_path.then(|| format!("/{yyyy}/{mm}/{dd}/{name}"))
}

fn page_path(name: &str) -> Option<String> {
    let name = name.strip_suffix(".html").unwrap_or(name);
    let is_path = slug::is_slug(name) && !slug::is_taken_by_the_blog(name);
    is_path.then(|| slug::page_path(name))
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let Page::Post(path) = &key.page else { return Ok(None) };
    let blog = &key.blog;
    let Some(post) = store::post::find_by_path(cx, &blog.id, path).await? else {
        return Ok(None);
    };
    if post.deleted_at.is_some() {
        let page = theme::gone(cx, blog).await?;
        return Ok(Some(Rendered::new(StatusCode::GONE, HTML, blog, page)));
    }
    if let Some(place) = post.redirect().and_then(|place| Url::parse(place).ok()) {
        return Ok(Some(Rendered::redirect(blog, place.into())));
    }
    let page = html(cx, blog, post, None).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, blog, page)))
}

/// The page of a post; of one that is not public yet with words that say so.
pub async fn html(
    cx: &Context,
    blog: &Blog,
    post: Post,
    preview: Option<String>,
) -> Result<String> {
    let is_public = preview.is_none();
    let url = format!("{}{}", theme::origin(&cx.config, blog), post.path);
    let frame = Frame {
        kind: "single",
        title: post.label(LABEL_CHARS),
        url: if is_public { url } else { String::new() },
        path: if post.channel == Channel::Pages { post.path.clone() } else { String::new() },
        description: html::shorten(&post.words_or(html::words(&post.html)), DESCRIPTION_CHARS),
        is_hidden: !is_public || post.visibility == Visibility::Unlisted,
        ..Frame::default()
    };
    let model = vec![
        ("post", themes::post(&cx.config, blog, post, false)),
        ("preview", preview.unwrap_or_default().into()),
    ];
    theme::page(cx, blog, "post", frame, model).await
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
        for (name, expected) in [
            ("about", Some("/about")),
            ("about.html", Some("/about")),
            ("about/me", None),
            ("About", None),
            ("wp-login.php", None),
            ("feeds", None),
            ("", None),
        ] {
            assert_eq!(page_path(name).as_deref(), expected, "{name}");
        }
    }
}
