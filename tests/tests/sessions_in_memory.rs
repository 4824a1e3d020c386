//! Sessions, where only a moved clock, a broken port or rows can show it.

use domain::secret;
use futures_executor::block_on;
use host_native::When;
use tests::{Ask, Browser, Pipit};
use web::{Route, Verb};

const SESSION: &str = "__Host-pipit_session";
const DAY: i64 = 86_400;

#[track_caller]
fn another(pipit: &Pipit, email: &str) -> Browser {
    let browser = pipit.browser();
    let (_, mail) = browser.ask_to_sign_in(email);
    browser.use_link(&mail).expect(303);
    browser
}

/// A request to the route; whatever its names stand for, nobody has it.
fn ask(route: &Route) -> Ask {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
    let path = parts.collect::<Vec<_>>().join("/");
    match route.verb {
        Verb::Get => Ask::get(&path),
        _ => Ask::form(&path, &[]),
    }
}

#[test]
fn the_id_changes_every_day_and_the_old_one_is_good_for_a_minute() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    clock.advance(DAY - 60);
    assert!(ann.get("/posts").expect(200).set_cookie(SESSION).is_none(), "not within the day");
    let old = ann.clone();
    clock.advance(120);
    let line = ann.get("/posts").expect(200).set_cookie(SESSION).expect("a new value");
    let want = ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"];
    assert!(want.iter().all(|part| line.contains(part)), "{line}");
    assert_ne!(ann.cookie(SESSION), old.cookie(SESSION));
    clock.advance(55);
    let answer = old.get("/posts").expect(200);
    assert!(answer.set_cookie(SESSION).is_none(), "the old value gets no third one");
    clock.advance(10);
    assert!(!old.is_signed_in(), "the minute is over");
    assert!(ann.is_signed_in());
}

#[test]
fn the_new_id_comes_with_an_error_page_too() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    for (path, status) in [("/posts/none/edit", 404), ("/settings/tokens", 303)] {
        clock.advance(DAY + 60);
        let before = ann.cookie(SESSION);
        ann.get(path).expect(status).set_cookie(SESSION).expect("the new value is set");
        assert_ne!(ann.cookie(SESSION), before);
        clock.advance(120);
        assert!(ann.is_signed_in(), "{path} lost the session");
    }
}

#[test]
fn requests_at_once_change_the_id_once_and_all_are_answered() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    clock.advance(DAY + 60);
    let answers = ann.send_at_once(10, Ask::get("/posts"));
    assert!(answers.iter().all(|answer| answer.status == 200));
    let changed = answers.iter().filter(|answer| answer.set_cookie(SESSION).is_some()).count();
    assert_eq!(changed, 1);
}

#[test]
fn signing_out_with_the_old_id_ends_the_session() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    clock.advance(DAY + 60);
    let old = ann.clone();
    assert!(ann.is_signed_in());
    old.post("/signout", &[]).expect(303);
    assert!(!ann.is_signed_in());
}

/// A request may have looked its session up the moment before another one changed the id.
#[test]
fn what_looked_the_session_up_before_its_id_changed_still_means_it() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let id = secret::sha256_hex(ann.cookie(SESSION).expect("signed in").as_bytes());
    let cx = memory.context();
    let found = block_on(store::session::find(&cx, &id)).expect("the database answers");
    let session = found.expect("it is there");
    memory.native.clock.advance(DAY + 60);
    assert!(ann.is_signed_in());
    let cx = memory.context();
    block_on(store::session::delete_others(&cx, &session.account_id, &id)).expect("it answers");
    assert!(ann.is_signed_in(), "it is not one of the others");
    block_on(store::session::delete(&cx, &id)).expect("the database answers");
    assert!(!ann.is_signed_in(), "it has been ended");
}

