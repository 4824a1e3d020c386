//! Feeds that call when they have something new: the reader's side of WebSub, rssCloud and pings.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tests::{Ask, Browser, Fixture, Pipit};
use url::form_urlencoded;

const RSS: &str = "application/rss+xml";

/// What a hub or a cloud was asked for, form by form.
type Asked = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

struct Hub {
    site: Fixture,
    asked: Asked,
    name: String,
}

impl Hub {
    /// A site with one feed, whose `head` says who calls for it.
    fn start(pipit: &Pipit, head: &str) -> Self {
        let (site, asked, name) = (Fixture::start(pipit), Asked::default(), pipit.name("feed"));
        let seen = asked.clone();
        site.program(move |ask| {
            let is_ours = ask.method == "POST" && ask.path == "/calls";
            is_ours.then(|| {
                let form = form_urlencoded::parse(ask.body.as_bytes()).into_owned().collect();
                seen.lock().expect("nobody panicked").push(form);
                (202, String::new())
            })
        });
        let hub = Self { site, asked, name };
        hub.publish(head, &["first"]);
        hub
    }

    fn publish(&self, head: &str, titles: &[&str]) -> String {
        let items: String = titles
            .iter()
            .map(|t| format!("<item><guid>{t}</guid><title>{t} of {}</title></item>", self.name))
            .collect();
        let text = format!(
            "<rss xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>{}</title>{head}{items}</channel></rss>",
            self.name
        );
        self.site.page(&format!("/{}.xml", self.name), RSS, &text)
    }

    fn url(&self) -> String {
        format!("http://localhost:8028/{}.xml", self.name)
    }

    /// The newest form for this feed, once it has come.
    #[track_caller]
    fn form(&self, pipit: &Pipit, field: &str) -> BTreeMap<String, String> {
        let find = || {
            let asked = self.asked.lock().expect("nobody panicked");
            asked.iter().rev().find(|form| form.get(field) == Some(&self.url())).cloned()
        };
        let page = pipit.browser();
        pipit.eventually(|| page.get("/healthz"), |_| find().is_some());
        find().expect("it was asked")
    }
}

const HUB: &str = "<atom:link rel=\"hub\" href=\"http://localhost:8028/calls\"/>";

