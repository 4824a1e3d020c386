//! The page that waits for the mail, and a browser in which somebody else is signed in.

use tests::{Ask, Browser, Pipit};

fn state(browser: &Browser) -> String {
    let ask = Ask::get("/signin/state").with("accept", "application/json");
    let answer = browser.send(ask).expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.cost().rows_written, 0, "looking writes nothing");
    answer.between("\"state\":\"", "\"").expect("a state")
}

/// Another tab of the same browser has the same cookies; what one is given the other has at once.
#[test]
fn the_page_learns_that_the_link_was_used_in_another_tab() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.forget();
    let fields = [("email", ann.email.as_str()), ("next", "/posts/new")];
    let before = pipit.mails_to(&ann.email).len();
    let page = ann.post("/signin", &fields).expect(202);
    page.clone().expect_text("data-next=\"/posts/new\"").expect_text("/static/waiting.js");
    assert_eq!(state(&ann), "waiting");
    let mail = ann.mail_after(&ann.email, before);
    ann.use_link(&mail).expect(303);
    assert_eq!(state(&ann), "in");
}

#[test]
fn who_signs_in_elsewhere_leaves_the_page_waiting() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let waits = pipit.browser();
    let (_, mail) = waits.ask_to_sign_in(&ann.email);
    let both = [("token", &*mail.token()), ("code", &*mail.code())];
    pipit.browser().post("/signin/verify", &both).expect(303);
    assert_eq!(state(&waits), "waiting");
    assert_eq!(state(&pipit.browser()), "over", "a browser that asked for nothing");
}

#[test]
fn a_page_to_go_on_to_is_one_of_ours() {
    let pipit = Pipit::start();
    let evil = [("email", "x@example.com"), ("next", "https://evil.example/")];
    pipit.browser().post("/signin", &evil).expect(202).expect_text("data-next=\"/\"");
    let browser = pipit.browser();
    let name = pipit.name("wanderer");
    let (_, mail) = browser.ask_to_sign_up(&name, &format!("{name}@example.com"));
    let wrong = [("code", &*mail.wrong_code()), ("next", "//evil.example")];
    browser.post("/signin/verify", &wrong).expect(422).expect_text("data-next=\"/\"");
}

#[test]
fn the_link_alone_never_ends_somebody_elses_session() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    // Ben's browser asks to sign in as Ann, or was made to.
    let (_, mail) = ben.ask_to_sign_in(&ann.email);
    let page = ben.use_link(&mail).expect(403);
    assert!(page.set_cookies().is_empty());
    page.expect_text("name=\"code\"").expect_text(&format!("signed in as <b>{}</b>", ben.username));
    assert!(is_signed_in_as(&ben, &ben.username), "nothing has changed");

    // Link and code, without having seen whose session ends: asked again.
    let (token, code) = (mail.token(), mail.code());
    let both = [("token", token.as_str()), ("code", code.as_str())];
    ben.post("/signin/verify", &both).expect(403).expect_text("name=\"ends\"");
    assert!(is_signed_in_as(&ben, &ben.username));

    let old = ben.clone();
    let all = [both[0], both[1], ("ends", ben.username.as_str())];
    ben.post("/signin/verify", &all).expect(303);
    assert!(is_signed_in_as(&ben, &ann.username));
    assert!(!old.is_signed_in(), "the session that was named has ended");
}

#[test]
fn the_typed_code_ends_somebody_elses_session_only_when_the_page_said_so() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let (page, mail) = ben.ask_to_sign_in(&ann.email);
    let question = format!("signed in as <b>{}</b>", ben.username);
    page.expect_text(&question).expect_text(&format!("name=\"ends\" value=\"{}\"", ben.username));
    ben.use_code(&mail.code()).expect(403).expect_text(&question);
    ben.post("/signin/verify", &[("code", &mail.code()), ("ends", "somebody")]).expect(403);
    assert!(is_signed_in_as(&ben, &ben.username));
    ben.post("/signin/verify", &[("code", &mail.code()), ("ends", &ben.username)]).expect(303);
    assert!(is_signed_in_as(&ben, &ann.username));
}

#[test]
fn ones_own_session_is_replaced_without_a_question() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (page, mail) = ann.ask_to_sign_in(&ann.email);
    assert!(!page.text().contains("name=\"ends\""));
    ann.use_link(&mail).expect(303);
    assert!(is_signed_in_as(&ann, &ann.username));
}

fn is_signed_in_as(browser: &Browser, username: &str) -> bool {
    let page = browser.get("/posts").expect(200).text();
    page.contains(&format!(">{username}<"))
}
