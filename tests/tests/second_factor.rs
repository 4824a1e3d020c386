//! The second factor: what it opens, and that nothing opens without it.

#[path = "second_factor/authenticator.rs"]
mod authenticator;

use authenticator::{Authenticator, Fields};
use domain::totp;
use serde_json::Value;
use std::time::{Duration, SystemTime};
use tests::{Answer, Ask, Browser, Mail, Pipit};

const SESSION: &str = "__Host-pipit_session";
const HALF: &str = "__Host-pipit_half";
const STEP: i64 = 30;

fn now(pipit: &Pipit) -> i64 {
    match pipit.memory() {
        Some(memory) => memory.context().seconds(),
        None => {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            since.expect("it is after 1970").as_secs() as i64
        }
    }
}

fn post(browser: &Browser, path: &str, fields: &Fields) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, value)| (*n, value.as_str())).collect();
    browser.post(path, &fields)
}

fn options(browser: &Browser, path: &str) -> Value {
    let answer = browser.post(path, &[]).expect(200);
    serde_json::from_slice(&answer.body).expect("the options are JSON")
}

/// The bytes of a secret as the page shows it.
fn secret_of(shown: &str) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let values = shown
        .bytes()
        .filter(|b| *b != b' ')
        .map(|b| letters.iter().position(|letter| *letter == b).expect("base 32") as u64);
    let values: Vec<u64> = values.collect();
    let groups = values.chunks(8).flat_map(|eight| {
        let bits = eight.iter().fold(0, |bits, value| (bits << 5) | value);
        bits.to_be_bytes()[3..].to_vec()
    });
    groups.collect()
}

/// Turns on an authenticator app by the code of this moment; gives its secret and the recovery codes.
#[track_caller]
fn set_up_totp(pipit: &Pipit, person: &Browser) -> (Vec<u8>, Vec<String>) {
    let page = person.get("/settings/security/totp").expect(200);
    let secret = secret_of(&page.between("into it: <code>", "</code>").expect("the secret"));
    let setup = page.between("name=\"setup\" value=\"", "\"").expect("the sealed secret");
    let code = totp::code(&secret, now(pipit) / STEP).expect("a code");
    let answer = person.post("/settings/security/totp", &[("setup", &setup), ("code", &code)]);
    let codes = codes_of(&answer.expect(200));
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

fn codes_of(answer: &Answer) -> Vec<String> {
    let text = answer.text();
    let parts = text.split("<li><code>").skip(1);
    parts.filter_map(|part| part.split_once("</code>")).map(|(code, _)| code.to_owned()).collect()
}

/// The mail with the link; notes on a change or a new browser may arrive beside it.
#[track_caller]
fn ask_for_link(pipit: &Pipit, browser: &Browser) -> Mail {
    let links = || {
        let mails = pipit.mails_to(&browser.email);
        mails.into_iter().filter(|mail| mail.text.contains("/signin/link#")).collect::<Vec<_>>()
    };
    let before = links().len();
    browser.post("/signin", &[("email", &browser.email), ("next", "")]).expect(202);
    for _ in 0..100 {
        let now = links();
        if now.len() > before {
            return now[0].clone();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("no link came to {}", browser.email);
}

/// Another browser of the person, which has used the mail and is half in.
#[track_caller]
fn half_in(pipit: &Pipit, person: &Browser) -> Browser {
    let mut browser = pipit.browser();
    browser.email = person.email.clone();
    let mail = ask_for_link(pipit, &browser);
    let answer = browser.use_link(&mail).expect(303);
    assert_eq!(answer.header("location"), "/signin/factor");
    assert!(browser.cookie(HALF).is_some());
    assert!(browser.cookie(SESSION).is_none(), "the mail alone makes no session");
    browser
}

#[track_caller]
fn register(pipit: &Pipit, person: &Browser) -> Authenticator {
    let mut key = Authenticator::new(&format!("key of {}", person.username), &pipit.app_host());
    let fields = key.create(&options(person, "/settings/security/passkeys/challenge"));
    post(person, "/settings/security/passkeys", &fields).expect(200);
    key
}

#[test]
fn an_authenticator_app_is_asked_for_after_the_mail_and_each_code_counts_once() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (secret, _) = set_up_totp(&pipit, &ann);
    let code = totp::code(&secret, now(&pipit) / STEP + 1).expect("a code");

    let first = half_in(&pipit, &ann);
    first.get("/signin/factor").expect(200);
    first.post("/signin/factor", &[("code", "000000")]).expect(422);
    assert!(!first.is_signed_in());
    first.post("/signin/factor", &[("code", &code)]).expect(303);
    assert!(first.is_signed_in());

    let second = half_in(&pipit, &ann);
    second.post("/signin/factor", &[("code", &code)]).expect(422);
    assert!(!second.is_signed_in(), "a code that was used is over");
}

#[test]
fn the_code_that_turned_the_app_on_does_not_sign_in() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let (secret, _) = set_up_totp(&pipit, &ann);
    let code = totp::code(&secret, now(&pipit) / STEP).expect("a code");
    let half = half_in(&pipit, &ann);
    half.post("/signin/factor", &[("code", &code)]).expect(422);
    assert!(!half.is_signed_in());
}

#[test]
fn a_wrong_code_does_not_turn_an_app_on() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let page = ann.get("/settings/security/totp").expect(200);
    let setup = page.between("name=\"setup\" value=\"", "\"").expect("the sealed secret");
    ann.post("/settings/security/totp", &[("setup", &setup), ("code", "12")]).expect(422);
    let ben = pipit.sign_up("ben");
    ben.post("/settings/security/totp", &[("setup", &setup), ("code", "12")]).expect(410);
    let other = pipit.browser();
    let (_, mail) = other.ask_to_sign_in(&ann.email);
    other.use_link(&mail).expect(303);
    assert!(other.is_signed_in(), "without a second factor the mail is enough");
}

