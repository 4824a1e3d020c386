//! What a person publishes: a note has no title, an article has one.

use crate::{datetime, html, markdown};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod parts;

pub use parts::{Files, host};

/// The longest title.
pub const TITLE_CHARS_MAX: usize = 500;
/// The longest text, in bytes of its Markdown.
pub const TEXT_BYTES_MAX: usize = 500 * 1024;
/// The longest HTML of a post: with the longest text it still fits a database row of 2,000,000 bytes.
pub const HTML_BYTES_MAX: usize = 1_400_000;
/// The longest description of a photo.
pub const ALT_CHARS_MAX: usize = 1500;
/// The most photos of one post, and the most of audio and video.
pub const MEDIA_MAX: usize = 20;
/// The most categories of one post.
pub const CATEGORIES_MAX: usize = 200;
/// The longest name of a category.
pub const CATEGORY_CHARS_MAX: usize = 100;
/// The most bytes of properties, as JSON.
pub const PROPERTIES_BYTES_MAX: usize = 64 * 1024;

/// A picture of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// The object's key in the blob store, or the address of a picture elsewhere.
    pub key: String,
    /// What it shows, for those who cannot see it; text, not HTML.
    pub alt: String,
    /// Pixels, as displayed; 0 where it is not known.
    pub width: u32,
    /// Pixels, as displayed; 0 where it is not known.
    pub height: u32,
}

/// Audio or video of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    /// The object's key in the blob store, or an address elsewhere.
    pub key: String,
    /// What it is, for those who cannot hear or see it.
    pub alt: String,
    /// Video, not audio.
    pub is_video: bool,
    /// Pixels, as displayed; 0 where it is not known.
    pub width: u32,
    /// Pixels, as displayed; 0 where it is not known.
    pub height: u32,
}

/// Where a post is on its way to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Seen by its author, and by whoever has the preview's address.
    Draft,
    /// Becomes public by itself at its time.
    Scheduled,
    /// Out.
    #[default]
    Published,
}

/// What a post is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channel {
    /// In the stream of posts, with a date.
    #[default]
    Posts,
    /// Beside it, at an address of its own.
    Pages,
}

/// Who may see a published post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Everyone, everywhere.
    #[default]
    Public,
    /// Whoever has its address; no list or feed shows it.
    Unlisted,
    /// Its author.
    Private,
}

/// What the text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Markdown, with HTML where its author wants it.
    #[default]
    Markdown,
    /// HTML alone.
    Html,
}

/// Gives an enum its words in the database and in protocols.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ }) => {
        impl $name {
            /// The word for it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What a word means.
            pub fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(Status { Draft = "draft", Scheduled = "scheduled", Published = "published" });
words!(Channel { Posts = "posts", Pages = "pages" });
words!(Visibility { Public = "public", Unlisted = "unlisted", Private = "private" });
words!(Format { Markdown = "markdown", Html = "html" });

/// What kind of post it is, as microformats tell them apart
/// (<https://ptd.spec.indieweb.org/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An answer to an invitation.
    Rsvp,
    /// An answer to somebody's post.
    Reply,
    /// Somebody's post, again.
    Repost,
    /// Praise of somebody's post.
    Like,
    /// Somebody's page, to be found again.
    Bookmark,
    /// Audio or video.
    Clip,
    /// A picture.
    Photo,
    /// With a title.
    Article,
    /// Without one.
    Note,
}

/// The app that a post was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Its address, if it has one.
    pub url: Option<String>,
}

