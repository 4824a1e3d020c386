//! Feeds as they come, good and bad.

use super::*;
use proptest::prelude::*;

const NOW: i64 = 1_795_356_300; // 2026-11-22T14:05:00Z

fn from() -> Url {
    Url::parse("https://site.example/blog/feed.xml").unwrap()
}

fn read_as(bytes: &[u8], content_type: &str) -> Result<Document, Problem> {
    read(bytes, &Sent { from: &from(), content_type, content_location: "" }, NOW, legacy)
}

fn parsed(text: &str) -> Result<Document, Problem> {
    read_as(text.as_bytes(), "application/xml")
}

fn rss(items: &str) -> Document {
    parsed(&format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\
         <channel><title>Site &amp; co</title><link>https://site.example/</link>{items}</channel></rss>"
    ))
    .unwrap()
}

fn item(items: &str) -> Item {
    rss(items).entries.into_iter().next().unwrap()
}

/// As the hosts do it.
fn legacy(bytes: &[u8], label: &str) -> Option<String> {
    Some(encoding_rs::Encoding::for_label(label.as_bytes())?.decode(bytes).0.into_owned())
}

#[test]
fn rss_items_become_entries() {
    let document = rss(
        "<item><title>First</title><link>/1</link><guid isPermaLink=\"false\">one</guid>\
           <pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate><description>Short</description>\
           <content:encoded><![CDATA[<p>Long <a href=\"a\">a</a></p>]]></content:encoded></item>\
         <item><description>&lt;p&gt;A note&lt;/p&gt;</description><guid>https://site.example/2</guid>\
           <pubDate>Sun, 22 Nov 2026 11:00:00 GMT</pubDate></item>",
    );
    assert_eq!(document.title.as_deref(), Some("Site & co"));
    assert_eq!(document.site_url.as_deref(), Some("https://site.example/"));
    let [note, article] = document.entries.as_slice() else { panic!("{document:?}") };
    assert_eq!((note.title.as_deref(), note.html.as_str()), (None, "<p>A note</p>"));
    assert_eq!(note.url.as_deref(), Some("https://site.example/2"), "a guid is a permalink");
    assert_eq!((article.key.as_str(), article.title.as_deref()), ("one", Some("First")));
    assert_eq!(article.url.as_deref(), Some("https://site.example/1"));
    let link = "<p>Long <a href=\"https://site.example/blog/a\" rel=\"noopener\">a</a></p>";
    assert_eq!(article.html, link, "the whole content wins over the summary");
    assert_eq!(article.published_at, NOW - 4 * 3600 - 300);
}

#[test]
fn rss_1_has_its_items_beside_the_channel() {
    let document = parsed(
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" \
           xmlns:d=\"http://purl.org/dc/elements/1.1/\"><channel><title>Old</title><link>https://site.example/</link>\
           </channel><item><title>One</title><link>https://site.example/1</link><d:date>2026-11-22</d:date></item></rdf:RDF>",
    )
    .unwrap();
    assert_eq!(document.title.as_deref(), Some("Old"));
    assert_eq!(document.entries[0].key, "https://site.example/1");
    assert_eq!(document.entries[0].published_at, NOW - 14 * 3600 - 300);
}

#[test]
fn atom_entries_become_entries() {
    let document = parsed(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://site.example/deep/\">\
         <title type=\"html\">A &amp;lt;b&amp;gt; feed</title><link rel=\"self\" href=\"feed\"/><link href=\"home\"/>\
         <entry><id>urn:1</id><title>Vec&lt;u8></title><link rel=\"alternate\" href=\"1\"/>\
           <updated>2026-11-22T14:00:00Z</updated>\
           <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>A <em>b</em> &lt;c&gt;<br/>d</p></div></content></entry>\
         <entry><id>urn:2</id><link href=\"2\"/><published>2026-11-22T13:00:00Z</published>\
           <summary>Plain &lt;words&gt;</summary></entry></feed>",
    )
    .unwrap();
    assert_eq!(document.title.as_deref(), Some("A <b> feed"));
    assert_eq!(document.site_url.as_deref(), Some("https://site.example/deep/home"));
    let [first, second] = document.entries.as_slice() else { panic!("{document:?}") };
    assert_eq!(first.title.as_deref(), Some("Vec<u8>"));
    assert_eq!(first.url.as_deref(), Some("https://site.example/deep/1"));
    assert_eq!(first.html, "<div><p>A <em>b</em> &lt;c&gt;<br>d</p></div>");
    assert_eq!(second.html, "<p>Plain &lt;words&gt;</p>");
}

