//! A post's own page, or the page that says that it is gone.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme::{self, BlogView, HTML, Named, PostView},
};
use askama::Template;
use domain::{
    blog::Blog,
    html,
    post::{Channel, Post, Visibility, host},
    slug,
};
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use url::Url;
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
    pictures: Vec<Named>,
    edited: Option<(String, String)>,
    app: Option<Named>,
    elsewhere: Vec<Named>,
    is_page: bool,
    is_unlisted: bool,
    preview: Option<String>,
}

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
    let Some(path) = path else { return theme::not_found(v.cx, &blog) };
    let key = Key { blog, page: Page::Post(path) };
    match cache::answer(v, &key, |cx, key| Box::pin(render(cx, key))).await? {
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
        let page = theme::gone(cx, blog)?;
        return Ok(Some(Rendered::new(StatusCode::GONE, HTML, blog, page)));
    }
    if let Some(place) = post.redirect().and_then(|place| Url::parse(place).ok()) {
        return Ok(Some(Rendered::redirect(blog, place.into())));
    }
    let page = html(cx, blog, post, None)?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, blog, page)))
}

/// The page of a post; of one that is not public yet with words that say so.
pub fn html(cx: &Context, blog: &Blog, post: Post, preview: Option<String>) -> Result<String> {
    let config = &cx.config;
    let named = |name: &str, url: &str| Named { name: name.to_owned(), url: url.to_owned() };
    let is_page = post.channel == Channel::Pages;
    let here = if is_page { post.path.clone() } else { String::new() };
    let app = post.app.as_ref().filter(|_| !blog.hides_app && !is_page);
    let page = Show {
        blog: BlogView { here, ..BlogView::new(config, blog) },
        build: config.build.clone(),
        label: post.label(LABEL_CHARS),
        description: html::shorten(&post.words_or(html::words(&post.html)), DESCRIPTION_CHARS),
        canonical: format!("{}{}", config.blog_origin(&blog.username), post.path),
        pictures: post.photos.iter().map(|p| named(&p.alt, &config.media_url(&p.key))).collect(),
        edited: theme::edited(blog, &post),
        app: app.map(|app| named(&app.name, web_address(app.url.as_deref()))),
        elsewhere: post.addresses("syndication").iter().map(|url| named(host(url), url)).collect(),
        is_page,
        is_unlisted: post.visibility == Visibility::Unlisted,
        preview,
        post: PostView::new(config, blog, post, false),
    };
    page.render().map_err(Error::internal)
}

/// An address that a page may lead to, else nothing.
fn web_address(url: Option<&str>) -> &str {
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    url.filter(is_web).unwrap_or_default()
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
