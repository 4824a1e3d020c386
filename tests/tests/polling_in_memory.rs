//! Fetching feeds as the days go by, which only a moved clock can show.

use tests::{Browser, Elsewhere, Pipit};

const RSS: &str = "application/rss+xml";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn feed(items: &[&str]) -> String {
    let items: String = items
        .iter()
        .map(|title| format!("<item><guid>{title}</guid><title>{title}</title></item>"))
        .collect();
    format!("<rss><channel><title>Site</title>{items}</channel></rss>")
}

/// Lets time pass, with some of the sweeps that come every minute; those in between find nothing to do.
fn pass(pipit: &Pipit, seconds: i64) {
    let memory = pipit.memory().expect("it is in memory");
    let step = (seconds / 300).max(300);
    for _ in 0..seconds / step {
        memory.native.clock.advance(step);
        memory.run_jobs();
    }
}

fn subscribe(person: &Browser, url: &str) -> String {
    person.post("/subscriptions", &[("url", url)]).expect(303);
    person.get("/subscriptions").expect(200).text()
}

/// What the page of subscriptions says of the feed at an address, its title first.
#[track_caller]
fn words(person: &Browser, url: &str) -> String {
    let page = person.get("/subscriptions").expect(200);
    let row = page.between(&format!("href=\"{url}\" rel=\"noreferrer\">"), "</p>");
    row.unwrap_or_else(|| panic!("{url} is not on {}", page.text())).replace("</a>", "")
}

#[test]
fn a_thousand_readers_are_one_fetch() {
    let pipit = Pipit::in_memory();
    let site = Elsewhere::start(&pipit);
    let url = site.url("/arrived/a");
    for n in 0..1_000 {
        let person = pipit.sign_up(&format!("reader{n}"));
        person.post("/subscriptions", &[("url", &url)]).expect(303);
    }
    assert_eq!(site.seen("/arrived/a").len(), 1, "everybody who comes later finds it fetched");
    pass(&pipit, 2 * HOUR);
    let seen = site.seen("/arrived/a");
    assert_eq!(seen.len(), 2, "an hour later it is fetched once for all");
    let agent = seen[1].header("user-agent").expect("it says who asks");
    assert!(agent.ends_with("; 1000 subscribers)"), "{agent}");
}

#[test]
fn of_runs_at_the_same_time_one_fetches() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let paths: Vec<String> = (0..8).map(|n| format!("/feed/{n}")).collect();
    memory.runs_jobs.set(false);
    for _ in 0..5 {
        // Each of these writes a job down, so that every runner has one.
        for path in &paths {
            ann.post("/subscriptions", &[("url", &site.url(path))]).expect(303);
        }
    }
    memory.run_jobs_at_once(5);
    let asked: Vec<usize> = paths.iter().map(|path| site.seen(path).len()).collect();
    assert!(asked.contains(&1) && asked.iter().all(|count| *count <= 1), "{asked:?}");
    pass(&pipit, 1_200);
    assert!(paths.iter().all(|path| site.seen(path).len() == 1), "all of them, each once");
}

#[test]
fn a_site_whose_owner_asked_so_is_not_read() {
    let pipit = Pipit::with(&[("FEEDS_REFUSED", "site.example, other.example")]);
    let memory = pipit.memory().expect("it is in memory");
    memory.native.http.answer("", |_| http::Response::new("<rss/>".into()));
    let ann = pipit.sign_up("ann");
    for url in ["https://site.example/feed", "https://blog.other.example/"] {
        let page = ann.post("/subscriptions", &[("url", url)]).expect(422);
        assert!(page.text().contains("asked that it not be read here"), "{url}");
    }
    ann.post("/subscriptions", &[("url", "https://notsite.example/feed")]).expect(303);
    let calls = memory.native.http.calls();
    assert!(calls.iter().all(|call| !call.url.as_str().contains("/site.example")));
}

