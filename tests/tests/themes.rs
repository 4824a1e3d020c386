//! How a blog looks: themes, colours, the owner's own CSS, HTML and templates, and trying them out.

use tests::{Answer, Browser, Pipit};

const SETTINGS: &str = "/settings/blog";

#[track_caller]
fn shows(page: &Answer, words: &[&str]) {
    for words in words {
        assert!(page.text().contains(words), "no {words:?} in {}", page.text());
    }
}

/// The form as a browser sends it, with these fields changed.
fn save(person: &Browser, changes: &[(&str, &str)]) -> Answer {
    person.post(SETTINGS, &fields(changes))
}

fn fields<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("title", "Ann's blog"),
        ("tagline", ""),
        ("language", "en"),
        ("timezone", ""),
        ("theme", "plain"),
        ("accent", "#a8481a"),
        ("footer", ""),
        ("css", ""),
        ("head", ""),
        ("foot", ""),
    ];
    fields.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
    fields.extend(changes);
    fields
}

fn template(person: &Browser, name: &str, text: &str) {
    person.post(&format!("{SETTINGS}/templates/{name}"), &[("text", text)]).expect(303);
}

/// The address of the frame in the settings, as a path of the blog.
fn frame(answer: &Answer) -> String {
    let url = answer.header("location").to_owned();
    let at = url.find("/preview/").expect("the address of a preview");
    url[at..].to_owned()
}

#[test]
fn nothing_comes_from_the_app_unless_it_is_chosen() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "A note");
    let blog = pipit.blog(&ann);
    let app = format!("http://{}", pipit.app_host());
    let photo = format!("<img class=\"blog-photo\" src=\"{app}/avatars/{}\"", ann.username);
    let permalink = format!("{}{}", pipit.blog_url(&ann), post.path);
    let escaped = permalink.replace(':', "%3A").replace('/', "%2F");
    let script = format!("<script async src=\"{app}/conversation.js?url={escaped}\"></script>");
    for path in ["/", &post.path] {
        let page = blog.get(path).expect(200);
        assert!(!page.text().contains(&photo) && !page.text().contains("<script"));
        assert!(!page.header("content-security-policy").contains("script-src"));
    }

    save(&ann, &[("extras", "photo"), ("extras", "replies"), ("extras", "secrets")]).expect(303);
    ann.get(SETTINGS).expect(200).expect_text("value=\"replies\" checked");
    let page = blog.get(&post.path).expect(200);
    shows(&page, &[&photo, &script]);
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains(&format!("script-src {app}/conversation.js;")), "{policy}");
    assert!(policy.contains(&app), "{policy}");
    let home = blog.get("/").expect(200);
    shows(&home, &[&photo]);
    assert!(!home.text().contains("<script"), "{}", home.text());

    let stranger = pipit.browser();
    let picture = stranger.get(&format!("/avatars/{}", ann.username)).expect(200);
    assert_eq!(picture.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(picture.header("set-cookie"), "");
    assert!(picture.header("cache-control").starts_with("public"));
}

#[test]
fn what_people_here_answered_stands_below_a_post_for_whoever_asks() {
    let pipit = Pipit::start();
    let (ann, bob) = (pipit.sign_up("ann"), pipit.sign_up("bob"));
    let post = ann.write("", "Who comes along?");
    let permalink = format!("{}{}", pipit.blog_url(&ann), post.path);
    let path = |format: &str| format!("/conversation.js?url={permalink}{format}");
    let stranger = pipit.browser();
    let before = stranger.get(&path("")).expect(200);
    assert!(!before.text().contains("insertAdjacentHTML"), "{}", before.text());

    let answered = [
        ("text", "I do, <b>gladly</b></script>"),
        ("pointer", "in-reply-to"),
        ("target", permalink.as_str()),
    ];
    bob.post("/posts", &answered).expect(303);
    let other = format!("{permalink}.html");
    let feed = format!("/conversation.js?url={other}&format=jsonfeed");
    let feed = pipit.eventually(|| stranger.get(&feed), |answer| answer.text().contains("gladly"));
    let feed: serde_json::Value = serde_json::from_str(&feed.text()).expect("JSON");
    let item = &feed["items"][0];
    assert_eq!(item["author"]["_microblog"]["username"], bob.username);
    assert_eq!(feed["items"].as_array().map(Vec::len), Some(1), "only the replies: {feed}");
    let jf2 = stranger.get(&path("&format=jf2")).expect(200);
    let jf2: serde_json::Value = serde_json::from_str(&jf2.text()).expect("JSON");
    assert_eq!((&jf2["type"], &jf2["children"][0]["url"]), (&"feed".into(), &item["url"]));

    // What one visitor asks for, others are given within the minute: nothing of it may be the visitor's own.
    let third = ann.write("", "Who else?");
    let there = format!("{}{}", pipit.blog_url(&ann), third.path);
    bob.post("/posts", &[("text", "Nobody"), answered[1], ("target", there.as_str())]).expect(303);
    let odd = format!("/conversation.js?url={there}%3Fby=stranger%23there&format=jsonfeed");
    let odd = pipit.eventually(|| stranger.get(&odd), |answer| answer.text().contains("Nobody"));
    let odd: serde_json::Value = serde_json::from_str(&odd.text()).expect("JSON");
    assert_eq!(odd["home_page_url"], there);

    for wrong in ["", &pipit.blog_url(&ann), "https://elsewhere.example/1", "nonsense"] {
        assert_eq!(stranger.get(&format!("/conversation.js?url={wrong}")).status, 404, "{wrong}");
    }
    assert_eq!(stranger.get(&path("&format=xml")).status, 400);
    assert_eq!(before.header("set-cookie"), "");
    assert_eq!(before.header("cross-origin-resource-policy"), "cross-origin");
}

