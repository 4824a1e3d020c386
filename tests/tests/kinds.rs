//! Kinds of posts, pages and categories, as readers get them: on the blog, in its feed, on timelines.

use serde_json::{Value, json};
use tests::{Answer, Ask, Browser, Pipit};

const NOTE: &str = "https://www.others.example/notes/1";

/// A person and an app that writes for her.
struct Writer {
    pipit: Pipit,
    ann: Browser,
    token: String,
}

impl Writer {
    fn new() -> Self {
        let pipit = Pipit::start();
        let ann = pipit.sign_up("ann");
        let scopes = ["create", "update", "delete", "undelete"].map(|scope| ("scope", scope));
        let fields = [&[("name", "Quill & <co>"), ("days", "")], &scopes[..]].concat();
        let page = ann.post("/settings/tokens", &fields).expect(200);
        let token = page.between("<code class=\"address\">", "</code>").expect("a token");
        Self { pipit, ann, token }
    }

    fn json(&self, body: &Value) -> Answer {
        let ask = Ask::body("/micropub", "application/json", body.to_string());
        self.pipit.browser().send(ask.with("authorization", &format!("Bearer {}", self.token)))
    }

    /// Creates an entry; returns its path on the blog, or of a draft.
    #[track_caller]
    fn write(&self, properties: Value) -> String {
        let answer = self.json(&json!({ "type": ["h-entry"], "properties": properties }));
        assert!(matches!(answer.status, 201 | 202), "{} {}", answer.status, answer.text());
        let url = answer.header("location").to_owned();
        let path = url.strip_prefix(&self.pipit.blog_url(&self.ann));
        path.unwrap_or_else(|| panic!("{url} is not on the blog")).to_owned()
    }

    fn blog(&self, path: &str) -> Answer {
        self.pipit.blog(&self.ann).get(path)
    }

    #[track_caller]
    fn change(&self, path: &str, change: Value) {
        let mut body = json!({ "action": "update", "url": format!("{}{path}", self.pipit.blog_url(&self.ann)) });
        body.as_object_mut().expect("an object").extend(change.as_object().cloned().expect("too"));
        let answer = self.json(&body);
        assert!(matches!(answer.status, 200 | 201 | 204), "{} {}", answer.status, answer.text());
    }
}

#[test]
fn each_kind_of_post_says_what_it_is_wherever_it_is_shown() {
    let writer = Writer::new();
    for (properties, words, class) in [
        (
            json!({ "in-reply-to": [NOTE], "content": ["Yes, and more"] }),
            "In reply to",
            "u-in-reply-to h-cite",
        ),
        (json!({ "like-of": [NOTE] }), "Liked", "u-like-of h-cite"),
        (json!({ "repost-of": [NOTE] }), "Reposted", "u-repost-of h-cite"),
        (json!({ "bookmark-of": [NOTE] }), "Bookmarked", "u-bookmark-of h-cite"),
        (json!({ "rsvp": ["yes"], "in-reply-to": [NOTE] }), "Going to", "p-rsvp"),
    ] {
        let path = writer.write(properties);
        let link = format!("href=\"{NOTE}\">others.example</a>");
        let feed = writer.blog("/feed.xml").expect(200).text();
        let item = feed.split("<item>").nth(1).expect("the newest post").to_owned();
        let summary = item.split("<description>").nth(1).unwrap_or_default();
        assert!(summary.starts_with(&format!("{words} others.example")), "{item}");
        assert!(item.contains(&link), "{item}");
        for page in [writer.blog(&path), writer.blog("/"), writer.ann.get("/")] {
            let page = page.expect(200).expect_text(words).expect_text(class);
            assert!(page.text().contains(&link), "{}", page.text());
        }
    }
    // Without words of its own a post is called by what it says of others.
    let list = writer.ann.get("/posts").expect(200).text();
    for label in ["Liked others.example", "Reposted others.example", "Bookmarked others.example"] {
        assert!(list.contains(label), "{label} is not in:\n{list}");
    }
    let title = writer.blog("/").text();
    assert!(!title.contains("<div class=\"e-content\" dir=\"auto\"></div>"), "an empty post");
}

#[test]
fn a_clip_plays_when_asked_and_goes_with_the_feed() {
    let writer = Writer::new();
    let audio = "https://media.example/song.mp3?a=1&b=2";
    let path = writer
        .write(json!({ "content": ["Listen"], "audio": [audio], "category": ["Music & more"] }));
    let page = writer.blog(&path).expect(200);
    let text = page.text();
    assert!(text.contains("<audio class=\"u-audio\" controls"), "{text}");
    assert!(!text.contains("autoplay"), "{text}");
    assert!(page.attributes("src").contains(&audio.to_owned()));
    assert!(page.header("content-security-policy").contains("media-src"), "it may not be loaded");
    let feed = writer.blog("/feed.xml").expect(200).text();
    let enclosure = format!(
        "<enclosure url=\"{}\" length=\"0\" type=\"audio/mpeg\"/>",
        audio.replace('&', "&amp;")
    );
    assert!(feed.contains(&enclosure), "{feed}");
    assert!(feed.contains("<category>Music &amp; more</category>"), "{feed}");
    // The app loads nothing from elsewhere, so there it is a link.
    let timeline = writer.ann.get("/").expect(200);
    assert!(!timeline.text().contains("<audio"), "{}", timeline.text());
    assert!(timeline.attributes("href").contains(&audio.to_owned()));
}

