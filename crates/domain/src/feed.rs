//! The RSS 2.0 feed of a blog, byte for byte the same until the blog changes.

use crate::{datetime, html};
use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesText, Event};
use std::io::Result;
use url::Url;

const GENERATOR: &str = "Pipit";
const SUMMARY_CHARS: usize = 280;

/// What a feed says about its blog. All addresses are absolute.
#[derive(Debug, Clone, Copy)]
pub struct FeedHead<'a> {
    /// The blog's title.
    pub title: &'a str,
    /// One line about the blog; the title stands in when it is empty.
    pub description: &'a str,
    /// The blog's home page.
    pub url: &'a str,
    /// The feed's own address.
    pub feed_url: &'a str,
    /// BCP 47 tag; may be empty.
    pub language: &'a str,
}

/// The file that readers may load with a post.
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
#[derive(Debug, Clone, Copy)]
pub struct FeedItem<'a> {
    /// Never changes, even when the permalink does.
    pub guid: &'a str,
    /// The permalink, absolute.
    pub url: &'a str,
    /// Notes have none.
    pub title: Option<&'a str>,
    /// Sanitised HTML: all that the post shows.
    pub html: &'a str,
    /// The post in words, plain text; never empty.
    pub words: &'a str,
    /// The names of its categories.
    pub categories: &'a [String],
    /// RSS allows one.
    pub file: Option<&'a FeedFile>,
    /// Unix seconds.
    pub published_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
}

/// The feed as XML (RSS 2.0 with the content, atom and namespaces of the RSS profile), items in
/// the order given.
pub fn rss(feed: &FeedHead, items: &[FeedItem]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    // Writing into memory does not fail.
    let _ = write_feed(&mut writer, feed, items);
    String::from_utf8(writer.into_inner()).unwrap_or_default()
}

type Xml = Writer<Vec<u8>>;

fn write_feed(xml: &mut Xml, feed: &FeedHead, items: &[FeedItem]) -> Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    xml.create_element("rss")
        .with_attribute(("version", "2.0"))
        .with_attribute(("xmlns:atom", "http://www.w3.org/2005/Atom"))
        .with_attribute(("xmlns:content", "http://purl.org/rss/1.0/modules/content/"))
        .write_inner_content(|xml| {
            xml.create_element("channel").write_inner_content(|xml| {
                write_head(xml, feed, items)?;
                items.iter().try_for_each(|item| write_item(xml, item))
            })?;
            Ok(())
        })?;
    Ok(())
}

fn write_head(xml: &mut Xml, feed: &FeedHead, items: &[FeedItem]) -> Result<()> {
    let description = if feed.description.is_empty() { feed.title } else { feed.description };
    element(xml, "title", feed.title)?;
    element(xml, "link", feed.url)?;
    element(xml, "description", description)?;
    if !feed.language.is_empty() {
        element(xml, "language", feed.language)?;
    }
    element(xml, "generator", GENERATOR)?;
    if let Some(newest) = items.iter().map(|item| item.updated_at.max(item.published_at)).max() {
        element(xml, "lastBuildDate", &datetime::rfc2822(newest))?;
    }
    xml.create_element("atom:link")
        .with_attribute(("href", allowed(feed.feed_url).as_str()))
        .with_attribute(("rel", "self"))
        .with_attribute(("type", "application/rss+xml"))
        .write_empty()?;
    Ok(())
}

fn write_item(xml: &mut Xml, item: &FeedItem) -> Result<()> {
    xml.create_element("item").write_inner_content(|xml| {
        if let Some(title) = item.title.filter(|title| !title.trim().is_empty()) {
            element(xml, "title", title)?;
        }
        element(xml, "link", item.url)?;
        xml.create_element("guid")
            .with_attribute(("isPermaLink", "false"))
            .write_text_content(BytesText::new(&allowed(item.guid)))?;
        element(xml, "pubDate", &datetime::rfc2822(item.published_at))?;
        // RSS asks for a title or a description.
        element(xml, "description", &html::shorten(item.words, SUMMARY_CHARS))?;
        for category in item.categories {
            element(xml, "category", category)?;
        }
        if let Some(FeedFile { url, media_type, bytes }) = item.file {
            xml.create_element("enclosure")
                .with_attribute(("url", allowed(url).as_str()))
                .with_attribute(("length", bytes.to_string().as_str()))
                .with_attribute(("type", media_type.as_str()))
                .write_empty()?;
        }
        xml.create_element("content:encoded").write_inner_content(|xml| {
            let content = allowed(&content(item));
            BytesCData::escaped(&content).try_for_each(|part| xml.write_event(Event::CData(part)))
        })?;
        Ok(())
    })?;
    Ok(())
}

fn element(xml: &mut Xml, name: &str, text: &str) -> Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&allowed(text)))?;
    Ok(())
}

