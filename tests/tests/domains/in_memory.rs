//! What takes days, what fails, and what another operator sets.

use super::{PAGE, check_until, go_live, own_name, token};
use tests::{Browser, Names, Pipit};

const DAY_MS: i64 = 86_400_000;

/// A person whose blog lives on a name, and the name as visitors send it.
fn at_home(pipit: &Pipit, names: &Names) -> (Browser, String, String) {
    let ann = pipit.sign_up("ann");
    ann.write("", "Ann was here");
    let (host, at) = own_name(pipit, "fen");
    go_live(pipit, names, &ann, &host);
    (ann, host, at)
}

/// Lets days go by, with the jobs of each.
fn days(pipit: &Pipit, count: u32) {
    let memory = pipit.memory().expect("it is in memory");
    for _ in 0..count {
        memory.native.clock.advance_ms(DAY_MS);
        memory.run_jobs();
    }
}

#[test]
fn a_name_that_is_not_proven_for_a_week_is_parked_until_it_is() {
    let pipit = Pipit::in_memory();
    let (names, _site) = Names::start(&pipit);
    let (ann, host, at) = at_home(&pipit, &names);
    let (record, proof) = (format!("_pipit.{host}"), token(&ann));
    names.set(&record, "TXT", &[]);
    days(&pipit, 7);
    ann.get(PAGE).expect(200).expect_text("Something is missing. If it is not there again by");
    pipit.browser_on(&at).get("/").expect(200);
    names.set(&record, "TXT", &[&proof]);
    days(&pipit, 2);
    assert!(!ann.get(PAGE).text().contains("Something is missing"), "it came back in time");

    names.set(&record, "TXT", &[]);
    days(&pipit, 9);
    let parked = pipit.browser_on(&at).get("/").expect(404).expect_text("This domain is parked");
    assert_eq!(parked.header("cache-control"), "no-store");
    assert!(!parked.text().contains("Ann was here"));
    pipit.blog(&ann).get("/").expect(200).expect_text("Ann was here");
    ann.get(PAGE).expect(200).expect_text("is parked. Your blog is back at");
    assert_eq!(pipit.browser().get(&format!("/domains/ask?domain={host}")).status, 200);

    names.set(&record, "TXT", &[&proof]);
    check_until(&pipit, &ann, "They get your blog there");
    pipit.browser_on(&at).get("/").expect(200).expect_text("Ann was here");
}

#[test]
fn a_parked_name_goes_to_whoever_proves_it_and_stays_certified() {
    let pipit = Pipit::in_memory();
    let (names, _site) = Names::start(&pipit);
    let (ann, host, at) = at_home(&pipit, &names);
    let bob = pipit.sign_up("bob");
    bob.write("", "Bob is here");
    names.set(&format!("_pipit.{host}"), "TXT", &[]);
    days(&pipit, 9);
    bob.post(PAGE, &[("host", &host)]).expect(303);
    names.set(&format!("_pipit.{host}"), "TXT", &[&token(&bob)]);
    names.set(&host, "CNAME", &["bob.blogs.localhost."]);
    check_until(&pipit, &bob, "They get your blog there");
    pipit.browser_on(&at).get("/").expect(200).expect_text("Bob is here");
    let fresh = sign_in_again(&pipit, &ann);
    fresh.post(&format!("{PAGE}/deletion"), &[]).expect(303);
    pipit.run_jobs();
    assert!(names.has_hostname(&host), "the certificate is Bob's by now");
    days(&pipit, 3);
    pipit.browser_on(&at).get("/").expect(200).expect_text("Bob is here");
}

/// A browser of the same person who proved just now that it is them.
fn sign_in_again(pipit: &Pipit, ann: &Browser) -> Browser {
    let browser = pipit.browser();
    let (_, mail) = browser.ask_to_sign_in(&ann.email);
    browser.use_link(&mail).expect(303);
    browser
}

