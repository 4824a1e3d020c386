//! Reading: feeds from elsewhere, people from here, one timeline.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};
use tests::{Answer, Browser, Fixture, Pipit};

const RSS: &str = "application/rss+xml";
/// Less than a feed may take, which is 20 seconds.
const PATIENCE: Duration = Duration::from_secs(15);

fn rss(title: &str, items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>{title}</title>\
         <link>https://site.example/</link><description>x</description>{items}</channel></rss>"
    )
}

fn item(guid: &str, title: &str, html: &str) -> String {
    format!(
        "<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title>\
         <link>https://site.example/{guid}</link><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>\
         <description><![CDATA[{html}]]></description></item>"
    )
}

#[track_caller]
fn on_timeline(pipit: &Pipit, person: &Browser, text: &str) -> Answer {
    pipit.eventually(|| person.get("/"), |answer| answer.text().contains(text))
}

#[test]
fn the_entries_of_a_feed_arrive_on_the_timeline() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let name = pipit.name("garden");
    let html = "<p>Seeds for <b>winter</b></p><script>alert(1)</script><img src=\"http://tracker.example/p.gif\">";
    let feed = rss(&format!("The {name}"), &item("one", "In the garden", html));
    let url = site.page(&format!("/{name}.xml"), RSS, &feed);
    ann.post("/subscriptions", &[("url", &url)]).expect(303);

    let page = on_timeline(&pipit, &ann, "In the garden").text();
    assert!(page.contains("Seeds for <b>winter</b>"), "{page}");
    assert!(page.contains(&format!("The {name}")), "{page}");
    assert!(!page.contains("alert(1)"), "{page}");
    assert!(
        !page.contains("src=\"http://tracker.example"),
        "a reader is not told to others:\n{page}"
    );
    ann.get("/subscriptions").expect(200).expect_text(&format!("The {name}"));
    let profile = pipit.browser().get(&format!("/@{}", ann.username)).expect(200).text();
    assert!(profile.contains(&format!("The {name}")), "what one reads is public: {profile}");
    let stranger = pipit.sign_up("stranger");
    assert!(!stranger.get("/").expect(200).text().contains("In the garden"));
}

/// The end of the path of the form that removes the only subscription.
#[track_caller]
fn removal(page: &Answer) -> String {
    let text = page.text();
    let before = text.split("/deletion\">").next().unwrap_or_default();
    let id = before.rsplit("/subscriptions/").next().unwrap_or_default();
    assert!(id.len() < 30, "a form that removes it:\n{text}");
    format!("{id}/deletion")
}

#[test]
fn no_mail_waits_for_a_feed_that_does_not_answer() {
    // In memory there is one thread, which would wait for the feed itself.
    let Some(pipit) = Pipit::remote() else { return };
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let path = format!("/{}.xml", pipit.name("slow"));
    let url = site.page(&path, RSS, "never seen");
    let (asked, is_asked) = mpsc::channel();
    let (answer, may_answer) = mpsc::channel::<()>();
    site.program(move |request| {
        (request.path == path).then(|| {
            let _ = asked.send(());
            let _ = may_answer.recv_timeout(PATIENCE);
            (503, "{}".to_owned())
        })
    });
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    is_asked.recv_timeout(PATIENCE).expect("the feed is asked for");

    let began = Instant::now();
    let bob = pipit.sign_up("bob");
    assert!(bob.is_signed_in());
    assert!(began.elapsed() < PATIENCE, "the mail waited for the feed: {:?}", began.elapsed());
    let _ = answer.send(());
}

#[test]
fn a_subscription_ends_with_its_entries() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let name = pipit.name("short");
    let url =
        site.page(&format!("/{name}.xml"), RSS, &rss(&name, &item("one", "Goodbye then", "x")));
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    on_timeline(&pipit, &ann, "Goodbye then");
    let page = ann.get("/subscriptions").expect(200);
    assert_eq!(page.text().matches("/deletion\">").count(), 1, "twice is once:\n{}", page.text());
    let action = removal(&page);
    ann.post(&format!("/subscriptions/{action}"), &[]).expect(303);
    assert!(!ann.get("/").expect(200).text().contains("Goodbye then"));
    assert!(!ann.get("/subscriptions").expect(200).text().contains(&url));
}

#[test]
fn a_subscription_is_ended_by_its_owner_alone() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let site = Fixture::start(&pipit);
    let name = pipit.name("mine");
    let url = site.page(&format!("/{name}.xml"), RSS, &rss(&name, &item("one", "Still mine", "x")));
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    on_timeline(&pipit, &ann, "Still mine");
    let page = ann.get("/subscriptions").expect(200);
    let action = removal(&page);
    ben.post(&format!("/subscriptions/{action}"), &[]);
    on_timeline(&pipit, &ann, "Still mine");
}

