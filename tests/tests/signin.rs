//! Signing up, in and out: what the mailed link and code do, and all that they must not do.

use tests::{Answer, Ask, Browser, Mail, Pipit};

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

/// Whether two cookie lines have the same attributes, whatever the value.
fn attributes(line: &str) -> Vec<String> {
    let mut parts: Vec<String> =
        line.split(';').skip(1).map(|part| part.trim().to_ascii_lowercase()).collect();
    parts.sort();
    parts
}

#[test]
fn the_link_signs_in_the_browser_that_asked() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    ann.get("/signin/link").expect(200);
    let answer = ann.use_link(&mail).expect(303);
    assert_eq!(answer.header("location"), "/");
    assert!(ann.is_signed_in());
    pipit.blog(&ann).get("/").expect(200);
}

#[test]
fn the_code_signs_in_the_browser_that_asked_however_it_is_typed() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let typed = mail.code().to_lowercase().replace('-', " ");
    ann.use_code(&typed).expect(303);
    assert!(ann.is_signed_in());
}

#[test]
fn the_session_cookie_has_exactly_these_attributes() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let answer = ann.use_link(&mail).expect(303);
    let line = answer.set_cookie(SESSION).expect("signing in sets the session");
    let want = ["httponly", "max-age=15552000", "path=/", "samesite=lax", "secure"];
    assert_eq!(attributes(&line), want, "{line}");
    let value = ann.cookie(SESSION).expect("the browser keeps it");
    assert_eq!(value.len(), 43, "{value}");
    for page in ["/", "/posts", "/posts/new"] {
        let text = ann.get(page).expect(200).text();
        assert!(!text.contains(&value), "{page} shows the session");
    }
}

#[test]
fn the_cookie_of_the_asking_browser_lives_fifteen_minutes() {
    let pipit = Pipit::start();
    let browser = pipit.browser();
    let answer = browser.post("/signin", &[("email", "nobody@example.com")]).expect(202);
    let line = answer.set_cookie(PRE).expect("asking sets the cookie");
    let want = ["httponly", "max-age=900", "path=/", "samesite=lax", "secure"];
    assert_eq!(attributes(&line), want, "{line}");
}

#[test]
fn the_link_in_another_browser_signs_nobody_in_without_the_code() {
    let pipit = Pipit::start();
    let (_ann, mail) = asked(&pipit, "ann");
    let other = pipit.browser();
    let page = other.use_link(&mail).expect(403);
    assert!(page.set_cookies().is_empty(), "a refusal sets no cookie");
    assert!(page.text().contains("name=\"code\""), "the page asks for the code");
    assert!(!other.is_signed_in());

    let with =
        |code: &str| other.post("/signin/verify", &[("token", &mail.token()), ("code", code)]);
    with(&mail.wrong_code()).expect(422);
    assert!(!other.is_signed_in());
    with(&mail.code()).expect(303);
    assert!(other.is_signed_in(), "who has link and code has the mail");
}

#[test]
fn the_link_in_a_browser_that_asked_for_something_else_is_foreign_too() {
    let pipit = Pipit::start();
    let (_ann, mail) = asked(&pipit, "ann");
    let (ben, _) = asked(&pipit, "ben");
    ben.use_link(&mail).expect(403);
    assert!(!ben.is_signed_in());
}

#[test]
fn the_code_alone_is_worth_nothing_in_another_browser() {
    let pipit = Pipit::start();
    let (_ann, mail) = asked(&pipit, "ann");
    pipit.browser().use_code(&mail.code()).expect(410);
    let (ben, _) = asked(&pipit, "ben");
    ben.use_code(&mail.code()).expect(422);
    assert!(!ben.is_signed_in());
}

#[test]
fn fifty_visits_of_the_link_change_nothing() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let token = mail.token();
    let scanner = pipit.browser();
    for browser in [&ann, &scanner] {
        for path in ["/signin/link".to_owned(), format!("/signin/link?{token}")] {
            for _ in 0..25 {
                let page = browser.get(&path).expect(200);
                assert_eq!(page.cost().rows_written, 0, "a GET writes nothing");
                assert!(page.set_cookies().is_empty(), "a GET sets no cookie");
                assert_eq!(page.header("cache-control"), "no-store");
                assert_eq!(page.header("referrer-policy"), "no-referrer");
                assert_eq!(browser.head(&path).expect(200).cost().rows_written, 0);
            }
        }
    }
    assert!(!ann.is_signed_in());
    ann.use_link(&mail).expect(303);
    assert!(ann.is_signed_in(), "the link is as good as new");
}

