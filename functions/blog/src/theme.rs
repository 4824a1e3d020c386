//! What every page of a blog shows, and the pages that say that there is none.

use crate::cache;
use askama::Template;
use domain::{blog::Blog, datetime, post::Post};
use http::StatusCode;
use platform::{Config, Context, Error, Response, Result};
use web::Visit;

/// For `Content-Type`.
pub const HTML: &str = "text/html; charset=utf-8";

/// A blog as the templates have it.
#[derive(Debug, Clone)]
pub struct BlogView {
    pub title: String,
    pub tagline: String,
    pub author: String,
    pub language: String,
    pub url: String,
    pub app_url: String,
    pub profile_url: String,
    pub site: Option<String>,
}

impl BlogView {
    /// Everything in it comes from the row and the configuration.
    pub fn new(config: &Config, blog: &Blog) -> Self {
        Self {
            title: blog.title.clone(),
            tagline: blog.tagline.clone(),
            author: blog.author.clone(),
            language: blog.language.clone(),
            url: config.blog_origin(&blog.username),
            app_url: config.app_url(""),
            profile_url: config.app_url(&format!("/@{}", blog.username)),
            site: blog.site.clone(),
        }
    }
}

/// A post as the templates have it.
#[derive(Debug, Clone)]
pub struct PostView {
    pub url: String,
    pub title: Option<String>,
    pub html: String,
    pub published_iso: String,
    pub published: String,
    pub photos: Vec<PhotoView>,
}

/// A photo as the templates have it.
#[derive(Debug, Clone)]
pub struct PhotoView {
    pub url: String,
    pub alt: String,
    pub width: u32,
    pub height: u32,
}

impl PostView {
    /// A post on this blog.
    pub fn new(config: &Config, blog: &Blog, post: Post) -> Self {
        let photo = |photo: domain::post::Photo| PhotoView {
            url: config.media_url(&photo.key),
            alt: photo.alt,
            width: photo.width,
            height: photo.height,
        };
        Self {
            url: format!("{}{}", config.blog_origin(&blog.username), post.path),
            title: post.title,
            html: post.html,
            published_iso: datetime::rfc3339(post.published_at),
            published: datetime::human(post.published_at, &blog.language),
            photos: post.photos.into_iter().map(photo).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {
    blog: BlogView,
    build: String,
}

/// Any path that is no page of the blog.
pub async fn missing(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    not_found(v.cx, &blog)
}

/// 404 in the blog's dress. No cache keeps it: the next post may be there.
pub fn not_found(cx: &Context, blog: &Blog) -> Result<Response> {
    let page = Missing { blog: BlogView::new(&cx.config, blog), build: cx.config.build.clone() };
    let page = page.render().map_err(Error::internal)?;
    Ok(web::no_store(web::html(StatusCode::NOT_FOUND, page)))
}
