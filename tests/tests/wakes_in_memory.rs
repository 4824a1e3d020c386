//! Whoever asks for a look while one is under way gets another one: no request is lost at its end.

use futures_executor::block_on;
use store::push::Offer;
use tests::{Ask, Browser, Elsewhere, Pipit};

const LEASE: i64 = 900;
const WEEK: i64 = 7 * 86_400;

/// A Pipit whose jobs wait until the test does what they would do.
fn at_rest() -> (Pipit, Browser) {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    pipit.memory().expect("it is in memory").runs_jobs.set(false);
    (pipit, ann)
}

#[test]
fn a_domain_that_is_asked_for_during_a_look_is_looked_at_again() {
    for (is_put_off, is_asked) in [(false, false), (false, true), (true, false), (true, true)] {
        let (pipit, ann) = at_rest();
        let memory = pipit.memory().expect("it is in memory");
        ann.post("/settings/domain", &[("host", "ann.example")]).expect(303);
        let lease = || {
            let cx = memory.context();
            block_on(store::own_domain::lease_due(&cx, 10, LEASE)).expect("it answers")
        };
        let looking = memory.context();
        let due = lease().pop().expect("it is due");
        if is_asked {
            memory.native.clock.advance(2);
            ann.post("/settings/domain/check", &[]).expect(303);
        }
        let next_at = looking.seconds() + 300;
        let ended = match is_put_off {
            true => block_on(store::own_domain::put_off(&looking, &due, "Silence.", next_at)),
            false => {
                let seen = store::own_domain::OwnDomain { check_at: next_at, ..due.clone() };
                block_on(store::own_domain::update(&looking, &seen, due.check_at)).map(|_| ())
            }
        };
        ended.expect("it answers");
        assert_eq!(lease().len(), usize::from(is_asked), "put off: {is_put_off}");
        memory.native.clock.advance(LEASE);
        assert_eq!(lease().len(), 1, "it comes again anyway");
    }
}

#[test]
fn a_feed_that_has_something_new_during_a_fetch_is_fetched_again_when_it_may_be() {
    for outcome in ["fetched", "unchanged", "failed", "given up"] {
        for asked in ["nobody", "its hub", "its reader"] {
            let again = fetched_within_a_quarter_of_an_hour(outcome, asked);
            assert_eq!(again, asked != "nobody" && outcome != "given up", "{outcome}, {asked}");
        }
    }
}

fn fetched_within_a_quarter_of_an_hour(outcome: &str, asked: &str) -> bool {
    let (pipit, ann) = at_rest();
    let memory = pipit.memory().expect("it is in memory");
    let site = Elsewhere::start(&pipit);
    ann.post("/subscriptions", &[("url", &site.url("/feed/a"))]).expect(303);
    let page = ann.get("/subscriptions").expect(200);
    let refresh = page.between("action=\"/subscriptions/", "/").expect("a form for it");
    let refresh = format!("/subscriptions/{refresh}/refresh");
    let lease = || {
        let cx = memory.context();
        block_on(store::feed::lease_due(&cx, 10, LEASE)).expect("it answers").pop()
    };
    let cx = memory.context();
    let (id, _) = lease().expect("it is due");
    assert_eq!(lease(), None, "it is nobody else's");
    memory.native.clock.advance(2);
    match asked {
        "its hub" => {
            ann.post("/ping", &[("url", &site.url("/feed/a"))]).expect(202);
        }
        "its reader" => {
            ann.post(&refresh, &[]).expect(303);
        }
        _ => {}
    }
    assert_eq!(lease(), None, "it is being fetched");
    let feed = block_on(store::feed::find(&cx, &id)).expect("it answers").expect("it is there");
    let later = cx.seconds() + WEEK;
    let ended = match outcome {
        "fetched" => {
            block_on(cx.db.batch(vec![store::feed::fetched(&cx, &feed, later)])).map(|_| ())
        }
        "unchanged" => block_on(store::feed::unchanged(&cx, &feed, later)),
        "failed" => block_on(store::feed::fail(&cx, &id, "Silence.", Some(later))),
        _ => block_on(store::feed::fail(&cx, &id, "It is gone.", None)),
    };
    ended.expect("it answers");
    memory.native.clock.advance(800);
    assert_eq!(lease(), None, "no feed is fetched more often than each quarter of an hour");
    memory.native.clock.advance(110);
    lease().is_some()
}

#[test]
fn what_a_hub_agrees_says_nothing_of_another_one_that_the_feed_names_meanwhile() {
    let (pipit, ann) = at_rest();
    let memory = pipit.memory().expect("it is in memory");
    ann.post("/subscriptions", &[("url", "https://site.example/feed")]).expect(303);
    let cx = memory.context();
    let id = block_on(store::push::find_feed(&cx, "https://site.example/feed"));
    let id = id.expect("it answers").expect("it is there");
    let offer = |hub: &str| Offer { url: hub.into(), topic: "t".into(), is_cloud: false };
    let note = |hub: &str| block_on(store::push::note(&cx, &id, Some(&offer(hub)), "random"));
    note("https://old.example/").expect("it answers");
    let asked = block_on(store::push::find(&cx, &id)).expect("it answers").expect("it has one");
    note("https://new.example/").expect("it answers");
    block_on(store::push::agree(&cx, &asked, WEEK)).expect("it answers");
    block_on(store::push::renew(&cx, &id)).expect("it answers");
    let asks = "select count(*) as n from jobs where kind = 'push-ask'";
    assert_eq!(memory.count(asks), 1, "the new one is still to be asked");
}

#[test]
fn a_profile_that_is_saved_during_a_look_is_looked_at_again() {
    for is_saved in [false, true] {
        let (pipit, ann) = at_rest();
        let memory = pipit.memory().expect("it is in memory");
        let save = || {
            let fields = [("name", "Ann"), ("gravatar", "1"), ("site", "https://ann.example/")];
            ann.send(Ask::upload("/settings/profile", &fields, &[])).expect(303);
        };
        save();
        let sites = || {
            let cx = memory.context();
            block_on(store::profile::lease_sites(&cx, 10, LEASE)).expect("it answers").pop()
        };
        let pictures = || {
            let cx = memory.context();
            block_on(store::profile::lease_gravatars(&cx, 10, LEASE)).expect("it answers").pop()
        };
        let (site, picture) = (sites().expect("it is due"), pictures().expect("it is due"));
        if is_saved {
            save();
        }
        let cx = memory.context();
        let later = cx.seconds() + WEEK;
        block_on(store::profile::site_checked(&cx, &site, false, later)).expect("it answers");
        block_on(store::profile::set_gravatar(&cx, &picture, None, later)).expect("it answers");
        assert_eq!((sites().is_some(), pictures().is_some()), (is_saved, is_saved));
    }
}
