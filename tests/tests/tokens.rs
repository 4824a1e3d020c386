//! Tokens of apps: made, shown once, used where they may be, revoked.

use http::Method;
use platform::Site;
use tests::{Answer, Ask, Browser, Pipit};
use web::{Verb, Who};

/// Makes a token in the settings and reads it off the page.
#[track_caller]
fn token(person: &Browser, scopes: &[&str]) -> String {
    token_for(person, scopes, "")
}

#[track_caller]
fn token_for(person: &Browser, scopes: &[&str], days: &str) -> String {
    let mut fields = vec![("name", "Editor"), ("days", days)];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let page = person.post("/settings/tokens", &fields).expect(200);
    let token = page.between("<code class=\"address\">", "</code>").expect("the page shows it");
    assert_eq!(token.len(), 43, "{token}");
    token
}

fn bearer(ask: Ask, token: &str) -> Ask {
    ask.with("authorization", &format!("Bearer {token}")).with("accept", "application/json")
}

/// A program asks what its token is worth.
fn check(pipit: &Pipit, token: &str) -> Answer {
    pipit.browser().send(bearer(Ask::get("/indieauth/token"), token))
}

fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.text()))
}

#[track_caller]
fn refused(answer: Answer, status: u16, error: &str) {
    let answer = answer.expect(status);
    assert_eq!(json(&answer)["error"], error);
    assert!(json(&answer)["error_description"].is_string());
}

#[test]
fn a_token_is_shown_once_and_listed_without_itself() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let token = token(&ann, &["create", "media"]);
    let page = ann.get("/settings/tokens").expect(200).expect_text("Editor").text();
    assert!(!page.contains(&token), "the list shows the token");
    assert!(page.contains("Publish posts") && page.contains("Upload photos"), "scopes in words");
    assert!(page.contains("never used"), "{page}");
    check(&pipit, &token).expect(200);
    assert!(ann.get("/settings/tokens").expect_text("last used").status == 200);
}

#[test]
fn a_token_without_a_name_or_a_scope_is_not_made() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for fields in [
        vec![("name", ""), ("scope", "create")],
        vec![("name", "x")],
        vec![("name", "x"), ("scope", "admin")],
    ] {
        ann.post("/settings/tokens", &fields).expect(422);
    }
    ann.get("/settings/tokens").expect_text("No app has a token of yours");
}

#[test]
fn a_token_stands_in_the_header_or_in_the_form_and_nowhere_else() {
    let pipit = Pipit::start();
    let token = token(&pipit.sign_up("ann"), &["create"]);
    let app = pipit.browser();
    let form = |fields: &[(&str, &str)]| {
        Ask::form("/indieauth/introspect", fields).with("accept", "application/json")
    };
    let in_header = app.send(bearer(form(&[("token", &token)]), &token)).expect(200);
    assert_eq!(json(&in_header)["active"], true);
    let in_form = app.send(form(&[("token", &token), ("access_token", &token)])).expect(200);
    assert_eq!(json(&in_form)["active"], true);
    let both = bearer(form(&[("access_token", &token)]), &token);
    refused(app.send(both), 400, "invalid_request");
    let twice = form(&[("access_token", &token), ("access_token", &token)]);
    refused(app.send(twice), 400, "invalid_request");
    let path = format!("/indieauth/token?access_token={token}");
    refused(app.send(Ask::get(&path).with("accept", "application/json")), 401, "unauthorized");
    let path = format!("/indieauth/introspect?access_token={token}");
    refused(app.send(Ask::form(&path, &[("token", &token)])), 401, "unauthorized");
}

#[test]
fn what_is_no_live_token_is_refused_with_a_challenge() {
    let pipit = Pipit::start();
    for wrong in ["", "x", &"A".repeat(43), &"A".repeat(4000)] {
        let answer = check(&pipit, wrong);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        refused(answer, 401, "unauthorized");
    }
    let basic = Ask::get("/indieauth/token").with("authorization", "Basic YTpi");
    refused(pipit.browser().send(basic), 401, "unauthorized");
}

#[test]
fn a_token_can_do_no_more_than_its_scopes_say() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let app = pipit.browser();
    let userinfo = |token: &str| app.send(bearer(Ask::get("/indieauth/userinfo"), token));
    let narrow = userinfo(&token(&ann, &["create"]));
    assert_eq!(json(&narrow)["scope"], "profile");
    refused(narrow, 403, "insufficient_scope");
    let profile = userinfo(&token(&ann, &["profile"])).expect(200);
    assert_eq!(json(&profile)["url"], format!("{}/", pipit.blog_url(&ann)));
    assert!(!profile.text().contains('@'), "no app learns the address: {}", profile.text());
}

#[test]
fn a_revoked_token_is_refused_on_its_next_request_and_is_only_its_persons_to_revoke() {
    let pipit = Pipit::start();
    let (ann, bob) = (pipit.sign_up("ann"), pipit.sign_up("bob"));
    let token = token(&ann, &["create"]);
    let page = ann.get("/settings/tokens").expect(200);
    let path = page.between("action=\"/settings/tokens/", "\"").expect("a button to revoke it");
    let path = format!("/settings/tokens/{path}");
    bob.post(&path, &[]).expect(303);
    check(&pipit, &token).expect(200);
    ann.post(&path, &[]).expect(303);
    refused(check(&pipit, &token), 401, "unauthorized");
}

