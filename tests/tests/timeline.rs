//! The timeline: what stands on it, in which order, and what does not.

use tests::{Answer, Browser, Fixture, Pipit};

fn follow(reader: &Browser, author: &Browser) {
    reader.post("/follows", &[("username", &author.username)]).expect(303);
}

#[track_caller]
fn shows(pipit: &Pipit, reader: &Browser, path: &str, words: &str) -> Answer {
    pipit.eventually(|| reader.get(path), |answer| answer.text().contains(words))
}

#[track_caller]
fn shows_not(reader: &Browser, path: &str, words: &str) {
    let page = reader.get(path).expect(200);
    assert!(!page.text().contains(words), "{words} stands on {path}:\n{}", page.text());
}

#[test]
fn what_is_changed_or_deleted_is_so_on_timelines_at_once() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    ben.get("/").expect(200);
    follow(&ben, &ann);
    let post = ann.write("", "The first words");
    shows(&pipit, &ben, "/", "The first words");
    ann.get("/").expect(200).expect_text("The first words");
    let page = ann.get(&format!("/posts/{}/edit", post.id)).expect(200);
    let revision =
        page.between("name=\"revision\" value=\"", "\"").expect("the form has a revision");
    let fields = [("text", "Other words"), ("revision", &*revision), ("id", &post.id)];
    ann.post(&format!("/posts/{}", post.id), &fields).expect(303);
    ben.get("/").expect(200).expect_text("Other words");
    shows_not(&ben, "/", "The first words");
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    shows_not(&ben, "/", "Other words");
    ann.post(&format!("/posts/{}/undeletion", post.id), &[]).expect(303);
    shows(&pipit, &ben, "/", "Other words");
    ben.post(&format!("/follows/{}/deletion", ann.username), &[]).expect(303);
    shows_not(&ben, "/", "Other words");
}

#[test]
fn a_long_note_is_cut_and_leads_to_the_whole() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", &format!("{}the end of it", "many words ".repeat(40)));
    let page = shows(&pipit, &ann, "/", "Read on");
    assert!(!page.text().contains("the end of it"));
    let on = format!("href=\"{}{}\" rel=\"noreferrer\">Read on", pipit.blog_url(&ann), post.path);
    assert!(page.text().contains(&on), "{on}:\n{}", page.text());
}

#[test]
fn those_who_are_mentioned_or_answered_find_it() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    ann.get("/mentions").expect(200).expect_text("will stand here");
    ben.write("", &format!("Have you seen this, @{}?", ann.username));
    let page = shows(&pipit, &ann, "/mentions", "Have you seen this");
    assert!(page.text().contains("Reply"));
    shows_not(&ben, "/mentions", "Have you seen this");
    shows_not(&ann, "/", "Have you seen this");
}

#[test]
fn who_does_not_want_to_be_discovered_is_not() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let words = format!("Hello from {}", ann.username);
    ann.write("", &words);
    shows(&pipit, &ben, "/discover", &words);
    let form = [("name", "Ann"), ("bio", ""), ("site", ""), ("timezone", "")];
    ann.post("/settings/profile", &[&form[..], &[("undiscovered", "1")]].concat()).expect(303);
    shows_not(&ben, "/discover", &words);
    ann.post("/settings/profile", &form).expect(303);
    shows(&pipit, &ben, "/discover", &words);
}

#[test]
fn a_reply_begins_with_what_it_answers() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let post = ann.write("", "A question");
    let form = ben.get(&format!("/posts/new?reply={}", post.id)).expect(200);
    let target = format!("value=\"{}{}\"", pipit.blog_url(&ann), post.path);
    assert!(form.text().contains(&target), "{target}:\n{}", form.text());
    ben.get("/posts/new?reply=nothing").expect(200);
}

#[test]
fn bookmarks_stay_until_they_are_removed() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let post = ann.write("", "Worth keeping");
    for _ in 0..2 {
        ben.post("/bookmarks", &[("id", &post.id), ("back", "/discover")]).expect(303);
    }
    let page = ben.get("/bookmarks").expect(200);
    assert_eq!(page.text().matches("Worth keeping").count(), 1);
    page.expect_text("Remove bookmark");
    shows_not(&ann, "/bookmarks", "Worth keeping");
    ben.post("/bookmarks", &[("id", &post.id), ("remove", "1")]).expect(303);
    shows_not(&ben, "/bookmarks", "Worth keeping");
    ben.post("/bookmarks", &[("id", "000000000000000001")]).expect(404);
}

#[test]
fn a_bookmark_outlives_what_it_marks() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let name = pipit.name("kept");
    let feed = format!(
        "<rss version=\"2.0\"><channel><title>{name}</title><item><guid isPermaLink=\"false\">{name}</guid>\
         <title>Worth keeping</title><link>https://site.example/{name}</link></item></channel></rss>"
    );
    let url = site.page(&format!("/{name}.xml"), "application/rss+xml", &feed);
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    let page = shows(&pipit, &ann, "/", "Worth keeping");
    let id = page.between("name=\"id\" value=\"", "\"").expect("it can be marked");
    ann.post("/bookmarks", &[("id", &id)]).expect(303);
    let page = ann.get("/subscriptions").expect(200);
    let action = page.attributes("action").into_iter().find(|action| action.ends_with("/deletion"));
    ann.post(&action.expect("a form that removes it"), &[]).expect(303);
    shows_not(&ann, "/", "Worth keeping");
    let kept = ann.get("/bookmarks").expect(200).expect_text("Worth keeping");
    kept.expect_text(&format!("https://site.example/{name}"));
}

