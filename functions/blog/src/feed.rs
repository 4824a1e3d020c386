//! The feeds of a blog: which there are, where they stand, and what each holds.

use crate::{
    cache::{self, Key, Page, Rendered},
    feed_items, place, theme, validators,
};
use domain::{
    blog::Blog,
    feed::{self, FeedHead},
    post::Post,
    slug,
};
use http::{HeaderValue, StatusCode, header};
use platform::{Body, Context, Error, Response, Result};
use web::Visit;

const POSTS: i64 = 25;
/// What [`List::Archive`] holds of each post is short.
const ARCHIVE_POSTS: i64 = 100;

/// Which posts a feed has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// All.
    Posts,
    /// Those of the category with this slug.
    Category(String),
    /// Those that answer somebody.
    Replies,
    /// Those with photos.
    Photos,
    /// All, each with its first words alone.
    Archive,
}

impl List {
    /// What all paths of its feeds begin with.
    fn base(&self) -> String {
        match self {
            Self::Posts => String::new(),
            Self::Category(slug) => slug::category_path(slug),
            Self::Replies => "/replies".into(),
            Self::Photos => "/photos".into(),
            Self::Archive => "/archive".into(),
        }
    }
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

/// A feed, of the newest posts or of those before a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Which posts.
    pub list: List,
    /// How it is written.
    pub format: Format,
    /// The time and the id of the post before which it begins.
    pub before: Option<(i64, String)>,
}

impl Feed {
    /// Its one path on the blog's host.
    pub fn path(&self) -> String {
        let file = match (&self.list, self.format) {
            (List::Replies, Format::Rss) if self.before.is_none() => return "/replies.xml".into(),
            (List::Replies, Format::Json) if self.before.is_none() => {
                return "/replies.json".into();
            }
            (List::Photos | List::Archive, Format::Json) => "index.json",
            (_, Format::Rss) => "feed.xml",
            (_, Format::Atom) => "atom.xml",
            (_, Format::Json) => "feed.json",
        };
        let base = self.list.base();
        match &self.before {
            Some((at, id)) => format!("{base}/before/{at}-{id}/{file}"),
            None => format!("{base}/{file}"),
        }
    }

    /// The feed whose file has this name; None when there is none.
    fn of_file(list: List, file: &str, before: Option<(i64, String)>) -> Option<Self> {
        let format = match file {
            "feed.xml" | "replies.xml" => Format::Rss,
            "atom.xml" => Format::Atom,
            "feed.json" | "index.json" | "replies.json" => Format::Json,
            _ => return None,
        };
        let feed = Self { list, format, before };
        let is_written = match feed.list {
            List::Archive => format == Format::Json,
            List::Replies | List::Photos => format != Format::Atom,
            List::Posts | List::Category(_) => true,
        };
        (is_written && feed.path().ends_with(&format!("/{file}"))).then_some(feed)
    }

    fn content_type(&self) -> &'static str {
        match self.format {
            Format::Rss => "application/rss+xml; charset=utf-8",
            Format::Atom => "application/atom+xml; charset=utf-8",
            Format::Json => "application/feed+json",
        }
    }
}

/// `GET /feed.xml` and all the others; the list is the route's, the format the file's.
pub async fn show(v: Visit<'_>, list: List) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let Some(feed) = asked(&v, list) else { return theme::not_found(v.cx, &blog).await };
    let url = format!("{}{}", theme::origin(&v.cx.config, &blog), feed.path());
    let key = Key { blog, page: Page::Feed(feed) };
    let response = cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await?;
    let Some(mut response) = response else { return theme::not_found(v.cx, &key.blog).await };
    validators::keep_for_minutes(&mut response);
    validators::link(&mut response, &url, "self")?;
    Ok(response)
}

/// `GET /categories/{slug}/{file}`, the feeds of a category.
pub async fn of_category(v: Visit<'_>) -> Result<Response> {
    let slug = v.param("slug").to_owned();
    show(v, List::Category(slug)).await
}

/// The feed at this address; None where there can be none, which costs no query.
fn asked(v: &Visit<'_>, list: List) -> Option<Feed> {
    if matches!(&list, List::Category(slug) if !place::is_category(slug)) {
        return None;
    }
    let (given, before) = (v.param("place"), place::parse(v.param("place")));
    let file = v.req.uri().path().rsplit('/').next()?;
    Feed::of_file(list, file, before).filter(|feed| feed.before.is_none() == given.is_empty())
}

/// The other addresses that readers try.
pub async fn alias(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    to_feed(&v, &blog)
}