#[test]
fn what_is_set_stands_on_the_blog_at_once() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "A note");
    let blog = pipit.blog(&ann);
    blog.get("/").expect(200);
    let changes = [
        ("title", "Tea & <script>alert(1)</script>"),
        ("tagline", "About \"leaves\""),
        ("footer", "© Ann <ann>"),
        ("lists", "archive"),
        ("lists", "search"),
        ("timezone", "Asia/Tokyo"),
    ];
    let saved = save(&ann, &changes).expect(303);
    ann.get(saved.header("location")).expect(200).expect_text("Your blog is saved.");
    for path in ["/", &post.path] {
        let page = blog.get(path).expect(200);
        shows(
            &page,
            &[
                "Tea &#38; &#60;script&#62;alert(1)&#60;/script&#62;",
                "About &#34;leaves&#34;",
                "© Ann &#60;ann&#62;",
                "<a href=\"/archive\"",
                "<a href=\"/search\"",
            ],
        );
        assert!(!page.text().contains("<script"), "{}", page.text());
    }
}

#[test]
fn times_are_those_of_the_blogs_clock() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "A note");
    let blog = pipit.blog(&ann);
    let shown = |page: &Answer| {
        let text = page.text();
        let at = text.find("dt-published").expect("a time");
        let (iso, words) = text[at..]
            .split_once("datetime=\"")
            .expect("an attribute")
            .1
            .split_once("\">")
            .expect("an end");
        (iso.to_owned(), words.split('<').next().unwrap_or_default().to_owned())
    };
    let (iso, utc) = shown(&blog.get("/").expect(200));
    save(&ann, &[("timezone", "Asia/Tokyo")]).expect(303);
    let (same, tokyo) = shown(&blog.get("/").expect(200));
    assert_eq!(iso, same, "programs get UTC");
    let hour = |text: &str| text[text.len() - 5..text.len() - 3].parse::<u32>().expect("an hour");
    assert_eq!((hour(&utc) + 9) % 24, hour(&tokyo), "{utc} and {tokyo}");
}

#[test]
fn each_theme_is_another_page_and_all_are_microformats() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let note = ann.write("", "A note");
    ann.write("An article", "With a text");
    let blog = pipit.blog(&ann);
    let mut pages = vec![];
    for (theme, sheet) in [("plain", "blog"), ("journal", "journal"), ("photos", "photos")] {
        save(&ann, &[("theme", theme)]).expect(303);
        let home = blog.get("/").expect(200);
        for word in [
            "h-feed",
            "h-entry",
            "h-card",
            "u-url",
            "dt-published",
            "p-name",
            "An article",
            "A note",
        ] {
            assert!(home.text().contains(word), "{theme} has no {word}: {}", home.text());
        }
        shows(&home, &[&format!("/static/{sheet}.css?v=")]);
        let single = blog.get(&note.path).expect(200);
        for word in ["h-entry", "h-card", "u-url", "dt-published", "e-content", "p-author"] {
            assert!(single.text().contains(word), "{theme} has no {word}: {}", single.text());
        }
        assert!(!home.header("content-security-policy").contains("script-src"), "{theme}");
        blog.get(&format!("/static/{sheet}.css")).expect(200);
        pages.push(home.text());
    }
    assert!(pages[0] != pages[1] && pages[1] != pages[2]);
    // What is no theme is the plain one.
    save(&ann, &[("theme", "../evil")]).expect(303);
    blog.get("/").expect(200).expect_text("/static/blog.css?v=");
}

