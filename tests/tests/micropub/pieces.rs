//! Files in pieces, as Micro.blog's apps send them.

use crate::app::{App, json, refused};
use serde_json::json;
use tests::{Answer, Ask, photo_with_gps};

const APPEND: &str = "/micropub/media/append";
const FINISHED: &str = "/micropub/media/finished";

fn append(app: &App, file_id: &str, data: &str) -> Answer {
    let own = app.pipit.blog_url(&app.person);
    let fields = [
        ("file_id", file_id),
        ("file_name", "a.jpg"),
        ("file_type", "image/jpeg"),
        ("file_data", data),
        ("mp-destination", &*own),
    ];
    app.upload(APPEND, &fields, &[])
}

fn waiting(app: &App, file_id: &str) -> Answer {
    app.ask(Ask::get(&format!("/micropub/media/waiting?file_id={file_id}")))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - part.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > part.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[test]
fn a_file_arrives_in_pieces() {
    let app = App::new();
    let photo = photo_with_gps();
    let (head, tail) = photo.split_at(100);
    append(&app, "123456", &base64(head)).expect(202);
    assert_eq!(json(&waiting(&app, "123456").expect(200))["is_processing"], true);
    // One app sends them bare in a form, another as data URLs in a multipart one.
    let rest = format!("data:image/jpeg;base64,{}", base64(tail));
    let fields = [("file_id", "123456"), ("file_data", &*rest)];
    app.ask(Ask::form(APPEND, &fields)).expect(202);
    let fields = [("file_id", "123456"), ("file_name", "a.jpg")];
    let url = app.created(app.ask(Ask::form(FINISHED, &fields)).expect(201));
    assert_eq!(app.pipit.media(&url).expect(200).header("content-type"), "image/jpeg");
    let state = json(&waiting(&app, "123456").expect(200));
    assert_eq!((&state["is_processing"], &state["url"]), (&json!(false), &json!(url)));
    // Said twice, it is still one file; and nothing is added to it any more.
    assert_eq!(app.created(app.ask(Ask::form(FINISHED, &fields))), url);
    refused(append(&app, "123456", "AAAA"), 400, "invalid_request");
    let list = json(&app.ask(Ask::get("/micropub/media?q=source")));
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn pieces_that_make_no_file_are_refused() {
    let app = App::new();
    for (file_id, data) in [("", "AAAA"), ("a b", "AAAA"), ("1", "no base64!")] {
        refused(append(&app, file_id, data), 400, "invalid_request");
    }
    refused(app.ask(Ask::form(FINISHED, &[("file_id", "nothing")])), 404, "not_found");
    refused(waiting(&app, "nothing"), 404, "not_found");
    append(&app, "1", &base64(b"<html>nothing to see")).expect(202);
    refused(app.ask(Ask::form(FINISHED, &[("file_id", "1")])), 400, "invalid_request");
    refused(
        app.send(Ask::form(APPEND, &[("file_id", "1"), ("file_data", "AAAA")])),
        401,
        "unauthorized",
    );
    let reader = app.scoped(&["read"]);
    let ask = Ask::form(APPEND, &[("file_id", "1"), ("file_data", "AAAA")]);
    refused(app.ask_as(&reader, ask), 401, "insufficient_scope");
}

#[test]
fn one_persons_pieces_are_not_anothers() {
    let app = App::new();
    append(&app, "7", &base64(b"mine")).expect(202);
    let other = app.other();
    refused(waiting(&other, "7"), 404, "not_found");
    append(&other, "7", &base64(b"theirs")).expect(202);
}

mod in_memory {
    use super::*;
    use tests::Pipit;

    #[test]
    fn more_than_the_longest_file_is_refused() {
        let app = App::with(Pipit::in_memory(), &crate::app::EVERYTHING);
        let piece = base64(&vec![0; 1 << 20]);
        for _ in 0..45 {
            append(&app, "1", &piece).expect(202);
        }
        refused(append(&app, "1", &piece), 400, "invalid_request");
    }

    #[test]
    fn pieces_go_with_the_file_and_what_was_left_lying_within_a_day() {
        let app = App::with(Pipit::in_memory(), &crate::app::EVERYTHING);
        let memory = app.pipit.memory().expect("it is in memory");
        let objects =
            || memory.native.blobs.keys().iter().filter(|key| key.starts_with("p/")).count();
        append(&app, "done", &base64(&photo_with_gps())).expect(202);
        append(&app, "left", &base64(b"half a file")).expect(202);
        assert_eq!(objects(), 2);
        app.created(app.ask(Ask::form(FINISHED, &[("file_id", "done")])));
        app.pipit.run_jobs();
        assert_eq!(objects(), 1);
        assert_eq!(memory.count("select count(*) as n from uploads"), 2);
        memory.native.clock.advance(24 * 3600);
        app.pipit.run_jobs();
        assert_eq!(objects(), 0);
        assert_eq!(memory.count("select count(*) as n from uploads"), 0);
    }
}