#[test]
fn capitals_and_names_of_drafts_are_read() {
    let cdf = parsed(
        "<CHANNEL HREF=\"/home\"><TITLE>Old</TITLE><ITEM HREF=\"/1\" LASTMOD=\"2026-11-22T14:00:00Z\">\
         <TITLE>One</TITLE><ABSTRACT>Short</ABSTRACT></ITEM></CHANNEL>",
    )
    .unwrap();
    assert_eq!(cdf.title.as_deref(), Some("Old"));
    assert_eq!(cdf.site_url.as_deref(), Some("https://site.example/home"));
    let [one] = cdf.entries.as_slice() else { panic!("{cdf:?}") };
    assert_eq!((one.title.as_deref(), one.html.as_str()), (Some("One"), "Short"));
    assert_eq!((one.key.as_str(), one.published_at), ("https://site.example/1", NOW - 300));
    let sloppy = item("<Item><Title>t</Title><pubdate>22 Nov 2026 14:00:00 GMT</pubdate></Item>");
    assert_eq!((sloppy.title.as_deref(), sloppy.published_at), (Some("t"), NOW - 300));
    let draft = parsed("<feed xmlns=\"http://purl.org/pie/\"><title>Pie</title></feed>").unwrap();
    assert_eq!(draft.title.as_deref(), Some("Pie"));
}

#[test]
fn addresses_are_relative_to_where_the_document_says_that_it_is() {
    let text = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>/1</id><link href=\"1\"/></entry></feed>";
    for (content_location, id, link) in [
        ("", "https://site.example/1", "https://site.example/blog/1"),
        ("/deep/feed", "https://site.example/1", "https://site.example/deep/1"),
        ("http://other.example/", "http://other.example/1", "http://other.example/1"),
        ("http://10.0.0.1/", "https://site.example/1", "https://site.example/blog/1"),
        ("http://inner/", "https://site.example/1", "https://site.example/blog/1"),
        ("javascript:1", "https://site.example/1", "https://site.example/blog/1"),
    ] {
        let sent = Sent { from: &from(), content_type: "", content_location };
        let document = read(text.as_bytes(), &sent, NOW, legacy).unwrap();
        let [entry] = document.entries.as_slice() else { panic!("{document:?}") };
        assert_eq!((entry.key.as_str(), entry.url.as_deref()), (id, Some(link)));
    }
}

#[test]
fn json_feed_items_become_entries() {
    let document = parsed(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"J","home_page_url":"https://site.example/",
            "items":[{"id":7,"url":"https://site.example/7","content_text":"a < b\n\nc","date_published":"2026-11-22T14:00:00Z"},
                     {"id":"8","content_html":"<p>x</p>","title":"T","date_published":"2026-11-22T13:00:00Z"}]}"#,
    )
    .unwrap();
    let [first, second] = document.entries.as_slice() else { panic!("{document:?}") };
    assert_eq!((first.key.as_str(), first.html.as_str()), ("7", "<p>a &lt; b</p>\n<p>c</p>"));
    assert_eq!((second.key.as_str(), second.title.as_deref()), ("8", Some("T")));
    assert_eq!(second.url, None);
}

#[test]
fn who_calls_for_a_feed_is_read_in_every_format() {
    let offer = |text: &str| parsed(text).unwrap().offer.map(|o| (o.url, o.topic, o.is_cloud));
    let hub = |topic: &str| Some(("https://hub.example/".to_owned(), topic.to_owned(), false));
    let atom = "xmlns:a=\"http://www.w3.org/2005/Atom\"";
    let links =
        "<a:link rel=\"hub\" href=\"https://hub.example/\"/><a:link rel=\"self\" href=\"/own\"/>";
    let rss = format!("<rss {atom}><channel><title>x</title>{links}</channel></rss>");
    assert_eq!(offer(&rss), hub("https://site.example/own"));
    assert_eq!(offer(&format!("<a:feed {atom}>{links}</a:feed>")), hub("https://site.example/own"));
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","feed_url":"https://site.example/j",
        "hubs":[{"type":"rssCloud","url":"x"},{"type":"WebSub","url":"https://hub.example/"}]}"#;
    assert_eq!(offer(json), hub("https://site.example/j"));
    let cloud = "<rss><channel><cloud domain=\"cloud.example\" port=\"80\" path=\"/please\" protocol=\"http-post\"/></channel></rss>";
    let from = from().to_string();
    assert_eq!(offer(cloud), Some(("http://cloud.example:80/please".to_owned(), from, true)));
    assert_eq!(
        offer("<rss><channel><cloud domain=\"x\" protocol=\"soap\"/></channel></rss>"),
        None
    );
    let odd = r#"{"version":"https://jsonfeed.org/version/1.1","hubs":[{"type":1}]}"#;
    assert_eq!(offer(odd), None);
}

