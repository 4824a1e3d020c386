//! What a plan lets people do, through every door; and that nothing is lost when it ends.

#[path = "billing_plan/doors.rs"]
mod doors;
#[allow(dead_code)]
#[path = "billing_plan/till.rs"]
mod till;

use doors::{Doors, SCOPES, WHY, file};
use host_native::Native;
use serde_json::json;
use tests::{Answer, Ask, Browser, Memory, Pipit, Program};
use till::{MONTH, Till, buy, open, tell};

const DAY: i64 = 86_400;

fn memory(pipit: &Pipit) -> &Memory {
    pipit.memory().expect("it is in memory")
}

fn clock(pipit: &Pipit) -> &Native {
    &memory(pipit).native
}

#[track_caller]
fn further(person: &Browser, name: &str) -> Answer {
    person.post("/settings/blogs", &[("name", name), ("title", "The other one")])
}

/// Somebody with a plan who writes on their second blog, with a post there.
struct Second {
    pipit: Pipit,
    till: Till,
    doors: Doors,
}

impl Second {
    #[track_caller]
    fn start() -> Self {
        let (pipit, till) = open();
        let ann = pipit.sign_up("ann");
        buy(&pipit, &till, &ann, MONTH);
        ann.write("", "Wagtail");
        let doors = Doors::to_another_blog(&pipit, ann, "birds");
        Self { pipit, till, doors }
    }

    fn end(&self) {
        self.till.change(|one| one["status"] = "canceled".into());
        tell(memory(&self.pipit));
    }
}

#[test]
fn a_blog_beyond_the_plan_is_read_only_through_every_door() {
    let second = Second::start();
    let (pipit, ann) = (&second.pipit, &second.doors.person);
    let visitor = pipit.browser_on("birds.blogs.localhost:8787");
    second.end();
    second.doors.are_closed();
    // What was typed is not lost.
    ann.post("/posts", &[("title", ""), ("text", "Long thought about")])
        .expect(402)
        .expect_text("Long thought about");
    ann.get("/posts/new").expect(200).expect_text(WHY);
    ann.get("/settings/blogs").expect(200).expect_text("read-only");
    ann.get("/settings/billing").expect(200).expect_text("birds.blogs.localhost:8787");
    // Reading goes on, and so does the first blog.
    for path in ["/", "/feed.xml", "/archive"] {
        visitor.get(path).expect(200);
    }
    visitor.get("/").expect(200).expect_text("Heron");
    let text = visitor.get("/").text();
    assert!(!text.contains("Intruder"), "{text}");
    ann.post("/settings/blogs/ann/choice", &[]).expect(303);
    ann.write("", "Still here");
}

#[test]
fn what_one_wrote_can_be_read_and_deleted_and_a_plan_brings_all_back() {
    let second = Second::start();
    second.end();
    let Doors { person: ann, app, id, url } = &second.doors;
    ann.get("/posts").expect(200).expect_text("Heron");
    assert_eq!(app.get("/micropub?q=source")["items"].as_array().map(Vec::len), Some(1));
    app.json("/micropub", &json!({ "action": "delete", "url": url })).expect(204);
    app.json("/micropub", &json!({ "action": "undelete", "url": url }));
    ann.post(&format!("/posts/{id}/deletion"), &[]).expect(303);
    ann.post(&format!("/posts/{id}/undeletion"), &[]).expect(303);
    second.pipit.browser_on("birds.blogs.localhost:8787").get("/").expect(200).expect_text("Heron");
    buy(&second.pipit, &second.till, ann, MONTH);
    second.doors.are_open();
}

#[test]
fn a_late_payment_changes_nothing_for_four_weeks_and_then_the_clock_alone_decides() {
    let second = Second::start();
    second.till.change(|one| one["status"] = "past_due".into());
    tell(memory(&second.pipit));
    let write = |words: &str| second.doors.app.json("/posts", &json!({ "content": words })).status;
    clock(&second.pipit).clock.advance(27 * DAY);
    assert_eq!(write("On the last day"), 201);
    clock(&second.pipit).clock.advance(DAY);
    assert_eq!(write("After it"), 402);
    let page = second.pipit.browser();
    let mail = page.ask_to_sign_in(&second.doors.person.email).1;
    page.use_link(&mail).expect(303);
    page.get("/settings/billing").expect(200).expect_text("So the plan has ended.");
}

