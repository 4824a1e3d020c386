//! The feeds of a blog, as readers find, fetch and page through them.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Ask, Browser, Pipit, Program};

const FEEDS: [(&str, &str); 3] = [
    ("/feed.xml", "application/rss+xml; charset=utf-8"),
    ("/atom.xml", "application/atom+xml; charset=utf-8"),
    ("/feed.json", "application/feed+json"),
];

struct Writer {
    pipit: Pipit,
    ann: Browser,
    app: Program,
}

impl Writer {
    fn new() -> Self {
        let pipit = Pipit::start();
        let ann = pipit.sign_up("ann");
        let app = Program::of(&pipit, &ann, &["create", "update", "delete", "media"]);
        Self { pipit, ann, app }
    }

    /// Creates an entry; returns its address.
    #[track_caller]
    fn write(&self, properties: Value) -> String {
        let entry = json!({ "type": ["h-entry"], "properties": properties });
        let answer = self.app.json("/micropub", &entry);
        assert!(matches!(answer.status, 201 | 202), "{} {}", answer.status, answer.text());
        answer.header("location").to_owned()
    }

    fn url(&self) -> String {
        self.pipit.blog_url(&self.ann)
    }

    fn get(&self, path: &str) -> Answer {
        self.pipit.blog(&self.ann).get(path)
    }

    /// Asks for an address of this blog.
    #[track_caller]
    fn follow(&self, url: &str) -> Answer {
        let path = url.strip_prefix(&self.url());
        self.get(path.unwrap_or_else(|| panic!("“{url}” is not on the blog")))
    }
}

/// The texts of the elements of a name, as they are written.
fn texts<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!("<{name}");
    let end = format!("</{name}>");
    let parts = xml.split(&begin).skip(1).filter(|part| part.starts_with(['>', ' ']));
    parts
        .filter_map(|part| part.split_once('>')?.1.split_once(&end))
        .map(|(text, _)| text)
        .collect()
}

#[test]
fn three_formats_say_the_same() {
    let writer = Writer::new();
    let note = writer.write(json!({ "content": ["Only <b>words</b> & a [link](/about) ]]> end"] }));
    let article = writer.write(json!({
        "name": ["On <birds> & “cages”"], "content": ["Sing."], "category": ["Tea & cake"],
        "photo": [{ "value": "https://others.example/a.png", "alt": "A field" }],
        "audio": ["https://others.example/song.mp3"], "published": ["2020-02-29T12:00:00Z"]
    }));
    let about = format!("{}/about", writer.url());
    let rss = writer.get("/feed.xml").expect(200).text();
    let [first, second] = [texts(&rss, "item")[0], texts(&rss, "item")[1]];
    assert!(!first.contains("<title>"), "a note has none: {first}");
    assert_eq!(texts(second, "title"), ["On &lt;birds&gt; &amp; “cages”"]);
    assert_eq!([texts(first, "link"), texts(second, "link")].concat(), [&*note, &*article]);
    assert!(first.contains(&format!("href=\"{about}\"")), "{first}");
    assert!(first.contains("isPermaLink=\"false\""), "{first}");
    let enclosure =
        "<enclosure url=\"https://others.example/song.mp3\" length=\"0\" type=\"audio/mpeg\"/>";
    assert!(second.contains(enclosure), "{second}");
    assert_eq!(texts(second, "pubDate"), ["Sat, 29 Feb 2020 12:00:00 +0000"]);
    assert_eq!(texts(second, "category"), ["Tea &amp; cake"]);

    let json = writer.get("/feed.json").expect(200).json();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["authors"][0]["url"], format!("{}/", writer.url()));
    let [first, second] = [&json["items"][0], &json["items"][1]];
    assert_eq!((&first["url"], first.get("title")), (&json!(note), None));
    let html = first["content_html"].as_str().expect("HTML");
    assert!(html.contains(&about) && html.contains("]]&gt; end"), "{html}");
    assert_eq!(second["title"], "On <birds> & “cages”");
    assert_eq!(second["tags"], json!(["Tea & cake"]));
    assert_eq!(second["date_published"], "2020-02-29T12:00:00Z");
    let types =
        second["attachments"].as_array().expect("files").iter().map(|file| &file["mime_type"]);
    assert_eq!(types.collect::<Vec<_>>(), ["audio/mpeg", "image/png"]);

    let atom = writer.get("/atom.xml").expect(200).text();
    let ids = texts(&atom, "id");
    assert_eq!(ids[1..], texts(&rss, "guid"));
    assert_eq!(ids[1..], [&first["id"], &second["id"]].map(|id| id.as_str().expect("an id")));
    assert_eq!(texts(&atom, "title")[1..], ["", "On &lt;birds&gt; &amp; “cages”"]);
    assert_eq!(atom.matches("rel=\"enclosure\"").count(), 2, "{atom}");
    assert!(atom.contains("<category term=\"Tea &amp; cake\"/>"), "{atom}");
}

