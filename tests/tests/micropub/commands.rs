//! What properties and commands do: drafts, times, addresses, destinations, kinds, and who may what.

use crate::app::{App, SUNSET, json, refused};
use serde_json::{Value, json};
use tests::Ask;

#[test]
fn a_draft_is_seen_by_its_author_alone_until_it_is_published() {
    let app = App::new();
    let answer = app.form(&[("content", "Not yet"), ("post-status", "draft")]).expect(202);
    let url = app.created(answer.clone());
    assert_eq!(json(&answer)["url"], url);
    assert_eq!(app.page(&url).status, 404);
    let preview = json(&answer)["preview"].as_str().expect("an address for a look").to_owned();
    assert!(preview.starts_with(&format!("{}/preview/", app.pipit.blog_url(&app.person))));
    app.page(&preview).expect(200).expect_text("Not yet");
    assert_eq!(app.source(&url)["properties"]["post-status"], json!(["draft"]));
    assert_eq!(app.query("q=source")["items"], json!([]));
    assert_eq!(
        app.query("q=source&post-status=draft")["items"][0]["properties"]["url"],
        json!([url])
    );
    let publish =
        json!({ "action": "update", "url": url, "replace": { "post-status": ["published"] } });
    app.done(app.json(&publish));
    app.page(&url).expect(200).expect_text("Not yet");
}

#[test]
fn an_empty_status_changes_nothing() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Not yet"), ("post-status", "draft")]));
    let update = json!({ "action": "update", "url": url,
        "replace": { "content": ["Still not"], "post-status": [""] } });
    app.done(app.json(&update));
    assert_eq!(app.page(&url).status, 404);
    assert_eq!(app.source(&url)["properties"]["content"], json!(["Still not"]));
}

#[test]
fn a_post_of_the_past_stands_in_the_past_and_one_of_the_future_waits() {
    let app = App::new();
    let past = app.created(app.form(&[("content", "Then"), ("published", "1999-12-31T23:30:00Z")]));
    assert!(past.contains("/1999/12/31/"), "{past}");
    app.page(&past).expect(200);
    let later =
        app.form(&[("content", "Later"), ("published", "2099-01-01T00:00:00+02:00")]).expect(202);
    let url = app.created(later);
    assert!(url.contains("/2098/12/31/"), "{url}");
    assert_eq!(app.page(&url).status, 404);
    assert_eq!(app.source(&url)["properties"]["post-status"], json!(["scheduled"]));
    refused(app.form(&[("content", "x"), ("published", "soon")]), 400, "invalid_request");
}

#[test]
fn an_update_keeps_the_time_unless_it_names_one() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Then"), ("published", "1999-12-31T23:30:00Z")]));
    let add = json!({ "action": "update", "url": url, "add": { "category": ["old"] } });
    assert_eq!(app.json(&add).status, 204);
    assert_eq!(app.source(&url)["properties"]["published"], json!(["1999-12-31T23:30:00Z"]));
}

#[test]
fn a_wish_for_an_address_is_heard_and_a_new_one_is_told() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Hello"), ("mp-slug", "A Wish")]));
    assert!(url.ends_with("/a-wish"), "{url}");
    let update = json!({ "action": "update", "url": url, "replace": { "mp-slug": ["another"] } });
    let answer = app.json(&update).expect(201);
    let moved = app.created(answer);
    assert!(moved.ends_with("/another"), "{moved}");
    app.page(&moved).expect(200);
    let second = app.created(app.form(&[("content", "Other"), ("mp-slug", "another")]));
    assert_ne!(second, moved);
}

#[test]
fn a_title_makes_an_article_and_a_channel_a_page() {
    let app = App::new();
    let url = app.created(app.form(&[("name", "A title"), ("content", "Long")]));
    app.page(&url).expect(200).expect_text("A title");
    let page = app.form(&[("name", "About"), ("content", "Me"), ("mp-channel", "pages")]);
    let page = app.created(page);
    assert_eq!(page, format!("{}/about", app.pipit.blog_url(&app.person)));
    app.page(&page).expect(200).expect_text("Me");
    assert_eq!(
        app.query("q=source&mp-channel=pages")["items"][0]["properties"]["url"],
        json!([page])
    );
    assert_eq!(app.query("q=source")["items"].as_array().map(Vec::len), Some(1));
    refused(app.form(&[("content", "x"), ("mp-channel", "moon")]), 400, "invalid_request");
}

