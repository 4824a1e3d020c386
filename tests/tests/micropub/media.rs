//! The media endpoint.

use crate::app::{App, file, json, refused};
use serde_json::json;
use tests::{Ask, GPS_SECRET, Upload};

/// Uploads a file as the checks do: where the configuration says.
#[track_caller]
fn uploaded(app: &App, name: &'static str, bytes: Vec<u8>) -> String {
    let config = app.query("q=config");
    let endpoint = config["media-endpoint"].as_str().expect("a media endpoint").to_owned();
    let path = endpoint.strip_prefix(&format!("http://{}", app.pipit.app_host()));
    let file = Upload { field: "file", file_name: name, bytes };
    app.created(app.upload(path.expect("it is on the app's host"), &[], &[file]).expect(201))
}

#[test]
fn check_700_upload_a_jpg_to_the_media_endpoint() {
    let app = App::new();
    let url = uploaded(&app, "sunset.jpg", tests::photo_with_gps());
    let stored = app.pipit.media(&url).expect(200);
    assert_eq!(stored.header("content-type"), "image/jpeg");
    assert!(!stored.body.windows(GPS_SECRET.len()).any(|part| part == GPS_SECRET));
}

#[test]
fn check_701_upload_a_png_to_the_media_endpoint() {
    let app = App::new();
    let url = uploaded(&app, "micropub-rocks.png", PNG.to_vec());
    assert_eq!(app.pipit.media(&url).expect(200).header("content-type"), "image/png");
}

#[test]
fn check_702_upload_a_gif_to_the_media_endpoint() {
    let app = App::new();
    let url = uploaded(&app, "w3c-socialwg.gif", GIF.to_vec());
    assert_eq!(app.pipit.media(&url).expect(200).header("content-type"), "image/gif");
}

#[test]
fn an_uploaded_photo_is_posted_with_its_size_and_its_words() {
    let app = App::new();
    let photo = app.created(app.upload("/micropub/media", &[], &[file("file")]));
    let properties =
        json!({ "content": ["A grey pixel"], "photo": [{ "value": photo, "alt": "Grey" }] });
    let url = app.created(app.entry(properties));
    let page = app.page(&url).expect(200);
    assert!(page.attributes("src").contains(&photo));
    assert!(page.attributes("alt").contains(&"Grey".to_owned()));
    assert!(page.attributes("width").contains(&"8".to_owned()), "{}", page.text());
    let replace = json!({ "action": "update", "url": url, "replace": { "photo": [photo] } });
    app.done(app.json(&replace));
    assert_eq!(app.photos(&url), [photo]);
    // An app that knows nothing of descriptions does not take them away.
    assert_eq!(app.source(&url)["properties"]["photo"][0]["alt"], "Grey");
}

#[test]
fn the_last_uploads_are_listed() {
    let app = App::new();
    let list =
        |query: &str| json(&app.ask(Ask::get(&format!("/micropub/media?{query}"))).expect(200));
    assert_eq!(list("q=source&limit=1"), json!({ "items": [] }));
    app.created(app.upload("/micropub/media", &[("alt", "One")], &[file("file")]));
    let last = app.created(app.upload("/micropub/media", &[], &[file("file")]));
    let found = list("q=source");
    assert_eq!(found["items"].as_array().map(Vec::len), Some(2));
    assert!(found["items"][0]["published"].is_string());
    let urls: Vec<&str> =
        found["items"].as_array().unwrap().iter().filter_map(|i| i["url"].as_str()).collect();
    assert!(urls.contains(&&*last));
    assert_eq!(list("q=source&limit=1")["items"].as_array().map(Vec::len), Some(1));
    let describe = [("action", "update"), ("url", &*last), ("alt", "Two")];
    app.done(app.ask(Ask::upload("/micropub/media", &describe, &[])));
    assert!(list("q=source").to_string().contains("\"Two\""));
    assert_eq!(list("q=source&filter=TWO")["items"][0]["url"], json!(last));
    assert_eq!(list("q=source&offset=1")["items"].as_array().map(Vec::len), Some(1));
}

/// One of Micro.blog's apps says it all in the address, another in a form.
#[test]
fn a_file_that_no_post_shows_can_be_deleted() {
    let app = App::new();
    let photo = app.created(app.upload("/micropub/media", &[], &[file("file")]));
    let post = app.created(app.form(&[("photo", &photo)]));
    let in_address = Ask::form(&format!("/micropub/media?action=delete&url={photo}"), &[]);
    refused(app.ask(in_address.clone()), 400, "invalid_request");
    let drop = json!({ "action": "update", "url": post, "replace": { "content": ["x"] }, "delete": ["photo"] });
    app.done(app.json(&drop));
    refused(app.other().ask(in_address.clone()), 404, "not_found");
    app.done(app.ask(in_address.clone()));
    refused(app.ask(in_address), 404, "not_found");
    let second = app.created(app.upload("/micropub/media", &[], &[file("file")]));
    let in_form = Ask::form("/micropub/media", &[("action", "delete"), ("url", &second)]);
    app.done(app.ask(in_form));
    app.pipit.eventually(|| app.pipit.media(&second), |answer| answer.status == 404);
}

#[test]
fn what_is_no_file_is_refused() {
    let app = App::new();
    refused(app.upload("/micropub/media", &[("file", "text")], &[]), 400, "invalid_request");
    for bytes in
        [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"<html>", b"nothing", b"\xff\xd8\xff"]
    {
        let file = Upload { field: "file", file_name: "photo.jpg", bytes: bytes.to_vec() };
        refused(app.upload("/micropub/media", &[], &[file]), 400, "invalid_request");
    }
    let both = Ask::upload("/micropub/media", &[("access_token", &app.token)], &[file("file")]);
    app.created(app.send(both.clone()));
    refused(app.ask(both), 400, "invalid_request");
    refused(app.send(Ask::upload("/micropub/media", &[], &[file("file")])), 401, "unauthorized");
}

#[test]
fn nobody_posts_a_file_of_another_library() {
    let app = App::new();
    let photo = app.created(app.upload("/micropub/media", &[], &[file("file")]));
    let other = app.other();
    refused(other.form(&[("photo", &photo)]), 400, "invalid_request");
    let list = other.ask(Ask::get("/micropub/media?q=source")).expect(200);
    assert_eq!(json(&list), json!({ "items": [] }));
}

const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];
const GIF: &[u8] = &[
    b'G', b'I', b'F', b'8', b'9', b'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0,
    0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
];
