//! What every page of a blog shows, and the pages that say that there is none.

use askama::Template;
use domain::{
    blog::Blog,
    datetime,
    post::{Channel, Files, Post, Status},
    slug,
};
use http::StatusCode;
use platform::{Config, Context, Error, Response, Result};

/// For `Content-Type`.
pub const HTML: &str = "text/html; charset=utf-8";
/// In lists so many categories of a post are shown.
const CATEGORIES_LISTED: usize = 10;
/// A slip that is mended at once makes no new version for readers.
const EDIT_SECONDS: i64 = 600;

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
    pub pages: Vec<Named>,
    /// The path of the page that this is, if it is one.
    pub here: String,
}

impl BlogView {
    /// Everything in it comes from the row and the configuration.
    pub fn new(config: &Config, blog: &Blog) -> Self {
        let page =
            |link: &domain::blog::Link| Named { name: link.title.clone(), url: link.path.clone() };
        Self {
            title: blog.title.clone(),
            tagline: blog.tagline.clone(),
            author: blog.author.clone(),
            language: blog.language.clone(),
            url: config.blog_origin(&blog.username),
            app_url: config.app_url(""),
            profile_url: config.app_url(&format!("/@{}", blog.username)),
            site: blog.site.clone(),
            pages: blog.navigation.iter().map(page).collect(),
            here: String::new(),
        }
    }
}

/// A link with its words.
#[derive(Debug, Clone)]
pub struct Named {
    pub name: String,
    /// An address, or a path of the blog.
    pub url: String,
}

impl Named {
    /// A link to a category, by its slug and its name.
    pub fn category((slug, name): (String, String)) -> Self {
        Self { name, url: slug::category_path(&slug) }
    }
}

/// A post as the templates have it; `context`, `html` and `files` are HTML.
#[derive(Debug, Clone)]
pub struct PostView {
    pub url: String,
    pub title: Option<String>,
    pub context: String,
    pub html: String,
    pub files: String,
    pub published_iso: String,
    pub published: String,
    pub categories: Vec<Named>,
}

impl PostView {
    /// A post on this blog, in a list or on its own.
    pub fn new(config: &Config, blog: &Blog, post: Post, is_listed: bool) -> Self {
        let address = |key: &str| config.media_url(key);
        let files = Files { address: &address, is_lazy: is_listed, links_elsewhere: false };
        let shown = if is_listed { CATEGORIES_LISTED } else { usize::MAX };
        let categories = blog.categories_of(&post).into_iter().take(shown);
        Self {
            categories: categories.map(Named::category).collect(),
            url: format!("{}{}", config.blog_origin(&blog.username), post.path),
            context: post.context_html(),
            files: post.files_html(&files),
            title: post.title,
            html: post.html,
            published_iso: datetime::rfc3339(post.published_at),
            published: datetime::human(post.published_at, &blog.language),
        }
    }
}

/// When a post was changed after it was out, for programs and for people.
pub fn edited(blog: &Blog, post: &Post) -> Option<(String, String)> {
    let is_later = post.updated_at > post.published_at.saturating_add(EDIT_SECONDS);
    let is_edited = is_later && post.revision > 1 && post.status == Status::Published;
    (is_edited && post.channel == Channel::Posts).then(|| {
        let at = post.updated_at;
        (datetime::rfc3339(at), datetime::human(at, &blog.language))
    })
}

#[derive(Template)]
#[template(path = "gone.html")]
struct Gone {
    blog: BlogView,
    build: String,
}

/// The page of a post that was deleted.
pub fn gone(cx: &Context, blog: &Blog) -> Result<String> {
    let page = Gone { blog: BlogView::new(&cx.config, blog), build: cx.config.build.clone() };
    page.render().map_err(Error::internal)
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {
    blog: BlogView,
    build: String,
}

/// 404 in the blog's dress. No cache keeps it: the next post may be there.
pub fn not_found(cx: &Context, blog: &Blog) -> Result<Response> {
    let page = Missing { blog: BlogView::new(&cx.config, blog), build: cx.config.build.clone() };
    let page = page.render().map_err(Error::internal)?;
    Ok(web::no_store(web::html(StatusCode::NOT_FOUND, page)))
}