#[test]
fn own_colour_and_css_are_a_file_of_their_own() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "A note");
    let blog = pipit.blog(&ann);
    assert!(!blog.get("/").expect(200).text().contains("/theme.css"), "nobody asked for one");

    let css = "/* </style><script>alert(1)</script> */ .post { color: red }";
    save(&ann, &[("has_accent", "1"), ("accent", "#ffff00"), ("css", css)]).expect(303);
    let home = blog.get("/").expect(200);
    assert!(!home.text().contains("alert(1)"), "{}", home.text());
    let path = home.attributes("href").into_iter().find(|href| href.starts_with("/theme.css?v="));
    let path = path.expect("a style sheet");
    let sheet = blog.get(&path).expect(200);
    assert!(sheet.header("content-type").starts_with("text/css"));
    assert!(sheet.header("cache-control").contains("immutable"));
    shows(&sheet, &[css]);
    // Yellow cannot be read on paper: it became darker, and stays itself on black.
    assert!(sheet.text().starts_with(":root { --accent: light-dark(#"), "{}", sheet.text());
    assert!(sheet.text().contains(", #ffff00)") && !sheet.text().contains("(#ffff00"));

    save(&ann, &[("css", ".post { color: blue }")]).expect(303);
    let home = blog.get("/").expect(200);
    assert!(!home.text().contains(&path), "another style sheet has another address");
    let old = blog.get(&path).expect(200);
    assert!(!old.header("cache-control").contains("immutable"));
    old.expect_text("blue");
}

#[test]
fn own_html_stands_on_the_blog_and_only_its_scripts_run() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "A note");
    let blog = pipit.blog(&ann);
    let head = "<script>doSomething();</script>";
    let foot = "<p>Bye</p>\r\n<script>\r\nbye()</script>";
    save(&ann, &[("head", head), ("foot", foot)]).expect(303);
    for path in ["/", &post.path, "/nothing-here"] {
        let page = blog.get(path);
        shows(&page, &["<script>doSomething();</script>\n</head>"]);
        shows(&page, &["<p>Bye</p>\n<script>\nbye()</script>\n</body>"]);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(
            policy.contains("'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"),
            "{policy}"
        );
        let scripts = policy.split("; ").find(|part| part.starts_with("script-src"));
        let scripts = scripts.expect("scripts of one's own");
        assert!(!scripts.contains("unsafe") && !scripts.contains("http"), "{scripts}");
        let sandbox = policy.split("; ").find(|part| part.starts_with("sandbox "));
        let sandbox = sandbox.expect("a sandbox, because other blogs are near");
        assert!(sandbox.contains("allow-scripts") && !sandbox.contains("same-origin"), "{sandbox}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    let policy = ann.get("/").header("content-security-policy").to_owned();
    assert!(!policy.contains("sha256"), "the app runs none of it: {policy}");
    save(&ann, &[]).expect(303);
    assert!(!blog.get("/").header("content-security-policy").contains("script-src"));
}

#[test]
fn a_template_of_ones_own_is_used_and_a_broken_one_is_told_of() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "A note");
    let blog = pipit.blog(&ann);
    let own =
        "{% extends 'base.html' %}{% block main %}<p>Mine: {{ posts|length }}</p>{% endblock %}";
    template(&ann, "home.html", own);
    blog.get("/").expect(200).expect_text("<p>Mine: 1</p>");
    ann.get(SETTINGS).expect(200).expect_text("1 of your own");

    for (broken, words) in [
        (
            "{% extends 'base.html' %}\n{% block main %}\n{{ blog.titel }}{% endblock %}",
            "home.html, line 3: There is no such name.",
        ),
        ("\n{% if %}", "home.html, line 2: This is not how templates are written"),
        ("{% for a in posts %}{% include 'home.html' %}{% endfor %}", "home.html, line 1"),
        ("{% set x = 1 %}", "home.html, line 1: {% set %} is not possible here."),
    ] {
        template(&ann, "home.html", broken);
        let page = blog.get("/").expect(200);
        shows(&page, &["A note", "class=\"h-feed\""]);
        for path in [SETTINGS, "/settings/blog/templates", "/settings/blog/templates/home.html"] {
            ann.get(path).expect(200).expect_text(words).expect_text("cannot be used");
        }
    }
    ann.post(&format!("{SETTINGS}/templates/home.html"), &[("text", "x"), ("removal", "1")])
        .expect(303);
    let settings = ann.get(SETTINGS).expect(200);
    assert!(!settings.text().contains("cannot be used"), "{}", settings.text());
    ann.post(&format!("{SETTINGS}/templates/evil.html"), &[("text", "x")]).expect(404);
}

