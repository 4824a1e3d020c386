//! The JSON API for posts: what Micro.blog's apps read and write.

use serde_json::json;
use tests::{Ask, Pipit, Program};

const ALL: &[&str] = &["create", "update", "delete", "read", "draft"];

#[test]
fn a_post_is_written_read_changed_and_deleted() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let app = Program::of(&pipit, &ann, ALL);
    let made = app
        .json("/posts", &json!({ "content": "Hello *there*", "categories": ["Tea", "Tea time"] }))
        .expect(201);
    let item = made.json();
    assert_eq!(made.header("location"), item["url"]);
    assert_eq!(item["tags"], json!(["Tea", "Tea time"]));
    let path =
        item["url"].as_str().unwrap().strip_prefix(&pipit.blog_url(&ann)).unwrap().to_owned();
    pipit.blog(&ann).get(&path).expect(200).expect_text("Hello <em>there</em>");

    let list = app.get(&format!("/posts/{}", ann.username));
    assert_eq!(list["version"], "https://jsonfeed.org/version/1");
    assert_eq!(list["_microblog"]["is_you"], true);
    assert_eq!(list["items"][0]["id"], item["id"]);
    assert_eq!(list["items"][0]["content_html"], "<p>Hello <em>there</em></p>\n");
    assert_eq!(list["items"][0]["_microblog"]["is_deletable"], true);
    assert_eq!(list["items"][0]["author"]["_microblog"]["username"], json!(ann.username));

    let id = item["id"].as_str().unwrap();
    let changed =
        app.json(&format!("/posts/{id}"), &json!({ "title": "Greeting" })).expect(200).json();
    assert_eq!((&changed["title"], &changed["url"]), (&json!("Greeting"), &item["url"]));
    assert_eq!(changed["tags"], item["tags"], "what is not named stays");
    pipit
        .blog(&ann)
        .get(&path)
        .expect(200)
        .expect_text("Greeting")
        .expect_text("Hello <em>there</em>");

    let delete = Ask::get(&format!("/posts/{id}")).method(http::Method::DELETE);
    app.send(delete.clone()).expect(200);
    app.send(delete).expect(200);
    pipit.blog(&ann).get(&path).expect(410);
    app.json(&format!("/posts/{id}"), &json!({ "title": "Too late" })).expect(404);
}

#[test]
fn anyone_may_read_and_nobody_may_write_without_a_token() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "For everyone");
    let app = Program::of(&pipit, &ann, &["create", "draft"]);
    app.json("/posts", &json!({ "content": "Not yet", "status": "draft" })).expect(201);
    app.json("/posts", &json!({ "content": "By its address", "visibility": "unlisted" }))
        .expect(201);
    let stranger = pipit.browser();
    let path = format!("/posts/{}", ann.username);
    let list = stranger.get(&path).expect(200);
    assert_eq!(list.header("access-control-allow-origin"), "*");
    assert!(list.set_cookies().is_empty());
    let list = list.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["items"][0]["_microblog"]["is_deletable"], false);
    stranger.get("/posts/nobody-at-all").expect(404);

    let bad = |token: &str| {
        Ask::body("/posts", "application/json", "{\"content\":\"x\"}")
            .with("authorization", &format!("Bearer {token}"))
    };
    let refused = stranger.send(bad("no-token")).expect(401);
    assert_eq!(refused.json()["error"], "unauthorized");
    stranger.send(bad(&"a".repeat(43))).expect(401);
    for (method, path) in [(http::Method::DELETE, "/posts/1"), (http::Method::GET, "/posts/check")]
    {
        assert!(matches!(stranger.send(Ask::get(path).method(method)).status, 401 | 303));
    }
    // A browser's session is no token, and a token no session.
    ann.send(Ask::body("/posts/markers", "application/json", "{}")).expect(401);
    let scoped = app.send(Ask::get("/posts/1").method(http::Method::DELETE)).expect(403);
    assert_eq!(scoped.json()["error"], "insufficient_scope");
    let draft_only = Program::of(&pipit, &ann, &["draft"]);
    draft_only.json("/posts", &json!({ "content": "x" })).expect(403);
    draft_only.json("/posts", &json!({ "content": "x", "status": "draft" })).expect(201);
}

#[test]
fn the_same_request_again_makes_no_second_post() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let app = Program::of(&pipit, &ann, ALL);
    let body = json!({ "content": "Once" }).to_string();
    let ask = |key: &str, body: &str| {
        let ask = Ask::body("/posts", "application/json", body.to_owned());
        if key.is_empty() { ask } else { ask.with("idempotency-key", key) }
    };
    let first = app.send(ask("a", &body)).expect(201).json();
    assert_eq!(app.send(ask("a", &body)).expect(201).json()["id"], first["id"]);
    app.send(ask("a", &json!({ "content": "Another" }).to_string())).expect(400);
    let second = app.send(ask("b", &body)).expect(201).json();
    assert_ne!(second["id"], first["id"], "another key is another post");
    let third = app.send(ask("", &body)).expect(201).json();
    assert_eq!(app.send(ask("", &body)).expect(201).json()["id"], third["id"]);
}

