//! Atom (RFC 4287).

use super::{FeedFile, FeedHead, FeedItem, GENERATOR};
use crate::{datetime, xml::Xml};

const NAMESPACE: (&str, &str) = ("xmlns", "http://www.w3.org/2005/Atom");
const TYPE: (&str, &str) = ("type", "application/atom+xml");

/// The feed as Atom (RFC 4287), items in the order given.
pub fn atom(feed: &FeedHead, items: &[FeedItem]) -> String {
    let mut xml = Xml::new();
    let language = ("xml:lang", feed.language);
    let attributes = [NAMESPACE, language];
    let known = if feed.language.is_empty() { 1 } else { 2 };
    xml.open("feed", attributes.get(..known).unwrap_or_default());
    xml.element("id", &feed.id);
    xml.element("title", &feed.title);
    if !feed.description.is_empty() {
        xml.element("subtitle", feed.description);
    }
    xml.element("updated", &datetime::rfc3339(feed.updated_at(items)));
    xml.open("author", &[]);
    xml.element("name", feed.author);
    xml.element("uri", &feed.author_url);
    xml.close("author");
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.url)]);
    xml.empty("link", &[("rel", "self"), TYPE, ("href", &feed.feed_url)]);
    for (rel, url) in feed.pages() {
        xml.empty("link", &[("rel", rel), TYPE, ("href", url)]);
    }
    if let Some(hub) = feed.hub_url() {
        xml.empty("link", &[("rel", "hub"), ("href", &hub)]);
    }
    xml.element("generator", GENERATOR);
    items.iter().for_each(|item| entry(&mut xml, item));
    xml.close("feed");
    xml.finish()
}

fn entry(xml: &mut Xml, item: &FeedItem) {
    xml.open("entry", &[]);
    xml.element("id", &item.guid);
    // Section 4.1.2 asks for one, and readers take an empty one for none.
    xml.element("title", item.title().unwrap_or_default());
    xml.element("published", &datetime::rfc3339(item.published_at));
    xml.element("updated", &datetime::rfc3339(item.updated_at()));
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)]);
    for FeedFile { url, media_type, bytes } in &item.files {
        let length = bytes.to_string();
        let attributes =
            [("rel", "enclosure"), ("type", media_type), ("href", url), ("length", &length)];
        let known = if *bytes > 0 { 4 } else { 3 };
        xml.empty("link", attributes.get(..known).unwrap_or_default());
    }
    for category in &item.categories {
        xml.empty("category", &[("term", category)]);
    }
    if item.html.is_empty() {
        xml.element_with("content", &[("type", "text")], &item.words);
    } else {
        xml.element_with("content", &[("type", "html")], &item.html);
    }
    xml.close("entry");
}