// Readers show the content far from the blog, so its links must stand alone.
fn content(item: &FeedItem) -> String {
    match Url::parse(item.url) {
        Ok(base) => html::absolute(item.html, &base),
        Err(_) => item.html.to_string(),
    }
}

// XML 1.0 section 2.2: other characters make the whole feed unreadable, even when escaped. And
// readers take a carriage return for a line feed, so it goes too.
fn allowed(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::Reader;

    const HEAD: FeedHead = FeedHead {
        title: "Maria & co",
        description: "",
        url: "https://maria.example/",
        feed_url: "https://maria.example/feed.xml",
        language: "en",
    };
    const ITEM: FeedItem = FeedItem {
        guid: "123",
        url: "https://maria.example/2026/11/22/hello",
        title: None,
        html: "<p>Hello ]]&gt; <a href=\"/x\">x</a></p>",
        words: "Hello ]]> x",
        categories: &[],
        file: None,
        published_at: 1_795_356_300,
        updated_at: 1_795_356_301,
    };

    /// The texts of all elements of this name; fails where the XML is not well formed.
    fn texts(xml: &str, name: &str) -> Vec<String> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut found, mut inside) = (Vec::new(), false);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(tag) if tag.name().as_ref() == name.as_bytes() => {
                    inside = true;
                    found.push(String::new());
                }
                Event::End(tag) if tag.name().as_ref() == name.as_bytes() => inside = false,
                Event::Text(text) if inside => {
                    found.last_mut().unwrap().push_str(&text.decode().unwrap())
                }
                Event::GeneralRef(name) if inside => {
                    let text = format!("&{};", name.decode().unwrap());
                    found
                        .last_mut()
                        .unwrap()
                        .push_str(&quick_xml::escape::unescape(&text).unwrap());
                }
                Event::CData(text) if inside => {
                    found.last_mut().unwrap().push_str(&text.decode().unwrap())
                }
                Event::Eof => return found,
                _ => {}
            }
        }
    }

    #[test]
    fn a_note_has_no_title_and_absolute_links() {
        let xml = rss(&HEAD, &[ITEM]);
        assert_eq!(texts(&xml, "title"), ["Maria & co"]);
        assert_eq!(texts(&xml, "guid"), ["123"]);
        assert!(xml.contains("isPermaLink=\"false\""), "{xml}");
        assert_eq!(texts(&xml, "pubDate"), ["Sun, 22 Nov 2026 14:05:00 +0000"]);
        assert_eq!(texts(&xml, "lastBuildDate"), ["Sun, 22 Nov 2026 14:05:01 +0000"]);
        assert_eq!(texts(&xml, "description"), ["Maria & co", "Hello ]]> x"]);
        let content = texts(&xml, "content:encoded").concat();
        assert!(content.contains("<a href=\"https://maria.example/x\">"), "{content}");
        let own = "<atom:link href=\"https://maria.example/feed.xml\" rel=\"self\"";
        assert!(xml.contains(own), "{xml}");
    }

    #[test]
    fn an_article_has_its_title() {
        let xml = rss(&HEAD, &[FeedItem { title: Some("A < B"), ..ITEM }]);
        assert_eq!(texts(&xml, "title"), ["Maria & co", "A < B"]);
    }

    #[test]
    fn a_post_has_its_categories_and_one_file() {
        let url = "https://m.example/a.mp3?a&b".to_owned();
        let file = FeedFile { url, media_type: "audio/mpeg".into(), bytes: 1234 };
        let categories = ["Tea & <cake>".to_owned(), "Ätna".to_owned()];
        let item = FeedItem { categories: &categories, file: Some(&file), ..ITEM };
        let xml = rss(&HEAD, &[item]);
        assert_eq!(texts(&xml, "category"), categories);
        let enclosure = "<enclosure url=\"https://m.example/a.mp3?a&amp;b\" length=\"1234\" type=\"audio/mpeg\"/>";
        assert!(xml.contains(enclosure), "{xml}");
    }

    #[test]
    fn an_empty_blog_has_a_feed_without_a_date() {
        let xml = rss(&HEAD, &[]);
        assert!(texts(&xml, "lastBuildDate").is_empty());
        assert_eq!(texts(&xml, "link"), ["https://maria.example/"]);
    }

    proptest! {
        #[test]
        fn any_text_comes_through(text in "[\u{0}-\u{ffff}]{0,20}|(\\]|>|<|&|cdata|[a-z]){0,20}", html in "(\\]\\]>|[a-z&;\u{0}\u{8}\u{fffe}]){0,9}") {
            let head = FeedHead { title: &text, ..HEAD };
            let item = FeedItem { title: Some(&text), html: &html, ..ITEM };
            let xml = rss(&head, &[item]);
            prop_assert_eq!(&texts(&xml, "title")[0], &allowed(&text));
            prop_assert_eq!(texts(&xml, "content:encoded").concat(), allowed(&html));
        }
    }
}
