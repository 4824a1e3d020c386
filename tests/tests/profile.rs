//! What a person shows of themself, and what stays theirs.

use bytes::Bytes;
use tests::{Answer, Ask, Browser, Fixture, GPS_SECRET, Pipit, Upload, photo_with_gps};

const SETTINGS: &str = "/settings/profile";

fn upload(field: &'static str, bytes: Vec<u8>) -> Upload {
    Upload { field, file_name: "IMG_0042.jpg", bytes }
}

/// Saves a profile; what is not named stays empty.
fn save(person: &Browser, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("name", "Ann Lark"), ("gravatar", "1")];
    all.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
    all.extend(fields);
    person.send(Ask::upload(SETTINGS, &all, &[]))
}

fn profile_of(person: &Browser) -> String {
    format!("/@{}", person.username)
}

/// The address of the picture as the person's page has it.
#[track_caller]
fn picture_of(visitor: &Browser, person: &Browser) -> String {
    let sources = visitor.get(&profile_of(person)).expect(200).attributes("src");
    let found = sources.into_iter().find(|source| source.starts_with("/avatars/"));
    found.expect("a page has a picture")
}

fn contains(bytes: &Bytes, part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn name_words_and_site_are_kept_and_shown_to_everybody() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "My first note");
    let words = "I paint <b>birds</b>.\r\nAnd boats.";
    save(&ann, &[("bio", words), ("site", "birds.example/me")]).expect(303);
    let form = ann.get(SETTINGS).expect(200).text();
    for text in ["value=\"Ann Lark\"", "value=\"https://birds.example/me\"", "And boats."] {
        assert!(form.contains(text), "{text}:\n{form}");
    }
    let page = pipit.browser().get(&profile_of(&ann)).expect(200).expect_text("Ann Lark");
    let page = page.expect_text("And boats.").expect_text("birds.example/me");
    let page = page.expect_text("My first note");
    assert!(!page.text().contains("<b>birds"), "words are text:\n{}", page.text());
    assert!(!page.text().contains("verified"), "nobody has looked, or it is not so");
    let links = page.attributes("href");
    assert!(links.contains(&format!("{}/", pipit.blog_url(&ann))), "{links:?}");
    pipit.eventually(|| pipit.blog(&ann).get("/"), |blog| blog.text().contains("Ann Lark"));
    pipit.browser().get("/@nobody-of-that-name").expect(404);
}

#[test]
fn what_would_mislead_or_is_no_site_is_refused_and_kept_for_correction() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let long = "é".repeat(501);
    for (field, value) in [
        ("name", ""),
        ("name", "Ann\u{202e}nnA"),
        ("bio", "Look: \u{2066}gpj.exe"),
        ("bio", &long),
        ("site", "javascript:alert(1)"),
        ("site", "https://ann:secret@birds.example"),
        ("timezone", "Mars/Olympus"),
    ] {
        let bio = if field == "bio" { value } else { "Kept words" };
        let other = if field == "bio" { ("site", "") } else { (field, value) };
        let page = save(&ann, &[("bio", bio), other]).expect(422);
        assert!(page.text().contains("role=\"alert\""), "{field}: {}", page.text());
        assert!(field == "bio" || page.text().contains("Kept words"), "{}", page.text());
    }
    let page = pipit.browser().get(&profile_of(&ann)).expect(200).text();
    assert!(!page.contains("Kept words") && page.contains(&ann.username), "{page}");
}

#[test]
fn the_profile_is_changed_by_its_owner_alone() {
    let pipit = Pipit::start();
    let stranger = pipit.browser();
    assert_eq!(save(&stranger, &[]).status, 303);
    assert!(stranger.get(SETTINGS).header("location").starts_with("/signin"));
}

#[test]
fn a_page_tells_nothing_that_is_private() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    save(&ann, &[("timezone", "Asia/Kathmandu")]).expect(303);
    ann.write("", "A note of no time");
    for visitor in [pipit.browser(), ben] {
        let page = visitor.get(&profile_of(&ann)).expect(200).text();
        for secret in [&ann.email, "Kathmandu", &ann.address.to_string()] {
            assert!(!page.contains(secret), "{secret} stands on the page:\n{page}");
        }
    }
}