#[test]
fn a_destination_is_ones_own_blog() {
    let app = App::new();
    let own = app.pipit.blog_url(&app.person);
    app.created(app.form(&[("content", "One"), ("mp-destination", &own)]));
    app.created(app.form(&[("content", "Two"), ("mp-destination", &format!("{own}/"))]));
    let other = [("content", "Three"), ("mp-destination", "https://other.example/")];
    refused(app.form(&other), 400, "invalid_request");
    let body =
        json!({ "mp-destination": "https://other.example/", "properties": { "content": ["x"] } });
    refused(app.json(&body), 400, "invalid_request");
}

#[test]
fn kinds_of_posts_are_kept_and_shown() {
    let app = App::new();
    const THERE: &str = "https://other.example/post";
    for (property, class) in [
        ("in-reply-to", "u-in-reply-to"),
        ("like-of", "u-like-of"),
        ("repost-of", "u-repost-of"),
        ("bookmark-of", "u-bookmark-of"),
    ] {
        let content = format!("About {property}");
        let url = app.created(app.form(&[("content", &content), (property, THERE)]));
        assert_eq!(app.source(&url)["properties"][property], json!([THERE]));
        app.page(&url).expect(200).expect_text(class).expect_text(THERE);
    }
    let rsvp = app.form(&[("in-reply-to", THERE), ("rsvp", "yes"), ("content", "I come")]);
    let rsvp = app.created(rsvp);
    assert_eq!(app.source(&rsvp)["properties"]["rsvp"], json!(["yes"]));
    refused(app.form(&[("like-of", "javascript:alert(1)")]), 400, "invalid_request");
}

#[test]
fn what_is_unknown_is_ignored_and_not_kept() {
    let app = App::new();
    let url = app.created(app.entry(json!({
        "content": ["Weighed"], "summary": ["Short"], "weight": [{ "type": ["h-measure"] }],
        "mp-unheard-of": ["secret command"], "mp-syndicate-to": ["https://other.example/ann"],
        "location": ["geo:45.5,-122.6"], "syndication": ["https://other.example/1"] })));
    let properties = app.source(&url)["properties"].clone();
    assert_eq!(properties["summary"], json!(["Short"]));
    assert_eq!(properties["location"], json!(["geo:45.5,-122.6"]));
    assert_eq!(properties["syndication"], json!(["https://other.example/1"]));
    assert_eq!(properties["weight"], Value::Null);
    assert!(!properties.to_string().contains("mp-"), "{properties}");
}

#[test]
fn descriptions_of_several_photos_come_in_order() {
    let app = App::new();
    let url = app.created(app.form(&[
        ("photo[]", SUNSET),
        ("photo[]", "https://micropub.example/2.jpg"),
        ("mp-photo-alt[]", "First"),
        ("mp-photo-alt[]", "Second"),
    ]));
    let photos = app.source(&url)["properties"]["photo"].clone();
    assert_eq!((&photos[0]["alt"], &photos[1]["alt"]), (&json!("First"), &json!("Second")));
    let drop = json!({ "action": "update", "url": url, "delete": { "photo": [SUNSET] } });
    app.done(app.json(&drop));
    assert_eq!(app.source(&url)["properties"]["photo"], json!([photos[1]]));
}

#[test]
fn who_may_see_a_post_can_be_said_and_changed() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "For me"), ("visibility", "private")]));
    assert_eq!(app.page(&url).status, 404);
    let update =
        json!({ "action": "update", "url": url, "replace": { "visibility": ["unlisted"] } });
    app.done(app.json(&update));
    app.page(&url).expect(200);
    assert!(!app.pipit.blog(&app.person).get("/").text().contains("For me"));
    refused(app.form(&[("content", "x"), ("visibility", "moon")]), 400, "invalid_request");
}