#[test]
fn a_bad_request_says_what_is_wrong_and_changes_nothing() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let app = Program::of(&pipit, &ann, ALL);
    for body in [
        "",
        "[]",
        "{",
        "{\"content\":{}}",
        "{}",
        "{\"content\":\"x\",\"published\":\"soon\"}",
        "{\"content\":\"x\",\"status\":\"maybe\"}",
        "{\"content\":\"x\",\"visibility\":\"secret\"}",
    ] {
        let refused = app.send(Ask::body("/posts", "application/json", body)).expect(400).json();
        assert_eq!(refused["error"], "invalid_request", "{body}");
        assert!(refused["error_description"].as_str().unwrap().len() > 10, "{body}");
    }
    app.send(Ask::get("/posts/check?since_id=abc")).expect(400);
    app.json("/posts/markers", &json!({ "channel": "../x", "id": "1" })).expect(400);
    app.json("/posts/markers", &json!({ "channel": "timeline", "id": "x" })).expect(400);
    app.json("/posts/reply", &json!({ "id": "1", "content": "To nobody" })).expect(404);
    let list = app.get(&format!("/posts/{}", ann.username));
    assert_eq!(list["items"], json!([]));
}

#[test]
fn pages_of_posts_hang_together() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for nth in 1..=5 {
        ann.write("", &format!("Number {nth}"));
    }
    let app = Program::of(&pipit, &ann, ALL);
    let path = format!("/posts/{}", ann.username);
    let ids = |query: &str| -> Vec<String> {
        let list = app.get(&format!("{path}?{query}"));
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids("");
    assert_eq!(all.len(), 5);
    assert_eq!(ids("count=2"), all[..2]);
    assert_eq!(ids(&format!("count=2&before_id={}", all[1])), all[2..4]);
    assert_eq!(ids(&format!("since_id={}", all[1])), all[..1]);
    assert!(ids("count=0").is_empty());
    app.send(Ask::get(&format!("{path}?count=9999"))).expect(400);
    app.send(Ask::get(&format!("{path}?before_id=1"))).expect(400);
}

#[test]
fn an_app_goes_on_where_another_one_stopped() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    ann.post("/follows", &[("username", &ben.username)]).expect(303);
    let app = Program::of(&pipit, &ann, ALL);
    let empty = app.get("/posts/check");
    assert_eq!((&empty["count"], &empty["markers"]), (&json!(0), &json!({})));

    let seen = Program::of(&pipit, &ben, ALL)
        .json("/posts", &json!({ "content": "First" }))
        .expect(201)
        .json();
    let since = format!("/posts/check?since_id={}", seen["id"].as_str().unwrap());
    assert_eq!(app.get(&since)["count"], 0);
    ben.write("", "Second");
    ben.write("", "Third");
    // What people write comes to a timeline by a job.
    let check = || app.send(Ask::get(&since));
    pipit.eventually(check, |answer| answer.json()["count"] == 2).expect(200);
    assert!(app.get(&since)["check_seconds"].as_i64().unwrap() > 0);

    let mark = |id: &str, at: &str| {
        let fields = [("channel", "timeline"), ("id", id), ("date_marked", at)];
        app.send(Ask::form("/posts/markers", &fields)).expect(200);
    };
    mark("123", "2026-01-02T03:04:05Z");
    let marker = json!({ "timeline": { "id": "123", "date_marked": "2026-01-02T03:04:05Z" } });
    assert_eq!(app.get("/posts/check")["markers"], marker);
    mark("99", "2025-01-01T00:00:00Z");
    assert_eq!(app.get("/posts/check")["markers"], marker, "an older word replaced a newer one");
    let query = "/posts/markers?channel=mentions&id=7&date_marked=2026-01-02T03:04:05.123%2B00:00";
    app.send(Ask::form(query, &[])).expect(200);
    assert_eq!(app.get("/posts/check")["markers"]["mentions"]["id"], "7");
}

#[test]
fn an_answer_points_to_what_it_answers() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let asked = Program::of(&pipit, &ben, ALL)
        .json("/posts", &json!({ "content": "Who?" }))
        .expect(201)
        .json();
    let app = Program::of(&pipit, &ann, ALL);
    let reply =
        app.json("/posts/reply", &json!({ "id": asked["id"], "content": "Me" })).expect(201).json();
    assert_eq!(reply["_microblog"]["is_conversation"], true);
    let source = app.get(&format!("/micropub?q=source&url={}", reply["url"].as_str().unwrap()));
    assert_eq!(source["properties"]["in-reply-to"], json!([asked["url"]]));
    app.json("/posts/reply", &json!({ "id": asked["id"], "content": " " })).expect(400);
}