#[test]
fn a_get_or_head_of_the_proof_proves_nothing() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let path = format!("/signin/verify?token={}&code={}", mail.token(), mail.code());
    for _ in 0..5 {
        ann.get(&path).expect(405);
        ann.head(&path).expect(405);
    }
    assert!(!ann.is_signed_in());
    ann.use_link(&mail).expect(303);
}

#[test]
fn the_second_use_of_link_and_code_is_refused_as_gone() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let pre = ann.cookie(PRE).expect("the browser that asked has its cookie");
    ann.use_link(&mail).expect(303);
    let session = ann.cookie(SESSION);

    // A browser that restores its cookies is still the browser that asked.
    ann.set_cookie(PRE, &pre);
    assert!(ann.use_link(&mail).expect(410).set_cookies().is_empty());
    assert!(ann.use_code(&mail.code()).expect(410).set_cookies().is_empty());
    let both = [("token", &*mail.token()), ("code", &*mail.code())];
    pipit.browser().post("/signin/verify", &both).expect(410);
    assert_eq!(ann.cookie(SESSION), session, "the first session stands");
    assert!(ann.is_signed_in());
}

#[test]
fn five_wrong_codes_end_the_challenge() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    for nth in 1..=5 {
        let answer = ann.use_code(&mail.wrong_code());
        let is_refused = answer.status == 422 || (nth == 5 && answer.status == 410);
        assert!(is_refused, "wrong code {nth} answered {}", answer.status);
    }
    ann.use_code(&mail.code()).expect(410);
    ann.use_link(&mail).expect(410);
    assert!(!ann.is_signed_in());
}

#[test]
fn wrong_codes_typed_elsewhere_count_too() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let other = pipit.browser();
    let wrong = [("token", &*mail.token()), ("code", &*mail.wrong_code())];
    for _ in 0..5 {
        other.post("/signin/verify", &wrong);
    }
    ann.use_code(&mail.code()).expect(410);
}

#[test]
fn fifty_uses_at_once_make_exactly_one_session() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let fields: [(&str, &str); 1] = [("token", &mail.token())];
    let answers = ann.send_at_once(50, Ask::form("/signin/verify", &fields));
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((count(303), count(410)), (1, 49), "{statuses:?}");
    let sessions = answers.iter().filter(|answer| answer.set_cookie(SESSION).is_some()).count();
    assert_eq!(sessions, 1);
    if let Some(memory) = pipit.memory() {
        assert_eq!(memory.count("select count(*) as n from sessions"), 1);
        assert_eq!(memory.count("select count(*) as n from accounts"), 1);
        assert_eq!(memory.count("select count(*) as n from blogs"), 1);
    }
}

#[test]
fn guesses_at_once_are_counted_before_they_are_looked_at() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let wrong = mail.wrong_code();
    let fields: [(&str, &str); 1] = [("code", &wrong)];
    let answers = ann.send_at_once(20, Ask::form("/signin/verify", &fields));
    let tried = answers.iter().filter(|answer| answer.status == 422).count();
    assert!(tried <= 5, "{tried} of 20 guesses were looked at");
    ann.use_code(&mail.code()).expect(410);
}

#[test]
fn the_answer_tells_nobody_whether_an_address_is_known() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    // As long as hers, and asked for by no other scenario, whose mails would count as well.
    let stranger = format!("{}@example.com", ann.username.replacen("ann", "zed", 1));
    let ask = |email: &str| pipit.browser().post("/signin", &[("email", email), ("next", "")]);
    let (known, unknown) = (ask(&ann.email), ask(&stranger));
    assert_eq!(known.status, 202);
    assert_eq!(known.status, unknown.status);
    let body = |answer: &Answer, email: &str| answer.text().replace(email, "…");
    assert_eq!(body(&known, &ann.email), body(&unknown, &stranger));
    assert_eq!(seen(&known), seen(&unknown));
}

/// The headers that anybody can compare: all but the time, the random cookie and the runtime's ids.
fn seen(answer: &Answer) -> Vec<(String, String)> {
    let mut seen: Vec<(String, String)> = Vec::new();
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match name.as_str() {
            "date" | "cf-ray" => {}
            "set-cookie" => {
                let name = value.split('=').next().unwrap_or_default();
                seen.push((format!("set-cookie {name}"), attributes(&value).join("; ")));
            }
            // Rows depend on what lies beside them; statements must be the same.
            "server-timing" => {
                let cost = answer.cost();
                seen.push(("statements".to_owned(), cost.queries.to_string()));
            }
            name => seen.push((name.to_owned(), value)),
        }
    }
    seen.sort();
    seen
}