#[test]
fn a_name_that_was_given_up_is_held_for_thirty_days() {
    let pipit = Pipit::in_memory();
    let (names, _site) = Names::start(&pipit);
    let (ann, host, at) = at_home(&pipit, &names);
    let bob = pipit.sign_up("bob");
    pipit.memory().expect("memory").native.clock.advance_ms(660_000);
    let answer = ann.post(&format!("{PAGE}/deletion"), &[]);
    assert_eq!(answer.header("location"), "/settings/proof?next=%2F", "it was not proven afresh");
    pipit.browser_on(&at).get("/").expect(200);
    let fresh = sign_in_again(&pipit, &ann);
    fresh.post(&format!("{PAGE}/deletion"), &[]).expect(303);
    bob.post(PAGE, &[("host", &host)]).expect(303);
    names.set(&format!("_pipit.{host}"), "TXT", &[&token(&bob)]);
    names.set(&host, "CNAME", &["bob.blogs.localhost."]);
    days(&pipit, 29);
    pipit.browser_on(&at).get("/").expect(404);
    assert!(!names.has_hostname(&host));
    days(&pipit, 2);
    names.certify(&host, "active", "active");
    let bob = sign_in_again(&pipit, &bob);
    check_until(&pipit, &bob, "They get your blog there");
}

#[test]
fn silence_is_no_miss() {
    let pipit = Pipit::in_memory();
    let (names, _site) = Names::start(&pipit);
    let (ann, host, at) = at_home(&pipit, &names);
    names.be_silent(true);
    days(&pipit, 12);
    check_until(&pipit, &ann, "DNS did not answer.");
    names.be_silent(false);
    names.break_api(true);
    days(&pipit, 3);
    check_until(&pipit, &ann, "does not take it just now");
    pipit.browser_on(&at).get("/").expect(200);
    names.break_api(false);
    names.certify(&host, "moved", "active");
    check_until(&pipit, &ann, "says no to this name");
    pipit.browser_on(&at).get("/").expect(200);
}

#[test]
fn where_a_proxy_makes_the_certificates_a_name_is_live_once_it_is_proven_and_leads_here() {
    let settings = [("HOSTNAMES_API_TOKEN", ""), ("DOMAIN_ADDRESSES", "203.0.113.5, 2001:db8::5")];
    let pipit = Pipit::with(&settings);
    let (names, _site) = Names::start(&pipit);
    let ann = pipit.sign_up("ann");
    ann.post(PAGE, &[("host", "ann.example")]).expect(303);
    ann.get(PAGE).expect(200).expect_text("<code>203.0.113.5</code> and <code>2001:db8::5</code>");
    names.set("_pipit.ann.example", "TXT", &[&token(&ann)]);
    names.set("ann.example", "A", &["198.51.100.1"]);
    check_until(&pipit, &ann, "It leads to 198.51.100.1.");
    pipit.browser_on("ann.example:8787").get("/").expect(404);
    for (kind, address, ours) in [
        ("A", "203.0.113.5", None),
        ("AAAA", "2001:db8::5", None),
        ("A", "192.0.2.7", Some("192.0.2.7")),
    ] {
        names.set("ann.example", "A", &[]);
        names.set("ann.example", "AAAA", &[]);
        names.set("ann.blogs.localhost", "A", &Vec::from_iter(ours));
        names.set("ann.example", kind, &[address]);
        check_until(&pipit, &ann, "The name leads here.");
    }
    check_until(&pipit, &ann, "They get your blog there");
    ann.get(PAGE).expect_text("operator’s proxy");
    pipit.browser_on("ann.example:8787").get("/").expect(200);
    for (name, status) in [
        ("ann.example", 200),
        ("ANN.example.", 200),
        ("ann.blogs.localhost", 200),
        ("nobody.blogs.localhost", 404),
        ("www.ann.example", 404),
        ("localhost", 404),
        ("", 404),
    ] {
        let answer = pipit.browser().get(&format!("/domains/ask?domain={name}"));
        assert_eq!(answer.status, status, "{name}");
    }
}

#[test]
fn a_change_of_the_domain_is_seen_past_the_copies_of_the_row() {
    let pipit = Pipit::in_memory();
    let (names, _site) = Names::start(&pipit);
    let (ann, _, at) = at_home(&pipit, &names);
    for path in ["/", "/feed.xml"] {
        pipit.browser_on(&at).get(path).expect(200);
        let again = pipit.browser_on(&at).get(path).expect(200);
        assert_eq!(again.cost().queries, 0, "a cached page costs no query, also there");
    }
    ann.post("/posts", &[("text", "Seen at once")]).expect(303);
    pipit.browser_on(&at).get("/").expect(200).expect_text("Seen at once");
    ann.post(&format!("{PAGE}/deletion"), &[]).expect(303);
    pipit.browser_on(&at).get("/").expect(404);
    let home = pipit.blog(&ann).get("/").expect(200).expect_text("Seen at once");
    assert!(!home.text().contains("fen.example"), "an old page came back: {}", home.text());
}
