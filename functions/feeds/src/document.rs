//! A feed document, whatever its format: bytes become entries, and nothing that bytes can be makes this panic.

use crate::{atom, content, entries, json, rss, xml};
use domain::{html::escape, markdown, secret::sha256_hex};
use platform::Decode;
use std::collections::BTreeSet;
use store::push::Offer;
use url::Url;

pub use crate::xml::Problem;

/// No more items than this are looked at.
pub const ITEMS_MAX: usize = 10_000;
/// No more entries than this are kept of one document: the newest.
const ENTRIES_MAX: usize = 200;
const TITLE_CHARS_MAX: usize = 500;
/// What may become those 500 characters, with its markup.
const TITLE_SOURCE_CHARS_MAX: usize = 10_000;
const KEY_BYTES_MAX: usize = 500;
/// So many tags and references are read in all entries together; past that only the first words are
/// kept. Parsing HTML takes time by their number, and a feed made to be slow must not hold up others.
const MARKS_MAX: usize = 300_000;
/// 1990-01-01: nothing on the web is older, so an older date is a mistake.
const SECONDS_MIN: i64 = 631_152_000;

/// A feed as it was read, before anything in it is believed.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    pub title: Option<Words>,
    pub site: Option<String>,
    /// Seconds for which it says that it stays as it is.
    pub ttl_seconds: i64,
    /// Where it says to ask for calls: hub, cloud, and what it calls itself.
    pub hub: Option<String>,
    pub cloud: Option<String>,
    pub own_url: Option<String>,
    pub items: Vec<RawItem>,
}

/// An item as it was read.
#[derive(Debug, Default)]
pub(crate) struct RawItem {
    pub guid: Option<String>,
    pub link: Option<String>,
    pub title: Option<Words>,
    pub html: String,
    pub published_at: Option<i64>,
    /// What relative addresses in it are relative to.
    pub base: Option<Url>,
}

/// A title, in one of the two ways in which feeds write them.
#[derive(Debug, Clone)]
pub(crate) enum Words {
    Html(String),
    Plain(String),
}

/// A feed that may be stored and shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// Text; at most 500 characters.
    pub title: Option<String>,
    /// The site it belongs to: http or https.
    pub site_url: Option<String>,
    /// Seconds for which it asks to be left alone; 0 when it asks for nothing.
    pub ttl_seconds: i64,
    /// Who calls when it has something new.
    pub offer: Option<Offer>,
    /// Newest first.
    pub entries: Vec<Item>,
}

/// An entry that may be stored and shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// The same for the same entry whenever it is read.
    pub key: String,
    /// http or https.
    pub url: Option<String>,
    /// Text; None for an untitled one.
    pub title: Option<String>,
    /// Sanitised, with absolute links.
    pub html: String,
    /// Unix seconds, from 1990 to now.
    pub published_at: i64,
}

/// What came with the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The address that answered.
    pub from: &'a Url,
    /// The header's value; may be empty.
    pub content_type: &'a str,
    /// The header's value; may be empty.
    pub content_location: &'a str,
}

impl Sent<'_> {
    /// What relative addresses are relative to. `Content-Location` names it (RFC 2616, section 14.14; its
    /// successors do without), unless it is an inner name that a server let slip.
    fn base(&self) -> Url {
        let url = self.from.join(self.content_location.trim()).ok();
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
        let is_reached = |url: &Url| {
            url.host() == self.from.host() || url.domain().is_some_and(|name| name.contains('.'))
        };
        url.filter(is_web).filter(is_reached).unwrap_or_else(|| self.from.clone())
    }
}

/// Reads RSS (0.9 to 2.0), Atom, JSON Feed, or CDF, their forebear.
///
/// # Errors
/// The sentence for those who follow the feed.
pub fn read(bytes: &[u8], sent: &Sent<'_>, now: i64, legacy: Decode) -> Result<Document, Problem> {
    let text = decode(bytes, sent.content_type, legacy);
    let text = text.trim_start();
    let base = sent.base();
    let raw = match text.chars().next() {
        Some('{') => json::read(text)?,
        Some('<') => read_xml(text, &base)?,
        _ => return Err("There is no feed at this address."),
    };
    Ok(document(raw, sent.from, &base, now))
}

/// Reads the entries that a web page marks as such; None where it marks none.
pub fn page(bytes: &[u8], sent: &Sent<'_>, now: i64, legacy: Decode) -> Option<Document> {
    let base = sent.base();
    let mut raw = entries::read(&decode(bytes, sent.content_type, legacy));
    raw.site = Some(base.to_string());
    let document = document(raw, sent.from, &base, now);
    (!document.entries.is_empty()).then_some(document)
}

/// XML 1.0, appendix F, and RFC 7303: a byte order mark wins over the header, the header over the
/// declaration; else it is UTF-8. What cannot be decoded becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8], content_type: &str, legacy: Decode) -> String {
    let label = marked(bytes).map(str::to_owned);
    let label = label.or_else(|| charset(content_type)).or_else(|| declared(bytes));
    let is_utf8 = |label: &String| ["utf-8", "utf8"].iter().any(|u| label.eq_ignore_ascii_case(u));
    let decoded = label.filter(|label| !is_utf8(label)).and_then(|label| legacy(bytes, &label));
    let text = decoded.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// What a byte order mark says.
