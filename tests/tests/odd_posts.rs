//! Posts that nobody expects: huge, tiny, of another century, in letters that turn around, full of scripts.

use serde_json::{Value, json};
use tests::{Answer, Ask, Browser, Pipit, Upload, photo_with_gps};

/// What must come back as words, wherever somebody put it.
const SCRIPT: &str = "<script>alert('odd')</script>";

struct Writer {
    pipit: Pipit,
    ann: Browser,
    token: String,
}

impl Writer {
    fn new() -> Self {
        let pipit = Pipit::start();
        let ann = pipit.sign_up("ann");
        let fields = [("name", SCRIPT), ("days", ""), ("scope", "create"), ("scope", "media")];
        let page = ann.post("/settings/tokens", &fields).expect(200);
        let token = page.between("<code class=\"address\">", "</code>").expect("a token");
        Self { pipit, ann, token }
    }

    fn send(&self, ask: Ask) -> Answer {
        self.pipit.browser().send(ask.with("authorization", &format!("Bearer {}", self.token)))
    }

    fn entry(&self, properties: Value) -> Answer {
        let body = json!({ "type": ["h-entry"], "properties": properties });
        self.send(Ask::body("/micropub", "application/json", body.to_string()))
    }

    /// The path on the blog of what was created.
    #[track_caller]
    fn path(&self, answer: &Answer) -> String {
        assert!(matches!(answer.status, 201 | 202), "{} {}", answer.status, answer.text());
        let path = answer.header("location").strip_prefix(&self.pipit.blog_url(&self.ann));
        path.expect("it is on the blog").to_owned()
    }

    fn blog(&self, path: &str) -> Answer {
        self.pipit.blog(&self.ann).get(path)
    }

    /// Nothing of this person is published.
    #[track_caller]
    fn has_nothing(&self) {
        let feed = self.blog("/feed.xml").expect(200).text();
        assert!(!feed.contains("<item>"), "{feed}");
    }
}

/// A JPEG of about so many bytes, all of them of the picture.
fn large_photo(bytes: usize) -> Vec<u8> {
    let mut photo = photo_with_gps();
    let end = photo.split_off(photo.len() - 2);
    photo.resize(bytes - end.len(), 0x3f);
    photo.extend(end);
    photo
}

#[test]
fn photos_of_45_megabytes_in_one_form_are_all_shown() {
    let writer = Writer::new();
    let photo =
        || Upload { field: "photo[]", file_name: "large.jpg", bytes: large_photo(9_000_000) };
    let photos: Vec<Upload> = (0..5).map(|_| photo()).collect();
    let fields = [("h", "entry"), ("content", "The whole roll")];
    let path = writer.path(&writer.send(Ask::upload("/micropub", &fields, &photos)));
    let page = writer.blog(&path).expect(200);
    let begin = format!("http://{}/", writer.pipit.media_host());
    let sources: Vec<String> =
        page.attributes("src").into_iter().filter(|src| src.starts_with(&begin)).collect();
    assert_eq!(sources.len(), 5, "{}", page.text());
    for source in sources {
        let length = writer.pipit.media(&source).expect(200).body.len();
        assert!((8_900_000..=9_000_000).contains(&length), "{length} bytes");
    }
}

#[test]
fn an_article_of_ten_thousand_words_is_there_to_its_last_word() {
    let writer = Writer::new();
    let words: Vec<String> = (1..=10_000).map(|nth| format!("word{nth}")).collect();
    let text = words.chunks(100).map(|part| part.join(" ")).collect::<Vec<_>>().join("\n\n");
    let post = writer.ann.write("Long", &text);
    for page in [writer.blog(&post.path), writer.blog("/"), writer.blog("/feed.xml")] {
        page.expect(200).expect_text("word10000</p>");
    }
    let timeline = writer.ann.get("/").expect(200).expect_text("word1 word2");
    assert!(!timeline.text().contains("word100 "), "the timeline shows its beginning");
    let edit = writer.ann.get(&format!("/posts/{}/edit", post.id)).expect(200);
    edit.expect_text("word1 word2").expect_text("word10000");
}

#[test]
fn one_byte_is_a_post_and_nothing_is_none() {
    let writer = Writer::new();
    for text in ["", " ", "\r\n\t"] {
        let answer = writer.ann.post("/posts", &[("title", ""), ("text", text)]).expect(422);
        assert!(answer.text().contains("Write something"), "{}", answer.text());
        writer.entry(json!({ "content": [text] })).expect(400);
    }
    writer.has_nothing();
    let post = writer.ann.write("", "x");
    for path in [&*post.path, "/", "/feed.xml"] {
        writer.blog(path).expect(200).expect_text("<p>x</p>");
    }
}

#[test]
fn two_hundred_categories_are_allowed_and_one_more_is_not() {
    let writer = Writer::new();
    let names = |count: u32| (1..=count).map(|nth| format!("No. {nth}")).collect::<Vec<_>>();
    let refused = writer.entry(json!({ "content": ["Many"], "category": names(201) })).expect(400);
    assert!(refused.text().contains("can have 200"), "{}", refused.text());
    writer.has_nothing();
    let path = writer.path(&writer.entry(json!({ "content": ["Many"], "category": names(200) })));
    let page = writer.blog(&path).expect(200).text();
    assert_eq!(page.matches("p-category").count(), 200);
    writer.blog("/categories").expect(200).expect_text("No. 200");
    writer.blog("/categories/no-200").expect(200).expect_text("<p>Many</p>");
    let home = writer.blog("/").expect(200).text();
    assert!(home.matches("p-category").count() <= 10, "{home}");
}

