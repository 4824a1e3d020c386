//! rssCloud, as rsscloud-server's suite has it.

use tests::{Answer, Ask, Manner, Pipit, Subscriber};

const PATH: &str = "/rsscloud/pleaseNotify";

/// What a reader that speaks rssCloud sends.
fn register(pipit: &Pipit, reader: &Subscriber, name: &str, changes: &[(&str, &str)]) -> Answer {
    let (host, port) = reader.host_and_port();
    let path = format!("/called/{name}");
    let mut fields = vec![
        ("notifyProcedure", ""),
        ("port", port),
        ("path", path.as_str()),
        ("protocol", "http-post"),
        ("domain", host),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(other, _)| name == other));
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let answer = pipit.program(Ask::form(PATH, &fields)).expect(200);
    assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
    answer
}

#[test]
fn a_registered_handler_is_challenged_and_notified() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let url = pipit.blog_url(&ann);
    let (rss, tea) = (format!("{url}/feed.xml"), format!("{url}/photos/feed.xml"));
    let feed = pipit.blog(&ann).get("/feed.xml").expect(200);
    let (host, port) = pipit
        .app_host()
        .split_once(':')
        .map(|(host, port)| (host.to_owned(), port.to_owned()))
        .expect("a port");
    feed.expect_text(&format!(
        "<cloud domain=\"{host}\" port=\"{port}\" path=\"{PATH}\" registerProcedure=\"\" protocol=\"http-post\"/>"
    ));
    reader.answers("rude", Manner { verification: Some((200, "no")), ..Manner::default() });
    for name in ["rude", "polite"] {
        let answer = register(&pipit, &reader, name, &[("url1", &rss), ("URL2", &tea)]);
        answer.expect_text("<notifyResult success=\"true\" msg=\"");
        pipit.eventually(|| pipit.browser().get("/healthz"), |_| reader.asked(name).len() == 2);
        let mut asked: Vec<String> =
            reader.asked(name).iter().map(|asked| asked.value("url")).collect();
        asked.sort();
        assert_eq!(asked, [rss.clone(), tea.clone()]);
        assert!(reader.asked(name).iter().all(|asked| asked.value("challenge").len() > 20));
    }
    ann.write("", "Something");
    let notice = reader.wait_for(&pipit, "polite", 1);
    assert_eq!(notice.header("content-type"), "application/x-www-form-urlencoded");
    let mut pairs = url::form_urlencoded::parse(notice.body.as_bytes());
    assert_eq!(pairs.next(), Some(("url".into(), rss.as_str().into())));
    assert_eq!(pairs.next(), None);
    assert_eq!((reader.got("rude").len(), reader.got("polite").len()), (0, 1));
}

#[test]
fn what_cannot_be_registered_says_why() {
    let pipit = Pipit::start();
    let (reader, _site) = Subscriber::start(&pipit);
    let ann = pipit.sign_up("ann");
    let rss = format!("{}/feed.xml", pipit.blog_url(&ann));
    for (changes, words) in [
        (
            vec![("url1", rss.as_str()), ("domain", "")],
            "Name the host of your handler in the parameter domain",
        ),
        (
            vec![("url1", &rss), ("port", ""), ("path", "")],
            "These parameters are missing: port, path.",
        ),
        (
            vec![("url1", &rss), ("protocol", "xml-rpc")],
            "The protocol must be http-post or https-post.",
        ),
        (vec![], "Name 1 to 20 feeds"),
        (vec![("url1", "http://example.com/<feed>")], "http://example.com/&lt;feed&gt; is not"),
        (vec![("url1", &rss), ("domain", "127.0.0.1"), ("port", "80")], "a name, not a number"),
        (vec![("url1", &rss), ("domain", "a.example@127.0.0.1")], "make no address"),
        (vec![("url1", &rss), ("domain", "a.example"), ("port", "5337")], "ports 80 and 443"),
        (vec![("url1", &rss), ("domain", "a.example"), ("port", "http")], "make no address"),
    ] {
        let answer = register(&pipit, &reader, "a", &changes);
        answer.expect_text("<notifyResult success=\"false\" msg=\"").expect_text(words);
    }
    assert!(reader.asked("a").is_empty());
}
