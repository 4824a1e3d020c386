//! Files of every kind that is taken, as they come back from the media's host.

use crate::app::{App, refused};
use bytes::Bytes;
use tests::{Ask, GPS_SECRET, Upload, photo_with_gps};

#[path = "../../../crates/domain/src/media/tests/built.rs"]
mod built;

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../crates/domain/src/media/samples/", $name)).to_vec()
    };
}

/// Kind, extension, file; each file holds the word SECRET or a place.
fn files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("image/jpeg", "jpg", photo_with_gps()),
        ("image/jpeg", "jpg", sample!("turned.jpg")),
        ("image/png", "png", sample!("turned.png")),
        ("image/gif", "gif", sample!("animated.gif")),
        ("image/webp", "webp", sample!("turned.webp")),
        ("image/avif", "avif", built::avif()),
        ("video/mp4", "mp4", built::mp4(true)),
        ("video/mp4", "mp4", built::mp4(false)),
        ("audio/mp4", "m4a", built::m4a()),
        ("audio/mpeg", "mp3", built::mp3()),
    ]
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The file calls itself something else: only its bytes count.
fn disguised(bytes: Vec<u8>) -> Upload {
    Upload { field: "file", file_name: "page.html", bytes }
}

#[test]
fn every_kind_comes_back_as_what_it_is_and_without_what_devices_wrote() {
    let app = App::new();
    for (media_type, extension, bytes) in files() {
        let secrets = [GPS_SECRET, b"SECRET", &built::MOMENT];
        assert!(secrets.iter().any(|secret| contains(&bytes, secret)), "{media_type}");
        let url = app.created(app.upload("/micropub/media", &[], &[disguised(bytes)]));
        assert!(url.ends_with(&format!(".{extension}")), "{url}");
        let stored = app.pipit.media(&url).expect(200);
        assert_eq!(stored.header("content-type"), media_type);
        assert_eq!(stored.header("x-content-type-options"), "nosniff");
        assert!(stored.header("cache-control").contains("immutable"), "{media_type}");
        assert_eq!(stored.header("content-disposition"), "");
        for secret in secrets {
            assert!(!contains(&stored.body, secret), "{media_type}");
        }
        parts(&app, &url, &stored.body);
    }
}

/// As players ask: the beginning, a part, the end.
#[track_caller]
fn parts(app: &App, url: &str, whole: &Bytes) {
    let size = whole.len();
    for (range, part) in [
        ("bytes=0-".to_owned(), 0..size),
        ("bytes=2-5".to_owned(), 2..6),
        ("bytes=-4".to_owned(), size - 4..size),
    ] {
        let answer = app.pipit.media_ask(url, |path| Ask::get(path).with("range", &range));
        let answer = answer.expect(206);
        assert_eq!(answer.header("accept-ranges"), "bytes");
        let said = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        assert_eq!(answer.header("content-range"), said);
        assert_eq!(answer.body, whole.slice(part), "{range}");
    }
}

#[test]
fn what_is_seen_and_heard_is_all_there() {
    let app = App::new();
    for (bytes, parts) in [
        (built::mp4(true), &[built::VIDEO, built::SOUND][..]),
        (built::m4a(), &[built::SOUND]),
        (built::avif(), &[built::PICTURE]),
        (built::mp3(), &[&built::frame(b'a').repeat(3), &built::frame(b'b').repeat(3)]),
    ] {
        let url = app.created(app.upload("/micropub/media", &[], &[disguised(bytes)]));
        let stored = app.pipit.media(&url).expect(200);
        assert!(parts.iter().all(|part| contains(&stored.body, part)), "{url}");
    }
}

#[test]
fn other_kinds_are_refused_whatever_they_are_called() {
    let app = App::new();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    for bytes in [
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(),
        b"<!doctype html><script>alert(1)</script>".to_vec(),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
        b"\0\0\0\x14ftypqt  \0\0\0\0qt  ".to_vec(),
        b"ID3\x04\0\0\0\0\0\0<script>alert(1)</script>".to_vec(),
        b"%PDF-1.7".to_vec(),
        half(built::mp4(true)),
        half(built::avif()),
    ] {
        let file = Upload { field: "file", file_name: "photo.jpg", bytes };
        refused(app.upload("/micropub/media", &[], &[file]), 400, "invalid_request");
    }
}

#[test]
fn a_file_of_megabytes_arrives_whole() {
    let app = App::new();
    let frames: Vec<u8> = (0..9000_u32).flat_map(|number| built::frame(number as u8)).collect();
    let url = app.created(app.upload("/micropub/media", &[], &[disguised(frames.clone())]));
    assert!(app.pipit.media(&url).expect(200).body == frames);
}

#[test]
fn the_composer_takes_every_kind_and_the_blog_shows_it() {
    let app = App::new();
    let chosen = |bytes| Upload { field: "photo", file_name: "IMG_0042.HEIC", bytes };
    let fields = [("title", ""), ("text", "Look and listen"), ("alt", "A pipit")];
    for (media_type, extension, bytes) in files() {
        app.person.upload("/posts", &fields, chosen(bytes)).expect(303);
        let page = app.pipit.blog(&app.person).get(&app.person.newest_post().path).expect(200);
        let sources = page.attributes("src");
        let url = sources.iter().find(|url| url.ends_with(&format!(".{extension}")));
        let url = url.unwrap_or_else(|| panic!("no {extension} among {sources:?}"));
        assert_eq!(app.pipit.media(url).expect(200).header("content-type"), media_type);
        let tag = match media_type.split_once('/') {
            Some(("image", _)) => "<img",
            Some(("video", _)) => "<video",
            _ => "<audio",
        };
        assert!(page.text().contains(tag), "{media_type} is shown by {tag}");
    }
    for bytes in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..], b"<!doctype html><p>"] {
        let page = app.person.upload("/posts", &fields, chosen(bytes.to_vec())).expect(422);
        page.expect_text("Look and listen");
    }
}