#[test]
fn a_token_does_what_its_scopes_say() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Mine")]));
    let update = json!({ "action": "update", "url": url, "replace": { "content": ["Changed"] } });
    let update = Ask::body("/micropub", "application/json", update.to_string());
    let delete = Ask::form("/micropub", &[("action", "delete"), ("url", &url)]);
    let undelete = Ask::form("/micropub", &[("action", "undelete"), ("url", &url)]);
    let draft = Ask::form("/micropub", &[("content", "Draft"), ("post-status", "draft")]);
    let create = Ask::form("/micropub", &[("content", "Post")]);
    let upload = Ask::upload("/micropub/media", &[], &[crate::file("file")]);
    let asks = [&create, &draft, &update, &delete, &undelete, &upload];
    for (scope, allowed) in [
        ("create", [true, true, false, false, false, true]),
        ("post", [true, true, false, false, false, true]),
        ("draft", [false, true, false, false, false, true]),
        ("update", [false, false, true, false, false, false]),
        ("delete", [false, false, false, true, false, false]),
        ("undelete", [false, false, false, false, true, false]),
        ("media", [false, false, false, false, false, true]),
        ("read", [false; 6]),
    ] {
        let token = app.scoped(&[scope]);
        for (ask, is_allowed) in asks.iter().zip(allowed) {
            let answer = app.ask_as(&token, (*ask).clone());
            match is_allowed {
                true => {
                    assert!(answer.status < 300, "{scope}: {} {}", answer.status, answer.text())
                }
                false => refused(answer, 401, "insufficient_scope"),
            }
        }
    }
}

#[test]
fn nobody_changes_what_is_not_theirs() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Mine")]));
    let other = app.other();
    for ask in [
        json!({ "action": "delete", "url": url }),
        json!({ "action": "undelete", "url": url }),
        json!({ "action": "update", "url": url, "replace": { "content": ["Theirs"] } }),
    ] {
        refused(other.json(&ask), 404, "not_found");
    }
    refused(other.ask(Ask::get(&format!("/micropub?q=source&url={url}"))), 404, "not_found");
    app.page(&url).expect_text("Mine");
}

#[test]
fn what_was_deleted_is_neither_read_nor_changed() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Mine")]));
    app.done(app.form(&[("action", "delete"), ("url", &url)]));
    app.done(app.form(&[("action", "delete"), ("url", &url)]));
    let update = json!({ "action": "update", "url": url, "replace": { "content": ["Back"] } });
    refused(app.json(&update), 410, "not_found");
    refused(app.ask(Ask::get(&format!("/micropub?q=source&url={url}"))), 410, "not_found");
    assert_eq!(app.query("q=source")["items"], json!([]));
}

