//! Who may join, and as whom: the operator's switches, the age, names that would pass for others.

use tests::{Answer, Browser, CHAT, Mail, Pipit};

const OPERATOR: &str = "operator@localhost.example";

/// The operator's browser, signed in; the account is made while sign-ups are open to them.
fn operator(pipit: &Pipit) -> Browser {
    let memory = pipit.memory().expect("it is in memory");
    let (accounts, blogs) = (
        "insert into accounts (id, username, email, name, created_at)
         values ('op', 'chief', 'operator@localhost.example', 'Chief', 0)",
        "insert into blogs (id, account_id, username, title, created_at)
         values ('op', 'op', 'chief', 'Chief', 0)",
    );
    memory.sql(vec![platform::sql(accounts, []), platform::sql(blogs, [])]);
    let browser = pipit.browser();
    let (_, mail) = browser.ask_to_sign_in(OPERATOR);
    browser.use_link(&mail).expect(303);
    browser
}

fn sign_up(browser: &Browser, username: &str, more: &[(&str, &str)]) -> Answer {
    let email = format!("{username}@example.com");
    let mut fields = vec![("name", "Somebody"), ("email", &*email), ("username", username)];
    fields.extend(more);
    browser.post("/signup", &fields)
}

fn mail(pipit: &Pipit, username: &str) -> Mail {
    pipit.mail_to(&format!("{username}@example.com"))
}

#[test]
fn with_approval_an_account_comes_into_being_when_the_operator_says_so() {
    let pipit = Pipit::with(&[("SIGNUPS", "approval"), CHAT]);
    let memory = pipit.memory().expect("it is in memory");
    memory.native.http.answer(CHAT.1, |_| http::Response::new("ok".into()));
    let chief = operator(&pipit);
    let accounts = || memory.count("select count(*) as n from accounts");
    let ann = pipit.browser();
    sign_up(&ann, "annie", &[]).expect(202);
    assert!(!chief.get("/operator").expect(200).text().contains("annie"), "not proven yet");
    ann.use_link(&mail(&pipit, "annie")).expect(202).expect_text("You are on the list");
    assert!(!ann.is_signed_in());
    assert_eq!(accounts(), 1);
    let blog = [("name", "annie"), ("title", "No blog takes the name meanwhile")];
    chief.post("/settings/blogs", &blog).expect(422).expect_text("That name is taken");

    let page = chief.get("/operator").expect(200).expect_text("annie@example.com");
    let actions = page.attributes("action");
    let approval = actions.iter().find(|path| path.ends_with("/approval")).expect("a button");
    chief.post(approval, &[]).expect(303);
    chief.post(approval, &[]).expect(303);
    assert_eq!(accounts(), 2, "approving twice is approving once");
    assert_eq!(pipit.hooks("chat", "New here: annie").len(), 1, "the operator's chat is told once");
    let told = mail(&pipit, "annie");
    assert!(told.text.contains("/signin") && !told.text.contains("#"), "{}", told.text);
    assert_eq!(memory.count("select count(*) as n from signup_requests"), 0, "told and forgotten");
    let (_, mail) = ann.ask_to_sign_in("annie@example.com");
    ann.use_link(&mail).expect(303);
    assert!(ann.is_signed_in());
}

#[test]
fn who_is_declined_is_told_and_leaves_nothing_behind() {
    let pipit = Pipit::with(&[("SIGNUPS", "approval")]);
    let memory = pipit.memory().expect("it is in memory");
    let chief = operator(&pipit);
    let ann = pipit.browser();
    sign_up(&ann, "annie", &[]).expect(202);
    ann.use_code(&mail(&pipit, "annie").code()).expect(202);
    let actions = chief.get("/operator").expect(200).attributes("action");
    let refusal = actions.iter().find(|path| path.ends_with("/refusal")).expect("a button");
    chief.post(refusal, &[]).expect(303);
    assert!(mail(&pipit, "annie").subject.contains("No account"));
    assert_eq!(memory.count("select count(*) as n from accounts"), 1);
    assert_eq!(memory.count("select count(*) as n from signup_requests"), 0);
}

#[test]
fn the_operators_page_exists_for_the_operator_alone() {
    let pipit = Pipit::with(&[("SIGNUPS", "open")]);
    let ann = pipit.sign_up("ann");
    ann.get("/operator").expect(404);
    ann.post("/operator/invitations", &[]).expect(404);
    ann.post("/operator/requests/1/approval", &[]).expect(404);
    ann.post("/operator/requests/1/refusal", &[]).expect(404);
    pipit.browser().get("/operator").expect(303);
    operator(&pipit).get("/operator").expect(200);
    let nobodys = Pipit::with(&[("OPERATOR_EMAIL", "")]);
    nobodys.sign_up("ann").get("/operator").expect(404);
}

