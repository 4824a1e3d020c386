//! Micropub: the numbered checks of micropub.rocks for servers, and what clients ask beside them.

#[path = "micropub/app.rs"]
mod app;
#[path = "micropub/commands.rs"]
mod commands;
#[path = "micropub/kinds.rs"]
mod kinds;
#[path = "micropub/media.rs"]
mod media;
#[path = "micropub/pieces.rs"]
mod pieces;
#[path = "micropub/queries.rs"]
mod queries;

use app::{App, SUNSET, file, json, refused};
use serde_json::{Value, json};
use tests::{Answer, Ask, Pipit};

const HELLO: [(&str, &str); 2] = [("h", "entry"), ("content", "Micropub test of a basic h-entry")];

#[test]
fn check_100_create_an_h_entry_post_form_encoded() {
    let app = App::new();
    let url = app.created(app.form(&HELLO));
    app.page(&url).expect(200).expect_text("Micropub test of a basic h-entry");
}

#[test]
fn check_101_create_an_h_entry_post_with_multiple_categories_form_encoded() {
    let app = App::new();
    let fields = [&HELLO[..], &[("category[]", "test1"), ("category[]", "test2")]].concat();
    let url = app.created(app.form(&fields));
    app.page(&url).expect_text("<bdi>test1</bdi>").expect_text("<bdi>test2</bdi>");
    assert_eq!(app.source(&url)["properties"]["category"], json!(["test1", "test2"]));
}

#[test]
fn check_104_create_an_h_entry_with_a_photo_referenced_by_url_form_encoded() {
    let app = App::new();
    let url = app.created(app.form(&[HELLO[0], HELLO[1], ("photo", SUNSET)]));
    assert!(app.page(&url).attributes("src").contains(&SUNSET.to_owned()));
}

#[test]
fn check_107_create_an_h_entry_post_with_one_category_form_encoded() {
    let app = App::new();
    let url = app.created(app.form(&[HELLO[0], HELLO[1], ("category", "test1")]));
    assert_eq!(app.source(&url)["properties"]["category"], json!(["test1"]));
}

#[test]
fn check_200_create_an_h_entry_post_json() {
    let app = App::new();
    let url = app.created(app.entry(json!({ "content": ["Created with a JSON request"] })));
    app.page(&url).expect(200).expect_text("Created with a JSON request");
}

#[test]
fn check_201_create_an_h_entry_post_with_multiple_categories_json() {
    let app = App::new();
    let properties = json!({ "content": ["Two categories"], "category": ["test1", "test2"] });
    let url = app.created(app.entry(properties));
    app.page(&url).expect_text("<bdi>test1</bdi>").expect_text("<bdi>test2</bdi>");
    assert_eq!(app.source(&url)["properties"]["category"], json!(["test1", "test2"]));
}

#[test]
fn check_202_create_an_h_entry_with_html_content_json() {
    let app = App::new();
    const HTML: &str = "<p>This post has <b>bold</b> and <i>italic</i> text.</p>";
    let url = app.created(app.entry(json!({ "content": [{ "html": HTML }] })));
    app.page(&url).expect_text(HTML);
    assert_eq!(app.source(&url)["properties"]["content"], json!([{ "html": HTML }]));
}

#[test]
fn check_203_create_an_h_entry_with_a_photo_referenced_by_url_json() {
    let app = App::new();
    let url = app.created(app.entry(json!({ "content": ["A sunset"], "photo": [SUNSET] })));
    assert!(app.page(&url).attributes("src").contains(&SUNSET.to_owned()));
}

#[test]
fn check_204_create_an_h_entry_post_with_a_nested_object_json() {
    let app = App::new();
    let card = json!({ "type": ["h-card"], "properties": {
        "name": ["Los Gorditos"], "url": ["https://foursquare.example/v/502c4bbd"],
        "latitude": [45.524330801154], "longitude": [-122.68068808051], "locality": ["Portland"] } });
    let url = app.created(app.entry(json!({
        "published": ["2017-05-31T12:03:36-07:00"], "content": ["Lunch meeting"], "checkin": [card] })));
    assert!(url.contains("/2017/05/31/"), "{url}");
    let source = app.source(&url);
    assert_eq!(source["properties"]["checkin"], json!([card]));
    assert_eq!(source["properties"]["published"], json!(["2017-05-31T19:03:36Z"]));
}

