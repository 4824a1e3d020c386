//! What takes minutes and days, what fails, and what is kept.

#[path = "strangers.rs"]
mod strangers;

use super::{FEEDS, is_signed, is_the_feed};
use futures_executor::block_on;
use host_native::When;
use platform::sql;
use store::hub::{self, Seen};
use tests::{Browser, Manner, Memory, Pipit, Subscriber};

const DAY: i64 = 86_400;
const SUBSCRIPTIONS: &str = "select count(*) as n from hub_subscriptions";

/// A person with a blog, and the address of its feed.
fn writer(pipit: &Pipit) -> (Browser, String) {
    let ann = pipit.sign_up("ann");
    let topic = format!("{}/feed.xml", pipit.blog_url(&ann));
    (ann, topic)
}

/// Lets so many seconds go by, and what is due then happen.
fn later(pipit: &Pipit, seconds: i64) -> &Memory {
    let memory = pipit.memory().expect("it is in memory");
    memory.native.clock.advance(seconds);
    memory.run_jobs();
    memory
}

#[test]
fn a_lease_ends_unless_it_is_renewed() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    for (name, asked, given) in [
        ("short", "1", "300"),
        ("week", "604800", "604800"),
        ("endless", "99999999999", "2592000"),
        ("renewed", "604800", "604800"),
    ] {
        let verified = reader.subscribe(&pipit, &topic, name, &[("hub.lease_seconds", asked)]);
        assert_eq!(verified.value("hub.lease_seconds"), given);
    }
    later(&pipit, 6 * DAY);
    reader.subscribe(&pipit, &topic, "renewed", &[("hub.secret", "new")]);
    ann.write("", "After six days");
    later(&pipit, 2 * DAY);
    ann.write("", "After eight days");
    let counts = ["short", "week", "endless", "renewed"].map(|name| reader.got(name).len());
    assert_eq!(counts, [0, 1, 2, 2]);
    assert!(is_signed(&reader.got("renewed")[1], "new"), "a renewal may bring another secret");
    assert_eq!(later(&pipit, 0).count(SUBSCRIPTIONS), 2, "what is over is not kept");
}

#[test]
fn what_is_over_is_removed_although_nobody_comes_by() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (_, topic) = writer(&pipit);
    for (name, lease) in [("short", "300"), ("other", "301"), ("long", "90000")] {
        reader.subscribe(&pipit, &topic, name, &[("hub.lease_seconds", lease)]);
    }
    let jobs = "select count(*) as n from jobs where kind = 'hub-verification'";
    assert_eq!(later(&pipit, 0).count(jobs), 1);
    assert_eq!(later(&pipit, 3601).count(SUBSCRIPTIONS), 1);
    let memory = later(&pipit, DAY + 3600);
    assert_eq!((memory.count(SUBSCRIPTIONS), memory.count(jobs)), (0, 0));
}

#[test]
fn a_renewal_that_is_not_confirmed_changes_nothing() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "a", &[("hub.secret", "old")]);
    reader.answers("a", Manner { verification: Some((404, "")), ..Manner::default() });
    reader.subscribe(&pipit, &topic, "a", &[("hub.secret", "new"), ("hub.lease_seconds", "300")]);
    later(&pipit, DAY);
    ann.write("", "Something");
    assert!(is_signed(&reader.wait_for(&pipit, "a", 1), "old"));
}

#[test]
fn one_that_does_not_answer_is_called_again_and_then_left_until_there_is_more() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    for name in ["ill", "dead", "well"] {
        reader.subscribe(&pipit, &topic, name, &[]);
    }
    for name in ["ill", "dead"] {
        reader.answers(name, Manner { delivery: Some(503), ..Manner::default() });
    }
    ann.write("", "First");
    assert_eq!((reader.got("ill").len(), reader.got("well").len()), (1, 1));
    later(&pipit, 30);
    assert_eq!(reader.got("ill").len(), 1, "not so soon");
    reader.answers("ill", Manner::default());
    later(&pipit, 31);
    assert_eq!(reader.got("ill").len(), 2);
    is_the_feed(&pipit, &ann, "/feed.xml", &reader.got("ill")[1]);
    for _ in 0..200 {
        later(&pipit, 60);
    }
    let counts = ["ill", "dead", "well"].map(|name| reader.got(name).len());
    assert_eq!(counts, [2, 7, 1], "given up after an hour, and nobody else is troubled");
    ann.write("", "Second");
    later(&pipit, 60);
    let counts = ["ill", "dead", "well"].map(|name| reader.got(name).len());
    assert_eq!(counts, [3, 8, 2]);
    assert_eq!(
        later(&pipit, 0).count("select count(*) as n from jobs where dead_at is not null"),
        0
    );
}

