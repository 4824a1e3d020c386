//! The JSON API for timelines and people, as Micro.blog's apps call it.

use serde_json::{Value, json};
use tests::{Ask, Browser, Pipit, Program, Upload, photo_with_gps};

const SCOPES: &[&str] = &["create", "read", "follow"];

struct Two {
    pipit: Pipit,
    ann: Browser,
    ben: Browser,
    app: Program,
}

impl Two {
    /// Ann writes, and Ben reads her with an app.
    fn new() -> Self {
        let pipit = Pipit::start();
        let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
        let app = Program::of(&pipit, &ben, SCOPES);
        app.get("/posts/all");
        Self { pipit, ann, ben, app }
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        self.app.send(Ask::form(path, fields)).expect(200).json()
    }

    fn delete(&self, path: &str) {
        self.app.send(Ask::get(path).method(http::Method::DELETE)).expect(200);
    }

    /// The contents of a list, once it holds so many.
    fn list(&self, path: &str, count: usize) -> Vec<Value> {
        let token = format!("Bearer {}", self.app.token);
        let ask = || self.app.browser.send(Ask::get(path).with("authorization", &token));
        let items = |answer: &tests::Answer| answer.json()["items"].as_array().cloned();
        let answer = self.pipit.eventually(ask, |a| items(a).is_some_and(|i| i.len() == count));
        items(&answer).unwrap_or_default()
    }
}

#[test]
fn an_app_shows_a_timeline_and_pages_through_it() {
    let two = Two::new();
    assert_eq!(two.app.get("/posts/timeline")["items"], json!([]));
    two.post(&format!("/users/follow?username={}", two.ann.username), &[]);
    for nth in 1..=3 {
        two.ann.write(if nth == 2 { "Titled" } else { "" }, &format!("Number {nth}"));
    }
    let all = two.list("/posts/all", 3);
    let first = &all[0];
    assert_eq!(first["content_html"], "<p>Number 3</p>\n");
    assert_eq!(first["id"].as_str().map(str::len), Some(18));
    assert_eq!(first["author"]["_microblog"]["username"], json!(two.ann.username));
    assert_eq!(first["author"]["_microblog"]["is_following"], true);
    assert_eq!(first["_microblog"]["is_deletable"], false);
    assert!(first["author"]["avatar"].as_str().is_some_and(|url| url.contains("/avatars/")));
    assert!(first.get("title").is_none(), "a note has no title");
    assert_eq!(all[1]["title"], "Titled");
    let id = |nth: usize| all[nth]["id"].as_str().unwrap_or_default();
    assert_eq!(two.list("/posts/timeline?count=2", 2), all[..2]);
    assert_eq!(two.list(&format!("/posts/all?before_id={}", id(1)), 1), all[2..]);
    assert_eq!(two.list(&format!("/posts/all?since_id={}", id(1)), 1), all[..1]);
    assert_eq!(two.app.get(&format!("/posts/check?since_id={}", id(2)))["count"], 2);
    two.app.send(Ask::get("/posts/all?before_id=x")).expect(400);

    two.post("/users/unfollow", &[("username", &two.ann.username)]);
    assert_eq!(two.app.get("/posts/all")["items"], json!([]));
    let asked = format!("/users/is_following?username={}", two.ann.username);
    assert_eq!(two.app.get(&asked)["is_following"], false);
}

#[test]
fn an_app_sees_who_follows_whom() {
    let two = Two::new();
    two.post("/users/follow", &[("username", &two.ann.username)]);
    let list = two.app.get(&format!("/users/following/{}", two.ben.username));
    assert_eq!(list[0]["username"], json!(two.ann.username));
    assert_eq!(list[0]["is_following"], true);
    let theirs = two.app.get(&format!("/users/discover/{}", two.ben.username));
    assert_eq!(theirs, json!([]), "nobody whom one follows already");
    let asked = format!("/users/is_following?username={}", two.ben.username);
    assert_eq!(two.app.get(&asked)["is_you"], true);
    two.app.send(Ask::form("/users/follow", &[("username", "nobody-at-all")])).expect(404);
    two.app.send(Ask::form("/users/follow", &[("username", &two.ben.username)])).expect(400);
    two.app.send(Ask::form("/users/follow", &[("username", "http://127.0.0.1/feed")])).expect(400);
    let reader = Program::of(&two.pipit, &two.ben, &["read"]);
    reader.send(Ask::form("/users/follow", &[("username", &two.ann.username)])).expect(403);
}

#[test]
fn an_app_finds_people_by_how_their_names_begin() {
    let two = Two::new();
    let found = |typed: &str| two.app.get(&format!("/users/search?q={typed}"));
    let ann = &two.ann.username;
    let most = &ann[..ann.len() - 1];
    for typed in [ann.clone(), format!("@{}", most.to_uppercase())] {
        let list = found(&typed);
        let shown = list.as_array().into_iter().flatten().find(|one| one["username"] == json!(ann));
        let shown = shown.unwrap_or_else(|| panic!("{typed} finds {list}"));
        assert_eq!((&shown["is_following"], &shown["is_you"]), (&json!(false), &json!(false)));
    }
    for typed in ["", "%25", "nobody-at-all"] {
        assert_eq!(found(typed), json!([]), "{typed}");
    }
    let hidden = [("name", "Ann"), ("undiscovered", "1")];
    two.ann.send(Ask::upload("/settings/profile", &hidden, &[])).expect(303);
    assert_eq!(found(ann), json!([]), "she does not want to be found");
}