#[test]
fn a_recovery_code_stands_in_once_and_new_ones_end_the_old() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (_, codes) = set_up_totp(&pipit, &ann);

    let first = half_in(&pipit, &ann);
    let typed = codes[0].to_lowercase().replace('-', " ");
    first.post("/signin/factor", &[("recovery_code", &typed)]).expect(303);
    assert!(first.is_signed_in());
    first.get("/settings/security").expect(200).expect_text("9 of ten are left");

    let second = half_in(&pipit, &ann);
    second.post("/signin/factor", &[("recovery_code", &codes[0])]).expect(422);
    let new = codes_of(&first.post("/settings/security/recovery-codes", &[]).expect(200));
    second.post("/signin/factor", &[("recovery_code", &codes[1])]).expect(422);
    assert!(!second.is_signed_in());
    second.post("/signin/factor", &[("recovery_code", &new[1])]).expect(303);
    assert!(second.is_signed_in());
}

#[test]
fn five_wrong_codes_end_a_half_session_and_so_do_ten_minutes() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let (secret, codes) = set_up_totp(&pipit, &ann);
    let tried = half_in(&pipit, &ann);
    for _ in 0..5 {
        tried.post("/signin/factor", &[("code", "000000")]).expect(422);
    }
    tried.post("/signin/factor", &[("recovery_code", &codes[0])]).expect(410);

    let late = half_in(&pipit, &ann);
    pipit.memory().expect("it is in memory").native.clock.advance(601);
    let code = totp::code(&secret, now(&pipit) / STEP).expect("a code");
    late.post("/signin/factor", &[("code", &code)]).expect(410);
    assert!(!late.is_signed_in());
}

/// Every route of the app answers a half session as it answers a stranger, the second factor's own excepted.
#[test]
fn a_half_session_is_a_stranger_to_every_other_route() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    set_up_totp(&pipit, &ann);
    let half = half_in(&pipit, &ann);
    let value = half.cookie(HALF).expect("half in");
    let forged = pipit.browser();
    forged.set_cookie(SESSION, &value);
    let stranger = pipit.browser();
    let mut tried = 0;
    let routes = app::FUNCTIONS.iter().flat_map(|function| function.routes);
    for route in routes.filter(|route| route.site == platform::Site::App) {
        if route.path.starts_with("/signin/factor") || route.path.starts_with("/signin/passkey") {
            continue;
        }
        let parts = route.path.split('/').map(|part| {
            part.split_once('{').map_or(part, |(b, _)| if b.is_empty() { "x" } else { b })
        });
        let path = parts.collect::<Vec<_>>().join("/");
        let ask = || match route.verb {
            web::Verb::Get => Ask::get(&path),
            web::Verb::Post => Ask::form(&path, &[]),
            web::Verb::Delete => Ask::get(&path).method(http::Method::DELETE),
        };
        let expected = stranger.send(ask());
        for (who, browser) in [("half", &half), ("forged", &forged)] {
            let answer = browser.send(ask());
            let same = (answer.status, answer.header("location"))
                == (expected.status, expected.header("location"));
            assert!(same, "{who}: {:?} {path} answered {}", route.verb, answer.status);
            assert!(!answer.text().contains(&ann.email), "{who}: {path} shows the address");
        }
        tried += 1;
    }
    assert!(tried > 30, "only {tried} routes were tried");
}