#[test]
fn validators_go_back_byte_for_byte() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let url = site.url("/validated/a");
    subscribe(&ann, &url);
    let first = words(&ann, &url);
    pass(&pipit, 2 * HOUR);
    let seen = site.seen("/validated/a");
    assert_eq!(seen[0].header("if-none-match"), None);
    assert_eq!(seen[1].header("if-none-match"), Some("\"a b;c='d'\""));
    assert_eq!(seen[1].header("if-modified-since"), Some("Sat, 21 Nov 2026 10:00:00 +0000"));
    let second = words(&ann, &url);
    for said in [&first, &second] {
        let rest = said.strip_prefix("Validated\n<p class=\"quiet small\">Last asked at ");
        assert!(rest.is_some_and(|rest| rest.contains(", again at ")), "{said}");
    }
    assert_ne!(first, second, "nothing new is nothing wrong, and a later moment");
}

#[test]
fn a_feed_is_asked_less_often_when_it_has_nothing_new() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let url = site.say("/f", 200, &[("Content-Type", RSS)], &feed(&["one"]));
    subscribe(&ann, &url);
    pass(&pipit, 10 * DAY);
    let quiet = site.seen("/f").len();
    assert!((12..=20).contains(&quiet), "in ten days it was asked {quiet} times");
    let mut titles = vec!["one".to_owned()];
    for n in 0..48 {
        titles.push(format!("n{n}"));
        let all: Vec<&str> = titles.iter().map(String::as_str).collect();
        site.say("/f", 200, &[("Content-Type", RSS)], &feed(&all));
        pass(&pipit, 2 * HOUR);
    }
    let busy = site.seen("/f").len() - quiet;
    assert!((30..=250).contains(&busy), "in four days with a post each two hours: {busy} times");
    let times = pipit.memory().expect("it is in memory").native.http.times();
    assert!(times.len() > busy);
}

#[test]
fn what_a_feed_asks_for_is_kept_to() {
    for (headers, head, wait) in [
        (&[("Content-Type", RSS), ("Cache-Control", "max-age=36000")][..], "", 10 * HOUR),
        (&[("Content-Type", RSS)], "<ttl>480</ttl>", 8 * HOUR),
        (
            &[("Content-Type", RSS)],
            "<sy:updatePeriod xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\">daily</sy:updatePeriod>",
            DAY,
        ),
    ] {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let site = Elsewhere::start(&pipit);
        let body = feed(&["one"]).replace("<item>", &format!("{head}<item>"));
        subscribe(&ann, &site.say("/f", 200, headers, &body));
        pass(&pipit, wait - 600);
        assert_eq!(site.seen("/f").len(), 1, "{head}");
        pass(&pipit, wait / 10 + 1200);
        assert_eq!(site.seen("/f").len(), 2, "{head}");
    }
}

#[test]
fn a_permanent_redirect_is_believed_after_three_times_a_day_apart() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let old = site.url("/moved/a");
    let new = site.url("/arrived/a");
    let page = subscribe(&ann, &old);
    assert!(page.contains(">Arrived</a>"), "it is followed at once");
    let said = format!("It says that it has moved to {new}, which we note when it has said so");
    assert!(words(&ann, &old).contains(&said), "{}", words(&ann, &old));
    pass(&pipit, 20 * HOUR);
    assert!(site.seen("/moved/a").len() >= 3, "three times, but not a day yet");
    assert!(ann.get("/subscriptions").expect(200).text().contains(&old));
    pass(&pipit, 40 * HOUR);
    assert!(!words(&ann, &new).contains("moved"), "that is its address now");
    assert!(!ann.get("/subscriptions").expect(200).text().contains(&old));
    let asked = site.seen("/moved/a").len();
    pass(&pipit, 3 * DAY);
    assert_eq!(site.seen("/moved/a").len(), asked, "the old address is asked no more");

    let ben = pipit.sign_up("ben");
    let page = subscribe(&ben, &old);
    assert!(page.contains(&new), "whoever types the old address gets the feed:\n{page}");
    let memory = pipit.memory().expect("it is in memory");
    assert_eq!(memory.count("select count(*) as n from feeds"), 1);
}