#[test]
fn an_invitation_lets_one_person_in() {
    let pipit = Pipit::with(&[("SIGNUPS", "invite")]);
    let memory = pipit.memory().expect("it is in memory");
    let chief = operator(&pipit);
    let page = chief.post("/operator/invitations", &[]).expect(200);
    let code = page.between("/signup?invite=", "<").expect("the link");
    assert!(!memory.everything_stored().contains(&code), "only its hash is stored");
    assert!(!chief.get("/operator").expect(200).text().contains(&code), "shown once");

    let stranger = pipit.browser();
    sign_up(&stranger, "stranger", &[]).expect(403);
    sign_up(&stranger, "stranger", &[("invite", "guess")]).expect(403);
    let form = stranger.get(&format!("/signup?invite={code}")).expect(200);
    assert!(form.attributes("value").contains(&code));

    let (ann, ben) = (pipit.browser(), pipit.browser());
    sign_up(&ann, "annie", &[("invite", &code)]).expect(202);
    sign_up(&ben, "benny", &[("invite", &code)]).expect(403);
    // Ann lets her mail grow old, so Ben may have it; Ann's is worth nothing then.
    memory.native.clock.advance(601);
    sign_up(&ben, "benny", &[("invite", &code)]).expect(202);
    ben.use_link(&mail(&pipit, "benny")).expect(303);
    assert!(ben.is_signed_in());
    memory.native.clock.advance(601);
    sign_up(&ann, "annie", &[("invite", &code)]).expect(403);
}

#[test]
fn an_invitation_is_not_used_up_by_somebody_who_has_an_account() {
    let pipit = Pipit::with(&[("SIGNUPS", "invite")]);
    let memory = pipit.memory().expect("it is in memory");
    let chief = operator(&pipit);
    let page = chief.post("/operator/invitations", &[]).expect(200);
    let code = page.between("/signup?invite=", "<").expect("the link");
    let again = pipit.browser();
    let fields =
        [("name", "Chief"), ("email", OPERATOR), ("username", "chief-two"), ("invite", &*code)];
    again.post("/signup", &fields).expect(202);
    again.use_link(&pipit.mail_to(OPERATOR)).expect(303);
    let used = "select count(*) as n from invitations where used_at is not null";
    assert_eq!(memory.count(used), 0);
}

#[test]
fn where_a_stranger_may_not_join_no_mail_goes_out() {
    for kind in ["closed", "invite"] {
        let pipit = Pipit::with(&[("SIGNUPS", kind)]);
        sign_up(&pipit.browser(), "annie", &[]).expect(403);
        assert!(pipit.mails_to("annie@example.com").is_empty());
        pipit.browser().get("/signup").expect(200).expect_text("sign in instead");
    }
}

#[test]
fn the_age_is_asked_for_where_it_counts_and_never_stored() {
    let pipit = Pipit::with(&[("MINIMUM_AGE", "16")]);
    let browser = pipit.browser();
    browser.get("/signup").expect(200).expect_text("16 years old");
    sign_up(&browser, "annie", &[]).expect(422).expect_text("id=\"age-error\"");
    sign_up(&browser, "annie", &[("age", "yes")]).expect(202);
    let open = Pipit::in_memory();
    assert!(!open.browser().get("/signup").expect(200).text().contains("name=\"age\""));
}

#[test]
fn names_that_would_pass_for_others_are_refused() {
    let pipit = Pipit::start();
    for name in ["Pаypal", "раураӏ", "Ann\u{202e}nnA", "Ann\u{200b}", "ａｄｍｉｎ"] {
        let fields = [("name", name), ("email", "ann@example.com"), ("username", "annie")];
        let page = pipit.browser().post("/signup", &fields).expect(422);
        page.expect_text("id=\"name-error\"");
    }
    let username = pipit.name("anna");
    let email = format!("{username}@example.com");
    let fields = [("name", "Анна Петрова"), ("email", &*email), ("username", &*username)];
    pipit.browser().post("/signup", &fields).expect(202);
}

#[test]
fn who_comes_second_chooses_another_name_without_a_new_mail() {
    let pipit = Pipit::start();
    let name = pipit.name("both");
    let (one, two, three) = (pipit.browser(), pipit.browser(), pipit.browser());
    let email = |nth: usize| format!("{name}-{nth}@example.com");
    let (_, first) = one.ask_to_sign_up(&name, &email(1));
    let (_, second) = two.ask_to_sign_up(&name, &email(2));
    let (_, third) = three.ask_to_sign_up(&name, &email(3));
    one.use_link(&first).expect(303);

    let page = two.use_link(&second).expect(409);
    assert!(page.attributes("value").contains(&second.token()), "the proof is carried along");
    let other = pipit.name("other");
    let again = |username: &str| {
        two.post("/signin/verify", &[("token", &*second.token()), ("username", username)])
    };
    again("www").expect(409).expect_text("reserved");
    again(&name).expect(409);
    again(&other).expect(303);
    assert!(two.is_signed_in());
    assert_eq!(pipit.mails_to(&email(2)).len(), 1, "no new mail");
    let blog = format!("{other}.{}", pipit.blog(&one).host.split_once('.').expect("a dot").1);
    pipit.browser_on(&blog).get("/").expect(200);

    three.use_code(&third.code()).expect(409);
    let last = pipit.name("third");
    three.post("/signin/verify", &[("code", &*third.code()), ("username", &*last)]).expect(303);
    assert!(three.is_signed_in());
}
