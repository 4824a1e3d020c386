//! Queries: what clients ask for when they begin, and while somebody types.

use crate::app::{App, refused};
use serde_json::{Value, json};
use tests::Ask;

#[test]
fn the_configuration_says_what_is_possible() {
    let app = App::new();
    app.created(app.form(&[("content", "Hello"), ("category", "Birds")]));
    let config = app.query("q=config");
    let endpoint = format!("http://{}/micropub/media", app.pipit.app_host());
    assert_eq!(config["media-endpoint"], endpoint);
    assert_eq!(config["syndicate-to"], json!([]));
    assert_eq!(config["destination"][0]["uid"], format!("{}/", app.pipit.blog_url(&app.person)));
    assert!(config["destination"][0]["name"].is_string());
    assert_eq!(config["categories"], json!(["Birds"]));
    assert_eq!(config["visibility"], json!(["public", "unlisted", "private"]));
    assert!(config["post-types"].as_array().is_some_and(|types| types.len() >= 9));
    assert!(config["channels"].to_string().contains("\"pages\""));
    for query in config["q"].as_array().expect("a list of queries") {
        app.query(&format!("q={}", query.as_str().expect("a name")));
    }
    // Some clients try their token with no query at all.
    assert_eq!(app.query(""), config);
    assert_eq!(app.query("q=post-types"), json!({ "post-types": config["post-types"] }));
    refused(app.ask(Ask::get("/micropub?q=moon")), 400, "invalid_request");
}

#[test]
fn a_query_wants_a_token_that_may_do_something() {
    let app = App::new();
    refused(app.send(Ask::get("/micropub?q=config")), 401, "unauthorized");
    let profile = app.scoped(&["profile"]);
    refused(app.ask_as(&profile, Ask::get("/micropub?q=source")), 401, "insufficient_scope");
    for scope in ["create", "read", "draft", "media"] {
        app.ask_as(&app.scoped(&[scope]), Ask::get("/micropub?q=source")).expect(200);
    }
}

fn contents(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("a list");
    items.iter().filter_map(|item| item["properties"]["content"][0].as_str()).collect()
}

#[test]
fn ones_posts_are_listed_a_page_at_a_time_and_found_by_their_words() {
    let app = App::new();
    for (content, published) in [
        ("Ravens", "2020-01-01T00:00:00Z"),
        ("Wrens in winter", "2020-01-02T00:00:00Z"),
        ("Robins in WINTER", "2020-01-03T00:00:00Z"),
    ] {
        app.created(app.form(&[("content", content), ("published", published)]));
    }
    let all = app.query("q=source");
    assert_eq!(contents(&all), ["Robins in WINTER", "Wrens in winter", "Ravens"]);
    assert_eq!(all["items"][0]["type"], json!(["h-entry"]));
    assert!(all["items"][0]["properties"]["url"][0].is_string());
    assert!(all["items"][0]["properties"]["uid"][0].is_string());
    assert_eq!(contents(&app.query("q=source&limit=1&offset=1")), ["Wrens in winter"]);
    assert_eq!(
        contents(&app.query("q=source&filter=winter")),
        ["Robins in WINTER", "Wrens in winter"]
    );
    assert_eq!(
        contents(&app.query("q=source&filter=winter&limit=1&offset=1")),
        ["Wrens in winter"]
    );
    assert_eq!(contents(&app.query("q=source&limit=0&offset=-5")), ["Robins in WINTER"]);
    assert!(contents(&app.query("q=source&mp-channel=collections")).is_empty());
    let own = app.pipit.blog_url(&app.person);
    assert_eq!(contents(&app.query(&format!("q=source&mp-destination={own}/"))).len(), 3);
    let other = "/micropub?q=source&mp-destination=https://other.example/";
    refused(app.ask(Ask::get(other)), 400, "invalid_request");
}

/// An app edits the text that the list gave it, so no text is cut; the list is.
#[test]
fn a_list_of_long_texts_is_short() {
    let app = App::new();
    let text = "é".repeat(250_000);
    for number in 0..20 {
        let number = number.to_string();
        app.created(app.form(&[("content", &text), ("name", &number)]));
    }
    let list = app.query("q=source&limit=100");
    assert_eq!(contents(&list).len(), 16);
    assert!(contents(&list).iter().all(|content| *content == text));
    assert_eq!(contents(&app.query("q=source&limit=100&offset=16")).len(), 4);
}

#[test]
fn categories_are_found_by_what_was_typed() {
    let app = App::new();
    let fields =
        [("content", "x"), ("category[]", "Birds"), ("category[]", "Bees"), ("category[]", "Ants")];
    app.created(app.form(&fields));
    assert_eq!(app.query("q=category"), json!({ "categories": ["Ants", "Bees", "Birds"] }));
    assert_eq!(app.query("q=category&filter=be"), json!({ "categories": ["Bees"] }));
    assert_eq!(app.query("q=category&search=BI"), json!({ "categories": ["Birds"] }));
}

#[test]
fn contacts_are_those_whom_one_follows() {
    let app = App::new();
    let friend = app.pipit.sign_up("bert");
    assert_eq!(app.query("q=contact"), json!({ "contacts": [] }));
    app.person.post("/follows", &[("username", &friend.username)]).expect(303);
    let found = app.query(&format!("q=contact&filter={}", &friend.username[..3]));
    assert_eq!(found["contacts"][0]["nickname"], friend.username);
    assert!(found["contacts"][0]["photo"].is_string() && found["contacts"][0]["url"].is_string());
    assert_eq!(app.query("q=contact&filter=zzz"), json!({ "contacts": [] }));
}
