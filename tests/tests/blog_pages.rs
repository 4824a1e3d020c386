//! The pages of a blog beside its posts: archive, photos, search, sitemap, files, and what heads say.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;

use app::App;
use serde_json::json;
use tests::{Answer, Ask, Program, Upload, photo_with_gps};

fn get(app: &App, path: &str) -> Answer {
    app.pipit.blog(&app.person).get(path)
}

fn url(app: &App) -> String {
    app.pipit.blog_url(&app.person)
}

fn write(app: &App, properties: serde_json::Value) -> String {
    app.created(app.json(&json!({ "type": ["h-entry"], "properties": properties })))
}

#[test]
fn the_archive_counts_months_and_lists_their_posts() {
    let app = App::new();
    let empty = get(&app, "/archive").expect(200).expect_text("Nothing is written here yet");
    assert!(!empty.text().contains("/archive/20"), "{}", empty.text());
    let march = write(
        &app,
        json!({ "name": ["In March"], "content": ["x"], "published": ["2019-03-31T23:59:59Z"] }),
    );
    for second in 0..3 {
        let at = format!("2019-04-01T00:00:0{second}Z");
        write(&app, json!({ "content": [format!("Number {second}.")], "published": [at] }));
    }
    write(
        &app,
        json!({ "content": ["Psst"], "published": ["2018-01-01T00:00:00Z"], "visibility": ["private"] }),
    );
    write(
        &app,
        json!({ "content": ["Draft"], "published": ["2018-01-01T00:00:00Z"], "post-status": ["draft"] }),
    );
    let archive = get(&app, "/archive").expect(200);
    for (month, name, count) in [("2019/03", "Mar 2019", 1), ("2019/04", "Apr 2019", 3)] {
        let link =
            format!("<a href=\"{}/archive/{month}\">{name}</a> <span>{count}</span>", url(&app));
        assert!(archive.text().contains(&link), "{link}:\n{}", archive.text());
    }
    assert!(!archive.text().contains("2018"), "{}", archive.text());

    let april = get(&app, "/archive/2019/04").expect(200).expect_text("Number 2.");
    assert!(april.text().contains("Number 0.") && !april.text().contains("In March"));
    for path in [
        "/archive/2019/05",
        "/archive/2018/01",
        "/archive/2019/4",
        "/archive/2019/13",
        "/archive/x/04",
        "/archive/2019/04/before/x",
    ] {
        get(&app, path).expect(404);
    }

    // What goes, comes back or moves is counted where it is.
    let shows = |month: &str, is_there: bool| {
        let link = format!("/archive/{month}\"");
        app.pipit
            .eventually(|| get(&app, "/archive"), |page| page.text().contains(&link) == is_there);
    };
    let act = |action: &str| app.json(&json!({ "action": action, "url": march }));
    assert!(act("delete").status < 300);
    shows("2019/03", false);
    assert!(act("undelete").status < 300);
    shows("2019/03", true);
    let later = json!({ "action": "update", "url": march, "replace": { "published": ["2020-02-29T00:00:00Z"] } });
    assert!(app.json(&later).status < 300);
    shows("2019/03", false);
    shows("2020/02", true);
}

#[test]
fn photos_stand_on_a_page_and_files_have_an_address_on_the_blog() {
    let app = App::new();
    let photo = Upload { field: "photo", file_name: "a.jpg", bytes: photo_with_gps() };
    let fields = [("text", "A walk"), ("alt", "A \"bird\"")];
    app.person.send(Ask::upload("/posts", &fields, &[photo])).expect(303);
    let post = app.person.newest_post();
    write(
        &app,
        json!({ "photo": [{ "value": "https://others.example/b.jpg", "alt": "" }], "content": ["No words for it"] }),
    );
    let page = get(&app, "/photos").expect(200);
    let (links, sources) = (page.attributes("href"), page.attributes("src"));
    assert!(links.contains(&format!("{}{}", url(&app), post.path)), "{links:?}");
    assert_eq!(sources.first().map(String::as_str), Some("https://others.example/b.jpg"));
    let names = page.text();
    assert!(
        names.contains("alt=\"A &#34;bird&#34;\"") && names.contains("alt=\"No words for it\""),
        "{names}"
    );

    let name = sources.last().and_then(|url| url.rsplit('/').next()).expect("a file").to_owned();
    let feed = get(&app, "/photos/index.json").expect(200).json();
    let year = &feed["items"][1]["date_published"].as_str().expect("a date")[..4];
    let answer = get(&app, &format!("/uploads/{year}/{name}")).expect(301);
    assert_eq!(Some(answer.header("location")), sources.last().map(String::as_str));
    app.pipit.media(answer.header("location")).expect(200);
    for path in [
        format!("/uploads/1999/{name}"),
        format!("/uploads/{year}/none.jpg"),
        format!("/uploads/{year}/%2e%2e"),
        format!("/uploads/{year}/{}", "a".repeat(3000)),
    ] {
        get(&app, &path).expect(404);
    }
    let other = app.pipit.sign_up("other");
    app.pipit.blog(&other).get(&format!("/uploads/{year}/{name}")).expect(404);
}