#[test]
fn a_passkey_alone_signs_in_and_its_answer_counts_once() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let key = register(&pipit, &ann);
    let other = pipit.browser();
    let fields = key.get(&options(&other, "/signin/passkey/challenge"));
    post(&other, "/signin/passkey", &fields).expect(303);
    assert!(other.is_signed_in());
    other.get("/settings/security").expect(200).expect_text("Key of a test");

    other.post("/signout", &[]).expect(303);
    other.post("/signin/passkey/challenge", &[]).expect(200);
    post(&other, "/signin/passkey", &fields).expect(403);
    assert!(!other.is_signed_in(), "an answer counts once");
}

#[test]
fn a_passkey_is_refused_when_anything_about_its_answer_is_wrong() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let key = register(&pipit, &ann);
    type Twist = fn(&mut Authenticator);
    let twists: [(&str, Twist); 8] = [
        ("another origin", |key| key.says.origin = "http://evil.example".to_owned()),
        ("a blog's origin", |key| key.says.origin = key.says.origin.replace("//", "//ann.blogs.")),
        ("another host", |key| key.says.rp_id = "blogs.localhost".to_owned()),
        ("another challenge", |key| key.says.challenge = Some("A".repeat(43))),
        ("the other ceremony", |key| key.says.kind = Some("webauthn.create")),
        ("no touch", Authenticator::untouched),
        ("nobody verified, and no mail before", Authenticator::unverified),
        ("somebody else's handle", |key| key.user_handle = "A".repeat(43)),
    ];
    for (what, twist) in twists {
        let mut twisted = key.clone();
        twist(&mut twisted);
        let browser = pipit.browser();
        let fields = twisted.get(&options(&browser, "/signin/passkey/challenge"));
        post(&browser, "/signin/passkey", &fields).expect(403);
        assert!(!browser.is_signed_in(), "{what}");
    }
}

#[test]
fn the_challenge_belongs_to_the_browser_that_asked_and_lives_five_minutes() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let key = register(&pipit, &ann);
    let (asking, other) = (pipit.browser(), pipit.browser());
    other.post("/signin/passkey/challenge", &[]).expect(200);
    let fields = key.get(&options(&asking, "/signin/passkey/challenge"));
    post(&other, "/signin/passkey", &fields).expect(403);
    let fields = key.get(&options(&asking, "/signin/passkey/challenge"));
    pipit.memory().expect("it is in memory").native.clock.advance(301);
    post(&asking, "/signin/passkey", &fields).expect(403);
    assert!(!asking.is_signed_in());
}

#[test]
fn a_key_that_counts_backwards_was_copied() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let mut key = register(&pipit, &ann);
    for (count, status) in [(7, 303), (8, 303), (8, 403), (3, 403), (0, 403), (9, 303)] {
        key.says.count = count;
        let browser = pipit.browser();
        let fields = key.get(&options(&browser, "/signin/passkey/challenge"));
        post(&browser, "/signin/passkey", &fields).expect(status);
    }
}

#[test]
fn a_key_that_verifies_nobody_is_a_second_factor_after_the_mail() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let mut key = register(&pipit, &ann);
    key.unverified();
    let half = half_in(&pipit, &ann);
    let asked = options(&half, "/signin/passkey/challenge");
    assert_eq!(asked["allowCredentials"].as_array().map(Vec::len), Some(1));
    post(&half, "/signin/passkey", &key.get(&asked)).expect(303);
    assert!(half.is_signed_in());
}