/// A post as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Post {
    /// Time-first id, 18 digits.
    pub id: String,
    /// The blog it stands on.
    pub blog_id: String,
    /// Its path on the blog's host: `/2026/11/22/slug`, of a page `/slug`.
    pub path: String,
    /// Post or page.
    pub channel: Channel,
    /// Draft, scheduled, published.
    pub status: Status,
    /// Who may see it once it is published.
    pub visibility: Visibility,
    /// Text, not HTML; notes have none.
    pub title: Option<String>,
    /// What was written.
    pub text: String,
    /// What it was written in.
    pub format: Format,
    /// The text as sanitised HTML, without the photos.
    pub html: String,
    /// In the order of display.
    pub photos: Vec<Photo>,
    /// In the order of display.
    pub clips: Vec<Clip>,
    /// Names, in the order in which they were given.
    pub categories: Vec<String>,
    /// What else is said of it: microformats2 properties, each a list.
    pub properties: Map<String, Value>,
    /// What it was written with, where that was not Pipit's own page.
    pub app: Option<App>,
    /// Whether the blog's head leads to it, for pages.
    pub is_in_navigation: bool,
    /// Unix seconds; of a draft, when it was begun.
    pub published_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
    /// Unix seconds; a deleted post answers 410.
    pub deleted_at: Option<i64>,
    /// Unix seconds; then only the path is left.
    pub purged_at: Option<i64>,
    /// Grows with every change.
    pub revision: i64,
}

impl Post {
    /// What stands for the post where a title would: the title, else the first words, else what its
    /// files show, else what it says of others' pages, else its day. Plain text, never empty.
    pub fn label(&self, chars: usize) -> String {
        if let Some(title) = self.title.as_ref().filter(|title| !title.trim().is_empty()) {
            return title.clone();
        }
        let label = self.excerpt(chars);
        if label.is_empty() { datetime::human(self.published_at, "en") } else { label }
    }

    /// The first words, else what its files show, else what it says of others' pages. Plain text that may be
    /// empty.
    pub fn excerpt(&self, chars: usize) -> String {
        // The first words stand in the first bytes; a tag that the cut went through is left out.
        let head: String = self.html.chars().take(chars.saturating_mul(10)).collect();
        let whole = head.rsplit_once('<').filter(|(_, tag)| !tag.contains('>'));
        let words = html::words(whole.map_or(head.as_str(), |(whole, _)| whole));
        html::shorten(&self.words_or(words), chars)
    }

    /// These words of the post, or where it has none what its files show, or what it says of others' pages.
    pub fn words_or(&self, words: String) -> String {
        if !words.is_empty() {
            return words;
        }
        let photos = self.photos.iter().map(|photo| photo.alt.trim());
        let mut shown = photos.chain(self.clips.iter().map(|clip| clip.alt.trim()));
        let shown = shown.find(|alt| !alt.is_empty());
        shown.map_or_else(|| self.context_words(), str::to_owned)
    }

    /// Whether a visitor of the blog can see it, at least by its address.
    pub fn is_visible(&self) -> bool {
        self.status == Status::Published
            && self.visibility != Visibility::Private
            && self.deleted_at.is_none()
    }

    /// Whether it stands in the blog's lists and feeds.
    pub fn is_listed(&self) -> bool {
        self.is_visible() && self.visibility == Visibility::Public && self.channel == Channel::Posts
    }

    /// The addresses in a property, such as `in-reply-to`: given as text, or as an embedded
    /// item that has a `url`.
    pub fn addresses(&self, property: &str) -> Vec<&str> {
        self.values(property).filter_map(address).collect()
    }

    fn values(&self, property: &str) -> impl Iterator<Item = &Value> {
        self.properties.get(property).and_then(Value::as_array).into_iter().flatten()
    }

    /// What kind of post it is.
    pub fn kind(&self) -> Kind {
        let has = |property| !self.addresses(property).is_empty();
        if self.properties.contains_key("rsvp") && has("in-reply-to") {
            Kind::Rsvp
        } else if has("in-reply-to") {
            Kind::Reply
        } else if has("repost-of") {
            Kind::Repost
        } else if has("like-of") {
            Kind::Like
        } else if has("bookmark-of") {
            Kind::Bookmark
        } else if self.title.is_some() {
            Kind::Article
        } else if !self.clips.is_empty() {
            Kind::Clip
        } else if !self.photos.is_empty() {
            Kind::Photo
        } else {
            Kind::Note
        }
    }