#[test]
fn somebody_else_may_follow_from_the_page() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let page = |visitor: &Browser| visitor.get(&profile_of(&ann)).expect(200).text();
    let end = format!("/follows/{}/deletion", ann.username);
    assert!(!page(&pipit.browser()).contains("action=\"/follows"));
    assert!(!page(&ann).contains("action=\"/follows") && page(&ann).contains(SETTINGS));
    assert!(page(&ben).contains("action=\"/follows\""));
    ben.post("/follows", &[("username", &ann.username)]).expect(303);
    assert!(page(&ben).contains(&end), "{}", page(&ben));
}

#[test]
fn who_has_no_picture_gets_a_drawn_one_without_script() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let visitor = pipit.browser();
    let first = visitor.get(&picture_of(&visitor, &ann)).expect(200);
    assert_eq!(first.header("content-type"), "image/svg+xml");
    assert!(first.header("cache-control").contains("immutable"));
    assert!(first.header("content-security-policy").contains("sandbox"));
    assert!(first.set_cookies().is_empty());
    let text = first.text();
    for word in ["script", "href", "url(", "foreignObject", " on"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    assert_eq!(visitor.get(&picture_of(&visitor, &ann)).body, first.body, "it stays the same");
    assert_ne!(visitor.get(&picture_of(&visitor, &ben)).body, first.body);
    let plain = visitor.get(&format!("/avatars/{}", ann.username)).expect(200);
    assert_eq!(plain.body, first.body);
    assert!(!plain.header("cache-control").contains("immutable"), "this address stays");
    visitor.get("/avatars/nobody-of-that-name").expect(404);
}

#[test]
fn an_uploaded_picture_says_nothing_of_its_place_and_has_a_new_address() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let visitor = pipit.browser();
    let drawn = picture_of(&visitor, &ann);
    let files = [upload("picture", photo_with_gps()), upload("header", photo_with_gps())];
    ann.send(Ask::upload(SETTINGS, &[("name", "Ann")], &files)).expect(303);
    let address = picture_of(&visitor, &ann);
    assert_ne!(address, drawn);
    let picture = visitor.get(&address).expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    let sources = visitor.get(&profile_of(&ann)).attributes("src");
    let media = format!("http://{}/", pipit.media_host());
    let header = sources.iter().find(|source| source.starts_with(&media)).expect("a header");
    for served in [&picture, &pipit.media(header).expect(200)] {
        assert!(served.body.starts_with(&[0xff, 0xd8]));
        for secret in [GPS_SECRET, b"Exif\0\0"] {
            assert!(!contains(&served.body, secret), "{}", String::from_utf8_lossy(secret));
        }
    }
    assert!(!visitor.get(&drawn).header("cache-control").contains("immutable"));
    let etag = picture.header("etag").to_owned();
    let again = visitor.send(Ask::get(&address).with("if-none-match", &etag)).expect(304);
    assert!(again.body.is_empty());

    save(&ann, &[("remove_picture", "1"), ("remove_header", "1")]).expect(303);
    assert_eq!(picture_of(&visitor, &ann), drawn);
    pipit.eventually(|| pipit.media(header), |answer| answer.status == 404);
}

#[test]
fn what_is_no_picture_is_refused() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
    let mut large = photo_with_gps();
    large.resize(6 << 20, 0);
    for bytes in [svg, large, b"\xff\xd8\xff broken".to_vec()] {
        let page = ann.upload(SETTINGS, &[("name", "Ann")], upload("picture", bytes)).expect(422);
        assert!(page.text().contains("id=\"picture-error\""), "{}", page.text());
    }
    assert_eq!(
        pipit.browser().get(&picture_of(&ann, &ann)).header("content-type"),
        "image/svg+xml"
    );
}