#[test]
fn an_app_mutes_and_blocks_and_takes_it_back() {
    let two = Two::new();
    two.post("/users/follow", &[("username", &two.ann.username)]);
    two.ann.write("", "About the weather");
    two.list("/posts/all", 1);
    let word = two.post("/users/mute?keyword=Weather", &[]);
    two.list("/posts/all", 0);
    assert_eq!(two.app.get("/users/muting")[0]["keyword"], "weather");
    two.delete(&format!("/users/muting/{}", word["id"].as_str().unwrap_or_default()));
    two.list("/posts/all", 1);
    let muted = two.post(&format!("/users/mute?username={}", two.ann.username), &[]);
    two.list("/posts/all", 0);
    two.delete(&format!("/users/muting/{}", muted["id"].as_str().unwrap_or_default()));
    two.list("/posts/all", 1);
    let blocked = two.post("/users/block", &[("username", &two.ann.username)]);
    two.list("/posts/all", 0);
    assert_eq!(two.app.get("/users/blocking")[0]["username"], json!(two.ann.username));
    two.app.send(Ask::form("/users/follow", &[("username", &two.ann.username)])).expect(403);
    two.delete(&format!("/users/blocking/{}", blocked["id"].as_str().unwrap_or_default()));
    two.post("/users/follow", &[("username", &two.ann.username)]);
}

#[test]
fn an_answer_is_a_mention_and_makes_a_conversation() {
    let two = Two::new();
    let anns = Program::of(&two.pipit, &two.ann, SCOPES);
    let asked = anns.json("/posts", &json!({ "content": "Who is there?" })).expect(201).json();
    let answer = json!({ "id": asked["id"], "content": "Me" });
    let answer = two.app.json("/posts/reply", &answer).expect(201).json();
    let again = json!({ "id": answer["id"], "content": "Good" });
    anns.json("/posts/reply", &again).expect(201);
    let own = two.list("/posts/replies", 1);
    assert_eq!(own[0]["id"], answer["id"], "one's own answers, and nobody else's");
    let before = format!("/posts/replies?before_id={}", answer["id"].as_str().unwrap_or_default());
    two.list(&before, 0);
    let mentions = two.list("/posts/mentions", 1);
    assert!(mentions[0]["content_html"].as_str().is_some_and(|html| html.contains("Good")));
    for id in [&asked["id"], &answer["id"]] {
        let path = format!("/posts/conversation?id={}", id.as_str().unwrap_or_default());
        let items = two.list(&path, 3);
        assert_eq!(items[2]["id"], asked["id"], "the one that began it comes last");
    }
    let page = two.ben.get(&format!("/conversation/{}", asked["id"].as_str().unwrap_or_default()));
    let text = page.expect(200).text();
    assert!(text.find("Who is there") < text.find("Good"), "and on the page first");
    two.app.send(Ask::get("/posts/conversation?id=1")).expect(404);
}

#[test]
fn an_app_marks_what_it_wants_to_find_again() {
    let two = Two::new();
    let post = two.ann.write("", "Worth keeping");
    two.post("/posts/favorites", &[("id", &post.id)]);
    two.post(&format!("/posts/bookmarks?id={}", post.id), &[]);
    for path in ["/posts/bookmarks", "/posts/favorites"] {
        let items = two.list(path, 1);
        assert_eq!(items[0]["_microblog"]["is_bookmark"], true);
    }
    two.delete(&format!("/posts/favorites/{}", post.id));
    two.list("/posts/bookmarks", 0);
    two.app.send(Ask::form("/posts/bookmarks", &[("id", "1")])).expect(404);
}

#[test]
fn photos_are_shown_and_what_is_not_for_everybody_is_not() {
    let two = Two::new();
    two.post("/users/follow", &[("username", &two.ann.username)]);
    let photo = Upload { field: "photo", file_name: "a.jpg", bytes: photo_with_gps() };
    two.ann.upload("/posts", &[("text", "Look"), ("alt", "A bird")], photo).expect(303);
    let app = Program::of(&two.pipit, &two.ann, &["create", "draft"]);
    for (name, value) in
        [("visibility", "unlisted"), ("visibility", "private"), ("status", "draft")]
    {
        app.json("/posts", &json!({ "content": "Not for all", name: value })).expect(201);
    }
    let items = two.list("/posts/all", 1);
    let html = items[0]["content_html"].as_str().unwrap_or_default();
    assert!(html.contains("alt=\"A bird\"") && html.contains(&two.pipit.media_host()), "{html}");
    let token = format!("Bearer {}", two.app.token);
    let ask = || two.app.browser.send(Ask::get("/posts/photos").with("authorization", &token));
    let id = items[0]["id"].as_str().unwrap_or_default();
    two.pipit.eventually(ask, |answer| answer.text().contains(id));
}
