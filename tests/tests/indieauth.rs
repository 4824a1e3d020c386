//! IndieAuth: an app asks, its person answers, a code becomes a token; and all that must not happen.

use tests::{Answer, Ask, Browser, Pipit};
use url::{Url, form_urlencoded};

const CLIENT: &str = "https://app.example/";
const BACK: &str = "https://app.example/callback?from=pipit";
const STATE: &str = "a state/with?odd&letters=é";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// What a current app asks.
fn question<'a>(scope: &'a str) -> Pairs<'a> {
    vec![
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", BACK),
        ("state", STATE),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", scope),
    ]
}

/// What an older one asks: without PKCE, with `me`.
fn old_question<'a>(scope: &'a str) -> Pairs<'a> {
    let mut pairs = question(scope);
    pairs.retain(|(name, _)| !name.starts_with("code_challenge"));
    pairs.push(("me", "https://ann.example/"));
    pairs
}

fn path(pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("/indieauth/auth?{}", query.finish())
}

/// Opens the page of consent and posts what its form holds with this decision.
#[track_caller]
fn decide(person: &Browser, pairs: &[(&str, &str)], decision: &str) -> Url {
    let page = person.get(&path(pairs)).expect(200);
    let mut fields = Vec::new();
    for input in page.text().split("<input ").skip(1) {
        let part = |name: &str| {
            let (_, rest) = input.split_once(&format!("{name}=\"")).expect("an input has it");
            let text = rest.split('"').next().unwrap_or_default();
            text.replace("&amp;", "&").replace("&#38;", "&")
        };
        fields.push((part("name"), part("value")));
    }
    fields.push(("decision".to_owned(), decision.to_owned()));
    let fields: Pairs = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let answer = person.post("/indieauth/consent", &fields).expect(303);
    Url::parse(answer.header("location")).expect("the person is sent to an address")
}

fn value(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(n, _)| n == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[track_caller]
fn code(person: &Browser, pairs: &[(&str, &str)]) -> String {
    let code = value(&decide(person, pairs, "allow"), "code");
    assert_eq!(code.len(), 43, "{code}");
    code
}

/// An app's server or its script: another origin, no cookie.
fn call(pipit: &Pipit, path: &str, fields: &[(&str, &str)]) -> Answer {
    let ask = Ask::form(path, fields).with("accept", "application/json");
    let ask = ask.with("origin", "https://app.example").with("sec-fetch-site", "cross-site");
    let answer = pipit.browser().send(ask);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    answer
}

fn exchange(pipit: &Pipit, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", CLIENT),
        ("redirect_uri", BACK),
    ];
    for (name, value) in more {
        fields.retain(|(other, _)| other != name);
        fields.push((name, value));
    }
    call(pipit, "/indieauth/token", &fields)
}

fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.text()))
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(json(answer)["error"], error);
}

fn worth(pipit: &Pipit, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    pipit.browser().send(Ask::get("/indieauth/token").with("authorization", &bearer))
}