#[test]
fn a_site_that_points_back_is_marked() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let path = format!("/{}", pipit.name("home"));
    let back = format!("http://{}{}", pipit.app_host(), profile_of(&ann));
    let url = site.page(&path, "text/html", &format!("<a rel=\"me\" href=\"{back}\">Pipit</a>"));
    save(&ann, &[("site", &url)]).expect(303);
    let seen = |answer: &Answer| answer.text().contains("verified");
    pipit.eventually(|| pipit.browser().get(&profile_of(&ann)), seen);
    ann.get(SETTINGS).expect(200).expect_text("verified");
    // Another address is another claim.
    save(&ann, &[("site", "https://somebody-else.example/")]).expect(303);
    assert!(!seen(&pipit.browser().get(&profile_of(&ann))));
}

#[test]
fn times_are_those_of_the_readers_zone() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let text = pipit.name("midnight");
    let fields = [("title", ""), ("text", text.as_str()), ("published_at", "2026-01-02T23:30")];
    ann.post("/posts", &fields).expect(303);
    ann.get("/posts").expect(200).expect_text("2 Jan 2026, 23:30");
    assert!(ann.get("/posts").text().contains("data-timezone=\"\""), "the browser is asked once");

    let learn = |zone: &str| ann.post("/account/timezone", &[("timezone", zone)]);
    learn("Mars/Olympus").expect(400);
    learn("Asia/Kathmandu").expect(204);
    for page in ["/posts", "/", &profile_of(&ann)] {
        ann.get(page).expect(200).expect_text("3 Jan 2026, 05:15");
    }
    learn("Europe/Lisbon").expect(204);
    ann.get("/posts").expect(200).expect_text("3 Jan 2026, 05:15");
    save(&ann, &[("timezone", "America/New_York")]).expect(303);
    let page = ann.get("/posts").expect(200).expect_text("2 Jan 2026, 18:30").text();
    assert!(page.contains("datetime=\"2026-01-02T23:30:00Z\""), "machines read UTC:\n{page}");
    assert!(page.contains("data-timezone=\"America/New_York\""), "{page}");
    let fields = [("title", ""), ("text", "Typed"), ("published_at", "2026-01-02T19:00")];
    ann.post("/posts", &fields).expect(303);
    let page = ann.get("/posts").expect(200).expect_text("2 Jan 2026, 19:00").text();
    assert!(page.contains("datetime=\"2026-01-03T00:00:00Z\""), "{page}");
    let stranger = pipit.browser().get(&profile_of(&ann)).expect(200);
    stranger.expect_text("2 Jan 2026, 23:30");
}

mod in_memory {
    //! What only a moved clock, or another Gravatar, can show.

    use super::*;
    use std::{cell::RefCell, rc::Rc};
    use tests::Memory;

    const DAY: i64 = 86_400;
    const GRAVATAR: &str = "https://gravatar.com/avatar/";

    /// What the sweep of every minute does in so many days, looked at every five minutes.
    fn sweep(memory: &Memory, days: i64) {
        for _ in 0..days * DAY / 300 {
            memory.native.clock.advance(300);
            memory.run_jobs();
        }
    }

    fn is_marked(pipit: &Pipit, person: &Browser) -> bool {
        pipit.browser().get(&profile_of(person)).expect(200).text().contains("verified")
    }

    #[test]
    fn a_mark_goes_when_the_link_was_missed_twice_and_comes_back_with_it() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let site = Fixture::start(&pipit);
        let back = format!("<link rel=me href=\"{}\">", pipit.blog_url(&ann));
        let url = site.page("/home", "text/html", &back);
        save(&ann, &[("site", &url)]).expect(303);
        assert!(is_marked(&pipit, &ann));