#[test]
fn check_205_create_an_h_entry_post_with_a_photo_with_alt_text_json() {
    let app = App::new();
    let photo = json!({ "value": SUNSET, "alt": "Photo of a sunset" });
    let url = app.created(app.entry(json!({ "content": ["With alt"], "photo": [photo] })));
    let page = app.page(&url);
    assert!(page.attributes("src").contains(&SUNSET.to_owned()), "{}", page.text());
    assert!(page.attributes("alt").contains(&"Photo of a sunset".to_owned()));
    assert_eq!(app.source(&url)["properties"]["photo"], json!([photo]));
}

#[test]
fn check_206_create_an_h_entry_with_multiple_photos_referenced_by_url_json() {
    let app = App::new();
    const CITY: &str = "https://micropub.example/media/city-at-night.jpg";
    let url = app.created(app.entry(json!({ "content": ["Two"], "photo": [SUNSET, CITY] })));
    let shown = app.page(&url).attributes("src");
    assert!([SUNSET, CITY].iter().all(|photo| shown.iter().any(|src| src == photo)), "{shown:?}");
}

#[test]
fn check_300_create_an_h_entry_with_a_photo_multipart() {
    let app = App::new();
    let fields = [("h", "entry"), ("content", "Nice sunset tonight")];
    let url = app.created(app.upload("/micropub", &fields, &[file("photo")]));
    let photos = app.photos(&url);
    assert_eq!(photos.len(), 1, "{photos:?}");
    app.pipit.media(&photos[0]).expect(200);
}

#[test]
fn check_301_create_an_h_entry_with_two_photos_multipart() {
    let app = App::new();
    let fields = [("h", "entry"), ("content", "This post should have two photos")];
    let url = app.created(app.upload("/micropub", &fields, &[file("photo[]"), file("photo[]")]));
    let photos = app.photos(&url);
    assert_eq!(photos.len(), 2, "{photos:?}");
    photos.iter().for_each(|photo| assert_eq!(app.pipit.media(photo).status, 200));
}

/// Creates a post, changes it, and returns what its page and its source are then.
#[track_caller]
fn updated(properties: Value, update: Value) -> (Answer, Value) {
    let app = App::new();
    let url = app.created(app.entry(properties));
    let mut request = json!({ "action": "update", "url": url });
    request.as_object_mut().unwrap().extend(update.as_object().unwrap().clone());
    let answer = app.json(&request);
    assert!(matches!(answer.status, 200 | 204), "{} {}", answer.status, answer.text());
    (app.page(&url).expect(200), app.source(&url)["properties"].clone())
}

#[test]
fn check_400_replace_a_property() {
    let (page, source) = updated(
        json!({ "content": ["This text should be replaced"], "category": ["stays"] }),
        json!({ "replace": { "content": ["This is the updated text"] } }),
    );
    page.expect_text("This is the updated text");
    assert_eq!(source["content"], json!(["This is the updated text"]));
    assert_eq!(source["category"], json!(["stays"]));
}

#[test]
fn check_401_add_a_value_to_an_existing_property() {
    let (page, source) = updated(
        json!({ "content": ["Two categories in the end"], "category": ["test1"] }),
        json!({ "add": { "category": ["test2"] } }),
    );
    page.expect_text("<bdi>test1</bdi>").expect_text("<bdi>test2</bdi>");
    assert_eq!(source["category"], json!(["test1", "test2"]));
}

#[test]
fn check_402_add_a_value_to_a_non_existent_property() {
    let (page, source) = updated(
        json!({ "content": ["No category in the beginning"] }),
        json!({ "add": { "category": ["test1"] } }),
    );
    page.expect_text("<bdi>test1</bdi>");
    assert_eq!(source["category"], json!(["test1"]));
}

#[test]
fn check_403_remove_a_value_from_a_property() {
    let (page, source) = updated(
        json!({ "content": ["One category is left"], "category": ["test1", "test2"] }),
        json!({ "delete": { "category": ["test2"] } }),
    );
    assert!(!page.text().contains("test2"));
    assert_eq!(source["category"], json!(["test1"]));
}

#[test]
fn check_404_remove_a_property() {
    let (page, source) = updated(
        json!({ "content": ["No category is left"], "category": ["test1", "test2"] }),
        json!({ "delete": ["category"] }),
    );
    assert!(!page.text().contains("test1") && !page.text().contains("test2"));
    assert_eq!(source["category"], Value::Null);
}

#[test]
fn check_405_reject_the_request_if_operation_is_not_an_array() {
    let app = App::new();
    let url = app.created(app.form(&HELLO));
    for replace in [json!("This is not a valid update request."), json!({ "content": "x" })] {
        let update = json!({ "action": "update", "url": url, "replace": replace });
        refused(app.json(&update), 400, "invalid_request");
    }
    app.page(&url).expect_text("Micropub test of a basic h-entry");
}

