//! Changing one's mail address, and taking an account back from whoever did.

use tests::{Browser, Mail, Pipit};

/// The token behind the `#` of a mail's only link.
#[track_caller]
fn token(mail: &Mail) -> String {
    let (_, rest) = mail.text.split_once('#').unwrap_or_else(|| panic!("no link:\n{}", mail.text));
    rest.chars().take(43).collect()
}

fn prove(browser: &Browser, mail: &Mail) -> tests::Answer {
    browser.post("/settings/email/proof", &[("token", &token(mail))])
}

/// Asks for a change and gives back the mail to the new address.
#[track_caller]
fn ask(pipit: &Pipit, browser: &Browser, new: &str) -> Mail {
    browser.post("/settings/email", &[("email", new)]).expect(202);
    pipit.eventually(|| browser.get("/settings/email"), |_| !pipit.mails_to(new).is_empty());
    pipit.mail_to(new)
}

/// Signs in elsewhere as the account of that address.
#[track_caller]
fn elsewhere(pipit: &Pipit, email: &str) -> Browser {
    let browser = pipit.browser();
    let (_, mail) = browser.ask_to_sign_in(email);
    browser.use_link(&mail).expect(303);
    browser
}

/// The notice at the old address, once it is there.
#[track_caller]
fn notice(pipit: &Pipit, browser: &Browser, old: &str) -> Mail {
    let is_it = |mail: &Mail| mail.text.contains("/address/undo#");
    pipit.eventually(|| browser.get("/address/undo"), |_| pipit.mails_to(old).iter().any(is_it));
    pipit.mails_to(old).into_iter().find(is_it).expect("the notice")
}

#[test]
fn a_change_is_proven_at_the_new_address_and_ends_everything_else() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = elsewhere(&pipit, &ann.email);
    let new = format!("{}-new@example.com", ann.username);
    let mail = ask(&pipit, &ann, &new);
    assert!(other.is_signed_in(), "asking changes nothing");
    for _ in 0..3 {
        let page = ann.get("/settings/email/proof").expect(200);
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.cost().rows_written, 0);
    }
    prove(&other, &mail.clone()).expect(303);
    // It was proven in the other browser of the same account, so that one stays.
    assert!(other.is_signed_in() && !ann.is_signed_in());
    other.get("/settings/email").expect(200).expect_text(&new);
    prove(&other, &mail).expect(422);

    let (_, old) = pipit.browser().ask_to_sign_in(&ann.email);
    assert!(!old.text.contains("/signin/link#"), "the old address has no account:\n{}", old.text);
    assert!(elsewhere(&pipit, &new).is_signed_in());
}

#[test]
fn the_typed_code_proves_it_too_and_five_wrong_ones_end_it() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let new = format!("{}-new@example.com", ann.username);
    let mail = ask(&pipit, &ann, &new);
    let code = |browser: &Browser, code: &str| {
        browser.post("/settings/email/proof", &[("code", code)]).status
    };
    assert_eq!(code(&ben, &mail.code()), 422, "another account's code");
    assert_eq!(code(&ann, &mail.wrong_code()), 422);
    assert_eq!(code(&ann, &mail.code()), 303);

    let newest = format!("{}-newest@example.com", ben.username);
    let mail = ask(&pipit, &ben, &newest);
    for _ in 0..5 {
        assert_eq!(code(&ben, &mail.wrong_code()), 422);
    }
    assert_eq!(code(&ben, &mail.code()), 422);
    prove(&ben, &mail).expect(422);
}

#[test]
fn the_link_is_worth_nothing_outside_the_account() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let mail = ask(&pipit, &ann, &format!("{}-new@example.com", ann.username));
    prove(&ben, &mail).expect(422);
    let refused = prove(&pipit.browser(), &mail).expect(303);
    assert!(refused.header("location").starts_with("/signin"), "nobody is signed in there");
    ann.get("/settings/email").expect(200).expect_text(&ann.email);
}

