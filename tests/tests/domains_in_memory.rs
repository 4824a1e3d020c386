//! A blog that lives on a host name of its own, with what only memory can show.

use platform::sql;
use tests::{Ask, Browser, Pipit};

/// As if everything had been proven already.
fn give(pipit: &Pipit, ann: &Browser, host: &str) {
    let memory = pipit.memory().expect("it is in memory");
    let host = (!host.is_empty()).then(|| host.to_owned());
    memory.sql(vec![sql(
        "update blogs set domain = ?2, epoch = epoch + 1 where username = ?1",
        [ann.username.as_str().into(), host.into()],
    )]);
    memory.native.kv.lose();
}

#[test]
fn a_blog_lives_on_its_domain_and_nowhere_else() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    ann.write("", "Seen on the moor");
    let former = pipit.blog(&ann).get("/feed.xml").expect(200).text();
    give(&pipit, &ann, "ann.example");
    let home =
        pipit.browser_on("ann.example:8787").get("/").expect(200).expect_text("Seen on the moor");
    assert!(home.text().contains("http://ann.example:8787/"), "{}", home.text());
    assert!(!home.text().contains("ann.blogs.localhost"), "{}", home.text());
    for odd in ["ANN.example:8787", "ann.example.:8787"] {
        pipit.browser_on(odd).get("/").expect(200).expect_text("Seen on the moor");
    }
    for not in ["www.ann.example:8787", "ann.example", "ann.example:80", "ann.example..:8787"] {
        let answer = pipit.browser_on(not).get("/").expect(404);
        assert_eq!(answer.header("cache-control"), "no-store", "{not}");
    }
    let feed = pipit.browser_on("ann.example:8787").get("/feed.xml").expect(200).text();
    let guid = |feed: &str| {
        feed.split("<guid").nth(1).map(|rest| rest.split("</").next().map(str::to_owned))
    };
    assert_eq!(guid(&feed), guid(&former), "the feed's items would be new ones to every reader");
    for path in ["/", "/feed.xml", "/robots.txt", "/nowhere?a=b", "//evil.example/"] {
        let answer = pipit.blog(&ann).get(path).expect(301);
        assert_eq!(answer.header("location"), format!("http://ann.example:8787{path}"));
        assert_eq!(answer.header("cache-control"), "no-store", "it may come back any day");
    }
    let call = "<?xml version=\"1.0\"?><methodCall><methodName>system.listMethods</methodName></methodCall>";
    for host in [pipit.blog(&ann), pipit.browser_on("ann.example:8787")] {
        let answer = host.send(Ask::body("/xmlrpc.php", "text/xml", call)).expect(200);
        answer.expect_text("metaWeblog.newPost");
    }
    let list = ann.get("/posts").expect(200);
    list.expect_text("http://ann.example:8787/2026/");
    give(&pipit, &ann, "");
    pipit.browser_on("ann.example:8787").get("/").expect(404);
    pipit.blog(&ann).get("/").expect(200).expect_text("Seen on the moor");
}
