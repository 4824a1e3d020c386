//! A domain of one's own: asked for, proven, pointed here, certified, lived on, given up.

#[path = "domains/in_memory.rs"]
mod in_memory;

use tests::{Answer, Ask, Browser, Names, Pipit, Program};

const PAGE: &str = "/settings/domain";
const METHODS: &str = "<methodCall><methodName>system.listMethods</methodName></methodCall>";

/// A name that nobody else asks for, and its host as visitors send it.
fn own_name(pipit: &Pipit, name: &str) -> (String, String) {
    let host = format!("{}.example", pipit.name(name));
    (host.clone(), with_port(pipit, &host))
}

fn with_port(pipit: &Pipit, host: &str) -> String {
    let app = pipit.app_host();
    app.split_once(':').map_or(host.to_owned(), |(_, port)| format!("{host}:{port}"))
}

/// What the TXT record has to say.
#[track_caller]
fn token(person: &Browser) -> String {
    let page = person.get(PAGE).expect(200);
    let tokens = page.attributes("class");
    assert!(tokens.contains(&"address".to_owned()), "no records in {}", page.text());
    page.between("Text: <code class=\"address\">", "</code>").expect("the page says the text")
}

/// Presses “Check now” until the page says this.
#[track_caller]
fn check_until(pipit: &Pipit, person: &Browser, words: &str) -> Answer {
    person.post(&format!("{PAGE}/check"), &[]).expect(303);
    pipit.eventually(|| person.get(PAGE), |page| page.text().contains(words))
}

/// Where the CNAME record has to lead.
#[track_caller]
fn target(person: &Browser) -> String {
    let page = person.get(PAGE).expect(200);
    page.between("Target: <code class=\"address\">", "</code>").expect("the page says the target")
}

/// All that a domain needs.
#[track_caller]
fn go_live(pipit: &Pipit, names: &Names, person: &Browser, host: &str) {
    person.post(PAGE, &[("host", host)]).expect(303);
    names.set(&format!("_pipit.{host}"), "TXT", &[&format!("\"{}\"", token(person))]);
    names.set(host, "CNAME", &[&target(person)]);
    check_until(pipit, person, "It is being made (pending validation)");
    names.certify(host, "active", "active");
    check_until(pipit, person, "They get your blog there, and its other address");
}

#[test]
fn a_domain_is_asked_for_proven_and_lived_on() {
    let pipit = Pipit::start();
    let (names, _site) = Names::start(&pipit);
    let ann = pipit.sign_up("ann");
    let post = ann.write("On the moor", "It rained.");
    let feed_before = pipit.blog(&ann).get("/feed.xml").expect(200).text();
    let (host, at) = own_name(&pipit, "moor");

    ann.post(PAGE, &[("host", &format!(" {}. ", host.to_uppercase()))]).expect(303);
    let nothing = |why: &str| {
        let answer = pipit.browser_on(&at).get("/");
        assert_eq!((answer.status, answer.header("cache-control")), (404, "no-store"), "{why}");
        let stranger = pipit.browser_on(&at);
        assert_eq!(stranger.get("/favicon.ico").status, 404, "{why}");
        let call = Ask::body("/xmlrpc.php", "text/xml", METHODS);
        assert_eq!(stranger.send(call).status, 404, "{why}");
        let asked = pipit.browser().get(&format!("/domains/ask?domain={host}"));
        assert_eq!(asked.status, 404, "{why}");
    };
    check_until(&pipit, &ann, "The TXT record is not there yet").expect_text(&host);
    nothing("nobody has proven it");

    names.set(&host, "CNAME", &[&target(&ann)]);
    check_until(&pipit, &ann, "The name leads here.");
    nothing("pointing alone claims nothing");

    names.set(&format!("_pipit.{host}"), "TXT", &["\"00000000000000000000000000000000\""]);
    check_until(&pipit, &ann, "it says something else");
    nothing("the record says something else");
    assert!(!names.has_hostname(&host), "a certificate was asked for before the proof");

    names.set(
        &format!("_pipit.{host}"),
        "TXT",
        &["\"v=spf1 -all\"", &format!("\"{}\"", token(&ann))],
    );
    check_until(&pipit, &ann, "It is being made (pending validation)");
    assert_eq!(pipit.browser_on(&at).get("/").status, 404, "it has no certificate yet");
    assert_eq!(pipit.browser().get(&format!("/domains/ask?domain={host}")).status, 200);
    pipit.blog(&ann).get("/").expect(200);

    names.certify(&host, "active", "active");
    check_until(&pipit, &ann, "They get your blog there, and its other address");
    lives(&pipit, &ann, &at, &post.path, &feed_before);
}