#[test]
fn a_photo_elsewhere_has_no_size_that_nobody_knows() {
    let writer = Writer::new();
    let photo = "https://media.example/sunset.jpg";
    let path = writer.write(json!({ "photo": [{ "value": photo, "alt": "The sun" }] }));
    let page = writer.blog(&path).expect(200);
    assert!(page.attributes("src").contains(&photo.to_owned()));
    assert!(!page.text().contains("width=\"0\""), "{}", page.text());
    assert!(page.header("content-security-policy").contains("https:"));
    let timeline = writer.ann.get("/").expect(200).expect_text("The sun");
    assert!(!timeline.attributes("src").contains(&photo.to_owned()), "loaded from elsewhere");
}

#[test]
fn a_post_names_the_app_that_it_was_written_with_unless_its_author_minds() {
    let writer = Writer::new();
    let path = writer.write(json!({ "content": ["With a quill"] }));
    writer.blog(&path).expect(200).expect_text(" with <bdi>Quill &#38; &#60;co&#62;</bdi>");
    let form = [("name", "Ann"), ("bio", ""), ("site", ""), ("timezone", "")];
    writer.ann.post("/settings/profile", &form).expect(303);
    let page = writer.blog(&path).expect(200).text();
    assert!(!page.contains("Quill"), "{page}");
    writer.ann.post("/settings/profile", &[&form[..], &[("shows_app", "1")]].concat()).expect(303);
    writer.blog(&path).expect(200).expect_text("Quill");
    // What was written on Pipit's own page was written with nothing that needs a name.
    let own = writer.ann.write("", "By hand");
    assert!(
        !writer.blog(&own.path).expect(200).text().contains(" with <"),
        "a name without an app"
    );
}

#[test]
fn pages_stand_beside_the_posts() {
    let writer = Writer::new();
    let about = writer.write(json!({
        "name": ["About 📝"], "content": ["I **am** Ann."], "mp-channel": ["pages"], "mp-slug": ["about"]
    }));
    assert_eq!(about, "/about");
    let page = writer.blog("/about").expect(200).text();
    assert!(
        page.contains("I <strong>am</strong> Ann.") && page.contains("About 📝</h1>"),
        "{page}"
    );
    assert!(!page.contains("dt-published"), "a page has no date:\n{page}");
    writer.blog("/about.html").expect(200);
    for list in [writer.blog("/"), writer.blog("/feed.xml"), writer.ann.get("/")] {
        assert!(!list.expect(200).text().contains("I <strong>am"), "a page among the posts");
    }
    // What no page can be called costs no query.
    for path in ["/About", "/wp-login.php", "/a/b", "/robots"] {
        let answer = writer.blog(path).expect(404);
        assert!(answer.cost().rows_read <= 1, "{path}: {:?}", answer.cost());
    }
    let url = format!("{}/about", writer.pipit.blog_url(&writer.ann));
    let gone = writer.json(&json!({ "action": "delete", "url": url }));
    assert!(matches!(gone.status, 200 | 204), "{}", gone.text());
    writer.blog("/about").expect(410);
}

#[test]
fn a_page_of_one_address_leads_there() {
    let writer = Writer::new();
    let content =
        |text: &str| json!({ "name": ["Elsewhere"], "content": [text], "mp-channel": ["pages"] });
    let path = writer.write(content("https://elsewhere.example/ä?q=1"));
    let answer = writer.blog(&path).expect(302);
    assert_eq!(answer.header("location"), "https://elsewhere.example/%C3%A4?q=1");
    let again = writer.pipit.eventually(|| writer.blog(&path), |answer| answer.cost().queries == 0);
    assert_eq!(again.header("location"), "https://elsewhere.example/%C3%A4?q=1");
    writer.change(&path, json!({ "replace": { "content": ["javascript:alert(1)"] } }));
    assert_eq!(writer.blog(&path).expect(200).header("location"), "");
}