#[test]
fn a_plan_says_how_many_blogs_there_may_be() {
    let (pipit, till) = open();
    let ann = pipit.sign_up("ann");
    further(&ann, "birds").expect(422).expect_text("as you can have with your plan");
    ann.get("/settings/blogs").expect(200).expect_text("Look at the plans");
    buy(&pipit, &till, &ann, MONTH);
    for name in ["birds", "boats"] {
        further(&ann, name).expect(303);
    }
    further(&ann, "bees").expect(422);
}

#[test]
fn a_plan_says_whether_there_may_be_a_domain_and_one_that_is_there_stays() {
    let (pipit, till) = open();
    let ann = pipit.sign_up("ann");
    let ask = || ann.post("/settings/domain", &[("host", "birds.example")]);
    ask().expect(402).expect_text("Look at the plans");
    ann.get("/settings/domain").expect(200).expect_text("not in your plan");
    buy(&pipit, &till, &ann, MONTH);
    ask().expect(303);
    till.change(|one| one["status"] = "canceled".into());
    tell(memory(&pipit));
    ann.get("/settings/domain").expect(200).expect_text("_pipit.birds.example");
    ann.post("/settings/domain/check", &[]).expect(303);
}

fn counted(memory: &Memory) -> (i64, i64) {
    (
        memory.count("select sum(media_bytes) as n from accounts"),
        memory.count("select coalesce(sum(bytes), 0) as n from media"),
    )
}

#[test]
fn files_take_room_until_they_are_gone() {
    let (pipit, till) = open();
    let ann = pipit.sign_up("ann");
    let memory = memory(&pipit);
    let app = Program::of(&pipit, &ann, SCOPES);
    ann.send(Ask::upload("/media", &[], &file("files"))).expect(303);
    ann.send(Ask::upload("/posts", &[("text", "With a photo")], &file("photo"))).expect(303);
    let sent = app.send(Ask::upload("/micropub/media", &[], &file("file"))).expect(201);
    let (count, sum) = counted(memory);
    assert!(count == sum && sum > 0, "{count} {sum}");
    ann.get("/settings/billing").expect(200).expect_text("Your files take");
    let url = sent.header("location").to_owned();
    app.send(Ask::form("/micropub/media", &[("action", "delete"), ("url", &url)])).expect(204);
    let (count, less) = counted(memory);
    assert!(count == less && less < sum, "{count} {less}");
    // A post that goes for good takes its files along.
    let post = ann.newest_post();
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    memory.native.clock.advance(8 * DAY);
    memory.run_jobs();
    let (count, least) = counted(memory);
    assert!(count == least && least < less, "{count} {least}");

    memory.sql(vec![platform::sql("update accounts set media_bytes = 999999", [])]);
    let upload = || app.send(Ask::upload("/micropub/media", &[], &file("file")));
    upload().expect(402).expect_text("room for 1 MB of files");
    app.json("/posts", &json!({ "content": "Words take no room." })).expect(201);
    buy(&pipit, &till, &ann, MONTH);
    upload().expect(201);
}

#[test]
fn where_nothing_is_paid_for_nothing_is_asked() {
    let (pipit, _) = open();
    let free = Pipit::with(&[&[("BILLING", "off")], till::SOLD].concat());
    let cost = |pipit: &Pipit| {
        let ann = pipit.sign_up("ann");
        let app = Program::of(pipit, &ann, SCOPES);
        app.json("/posts", &json!({ "content": "Heron" })).expect(201).cost().queries
    };
    assert_eq!(cost(&free) + 1, cost(&pipit), "one question, for one row");
    let bob = free.sign_up("bob");
    for name in ["bobs", "bobs-birds"] {
        further(&bob, name).expect(303);
        bob.post(&format!("/settings/blogs/{name}/choice"), &[]).expect(303);
        bob.post("/posts", &[("title", ""), ("text", "Free")]).expect(303);
    }
    bob.post("/settings/domain", &[("host", "birds.example")]).expect(303);
}