#[test]
fn a_search_finds_what_everyone_may_read() {
    let app = App::new();
    let found =
        write(&app, json!({ "name": ["Crème brûlée"], "content": ["The quick brown fox"] }));
    let page = write(
        &app,
        json!({ "name": ["About"], "content": ["I am a fox"], "mp-channel": ["pages"] }),
    );
    write(&app, json!({ "content": ["Unlisted fox"], "visibility": ["unlisted"] }));
    write(&app, json!({ "content": ["Private fox"], "visibility": ["private"] }));
    write(&app, json!({ "content": ["Draft fox"], "post-status": ["draft"] }));
    write(&app, json!({ "content": ["Scheduled fox"], "published": ["2099-01-01T00:00:00Z"] }));
    let has = |answer: &Answer, address: &String| answer.attributes("href").contains(address);
    // Jobs write the words down, each post's by itself.
    let both = |answer: &Answer| has(answer, &found) && has(answer, &page);
    let answer = app.pipit.eventually(|| get(&app, "/search?q=fox"), both);
    app.pipit.run_jobs();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.text().contains("noindex"), "{}", answer.text());
    for word in ["Unlisted", "Private", "Draft", "Scheduled"] {
        assert!(!answer.text().contains(word), "{}", answer.text());
    }
    for (query, is_found) in [
        ("brulee+QUI", true),
        ("fo", true),
        ("quick+slow", false),
        ("x", false),
        ("%22fox%22%29*--", true),
    ] {
        let answer = get(&app, &format!("/search?q={query}")).expect(200);
        assert_eq!(has(&answer, &found), is_found, "{query}:\n{}", answer.text());
    }
    for (query, words) in [
        ("", "Words to look for"),
        ("%20%2A", "There is no word in that"),
        ("%3Cscript%3E", "value=\"&#60;script&#62;\""),
        ("%22%3E%3Cimg%20src%3Dx%3E", "value=\"&#34;&#62;&#60;img src=x&#62;\""),
        ("zzz", "Nothing here has these words"),
        (&"long+".repeat(1000), "Nothing here has these words"),
    ] {
        get(&app, &format!("/search?q={query}")).expect(200).expect_text(words);
    }
    let other = app.pipit.sign_up("other");
    let answer = app.pipit.blog(&other).get("/search?q=fox").expect(200);
    assert!(!has(&answer, &found), "another blog's post:\n{}", answer.text());
}

#[test]
fn searching_without_end_is_refused_for_a_while() {
    let app = App::new();
    let visitor = app.pipit.blog(&app.person);
    let refused = (0..40).map(|_| visitor.get("/search?q=a")).find(|answer| answer.status == 429);
    let refused = refused.expect("after some dozen searches");
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    assert!(refused.set_cookies().is_empty());
    visitor.get("/").expect(200);
    get(&app, "/search?q=a").expect(200);
}

#[test]
fn search_engines_find_every_page_and_nothing_else() {
    let app = App::new();
    let post = write(&app, json!({ "content": ["A post"] }));
    let page =
        write(&app, json!({ "name": ["About"], "content": ["Me"], "mp-channel": ["pages"] }));
    let hidden = [
        write(&app, json!({ "content": ["Unlisted"], "visibility": ["unlisted"] })),
        write(&app, json!({ "content": ["Private"], "visibility": ["private"] })),
    ];
    let robots = get(&app, "/robots.txt").expect(200);
    let sitemap = format!("Sitemap: {}/sitemap.xml", url(&app));
    robots.expect_text(&sitemap).expect_text("Disallow: /search");
    let map = get(&app, "/sitemap.xml").expect(200);
    assert_eq!(map.header("content-type"), "application/xml; charset=utf-8");
    let places: Vec<String> = map
        .text()
        .split("<loc>")
        .skip(1)
        .filter_map(|rest| rest.split("</loc>").next().map(str::to_owned))
        .collect();
    for place in [&post, &page, &format!("{}/", url(&app)), &format!("{}/archive", url(&app))] {
        assert!(places.contains(place), "{place} is not in {places:?}");
    }
    assert!(!hidden.iter().any(|place| places.contains(place)), "{places:?}");
    for place in &places {
        get(&app, place.strip_prefix(&url(&app)).expect("on the blog")).expect(200);
    }
    let again = app
        .pipit
        .blog(&app.person)
        .send(Ask::get("/sitemap.xml").with("if-none-match", map.header("etag")));
    again.expect(304);
    for path in
        ["/sitemap/2026-13-1.xml", "/sitemap/2001-01-1.xml", "/sitemap/pages", "/sitemap/x.xml"]
    {
        get(&app, path).expect(404);
    }
    get(&app, "/sitemap/pages.xml").expect(200).expect_text(&page);
}