#[test]
fn a_change_of_factors_wants_a_fresh_proof_and_ends_all_that_is_older() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    let other = pipit.browser();
    let (_, mail) = other.ask_to_sign_in(&ann.email);
    other.use_link(&mail).expect(303);
    let fields = [("name", "Editor"), ("days", ""), ("scope", "create")];
    let page = ann.post("/settings/tokens", &fields).expect(200);
    let token = page.between("<code class=\"address\">", "</code>").expect("the page shows it");
    let bearer = format!("Bearer {token}");
    let check =
        || pipit.browser().send(Ask::get("/indieauth/token").with("authorization", &bearer));
    check().expect(200);
    let (secret, _) = set_up_totp(&pipit, &ann);
    assert!(!other.is_signed_in(), "who was in before the change is out");
    check().expect(401);
    assert!(pipit.mail_to(&ann.email).subject.contains("security"), "the person is told");

    clock.advance(601);
    let proof = "/settings/proof";
    for path in ["totp/deletion", "recovery-codes", "passkeys"] {
        let answer = ann.post(&format!("/settings/security/{path}"), &[]).expect(303);
        assert!(answer.header("location").starts_with(proof), "{path}");
    }
    let before = ann.cookie(SESSION);
    let code = totp::code(&secret, now(&pipit) / STEP).expect("a code");
    ann.post("/settings/proof/totp", &[("code", "000000"), ("next", "/")]).expect(422);
    ann.post("/settings/proof/totp", &[("code", &code), ("next", "/posts")]).expect(303);
    assert_ne!(ann.cookie(SESSION), before, "the session's id changes with the proof");
    ann.post("/settings/security/totp/deletion", &[]).expect(303);
    let again = pipit.browser();
    let (_, mail) = again.ask_to_sign_in(&ann.email);
    again.use_link(&mail).expect(303);
    assert!(again.is_signed_in(), "without a second factor the mail is enough again");
}

/// The mail alone is no fresh proof where there is a second factor.
#[test]
fn the_mail_does_not_take_the_second_factor_off() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    set_up_totp(&pipit, &ann);
    clock.advance(601);
    let before = pipit.mails_to(&ann.email).len();
    ann.post("/settings/proof", &[("next", "/settings/security")]).expect(202);
    let mail = ann.mail_after(&ann.email, before);
    let answer = ann.use_link(&mail).expect(303);
    assert_eq!(answer.header("location"), "/signin/factor");
    assert!(ann.is_signed_in(), "the session that was there stays");
    let answer = ann.post("/settings/security/totp/deletion", &[]).expect(303);
    assert!(answer.header("location").starts_with("/settings/proof"));
    half_in(&pipit, &ann);
}

#[test]
fn a_passkey_proves_afresh_its_own_person_only() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let (anns, bens) = (register(&pipit, &ann), register(&pipit, &ben));
    let path = "/settings/proof/passkey";
    let challenge = "/settings/proof/passkey/challenge";
    post(&ann, path, &bens.get(&options(&ann, challenge))).expect(403);
    let before = ann.cookie(SESSION);
    post(&ann, path, &anns.get(&options(&ann, challenge))).expect(303);
    assert_ne!(ann.cookie(SESSION), before);
    // Nor does a challenge of one kind serve another.
    post(&ann, path, &anns.get(&options(&ann, "/signin/passkey/challenge"))).expect(403);
}

#[test]
fn one_passkey_belongs_to_one_account() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let mut key = register(&pipit, &ann);
    let fields = key.create(&options(&ben, "/settings/security/passkeys/challenge"));
    post(&ben, "/settings/security/passkeys", &fields).expect(409);
}

#[test]
fn nothing_of_a_factor_stands_readable_in_the_database() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let (secret, codes) = set_up_totp(&pipit, &ann);
    let half = half_in(&pipit, &ann);
    let challenge = options(&half, "/signin/passkey/challenge")["challenge"].clone();
    let rows = memory.everything_stored();
    let half = half.cookie(HALF).expect("half in");
    let challenge = challenge.as_str().expect("a text");
    for planted in [&*totp::base32(&secret), &domain::secret::hex(&secret), &half, challenge] {
        assert!(!rows.contains(planted), "{planted} stands in the database");
    }
    for code in codes {
        assert!(!rows.contains(&code) && !rows.contains(&code.replace('-', "")), "{code}");
    }
}
