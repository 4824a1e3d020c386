//! A blog as its visitors get it: what it costs, what may be kept, and who it is for.

use platform::sql;
use tests::{Answer, Ask, Browser, Pipit};

/// The same page once nothing is left to render.
#[track_caller]
fn cached(pipit: &Pipit, blog: &Browser, path: &str) -> Answer {
    blog.get(path).expect(200);
    pipit.eventually(|| blog.get(path), |answer| answer.cost().queries == 0)
}

#[test]
fn a_cached_page_costs_no_database_query() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "Cheap to read");
    let blog = pipit.blog(&ann);
    for path in ["/", &post.path, "/feed.xml"] {
        let answer = cached(&pipit, &blog, path);
        assert_eq!((answer.status, answer.cost().rows_read), (200, 0), "{path}");
        assert!(answer.text().contains("Cheap to read"), "{path}");
    }
}

#[test]
fn an_uncached_page_costs_the_same_however_long_the_blog_is() {
    let pipit = Pipit::start();
    match pipit.memory() {
        Some(_) => twenty_thousand_posts_cost_as_thirty(&pipit),
        None => fifty_posts_cost_as_thirty(&pipit),
    }
}

fn twenty_thousand_posts_cost_as_thirty(pipit: &Pipit) {
    let memory = pipit.memory().expect("it is in memory");
    let long = pipit.sign_up("long");
    fill(pipit, &long, 20_000);
    for (path, name, count) in [("/", "thirty", 30), ("/feed.xml", "thirty-posts", 30)] {
        let short = pipit.sign_up(name);
        fill(pipit, &short, count);
        let [few, many] = [&short, &long].map(|person| {
            memory.native.db.take_steps();
            let answer = pipit.blog(person).get(path).expect(200);
            (answer.cost(), memory.native.db.take_steps())
        });
        assert_eq!(few.0, many.0, "{path}");
        assert!(few.0.rows_read >= 25, "{path}: {:?}", few.0);
        // One step more or less is an index page; walking over posts would be a hundred times as many.
        assert!(many.1 <= few.1 + few.1 / 10, "{path}: {} steps and {}", few.1, many.1);
    }
}

/// Posts past the front door: twenty thousand through it would take longer than anybody waits.
fn fill(pipit: &Pipit, person: &Browser, count: i64) {
    let memory = pipit.memory().expect("it is in memory");
    let insert = sql(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
         insert into posts (id, blog_id, account_id, path, text, html, published_at, created_at, updated_at)
         select printf('%018d', i + b.rowid_of * 1000000), b.id, b.account_id, '/2020/01/01/p' || i, 'Text', '<p>Text</p>',
           1577836800 + i, 0, 0
         from n, (select id, account_id, length(username) as rowid_of from blogs where username = ?1) b",
        [person.username.as_str().into(), count.into()],
    );
    let update = sql(
        "update blogs set post_count = ?2, epoch = epoch + 1 where username = ?1",
        [person.username.as_str().into(), count.into()],
    );
    memory.sql(vec![insert, update]);
    memory.native.kv.lose();
    memory.native.cache.lose();
}

fn fifty_posts_cost_as_thirty(pipit: &Pipit) {
    let [few, many] = [("short", 30), ("long", 50)].map(|(name, count)| {
        let person = pipit.sign_up(name);
        for nth in 0..count {
            let fields = [("title", &*format!("Post {nth}")), ("text", "Text")];
            person.post("/posts", &fields).expect(303);
        }
        ["/", "/feed.xml"].map(|path| pipit.blog(&person).get(path).expect(200).cost())
    });
    assert_eq!(few, many);
}

#[test]
fn a_page_that_one_has_is_not_sent_again() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "Once is enough");
    let blog = pipit.blog(&ann);
    for path in ["/", &post.path, "/feed.xml"] {
        let first = blog.get(path).expect(200);
        let (etag, modified) =
            (first.header("etag").to_owned(), first.header("last-modified").to_owned());
        assert!(etag.starts_with('"') || etag.starts_with("W/\""), "{path} has the tag {etag:?}");
        for (name, value) in [("if-none-match", &etag), ("if-modified-since", &modified)] {
            let again = blog.send(Ask::get(path).with(name, value)).expect(304);
            assert!(again.body.is_empty(), "{path}: a 304 has no content");
            assert!(again.set_cookies().is_empty());
        }
        blog.send(Ask::get(path).with("if-none-match", "\"other\"")).expect(200);

        let head = blog.head(path).expect(200);
        assert!(head.body.is_empty(), "{path}: a HEAD has no content");
        assert_eq!(head.header("etag"), etag);
        assert_eq!(head.header("content-type"), first.header("content-type"));
    }
    let before = blog.get("/feed.xml").header("etag").to_owned();
    ann.write("", "Something new");
    let after = blog.send(Ask::get("/feed.xml").with("if-none-match", &before)).expect(200);
    assert_ne!(after.header("etag"), before);
}