#[test]
fn heads_say_where_everything_is() {
    let app = App::new();
    let post =
        write(&app, json!({ "name": ["Title"], "content": ["Some words."], "category": ["Tea"] }));
    let home = url(&app);
    let host = format!("http://{}", app.pipit.app_host());
    for path in [
        "/",
        post.strip_prefix(&home).expect("on the blog"),
        "/archive",
        "/photos",
        "/categories",
        "/categories/tea",
        "/search",
        "/none",
    ] {
        let page = get(&app, path);
        let text = page.text();
        for (rel, target) in [
            ("indieauth-metadata", "/.well-known/oauth-authorization-server"),
            ("authorization_endpoint", "/indieauth/auth"),
            ("token_endpoint", "/indieauth/token"),
            ("micropub", "/micropub"),
        ] {
            let link = format!("<link rel=\"{rel}\" href=\"{host}{target}\">");
            assert_eq!(text.matches(&link).count(), 1, "{path}: {link}");
        }
        assert!(
            text.contains(&format!("<link rel=\"me\" href=\"{host}/@{}\">", app.person.username)),
            "{path}"
        );
        assert!(text.contains(&format!("title=\"RSD\" href=\"{home}/rsd.xml\" />")), "{path}");
        let canonical = format!("<link rel=\"canonical\" href=\"{home}{path}\">");
        let is_hidden = matches!(path, "/search" | "/none");
        assert_eq!(text.contains(&canonical), !is_hidden, "{path}: {text}");
        assert_eq!(text.contains("content=\"noindex\""), is_hidden, "{path}");
        assert_eq!(text.contains("property=\"og:title\""), !is_hidden, "{path}");
        if !is_hidden {
            for rel in
                ["indieauth-metadata", "authorization_endpoint", "token_endpoint", "micropub"]
            {
                assert!(
                    page.header("link").contains(&format!("rel=\"{rel}\"")),
                    "{path}: {}",
                    page.header("link")
                );
            }
        }
    }
}

#[test]
fn nothing_that_a_visitor_sends_stays_for_the_next_one() {
    let app = App::new();
    let post = write(&app, json!({ "content": ["The same for all"], "category": ["Tea"] }));
    let path = post.strip_prefix(&url(&app)).expect("on the blog").to_owned();
    let pages = [
        "/",
        &path,
        "/feed.xml",
        "/feed.json",
        "/archive",
        "/photos",
        "/categories/tea",
        "/sitemap.xml",
    ];
    let visitor = app.pipit.blog(&app.person);
    for page in pages {
        // The tries come first, while nothing is kept: what they leave is what the next visitor would get.
        let seen: Vec<Answer> = tries(page).into_iter().map(|ask| visitor.send(ask)).collect();
        let plain = app.pipit.blog(&app.person).get(page).expect(200);
        assert!(!plain.text().contains("evil"), "{page}");
        for (answer, ask) in seen.iter().zip(tries(page)) {
            // Names of feeds that are none lead to the feed, on this host.
            let is_alias = answer.status == 301
                && answer.header("location") == format!("{}/feed.xml", url(&app));
            assert!(
                is_alias || matches!(answer.status, 200 | 304 | 400 | 404 | 405),
                "{page} {ask:?}: {} {}",
                answer.status,
                answer.header("location")
            );
            assert!(answer.set_cookies().is_empty(), "{page} {ask:?}");
            assert!(!answer.text().contains("evil"), "{page} {ask:?}: {}", answer.text());
            if answer.status == 200 && !answer.body.is_empty() {
                assert_eq!(answer.body, plain.body, "{page} {ask:?}");
            }
        }
        let again = app.pipit.blog(&app.person).get(page).expect(200);
        assert_eq!(
            (again.body, again.headers.get("link")),
            (plain.body, plain.headers.get("link")),
            "{page}"
        );
    }
}