#[test]
fn two_feeds_that_become_one_keep_the_readers_of_both() {
    let pipit = Pipit::in_memory();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let site = Elsewhere::start(&pipit);
    subscribe(&ann, &site.url("/moved/a"));
    subscribe(&ben, &site.url("/arrived/a"));
    for person in [&ann, &ben] {
        person.get("/").expect(200).expect_text("Arrived 0");
    }
    pass(&pipit, 60 * HOUR);
    let memory = pipit.memory().expect("it is in memory");
    assert_eq!(memory.count("select count(*) as n from feeds"), 1);
    for person in [&ann, &ben] {
        person.get("/").expect(200).expect_text("Arrived 0");
        person.get("/subscriptions").expect(200).expect_text(&site.url("/arrived/a"));
    }
    assert_eq!(memory.count("select subscribers as n from feeds"), 2);
    assert_eq!(memory.count("select count(*) as n from entries"), 1);
}

#[test]
fn a_redirect_for_now_is_followed_and_never_remembered() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let url = site.url("/found/a");
    subscribe(&ann, &url);
    pass(&pipit, 4 * DAY);
    ann.get("/subscriptions").expect(200).expect_text(&url);
}

#[test]
fn what_is_gone_or_private_is_asked_once_and_again_when_its_reader_says_so() {
    for (path, words) in [("/gone/a", "gone for good"), ("/private/a", "asks for a password")] {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let site = Elsewhere::start(&pipit);
        let page = subscribe(&ann, &site.url(path));
        assert!(page.contains(words) && page.contains("It is not asked for any more."), "{page}");
        assert!(page.contains("No longer asked for, because"), "{page}");
        pass(&pipit, 20 * DAY);
        assert_eq!(site.seen(path).len(), 1);
        let id = page.split("/refresh\"").next().and_then(|before| before.rsplit('/').next());
        ann.post(&format!("/subscriptions/{}/refresh", id.expect("a button")), &[]).expect(303);
        assert_eq!(site.seen(path).len(), 2);
    }
}

#[test]
fn what_is_missing_is_asked_ever_less_and_given_up_after_a_month() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    subscribe(&ann, &site.url("/nothing/a"));
    pass(&pipit, DAY);
    assert!((4..=6).contains(&site.seen("/nothing/a").len()));
    for _ in 0..4 {
        pass(&pipit, 8 * DAY);
        ann.get("/subscriptions").expect(200);
    }
    let asked = site.seen("/nothing/a").len();
    assert!((30..=40).contains(&asked), "{asked}");
    let page = ann.get("/subscriptions").expect(200).text();
    assert!(page.contains("It is not asked for any more."), "{page}");
    pass(&pipit, 20 * DAY);
    assert_eq!(site.seen("/nothing/a").len(), asked);
}

#[test]
fn a_busy_host_is_left_alone_with_all_its_feeds() {
    for path in ["/busy/a", "/busy-until/a"] {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let site = Elsewhere::start(&pipit);
        subscribe(&ann, &site.url(path));
        subscribe(&ann, &site.url("/arrived/a"));
        let said = words(&ann, &site.url(path));
        assert!(said.contains("Its site is busy and asks for patience. Last asked at "), "{said}");
        let now = pipit.memory().expect("it is in memory").native.clock.now().timestamp();
        let in_two_hours = domain::datetime::human(now + 2 * HOUR, "en");
        assert!(
            path != "/busy/a" || said.ends_with(&format!(", again at {in_two_hours}")),
            "{said}"
        );
        let said = words(&ann, &site.url("/arrived/a"));
        assert!(said.contains("Its site wants to be left alone. It is asked at "), "{said}");
        // The second one is a date by the clock of the other machine; ours stands elsewhere.
        let wait = if path == "/busy/a" { 2 * HOUR - 600 } else { 0 };
        pass(&pipit, wait);
        assert_eq!((site.seen(path).len(), site.seen("/arrived/a").len()), (1, 0));
    }
}