/// Whether everything says the new address, and the old one leads there.
fn lives(pipit: &Pipit, ann: &Browser, at: &str, path: &str, feed_before: &str) {
    let home = pipit.browser_on(at).get("/").expect(200).text();
    let feed = pipit.browser_on(at).get("/feed.xml").expect(200).text();
    let permalink = pipit.browser_on(at).get(path).expect(200).text();
    for page in [&home, &permalink] {
        assert!(page.contains(&format!("rel=\"canonical\" href=\"http://{at}/")), "{page}");
    }
    assert!(feed.contains(&format!("<link>http://{at}{path}</link>")), "{feed}");
    for page in [&home, &feed, &permalink] {
        assert!(!page.contains(&pipit.blog_url(ann)), "the old address is in {page}");
    }
    let guid = |feed: &str| {
        let rest = feed.split("<guid").nth(1).expect("the feed has an item");
        rest.split("</guid>").next().map(str::to_owned)
    };
    assert_eq!(guid(&feed), guid(feed_before), "readers would see the post twice");
    for old in ["/", "/feed.xml", "/feed.json", path, "/nowhere?a=b"] {
        let answer = pipit.blog(ann).get(old).expect(301);
        assert_eq!(answer.header("location"), format!("http://{at}{old}"));
    }
    for odd in [at.to_uppercase(), at.replace(".example", ".example.")] {
        pipit.browser_on(&odd).get(path).expect(200);
    }
    pipit.browser_on(&format!("www.{at}")).get("/").expect(404);
    let app = Program::of(pipit, ann, &["create"]);
    let made = app.send(Ask::form("/micropub", &[("h", "entry"), ("content", "By an app")]));
    let made = made.expect(201);
    assert!(made.header("location").starts_with(&format!("http://{at}/")));
    for host in [pipit.blog(ann), pipit.browser_on(at)] {
        host.send(Ask::body("/xmlrpc.php", "text/xml", METHODS)).expect(200);
    }
    pipit
        .browser()
        .get(&format!("/@{}", ann.username))
        .expect(200)
        .expect_text(&format!("http://{at}"));
}

#[test]
fn whoever_subscribes_to_a_domain_of_somebody_here_follows_them() {
    let pipit = Pipit::start();
    let (names, _site) = Names::start(&pipit);
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let (host, _) = own_name(&pipit, "heath");
    go_live(&pipit, &names, &ann, &host);
    ben.post("/subscriptions", &[("url", &format!("https://{host}/feed.xml"))]).expect(303);
    let page = ben.get("/subscriptions").expect(200).text();
    assert!(page.contains(&format!("/follows/{}/deletion", ann.username)), "{page}");
    assert!(!page.contains("/refresh\""), "and no feed is fetched from ourselves: {page}");
    ann.post("/subscriptions", &[("url", &host)]).expect(422);
}

#[test]
fn nobody_else_has_a_name_that_somebody_has_or_had_lately() {
    let pipit = Pipit::start();
    let (names, _site) = Names::start(&pipit);
    let (ann, bob) = (pipit.sign_up("ann"), pipit.sign_up("bob"));
    ann.write("", "Ann was here");
    let (host, at) = own_name(&pipit, "heath");
    go_live(&pipit, &names, &ann, &host);
    let record = format!("_pipit.{host}");

    bob.post(PAGE, &[("host", &host)]).expect(303);
    assert_ne!(token(&ann), token(&bob), "whoever copies a record would prove nothing");
    check_until(&pipit, &bob, "it says something else");
    names.set(&record, "TXT", &[&token(&ann), &token(&bob)]);
    check_until(&pipit, &bob, "Somebody else here has this name");
    pipit.browser_on(&at).get("/").expect(200).expect_text("Ann was here");

    let annes = token(&ann);
    ann.post(&format!("{PAGE}/deletion"), &[]).expect(303);
    pipit.blog(&ann).get("/").expect(200).expect_text("Ann was here");
    pipit.browser_on(&at).get("/").expect(404);
    pipit.eventually(|| pipit.browser_on(&at).get("/"), |_| !names.has_hostname(&host));
    names.set(&record, "TXT", &[&annes, &token(&bob)]);
    check_until(&pipit, &bob, "Somebody else here has this name");
    pipit.browser_on(&at).get("/").expect(404);

    ann.post(PAGE, &[("host", &host)]).expect(303);
    assert_eq!(token(&ann), annes, "the same person need not set another record");
    check_until(&pipit, &ann, "It is being made (pending validation)");
    names.certify(&host, "active", "active");
    check_until(&pipit, &ann, "They get your blog there, and its other address");
    pipit.browser_on(&at).get("/").expect(200).expect_text("Ann was here");
}

#[test]
fn a_name_that_cannot_be_ones_own_is_refused() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (app, media) = (pipit.app_host(), pipit.media_host());
    let bare = |host: &str| host.split(':').next().unwrap_or_default().to_owned();
    let ours = format!("bob.blogs.{}", bare(&app));
    let names = [
        "",
        "example",
        "127.0.0.1",
        "[::1]",
        "a..example",
        "co.uk",
        "a.test",
        &bare(&media),
        &ours,
    ];
    for name in names {
        let page = ann.post(PAGE, &[("host", name)]).expect(422);
        page.expect_text("id=\"host-error\"").expect_text("aria-invalid=\"true\"");
    }
    let (host, _) = own_name(&pipit, "bücher");
    ann.post(PAGE, &[("host", &host)]).expect(303);
    let page = ann.get(PAGE).expect(200).expect_text(&host);
    page.expect_text(&"_pipit.xn--bcher-");
    ann.post(PAGE, &[("host", "another.example")]).expect(303);
    assert!(!ann.get(PAGE).text().contains("another.example"), "a blog has one domain");
    let stranger = pipit.browser().get(PAGE);
    assert_ne!(stranger.status, 200);
}