#[test]
fn the_feed_is_the_same_bytes_until_something_changes() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "Stable");
    let blog = pipit.blog(&ann);
    let first = blog.get("/feed.xml").expect(200);
    if let Some(memory) = pipit.memory() {
        memory.native.clock.advance(7200);
        memory.native.cache.lose();
        memory.native.kv.lose();
    }
    let second = blog.get("/feed.xml").expect(200);
    assert_eq!(first.body, second.body);
    assert!(first.header("content-type").starts_with("application/rss+xml"));
    assert!(first.text().starts_with("<?xml"));
}

#[test]
fn the_other_addresses_of_the_feed_lead_to_it() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    for path in ["/feed", "/rss", "/rss.xml", "/index.xml"] {
        let answer = blog.get(path);
        assert!(matches!(answer.status, 301 | 308), "{path}: {}", answer.status);
        assert!(answer.header("location").ends_with("/feed.xml"), "{path}");
    }
}

#[test]
fn older_posts_stand_on_pages_of_their_own() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for nth in 1..=26 {
        ann.post("/posts", &[("title", &*format!("Number {nth}.")), ("text", "x")]).expect(303);
    }
    let blog = pipit.blog(&ann);
    let home = blog.get("/").expect(200);
    assert!(home.text().contains("Number 26.") && !home.text().contains("Number 1."));
    let older = format!("{}/page/2", pipit.blog_url(&ann));
    assert!(home.attributes("href").contains(&older), "{}", home.text());
    blog.get("/page/2").expect(200).expect_text("Number 1.");
    for path in ["/page/3", "/page/0", "/page/-1", "/page/02", "/page/x"] {
        assert_eq!(blog.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_host_name_that_is_nobodys_has_nothing_and_is_not_kept() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let (_, domain) = pipit
        .blog(&ann)
        .host
        .split_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("a dot");
    for host in [
        format!("nobody-here.{domain}"),
        format!("a.{}.{domain}", ann.username),
        domain.clone(),
        "www.example.com".to_owned(),
    ] {
        for path in ["/", "/feed.xml", "/signin"] {
            let answer = pipit.browser_on(&host).get(path);
            assert_eq!(answer.status, 404, "{host}{path}");
            assert!(answer.header("cache-control").contains("no-store"), "{host}{path}");
            assert!(answer.set_cookies().is_empty(), "{host}{path}");
        }
    }
}

#[test]
fn a_blog_never_sets_a_cookie_nor_shows_the_apps_pages() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "No cookies here");
    let mut blog = pipit.blog(&ann);
    for path in ["/", &post.path, "/feed.xml", "/nothing", "/2020/01/01/never", "/robots.txt"] {
        for answer in [blog.get(path), blog.head(path), blog.post(path, &[("a", "b")])] {
            assert!(answer.set_cookies().is_empty(), "{path}: {:?}", answer.set_cookies());
        }
    }
    // Even with the session's cookie of the app, the blog is a stranger's page.
    blog.set_cookie(
        "__Host-pipit_session",
        &ann.cookie("__Host-pipit_session").expect("signed in"),
    );
    blog.username = ann.username.clone();
    for path in ["/posts", "/posts/new", "/signin", "/subscriptions", "/settings/billing"] {
        let answer = blog.get(path);
        assert_eq!(answer.status, 404, "{path} on a blog: {}", answer.text());
    }
    assert_ne!(blog.post("/posts", &[("text", "x")]).status, 303);
}