#[test]
fn what_is_muted_is_not_shown_until_it_is_taken_back() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    ben.get("/").expect(200);
    follow(&ben, &ann);
    ann.write("", "About football, again");
    let page = shows(&pipit, &ben, "/", "About football");
    let source = page.between("name=\"value\" value=\"", "\"").expect("a way to mute its author");

    ben.post("/mutes", &[("kind", "word"), ("value", "Foot")]).expect(303);
    shows(&pipit, &ben, "/", "About football");
    ben.post("/mutes", &[("kind", "word"), ("value", "FOOTBALL")]).expect(303);
    shows_not(&ben, "/", "About football");
    ben.get("/mutes").expect(200).expect_text("football");
    ben.post("/mutes/deletion", &[("kind", "word"), ("value", "football")]).expect(303);
    shows(&pipit, &ben, "/", "About football");

    ben.post("/mutes", &[("kind", "person"), ("value", &source)]).expect(303);
    shows_not(&ben, "/", "About football");
    shows_not(&ben, "/discover", "About football");
    ann.write("", "Something else");
    pipit.run_jobs();
    shows_not(&ben, "/", "Something else");
    ben.get("/mutes").expect(200).expect_text(&ann.username);
    ben.post("/mutes/deletion", &[("kind", "person"), ("value", &source)]).expect(303);
    shows(&pipit, &ben, "/", "Something else");
    ben.post("/mutes", &[("kind", "word"), ("value", " ")]).expect(422);
    ben.post("/mutes", &[("kind", "moon"), ("value", "x")]).expect(400);
}

#[test]
fn who_is_blocked_neither_reads_nor_follows() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    ben.get("/").expect(200);
    follow(&ben, &ann);
    follow(&ann, &ben);
    ann.write("", "For friends");
    shows(&pipit, &ben, "/", "For friends");
    ben.write("", &format!("Hey @{}", ann.username));
    let page = shows(&pipit, &ann, "/mentions", "Hey");
    let source = page.between("name=\"value\" value=\"", "\"").expect("a way to block its author");
    ann.post("/mutes", &[("kind", "block"), ("value", &source)]).expect(303);
    shows_not(&ann, "/", "Hey");
    shows_not(&ann, "/mentions", "Hey");
    shows_not(&ben, "/", "For friends");
    ben.post("/follows", &[("username", &ann.username)]).expect(422);
    ann.post("/follows", &[("username", &ben.username)]).expect(422);
}

#[test]
fn one_goes_on_reading_where_one_stopped() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let first = ann.write("", "Read before");
    ann.get("/").expect(200).expect_text("Mark all as read");
    ann.post("/timeline/marker", &[("id", &first.id)]).expect(303);
    shows_not(&ann, "/", "Mark all as read");
    ann.write("", "New since");
    let page = shows(&pipit, &ann, "/", "New since").text();
    let (new, line, old) =
        (page.find("New since"), page.find("read from here"), page.find("Read before"));
    assert!(new < line && line < old, "{new:?} {line:?} {old:?}");
    let count = ann.get(&format!("/timeline/new?since={}", first.id)).expect(200).json();
    assert_eq!(count["count"], 1);
    ann.post("/timeline/marker", &[("id", "x")]).expect(400);
    assert_eq!(pipit.browser().get("/timeline/new?since=1").status, 303);
}

mod in_memory {
    //! What needs many items, a moved clock or the rows that a page reads.

    use super::*;

    fn sign_in(person: &Browser) {
        let (_, mail) = person.ask_to_sign_in(&person.email);
        person.use_link(&mail).expect(303);
    }

    fn numbers(page: &Answer) -> Vec<u32> {
        let text = page.text();
        let found =
            text.split("Number ").skip(1).filter_map(|rest| rest.split('.').next()?.parse().ok());
        found.collect()
    }