#[test]
fn signing_up_with_a_known_address_tells_only_its_owner() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let intruder = pipit.browser();
    let wished = pipit.name("wished");
    let (known, mail) = intruder.ask_to_sign_up(&wished, &ann.email);
    // As long as hers, and asked for by no other scenario, whose mails would count as well.
    let stranger = format!("{}@example.com", ann.username.replacen("ann", "zed", 1));
    let (unknown, _) = pipit.browser().ask_to_sign_up(&pipit.name("other"), &stranger);
    assert_eq!(known.text().replace(&ann.email, "…"), unknown.text().replace(&stranger, "…"));
    assert!(mail.text.contains("already"), "the owner is told:\n{}", mail.text);

    // The owner may even use that mail: it signs in, and makes no second account.
    let both = [("token", &*mail.token()), ("code", &*mail.code())];
    let mut owner = pipit.browser();
    owner.post("/signin/verify", &both).expect(303);
    owner.username = ann.username.clone();
    ann.write("", "Still here");
    assert!(owner.get("/posts").expect(200).text().contains("Still here"));
    let blog = format!("{wished}.{}", pipit.blog(&ann).host.split_once('.').expect("a dot").1);
    pipit.browser_on(&blog).get("/").expect(404);
}

#[test]
fn an_address_without_an_account_gets_a_mail_that_signs_nobody_in() {
    let pipit = Pipit::start();
    let email = format!("{}@example.com", pipit.name("stranger"));
    let browser = pipit.browser();
    let (_, mail) = browser.ask_to_sign_in(&email);
    assert!(!mail.text.contains("/signin/link#"), "{}", mail.text);
    assert!(mail.text.contains("/signup"), "{}", mail.text);
}

#[test]
fn mails_hold_one_link_of_ours_and_no_name_or_address() {
    let pipit = Pipit::start();
    let (ann, mail) = asked(&pipit, "ann");
    let link = format!("http://{}/signin/link#{}", pipit.app_host(), mail.token());
    assert_eq!(mail.text.matches("http").count(), 1, "{}", mail.text);
    assert!(mail.text.contains(&link), "{}", mail.text);
    for (part, text) in [("text", &mail.text), ("HTML", &mail.html)] {
        assert!(!text.contains(&ann.username), "the {part} part names the person:\n{text}");
    }
    assert!(!mail.html.contains("<img"), "{}", mail.html);
}

#[test]
fn links_come_from_the_configuration_and_not_from_the_host_header() {
    let pipit = Pipit::start();
    let evil = pipit.browser_on("evil.example");
    let answer = evil.post("/signin", &[("email", "ann@example.com")]);
    assert!(matches!(answer.status, 404 | 405 | 421), "{}", answer.status);
}

#[test]
fn a_form_on_another_site_is_refused_and_does_nothing() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog_url(&ann);
    let from = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", blog.as_str()),
    ];
    for (name, value) in from {
        for path in ["/posts", "/signout", "/signin", "/subscriptions"] {
            let fields =
                [("text", "forged"), ("email", "a@example.com"), ("url", "https://a.example")];
            let answer = ann.send(Ask::form(path, &fields).with(name, value));
            assert_eq!(answer.status, 403, "{path} with {name}: {value}");
        }
    }
    assert!(ann.is_signed_in(), "nobody else can sign one out");
    assert!(!ann.get("/posts").text().contains("forged"));
}

#[test]
fn signing_out_ends_the_session_everywhere() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let stolen = ann.clone();
    let answer = ann.post("/signout", &[]).expect(303);
    let line = answer.set_cookie(SESSION).expect("signing out clears the cookie");
    assert!(line.starts_with(&format!("{SESSION}=;")) && line.contains("Max-Age=0"), "{line}");
    assert!(!ann.is_signed_in());
    assert!(!stolen.is_signed_in(), "the old value is worth nothing");
}

#[test]
fn signing_in_again_gives_another_session() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (first, old) = (ann.cookie(SESSION), ann.clone());
    let (_, mail) = ann.ask_to_sign_in(&ann.email);
    ann.use_link(&mail).expect(303);
    assert_ne!(ann.cookie(SESSION), first);
    assert!(ann.is_signed_in());
    assert!(!old.is_signed_in(), "the session that was replaced has ended");
}

#[test]
fn after_signing_in_one_is_where_one_wanted_to_be_and_never_elsewhere() {
    let pipit = Pipit::start();
    let asked = pipit.browser().get("/posts/new").expect(303);
    assert_eq!(asked.header("location"), "/signin?next=%2Fposts%2Fnew");
    for (name, next, want) in [
        ("ann", "/posts/new", "/posts/new"),
        ("ben", "https://evil.example/", "/"),
        ("cas", "//evil.example/", "/"),
        ("dan", "/\\evil.example/", "/"),
    ] {
        let person = pipit.sign_up(name);
        person.forget();
        let before = pipit.mails_to(&person.email).len();
        person.post("/signin", &[("email", &person.email), ("next", next)]).expect(202);
        let mail = person.mail_after(&person.email, before);
        let answer = person.use_link(&mail).expect(303);
        assert_eq!(answer.header("location"), want, "next={next}");
    }
}