#[test]
fn nothing_of_the_request_but_its_address_changes_a_page() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("", "The same for all");
    let blog = pipit.blog(&ann);
    let plain = blog.get("/").expect(200);
    let odd = Ask::get("/?utm_source=x&callback=%3Cscript%3E")
        .with("x-forwarded-host", "evil.example")
        .with("x-forwarded-proto", "https")
        .with("x-original-url", "/admin")
        .with("accept-language", "de")
        .with("cookie", "theme=<script>")
        .with("user-agent", "<script>")
        .with("referer", "https://evil.example/");
    let poisoned = blog.send(odd).expect(200);
    assert_eq!(poisoned.body, plain.body);
    assert_eq!(blog.get("/").expect(200).body, plain.body);
}

#[test]
fn every_page_says_what_browsers_may_not_do() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "Strict");
    let blog = pipit.blog(&ann);
    for answer in [
        blog.get("/"),
        blog.get(&post.path),
        blog.get("/none"),
        ann.get("/"),
        ann.get("/posts/new"),
    ] {
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let page = answer.text();
        assert!(!page.contains(" style=\"") && !page.contains("<style"), "inline style:\n{page}");
        assert!(!page.contains("<script>"), "inline script:\n{page}");
    }
    let scripts = blog.get("/").text().matches("<script").count();
    assert_eq!(scripts, 0, "a blog has no script");
}

#[test]
fn pages_carry_what_readers_and_machines_look_for() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("A title", "Some text.");
    let blog = pipit.blog(&ann);
    let home = blog.get("/").expect(200).text();
    let page = blog.get(&post.path).expect(200).text();
    for part in ["h-feed", "h-entry", "h-card", "rel=\"canonical\"", "application/rss+xml"] {
        assert!(home.contains(part), "{part} is not on the home page:\n{home}");
    }
    let canonical =
        format!("<link rel=\"canonical\" href=\"{}{}\">", pipit.blog_url(&ann), post.path);
    for part in ["h-entry", "e-content", "dt-published", "u-url", "p-name", "og:title", &canonical]
    {
        assert!(page.contains(part), "{part} is not on the post's page:\n{page}");
    }
}

#[test]
fn editors_find_how_to_write_here() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    let url = pipit.blog_url(&ann);
    // One app looks for these letters in this order.
    let link = format!(
        "<link rel=\"EditURI\" type=\"application/rsd+xml\" title=\"RSD\" href=\"{url}/rsd.xml\" />"
    );
    blog.get("/").expect(200).expect_text(&link);
    let rsd = blog.get("/rsd.xml").expect(200);
    assert_eq!(rsd.header("content-type"), "application/rsd+xml; charset=utf-8");
    assert_eq!(rsd.attributes("name").first().map(String::as_str), Some("WordPress"));
    assert_eq!(rsd.attributes("preferred"), ["true", "false", "false", "false", "false"]);
    assert_eq!(rsd.attributes("apiLink"), vec![format!("{url}/xmlrpc.php"); 5]);
    let again = Ask::get("/rsd.xml").with("if-none-match", rsd.header("etag"));
    blog.send(again).expect(304);
    pipit.browser_on(&blog.host.replace(&ann.username, "nobody")).get("/rsd.xml").expect(404);
}

#[test]
fn odd_paths_find_nothing_and_break_nothing() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    for path in [
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%00",
        "/%ff",
        "/a%2fb",
        "/%25252e",
        "/2026/11/22/%3Cscript%3E",
        "/index.php",
        "/.env",
        "/wp-login.php",
        "//evil.example/",
    ] {
        let answer = blog.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains("<script>"), "{path}");
    }
}

#[test]
fn the_app_says_that_it_is_well_and_nothing_else() {
    let pipit = Pipit::start();
    let answer = pipit.browser().get("/healthz").expect(200);
    assert!(answer.body.len() < 20, "{}", answer.text());
    if let Some(memory) = pipit.memory() {
        memory.native.faults.fail("select 1", host_native::When::Before);
        let answer = pipit.browser().get("/healthz").expect(503);
        assert!(!answer.text().contains("made to fail"), "{}", answer.text());
    }
}

#[test]
fn errors_show_neither_statements_nor_names_of_ours() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    memory.native.faults.fail("from posts", host_native::When::Before);
    let answer = ann.get("/posts").expect(503);
    for word in ["select", "from posts", "db batch", "made to fail"] {
        assert!(!answer.text().contains(word), "{word} in:\n{}", answer.text());
    }
    assert!(!answer.header("retry-after").is_empty());
}