    /// Where a page leads that has nothing but an address for its text.
    pub fn redirect(&self) -> Option<&str> {
        let text = self.text.trim();
        let is_address = (text.starts_with("https://") || text.starts_with("http://"))
            && !text.contains(char::is_whitespace)
            && url::Url::parse(text).is_ok();
        (self.channel == Channel::Pages && is_address).then_some(text)
    }

    /// Whether there is nothing to publish.
    pub fn is_empty(&self) -> bool {
        let has = |text: &str| !text.trim().is_empty();
        let says = ["in-reply-to", "repost-of", "like-of", "bookmark-of", "checkin"];
        !has(&self.text)
            && !self.title.as_deref().is_some_and(has)
            && self.photos.is_empty()
            && self.clips.is_empty()
            && !says.iter().any(|property| self.properties.contains_key(*property))
    }
}

fn address(value: &Value) -> Option<&str> {
    let text = value.as_str().or_else(|| {
        let url = value.get("properties")?.get("url")?;
        url.as_array().and_then(|urls| urls.first()).unwrap_or(url).as_str()
    })?;
    (text.starts_with("https://") || text.starts_with("http://")).then_some(text)
}

/// The HTML of a text.
pub fn html(text: &str, format: Format) -> String {
    match format {
        Format::Markdown => markdown::to_html(text),
        Format::Html => markdown::sanitize(text),
    }
}

/// The categories as they are stored: without white space around them, each once, whatever its case.
pub fn categories(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        let words: Vec<&str> = name.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        let name = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if !name.is_empty() && seen.insert(name.to_lowercase()) {
            kept.push(name);
        }
    }
    kept
}

/// May this be stored? Its HTML is made. The error is the sentence for the person.
pub fn check(post: &Post) -> Result<(), &'static str> {
    let alts = || {
        let photos = post.photos.iter().map(|photo| &photo.alt);
        photos.chain(post.clips.iter().map(|clip| &clip.alt))
    };
    if post.is_empty() && post.status != Status::Draft {
        Err("Write something or add a photo first.")
    } else if post.title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARS_MAX) {
        Err(
            "The title is longer than 500 characters. Shorten it, or move some of it into the text.",
        )
    } else if post.text.len() > TEXT_BYTES_MAX {
        Err("The text is longer than 500 kilobytes. Split it into several posts.")
    } else if post.html.len() > HTML_BYTES_MAX {
        // Markup can make a short text long.
        Err("The text has too much markup. Split it into several posts.")
    } else if alts().any(|alt| alt.chars().count() > ALT_CHARS_MAX) {
        Err("The description of a photo is longer than 1,500 characters. Shorten it.")
    } else if post.photos.len() > MEDIA_MAX || post.clips.len() > MEDIA_MAX {
        Err("A post can have 20 photos. Take some off first.")
    } else if post.categories.len() > CATEGORIES_MAX {
        Err("A post can have 200 categories. Take some off first.")
    } else if post.categories.iter().any(|name| name.chars().count() > CATEGORY_CHARS_MAX) {
        Err("The name of a category is longer than 100 characters. Shorten it.")
    } else if properties_bytes(&post.properties) > PROPERTIES_BYTES_MAX {
        Err("What the app says beside the text is more than 64 kilobytes.")
    } else if post.channel == Channel::Pages
        && post.status != Status::Draft
        && post.title.as_deref().unwrap_or_default().trim().is_empty()
    {
        Err("A page needs a title.")
    } else {
        Ok(())
    }
}

