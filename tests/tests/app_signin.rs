//! Signing in with apps that ask over HTTP, as Micro.blog's do.

use tests::{Answer, Ask, Browser, Mail, Pipit};

const PRE: &str = "__Host-pipit_pre";
const OPENS: &str = "microblog://signin/";

/// An app: it holds no cookie unless a test gives it one, and says nothing of an origin.
fn app(pipit: &Pipit) -> Browser {
    pipit.browser()
}

fn ask(app: &Browser, email: &str) -> Answer {
    let fields = [("email", email), ("app_name", "Strata"), ("redirect_url", OPENS)];
    app.post("/account/signin", &fields)
}

fn verify(app: &Browser, fields: &[(&str, &str)]) -> Answer {
    app.post("/account/verify", fields)
}

fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.text()))
}

#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(json(answer)["error"].is_string(), "{}", answer.text());
    assert!(json(answer).get("token").is_none());
}

/// The token behind the `#` of the mail's link, and the link's path.
#[track_caller]
fn link(mail: &Mail) -> (String, String) {
    let (_, rest) = mail.text.split_once("/signin/app/").expect("the mail has the link of the app");
    let line = rest.split_whitespace().next().unwrap_or_default();
    let (id, token) = line.split_once('#').expect("the token stands behind the #");
    (format!("/signin/app/{id}"), token.to_owned())
}

/// Ann, an app of hers that asked, and the mail it caused.
#[track_caller]
fn asked(pipit: &Pipit) -> (Browser, Browser, Mail) {
    let ann = pipit.sign_up("ann");
    let before = pipit.mails_to(&ann.email).len();
    let app = app(pipit);
    ask(&app, &ann.email).expect(202);
    let mail = ann.mail_after(&ann.email, before);
    (ann, app, mail)
}

#[test]
fn the_links_token_becomes_a_token_once() {
    let pipit = Pipit::start();
    let (ann, app, mail) = asked(&pipit);
    app.forget();
    let (path, secret) = link(&mail);
    let page = app.get(&path).expect(200).expect_text(OPENS);
    assert!(page.set_cookies().is_empty() && !page.text().contains(&secret));
    let answer = verify(&app, &[("token", &secret)]).expect(200);
    let said = json(&answer);
    assert_eq!(said["username"], ann.username.as_str());
    assert_eq!(said["default_site"], pipit.blog_url(&ann).trim_start_matches("http://"));
    assert_eq!(said["has_site"], true);
    assert!(said["name"].is_string() && said["avatar"].is_string());
    assert!(!answer.text().contains(&ann.email), "no answer tells the address");
    let token = said["token"].as_str().expect("a token");
    let bearer = Ask::get("/indieauth/userinfo").with("authorization", &format!("Bearer {token}"));
    app.send(bearer).expect(200);
    refused(&verify(&app, &[("token", &secret)]));
    app.get(&path).expect(410);
}

#[test]
fn micro_blogs_apps_put_everything_into_the_query_under_an_empty_body() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let before = pipit.mails_to(&ann.email).len();
    let app = app(&pipit);
    let email = ann.email.replace('@', "%40");
    let query = format!("email={email}&app_name=Strata&redirect_url=microblog%3A%2F%2Fsignin%2F");
    let path = format!("/account/signin?{query}");
    let app_ask = Ask::body(&path, "application/json", "").with("sec-fetch-site", "none");
    app.send(app_ask).expect(202);
    let (_, secret) = link(&ann.mail_after(&ann.email, before));
    let path = format!("/account/verify?token={secret}");
    let answer = app.send(Ask::body(&path, "application/json", "").with("sec-fetch-site", "none"));
    assert!(json(&answer.expect(200))["token"].is_string());
}

#[test]
fn json_is_taken_too_and_a_token_says_again_what_goes_with_it() {
    let pipit = Pipit::start();
    let (ann, app, mail) = asked(&pipit);
    let (_, secret) = link(&mail);
    let body = |token: &str| serde_json::json!({ "token": token }).to_string();
    let post = |token: &str| {
        app.send(Ask::body("/account/verify", "application/json; charset=utf-8", body(token)))
    };
    let first = json(&post(&secret).expect(200));
    let again = json(&post(first["token"].as_str().expect("a token")).expect(200));
    assert_eq!(first, again);
    assert_eq!(again["username"], ann.username.as_str());
    refused(&post(&"A".repeat(43)));
    let broken = app.send(Ask::body("/account/verify", "application/json", "[")).expect(400);
    assert_eq!(json(&broken)["error"], "invalid_request");
}

#[test]
fn the_code_counts_for_the_app_that_asked_by_cookie_or_by_what_it_was_told() {
    let pipit = Pipit::start();
    let (ann, app, mail) = asked(&pipit);
    let stranger = self::app(&pipit);
    refused(&verify(&stranger, &[("token", &mail.code())]));
    refused(&verify(&stranger, &[("token", &mail.code()), ("email", &ann.email)]));
    let typed = mail.code().to_lowercase().replace('-', " ");
    verify(&app, &[("token", &typed)]).expect(200);

    let forgetful = self::app(&pipit);
    let before = pipit.mails_to(&ann.email).len();
    let said = json(&ask(&forgetful, &ann.email).expect(202));
    let mail = ann.mail_after(&ann.email, before);
    forgetful.forget();
    let asker = said["asker"].as_str().expect("what the app is told");
    verify(&forgetful, &[("token", &mail.code()), ("asker", asker)]).expect(200);
}

