//! Signing in, where only a moved clock, a broken port or other settings can show it.

use host_native::When;
use tests::{Browser, Mail, Pipit};

const SESSION: &str = "__Host-pipit_session";
const PRE: &str = "__Host-pipit_pre";

/// A stranger who has asked for an account and has the mail.
#[track_caller]
fn asked(pipit: &Pipit, name: &str) -> (Browser, Mail) {
    let mut browser = pipit.browser();
    browser.username = pipit.name(name);
    browser.email = format!("{}@example.com", browser.username);
    let (_, mail) = browser.ask_to_sign_up(&browser.username, &browser.email);
    (browser, mail)
}

#[test]
fn link_and_code_end_after_ten_minutes() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let (ann, mail) = asked(&pipit, "ann");
    memory.native.clock.advance(599);
    ann.use_code(&mail.wrong_code()).expect(422);
    memory.native.clock.advance(1);
    ann.use_code(&mail.code()).expect(410);
    ann.use_link(&mail).expect(410);
    assert!(!ann.is_signed_in());
}

#[test]
fn a_session_ends_thirty_days_after_its_last_use() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    for _ in 0..3 {
        clock.advance(29 * 86_400);
        assert!(ann.is_signed_in());
    }
    clock.advance(31 * 86_400);
    assert!(!ann.is_signed_in());
}

#[test]
fn a_session_ends_after_a_hundred_and_eighty_days_however_much_it_is_used() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    for _ in 0..17 {
        clock.advance(10 * 86_400);
        assert!(ann.is_signed_in());
    }
    clock.advance(10 * 86_400 + 1);
    assert!(!ann.is_signed_in());
}

#[test]
fn nothing_that_is_stored_lets_anybody_in() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let (ann, mail) = asked(&pipit, "ann");
    let secrets = [mail.token(), mail.code(), mail.code().replace('-', "")];
    let pre = ann.cookie(PRE).expect("the cookie of the asking browser");
    let rows = memory.everything_stored();
    for secret in secrets.iter().chain([&pre]) {
        assert!(!rows.contains(secret), "{secret} stands in the database");
    }
    ann.use_link(&mail).expect(303);
    let session = ann.cookie(SESSION).expect("a session");
    assert!(!memory.everything_stored().contains(&session));
}

#[test]
fn nothing_secret_or_personal_is_logged() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail("http POST", When::Before);
    memory.native.faults.fail("http POST", When::Before);
    let mut ann = pipit.browser();
    ann.email = "canary@example.com".to_owned();
    ann.post("/signup", &[("name", "Ann"), ("email", &ann.email), ("username", "ann")]);
    memory.native.clock.advance(61);
    memory.run_jobs();
    let mail = pipit.mail_to(&ann.email);
    ann.use_code(&mail.wrong_code()).expect(422);
    ann.use_link(&mail).expect(303);
    let log = host_native::take_log().join("\n");
    assert!(log.contains("signin-mail"), "the failure is logged:\n{log}");
    let secrets = ["canary", &mail.token(), &mail.code(), &ann.cookie(SESSION).expect("one")];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is logged:\n{log}");
    }
}

#[test]
fn a_mail_goes_at_once_although_a_line_broke() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail("http POST localhost/email", When::Before);
    let fields = [("name", "Ann"), ("email", "ann@example.com"), ("username", "ann")];
    pipit.browser().post("/signup", &fields).expect(202);
    assert_eq!(pipit.mails_to("ann@example.com").len(), 1);
}

#[test]
fn a_mail_that_the_provider_did_not_take_is_sent_again() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail("http POST localhost/email", When::Before);
    memory.native.faults.fail("http POST localhost/email", When::Before);
    let ann = pipit.browser();
    ann.post("/signup", &[("name", "Ann"), ("email", "ann@example.com"), ("username", "ann")])
        .expect(202);
    assert!(pipit.mails_to("ann@example.com").is_empty());
    memory.native.clock.advance(61);
    memory.run_jobs();
    assert_eq!(pipit.mails_to("ann@example.com").len(), 1);
    ann.use_link(&pipit.mail_to("ann@example.com")).expect(303);
}

#[test]
fn a_mail_that_is_sent_twice_is_the_same_mail() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail("http POST localhost/email", When::After);
    let ann = pipit.browser();
    ann.post("/signup", &[("name", "Ann"), ("email", "ann@example.com"), ("username", "ann")])
        .expect(202);
    memory.native.clock.advance(61);
    memory.run_jobs();
    let mails = pipit.mails_to("ann@example.com");
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].text, mails[1].text);
}

#[test]
fn when_the_limits_do_not_answer_the_sign_in_is_closed() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    memory.native.faults.fail_always("limits", When::Before);
    let stranger = pipit.browser();
    stranger.post("/signin", &[("email", &ann.email)]).expect(503);
    stranger.post("/signin/verify", &[("code", "0000-0000")]).expect(503);
    assert!(ann.is_signed_in(), "who is signed in stays so");
    ann.write("", "Writing goes on");
}

#[test]
fn when_the_database_does_not_answer_nobody_is_treated_as_a_stranger() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    memory.native.faults.fail("from sessions", When::Before);
    let answer = ann.get("/posts").expect(503);
    assert!(!answer.header("retry-after").is_empty());
    assert!(ann.is_signed_in());
}

#[test]
fn a_proof_that_was_stored_and_not_answered_is_used_up_and_costs_one_mail() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let (ann, mail) = asked(&pipit, "ann");
    memory.native.faults.fail("update challenges set consumed_at", When::After);
    ann.use_link(&mail).expect(503);
    assert!(!ann.is_signed_in());
    ann.use_link(&mail).expect(410);
    let (_, mail) = ann.ask_to_sign_in(&ann.email);
    ann.use_link(&mail).expect(303);
    assert!(ann.is_signed_in());
    assert_eq!(memory.count("select count(*) as n from accounts"), 1);
}

#[test]
fn sign_ups_can_be_closed_and_signing_in_stays_open() {
    let pipit = Pipit::with(&[("SIGNUPS", "closed")]);
    let fields = [("name", "Ann"), ("email", "ann@example.com"), ("username", "ann")];
    let answer = pipit.browser().post("/signup", &fields);
    assert_eq!(answer.status, 403);
    pipit.browser().post("/signin", &[("email", "ann@example.com")]).expect(202);
}

#[test]
fn without_a_key_or_a_provider_signing_in_is_off_and_says_so() {
    for missing in ["APP_KEY", "MAIL_TOKEN"] {
        let pipit = Pipit::with(&[(missing, "")]);
        pipit.browser().post("/signin", &[("email", "ann@example.com")]).expect(503);
    }
}