#[test]
fn one_that_is_gone_is_called_no_more() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "a", &[]);
    reader.answers("a", Manner { delivery: Some(410), ..Manner::default() });
    ann.write("", "First");
    let memory = later(&pipit, 60);
    assert_eq!(memory.count(SUBSCRIPTIONS), 0);
    ann.write("", "Second");
    later(&pipit, 3600);
    assert_eq!(reader.got("a").len(), 1);
}

#[test]
fn much_at_once_comes_once_and_whatever_changes_a_feed_comes() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "a", &[]);
    let posts = ["One", "Two", "Three"].map(|text| ann.write("", text));
    assert_eq!(reader.got("a").len(), 1, "the first one at once");
    later(&pipit, 10);
    assert_eq!(reader.got("a").len(), 2, "the others together");
    is_the_feed(&pipit, &ann, "/feed.xml", &reader.got("a")[1]);

    let form = [("title", ""), ("text", "Other words")];
    let page = ann.get(&format!("/posts/{}/edit", posts[1].id)).expect(200);
    let revision = page.between("name=\"revision\" value=\"", "\"").unwrap_or_default();
    ann.post(
        &format!("/posts/{}", posts[1].id),
        &[form.as_slice(), &[("revision", revision.as_str())]].concat(),
    )
    .expect(303);
    later(&pipit, 10);
    assert!(reader.wait_for(&pipit, "a", 3).body.contains("Other words"));
    ann.post(&format!("/posts/{}/deletion", posts[1].id), &[]).expect(303);
    later(&pipit, 10);
    let called = reader.wait_for(&pipit, "a", 4);
    assert!(!called.body.contains("Other words"), "{}", called.body);

    ann.post("/posts", &[("title", ""), ("text", "Nobody's business"), ("do", "draft")])
        .expect(303);
    ann.post("/settings/profile", &[("name", "Ann of the Moor"), ("bio", ""), ("site", "")]);
    later(&pipit, 60);
    assert_eq!(reader.got("a").len(), 4, "{}", reader.got("a").last().expect("one").body);
}

#[test]
fn many_subscribers_are_called_in_steps() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, _) = writer(&pipit);
    let names: Vec<String> = (0..70).map(|n| format!("n{n}")).collect();
    for (name, path) in names.iter().zip(FEEDS.into_iter().cycle()) {
        let topic = format!("{}{path}", pipit.blog_url(&ann));
        reader.subscribe(&pipit, &topic, name, &[]);
    }
    let memory = pipit.memory().expect("it is in memory");
    memory.runs_jobs.set(false);
    ann.write("", "For all");
    let jobs = || {
        memory.count(
            "select count(*) as n from jobs where kind in ('hub-publication', 'hub-delivery')",
        )
    };
    assert_eq!(jobs(), 1, "whoever publishes writes one row");
    ann.write("", "And more");
    assert_eq!(jobs(), 1, "which is enough while it waits");
    memory.run_jobs();
    for (name, path) in names.iter().zip(FEEDS.into_iter().cycle()) {
        assert_eq!(reader.got(name).len(), 1, "{name}");
        is_the_feed(&pipit, &ann, path, &reader.got(name)[0]);
    }
    later(&pipit, 3600);
    assert_eq!(jobs(), 0, "the chain ends");
    assert!(names.iter().all(|name| reader.got(name).len() == 1));
}