#[track_caller]
fn token(pipit: &Pipit, person: &Browser, scope: &str) -> String {
    let code = code(person, &question(scope));
    let said = json(&exchange(pipit, &code, &[("code_verifier", VERIFIER)]).expect(200));
    said["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn the_metadata_says_where_everything_is() {
    let pipit = Pipit::start();
    let app = format!("http://{}", pipit.app_host());
    let url = "/.well-known/oauth-authorization-server";
    let answer = pipit.browser().send(Ask::get(url).with("origin", "https://app.example"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("content-type"), "application/json");
    let said = json(&answer.expect(200));
    assert_eq!(said["issuer"], format!("{app}/"), "a prefix of the document's own address");
    assert_eq!(said["authorization_endpoint"], format!("{app}/indieauth/auth"));
    assert_eq!(said["token_endpoint"], format!("{app}/indieauth/token"));
    assert_eq!(said["micropub"], format!("{app}/micropub"));
    assert_eq!(said["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(said["authorization_response_iss_parameter_supported"], true);
    assert!(!said["scopes_supported"].to_string().contains("email"));
    for name in ["introspection", "revocation", "userinfo"] {
        let endpoint = said[format!("{name}_endpoint")].as_str().unwrap_or_default().to_owned();
        assert!(endpoint.starts_with(&app), "{name}: {endpoint}");
    }
}

/// The strictest finder reads only `<link>` in the head, each rel alone, and adds `?me=` to the address.
#[test]
fn a_blog_leads_to_the_endpoints_in_its_head_and_in_its_headers() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let page = pipit.blog(&ann).get("/").expect(200);
    let head = page.between("<head>", "</head>").expect("a head");
    let app = format!("http://{}", pipit.app_host());
    for (rel, path) in [
        ("indieauth-metadata", "/.well-known/oauth-authorization-server"),
        ("authorization_endpoint", "/indieauth/auth"),
        ("token_endpoint", "/indieauth/token"),
        ("micropub", "/micropub"),
    ] {
        assert!(head.contains(&format!("<link rel=\"{rel}\" href=\"{app}{path}\">")), "{head}");
        let link = format!("<{app}{path}>; rel=\"{rel}\"");
        assert!(page.header("link").contains(&link), "Link: {}", page.header("link"));
    }
    assert!(!head.contains("/indieauth/auth?"));
}

#[test]
fn the_page_shows_who_asks_for_what_and_lets_its_form_lead_there_alone() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let page = ann.get(&path(&question("create media admin email"))).expect(200);
    let text = page.text();
    for part in [CLIENT, "app.example", "Publish posts", "Upload photos", &pipit.blog_url(&ann)] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains("admin") && !text.contains("value=\"email\""));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let other = ann.get("/posts").expect(200);
    assert!(!other.header("content-security-policy").contains("app.example"));
}

#[test]
fn a_code_with_its_verifier_becomes_a_token() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let back = decide(&ann, &question("profile create email"), "allow");
    assert!(back.as_str().starts_with("https://app.example/callback?from=pipit&"), "{back}");
    assert_eq!(value(&back, "state"), STATE);
    assert_eq!(value(&back, "iss"), format!("http://{}/", pipit.app_host()));
    let answer = exchange(&pipit, &value(&back, "code"), &[("code_verifier", VERIFIER)]);
    assert_eq!(answer.header("cache-control"), "no-store");
    let said = json(&answer.expect(200));
    assert_eq!(said["token_type"], "Bearer");
    assert_eq!(said["scope"], "profile create");
    assert_eq!(said["me"], format!("{}/", pipit.blog_url(&ann)));
    assert_eq!(said["profile"]["url"], said["me"]);
    assert!(!said.to_string().contains('@'), "no app learns the address: {said}");
    let worth = json(&worth(&pipit, said["access_token"].as_str().expect("a token")).expect(200));
    assert_eq!((&worth["me"], &worth["scope"]), (&said["me"], &said["scope"]));
    assert_eq!(worth["client_id"], CLIENT);
    ann.get("/settings/tokens").expect(200).expect_text(CLIENT);
}

#[test]
fn older_apps_need_no_pkce_and_may_send_only_code_and_client_id() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let whole = exchange(&pipit, &code(&ann, &old_question("create")), &[]);
    assert!(json(&whole.expect(200))["access_token"].is_string());
    let short = code(&ann, &old_question("post"));
    let fields = [("code", short.as_str()), ("client_id", "https://app.example")];
    let said = json(&call(&pipit, "/indieauth/token", &fields).expect(200));
    assert_eq!(said["scope"], "post");
    let mut without_type = old_question("create");
    without_type.retain(|(name, _)| *name != "response_type");
    code(&ann, &without_type);
}

/// Micro.blog's app: `?me=` first, no PKCE, an answer on the site's own page that opens the app.
#[test]
fn micro_blogs_app_gets_in() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (client, back) = ("https://micro.blog/", "https://micro.blog/indieauth/redirect");
    let pairs = [
        ("me", "https://ann.example/"),
        ("redirect_uri", back),
        ("client_id", client),
        ("state", "4711"),
        ("scope", "create"),
        ("response_type", "code"),
    ];
    let page = ann.get(&path(&pairs)).expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://micro.blog microblog:;"), "{policy}");
    let code = code(&ann, &pairs);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("client_id", client),
        ("redirect_uri", back),
    ];
    let said = json(&call(&pipit, "/indieauth/token", &fields).expect(200));
    assert_eq!(said["scope"], "create");
}

#[test]
fn a_verifier_without_a_challenge_is_refused_and_the_reverse() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let old = code(&ann, &old_question("create"));
    refused(&exchange(&pipit, &old, &[("code_verifier", VERIFIER)]), "invalid_grant");
    exchange(&pipit, &old, &[]).expect(200);
    let new = code(&ann, &question("create"));
    refused(&exchange(&pipit, &new, &[]), "invalid_grant");
    let wrong = VERIFIER.replace('d', "e");
    refused(&exchange(&pipit, &new, &[("code_verifier", &wrong)]), "invalid_grant");
    refused(&exchange(&pipit, &new, &[("code_verifier", "short")]), "invalid_request");
    exchange(&pipit, &new, &[("code_verifier", VERIFIER)]).expect(200);
}