#[test]
fn a_name_can_be_taken_only_once() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let late = [("name", "Ann"), ("email", "late@example.com"), ("username", &ann.username)];
    pipit.browser().post("/signup", &late).expect(422).expect_text("taken");
}

#[test]
fn of_two_who_ask_for_one_name_the_first_to_prove_it_gets_it() {
    let pipit = Pipit::start();
    let name = pipit.name("both");
    let (one, two) = (pipit.browser(), pipit.browser());
    let (_, first) = one.ask_to_sign_up(&name, &format!("{name}-1@example.com"));
    let (_, second) = two.ask_to_sign_up(&name, &format!("{name}-2@example.com"));
    one.use_link(&first).expect(303);
    two.use_link(&second).expect(409).expect_text("name=\"username\"");
    assert!(one.is_signed_in() && !two.is_signed_in());
}

#[test]
fn mistakes_in_the_form_stand_beside_their_fields() {
    let pipit = Pipit::start();
    let form = |email: &str, username: &str, site: &str| {
        let fields = [("name", "Ann"), ("email", email), ("username", username), ("site", site)];
        pipit.browser().post("/signup", &fields).expect(422).text()
    };
    assert!(form("not an address", "ann", "").contains("id=\"email-error\""));
    assert!(form("ann@example.com", "www", "").contains("id=\"username-error\""));
    assert!(form("ann@example.com", "a_b", "").contains("id=\"username-error\""));
    assert!(form("ann@example.com", "annie", "javascript:alert(1)").contains("id=\"site-error\""));
    let kept = form("<script>@example.com", "ann", "");
    assert!(!kept.contains("<script>@"), "what was typed comes back as text:\n{kept}");
}

#[test]
fn the_eleventh_question_from_one_network_has_to_wait() {
    let pipit = Pipit::start();
    let browser = pipit.browser();
    let ask = |nth: usize| {
        browser.post("/signin", &[("email", &*format!("{}{nth}@example.com", pipit.name("x")))])
    };
    for nth in 0..10 {
        ask(nth).expect(202);
    }
    let refused = ask(10).expect(429);
    let wait: u32 = refused.header("retry-after").parse().expect("Retry-After in seconds");
    assert!((1..=31).contains(&wait), "Retry-After: {wait}");
    pipit.browser().post("/signin", &[("email", "other@example.com")]).expect(202);
}

#[test]
fn ipv6_addresses_of_one_network_share_a_limit() {
    let pipit = Pipit::start();
    let salt = pipit.name("").bytes().fold(0_u32, |sum, b| sum.wrapping_mul(31) + u32::from(b));
    let (a, b) = (salt >> 16, salt & 0xffff);
    let ask = |address: String, nth: usize| {
        let browser = pipit.browser().from_address(&address);
        let email = format!("{}{nth}@example.com", pipit.name("six"));
        browser.post("/signin", &[("email", &email)]).status
    };
    for nth in 0..10 {
        assert_eq!(ask(format!("2600:{a:x}:{b:x}:1::{nth:x}"), nth), 202);
    }
    assert_eq!(ask(format!("2600:{a:x}:{b:x}:1:ffff::1"), 10), 429, "the same /64");
    assert_eq!(ask(format!("2600:{a:x}:{b:x}:2::1"), 11), 202, "another /64");
}

#[test]
fn nobody_can_flood_a_mailbox_nor_learn_that_it_was_spared() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    // Signing up was the first of three mails in a quarter of an hour.
    let before = pipit.mails_to(&ann.email).len();
    for _ in 0..4 {
        pipit.browser().post("/signin", &[("email", &ann.email)]).expect(202);
    }
    let mails = pipit.mails_settled(&ann.email, before + 2);
    assert_eq!(mails.len(), before + 2, "two more and not four");
    let newest = &mails[0];
    let both = [("token", &*newest.token()), ("code", &*newest.code())];
    pipit.browser().post("/signin/verify", &both).expect(303);
}

#[test]
fn an_unknown_client_shares_one_bucket_and_is_never_let_past() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let statuses: Vec<u16> = (0..11)
        .map(|nth| {
            memory.send_from_nowhere(Ask::form(
                "/signin",
                &[("email", &*format!("{nth}@example.com"))],
            ))
        })
        .map(|answer| answer.status)
        .collect();
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}