#[test]
fn nobody_makes_a_feed_be_asked_more_often_than_each_quarter_of_an_hour() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let page = subscribe(&ann, &site.url("/arrived/a"));
    let id = page.split("/refresh\"").next().and_then(|before| before.rsplit('/').next());
    let path = format!("/subscriptions/{}/refresh", id.expect("a button"));
    for _ in 0..5 {
        ann.post(&path, &[]).expect(303);
    }
    pass(&pipit, 600);
    assert_eq!(site.seen("/arrived/a").len(), 1);
    pass(&pipit, 600);
    assert_eq!(site.seen("/arrived/a").len(), 2);
}

#[test]
fn a_host_is_asked_once_a_second_at_most() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    memory.runs_jobs.set(false);
    for n in 0..30 {
        ann.post("/subscriptions", &[("url", &site.url(&format!("/feed/{n}")))]).expect(303);
    }
    pass(&pipit, 2 * HOUR);
    let (calls, times) = (memory.native.http.calls(), memory.native.http.times());
    let mut at: Vec<i64> = calls
        .iter()
        .zip(times)
        .filter_map(|(call, at)| call.url.path().starts_with("/feed/").then_some(at))
        .collect();
    assert!(at.len() >= 30, "all were fetched: {}", at.len());
    at.sort_unstable();
    assert!(at.windows(2).all(|two| two[1] - two[0] >= 1000), "{at:?}");
}

#[test]
fn an_edit_counts_for_a_day() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let headers = [("Content-Type", RSS)];
    let titled = |title: &str| feed(&["a"]).replace("<title>a<", &format!("<title>{title}<"));
    subscribe(&ann, &site.say("/f", 200, &headers, &titled("First words")));
    site.say("/f", 200, &headers, &titled("Second words"));
    pass(&pipit, 3 * HOUR);
    ann.get("/").expect(200).expect_text("Second words");
    pass(&pipit, 30 * HOUR);
    site.say("/f", 200, &headers, &titled("Third words"));
    pass(&pipit, 30 * HOUR);
    ann.get("/").expect(200).expect_text("Second words");
}

#[test]
fn a_page_without_a_feed_is_read_by_its_marks_and_a_feed_that_became_a_page_is_not() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let html = [("Content-Type", "text/html")];
    let page = |words: &str| {
        let entry =
            format!("<p class=p-name>{words}</p><a class=u-url href=/{}>#</a>", words.len());
        format!("<!doctype html><title>x</title><article class=h-entry>{entry}</article>")
    };
    let url = site.say("/p", 200, &html, &page("One"));
    let feed = site.say("/f", 200, &[("Content-Type", RSS)], &feed(&["In a feed"]));
    subscribe(&ann, &url);
    subscribe(&ann, &feed);
    ann.get("/").expect(200).expect_text("One").expect_text("In a feed");
    site.say("/p", 200, &html, &page("Another one"));
    site.say("/f", 200, &html, &page("No feed"));
    pass(&pipit, 3 * HOUR);
    let timeline = ann.get("/").expect(200).expect_text("One").expect_text("Another one");
    assert!(!timeline.text().contains("No feed"));
    assert!(words(&ann, &feed).contains("That is a web page that names no feed."));
    site.say("/p", 200, &html, "<!doctype html><title>x</title><p>Closed");
    pass(&pipit, 6 * HOUR);
    assert!(words(&ann, &url).contains("That is a web page that names no feed."));
    assert!(words(&ann, &url).contains(", again at "), "it may come back");
}

#[test]
fn of_a_hundred_thousand_items_the_newest_two_hundred_are_kept() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let site = Elsewhere::start(&pipit);
    let page = subscribe(&ann, &site.url("/many/a"));
    assert!(page.contains(">Many</a>"), "{page}");
    assert_eq!(memory.count("select count(*) as n from entries"), 200);
}