#[test]
fn an_entry_is_known_by_guid_then_link_then_content() {
    for (inner, expected) in [
        ("<guid> g </guid><link>https://site.example/l</link>", "g"),
        ("<guid></guid><link>https://site.example/l</link>", "https://site.example/l"),
    ] {
        assert_eq!(item(&format!("<item>{inner}<title>t</title></item>")).key, expected);
    }
    let hash = |inner: &str| item(&format!("<item><title>t</title>{inner}</item>")).key;
    assert_eq!(hash("<description>a</description>"), hash("<description>a</description>"));
    assert_ne!(hash("<description>a</description>"), hash("<description>b</description>"));
    assert_eq!(hash(&format!("<guid>{}</guid>", "g".repeat(5000))).len(), 64);
}

#[test]
fn dates_stay_between_1990_and_now() {
    let at = |date: &str| {
        item(&format!("<item><title>t</title><pubDate>{date}</pubDate></item>")).published_at
    };
    assert_eq!(at("Thu, 01 Jan 1970 00:00:00 GMT"), SECONDS_MIN);
    assert_eq!(at("Fri, 01 Jan 2100 00:00:00 GMT"), NOW);
    assert_eq!(at("some day"), NOW);
}

#[test]
fn entries_without_dates_keep_their_order() {
    let document = rss("<item><title>a</title></item><item><title>b</title></item>");
    let titles: Vec<_> = document.entries.iter().filter_map(|e| e.title.as_deref()).collect();
    assert_eq!(titles, ["a", "b"]);
}

#[test]
fn the_newest_two_hundred_are_kept_and_doubles_are_not() {
    let items: String = (0..300)
        .map(|n| format!("<item><guid>{n}</guid><title>t</title><pubDate>{} Nov 2026 00:00:{:02} GMT</pubDate></item>", n / 60 + 1, n % 60))
        .collect();
    let document = rss(&items);
    assert_eq!(document.entries.len(), 200);
    assert_eq!(document.entries[0].key, "299");
    let twice = "<item><guid>1</guid><title>t</title></item>".repeat(2);
    assert_eq!(rss(&twice).entries.len(), 1);
}

#[test]
fn titles_are_words_and_links_are_web_addresses() {
    let entry = item(
        "<item><title>&lt;b&gt;Bold&lt;/b&gt; AT&amp;amp;T</title><link>javascript:alert(1)</link><guid isPermaLink=\"false\">1</guid></item>",
    );
    assert_eq!((entry.title.as_deref(), entry.url), (Some("Bold AT&T"), None));
    let long = item(&format!("<item><title>{}</title></item>", "é".repeat(600)));
    assert_eq!(long.title.unwrap().chars().count(), 500);
}

#[test]
fn other_encodings_are_read() {
    let text = "<rss><channel><title>Caf\u{e9}</title></channel></rss>";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let declared = [b"<?xml version='1.0' encoding='ISO-8859-1'?>".as_slice(), &latin].concat();
    let utf16: Vec<u8> =
        "\u{feff}".chars().chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    for (bytes, content_type) in [
        (declared.as_slice(), "text/xml"),
        (&latin, "text/xml; charset=\"iso-8859-1\""),
        (&utf16, "text/xml; charset=utf-8"),
        (&marked, ""),
    ] {
        let document = read_as(bytes, content_type).unwrap();
        assert_eq!(document.title.as_deref(), Some("Café"), "{content_type}");
    }
}

#[test]
fn sloppy_documents_are_read() {
    let document = parsed(
        "<rss version=\"2.0\"><channel><title>A & B&nbsp;C</title><item><content:encoded>undeclared</content:encoded></item></channel></rss> trailing",
    )
    .unwrap();
    assert_eq!(document.title.as_deref(), Some("A & B C"));
    assert_eq!(document.entries[0].html, "undeclared");
}

