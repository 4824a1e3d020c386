//! JSON Feed 1.1.

use super::{FeedFile, FeedHead, FeedItem};
use crate::datetime;
use serde_json::{Map, Value, json};

/// The feed as JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>), items in the order given.
pub fn json(feed: &FeedHead, items: &[FeedItem]) -> String {
    let author = json!({ "name": feed.author, "url": feed.author_url, "avatar": feed.avatar_url });
    let mut of = Map::new();
    put(&mut of, "version", "https://jsonfeed.org/version/1.1");
    put(&mut of, "title", &feed.title);
    put(&mut of, "home_page_url", &feed.url);
    put(&mut of, "feed_url", &feed.feed_url);
    put(&mut of, "icon", &feed.avatar_url);
    if !feed.description.is_empty() {
        put(&mut of, "description", feed.description);
    }
    if !feed.language.is_empty() {
        put(&mut of, "language", feed.language);
    }
    if let Some(older) = &feed.older_url {
        put(&mut of, "next_url", older);
    }
    if let Some(hub) = feed.hub_url() {
        of.insert("hubs".into(), json!([{ "type": "WebSub", "url": hub }]));
    }
    of.insert("authors".into(), Value::Array(vec![author]));
    of.insert("items".into(), items.iter().map(item).collect());
    Value::Object(of).to_string()
}

fn item(item: &FeedItem) -> Value {
    let mut of = Map::new();
    put(&mut of, "id", &item.guid);
    put(&mut of, "url", &item.url);
    if let Some(title) = item.title() {
        put(&mut of, "title", title);
    }
    if item.html.is_empty() {
        put(&mut of, "content_text", &item.words);
    } else {
        put(&mut of, "content_html", &item.html);
    }
    put(&mut of, "date_published", &datetime::rfc3339(item.published_at));
    if item.updated_at > item.published_at {
        put(&mut of, "date_modified", &datetime::rfc3339(item.updated_at));
    }
    if let Some(image) = &item.image {
        put(&mut of, "image", image);
    }
    if !item.categories.is_empty() {
        of.insert("tags".into(), item.categories.clone().into());
    }
    if !item.files.is_empty() {
        of.insert("attachments".into(), item.files.iter().map(file).collect());
    }
    Value::Object(of)
}

fn file(file: &FeedFile) -> Value {
    let mut of = Map::new();
    put(&mut of, "url", &file.url);
    put(&mut of, "mime_type", &file.media_type);
    if file.bytes > 0 {
        of.insert("size_in_bytes".into(), file.bytes.into());
    }
    Value::Object(of)
}

fn put(of: &mut Map<String, Value>, name: &str, text: &str) {
    of.insert(name.to_owned(), text.into());
}