#[test]
fn five_wrong_codes_end_the_challenge_and_nobody_else_can_spend_them() {
    let pipit = Pipit::start();
    let (ann, app, mail) = asked(&pipit);
    for _ in 0..6 {
        refused(&verify(&self::app(&pipit), &[("token", &mail.wrong_code())]));
    }
    for _ in 0..4 {
        refused(&verify(&app, &[("token", &mail.wrong_code())]));
    }
    let before = pipit.mails_to(&ann.email).len();
    let other = self::app(&pipit);
    ask(&other, &ann.email).expect(202);
    let second = ann.mail_after(&ann.email, before);
    verify(&app, &[("token", &mail.code())]).expect(200);
    for _ in 0..5 {
        refused(&verify(&other, &[("token", &second.wrong_code())]));
    }
    refused(&verify(&other, &[("token", &second.code())]));
    refused(&verify(&other, &[("token", &link(&second).1)]));
}

#[test]
fn the_answer_does_not_tell_whether_anybody_has_the_address() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let nobody = format!("{}@example.com", pipit.name("nobody"));
    let shape = |answer: Answer| {
        let mut said = json(&answer);
        said["asker"] = serde_json::Value::Null;
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        let line = answer.set_cookie(PRE).unwrap_or_default();
        let attributes = line.split_once(';').map(|(_, rest)| rest.to_owned());
        (answer.status, said, names, attributes)
    };
    assert_eq!(shape(ask(&app(&pipit), &ann.email)), shape(ask(&app(&pipit), &nobody)));
    let mail = pipit.mail_to(&nobody);
    assert!(mail.text.contains("no account") && !mail.text.contains("/signin/app/"));
}

#[test]
fn only_apps_and_our_own_pages_are_opened() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for url in ["https://evil.example/", "javascript:alert(1)", "//evil.example/", "intent://x"] {
        let fields = [("email", ann.email.as_str()), ("app_name", "x"), ("redirect_url", url)];
        refused(&app(&pipit).post("/account/signin", &fields));
    }
}

#[test]
fn what_an_app_calls_itself_puts_no_address_into_the_mail() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let before = pipit.mails_to(&ann.email).len();
    let fields = [("email", &*ann.email), ("app_name", "Win at http://evil.example/ <b>now</b>")];
    app(&pipit).post("/account/signin", &fields).expect(202);
    let mail = ann.mail_after(&ann.email, before);
    let all = format!("{}{}{}", mail.subject, mail.text, mail.html);
    assert!(!all.contains("evil.example") && !all.contains("<b>now"), "{all}");
    assert!(!mail.text.contains("://"), "without an app to open there is no link");
    mail.code();
}

#[test]
fn a_browsers_link_gives_no_token_and_an_apps_link_no_session() {
    let pipit = Pipit::start();
    let (ann, app, mail) = asked(&pipit);
    let browser = pipit.browser();
    browser.post("/signin/verify", &[("token", &link(&mail).1)]).expect(410);
    app.post("/signin/verify", &[("code", &mail.code())]).expect(410);
    let (_, sign_in) = browser.ask_to_sign_in(&ann.email);
    refused(&verify(&browser, &[("token", &sign_in.token())]));
    refused(&verify(&browser, &[("token", &sign_in.code())]));
    assert!(!browser.is_signed_in() && !app.is_signed_in());
}

#[test]
fn no_page_of_another_site_asks_for_a_mail() {
    let pipit = Pipit::start();
    let form = Ask::form("/account/signin", &[("email", "ann@example.com")]);
    let cross = form.with("sec-fetch-site", "cross-site").with("origin", "https://evil.example");
    app(&pipit).send(cross).expect(403);
}

mod in_memory {
    use super::*;

    #[test]
    fn link_and_code_end_after_ten_minutes() {
        let pipit = Pipit::in_memory();
        let (_ann, app, mail) = asked(&pipit);
        pipit.memory().expect("it is in memory").native.clock.advance(601);
        refused(&verify(&app, &[("token", &mail.code())]));
        refused(&verify(&app, &[("token", &link(&mail).1)]));
    }

    #[test]
    fn nothing_that_is_stored_or_logged_lets_anybody_in() {
        let pipit = Pipit::in_memory();
        let (ann, app, mail) = asked(&pipit);
        let secret = link(&mail).1;
        let asker = app.cookie(PRE).expect("the cookie of the asking app");
        let memory = pipit.memory().expect("it is in memory");
        let before = memory.everything_stored();
        let said = json(&verify(&app, &[("token", &secret)]).expect(200));
        let token = said["token"].as_str().expect("a token");
        let all = [before, memory.everything_stored(), host_native::take_log().join("\n")].concat();
        for secret in [&secret, &mail.code(), &mail.code().replace('-', ""), &asker, token] {
            assert!(!all.contains(secret), "{secret} was kept");
        }
        assert!(!host_native::take_log().join("\n").contains(&ann.email));
    }

    #[test]
    fn the_mail_alone_gives_no_token_where_there_is_a_second_factor() {
        let pipit = Pipit::in_memory();
        let (_ann, app, mail) = asked(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        memory.sql(vec![platform::sql(
            "insert into totps (account_id, secret, last_step, created_at)
             select id, 'sealed', 0, 1 from accounts where username = 'ann'",
            [],
        )]);
        let answer = verify(&app, &[("token", &link(&mail).1)]);
        refused(&answer);
        assert!(answer.text().contains("second factor"), "{}", answer.text());
        refused(&verify(&app, &[("token", &mail.code())]));
        assert_eq!(memory.count("select count(*) as n from tokens"), 0);
    }
}