#[test]
fn check_500_delete_a_post_form_encoded() {
    let app = App::new();
    let url = app.created(app.form(&HELLO));
    app.done(app.form(&[("action", "delete"), ("url", &url)]));
    app.is_gone(&url);
}

#[test]
fn check_501_delete_a_post_json() {
    let app = App::new();
    let url = app.created(app.entry(json!({ "content": ["This post will be deleted"] })));
    app.done(app.json(&json!({ "action": "delete", "url": url })));
    app.is_gone(&url);
}

#[test]
fn check_502_undelete_a_post_form_encoded() {
    let app = App::new();
    let url = app.created(app.form(&HELLO));
    app.done(app.form(&[("action", "delete"), ("url", &url)]));
    app.is_gone(&url);
    app.done(app.form(&[("action", "undelete"), ("url", &url)]));
    app.page(&url).expect(200).expect_text("Micropub test of a basic h-entry");
}

#[test]
fn check_503_undelete_a_post_json() {
    let app = App::new();
    let url = app.created(app.entry(json!({ "content": ["This post will come back"] })));
    app.done(app.json(&json!({ "action": "delete", "url": url })));
    app.done(app.json(&json!({ "action": "undelete", "url": url })));
    app.page(&url).expect(200).expect_text("This post will come back");
}

#[test]
fn check_600_configuration_query() {
    let app = App::new();
    assert!(app.query("q=config").is_object());
}

#[test]
fn check_601_syndication_endpoint_query() {
    let app = App::new();
    assert!(app.query("q=syndicate-to")["syndicate-to"].is_array());
}

const SOURCE: &str = "Test of querying the endpoint for the source content";

#[test]
fn check_602_source_query_all_properties() {
    let app = App::new();
    let url =
        app.created(app.entry(json!({ "content": [SOURCE], "category": ["micropub", "test"] })));
    let source = app.source(&url);
    assert_eq!(source["type"], json!(["h-entry"]));
    assert_eq!(source["properties"]["content"], json!([SOURCE]));
    assert_eq!(source["properties"]["category"], json!(["micropub", "test"]));
}

#[test]
fn check_603_source_query_specific_properties() {
    let app = App::new();
    let url =
        app.created(app.entry(json!({ "content": [SOURCE], "category": ["micropub", "test"] })));
    let only = json!({ "properties": { "content": [SOURCE], "category": ["micropub", "test"] } });
    let query = format!("q=source&properties[]=content&properties[]=category&url={url}");
    assert_eq!(app.query(&query), only);
    let one = app.query(&format!("q=source&properties=content&url={url}"));
    assert_eq!(one, json!({ "properties": { "content": [SOURCE] } }));
}

#[test]
fn check_800_accept_access_token_in_http_header() {
    let app = App::new();
    app.created(app.form(&HELLO));
}

#[test]
fn check_801_accept_access_token_in_post_body() {
    let app = App::new();
    app.created(app.form_with_token(&HELLO));
    let fields = [HELLO[0], HELLO[1], ("access_token", &app.token)];
    app.created(app.send(Ask::upload("/micropub", &fields, &[])));
}

#[test]
fn check_802_does_not_store_access_token_property() {
    let app = App::new();
    let url = app.created(app.form_with_token(&HELLO));
    let source = app.source(&url);
    assert_eq!(source["properties"]["content"], json!([HELLO[1].1]));
    assert!(!source.to_string().contains(&app.token), "{source}");
    assert!(!source.to_string().contains("access_token"), "{source}");
}

#[test]
fn check_803_rejects_unauthenticated_requests() {
    let app = App::new();
    refused(app.send(Ask::form("/micropub", &HELLO)), 401, "unauthorized");
    assert_eq!(app.query("q=source")["items"], json!([]));
}

#[test]
fn check_804_rejects_unauthorized_access_tokens() {
    let pipit = Pipit::start();
    let app = App::with(pipit, &["profile", "update"]);
    let answer = app.form(&HELLO);
    assert_eq!(json(&answer)["scope"], "create");
    refused(answer, 401, "insufficient_scope");
    assert_eq!(app.query("q=source")["items"], json!([]));
}

/// RFC 6750, section 3.1, has a name for it, and a client that knows no better sees the status.
#[test]
fn check_805_rejects_multiple_authentication_methods() {
    let app = App::new();
    let both = Ask::form("/micropub", &[HELLO[0], HELLO[1], ("access_token", &app.token)]);
    refused(app.ask(both), 400, "invalid_request");
    assert_eq!(app.query("q=source")["items"], json!([]));
}