#[test]
fn the_address_of_another_account_is_told_to_its_owner_alone() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let free = format!("{}-free@example.com", pipit.name("x"));
    let before = pipit.mails_to(&ben.email).len();
    let taken = ann.post("/settings/email", &[("email", &ben.email)]).expect(202);
    let other = ann.post("/settings/email", &[("email", &free)]).expect(202);
    assert_eq!(taken.text(), other.text());
    assert_eq!(taken.cost().queries, other.cost().queries);
    let told = ann.mail_after(&ben.email, before);
    assert!(!told.text.contains('#') && told.text.contains("already"), "{}", told.text);
}

#[test]
fn the_old_address_takes_the_account_back() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let thief = elsewhere(&pipit, &ann.email);
    let new = format!("{}-thief@example.com", ann.username);
    let mail = ask(&pipit, &thief, &new);
    prove(&thief, &mail).expect(303);
    assert!(!ann.is_signed_in());

    let stranger = pipit.browser();
    let notice = notice(&pipit, &stranger, &ann.email);
    for _ in 0..3 {
        assert_eq!(stranger.get("/address/undo").expect(200).cost().rows_written, 0);
    }
    assert!(thief.is_signed_in(), "opening the link changes nothing");
    stranger.post("/address/undo", &[("token", &token(&mail))]).expect(410);
    let undo = || stranger.post("/address/undo", &[("token", &token(&notice))]);
    undo().expect(200).expect_text("Your old address is back");
    assert!(!thief.is_signed_in());
    undo().expect(410);
    assert!(!stranger.is_signed_in(), "taking back is not signing in");
    assert!(elsewhere(&pipit, &ann.email).is_signed_in());
}

#[test]
fn undoing_goes_back_before_all_later_changes_and_stops_those_in_memory() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let first = ask(&pipit, &ann, "second@example.com");
    prove(&ann, &first).expect(303);
    memory.native.clock.advance(60);
    let second = ask(&pipit, &ann, "third@example.com");
    prove(&ann, &second).expect(303);
    let (at_first, at_second) =
        (notice(&pipit, &ann, "ann@example.com"), notice(&pipit, &ann, "second@example.com"));
    let undo = |mail: &Mail| pipit.browser().post("/address/undo", &[("token", &token(mail))]);
    undo(&at_first).expect(200);
    undo(&at_second).expect(410);
    assert_eq!(
        memory.count("select count(*) as n from accounts where email = 'ann@example.com'"),
        1
    );
}

#[test]
fn the_way_back_closes_after_seven_days_in_memory() {
    for (days, status) in [(6, 200), (8, 410)] {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let mail = ask(&pipit, &ann, "new@example.com");
        prove(&ann, &mail).expect(303);
        let notice = notice(&pipit, &ann, "ann@example.com");
        pipit.memory().expect("it is in memory").native.clock.advance(days * 86_400);
        pipit.browser().post("/address/undo", &[("token", &token(&notice))]).expect(status);
    }
}

#[test]
fn a_change_wants_a_fresh_proof_and_ends_after_ten_minutes_in_memory() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let mail = ask(&pipit, &ann, "new@example.com");
    memory.native.clock.advance(601);
    prove(&ann, &mail).expect(422);
    for answer in
        [ann.get("/settings/email"), ann.post("/settings/email", &[("email", "x@example.com")])]
    {
        let answer = answer.expect(303);
        assert!(answer.header("location").starts_with("/settings/proof"));
    }
    assert!(pipit.mails_to("x@example.com").is_empty());
}

#[test]
fn tokens_of_apps_end_with_the_change_in_memory() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    ann.post("/settings/tokens", &[("name", "App"), ("scope", "create")]);
    let tokens = || memory.count("select count(*) as n from tokens");
    assert_eq!(tokens(), 1);
    let mail = ask(&pipit, &ann, "new@example.com");
    assert_eq!(tokens(), 1);
    prove(&ann, &mail).expect(303);
    assert_eq!(tokens(), 0);
}

#[test]
fn nothing_that_is_stored_of_a_change_makes_or_undoes_it_in_memory() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let mail = ask(&pipit, &ann, "new@example.com");
    prove(&ann, &mail).expect(303);
    let notice = notice(&pipit, &ann, "ann@example.com");
    let rows = memory.everything_stored();
    for secret in [token(&mail), mail.code(), token(&notice)] {
        assert!(!rows.contains(&secret), "{secret} stands in the database");
    }
}