#[test]
fn ten_megabytes_of_text_are_refused_with_words_and_nothing_is_kept() {
    let writer = Writer::new();
    let text = "word ".repeat(2 << 20);
    let fields = [("title", "Too long"), ("text", &*text)];
    let form = writer.ann.send(Ask::upload("/posts", &fields, &[]));
    assert!(matches!(form.status, 413 | 422), "{}", form.status);
    assert!(form.text().contains("500 kilobytes") || form.text().contains("more than fits"));
    let json = writer.entry(json!({ "content": [text] }));
    assert!(matches!(json.status, 400 | 413), "{}", json.status);
    assert!(json.text().contains("error_description"), "{}", json.text());
    writer.has_nothing();
}

#[test]
fn an_address_that_is_taken_gets_a_number() {
    let writer = Writer::new();
    let write =
        |text: &str| writer.path(&writer.entry(json!({ "content": [text], "mp-slug": ["tea"] })));
    let (first, second) = (write("Tea"), write("Tea again"));
    assert_eq!(second, format!("{first}-2"));
    writer.blog(&second).expect(200).expect_text("Tea again");
}

#[test]
fn a_post_of_1999_is_out_and_one_of_2099_waits() {
    let writer = Writer::new();
    let at = |at| [("title", "Then"), ("text", "Party like it"), ("published_at", at)];
    writer.ann.post("/posts", &at("1999-12-31T23:59")).expect(303);
    let old = writer.blog("/1999/12/31/then").expect(200);
    old.expect_text("1999-12-31T23:59:00Z");
    writer.blog("/").expect(200).expect_text("/1999/12/31/then");
    writer.ann.post("/posts", &at("2099-01-01T00:00")).expect(303);
    writer.blog("/2099/01/01/then").expect(404);
    for list in [writer.blog("/"), writer.blog("/feed.xml"), writer.ann.get("/")] {
        assert!(!list.expect(200).text().contains("/2099/"), "it is shown before its time");
    }
}

#[test]
fn titles_in_any_letters_stay_where_they_are() {
    let writer = Writer::new();
    for title in [
        "🐦‍⬛ 🏳️‍🌈 👩‍👩‍👧",
        "مرحبا بالعالم",
        "\u{202e}txet sdrawkcab",
        "Zalgo h̷̢̗e̵̝͝l̶̡͐l̴̲͠o",
        "e".repeat(500).as_str(),
    ] {
        let post = writer.ann.write(title, "Text");
        writer.blog(&post.path).expect(200).expect_text(&format!("dir=\"auto\">{title}</h1>"));
        for list in [
            writer.blog("/"),
            writer.blog("/feed.xml"),
            writer.ann.get("/posts"),
            writer.ann.get("/"),
        ] {
            list.expect(200).expect_text(title);
        }
    }
}

#[test]
fn a_script_in_any_field_is_words() {
    let writer = Writer::new();
    let cite = json!({ "type": ["h-cite"], "properties": { "url": ["https://a.example/\"><script>"], "name": [SCRIPT] } });
    let place = json!({ "type": ["h-card"], "properties": { "name": [SCRIPT], "url": [SCRIPT] } });
    let properties = json!({
        "name": [SCRIPT], "content": [format!("{SCRIPT}<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))")],
        "summary": [SCRIPT], "category": [SCRIPT, "\"><script>alert('odd')"], "location": [SCRIPT],
        "photo": [{ "value": "https://a.example/\"><script>.jpg", "alt": SCRIPT }],
        "video": ["https://a.example/'\"><script>alert('odd').mp4"], "in-reply-to": [cite], "like-of": ["https://a.example/<script>"],
        "checkin": [place], "syndication": ["https://a.example/<script>"], "rsvp": ["yes"], "mp-slug": [SCRIPT], "x-odd": [SCRIPT],
    });
    let path = writer.path(&writer.entry(properties));
    let profile =
        [("name", SCRIPT), ("bio", SCRIPT), ("site", ""), ("timezone", ""), ("shows_app", "1")];
    writer.ann.post("/settings/profile", &profile).expect(303);
    let post = writer.ann.newest_post();
    let person = format!("/@{}", writer.ann.username);
    let slug = writer.blog("/categories").expect(200);
    let slug = slug
        .attributes("href")
        .into_iter()
        .find(|href| href.starts_with("/categories/"))
        .expect("one");
    let edit = format!("/posts/{}/edit", post.id);
    for page in [
        writer.blog(&path),
        writer.blog("/"),
        writer.blog("/feed.xml"),
        writer.blog("/categories"),
        writer.blog(&slug),
        writer.ann.get("/"),
        writer.ann.get("/posts"),
        writer.ann.get(&edit),
        writer.ann.get(&person),
        writer.ann.get("/settings/tokens"),
    ] {
        let page = page.expect(200).text().to_lowercase();
        assert!(!page.contains("<script>"), "{page}");
        assert!(!page.contains("onerror=\"") && !page.contains("href=\"javascript:"), "{page}");
    }
}