#[test]
fn only_a_blog_with_texts_of_its_own_pays_for_them() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "A note");
    let blog = pipit.blog(&ann);
    let plain = blog.get("/").expect(200).cost();
    save(&ann, &[("theme", "photos"), ("css", ".post { color: red }")]).expect(303);
    assert_eq!(
        blog.get("/").expect(200).cost().queries,
        plain.queries,
        "a style sheet is asked for alone"
    );
    save(&ann, &[("head", "<meta name=\"x\" content=\"y\">")]).expect(303);
    assert_eq!(blog.get("/").expect(200).cost().queries, plain.queries + 1);
    let kept = pipit.eventually(|| blog.get("/"), |answer| answer.cost().queries == 0);
    shows(&kept, &["name=\"x\""]);
}

#[test]
fn a_look_is_tried_out_in_a_frame_that_only_its_key_opens() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "A note");
    let blog = pipit.blog(&ann);
    let settings = ann.get(SETTINGS).expect(200);
    let policy = settings.header("content-security-policy");
    assert!(policy.contains("frame-src 'self' http"), "{policy}");
    let changes = [
        ("title", "Another name"),
        ("theme", "journal"),
        ("css", ".x { color: red }"),
        ("head", "<script>x()</script>"),
    ];
    let shown = ann.post("/settings/blog/preview", &fields(&changes)).expect(303);
    let path = frame(&shown);
    let page = blog.get(&path).expect(200);
    shows(&page, &["Another name", "/static/journal.css"]);
    assert!(page.header("cache-control").contains("no-store"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors http") && !policy.contains("script-src"), "{policy}");
    blog.get(&format!("{path}.css")).expect(200).expect_text(".x { color: red }");

    // Nobody else sees it, by no other key and on no other blog.
    assert!(!blog.get("/").expect(200).text().contains("Another name"));
    let (start, end) = path.split_at(path.len() - 1);
    let other = if end == "0" { "1" } else { "0" };
    blog.get(&format!("{start}{other}")).expect(404);
    let bob = pipit.sign_up("bob");
    pipit.blog(&bob).get(&path).expect(404);

    // What is wrong with a template stands in the frame; what cannot be is left as it was.
    let broken = [("template", "post_body.html"), ("text", "\n{{ nothing }}")];
    let shown = ann.post("/settings/blog/preview", &broken).expect(303);
    blog.get(&frame(&shown))
        .expect(200)
        .expect_text("post_body.html, line 2: There is no such name.");
    let shown = ann
        .post("/settings/blog/preview", &fields(&[("title", ""), ("language", "??")]))
        .expect(303);
    blog.get(&frame(&shown)).expect(200).expect_text("lang=\"en\"");
}

#[test]
fn a_language_from_right_to_left_turns_the_page() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    assert!(!blog.get("/").expect(200).text().contains("dir=\"rtl\""));
    for theme in ["plain", "journal", "photos"] {
        save(&ann, &[("language", "he"), ("theme", theme)]).expect(303);
        blog.get("/").expect(200).expect_text("<html lang=\"he\" dir=\"rtl\">");
    }
}

#[test]
fn what_cannot_be_is_said_at_its_field() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let long = "x".repeat((64 << 10) + 1);
    let longer = "x".repeat((16 << 10) + 1);
    for (name, value, words) in [
        ("title", "", "Write a title of up to 100 characters."),
        ("title", &"é".repeat(101), "Write a title of up to 100 characters."),
        ("tagline", "\u{202e}evil", "Write up to 300 characters."),
        ("language", "en\"><script>", "Write the language as a short tag"),
        ("timezone", "Mars/Olympus", "That time zone is not known here."),
        ("css", &long, "longer than 64 kilobytes"),
        ("head", &longer, "longer than 16 kilobytes"),
        ("foot", &longer, "longer than 16 kilobytes"),
    ] {
        let answer = save(&ann, &[("footer", "Kept"), (name, value)]).expect(422);
        shows(&answer, &[words]);
        assert!(!answer.text().contains("<script>"), "{name}");
    }
    let odd = [("has_accent", "1"), ("accent", "red;} body{display:none")];
    save(&ann, &odd).expect(422).expect_text("Write the colour like #a8481a.");
    let blog = pipit.blog(&ann).get("/").expect(200);
    assert!(
        !blog.text().contains("Kept") && !blog.text().contains("/theme.css"),
        "nothing was stored"
    );
    pipit.browser().get(SETTINGS).expect(303);
}