#[test]
fn an_account_has_fifty_sessions_and_the_oldest_make_room() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let ben = pipit.sign_up("ben");
    let mut browsers = Vec::new();
    for _ in 0..51 {
        // So seldom that the limits on mails let it pass.
        memory.native.clock.advance(3 * 3600);
        browsers.push(another(&pipit, &ann.email));
    }
    let of_ann = "select count(*) as n from sessions s join accounts a on a.id = s.account_id
        where a.username = 'ann'";
    assert_eq!(memory.count(of_ann), 50);
    assert!(!ann.is_signed_in(), "the oldest has ended");
    assert!(!browsers[0].is_signed_in(), "and the one after it");
    assert!(browsers[1].is_signed_in() && browsers[50].is_signed_in());
    assert!(ben.is_signed_in(), "each account has its own fifty");
}

#[test]
fn what_wants_a_fresh_proof_asks_for_it_after_ten_minutes() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let other = another(&pipit, &ann.email);
    memory.native.clock.advance(660);
    let routes = app::FUNCTIONS.iter().flat_map(|function| function.routes);
    let routes: Vec<&Route> = routes.filter(|route| route.wants_fresh_proof).collect();
    assert!(routes.len() >= 10, "there are {}", routes.len());
    for route in routes {
        let page = ann.send(ask(route)).expect(303);
        let location = page.header("location");
        assert!(location.starts_with("/settings/proof"), "{}: {location}", route.path);
        let json = ann.send(ask(route).with("accept", "application/json")).expect(401);
        assert_eq!(json.header("content-type"), "application/problem+json", "{}", route.path);
    }
    assert!(other.is_signed_in(), "nothing was ended meanwhile");
    let stranger = pipit.browser().get("/settings/tokens").expect(303);
    assert!(stranger.header("location").starts_with("/signin"), "a stranger has nothing to prove");
}

#[test]
fn a_fresh_proof_by_mail_is_good_for_ten_minutes_and_begins_the_session_anew() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    clock.advance(660);
    let old = ann.clone();
    let page = ann.get("/settings/tokens").expect(303);
    assert_eq!(page.header("location"), "/settings/proof?next=%2Fsettings%2Ftokens");
    let before = pipit.mails_to(&ann.email).len();
    ann.post("/settings/proof", &[("next", "/settings/tokens")]).expect(202);
    ann.get("/settings/tokens").expect(303);
    let mail = ann.mail_after(&ann.email, before);
    let answer = ann.use_link(&mail).expect(303);
    assert_eq!(answer.header("location"), "/settings/tokens");
    assert_ne!(ann.cookie(SESSION), old.cookie(SESSION));
    assert!(!old.is_signed_in(), "the value before the proof is worth nothing");
    clock.advance(590);
    ann.get("/settings/tokens").expect(200);
    clock.advance(20);
    ann.get("/settings/tokens").expect(303);
    assert!(ann.is_signed_in(), "for all else one stays signed in");
}

#[test]
fn ending_all_others_with_an_old_proof_ends_none() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    let other = another(&pipit, &ann.email);
    clock.advance(660);
    let answer = ann.post("/settings/sessions/others/deletion", &[]).expect(303);
    assert!(answer.header("location").starts_with("/settings/proof"), "{answer:?}");
    assert!(other.is_signed_in());
}

#[test]
fn sign_ins_and_their_addresses_are_forgotten_after_twelve_months() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let address = ann.address.to_string();
    memory.native.clock.advance(364 * DAY);
    pipit.sign_up("ben");
    let sign_ins = "select count(*) as n from signins";
    assert_eq!(memory.count(sign_ins), 2, "a year is not over");
    assert!(memory.everything_stored().contains(&address));
    memory.native.clock.advance(2 * DAY);
    pipit.sign_up("cas");
    assert_eq!(memory.count(sign_ins), 2, "ben's and cas's");
    assert!(!memory.everything_stored().contains(&address), "the address is still stored");
}

#[test]
fn when_the_database_is_down_a_signed_in_browser_gets_no_strangers_page() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    for path in ["/", "/about", "/signin", "/posts", "/settings/sessions"] {
        memory.native.faults.fail("from sessions", When::Before);
        let answer = ann.get(path).expect(503);
        assert!(answer.set_cookies().is_empty(), "{path} takes the cookie away");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    assert!(ann.is_signed_in());
}