fn marked(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some("utf-8"),
        [0xfe, 0xff, ..] => Some("utf-16be"),
        [0xff, 0xfe, ..] => Some("utf-16le"),
        _ => None,
    }
}

fn charset(content_type: &str) -> Option<String> {
    let label = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    Some(label.trim_matches([' ', '"', '\'']).to_owned())
}

fn declared(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let (declaration, _) = start.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.split(quote).nth(1).map(str::to_owned)
}

fn read_xml(text: &str, base: &Url) -> Result<Raw, Problem> {
    // Entities of one's own have no use in a feed, and a few lines of them make gigabytes.
    if text.contains("<!ENTITY") {
        return Err("It declares entities of its own, which is not safe to read.");
    }
    let mut reader = xml::Reader::new(text);
    let root = reader.open()?.ok_or("There is no feed at this address.")?;
    match root.name.as_str() {
        "rss" | "rdf:rdf" | "rdf" | "channel" => rss::read(&mut reader, &root, base),
        "atom:feed" | "feed" => atom::read(&mut reader, &root, base),
        "html" | "xhtml:html" => Err(PAGE),
        _ => Err("There is no feed at this address."),
    }
    .map_err(|problem| if is_page(text) { PAGE } else { problem })
}

/// What is there is a web page.
pub const PAGE: Problem = "That is a web page that names no feed. Look on it for the address of a feed, and subscribe to that.";

// Most pages are no XML, so they fail before their root is seen.
fn is_page(text: &str) -> bool {
    let start: String = text.chars().take(1000).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.contains("<html") || start.contains("<head")
}

fn document(raw: Raw, from: &Url, base: &Url, now: i64) -> Document {
    let mut items: Vec<(i64, RawItem)> = Vec::with_capacity(raw.items.len());
    for (place, item) in raw.items.into_iter().enumerate() {
        // Where there is no date the order of the document stands in, which is newest first.
        let earlier = i64::try_from(place).unwrap_or(0);
        let at = item.published_at.unwrap_or_else(|| now.saturating_sub(earlier));
        items.push((at.clamp(SECONDS_MIN, now.max(SECONDS_MIN)), item));
    }
    items.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut seen = BTreeSet::new();
    let mut marks = MARKS_MAX;
    let entries = items
        .into_iter()
        .filter_map(|(at, raw)| item(raw, at, base, &mut marks))
        .filter(|item| seen.insert(item.key.clone()))
        .take(ENTRIES_MAX)
        .collect();
    let title = raw.title.and_then(title);
    let site_url = raw.site.and_then(|site| web_address(&site, base));
    let topic = raw.own_url.and_then(|url| web_address(&url, base));
    let topic = topic.unwrap_or_else(|| from.to_string());
    let hub = raw.hub.and_then(|url| web_address(&url, base));
    let offer = match (hub, raw.cloud) {
        (Some(url), _) => Some(Offer { url, topic, is_cloud: false }),
        (None, cloud) => cloud.map(|url| Offer { url, topic, is_cloud: true }),
    };
    Document { title, site_url, ttl_seconds: raw.ttl_seconds, offer, entries }
}

fn item(raw: RawItem, published_at: i64, base: &Url, marks: &mut usize) -> Option<Item> {
    let base = raw.base.as_ref().unwrap_or(base);
    let url = raw.link.as_deref().and_then(|link| web_address(link, base));
    let html = match marks.checked_sub(content::marks(&raw.html)) {
        Some(left) => {
            *marks = left;
            content::clean(&raw.html, base)
        }
        None => content::first_words(&raw.html),
    };
    let title = raw.title.and_then(title);
    if html.is_empty() && title.is_none() && url.is_none() {
        return None;
    }
    let guid = raw.guid.map(|guid| guid.trim().to_owned()).filter(|guid| !guid.is_empty());
    let key = guid.or_else(|| url.clone()).unwrap_or_else(|| {
        let date = raw.published_at.unwrap_or(0);
        sha256_hex(format!("{}\n{date}\n{html}", title.as_deref().unwrap_or_default()).as_bytes())
    });
    let key = if key.len() > KEY_BYTES_MAX { sha256_hex(key.as_bytes()) } else { key };
    Some(Item { key, url, title, html, published_at })
}

fn title(words: Words) -> Option<String> {
    let start = |text: String| text.chars().take(TITLE_SOURCE_CHARS_MAX).collect::<String>();
    let html = match words {
        Words::Html(html) => start(html),
        Words::Plain(text) => escape(&start(text)),
    };
    let text: String = markdown::plain_text(&html).chars().take(TITLE_CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}

/// The absolute address, if it is one of the web: anything else must never become a link.
fn web_address(text: &str, base: &Url) -> Option<String> {
    let url = base.join(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let text = String::from(url);
    (is_web && text.len() <= 2048).then_some(text)
}

#[cfg(test)]
mod tests;