/// To where the feed of all posts is (RFC 9110, section 15.4.2).
pub fn to_feed(v: &Visit<'_>, blog: &Blog) -> Result<Response> {
    let feed = format!("{}/feed.xml", theme::origin(&v.cx.config, blog));
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let feed = HeaderValue::from_str(&feed).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, feed);
    Ok(response)
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let (Page::Feed(feed), blog) = (&key.page, &key.blog) else { return Ok(None) };
    let limit = if feed.list == List::Archive { ARCHIVE_POSTS } else { POSTS };
    let mut posts = list(cx, blog, feed, limit.saturating_add(1)).await?;
    let older = place::cut(&mut posts, limit);
    let Some(title) = title(blog, feed, &posts) else { return Ok(None) };
    let head = head(cx, blog, feed, title, older);
    let items = match feed.list {
        List::Archive => feed_items::short(cx, blog, posts),
        _ => feed_items::whole(cx, blog, posts).await?,
    };
    let text = match feed.format {
        Format::Rss => feed::rss(&head, &items),
        Format::Atom => feed::atom(&head, &items),
        Format::Json => feed::json(&head, &items),
    };
    Ok(Some(Rendered::new(StatusCode::OK, feed.content_type(), blog, text)))
}

async fn list(cx: &Context, blog: &Blog, feed: &Feed, limit: i64) -> Result<Vec<Post>> {
    let before = feed.before.as_ref().map(|(at, id)| (*at, id.as_str()));
    let place = before.unwrap_or(store::archive::END);
    match &feed.list {
        List::Posts => {
            store::post::list_between(cx, &blog.id, feed.before.clone(), None, limit).await
        }
        List::Category(slug) => {
            store::post::list_by_category(cx, &blog.id, slug, before, limit).await
        }
        List::Replies => store::archive::list_replies(cx, &blog.id, place, limit).await,
        List::Photos => store::archive::list_with_photos(cx, &blog.id, place, limit).await,
        List::Archive => store::archive::list(cx, &blog.id, 0, place, limit).await,
    }
}

/// What the feed is called; None for a category without posts, which is none.
fn title(blog: &Blog, feed: &Feed, posts: &[Post]) -> Option<String> {
    let which = match &feed.list {
        List::Posts | List::Archive => return Some(blog.title.clone()),
        List::Category(slug) => place::category_name(blog, posts.first()?, slug)?,
        List::Replies => "Replies".to_owned(),
        List::Photos => "Photos".to_owned(),
    };
    Some(format!("{}: {which}", blog.title))
}

fn head<'a>(
    cx: &Context,
    blog: &'a Blog,
    feed: &Feed,
    title: String,
    older: Option<(i64, String)>,
) -> FeedHead<'a> {
    let (config, url) = (&cx.config, theme::origin(&cx.config, blog));
    let base = feed.list.base();
    let page = match &feed.list {
        List::Posts | List::Replies => "/",
        _ => &base,
    };
    let other = |before| format!("{url}{}", Feed { before, ..feed.clone() }.path());
    FeedHead {
        id: format!("urn:pipit:blog:{}{}", blog.id, base.replace('/', ":")),
        title,
        description: &blog.tagline,
        url: format!("{url}{page}"),
        feed_url: format!("{url}{}", feed.path()),
        older_url: older.map(|older| other(Some(older))),
        newest_url: feed.before.is_some().then(|| other(None)),
        language: &blog.language,
        author: &blog.author,
        author_url: format!("{url}/"),
        avatar_url: config.app_url(&format!("/avatars/{}", blog.person())),
        changed_at: blog.changed_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feed_has_one_path_and_every_path_one_feed() {
        let before = || Some((12, "179535630000012345".to_owned()));
        let tea = || List::Category("grüner-tee".into());
        for (list, file, before, path) in [
            (List::Posts, "feed.xml", None, Some("/feed.xml")),
            (List::Posts, "atom.xml", None, Some("/atom.xml")),
            (List::Posts, "feed.json", before(), Some("/before/12-179535630000012345/feed.json")),
            (List::Posts, "index.json", None, None),
            (List::Posts, "replies.xml", None, None),
            (tea(), "atom.xml", None, Some("/categories/gr%C3%BCner-tee/atom.xml")),
            (List::Replies, "replies.xml", None, Some("/replies.xml")),
            (List::Replies, "replies.json", None, Some("/replies.json")),
            (List::Replies, "feed.xml", None, None),
            (
                List::Replies,
                "feed.xml",
                before(),
                Some("/replies/before/12-179535630000012345/feed.xml"),
            ),
            (List::Replies, "atom.xml", before(), None),
            (List::Photos, "feed.xml", None, Some("/photos/feed.xml")),
            (List::Photos, "index.json", None, Some("/photos/index.json")),
            (List::Photos, "feed.json", None, None),
            (List::Archive, "index.json", None, Some("/archive/index.json")),
            (List::Archive, "feed.xml", None, None),
            (List::Posts, "feed.xml.bak", None, None),
        ] {
            let feed = Feed::of_file(list.clone(), file, before);
            assert_eq!(feed.map(|feed| feed.path()).as_deref(), path, "{list:?} {file}");
        }
    }
}