#[test]
fn publishing_costs_the_same_with_one_subscriber_and_with_many() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    let memory = pipit.memory().expect("it is in memory");
    let cost = |text: &str| {
        memory.runs_jobs.set(false);
        let cost = ann.post("/posts", &[("title", ""), ("text", text)]).expect(303).cost();
        let jobs = memory.count("select count(*) as n from jobs where kind = 'hub-publication'");
        memory.runs_jobs.set(true);
        later(&pipit, 60);
        (cost, jobs)
    };
    let (none, no_job) = cost("For nobody");
    reader.subscribe(&pipit, &topic, "n0", &[]);
    let (one, one_job) = cost("For one");
    for n in 1..40 {
        reader.subscribe(&pipit, &topic, &format!("n{n}"), &[]);
    }
    let (many, job_of_many) = cost("For many");
    assert_eq!((no_job, one_job, job_of_many), (0, 1, 1));
    assert_eq!((one, none.queries), (many, many.queries));
    assert_eq!(one.rows_written, none.rows_written + 1);
    assert!(one.rows_read <= none.rows_read + 2, "{none:?} {one:?}");
}

#[test]
fn a_scheduled_post_is_delivered_when_it_is_public() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "a", &[]);
    let app = tests::Program::of(&pipit, &ann, &["create"]);
    let tomorrow = serde_json::json!({
        "type": ["h-entry"], "properties": { "content": ["Later"], "published": ["2026-11-23T09:00:00Z"] }
    });
    app.json("/micropub", &tomorrow);
    later(&pipit, 3600);
    assert!(reader.got("a").is_empty());
    later(&pipit, DAY);
    assert!(reader.wait_for(&pipit, "a", 1).body.contains("Later"));
}

#[test]
fn a_subscription_stays_when_the_blog_moves() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "before", &[]);
    let memory = pipit.memory().expect("it is in memory");
    let name = ann.username.as_str().into();
    memory.sql(vec![sql(
        "update blogs set domain = 'moor.example', epoch = epoch + 1 where username = ?1",
        [name],
    )]);
    later(&pipit, 61);
    let there = "http://moor.example:8787/feed.xml";
    let asked = reader.subscribe(&pipit, &topic, "after", &[]);
    assert_eq!(asked.value("hub.topic"), topic, "the old address counts, and is not made another");
    reader.subscribe(&pipit, there, "new", &[]);
    reader.subscribe(&pipit, there, "before", &[]);
    ann.post("/posts", &[("title", ""), ("text", "From the moor")]).expect(303);
    let feed = pipit.browser_on("moor.example:8787").get("/feed.xml").expect(200).text();
    for name in ["before", "after", "new"] {
        assert_eq!(reader.got(name).len(), 1, "{name}");
        assert_eq!(reader.got(name)[0].body, feed, "{name}");
        let links = reader.got(name)[0].header("link").to_owned();
        assert!(links.ends_with(&format!("<{there}>; rel=\"self\"")), "{links}");
    }
}

#[test]
fn what_is_published_during_a_delivery_is_delivered_too() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "a", &[]);
    let memory = pipit.memory().expect("it is in memory");
    // A runner that was cut off after it had leased the subscriber.
    ann.write("", "First");
    memory
        .sql(vec![sql("update hub_subscriptions set due_at = ?1", [(1_795_338_000 + 310).into()])]);
    ann.write("", "Second");
    later(&pipit, 10);
    assert_eq!(reader.got("a").len(), 2);
    assert!(reader.got("a")[1].body.contains("Second"));
}

#[test]
fn what_is_published_while_a_callback_is_asked_is_delivered() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    let memory = pipit.memory().expect("it is in memory");
    memory.runs_jobs.set(false);
    reader.ask(&pipit, "subscribe", &topic, "a", &[]).expect(202);
    let rows = memory.sql(vec![sql(
        "select r.id, b.epoch from hub_requests r join blogs b on b.id = r.blog_id",
        [],
    )]);
    let row = &rows[0].rows[0];
    let id = row.text("id").expect("an id");
    let seen = Seen { body_hash: "of before".into(), epoch: row.int("epoch").expect("an epoch") };
    let wish = block_on(hub::find_wish(&memory.context(), &id)).expect("the database answers");
    ann.write("", "Meanwhile");
    let is_due = block_on(hub::confirm(&memory.context(), &wish.expect("it was asked for"), &seen));
    assert_eq!(is_due, Ok(true));
    memory.run_jobs();
    assert!(reader.wait_for(&pipit, "a", 1).body.contains("Meanwhile"));
}

