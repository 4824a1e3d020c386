//! Fetching feeds from a server that does not mean well, or does not know better: each to its bar, and
//! in words on the page of subscriptions.

use std::time::{Duration, Instant};
use tests::{Answer, Browser, Elsewhere, Pipit};

/// What the page says of the feed at an address.
fn state_of(page: &Answer, url: &str) -> String {
    let text = page.text();
    let row = text.split("<li ").find(|row| row.contains(&format!("href=\"{url}\"")));
    let row = row.unwrap_or_default().split("</li>").next().unwrap_or_default();
    let state = row.split("<p class=\"quiet small\">").nth(1).unwrap_or_default();
    state.split("</p>").next().unwrap_or_default().to_owned()
}

/// Subscribes and waits, at most so many seconds, until the page says this of it.
#[track_caller]
fn comes_to(person: &Browser, url: &str, seconds: u64, words: &str) -> Answer {
    person.post("/subscriptions", &[("url", url)]).expect(303);
    let began = Instant::now();
    loop {
        let page = person.get("/subscriptions").expect(200);
        let state = state_of(&page, url);
        if state.contains(words) {
            return page;
        }
        let is_late = began.elapsed() > Duration::from_secs(seconds);
        assert!(!is_late, "{url} came to “{state}” and not to “{words}”");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What the fixture answers at a path of its own, and what the page says of it.
const ANSWERS: [(&str, &str); 13] = [
    ("/validated", "Last asked at"),
    ("/moved", "Last asked at"),
    ("/found", "Last asked at"),
    ("/packed", "Last asked at"),
    ("/charset", "Last asked at"),
    ("/latin", "Last asked at"),
    ("/marked", "Last asked at"),
    ("/gone", "It is gone for good, says its site. It is not asked for any more."),
    ("/private", "It asks for a password. Only public feeds can be followed here."),
    ("/broken", "Its site answered with the status 500."),
    ("/loop", "It redirects too many times."),
    ("/inside", "Only the ports 80 and 443 can be fetched."),
    ("/nothing", "There is nothing at this address at the moment."),
];

#[test]
fn each_answer_is_told_in_words() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    // Unpacking is the platform's or the host's; in memory there is neither.
    let is_meant = |path: &str| path != "/packed" || pipit.memory().is_none();
    for (path, words) in ANSWERS.into_iter().filter(|(path, _)| is_meant(path)) {
        let path = format!("{path}/{}", pipit.name("a"));
        comes_to(&ann, &site.url(&path), 12, words);
        let most = if path.starts_with("/loop") { 6 } else { 1 };
        assert_eq!(site.seen(&path).len(), most, "{path} is asked for no more than it must be");
    }
    assert_eq!(site.seen("/secret").len(), 0, "a redirect leads to no place inside");
    let page = ann.get("/subscriptions").expect(200).text();
    for title in ["Validated", "Arrived", "Packed", "Café Мир", "Café “x”", "Marked"] {
        assert!(
            !is_meant(&format!("/{}", title.to_lowercase()))
                || page.contains(&format!(">{title}</a>")),
            "{title} is read:\n{page}"
        );
    }
}

#[test]
fn a_request_says_who_asks_and_nothing_of_a_visitor() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let path = format!("/arrived/{}", pipit.name("a"));
    comes_to(&ann, &site.url(&path), 12, "Last asked at");
    let seen = site.seen(&path);
    let agent = seen[0].header("user-agent").expect("it says who asks");
    assert!(agent.starts_with("Pipit/") && agent.ends_with("; 1 subscriber)"), "{agent}");
    assert!(agent.contains("/developers; feed "), "{agent}");
    for name in [
        "cookie",
        "referer",
        "x-forwarded-for",
        "cf-connecting-ip",
        "spin-client-addr",
        "authorization",
    ] {
        assert_eq!(seen[0].header(name), None, "{name}");
    }
}

#[test]
fn a_busy_site_is_left_alone_as_long_as_it_asks() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let path = format!("/busy/{}", pipit.name("a"));
    let busy = "Its site is busy and asks for patience.";
    // On a runtime the tests share this host: a hold of it would hold up the others.
    if pipit.memory().is_some() {
        comes_to(&ann, &site.url(&path), 12, busy);
        assert_eq!(site.seen(&path).len(), 1);
        let other = site.url("/arrived/b");
        ann.post("/subscriptions", &[("url", &other)]).expect(303);
        let page = ann.get("/subscriptions").expect(200);
        assert_eq!(site.seen("/arrived/b").len(), 0, "its host is left alone too");
        assert!(state_of(&page, &other).contains("Its site wants to be left alone"));
    }
}

#[test]
fn a_page_leads_to_its_feed_and_several_are_a_choice() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let one = site.url(&format!("/site/{}", pipit.name("one")));
    ann.post("/subscriptions", &[("url", &one)]).expect(303);
    let feed = site.url("/feed/a");
    pipit.eventually(
        || ann.get("/subscriptions"),
        |page| state_of(page, &feed).contains("Last asked"),
    );

    let ben = pipit.sign_up("ben");
    let several = site.url(&format!("/site/{}/several", pipit.name("two")));
    let page =
        comes_to(&ben, &several, 12, "That site has several feeds. Choose the one that you want.");
    let text = page.text();
    let id = text.split("/choice\"").next().and_then(|before| before.rsplit('/').next());
    let id = id.expect("there is a form").to_owned();
    assert!(text.contains("Comments"), "{text}");
    ben.post(&format!("/subscriptions/{id}/choice"), &[("url", "http://site.example/")])
        .expect(400);
    let chosen = site.url("/feed/b");
    ben.post(&format!("/subscriptions/{id}/choice"), &[("url", &chosen)]).expect(303);
    let page = pipit.eventually(
        || ben.get("/subscriptions"),
        |page| state_of(page, &chosen).contains("Last asked"),
    );
    assert!(!page.text().contains(&several), "the page itself is read no more");
}

#[test]
fn somebody_here_is_followed_by_name_blog_or_profile() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    ann.post("/subscriptions", &[("url", &format!("@{}", ben.username))]).expect(303);
    ann.get("/subscriptions")
        .expect(200)
        .expect_text(&format!("/follows/{}/deletion", ben.username));
    ann.post(&format!("/follows/{}/deletion", ben.username), &[]).expect(303);
    ann.post("/subscriptions", &[("url", &pipit.blog_url(&ben))]).expect(303);
    ann.get("/subscriptions")
        .expect(200)
        .expect_text(&format!("/follows/{}/deletion", ben.username));
    ann.post("/subscriptions", &[("url", "@nobody-of-that-name")]).expect(422);
}

/// What only a runtime does: its own lines, clocks and decompression.
#[test]
fn what_drips_never_ends_or_explodes_is_cut_off() {
    let pipit = Pipit::start();
    if pipit.memory().is_some() {
        return;
    }
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let path = |start: &str| format!("{start}/{}", pipit.name("a"));
    let too_large = "It is larger than 5 megabytes, or packed like a trap.";
    for start in ["/endless", "/bomb"] {
        comes_to(&ann, &site.url(&path(start)), 30, too_large);
    }
    let many = path("/many");
    comes_to(&ann, &site.url(&many), 30, "Last asked at");
    for (start, most) in [("/slow-head", 17), ("/slow-drip", 27)] {
        let url = site.url(&path(start));
        let began = Instant::now();
        let page = comes_to(&ann, &url, most, " again at ");
        let words = state_of(&page, &url);
        assert!(words.contains("too long") || words.contains("no answer in time"), "{words}");
        assert!(began.elapsed() > Duration::from_secs(most / 2), "it was given its time");
    }
}