#[test]
fn dangerous_and_foreign_documents_are_refused() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss><channel><title>&b;</title></channel></rss>";
    let deep = format!("<rss><channel><item>{}", "<a>".repeat(10_000));
    let wide = format!(
        "<rss><channel><item {}/></channel></rss>",
        (0..100).map(|n| format!("a{n}='' ")).collect::<String>()
    );
    let declared = format!(
        "<rss {}><channel/></rss>",
        (0..50).map(|n| format!("xmlns:a{n}='u' ")).collect::<String>()
    );
    for text in [
        bomb,
        &deep,
        &wide,
        &declared,
        "",
        "hello",
        "<rss><channel>",
        "{",
        "{\"items\":[]}",
        "<opml/>",
        "<rss",
    ] {
        assert!(parsed(text).is_err(), "{}", text.chars().take(80).collect::<String>());
    }
    for text in
        ["<!doctype html><html><head><meta charset=utf-8><title>x</title>", "<html><body/></html>"]
    {
        assert_eq!(parsed(text), Err(PAGE));
    }
    let nested = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{}",
        "[".repeat(100_000)
    );
    assert!(parsed(&nested).is_err());
    let nests = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        parsed(&format!(
            "{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"[[{{\\\"[\",\"_x\":{open}{close}}}"
        ))
    };
    assert_eq!(nests(31).unwrap().title.as_deref(), Some("[[{\"["));
    assert!(nests(32).is_err());
}

#[test]
fn odd_fields_of_json_count_as_absent() {
    let document = parsed(
        r#"{"version":"https://jsonfeed.org/version/1","title":{"a":[1]},"items":[{"id":1.5,"title":["x"],"url":null,"content_text":true,"summary":"s"}]}"#,
    )
    .unwrap();
    assert_eq!(document.title, None);
    assert_eq!(
        (document.entries[0].key.as_str(), document.entries[0].html.as_str()),
        ("1.5", "<p>s</p>")
    );
}

#[test]
fn an_endless_feed_is_read_in_part() {
    let items = |item: &str| format!("{item},").repeat(20_000);
    let json = format!(
        r#"{{"version":"https://jsonfeed.org/version/1","items":[{}{{}}]}}"#,
        items(r#"{"id":1,"title":"t"}"#)
    );
    assert_eq!(parsed(&json).unwrap().entries.len(), 1);
    let items: String = (0..20_000).map(|n| format!("<item><title>{n}</title></item>")).collect();
    let last = rss(&items).entries.into_iter().last().and_then(|entry| entry.title);
    assert_eq!(last.as_deref(), Some("199"));
}

#[test]
fn durations_and_other_extensions_do_no_harm() {
    let entry = item(
        "<item><title>t</title><itunes:duration xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">\
         99999999999999999999999</itunes:duration></item>",
    );
    assert_eq!(entry.title.as_deref(), Some("t"));
}

proptest! {
    #[test]
    fn any_bytes_are_a_feed_or_a_problem(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_as(&bytes, "");
    }

    #[test]
    fn anything_like_a_feed_is_one_or_a_problem(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<rss>"), Just("<channel>"), Just("<item>"), Just("</item>"), Just("<title>"), Just("</title>"),
                Just("<feed xmlns='http://www.w3.org/2005/Atom'>"), Just("<entry>"), Just("</entry>"), Just("<link href='x'/>"),
                Just("<pubDate>"), Just("</pubDate>"), Just("22 Nov 2026 99:99:99 +9999"), Just("&amp;"), Just("&#0;"), Just("&#x110000;"),
                Just("&nbsp;"), Just("&"), Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("-->"), Just("<a:b c='"), Just("'>"),
                Just("</channel>"), Just("</rss>"), Just("</feed>"), Just("<?x"), Just("?>"), Just("é"), Just("<guid>"), Just("</guid>"),
            ], 0..40),
        charset in "(; charset=[a-z0-9-]{0,12})?",
    ) {
        if let Ok(document) = read_as(parts.concat().as_bytes(), &format!("text/xml{charset}")) {
            for entry in document.entries {
                prop_assert!((SECONDS_MIN..=NOW).contains(&entry.published_at));
                prop_assert!(!entry.key.is_empty());
            }
        }
    }
}
