//! The hub of hosted blogs' feeds: WebSub and rssCloud, as subscribers meet them.

#[path = "hub/cloud.rs"]
mod cloud;
#[path = "hub/in_memory.rs"]
mod in_memory;

use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;
use tests::{Browser, Called, Manner, Pipit, Program, Subscriber};

const TEN_DAYS: &str = "864000";
const FEEDS: [&str; 3] = ["/feed.xml", "/atom.xml", "/feed.json"];

/// Whether a delivery is signed with this secret, by a computation that is not Pipit's.
fn is_signed(called: &Called, secret: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key is one");
    mac.update(called.body.as_bytes());
    let digits: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    called.header("x-hub-signature") == format!("sha256={digits}")
}

/// Whether a delivery is the feed as a visitor gets it now.
#[track_caller]
fn is_the_feed(pipit: &Pipit, person: &Browser, path: &str, called: &Called) {
    let same = |answer: &tests::Answer| answer.text() == called.body;
    let feed = pipit.eventually(|| pipit.blog(person).get(path).expect(200), same);
    assert_eq!(called.header("content-type"), feed.header("content-type"), "{path}");
    let hub = format!("<http://{}/hub>; rel=\"hub\"", pipit.app_host());
    let own = format!("<{}{path}>; rel=\"self\"", pipit.blog_url(person));
    assert_eq!(called.header("link"), format!("{hub}, {own}"));
    for link in [hub, own] {
        assert!(feed.header("link").contains(&link), "{}", feed.header("link"));
    }
}

#[test]
fn a_subscriber_is_asked_first_and_gets_what_visitors_get() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let url = pipit.blog_url(&ann);
    let (short, long) = ("a secret", "ä".repeat(99));
    for (name, path, secret) in
        [("rss", FEEDS[0], short), ("atom", FEEDS[1], long.as_str()), ("json", FEEDS[2], "")]
    {
        let topic = format!("{url}{path}");
        let asked = reader.subscribe(&pipit, &topic, name, &[("hub.secret", secret), ("x.y", "z")]);
        assert!(asked.query.starts_with("for=%C3%A4nn&hub.mode=subscribe&"), "{}", asked.query);
        assert_eq!(asked.value("hub.topic"), topic);
        assert_eq!(asked.value("hub.lease_seconds"), TEN_DAYS);
        assert!(asked.value("hub.challenge").len() > 20, "{}", asked.query);
        assert!(reader.got(name).is_empty(), "nothing is new yet");
    }
    let post = ann.write("Grüße", "Hello <b>there</b> ]]>");
    for (name, path) in ["rss", "atom", "json"].into_iter().zip(FEEDS) {
        let called = reader.wait_for(&pipit, name, 1);
        assert!(called.body.contains(&post.path), "{}", called.body);
        assert_eq!(called.query, "for=%C3%A4nn", "the query of the callback and nothing else");
        is_the_feed(&pipit, &ann, path, &called);
    }
    assert!(is_signed(&reader.got("rss")[0], short));
    assert!(is_signed(&reader.got("atom")[0], &long));
    assert_eq!(reader.got("json")[0].header("x-hub-signature"), "");
}

#[test]
fn without_a_yes_nothing_is_delivered() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let topic = format!("{}/feed.xml", pipit.blog_url(&ann));
    let rude = [
        ("wrong", 200, "another"),
        ("silent", 200, ""),
        ("missing", 404, ""),
        ("broken", 500, ""),
        ("moved", 302, ""),
    ];
    for (name, status, body) in rude {
        let verification = Some((status, body));
        reader.answers(name, Manner { verification, ..Manner::default() });
        reader.subscribe(&pipit, &topic, name, &[]);
    }
    reader.subscribe(&pipit, &topic, "willing", &[]);
    ann.write("", "Something");
    reader.wait_for(&pipit, "willing", 1);
    for (name, ..) in rude {
        assert_eq!((reader.asked(name).len(), reader.got(name).len()), (1, 0), "{name}");
    }
}