    #[test]
    fn a_long_timeline_is_read_to_its_end_and_back() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
        ben.get("/").expect(200);
        follow(&ben, &ann);
        for n in 0..100 {
            memory.native.clock.advance(6);
            ann.post("/posts", &[("text", &format!("Number {n}."))]).expect(303);
        }
        let all: Vec<u32> = (0..100).rev().collect();
        let link = |page: &Answer, word: &str| {
            let links = page.attributes("href");
            links.into_iter().find(|url| url.contains(word)).map(|url| url.replace("&amp;", "&"))
        };
        let mut page = ben.get("/").expect(200);
        let mut seen = numbers(&page);
        while let Some(older) = link(&page, "before=") {
            page = ben.get(&older).expect(200);
            seen.extend(numbers(&page));
        }
        assert_eq!(seen, all);
        let mut back = numbers(&page);
        while let Some(newer) = link(&page, "since=") {
            page = ben.get(&newer).expect(200);
            back.splice(0..0, numbers(&page));
        }
        assert_eq!(back, all);
    }

    /// More operations than sending a post to ten followers takes.
    const MOMENTS: usize = 40;

    #[test]
    fn the_line_stands_where_one_stopped_on_whichever_page_that_is() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let stopped = ann.write("", "Number 0.");
        ann.post("/timeline/marker", &[("id", &stopped.id)]).expect(303);
        for n in 1..=40 {
            memory.native.clock.advance(6);
            ann.post("/posts", &[("text", &format!("Number {n}."))]).expect(303);
        }
        let page = ann.get("/").expect(200);
        assert!(!page.text().contains("read from here"));
        let older = page.attributes("href").into_iter().find(|url| url.contains("before="));
        let page = ann.get(&older.expect("a link to the older ones")).expect(200).text();
        assert!(page.find("Number 1.") < page.find("read from here"), "{page}");
        assert!(page.find("read from here") < page.find("Number 0."), "{page}");
    }

    #[test]
    fn the_power_may_go_at_any_moment_of_sending_a_post_out() {
        for moment in 0..MOMENTS {
            let pipit = Pipit::in_memory();
            let memory = pipit.memory().expect("it is in memory");
            let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
            ben.get("/").expect(200);
            follow(&ben, &ann);
            let program = tests::Program::of(&pipit, &ben, &["create"]);
            let asked = ben.write("", "Who answers?");
            memory.runs_jobs.set(false);
            let reply = serde_json::json!({ "id": asked.id, "content": "Me, @ann" });
            program.json("/posts/reply", &reply).expect(201);
            ann.write("", "To all of you, @ben");
            memory.native.faults.stop_after(moment);
            let jobs =
                || futures_executor::block_on(web::run_jobs(&memory.context(), app::FUNCTIONS));
            let was_cut = jobs().is_err();
            memory.native.faults.heal();
            memory.runs_jobs.set(true);
            memory.native.clock.advance(121);
            memory.run_jobs();
            for (path, words) in [
                ("/", "To all of you"),
                ("/mentions", "To all of you"),
                ("/discover", "To all of you"),
            ] {
                let page = ben.get(path).expect(200).text();
                assert_eq!(page.matches(words).count(), 1, "moment {moment}, {path}:\n{page}");
            }
            let page = ben.get(&format!("/conversation/{}", asked.id)).expect(200).text();
            assert_eq!(page.matches("Me, ").count(), 1, "moment {moment}");
            let dead = "select count(*) as n from jobs where dead_at is not null";
            assert_eq!(memory.count(dead), 0, "moment {moment}: a job was given up");
            if !was_cut && moment > 0 {
                return;
            }
        }
        panic!("sending a post out takes more than {MOMENTS} operations");
    }

    #[test]
    fn the_power_may_go_at_any_moment_of_reading_a_feed() {
        let items: String = (0..60)
            .map(|nth| format!("<item><guid isPermaLink=\"false\">{nth}</guid><title>Number {nth}.</title></item>"))
            .collect();
        let feed =
            format!("<rss version=\"2.0\"><channel><title>Long</title>{items}</channel></rss>");
        for moment in 0..MOMENTS {
            let pipit = Pipit::in_memory();
            let memory = pipit.memory().expect("it is in memory");
            let ann = pipit.sign_up("ann");
            let site = Fixture::start(&pipit);
            let url = site.page("/feed.xml", "application/rss+xml", &feed);
            ann.get("/").expect(200);
            memory.runs_jobs.set(false);
            ann.post("/subscriptions", &[("url", &url)]).expect(303);
            memory.native.faults.stop_after(moment);
            let jobs =
                || futures_executor::block_on(web::run_jobs(&memory.context(), app::FUNCTIONS));
            let was_cut = jobs().is_err() || jobs().is_err();
            memory.native.faults.heal();
            memory.runs_jobs.set(true);
            for _ in 0..90 {
                memory.native.clock.advance(60);
                memory.run_jobs();
            }
            for rows in ["select count(*) as n from entries", "select count(*) as n from timeline"]
            {
                assert_eq!(memory.count(rows), 60, "moment {moment}: {rows}");
            }
            if !was_cut && moment > 0 {
                return;
            }
        }
        panic!("reading a feed takes more than {MOMENTS} operations");
    }

    #[test]
    fn who_comes_back_after_months_finds_the_newest() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
        follow(&ben, &ann);
        ben.get("/").expect(200);
        memory.native.clock.advance(40 * 24 * 3600);
        sign_in(&ann);
        ann.get("/").expect(200);
        memory.native.clock.advance(25 * 3600);
        ann.get("/").expect(200);
        memory.run_jobs();
        assert_eq!(memory.count("select count(*) as n from readers"), 1, "Ben's is removed");
        ann.write("", "While you were away");
        let mine = "select count(*) as n from timeline where list = 'home'";
        assert_eq!(memory.count(mine), 1, "nothing is written for whoever does not read it");
        sign_in(&ben);
        ben.get("/").expect(200).expect_text("While you were away");
    }
}
