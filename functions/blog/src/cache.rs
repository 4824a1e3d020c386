//! The page cache: what a page may depend on, and what is kept of it.
//!
//! A renderer is a plain function of a [`Key`] and the stored posts. It has no way to see a header,
//! a cookie or a query, so no visitor can poison the page of another.

use crate::{sitemap::Sitemap, theme, validators};
use bytes::Bytes;
use domain::blog::Blog;
use http::StatusCode;
use platform::{Context, Error, Local, Response, Result};
use std::hash::{DefaultHasher, Hasher};
use web::{Visit, feed::Feed};

/// How long a page is kept; a change of the blog makes another key at once. As long as the copy of the
/// blog's row, because both together are what visitors have while the database does not answer.
const LIFE_SECONDS: u32 = 86_400;

/// The pages that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// The n-th page of posts; the first one is the home page.
    Posts(i64),
    /// A post or a page, by its path.
    Post(String),
    /// The categories.
    Categories,
    /// A category by its slug: its posts before the one at this time and of this id.
    Category(String, Option<(i64, String)>),
    /// A feed.
    Feed(Feed),
    /// The months that have posts.
    Archive,
    /// A month such as `2026-11`: its posts before the one at this time and of this id.
    Month(String, Option<(i64, String)>),
    /// The photos of the posts before the one at this time and of this id.
    Photos(Option<(i64, String)>),
    /// The sitemap, or a part of it.
    Sitemap(Sitemap),
    /// The blog's own style sheet.
    Sheet,
}

/// All that a page may depend on, beside what is stored: the blog, of one epoch, and which page.
#[derive(Debug, Clone)]
pub struct Key {
    /// The blog as its row says.
    pub blog: Blog,
    /// Which page.
    pub page: Page,
}

/// Makes a page; None when there is no such page. A plain function on purpose: it captures nothing.
pub type Render = for<'a> fn(&'a Context, &'a Key) -> Local<'a, Result<Option<Rendered>>>;

/// A page as it is kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// 200, 302 or 410.
    pub status: StatusCode,
    /// For `Content-Type`.
    pub content_type: String,
    /// Strong, with its quotes.
    pub etag: String,
    /// Unix seconds.
    pub changed_at: i64,
    /// Where a redirect leads; else empty.
    pub location: String,
    /// The bytes.
    pub body: Bytes,
}

impl Rendered {
    /// A page of this blog.
    pub fn new(status: StatusCode, content_type: &str, blog: &Blog, body: String) -> Self {
        let mut hash = DefaultHasher::new();
        hash.write(body.as_bytes());
        let hash = hash.finish();
        Self {
            status,
            content_type: content_type.to_owned(),
            etag: format!("\"{hash:016x}\""),
            changed_at: blog.changed_at,
            location: String::new(),
            body: body.into(),
        }
    }

    /// A page that leads elsewhere (RFC 9110, section 15.4.3), for as long as its author wants it to.
    pub fn redirect(blog: &Blog, location: String) -> Self {
        let page = Self::new(StatusCode::FOUND, "text/plain; charset=utf-8", blog, String::new());
        Self { location, ..page }
    }
}

/// The blog that the visit is for.
///
/// # Errors
/// [`Error::NotFound`] when the host name is nobody's, [`Error::Moved`] when the blog lives on its own
/// domain; no cache keeps these answers.
pub async fn blog(v: &Visit<'_>) -> Result<Blog> {
    let name = v.cx.config.blog_name(&v.host).ok_or(Error::NotFound)?;
    let blog = web::blog(v.cx, &name).await?.ok_or(Error::NotFound)?;
    if blog.domain.is_none() || blog.domain.as_ref() == Some(&name) {
        return Ok(blog);
    }
    let origin = v.cx.config.blog_origin(&blog.username, blog.domain.as_deref());
    let path = v.req.uri().path_and_query().map_or("/", |path| path.as_str());
    Err(Error::Moved(format!("{origin}{path}")))
}

/// Answers with a kept page, or renders and keeps it. None when there is no such page.
pub async fn answer(v: &Visit<'_>, key: &Key, render: Render) -> Result<Option<Response>> {
    match find_or_render(v.cx, key, render).await? {
        Some(page) => {
            let mut response = validators::respond(v, page)?;
            theme::allow_own(v.cx, &key.blog, &mut response);
            Ok(Some(response))
        }
        None => Ok(None),
    }
}

async fn find_or_render(cx: &Context, key: &Key, render: Render) -> Result<Option<Rendered>> {
    if !cx.config.page_cache {
        return render(cx, key).await;
    }
    let name = name(key, &cx.config.blog_domain, &cx.config.build);
    match cx.cache.get(&name).await {
        Ok(Some(kept)) => {
            if let Some(page) = unframe(&kept) {
                return Ok(Some(page));
            }
        }
        Ok(None) => {}
        Err(error) => cx.log(&format!("the page cache does not answer: {error}")),
    }
    let Some(page) = render(cx, key).await? else { return Ok(None) };
    if !is_worth_keeping(cx, key).await {
        return Ok(Some(page));
    }
    if let Err(error) = cx.cache.put(&name, frame(&page), LIFE_SECONDS).await {
        cx.log(&format!("the page cache does not answer: {error}"));
    }
    Ok(Some(page))
}

