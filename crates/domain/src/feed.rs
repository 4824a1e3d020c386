//! The feeds of a blog: one description, and three formats that are written from it. Each is byte for
//! byte the same until the blog changes.

mod atom;
mod json;
mod rss;
#[cfg(test)]
mod tests;

pub use atom::atom;
pub use json::json;
pub use rss::rss;

/// Where the hub of all feeds stands on the app's host (WebSub, section 4).
pub const HUB_PATH: &str = "/hub";
/// Where rssCloud takes requests for notices, on the app's host.
pub const CLOUD_PATH: &str = "/rsscloud/pleaseNotify";

const GENERATOR: &str = "Pipit";
const SUMMARY_CHARS: usize = 280;

/// What a feed says about its blog. All addresses are absolute.
#[derive(Debug, Clone)]
pub struct FeedHead<'a> {
    /// Never changes, even when the blog's address does.
    pub id: String,
    /// The blog's title, and which posts these are.
    pub title: String,
    /// One line about the blog; the title stands in when it is empty.
    pub description: &'a str,
    /// The page that shows the same posts.
    pub url: String,
    /// The feed's own address.
    pub feed_url: String,
    /// The feed of the posts before these (RFC 5005, section 3).
    pub older_url: Option<String>,
    /// The feed of the newest posts, where this one is of older ones.
    pub newest_url: Option<String>,
    /// BCP 47 tag; may be empty.
    pub language: &'a str,
    /// The author's name.
    pub author: &'a str,
    /// The author's page.
    pub author_url: String,
    /// The author's picture.
    pub avatar_url: String,
    /// The app's origin, without a slash at its end: there is the hub.
    pub app_url: String,
    /// Unix seconds; for a feed without posts.
    pub changed_at: i64,
}

impl FeedHead<'_> {
    fn description(&self) -> &str {
        if self.description.is_empty() { &self.title } else { self.description }
    }

    /// The address of the hub; none for older posts, since nothing new comes there.
    pub fn hub_url(&self) -> Option<String> {
        self.newest_url.is_none().then(|| format!("{}{HUB_PATH}", self.app_url))
    }

    /// Links to the other pages of the feed: their relations and addresses.
    fn pages(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let first = self.newest_url.iter().map(|url| ("first", url));
        first.chain(self.older_url.iter().map(|url| ("next", url)))
    }

    fn updated_at(&self, items: &[FeedItem]) -> i64 {
        items.iter().map(FeedItem::updated_at).max().unwrap_or(self.changed_at)
    }
}

/// A file that readers may load with a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFile {
    /// Absolute address.
    pub url: String,
    /// Its media type.
    pub media_type: String,
    /// Its length; 0 where it is not known.
    pub bytes: i64,
}

/// A post in a feed.
#[derive(Debug, Clone, Default)]
pub struct FeedItem {
    /// Never changes, even when the permalink does.
    pub guid: String,
    /// The permalink, absolute.
    pub url: String,
    /// Notes have none.
    pub title: Option<String>,
    /// Sanitised HTML with absolute links: all that the post shows. Empty: the words are enough.
    pub html: String,
    /// The post in words, plain text; never empty.
    pub words: String,
    /// The names of its categories.
    pub categories: Vec<String>,
    /// The one that most matters comes first; RSS allows one.
    pub files: Vec<FeedFile>,
    /// The address of its first picture.
    pub image: Option<String>,
    /// Unix seconds.
    pub published_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
}

impl FeedItem {
    fn title(&self) -> Option<&str> {
        self.title.as_deref().filter(|title| !title.trim().is_empty())
    }

    fn updated_at(&self) -> i64 {
        self.updated_at.max(self.published_at)
    }
}
