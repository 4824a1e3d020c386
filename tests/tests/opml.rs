//! Lists of feeds: brought along from another reader, and taken away again.

use std::collections::BTreeSet;
use tests::{Answer, Ask, Browser, Pipit, Upload};

fn list(outlines: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title>x</title></head><body>{outlines}</body></opml>"
    )
}

#[track_caller]
fn bring(person: &Browser, text: &str) -> Answer {
    let file = Upload { field: "file", file_name: "feeds.opml", bytes: text.as_bytes().to_vec() };
    person.send(Ask::upload("/subscriptions/import", &[], &[file]))
}

/// Brings a list in and waits until all of it is there; the last page of its progress.
#[track_caller]
fn bring_all(pipit: &Pipit, person: &Browser, text: &str) -> Answer {
    let page = bring(person, text).expect(303).header("location").to_owned();
    pipit.eventually(|| person.get(&page), |answer| answer.text().contains("feeds are in. Their"))
}

/// Names, addresses and sites of a list, in no order.
fn content(opml: &str) -> BTreeSet<(String, String, String)> {
    let value = |outline: &str, name: &str| {
        let rest = outline.split_once(&format!(" {name}=\"")).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let outlines = opml.split("<outline ").skip(1).map(|outline| format!(" {outline}"));
    outlines
        .map(|one| (value(&one, "text"), value(&one, "xmlUrl"), value(&one, "htmlUrl")))
        .collect()
}

#[test]
fn five_hundred_feeds_come_in_and_go_out_the_same() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let name = pipit.name("site");
    // Each is fetched from a name that does not exist; on a runtime the other tests wait for that.
    let count = if pipit.memory().is_some() { 500 } else { 60 };
    let outlines: String = (0..count)
        .map(|n| {
            format!(
                "<outline type=\"rss\" text=\"Site &amp; {n}\" xmlUrl=\"https://{name}{n}.example/feed?a=1&amp;b=2\" \
                 htmlUrl=\"https://{name}{n}.example/\"/>"
            )
        })
        .collect();
    let given = list(&outlines);
    let page = bring_all(&pipit, &ann, &given).expect(200);
    assert!(page.text().contains(&format!("All {count} feeds are in")), "{}", page.text());
    let out = ann.get("/subscriptions.opml").expect(200);
    assert!(out.header("content-type").starts_with("text/x-opml"));
    assert_eq!(content(&out.text()), content(&given));

    let ben = pipit.sign_up("ben");
    bring_all(&pipit, &ben, &out.text());
    assert_eq!(content(&ben.get("/subscriptions.opml").expect(200).text()), content(&given));
}

#[test]
fn what_may_not_be_read_is_left_out_with_the_reason() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let name = pipit.name("site");
    let given = list(&format!(
        "<outline text=\"Folder\"><outline text=\"Good\" xmlUrl=\"https://{name}.example/feed\"/></outline>\
         <outline text=\"Private one\" xmlUrl=\"https://ann:hunter2@{name}.example/feed\"/>\
         <outline text=\"Inside\" xmlUrl=\"http://127.0.0.1/feed\"/>\
         <outline text=\"Ben\" xmlUrl=\"{}/feed.xml\"/>",
        pipit.blog_url(&ben)
    ));
    let page = bring_all(&pipit, &ann, &given).text();
    assert!(
        page.contains("Left out: 2") && page.contains("Private one") && page.contains("Inside"),
        "{page}"
    );
    assert!(page.contains("Only public feeds can be followed here."), "{page}");
    let subscriptions = ann.get("/subscriptions").expect(200).text();
    assert!(
        subscriptions.contains("Good") && !subscriptions.contains("hunter2"),
        "{subscriptions}"
    );
    assert!(
        subscriptions.contains(&format!("/follows/{}/deletion", ben.username)),
        "people here are followed"
    );
    let out = ann.get("/subscriptions.opml").expect(200).text();
    assert!(out.contains(&format!("{}/feed.xml", pipit.blog_url(&ben))), "{out}");
    if let Some(memory) = pipit.memory() {
        assert!(!memory.everything_stored().contains("hunter2"), "a key of somebody's is not kept");
    }
}

#[test]
fn what_is_no_list_is_refused_with_words() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for text in ["hello", "<rss/>", "<opml><body/></opml>", "\u{0}"] {
        let page = bring(&ann, text).expect(422).text();
        assert!(page.contains("role=\"alert\""), "{text}: {page}");
    }
    ann.post("/subscriptions/import", &[]).expect(422);
}

#[test]
fn a_list_is_its_persons_alone() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let page = bring(&ann, &list("<outline text=\"A\" xmlUrl=\"https://site.example/f\"/>"));
    let page = page.expect(303).header("location").to_owned();
    ben.get(&page).expect(404);
    pipit.browser().get("/subscriptions.opml").expect(303);
}
