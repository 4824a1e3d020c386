//! What the three formats say of the same posts.

use super::*;
use crate::xml;
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};

fn head() -> FeedHead<'static> {
    FeedHead {
        id: "urn:x:1".into(),
        title: "Maria & co".into(),
        description: "",
        url: "https://maria.example/".into(),
        feed_url: "https://maria.example/feed.xml".into(),
        older_url: None,
        newest_url: None,
        language: "en",
        author: "Maria",
        author_url: "https://maria.example/".into(),
        avatar_url: "https://app.example/avatars/maria".into(),
        app_url: "https://app.example".into(),
        changed_at: 1_795_356_300,
    }
}

fn item() -> FeedItem {
    FeedItem {
        guid: "123".into(),
        url: "https://maria.example/2026/11/22/hello".into(),
        html: "<p>Hello ]]&gt; <a href=\"https://maria.example/x\">x</a></p>".into(),
        words: "Hello ]]> x".into(),
        published_at: 1_795_356_300,
        updated_at: 1_795_356_301,
        ..FeedItem::default()
    }
}

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
                found.last_mut().unwrap().push_str(&quick_xml::escape::unescape(&text).unwrap());
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
fn a_note_has_no_title() {
    let (feed, note) = (head(), [item()]);
    let xml = rss(&feed, &note);
    assert_eq!(texts(&xml, "title"), ["Maria & co"]);
    assert_eq!(texts(&xml, "guid"), ["123"]);
    assert!(xml.contains("isPermaLink=\"false\""), "{xml}");
    assert_eq!(texts(&xml, "pubDate"), ["Sun, 22 Nov 2026 14:05:00 +0000"]);
    assert_eq!(texts(&xml, "lastBuildDate"), ["Sun, 22 Nov 2026 14:05:01 +0000"]);
    assert_eq!(texts(&xml, "description"), ["Maria & co", "Hello ]]> x"]);
    assert_eq!(texts(&xml, "content:encoded"), [note[0].html.as_str()]);
    let xml = atom(&feed, &note);
    assert_eq!(texts(&xml, "title"), ["Maria & co", ""]);
    assert_eq!(texts(&xml, "content"), [note[0].html.as_str()]);
    let json: serde_json::Value = serde_json::from_str(&json(&feed, &note)).expect("it is JSON");
    assert_eq!(json["items"][0].get("title"), None);
    assert_eq!(json["items"][0]["content_html"], note[0].html.as_str());
    assert_eq!(json["items"][0]["date_modified"], "2026-11-22T14:05:01Z");
}

#[test]
fn an_article_has_its_title() {
    let article = [FeedItem { title: Some("A < B".into()), ..item() }];
    for xml in [rss(&head(), &article), atom(&head(), &article)] {
        assert_eq!(texts(&xml, "title"), ["Maria & co", "A < B"]);
    }
}

#[test]
fn a_post_has_its_categories_and_its_files() {
    let file = |name: &str, bytes| FeedFile {
        url: format!("https://m.example/{name}?a&b"),
        media_type: "audio/mpeg".into(),
        bytes,
    };
    let categories = ["Tea & <cake>".to_owned(), "Ätna".to_owned()];
    let files = vec![file("a.mp3", 1234), file("b.mp3", 0)];
    let post = [FeedItem { categories: categories.to_vec(), files, ..item() }];
    let xml = rss(&head(), &post);
    assert_eq!(texts(&xml, "category"), categories);
    let enclosure =
        "<enclosure url=\"https://m.example/a.mp3?a&amp;b\" length=\"1234\" type=\"audio/mpeg\"/>";
    assert!(xml.contains(enclosure), "{xml}");
    assert_eq!(xml.matches("<enclosure").count(), 1, "RSS allows one");
    let xml = atom(&head(), &post);
    assert!(xml.contains("<category term=\"Tea &amp; &lt;cake&gt;\"/>"), "{xml}");
    assert_eq!(xml.matches("rel=\"enclosure\"").count(), 2, "{xml}");
    let json: serde_json::Value = serde_json::from_str(&json(&head(), &post)).expect("it is JSON");
    let attachments = &json["items"][0]["attachments"];
    assert_eq!(attachments[0]["size_in_bytes"], 1234);
    assert_eq!(attachments[1].get("size_in_bytes"), None, "nobody knows it");
    assert_eq!(json["items"][0]["tags"], serde_json::json!(categories));
}

#[test]
fn the_newest_page_has_the_hub_and_each_page_the_next() {
    let newest = FeedHead { older_url: Some("https://maria.example/2".into()), ..head() };
    let oldest = FeedHead { newest_url: Some("https://maria.example/1".into()), ..head() };
    for write in [rss, atom] {
        let (first, last) = (write(&newest, &[item()]), write(&oldest, &[item()]));
        assert!(first.contains("rel=\"hub\"") && !last.contains("rel=\"hub\""), "{last}");
        assert!(first.contains("rel=\"next\"") && !last.contains("rel=\"next\""), "{last}");
        assert!(!first.contains("rel=\"first\"") && last.contains("rel=\"first\""), "{last}");
    }
    let (first, last) = (json(&newest, &[]), json(&oldest, &[]));
    assert!(first.contains("next_url") && first.contains("https://app.example/hub"), "{first}");
    assert!(!last.contains("next_url") && !last.contains("hubs"), "{last}");
    let cloud = "<cloud domain=\"app.example\" port=\"443\" path=\"/rsscloud/pleaseNotify\"";
    assert!(rss(&newest, &[]).contains(cloud));
}

#[test]
fn an_empty_blog_has_a_feed() {
    let xml = rss(&head(), &[]);
    assert!(texts(&xml, "lastBuildDate").is_empty());
    assert_eq!(texts(&xml, "link"), ["https://maria.example/"]);
    assert_eq!(texts(&atom(&head(), &[]), "updated"), ["2026-11-22T14:05:00Z"]);
}

proptest! {
    #[test]
    fn any_text_comes_through(text in "[\u{0}-\u{ffff}]{0,20}|(\\]|>|<|&|cdata|[a-z]){0,20}", html in "x(\\]\\]>|[a-z&;\u{0}\u{8}\u{fffe}]){0,9}") {
        let head = FeedHead { title: text.clone(), ..head() };
        let item = [FeedItem { title: Some(format!("x{text}")), html: html.clone(), ..item() }];
        let allowed = |text: &str| -> String { text.chars().filter(xml::is_allowed).collect() };
        for (xml, content) in [(rss(&head, &item), "content:encoded"), (atom(&head, &item), "content")] {
            prop_assert_eq!(&texts(&xml, "title")[0], &allowed(&text));
            prop_assert_eq!(texts(&xml, "title")[1].clone(), allowed(&format!("x{text}")));
            prop_assert_eq!(texts(&xml, content).concat(), allowed(&html));
        }
    }
}