#[test]
fn addresses_that_must_not_be_reached_are_refused_with_words() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for url in [
        "http://127.0.0.1/feed",
        "http://localhost/feed",
        "http://10.0.0.1/feed",
        "http://[::1]/feed",
        "http://2130706433/feed",
        "http://169.254.169.254/latest/meta-data",
        "http://intranet/feed",
        "http://site.example:22/feed",
        "file:///etc/passwd",
        "gopher://site.example/feed",
        "https://ann:secret@site.example/feed",
        "https://site.example/feed?token=secret",
        &pipit.blog_url(&ann),
        "",
    ] {
        let page = ann.post("/subscriptions", &[("url", url)]);
        assert_eq!(page.status, 422, "{url}: {}", page.text());
        let words = page.between("role=\"alert\">", "</p>").unwrap_or_default();
        assert!(words.len() > 15, "{url} is refused without words: {words:?}");
    }
    if let Some(memory) = pipit.memory() {
        let reached =
            memory.native.http.calls().into_iter().filter(|call| call.url.port() != Some(8025));
        assert_eq!(reached.count(), 0);
    }
}

#[test]
fn a_feed_that_is_none_says_so_to_its_reader() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let name = pipit.name("odd");
    let url = site.page(&format!("/{name}"), "text/plain", "Hello, I am no feed.");
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    let waiting = "arrive in a moment";
    let page = pipit.eventually(
        || ann.get("/subscriptions"),
        |answer| answer.text().contains(&url) && !answer.text().contains(waiting),
    );
    assert!(page.text().contains("There is no feed at this address."), "{}", page.text());
    ann.get("/").expect(200);
}

#[test]
fn what_those_one_follows_write_stands_on_the_timeline() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let name = pipit.name("word");
    ben.write("", &format!("A {name} from Ben"));
    assert!(!ann.get("/").expect(200).text().contains(&name));
    ann.post("/follows", &[("username", &ben.username)]).expect(303);
    ann.post("/follows", &[("username", &ben.username)]).expect(303);
    ann.get("/").expect(200).expect_text(&format!("A {name} from Ben"));
    ann.get("/subscriptions").expect(200).expect_text(&ben.username);
    ann.post(&format!("/follows/{}/deletion", ben.username), &[]).expect(303);
    assert!(!ann.get("/").expect(200).text().contains(&name));
    ann.post("/follows", &[("username", "nobody-of-that-name")]).expect(422);
}

mod in_memory {
    //! What only a moved clock can show.

    use super::*;
    use host_native::When;

    #[test]
    fn a_feed_is_fetched_again_and_each_entry_stands_once() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
        let site = Fixture::start(&pipit);
        let first = item("one", "The first", "x");
        let url = site.page("/feed.xml", RSS, &rss("Site", &first));
        for person in [&ann, &ben] {
            person.post("/subscriptions", &[("url", &url)]).expect(303);
        }
        let fetched = || {
            memory.native.http.calls().iter().filter(|call| call.url.path() == "/feed.xml").count()
        };
        assert_eq!(fetched(), 1, "one feed for all who read it, and one fetch");

        let changed = item("one", "The first, changed", "x");
        site.page("/feed.xml", RSS, &rss("Site", &(changed + &item("two", "The second", "y"))));
        sweep(&pipit, 2 * 3600);
        let page = ann.get("/").expect(200).text();
        assert!(page.contains("The second") && page.contains("The first, changed"), "{page}");
        assert_eq!(
            page.matches("The first").count(),
            ben.get("/").text().matches("The first").count()
        );
        assert_eq!(memory.count("select count(*) as n from entries"), 2);
    }

    /// What the sweep of every minute does in so many seconds.
    fn sweep(pipit: &Pipit, seconds: i64) {
        let memory = pipit.memory().expect("it is in memory");
        for _ in 0..seconds / 60 {
            memory.native.clock.advance(60);
            memory.run_jobs();
        }
    }

    #[test]
    fn a_site_that_does_not_answer_is_asked_again_later() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let site = Fixture::start(&pipit);
        let url = site.page("/feed.xml", RSS, &rss("Site", &item("one", "Late but here", "x")));
        memory.native.faults.fail("http GET localhost/feed.xml", When::Before);
        ann.post("/subscriptions", &[("url", &url)]).expect(303);
        assert!(!ann.get("/").text().contains("Late but here"));
        let page = ann.get("/subscriptions").expect(200).text();
        assert!(!page.contains("arrive in a moment"), "its reader learns of it:\n{page}");
        sweep(&pipit, 6 * 3600);
        ann.get("/").expect(200).expect_text("Late but here");
    }
}