/// Lists can begin at any place, and there are more made-up places than a cache has room for: only those
/// are kept that a page of ours leads to.
async fn is_worth_keeping(cx: &Context, key: &Key) -> bool {
    let Some((at, id)) = place(&key.page) else { return true };
    matches!(store::archive::is_place(cx, &key.blog.id, *at, id).await, Ok(true))
}

fn place(page: &Page) -> Option<&(i64, String)> {
    match page {
        Page::Category(_, place) | Page::Month(_, place) | Page::Photos(place) => place.as_ref(),
        Page::Feed(feed) => feed.before.as_ref(),
        _ => None,
    }
}

/// The key as the cache takes it.
fn name(key: &Key, blog_domain: &str, build: &str) -> String {
    let (path, username, epoch) = (path(&key.page), &key.blog.username, key.blog.epoch);
    format!("page:{username}.{blog_domain}\n{path}\n{epoch}\n{build}")
}

/// The page's one path, whichever of its addresses was asked for.
fn path(page: &Page) -> String {
    match page {
        Page::Posts(1) => "/".to_owned(),
        Page::Posts(n) => format!("/page/{n}"),
        Page::Post(path) => path.clone(),
        Page::Categories => "/categories".to_owned(),
        Page::Category(slug, before) => before_path(&format!("/categories/{slug}"), before),
        Page::Feed(feed) => feed.path(),
        Page::Archive => "/archive".to_owned(),
        Page::Month(month, before) => {
            before_path(&format!("/archive/{}", month.replace('-', "/")), before)
        }
        Page::Photos(before) => before_path("/photos", before),
        Page::Sitemap(sitemap) => sitemap.path(),
        Page::Sheet => "/theme.css".to_owned(),
    }
}

/// The path of a page of a list, before the post at this time and of this id.
pub fn before_path(base: &str, before: &Option<(i64, String)>) -> String {
    match before {
        Some((at, id)) => format!("{base}/before/{at}-{id}"),
        None => base.to_owned(),
    }
}

/// One buffer: five lines of what the head needs, then the body.
fn frame(page: &Rendered) -> Bytes {
    let Rendered { status, content_type, etag, changed_at, location, body } = page;
    let status = status.as_u16();
    let head = format!("{status}\n{content_type}\n{etag}\n{changed_at}\n{location}\n");
    [head.as_bytes(), body].concat().into()
}

fn unframe(kept: &Bytes) -> Option<Rendered> {
    let mut parts = kept.splitn(6, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(parts.next()?).ok();
    let status = line()?.parse().ok()?;
    let (content_type, etag) = (line()?.to_owned(), line()?.to_owned());
    let (changed_at, location) = (line()?.parse().ok()?, line()?.to_owned());
    let body = kept.slice_ref(parts.next()?);
    Some(Rendered { status, content_type, etag, changed_at, location, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(page: Page) -> Key {
        let blog = Blog {
            owner: "maria".into(),
            id: "1".into(),
            account_id: "2".into(),
            username: "maria".into(),
            domain: None,
            title: "Maria".into(),
            tagline: String::new(),
            author: "Maria".into(),
            site: None,
            language: "en".into(),
            epoch: 7,
            post_count: 3,
            changed_at: 1_795_356_300,
            navigation: vec![],
            hides_app: false,
            categories: vec![],
            look: String::new(),
            own: String::new(),
            draft: None,
        };
        Key { blog, page }
    }

    fn feed() -> Page {
        let (list, format) = (web::feed::List::Posts, web::feed::Format::Rss);
        Page::Feed(Feed { list, format, before: None })
    }

    #[test]
    fn a_kept_page_is_the_page() {
        let blog = key(feed()).blog;
        for body in ["", "\n", "<p>Grüße\n\nan alle</p>\n"] {
            let page = Rendered::new(StatusCode::GONE, "text/html", &blog, body.to_owned());
            assert_eq!(unframe(&frame(&page)), Some(page), "{body:?}");
        }
        let redirect = Rendered::redirect(&blog, "https://example.org/".to_owned());
        assert_eq!(unframe(&frame(&redirect)), Some(redirect));
    }

    #[test]
    fn what_is_not_a_kept_page_is_none() {
        for kept in ["", "200", "200\ntext/html\n\"a\"\n5", "x\ntext/html\n\"a\"\n5\n\nbody"] {
            assert_eq!(unframe(&Bytes::from_static(kept.as_bytes())), None, "{kept:?}");
        }
    }

    #[test]
    fn whatever_changes_a_page_changes_its_key() {
        let one = name(&key(Page::Posts(1)), "blogs.example", "a");
        let mut other_blog = key(Page::Posts(1));
        other_blog.blog.username = "max".into();
        let mut later = key(Page::Posts(1));
        later.blog.epoch = 8;
        for other in [
            name(&key(Page::Posts(2)), "blogs.example", "a"),
            name(&key(Page::Post("/2026/11/22/x".into())), "blogs.example", "a"),
            name(&key(feed()), "blogs.example", "a"),
            name(&key(Page::Category("tea".into(), None)), "blogs.example", "a"),
            name(&key(Page::Category("tea".into(), Some((1, "2".into())))), "blogs.example", "a"),
            name(&key(Page::Posts(1)), "blogs.example", "b"),
            name(&other_blog, "blogs.example", "a"),
            name(&later, "blogs.example", "a"),
        ] {
            assert_ne!(one, other);
        }
        assert_eq!(one, name(&key(Page::Posts(1)), "blogs.example", "a"));
    }
}