#[test]
fn an_unlisted_post_has_a_page_and_a_private_one_has_none() {
    let writer = Writer::new();
    let unlisted = writer.write(
        json!({ "content": ["Psst, unlisted"], "visibility": ["unlisted"], "category": ["Quiet"] }),
    );
    let page = writer.blog(&unlisted).expect(200).text();
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{page}");
    let private = writer.write(
        json!({ "content": ["Psst, private"], "visibility": ["private"], "category": ["Quiet"] }),
    );
    writer.blog(&private).expect(404);
    let draft = writer.write(
        json!({ "content": ["Psst, a draft"], "post-status": ["draft"], "category": ["Quiet"] }),
    );
    writer.blog(&draft).expect(404);
    let later = writer.write(json!({ "content": ["Psst, later"], "published": ["2099-01-01T00:00:00Z"], "category": ["Quiet"] }));
    writer.blog(&later).expect(404);
    let profile = format!("/@{}", writer.ann.username);
    for list in [
        writer.blog("/"),
        writer.blog("/feed.xml"),
        writer.blog("/categories"),
        writer.ann.get("/"),
        writer.ann.get(&profile),
        writer.pipit.browser().get(&profile),
    ] {
        let text = list.expect(200).text();
        assert!(!text.contains("Psst") && !text.contains("Quiet"), "{text}");
    }
    writer.blog("/categories/quiet").expect(404);
}

#[test]
fn a_category_has_its_posts_twenty_five_at_a_time() {
    let writer = Writer::new();
    for nth in 1..=26 {
        let at = format!("2026-01-01T00:00:{nth:02}Z");
        writer.write(json!({ "content": [format!("Number {nth}.")], "category": ["Grüner Tee"], "published": [at] }));
    }
    let link = "/categories/gr%C3%BCner-tee";
    let list = writer.blog("/categories").expect(200).expect_text("Grüner Tee");
    assert!(list.attributes("href").contains(&link.to_owned()), "{}", list.text());
    let page = writer.blog(link).expect(200).expect_text("Number 26.");
    assert!(!page.text().contains("Number 1."), "{}", page.text());
    // Of each post its place in the category and the post itself, and one post more than is shown.
    assert!(page.cost().rows_read <= 2 * 26, "{:?}", page.cost());
    let links = page.attributes("href");
    let older = links.iter().find(|link| link.contains("/before/")).expect("a link to older posts");
    let older = older.strip_prefix(&writer.pipit.blog_url(&writer.ann)).expect("on the blog");
    let rest = writer.blog(older).expect(200).expect_text("Number 1.");
    assert!(
        !rest.text().contains("/before/1767") || !rest.text().contains("rel=\"next\""),
        "{}",
        rest.text()
    );
    for path in
        ["/categories/none", "/categories/Gr%C3%BCner-Tee", "/categories/gr%C3%BCner-tee/before/x"]
    {
        writer.blog(path).expect(404);
    }
}

#[test]
fn an_edit_is_told_once_it_is_more_than_a_slip() {
    let writer = Writer::new();
    let at = "2026-01-01T00:00:00Z";
    let path = writer.write(json!({ "content": ["First"], "published": [at] }));
    assert!(!writer.blog(&path).expect(200).text().contains("dt-updated"), "nobody edited it");
    writer.change(&path, json!({ "replace": { "content": ["Second"] } }));
    writer.blog(&path).expect(200).expect_text("dt-updated").expect_text("Second");
}

#[test]
fn a_draft_has_a_private_address_until_it_is_out() {
    let writer = Writer::new();
    let path = writer.write(json!({ "content": ["Psst, a draft"], "post-status": ["draft"] }));
    let links = writer.ann.get("/posts?show=drafts").expect(200).attributes("href");
    let preview = links.iter().find(|link| link.contains("/preview/")).expect("a link to it");
    let preview = preview.strip_prefix(&writer.pipit.blog_url(&writer.ann)).expect("on the blog");
    let page = writer.blog(preview).expect(200).expect_text("Psst, a draft");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    writer.blog(&preview.replace("/preview/", "/preview/1")).expect(404);
    writer.change(&path, json!({ "replace": { "post-status": ["published"] } }));
    let answer = writer.blog(preview).expect(302);
    let permalink = answer.header("location").strip_prefix(&writer.pipit.blog_url(&writer.ann));
    writer.blog(permalink.expect("on the blog")).expect(200).expect_text("Psst, a draft");
}

#[test]
fn the_blogs_head_leads_to_its_pages_and_marks_where_one_is() {
    let writer = Writer::new();
    let title = "Über mich \u{5d0} <b>";
    let path = writer.write(json!({ "name": [title], "content": ["Me"], "mp-channel": ["pages"] }));
    assert!(!writer.blog("/").expect(200).text().contains("blog-nav"), "a head without pages");
    let actions = writer.ann.get("/pages").expect(200).attributes("action");
    let action = actions.iter().find(|to| to.ends_with("/navigation")).expect("a form");
    writer.ann.post(action, &[("shown", "1")]).expect(303);
    let link = |here: &str| {
        format!("<a href=\"{path}\"{here}><bdi>Über mich \u{5d0} &#60;b&#62;</bdi></a>")
    };
    writer.blog("/").expect(200).expect_text(&link(""));
    writer.blog(&path).expect(200).expect_text(&link(" aria-current=\"page\""));
    writer.blog("/none").expect(404).expect_text(&link(""));
}
