//! The feeds of a hosted blog: which there are, where they stand, and what each holds. They are made here
//! because two functions need the same bytes: `blog` for visitors, `feeds` for those who subscribed.

mod items;

use crate::place;
use domain::{
    blog::Blog,
    feed::{self, FeedHead},
    post::Post,
    slug,
};
use percent_encoding::percent_decode_str;
use platform::{Config, Context, Result};

/// Other paths that lead to the feed of all posts.
const ALIASES: [&str; 4] = ["/feed", "/rss", "/rss.xml", "/index.xml"];
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
    pub fn of_file(list: List, file: &str, before: Option<(i64, String)>) -> Option<Self> {
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

    /// The feed of the newest posts that visitors find at this path, by its own name or by another
    /// that leads there; None when there is none.
    pub fn of_path(path: &str) -> Option<Self> {
        if ALIASES.contains(&path) {
            return Some(Self { list: List::Posts, format: Format::Rss, before: None });
        }
        let (base, file) = path.rsplit_once('/')?;
        let lists = match base {
            "" => vec![List::Posts, List::Replies],
            "/photos" => vec![List::Photos],
            "/archive" => vec![List::Archive],
            _ => {
                let slug = percent_decode_str(base.strip_prefix("/categories/")?);
                let slug = slug.decode_utf8().ok().filter(|slug| place::is_category(slug))?;
                vec![List::Category(slug.into_owned())]
            }
        };
        lists.into_iter().find_map(|list| Self::of_file(list, file, None))
    }

    /// For `Content-Type`.
    pub fn content_type(&self) -> &'static str {
        match self.format {
            Format::Rss => "application/rss+xml; charset=utf-8",
            Format::Atom => "application/atom+xml; charset=utf-8",
            Format::Json => "application/feed+json",
        }
    }
}

/// The feed as visitors get it; None when there is none, such as that of a category without posts.
///
/// # Errors
/// Only the database's.
pub async fn render(cx: &Context, blog: &Blog, feed: &Feed) -> Result<Option<String>> {
    let limit = if feed.list == List::Archive { ARCHIVE_POSTS } else { POSTS };
    let mut posts = list(cx, blog, feed, limit.saturating_add(1)).await?;
    let older = place::cut(&mut posts, limit);
    let Some(title) = title(blog, feed, &posts) else { return Ok(None) };
    let head = head(cx, blog, feed, title, older);
    let items = match feed.list {
        List::Archive => items::short(cx, blog, posts),
        _ => items::whole(cx, blog, posts).await?,
    };
    Ok(Some(match feed.format {
        Format::Rss => feed::rss(&head, &items),
        Format::Atom => feed::atom(&head, &items),
        Format::Json => feed::json(&head, &items),
    }))
}

/// The address of a blog, without a slash at its end.
fn origin(config: &Config, blog: &Blog) -> String {
    config.blog_origin(&blog.username, blog.domain.as_deref())
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
    let (config, url) = (&cx.config, origin(&cx.config, blog));
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
        app_url: config.app_url(""),
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

    #[test]
    fn a_path_means_the_feed_that_visitors_find_there() {
        for (path, expected) in [
            ("/feed.xml", Some("/feed.xml")),
            ("/atom.xml", Some("/atom.xml")),
            ("/feed.json", Some("/feed.json")),
            ("/rss", Some("/feed.xml")),
            ("/index.xml", Some("/feed.xml")),
            ("/replies.xml", Some("/replies.xml")),
            ("/replies.json", Some("/replies.json")),
            ("/photos/index.json", Some("/photos/index.json")),
            ("/archive/index.json", Some("/archive/index.json")),
            ("/categories/gr%C3%BCner-tee/atom.xml", Some("/categories/gr%C3%BCner-tee/atom.xml")),
            ("/categories/grüner-tee/feed.xml", Some("/categories/gr%C3%BCner-tee/feed.xml")),
            ("/categories/Tea/feed.xml", None),
            ("/categories/tea", None),
            ("/categories//feed.xml", None),
            ("/categories/%FF/feed.xml", None),
            ("/before/12-179535630000012345/feed.xml", None),
            ("/photos/feed.json", None),
            ("/", None),
            ("", None),
            ("feed.xml", None),
        ] {
            let feed = Feed::of_path(path);
            assert_eq!(feed.map(|feed| feed.path()).as_deref(), expected, "{path}");
        }
    }
}