#[test]
fn a_challenge_of_another_method_is_refused_before_anybody_is_asked() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for (name, value) in [
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
        ("code_challenge", "short"),
        ("code_challenge", ""),
        ("response_type", "token"),
    ] {
        let mut pairs = question("create");
        pairs.retain(|(other, _)| *other != name);
        pairs.push((name, value));
        ann.get(&path(&pairs)).expect(400);
    }
}

#[test]
fn a_code_is_for_its_app_and_its_address_alone() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let code = code(&ann, &old_question("create"));
    for (name, value) in [
        ("client_id", "https://evil.example/"),
        ("redirect_uri", "https://app.example/other"),
        ("code", "x"),
    ] {
        refused(&exchange(&pipit, &code, &[(name, value)]), "invalid_grant");
    }
    refused(&exchange(&pipit, &code, &[("client_id", "")]), "invalid_request");
    refused(&exchange(&pipit, &code, &[("grant_type", "password")]), "unsupported_grant_type");
    exchange(&pipit, &code, &[]).expect(200);
}

#[test]
fn a_code_that_is_shown_twice_ends_the_token_of_the_first_time() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let code = code(&ann, &old_question("create"));
    let said = json(&exchange(&pipit, &code, &[]).expect(200));
    let token = said["access_token"].as_str().expect("a token");
    worth(&pipit, token).expect(200);
    refused(&exchange(&pipit, &code, &[]), "invalid_grant");
    worth(&pipit, token).expect(401);
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_the_apps_own() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for (client, back) in [
        (CLIENT, "https://evil.example/"),
        (CLIENT, "http://app.example/callback"),
        (CLIENT, "https://app.example:8443/callback"),
        (CLIENT, "https://app.example@evil.example/"),
        (CLIENT, "javascript:alert(1)"),
        (CLIENT, ""),
        ("", "https://app.example/callback"),
        ("https://192.0.2.1/", "https://192.0.2.1/"),
        ("https://app.example;script-src/", "https://app.example;script-src/"),
    ] {
        let mut pairs = question("create");
        pairs[1].1 = client;
        pairs[2].1 = back;
        let answer = ann.get(&path(&pairs)).expect(400);
        assert_eq!(answer.header("location"), "");
        let fields = [("client_id", client), ("redirect_uri", back), ("decision", "allow")];
        let answer = ann.post("/indieauth/consent", &fields).expect(400);
        assert_eq!(answer.header("location"), "");
    }
}

#[test]
fn a_no_goes_back_with_the_state_and_without_a_code() {
    let pipit = Pipit::start();
    let back = decide(&pipit.sign_up("ann"), &question("create"), "deny");
    assert_eq!(value(&back, "error"), "access_denied");
    assert_eq!((value(&back, "state"), value(&back, "code")), (STATE.to_owned(), String::new()));
    assert!(value(&back, "iss").ends_with('/'));
}

#[test]
fn who_only_asks_who_it_is_gets_no_token() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let me = format!("{}/", pipit.blog_url(&ann));
    let bare = code(&ann, &old_question(""));
    refused(&exchange(&pipit, &bare, &[]), "invalid_grant");
    let ask = |code: &str| {
        let fields = [("code", code), ("client_id", CLIENT), ("redirect_uri", BACK)];
        call(&pipit, "/indieauth/auth", &fields)
    };
    assert_eq!(json(&ask(&bare).expect(200)), serde_json::json!({ "me": me }));
    refused(&ask(&bare), "invalid_grant");
    let said = json(&ask(&code(&ann, &old_question("profile"))).expect(200));
    assert!(said["profile"]["name"].is_string() && said.get("access_token").is_none());
}

#[test]
fn the_person_may_allow_less_than_was_asked() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let fields = [
        ("client_id", CLIENT),
        ("redirect_uri", BACK),
        ("state", "s"),
        ("scope", "media"),
        ("decision", "allow"),
    ];
    let answer = ann.post("/indieauth/consent", &fields).expect(303);
    let back = Url::parse(answer.header("location")).expect("an address");
    let said = json(&exchange(&pipit, &value(&back, "code"), &[]).expect(200));
    assert_eq!(said["scope"], "media");
}

