//! RSS 2.0 as the RSS Advisory Board's profile has it, with the content, atom and dc namespaces.

use super::{CLOUD_PATH, FeedFile, FeedHead, FeedItem, GENERATOR, SUMMARY_CHARS};
use crate::{datetime, html, xml::Xml};
use url::Url;

const NAMESPACES: [(&str, &str); 4] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
];

/// The feed as RSS 2.0 (<https://www.rssboard.org/rss-profile>), items in the order given.
pub fn rss(feed: &FeedHead, items: &[FeedItem]) -> String {
    let mut xml = Xml::new();
    xml.open("rss", &NAMESPACES);
    xml.open("channel", &[]);
    head(&mut xml, feed, items);
    items.iter().for_each(|post| item(&mut xml, feed, post));
    xml.close("channel");
    xml.close("rss");
    xml.finish()
}

fn head(xml: &mut Xml, feed: &FeedHead, items: &[FeedItem]) {
    xml.element("title", &feed.title);
    xml.element("link", &feed.url);
    xml.element("description", feed.description());
    if !feed.language.is_empty() {
        xml.element("language", feed.language);
    }
    xml.element("generator", GENERATOR);
    if !items.is_empty() {
        xml.element("lastBuildDate", &datetime::rfc2822(feed.updated_at(items)));
    }
    let own = ("type", "application/rss+xml");
    xml.empty("atom:link", &[("href", &feed.feed_url), ("rel", "self"), own]);
    for (rel, url) in feed.pages() {
        xml.empty("atom:link", &[("href", url), ("rel", rel), own]);
    }
    if let Some(hub) = feed.hub_url() {
        xml.empty("atom:link", &[("href", &hub), ("rel", "hub")]);
        cloud(xml, &feed.app_url);
    }
}

/// RSS 2.0, «cloud»: whom to ask for a notice of what is new.
fn cloud(xml: &mut Xml, app_url: &str) {
    let Ok(app) = Url::parse(app_url) else { return };
    let port = app.port_or_known_default().unwrap_or(443).to_string();
    let protocol = if app.scheme() == "https" { "https-post" } else { "http-post" };
    xml.empty(
        "cloud",
        &[
            ("domain", app.host_str().unwrap_or_default()),
            ("port", &port),
            ("path", CLOUD_PATH),
            ("registerProcedure", ""),
            ("protocol", protocol),
        ],
    );
}

fn item(xml: &mut Xml, feed: &FeedHead, item: &FeedItem) {
    xml.open("item", &[]);
    if let Some(title) = item.title() {
        xml.element("title", title);
    }
    xml.element("link", &item.url);
    xml.element_with("guid", &[("isPermaLink", "false")], &item.guid);
    xml.element("pubDate", &datetime::rfc2822(item.published_at));
    xml.element("dc:creator", feed.author);
    // RSS asks for a title or a description.
    xml.element("description", &html::shorten(&item.words, SUMMARY_CHARS));
    for category in &item.categories {
        xml.element("category", category);
    }
    if let Some(FeedFile { url, media_type, bytes }) = item.files.first() {
        let length = bytes.to_string();
        xml.empty("enclosure", &[("url", url), ("length", &length), ("type", media_type)]);
    }
    if !item.html.is_empty() {
        xml.cdata("content:encoded", &item.html);
    }
    xml.close("item");
}