#[test]
fn every_feed_is_fetched_as_readers_do() {
    let writer = Writer::new();
    writer.write(json!({ "content": ["Once"], "category": ["Tea"] }));
    let hub = format!("<http://{}/hub>; rel=\"hub\"", writer.pipit.app_host());
    let category = FEEDS.map(|(path, kind)| (format!("/categories/tea{path}"), kind));
    let others = [("/replies.xml", FEEDS[0].1), ("/photos/feed.xml", FEEDS[0].1)];
    let all = FEEDS.iter().chain(&others).map(|(path, kind)| ((*path).to_owned(), *kind));
    for (path, kind) in all.chain(category) {
        let first = writer.get(&path).expect(200);
        assert_eq!(first.header("content-type"), kind, "{path}");
        assert_eq!(first.header("cache-control"), "public, max-age=300", "{path}");
        let links = first.header("link");
        let own = format!("<{}{path}>; rel=\"self\"", writer.url());
        assert!(links.contains(&own) && links.contains(&hub), "{path}: {links}");
        let head = writer.pipit.blog(&writer.ann).head(&path).expect(200);
        for name in ["etag", "last-modified", "content-type", "link", "cache-control"] {
            assert!(!first.header(name).is_empty(), "{path} has no {name}");
            assert_eq!(head.header(name), first.header(name), "{path}: {name} of a HEAD");
        }
        for (name, value) in [
            ("if-none-match", first.header("etag").to_owned()),
            ("if-none-match", format!("\"x\", W/{}", first.header("etag"))),
            ("if-modified-since", first.header("last-modified").to_owned()),
        ] {
            let again = writer.pipit.blog(&writer.ann).send(Ask::get(&path).with(name, &value));
            let again = again.expect(304);
            assert!(again.body.is_empty(), "{path}");
            for name in ["etag", "cache-control", "link"] {
                assert_eq!(again.header(name), first.header(name), "{path}: {name} of a 304");
            }
        }
    }
}

#[test]
fn older_posts_follow_page_by_page_in_each_format() {
    let writer = Writer::new();
    // Two at each second: the place is a time and an id.
    for nth in 0..56 {
        let at = format!("2026-01-01T00:00:{:02}Z", nth / 2);
        writer.write(json!({ "content": [format!("Number {nth}.")], "published": [at], "category": ["Tea"] }));
    }
    for base in ["", "/categories/tea"] {
        for (file, _) in FEEDS {
            let (mut found, mut sizes) = (Vec::new(), Vec::new());
            let mut next = Some(format!("{}{base}{file}", writer.url()));
            while let Some(url) = next {
                let page = writer.follow(&url).expect(200);
                let (ids, older) = read(&page);
                assert_eq!(page.header("link").contains("rel=\"hub\""), sizes.is_empty(), "{url}");
                sizes.push(ids.len());
                found.extend(ids);
                next = older;
            }
            assert_eq!(sizes, [25, 25, 6], "{base}{file}");
            assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 56, "{base}{file}: one twice");
        }
    }
    for path in ["/before/x/feed.xml", "/before/1-1/feed.xml", "/categories/tea/before/x/feed.json"]
    {
        writer.get(path).expect(404);
    }
}

/// The ids of a feed's items, and the address of its next page.
fn read(page: &Answer) -> (Vec<String>, Option<String>) {
    if page.header("content-type").contains("json") {
        let json = page.json();
        let items = json["items"].as_array().expect("items");
        let ids = items.iter().map(|item| item["id"].as_str().expect("an id").to_owned());
        return (ids.collect(), json["next_url"].as_str().map(str::to_owned));
    }
    let xml = page.text();
    let skipped = usize::from(xml.contains("<feed"));
    let ids = if skipped > 0 { texts(&xml, "id") } else { texts(&xml, "guid") };
    let ids = ids.into_iter().skip(skipped).map(str::to_owned).collect();
    let next = xml.split('<').find(|tag| tag.contains("link ") && tag.contains("rel=\"next\""));
    let next = next.and_then(|tag| tag.split("href=\"").nth(1)?.split('"').next());
    (ids, next.map(str::to_owned))
}