#[test]
fn a_stranger_signs_in_first_and_comes_back_to_the_same_question() {
    let pipit = Pipit::start();
    let asked = path(&question("create"));
    let answer = pipit.browser().get(&asked).expect(303);
    let to = Url::parse("http://x").and_then(|x| x.join(answer.header("location")));
    let to = to.expect("an address");
    assert_eq!((to.path(), value(&to, "next")), ("/signin", asked));
}

#[test]
fn only_what_looks_at_no_cookie_is_open_to_other_origins() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let preflight = |path: &str| {
        let ask = Ask::get(path).method(http::Method::OPTIONS).with("origin", CLIENT);
        pipit.browser().send(ask.with("access-control-request-method", "POST"))
    };
    let answer = preflight("/indieauth/token").expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
    for path in ["/indieauth/consent", "/settings/tokens", "/account/verify", "/signin"] {
        let answer = preflight(path).expect(405);
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    let form = Ask::form("/indieauth/consent", &[("client_id", CLIENT), ("redirect_uri", BACK)]);
    let cross = form.with("sec-fetch-site", "cross-site").with("origin", "https://app.example");
    ann.send(cross).expect(403);
}

#[test]
fn introspection_tells_a_persons_own_apps_and_nobody_else() {
    let pipit = Pipit::start();
    let (ann, bob) = (pipit.sign_up("ann"), pipit.sign_up("bob"));
    let (one, other) = (token(&pipit, &ann, "create"), token(&pipit, &bob, "create"));
    let ask = |by: &str, of: &str| {
        let ask = Ask::form("/indieauth/introspect", &[("token", of)]);
        pipit.browser().send(ask.with("authorization", &format!("Bearer {by}")))
    };
    let said = json(&ask(&one, &one).expect(200));
    assert_eq!(said["active"], true);
    assert_eq!(said["me"], format!("{}/", pipit.blog_url(&ann)));
    assert_eq!((&said["scope"], &said["client_id"]), (&"create".into(), &CLIENT.into()));
    for of in [other.as_str(), "x", ""] {
        assert_eq!(json(&ask(&one, of).expect(200)), serde_json::json!({ "active": false }));
    }
    ask("x", &one).expect(401);
}

#[test]
fn an_app_can_give_its_token_back() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let token_one = token(&pipit, &ann, "create");
    call(&pipit, "/indieauth/revoke", &[("token", &token_one)]).expect(200);
    worth(&pipit, &token_one).expect(401);
    call(&pipit, "/indieauth/revoke", &[("token", &token_one)]).expect(200);
    call(&pipit, "/indieauth/revoke", &[]).expect(200);
    let token_two = token(&pipit, &ann, "create");
    let fields = [("action", "revoke"), ("token", token_two.as_str())];
    call(&pipit, "/indieauth/token", &fields).expect(200);
    worth(&pipit, &token_two).expect(401);
}

mod in_memory {
    use super::*;

    #[test]
    fn a_code_ends_after_ten_minutes() {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let (early, late) =
            (code(&ann, &old_question("create")), code(&ann, &old_question("post")));
        let clock = &pipit.memory().expect("it is in memory").native.clock;
        clock.advance(590);
        exchange(&pipit, &early, &[]).expect(200);
        clock.advance(11);
        refused(&exchange(&pipit, &late, &[]), "invalid_grant");
    }

    #[test]
    fn a_token_wants_a_fresh_proof_and_saying_who_one_is_does_not() {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        pipit.memory().expect("it is in memory").native.clock.advance(601);
        let asked = path(&question("create"));
        let answer = ann.get(&asked).expect(303);
        assert!(answer.header("location").starts_with("/settings/proof?next=%2Findieauth"));
        let fields = [
            ("client_id", CLIENT),
            ("redirect_uri", BACK),
            ("state", STATE),
            ("code_challenge", CHALLENGE),
            ("scope", "create"),
            ("decision", "allow"),
        ];
        let answer = ann.post("/indieauth/consent", &fields).expect(303);
        assert_eq!(answer.header("location"), asked, "the same question again");
        code(&ann, &old_question(""));
    }

    #[test]
    fn neither_code_nor_token_is_stored() {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let code = code(&ann, &old_question("create"));
        let said = json(&exchange(&pipit, &code, &[]).expect(200));
        let stored = pipit.memory().expect("it is in memory").everything_stored();
        assert!(stored.contains(CLIENT));
        assert!(!stored.contains(&code));
        assert!(!stored.contains(said["access_token"].as_str().expect("a token")));
    }
}