        site.page("/home", "text/html", "<p>Moved");
        sweep(memory, 6);
        assert!(is_marked(&pipit, &ann), "a week has not passed");
        // Between the seventh and the eighth day it is missed once.
        sweep(memory, 1);
        memory.native.clock.advance(600);
        memory.run_jobs();
        assert!(is_marked(&pipit, &ann), "once may be an accident");
        sweep(memory, 2);
        assert!(!is_marked(&pipit, &ann));
        site.page("/home", "text/html", &back);
        sweep(memory, 8);
        assert!(is_marked(&pipit, &ann));
    }

    type Asked = Rc<RefCell<Vec<String>>>;

    /// A Gravatar that has this picture for everybody, or none.
    fn gravatar(memory: &Memory, picture: Option<Vec<u8>>) -> Asked {
        let asked = Asked::default();
        let noted = asked.clone();
        memory.native.http.answer(GRAVATAR, move |call| {
            noted.borrow_mut().push(call.url.to_string());
            assert!(call.headers.is_empty(), "nothing of anybody is sent along");
            let status = if picture.is_some() { 200 } else { 404 };
            let body = Bytes::from(picture.clone().unwrap_or_default());
            http::Response::builder().status(status).body(body).expect("a response")
        });
        asked
    }

    #[test]
    fn gravatar_is_asked_by_a_job_and_never_for_a_visitor() {
        let pipit = Pipit::with(&[("GRAVATAR", "on")]);
        let memory = pipit.memory().expect("it is in memory");
        let asked = gravatar(memory, Some(photo_with_gps()));
        let ann = pipit.sign_up("ann");
        assert_eq!(asked.borrow().len(), 1, "{asked:?}");
        let hash = domain::secret::sha256_hex(ann.email.as_bytes());
        assert_eq!(asked.borrow()[0], format!("{GRAVATAR}{hash}?s=400&d=404"));

        memory.runs_jobs.set(false);
        let visitor = pipit.browser();
        let before = memory.native.http.calls().len();
        let address = picture_of(&visitor, &ann);
        let picture = visitor.get(&address).expect(200);
        assert_eq!(picture.header("content-type"), "image/jpeg");
        assert!(!contains(&picture.body, GPS_SECRET));
        let page = visitor.get(&profile_of(&ann)).text();
        assert!(!page.contains("gravatar.com") && !page.contains(&hash), "{page}");
        assert_eq!(memory.native.http.calls().len(), before, "a visitor makes no call");

        memory.runs_jobs.set(true);
        sweep(memory, 8);
        assert_eq!(asked.borrow().len(), 2, "once a week");
        assert_eq!(picture_of(&visitor, &ann), address, "the same picture keeps its address");
    }

    #[test]
    fn an_upload_or_a_no_ends_the_asking_and_the_copy() {
        let pipit = Pipit::with(&[("GRAVATAR", "on")]);
        let memory = pipit.memory().expect("it is in memory");
        let asked = gravatar(memory, Some(photo_with_gps()));
        let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
        let visitor = pipit.browser();
        save(&ann, &[("gravatar", "")]).expect(303);
        let picture = visitor.get(&picture_of(&visitor, &ann)).expect(200);
        assert_eq!(picture.header("content-type"), "image/svg+xml");
        let fields = [("name", "Ben"), ("gravatar", "1")];
        ben.upload(SETTINGS, &fields, upload("picture", photo_with_gps())).expect(303);
        let count = asked.borrow().len();
        sweep(memory, 16);
        assert_eq!(asked.borrow().len(), count, "nobody is left to ask for");
        assert_eq!(
            memory.count("select count(*) as n from accounts where gravatar_key is not null"),
            0
        );
        save(&ann, &[]).expect(303);
        assert_eq!(asked.borrow().len(), count + 1);
    }

    #[test]
    fn who_has_no_picture_at_gravatar_gets_the_drawn_one() {
        let pipit = Pipit::with(&[("GRAVATAR", "on")]);
        let memory = pipit.memory().expect("it is in memory");
        gravatar(memory, None);
        let ann = pipit.sign_up("ann");
        let picture = pipit.browser().get(&picture_of(&ann, &ann)).expect(200);
        assert_eq!(picture.header("content-type"), "image/svg+xml");
    }
}