#[test]
fn the_same_request_again_is_the_same_post() {
    let app = App::new();
    let first = app.created(app.form(&[("content", "Once")]));
    assert_eq!(app.created(app.form(&[("content", "Once")])), first);
    let keyed = |key: &str, content: &str| {
        let ask = Ask::form("/micropub", &[("content", content)]).with("idempotency-key", key);
        app.ask(ask)
    };
    let one = app.created(keyed("a", "Keyed"));
    assert_eq!(app.created(keyed("a", "Keyed")), one);
    assert_ne!(app.created(keyed("b", "Keyed")), one);
    refused(keyed("a", "Something else"), 400, "invalid_request");
    assert_eq!(app.query("q=source")["items"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_was_deleted_can_be_written_again() {
    let app = App::new();
    let first = app.created(app.form(&[("content", "Typo")]));
    app.done(app.form(&[("action", "delete"), ("url", &first)]));
    let second = app.created(app.form(&[("content", "Typo")]));
    assert_ne!(second, first);
    app.page(&second).expect(200);
    app.is_gone(&first);
}

#[test]
fn what_is_sent_twenty_times_at_once_is_one_post() {
    let app = App::new();
    let ask = Ask::form("/micropub", &[("content", "All at once")])
        .with("authorization", &format!("Bearer {}", app.token));
    let answers = app.pipit.browser().send_at_once(20, ask);
    let mut urls: Vec<&str> = answers.iter().map(|answer| answer.header("location")).collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), 1, "{urls:?}");
    assert_eq!(app.query("q=source")["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn updates_at_once_all_count() {
    let app = App::new();
    let url = app.created(app.entry(json!({ "content": ["x"] })));
    let token = format!("Bearer {}", app.token);
    for name in ["one", "two", "three"] {
        let add = json!({ "action": "update", "url": url, "add": { "category": [name] } });
        let ask = Ask::body("/micropub", "application/json", add.to_string());
        for answer in app.pipit.browser().send_at_once(3, ask.with("authorization", &token)) {
            assert!(matches!(answer.status, 204 | 409), "{} {}", answer.status, answer.text());
        }
    }
    assert_eq!(app.source(&url)["properties"]["category"], json!(["one", "two", "three"]));
}

#[test]
fn what_is_too_much_or_no_post_is_refused_in_words() {
    let app = App::new();
    for body in ["", "[]", "{", "{\"type\":[\"h-card\"],\"properties\":{}}", "{\"action\":\"fly\"}"]
    {
        refused(app.ask(Ask::body("/micropub", "application/json", body)), 400, "invalid_request");
    }
    refused(app.form(&[("h", "entry")]), 400, "invalid_request");
    refused(app.form(&[("content", &"a".repeat(600_000))]), 400, "invalid_request");
    let long = json!({ "properties": { "content": ["a".repeat(10 << 20)] } });
    refused(app.json(&long), 413, "invalid_request");
    let text = Ask::body("/micropub", "text/plain", "Hello");
    refused(app.ask(text), 415, "invalid_request");
    let many: Vec<String> = (0..200).map(|place| format!("category-{place}")).collect();
    let fields: Vec<(&str, &str)> = many.iter().map(|name| ("category[]", name.as_str())).collect();
    let url = app.created(app.form(&[&fields[..], &[("content", "Many")]].concat()));
    assert_eq!(app.source(&url)["properties"]["category"].as_array().map(Vec::len), Some(200));
    let fields = [&fields[..], &[("content", "Too many"), ("category[]", "one more")]].concat();
    refused(app.form(&fields), 400, "invalid_request");
}

#[test]
fn markup_in_any_property_stays_text() {
    let app = App::new();
    const EVIL: &str = "<script>alert(1)</script>";
    let url = app.created(app.entry(json!({
        "name": [format!("Title {EVIL}")], "content": [format!("Text {EVIL}")], "category": [EVIL],
        "summary": [EVIL], "location": [EVIL], "in-reply-to": ["https://other.example/"],
        "photo": [{ "value": SUNSET, "alt": EVIL }],
        "checkin": [{ "type": ["h-card"], "properties": { "name": [EVIL], "url": ["javascript:alert(1)"] } }] })));
    let page = app.page(&url).expect(200).text();
    assert!(!page.contains("<script>alert") && !page.contains("javascript:"), "{page}");
}

#[test]
fn pages_of_any_origin_may_ask() {
    let app = App::new();
    for path in ["/micropub", "/micropub/media"] {
        let asked = app.preflight(path).expect(204);
        assert_eq!(asked.header("access-control-allow-origin"), "*");
        for header in ["authorization", "content-type", "idempotency-key"] {
            assert!(asked.header("access-control-allow-headers").contains(header));
        }
    }
    let answer = app.form(&[("content", "From afar")]).expect(201);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("access-control-expose-headers").contains("location"));
}

/// As Micro.blog's app for the Mac has it: bare values, and the blog beside them.
#[test]
fn an_app_of_micro_blog_edits_a_post() {
    let app = App::new();
    let url = app.created(app.form(&[("content", "Before"), ("name", ""), ("category[]", "x")]));
    app.done(app.json(&json!({ "action": "update", "url": url,
        "mp-destination": app.pipit.blog_url(&app.person), "mp-syndicate-to": [],
        "replace": { "name": "", "content": "After", "summary": "", "category": ["y"], "post-status": "published" } })));
    let properties = app.source(&url)["properties"].clone();
    assert_eq!(properties["content"], json!(["After"]));
    assert_eq!(properties["category"], json!(["y"]));
    assert_eq!((&properties["name"], &properties["summary"]), (&Value::Null, &Value::Null));
}