#[test]
fn a_category_replies_and_photos_have_feeds_of_their_own() {
    let writer = Writer::new();
    let plain = writer.write(json!({ "content": ["Plain"] }));
    let tea = writer.write(json!({ "content": ["Tea"], "category": ["Grüner Tee"] }));
    let reply =
        writer.write(json!({ "content": ["Yes"], "in-reply-to": ["https://others.example/1"] }));
    let photo = writer
        .write(json!({ "photo": [{ "value": "https://others.example/a.jpg", "alt": "A field" }] }));
    writer
        .write(json!({ "content": ["Psst"], "category": ["Grüner Tee"], "visibility": ["private"],
        "in-reply-to": ["https://others.example/1"], "photo": ["https://others.example/b.jpg"] }));
    for (path, expected) in [
        ("/feed.xml", vec![&photo, &reply, &tea, &plain]),
        ("/categories/gr%C3%BCner-tee/feed.xml", vec![&tea]),
        ("/replies.xml", vec![&reply]),
        ("/photos/feed.xml", vec![&photo]),
    ] {
        let xml = writer.get(path).expect(200).text();
        let items = texts(&xml, "item");
        let found: Vec<&str> = items.iter().flat_map(|item| texts(item, "link")).collect();
        assert_eq!(found, expected, "{path}");
        let json = path.replace("/photos/feed.xml", "/photos/index.json").replace(".xml", ".json");
        let json = writer.get(&json).expect(200).json();
        let urls = json["items"].as_array().expect("items").iter().map(|item| &item["url"]);
        assert_eq!(
            urls.collect::<Vec<_>>(),
            expected
                .into_iter()
                .map(|url| json!(url))
                .collect::<Vec<_>>()
                .iter()
                .collect::<Vec<_>>()
        );
    }
    let title = writer.get("/categories/gr%C3%BCner-tee/feed.json").expect(200).json();
    assert!(
        title["title"].as_str().is_some_and(|title| title.ends_with(": Grüner Tee")),
        "{title}"
    );
    let photos = writer.get("/photos/index.json").expect(200).json();
    assert_eq!(photos["items"][0]["image"], "https://others.example/a.jpg");
    let archive = writer.get("/archive/index.json").expect(200).json();
    assert_eq!(archive["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(archive["items"][2]["content_text"], "Tea");
    for path in [
        "/categories/none/feed.xml",
        "/categories/gr%C3%BCner-tee/rss.xml",
        "/archive/feed.xml",
        "/photos/atom.xml",
    ] {
        writer.get(path).expect(404);
    }
}

#[test]
fn a_guid_stays_when_the_address_changes() {
    let writer = Writer::new();
    let first = writer.write(json!({ "content": ["Hello"], "mp-slug": ["hello"] }));
    let read = || {
        ["/feed.xml", "/atom.xml", "/feed.json"].map(|path| read(&writer.get(path).expect(200)).0)
    };
    let before = read();
    assert_eq!(before[0].len(), 1);
    let update = json!({ "action": "update", "url": first, "replace": { "mp-slug": ["goodbye"], "content": ["Bye"] } });
    let answer = writer.app.json("/micropub", &update);
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
    let changed = |answer: &Answer| answer.text().contains("/goodbye");
    writer.pipit.eventually(|| writer.get("/feed.xml"), changed);
    assert_eq!(before, read());
}

#[test]
fn other_names_of_the_feed_lead_to_it() {
    let writer = Writer::new();
    let feed = format!("{}/feed.xml", writer.url());
    for path in [
        "/feed",
        "/rss",
        "/rss.xml",
        "/index.xml",
        "/rss2.xml",
        "/blog/feed.xml",
        "/a/b/c/d.xml",
        "/2026/01/01/x.xml",
    ] {
        assert_eq!(writer.get(path).expect(301).header("location"), feed, "{path}");
    }
    for path in ["/feed.txt", "/feed.json.bak", "/x.json"] {
        writer.get(path).expect(404);
    }
}

#[test]
fn pages_name_their_feeds() {
    let writer = Writer::new();
    let post = writer.write(json!({ "content": ["Tea"], "category": ["Grüner <Tee>"] }));
    let url = writer.url();
    let category = "/categories/gr%C3%BCner-tee";
    for (page, bases) in [
        ("/", vec![""]),
        (post.strip_prefix(&url).expect("on the blog"), vec![""]),
        ("/archive", vec![""]),
        ("/photos", vec![""]),
        (category, vec![category, ""]),
    ] {
        let html = writer.get(page).expect(200).text();
        let links: Vec<&str> = html
            .split("<link rel=\"alternate\" ")
            .skip(1)
            .filter_map(|link| link.split('>').next())
            .collect();
        let expected: Vec<String> = bases
            .iter()
            .flat_map(|base| {
                FEEDS.map(|(file, kind)| {
                    (
                        kind.split(';').next().unwrap_or_default().to_owned(),
                        format!("{url}{base}{file}"),
                    )
                })
            })
            .map(|(kind, url)| format!("type=\"{kind}\" href=\"{url}\""))
            .collect();
        let found: Vec<String> = links
            .iter()
            .map(|link| {
                let (kind, rest) = link.split_once(" title=\"").expect("a title");
                let (title, href) = rest.split_once('"').expect("its end");
                assert!(!title.is_empty() && !title.contains('<'), "{link}");
                format!("{kind}{href}")
            })
            .collect();
        assert_eq!(found, expected, "{page}");
    }
}