#[test]
fn an_odd_host_changes_nothing_for_the_right_one() {
    let app = App::new();
    write(&app, json!({ "content": ["The same for all"] }));
    let host = app.pipit.blog(&app.person).host;
    let (name, port) = host.split_once(':').unwrap_or((&host, "80"));
    let odd = [
        host.to_uppercase(),
        format!("{name}.evil.example"),
        format!("evil.example.{host}"),
        format!("evil-{host}"),
        format!("{name}:1"),
        format!("{name}.:{port}"),
    ];
    for page in ["/", "/feed.xml", "/archive", "/sitemap.xml"] {
        let seen: Vec<Answer> =
            odd.iter().map(|host| app.pipit.browser_on(host).get(page)).collect();
        let plain = get(&app, page).expect(200);
        assert!(!plain.text().contains("evil"), "{page}");
        for (answer, host) in seen.iter().zip(&odd) {
            assert!(answer.set_cookies().is_empty(), "{host}{page}");
            assert!(!answer.text().contains("evil"), "{host}{page}: {}", answer.text());
            match answer.status {
                200 => assert_eq!(answer.body, plain.body, "{host}{page}"),
                status => assert!((400..500).contains(&status), "{host}{page}: {status}"),
            }
        }
    }
}

/// Requests for a page as they come from whoever would like the next visitor to get something else.
fn tries(page: &str) -> Vec<Ask> {
    let get = || Ask::get(page);
    let headers = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("x-host", "evil.example"),
        ("x-original-url", "/evil"),
        ("x-rewrite-url", "/evil"),
        ("x-forwarded-prefix", "/evil"),
        ("x-forwarded-proto", "evil"),
        ("forwarded", "for=1.1.1.1;host=evil.example;proto=https"),
        ("x-http-method-override", "POST"),
        ("x-http-method", "DELETE"),
        ("x-method-override", "PUT"),
        ("range", "bytes=0-3"),
        ("cookie", "theme=evil; __Host-pipit_session=evil"),
        ("authorization", "Bearer evil"),
        ("accept", "text/evil"),
        ("accept-language", "evil"),
        ("accept-encoding", "evil"),
        ("origin", "https://evil.example"),
        ("referer", "https://evil.example/"),
        ("user-agent", "evil"),
        ("if-none-match", "\"evil\""),
        ("if-modified-since", "evil"),
        ("if-match", "\"evil\""),
        ("cache-control", "no-cache, evil"),
        ("pragma", "evil"),
    ];
    let mut tries: Vec<Ask> = headers.iter().map(|(name, value)| get().with(name, value)).collect();
    let query = |query: &str| Ask::get(&format!("{page}?{query}"));
    tries.extend(
        [
            "evil",
            "utm_source=evil",
            "page=2",
            "callback=evil",
            "_method=DELETE",
            "%00=evil",
            "a=1&a=2;q=evil",
        ]
        .map(query),
    );
    // Encoded letters of the same path, a slash too many, dots.
    let encoded: String =
        page.chars().map(|c| if c == 'e' { "%65".to_owned() } else { c.to_string() }).collect();
    let paths = [
        encoded,
        format!("/{page}"),
        format!("{page}/"),
        format!("/./{page}"),
        format!("{page}%20"),
        format!("{page};evil"),
        format!("{page}%00.css"),
        format!("{page}%2f..%2fevil"),
    ];
    tries.extend(paths.iter().map(|path| Ask::get(path)));
    tries
        .extend(["HEAD", "OPTIONS", "PUT", "PATCH"].map(|name| {
            get().method(http::Method::from_bytes(name.as_bytes()).expect("a method"))
        }));
    tries
}

#[test]
fn a_program_that_only_reads_gets_no_cookie() {
    let app = App::new();
    let reader = Program { browser: app.pipit.blog(&app.person), token: "none".to_owned() };
    for path in [
        "/",
        "/feed.xml",
        "/search?q=a",
        "/none",
        "/archive",
        "/rsd.xml",
        "/robots.txt",
        "/favicon.ico",
    ] {
        let answer = reader.send(Ask::get(path));
        assert!(answer.set_cookies().is_empty(), "{path}: {:?}", answer.set_cookies());
    }
}