#[test]
fn a_request_that_is_none_is_refused_in_plain_words() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let topic = &format!("{}/feed.xml", pipit.blog_url(&ann));
    let callback = &reader.callback("a");
    let port = topic.rsplit(':').next().unwrap_or_default().split('/').next().unwrap_or_default();
    let elsewhere = format!("http://nobody-{}.blogs.localhost:{port}/feed.xml", ann.username);
    let tls = topic.replace("http://", "https://");
    let page = format!("{}/about", pipit.blog_url(&ann));
    let older = format!("{}/before/1-179535630000012345/feed.xml", pipit.blog_url(&ann));
    let query = format!("{topic}?a=b");
    let app = format!("http://{}/feed.xml", pipit.app_host());
    let own = format!("http://{}/hub", pipit.app_host());
    let long = "s".repeat(200);
    let cases: &[(&str, &str, &str, &[(&str, &str)], &str)] = &[
        ("", topic, callback, &[], "hub.mode"),
        ("publish", topic, callback, &[], "hub.mode"),
        ("subscribe", "", callback, &[], "hub.topic"),
        ("subscribe", "feed", callback, &[], "hub.topic"),
        ("subscribe", "https://example.com/feed.xml", callback, &[], "hub.topic"),
        ("subscribe", &elsewhere, callback, &[], "hub.topic"),
        ("subscribe", &tls, callback, &[], "hub.topic"),
        ("subscribe", &page, callback, &[], "hub.topic"),
        ("subscribe", &older, callback, &[], "hub.topic"),
        ("subscribe", &query, callback, &[], "hub.topic"),
        ("subscribe", &app, callback, &[], "hub.topic"),
        ("unsubscribe", &page, callback, &[], "hub.topic"),
        ("subscribe", topic, "", &[], "hub.callback"),
        ("subscribe", topic, "/called", &[], "hub.callback"),
        ("subscribe", topic, "ftp://example.com/", &[], "Only http and https"),
        ("subscribe", topic, "http://127.0.0.1/", &[], "a name, not a number"),
        ("subscribe", topic, "http://2130706433/", &[], "a name, not a number"),
        ("subscribe", topic, "http://[::1]/", &[], "a name, not a number"),
        ("subscribe", topic, "http://169.254.169.254/latest", &[], "a name, not a number"),
        ("subscribe", topic, "http://localhost/", &[], "not on the public Internet"),
        ("subscribe", topic, "https://db.internal/", &[], "not on the public Internet"),
        ("subscribe", topic, "https://10.0.0.1.nip.io/", &[], "bare address"),
        ("subscribe", topic, "https://example.com:22/", &[], "ports 80 and 443"),
        ("subscribe", topic, "https://a:b@example.com/", &[], "user name or password"),
        ("unsubscribe", topic, "http://127.0.0.1/", &[], "a name, not a number"),
        ("subscribe", topic, &own, &[], "hub.callback"),
        ("subscribe", topic, callback, &[("hub.lease_seconds", "0")], "hub.lease_seconds"),
        ("subscribe", topic, callback, &[("hub.lease_seconds", "-5")], "hub.lease_seconds"),
        ("subscribe", topic, callback, &[("hub.lease_seconds", "forever")], "hub.lease_seconds"),
        ("subscribe", topic, callback, &[("hub.secret", &long)], "hub.secret"),
    ];
    for (mode, topic, callback, more, words) in cases {
        let mut fields =
            vec![("hub.mode", *mode), ("hub.topic", topic), ("hub.callback", callback)];
        fields.extend(*more);
        let answer = pipit.program(tests::Ask::form("/hub", &fields)).expect(400);
        assert!(answer.text().contains(words), "{mode} {topic} {callback}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    }
    let json = tests::Ask::body("/hub", "application/json", "{\"hub.mode\":\"subscribe\"}");
    pipit.program(json).expect(415);
    let large = tests::Ask::form("/hub", &[("hub.mode", &"x".repeat(20_000))]);
    pipit.program(large).expect(413);
    pipit.browser().get("/hub").expect(405);
    assert!(reader.asked("a").is_empty());
}

#[test]
fn a_subscription_ends_when_its_callback_wants_it() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let topic = format!("{}/feed.xml", pipit.blog_url(&ann));
    for name in ["stays", "attacked", "goes"] {
        reader.subscribe(&pipit, &topic, name, &[]);
    }
    let end = |name: &str| {
        reader
            .ask(&pipit, "unsubscribe", &topic, name, &[("hub.lease_seconds", "nonsense")])
            .expect(202);
        pipit.eventually(|| pipit.browser().get("/healthz"), |_| reader.asked(name).len() > 1);
        let asked = reader.asked(name).remove(1);
        assert_eq!(asked.value("hub.mode"), "unsubscribe");
        assert_eq!(asked.value("hub.topic"), topic);
    };
    end("goes");
    // Somebody else asked in its name.
    reader.answers("attacked", Manner { verification: Some((404, "")), ..Manner::default() });
    end("attacked");
    ann.write("", "Something");
    reader.wait_for(&pipit, "stays", 1);
    reader.wait_for(&pipit, "attacked", 1);
    assert!(reader.got("goes").is_empty());
}

#[test]
fn each_feed_is_delivered_when_it_changes_and_is_denied_where_there_is_none() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let app = Program::of(&pipit, &ann, &["create"]);
    let write = |properties| {
        app.json("/micropub", &json!({ "type": ["h-entry"], "properties": properties }))
            .expect(201);
    };
    write(json!({ "content": ["Earl Grey"], "category": ["Grüner Tee"] }));
    let url = pipit.blog_url(&ann);
    let tea = "/categories/gr%C3%BCner-tee/feed.xml";
    let feeds = [
        ("all", "/feed.xml"),
        ("alias", "/rss"),
        ("tea", tea),
        ("photos", "/photos/index.json"),
        ("replies", "/replies.json"),
        ("archive", "/archive/index.json"),
    ];
    for (name, path) in feeds {
        reader.subscribe(&pipit, &format!("{url}{path}"), name, &[]);
    }
    let none = format!("{url}/categories/coffee/feed.xml");
    let denied = reader.subscribe(&pipit, &none, "coffee", &[]);
    assert_eq!(denied.value("hub.mode"), "denied");
    assert_eq!(denied.value("hub.topic"), none);
    assert!(!denied.value("hub.reason").is_empty() && denied.value("hub.challenge").is_empty());

    write(json!({ "content": ["Yes"], "in-reply-to": ["https://others.example/1"] }));
    for (name, path) in
        [("all", "/feed.xml"), ("replies", "/replies.json"), ("archive", "/archive/index.json")]
    {
        is_the_feed(&pipit, &ann, path, &reader.wait_for(&pipit, name, 1));
    }
    is_the_feed(&pipit, &ann, "/feed.xml", &reader.wait_for(&pipit, "alias", 1));
    assert_eq!(
        (reader.got("tea").len(), reader.got("photos").len()),
        (0, 0),
        "nothing new is there"
    );
}