/// The path of an address of the app.
fn path(url: &str) -> String {
    url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).expect("it has a path")
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn signed(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key is one");
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    format!("sha256={}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[track_caller]
fn subscribed(pipit: &Pipit, hub: &Hub) -> Browser {
    let ann = pipit.sign_up("ann");
    ann.post("/subscriptions", &[("url", &hub.url())]).expect(303);
    let first = format!("first of {}", hub.name);
    pipit.eventually(|| ann.get("/"), |page| page.text().contains(&first));
    ann
}

#[test]
fn a_hub_is_asked_verified_and_its_calls_are_hints() {
    let pipit = Pipit::start();
    let hub = Hub::start(&pipit, HUB);
    subscribed(&pipit, &hub);
    let form = hub.form(&pipit, "hub.topic");
    assert_eq!(form["hub.mode"], "subscribe");
    assert!(form["hub.secret"].len() >= 32 && form["hub.secret"].len() < 200);
    let callback = path(&form["hub.callback"]);
    assert!(callback.strip_prefix("/websub/").is_some_and(|id| id.len() >= 32), "{callback}");

    let caller = pipit.browser();
    let verify = |mode: &str, topic: &str| {
        let asked = [
            ("hub.mode", mode),
            ("hub.topic", topic),
            ("hub.challenge", "prove it"),
            ("hub.lease_seconds", "86400"),
        ];
        caller.get(&format!("{callback}?{}", query(&asked)))
    };
    assert_eq!(verify("subscribe", &hub.url()).expect(200).text(), "prove it");
    verify("subscribe", "http://localhost:8028/other.xml").expect(404);
    verify("unsubscribe", &hub.url()).expect(404);
    caller.get("/websub/00000000000000000000000000000000?hub.mode=subscribe").expect(404);

    // What a call says is never believed, however it is signed.
    let told = "<rss><channel><item><guid>x</guid><title>Made up by the hub</title></item></channel></rss>";
    for signature in [signed(&form["hub.secret"], told), signed("another secret", told)] {
        let call = Ask::body(&callback, RSS, told.to_owned()).with("x-hub-signature", &signature);
        assert!(matches!(caller.send(call).status, 200..=299));
    }
    caller.send(Ask::body("/websub/00000000000000000000000000000000", RSS, "x")).expect(410);
    assert!(!pipit.sign_up("ben").get("/").text().contains("Made up by the hub"));
}

#[test]
fn anybody_may_say_that_a_feed_has_something_new() {
    let pipit = Pipit::start();
    let hub = Hub::start(&pipit, "");
    subscribed(&pipit, &hub);
    let caller = pipit.browser();
    for url in [hub.url().as_str(), "https://unknown.example/feed"] {
        assert!(
            matches!(caller.send(Ask::form("/ping", &[("url", url)])).status, 200..=299),
            "{url}"
        );
    }
    for url in ["", "http://127.0.0.1/", "https://a:b@site.example/"] {
        caller.send(Ask::form("/ping", &[("url", url)])).expect(400);
    }
}

mod in_memory {
    //! What only a moved clock can show.

    use super::*;
    use tests::Memory;

    fn fetched(memory: &Memory) -> usize {
        memory.native.http.calls().iter().filter(|call| call.url.path().ends_with(".xml")).count()
    }

    fn pass(memory: &Memory, seconds: i64) {
        for _ in 0..seconds.div_euclid(300).max(1) {
            memory.native.clock.advance(seconds.min(300));
            memory.run_jobs();
        }
    }

    #[test]
    fn a_signed_call_fetches_at_once_and_any_other_not_within_a_quarter_of_an_hour() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let hub = Hub::start(&pipit, HUB);
        let ann = subscribed(&pipit, &hub);
        let form = hub.form(&pipit, "hub.topic");
        let callback = path(&form["hub.callback"]);
        let caller = pipit.browser();
        let call = |signature: Option<String>| {
            let ask = Ask::body(&callback, RSS, "new");
            let ask =
                signature.map_or(ask.clone(), |signature| ask.with("x-hub-signature", &signature));
            caller.send(ask);
        };
        pass(memory, 120);
        let before = fetched(memory);
        call(None);
        call(Some(signed("wrong", "new")));
        assert_eq!(fetched(memory), before, "nobody who has not signed is that urgent");
        hub.publish(HUB, &["second", "first"]);
        call(Some(signed(&form["hub.secret"], "new")));
        assert_eq!(fetched(memory), before + 1);
        ann.get("/").expect_text(&format!("second of {}", hub.name));
        for _ in 0..10 {
            call(Some(signed(&form["hub.secret"], "new")));
        }
        assert_eq!(fetched(memory), before + 1, "but not within the same minute");
    }

    #[test]
    fn what_was_agreed_is_renewed_when_four_fifths_are_over() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let hub = Hub::start(&pipit, HUB);
        subscribed(&pipit, &hub);
        let form = hub.form(&pipit, "hub.topic");
        let asked = [
            ("hub.mode", "subscribe"),
            ("hub.topic", &hub.url()),
            ("hub.challenge", "c"),
            ("hub.lease_seconds", "864000"),
        ];
        pipit
            .browser()
            .get(&format!("{}?{}", path(&form["hub.callback"]), query(&asked)))
            .expect(200);
        let count = || hub.asked.lock().expect("nobody panicked").len();
        pass(memory, 7 * 86_400);
        assert_eq!(count(), 1);
        pass(memory, 2 * 86_400 + 43_200);
        assert!(count() >= 2, "after eight days, with the fetch that comes next");
    }

    #[test]
    fn a_cloud_is_asked_each_day_and_its_calls_are_hints() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let cloud = "<cloud domain=\"localhost\" port=\"8028\" path=\"/calls\" registerProcedure=\"\" protocol=\"http-post\"/>";
        let hub = Hub::start(&pipit, cloud);
        subscribed(&pipit, &hub);
        let form = hub.form(&pipit, "url1");
        let caller = pipit.browser();
        let challenge =
            format!("{}?{}", form["path"], query(&[("url", &hub.url()), ("challenge", "c")]));
        assert_eq!(caller.get(&challenge).expect(200).text(), "c");
        let before = fetched(memory);
        pass(memory, 1_200);
        caller.send(Ask::form(&form["path"], &[("url", &hub.url())]));
        assert_eq!(fetched(memory), before + 1);
        pass(memory, 2 * 86_400);
        assert!(hub.asked.lock().expect("nobody panicked").len() >= 2);
    }

    #[test]
    fn a_ping_brings_the_next_fetch_forward() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let hub = Hub::start(&pipit, "");
        subscribed(&pipit, &hub);
        let before = fetched(memory);
        let ping = || pipit.browser().send(Ask::form("/ping", &[("url", &hub.url())]));
        ping();
        assert_eq!(fetched(memory), before);
        pass(memory, 1_200);
        ping();
        assert_eq!(fetched(memory), before + 1);
    }
}