fn properties_bytes(properties: &Map<String, Value>) -> usize {
    if properties.is_empty() {
        return 0;
    }
    serde_json::to_string(properties).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_post_has_a_label() {
        let photo = |alt: &str| Photo { key: "k".into(), alt: alt.into(), width: 1, height: 1 };
        let long = format!("<p>{}</p>", "a <em>word</em> ".repeat(1000));
        for (title, html, photos, expected) in [
            (Some("A title"), "<p>Text</p>", vec![], "A title"),
            (Some(" "), "<p>Some <em>text</em> here</p>", vec![], "Some text here"),
            (None, "", vec![photo(""), photo("A cat")], "A cat"),
            (None, "<p><img src=\"/x\"></p>", vec![], "22 Nov 2026, 14:05"),
            (None, long.as_str(), vec![], "a word a word a…"),
        ] {
            let post = Post {
                id: "1".into(),
                blog_id: "2".into(),
                path: "/2026/11/22/x".into(),
                title: title.map(str::to_owned),
                html: html.into(),
                photos,
                published_at: 1_795_356_300,
                ..Post::default()
            };
            assert_eq!(post.label(17), expected, "{title:?} {html}");
        }
    }

    fn post(title: &str, text: &str) -> Post {
        let title = Some(title.to_owned()).filter(|title| !title.is_empty());
        let html = super::html(text, Format::Markdown);
        Post { title, text: text.to_owned(), html, ..Post::default() }
    }

    #[test]
    fn a_post_needs_something_and_not_too_much() {
        let long_title = "é".repeat(500);
        let longer_title = "é".repeat(501);
        let long_text = "a".repeat(500 * 1024);
        let longer_text = "a".repeat(500 * 1024 + 1);
        for (title, text, allowed) in [
            ("", "", false),
            (" ", "\n\t ", false),
            ("", "a", true),
            ("Title", "", true),
            (long_title.as_str(), "x", true),
            (longer_title.as_str(), "x", false),
            ("", long_text.as_str(), true),
            ("", longer_text.as_str(), false),
        ] {
            assert_eq!(
                check(&post(title, text)).is_ok(),
                allowed,
                "{} {}",
                title.len(),
                text.len()
            );
        }
        let like = serde_json::json!({ "like-of": ["https://example.org/"] });
        let properties = like.as_object().cloned().expect("an object");
        assert_eq!(check(&Post { properties, ..Post::default() }), Ok(()));
        assert_eq!(check(&Post { status: Status::Draft, ..Post::default() }), Ok(()));
    }

    #[test]
    fn a_short_text_may_not_make_html_without_end() {
        let text = format!("[^1]: x\n\n{}", "[^1]".repeat(18_000));
        assert!(check(&post("", &text)).is_err());
    }

    #[test]
    fn the_kind_is_what_the_post_says_of_itself() {
        let with = |json: serde_json::Value| Post {
            properties: json.as_object().cloned().expect("an object"),
            ..post("", "Words")
        };
        let cited = serde_json::json!({ "type": ["h-cite"], "properties": { "url": ["https://a.example/"] } });
        for (post, kind) in [
            (post("", "Words"), Kind::Note),
            (post("Title", "Words"), Kind::Article),
            (with(serde_json::json!({ "in-reply-to": ["https://a.example/"] })), Kind::Reply),
            (with(serde_json::json!({ "in-reply-to": [cited] })), Kind::Reply),
            (
                with(serde_json::json!({ "in-reply-to": ["https://a.example/"], "rsvp": ["yes"] })),
                Kind::Rsvp,
            ),
            (with(serde_json::json!({ "rsvp": ["yes"] })), Kind::Note),
            (with(serde_json::json!({ "like-of": ["javascript:alert(1)"] })), Kind::Note),
            (with(serde_json::json!({ "bookmark-of": ["http://a.example/"] })), Kind::Bookmark),
        ] {
            assert_eq!(post.kind(), kind, "{:?}", post.properties);
        }
    }

    #[test]
    fn a_category_stands_once() {
        let names = ["Tea", " tea ", "", "Green\u{7}  tea", "TEA", "\n"].map(str::to_owned);
        assert_eq!(categories(names), ["Tea", "Green tea"]);
    }

    #[test]
    fn a_page_of_one_address_leads_there() {
        for (channel, text, expected) in [
            (Channel::Pages, " https://example.org/x \n", Some("https://example.org/x")),
            (Channel::Pages, "https://example.org and more", None),
            (Channel::Pages, "javascript:alert(1)", None),
            (Channel::Posts, "https://example.org/x", None),
        ] {
            assert_eq!(Post { channel, ..post("", text) }.redirect(), expected, "{text}");
        }
    }
}