#[test]
fn a_callback_that_does_not_answer_is_asked_three_times() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (_, topic) = writer(&pipit);
    let memory = pipit.memory().expect("it is in memory");
    let verifications = |name: &str| {
        let calls = memory.native.http.calls();
        let path = format!("/called/{name}");
        calls.iter().filter(|call| call.method == "GET" && call.url.path() == path).count()
    };
    let fault = |name: &str| format!("http GET localhost/called/{name}");
    memory.native.faults.fail(&fault("slow"), When::After);
    memory.native.faults.fail_always(&fault("never"), When::After);
    for name in ["slow", "never"] {
        reader.ask(&pipit, "subscribe", &topic, name, &[]).expect(202);
    }
    for _ in 0..30 {
        later(&pipit, 60);
    }
    assert_eq!((verifications("slow"), verifications("never")), (2, 3));
    assert_eq!(
        (memory.count(SUBSCRIPTIONS), memory.count("select count(*) as n from hub_requests")),
        (1, 0)
    );
    assert_eq!(memory.count("select count(*) as n from jobs where dead_at is not null"), 0);
}

#[test]
fn the_power_may_go_at_any_moment_of_verifying_and_delivering() {
    for moment in 0..60 {
        let pipit = Pipit::in_memory();
        let (reader, _site) = Subscriber::start(&pipit);
        let (ann, topic) = writer(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        reader.subscribe(&pipit, &topic, "old", &[]);
        memory.runs_jobs.set(false);
        ann.write("", "Words");
        reader.ask(&pipit, "subscribe", &topic, "new", &[]).expect(202);
        memory.native.faults.stop_after(moment);
        // Another round for each of the jobs that a round leaves.
        let is_through =
            (0..6).all(|_| block_on(web::run_jobs(&memory.context(), app::FUNCTIONS)).is_ok());
        memory.native.faults.heal();
        memory.runs_jobs.set(true);
        for _ in 0..12 {
            later(&pipit, 60);
        }
        let got = reader.got("old");
        assert!((1..=2).contains(&got.len()), "moment {moment}: {} deliveries", got.len());
        assert!(got.iter().all(|called| called.body.contains("Words")), "moment {moment}");
        assert_eq!(memory.count(SUBSCRIPTIONS), 2, "moment {moment}: accepted and lost");
        let open = "select (select count(*) from jobs where dead_at is not null) + (select count(*) from hub_requests)
                      + (select count(*) from hub_subscriptions where due_at is not null) as n";
        assert_eq!(memory.count(open), 0, "moment {moment}");
        if is_through {
            return;
        }
    }
    panic!("it takes more operations, or never came through");
}

#[test]
fn secrets_and_callbacks_are_kept_as_they_should_be() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    let memory = pipit.memory().expect("it is in memory");
    memory.runs_jobs.set(false);
    reader.ask(&pipit, "subscribe", &topic, "a", &[("hub.secret", "correct horse")]).expect(202);
    let asked = memory.everything_kept();
    assert!(asked.contains("/called/a") && !asked.contains("correct horse"));
    memory.runs_jobs.set(true);
    memory.run_jobs();
    ann.write("", "Something");
    assert!(is_signed(&reader.wait_for(&pipit, "a", 1), "correct horse"));
    assert!(!memory.everything_kept().contains("correct horse"));
    assert_eq!(memory.count("select count(*) as n from hub_requests"), 0);
}

#[test]
fn rss_cloud_lasts_for_25_hours() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    let (host, port) = reader.host_and_port();
    let fields = [
        ("domain", host),
        ("port", port),
        ("path", "called/a"),
        ("protocol", "http-post"),
        ("url1", &topic),
    ];
    pipit
        .program(tests::Ask::form("/rsscloud/pleaseNotify", &fields))
        .expect(200)
        .expect_text("true");
    later(&pipit, 25 * 3600 - 60);
    ann.write("", "In time");
    later(&pipit, 60);
    ann.write("", "Too late");
    assert_eq!(reader.got("a").len(), 1);
}