#[test]
fn no_session_opens_a_route_for_tokens_and_no_token_one_for_sessions() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let token = token(&ann, &["create", "update", "delete", "media", "profile", "read"]);
    let app = pipit.browser();
    let mut seen = (0, 0);
    for route in app::FUNCTIONS.iter().flat_map(|function| function.routes) {
        let path = route.path.replace(['{', '}'], "");
        let ask = match route.verb {
            Verb::Get => Ask::get(&path),
            Verb::Post => Ask::form(&path, &[]),
            Verb::Delete => Ask::get(&path).method(Method::DELETE),
        };
        let ask = ask.with("accept", "application/json");
        if route.site != Site::App {
            continue;
        }
        // Where there is a door for each, the header says which one is meant.
        let has_two_doors =
            app::FUNCTIONS.iter().flat_map(|function| function.routes).any(|other| {
                (other.path, other.verb, other.site) == (route.path, route.verb, route.site)
                    && other.for_programs != route.for_programs
            });
        match route.who {
            Who::Token(_) => {
                seen.0 += 1;
                let ask = if has_two_doors { bearer(ask, &"x".repeat(43)) } else { ask };
                refused(ann.send(ask), 401, "unauthorized");
            }
            Who::Session if has_two_doors => {
                let answer = app.send(bearer(ask, &token));
                assert!(answer.set_cookies().is_empty() && answer.status != 303, "{}", route.path);
            }
            Who::Session => {
                seen.1 += 1;
                let answer = app.send(bearer(ask, &token));
                assert_eq!(answer.status, 401, "{}: {}", route.path, answer.text());
            }
            Who::Anyone | Who::Signature => {}
        }
    }
    assert!(seen.0 >= 3 && seen.1 >= 10, "{seen:?}");
}

mod in_memory {
    use super::*;

    #[test]
    fn making_and_listing_want_a_fresh_proof() {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let token = token(&ann, &["create"]);
        pipit.memory().expect("it is in memory").native.clock.advance(601);
        let list = ann.get("/settings/tokens").expect(303);
        assert!(list.header("location").starts_with("/settings/proof"), "{list:?}");
        let made = ann.post("/settings/tokens", &[("name", "x"), ("scope", "create")]).expect(303);
        assert!(made.header("location").starts_with("/settings/proof"));
        check(&pipit, &token).expect(200);
    }

    #[test]
    fn a_token_ends_when_it_was_said_to() {
        let pipit = Pipit::in_memory();
        let clock = &pipit.memory().expect("it is in memory").native.clock;
        let ann = pipit.sign_up("ann");
        let (month, ever) = (token_for(&ann, &["create"], "30"), token_for(&ann, &["create"], "x"));
        clock.advance(30 * 86_400 - 60);
        check(&pipit, &month).expect(200);
        clock.advance(60);
        refused(check(&pipit, &month), 401, "unauthorized");
        clock.advance(3650 * 86_400);
        check(&pipit, &ever).expect(200);
    }

    #[test]
    fn what_has_ended_is_removed_when_others_sign_in() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        token_for(&ann, &["create"], "30");
        token_for(&ann, &["create"], "");
        memory.native.clock.advance(31 * 86_400);
        pipit.browser().ask_to_sign_in(&ann.email);
        assert_eq!(memory.count("select count(*) as n from tokens"), 1);
    }

    #[test]
    fn no_token_is_stored() {
        let pipit = Pipit::in_memory();
        let token = token(&pipit.sign_up("ann"), &["create"]);
        check(&pipit, &token).expect(200);
        let stored = pipit.memory().expect("it is in memory").everything_stored();
        assert!(stored.contains("Editor") && !stored.contains(&token));
    }

    #[test]
    fn a_token_is_a_password_beside_its_own_persons_name() {
        let pipit = Pipit::in_memory();
        let token = token(&pipit.sign_up("ann"), &["create"]);
        pipit.sign_up("bob");
        let memory = pipit.memory().expect("it is in memory");
        let of = |name: &str, password: &str| {
            let cx = memory.context();
            let grant = futures_executor::block_on(web::grant_of_password(&cx, name, password));
            grant.expect("the database answers").map(|grant| grant.username)
        };
        assert_eq!(of("ann", &token).as_deref(), Some("ann"));
        assert_eq!(of("bob", &token), None);
        assert_eq!(of("ann", "secret"), None);
    }

    #[test]
    fn a_token_is_written_to_once_an_hour_at_most() {
        let pipit = Pipit::in_memory();
        let token = token(&pipit.sign_up("ann"), &["create"]);
        check(&pipit, &token).expect(200);
        assert_eq!(check(&pipit, &token).expect(200).cost().rows_written, 0);
    }
}

#[test]
fn a_token_that_comes_without_tls_is_told_so_in_memory() {
    let pipit = Pipit::with(&[("APP_ORIGIN", "https://localhost:8787")]);
    let memory = pipit.memory().expect("it is in memory");
    refused(check(&pipit, "x"), 401, "unauthorized");
    memory.is_without_tls.set(true);
    refused(check(&pipit, "x"), 403, "forbidden");
    pipit.browser().get("/about").expect(200);
}
