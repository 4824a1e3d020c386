//! What only memory shows of a blog: rows, with very many posts, and pages that are rendered twice.

use platform::sql;
use tests::{Ask, Browser, Cost, Pipit, Program};

/// 2020-01-01T00:00:00Z
const BEGIN: i64 = 1_577_836_800;
/// A month has some 400 posts then.
const STEP: i64 = 6500;

/// Posts past the front door: a hundred thousand through it would take longer than anybody waits.
fn fill(pipit: &Pipit, person: &Browser, count: i64, step: i64) {
    let memory = pipit.memory().expect("it is in memory");
    let name = || person.username.as_str().into();
    let posts = sql(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
         insert into posts (id, blog_id, account_id, path, text, html, categories, photos, properties, published_at,
           created_at, updated_at)
         select printf('%018d', i + b.nth * 1000000), b.id, b.account_id, '/2020/01/01/p' || i, 'Text', '<p>Text ' || i || '</p>',
           '[\"Tea\"]', '[{\"key\":\"https://others.example/a.jpg\",\"alt\":\"x\",\"width\":1,\"height\":1}]',
           '{\"in-reply-to\":[\"https://others.example/1\"]}', ?3 + i * ?4, 0, 0
         from n, (select id, account_id, length(username) as nth from blogs where username = ?1) b",
        [name(), count.into(), BEGIN.into(), step.into()],
    );
    let categories = sql(
        "insert into post_categories (blog_id, slug, published_at, post_id)
         select p.blog_id, 'tea', p.published_at, p.id from posts p join blogs b on b.id = p.blog_id where b.username = ?1",
        [name()],
    );
    let months = sql(
        "insert or replace into archives (blog_id, months)
         select blog_id, json_group_object(month, posts) from (
           select p.blog_id, strftime('%Y-%m', p.published_at, 'unixepoch') as month, count(*) as posts
           from posts p join blogs b on b.id = p.blog_id where b.username = ?1 group by 1, 2)",
        [name()],
    );
    let words = sql(
        "insert into search_words (blog_id, word, post_id)
         select p.blog_id, 'text', p.id from posts p join blogs b on b.id = p.blog_id where b.username = ?1",
        [name()],
    );
    let count = sql(
        "update blogs set post_count = ?2, epoch = epoch + 1 where username = ?1",
        [name(), count.into()],
    );
    memory.sql(vec![posts, categories, months, words, count]);
    memory.native.kv.lose();
    memory.native.cache.lose();
}

#[test]
fn every_page_costs_the_same_with_a_hundred_thousand_posts() {
    let pipit = Pipit::in_memory();
    let (few, many) = (pipit.sign_up("few"), pipit.sign_up("plenty"));
    // Enough for each page to be full.
    fill(&pipit, &few, 1500, STEP);
    fill(&pipit, &many, 100_000, STEP);
    let native = &pipit.memory().expect("it is in memory").native;
    let place = |person: &Browser| {
        let feed = pipit.blog(person).get("/feed.json").expect(200).json();
        let next = feed["next_url"].as_str().expect("older posts").to_owned();
        next.split("/before/")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .expect("a place")
            .to_owned()
    };
    let cost = |person: &Browser, path: &str| -> (Cost, i64) {
        let path = path.replace("{place}", &place(person));
        native.cache.lose();
        native.db.take_steps();
        let answer = pipit.blog(person).get(&path).expect(200);
        (answer.cost(), native.db.take_steps())
    };
    for path in [
        "/",
        "/page/2",
        "/page/60",
        "/2020/01/01/p7",
        "/categories",
        "/categories/tea",
        "/categories/tea/before/{place}",
        "/archive/2020/02",
        "/photos",
        "/photos/before/{place}",
        "/feed.xml",
        "/atom.xml",
        "/feed.json",
        "/before/{place}/feed.xml",
        "/categories/tea/feed.xml",
        "/categories/tea/before/{place}/feed.json",
        "/replies.xml",
        "/replies/before/{place}/feed.xml",
        "/photos/feed.xml",
        "/photos/index.json",
        "/archive/index.json",
        "/archive/before/{place}/index.json",
        "/archive",
        "/sitemap.xml",
        "/sitemap/pages.xml",
        "/sitemap/2020-02-1.xml",
        "/search?q=text",
    ] {
        let ((few, few_steps), (many, many_steps)) = (cost(&few, path), cost(&many, path));
        // What lies within a month differs by where the pages fall.
        let slack = if path == "/page/60" { 450 } else { 0 };
        assert!(many.rows_read <= few.rows_read + slack, "{path}: {few:?} and {many:?}");
        assert_eq!(few.queries, many.queries, "{path}");
        // Sixteen years have more months to name than one has.
        let is_list = matches!(path, "/archive" | "/sitemap.xml" | "/page/60");
        let limit = if is_list { 20_000 } else { few_steps + few_steps / 5 };
        assert!(many_steps <= limit, "{path}: {few_steps} steps and {many_steps}");
    }
}

#[test]
fn a_page_far_back_is_the_page_that_it_would_be() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    fill(&pipit, &ann, 2000, STEP);
    for n in [2_i64, 4, 5, 6, 17, 18, 40, 80] {
        let page = pipit.blog(&ann).get(&format!("/page/{n}")).expect(200).text();
        let first = 2000 - (n - 1) * 25;
        for (nth, is_there) in
            [(first + 1, false), (first, true), (first - 24, true), (first - 25, false)]
        {
            assert_eq!(
                page.contains(&format!("<p>Text {nth}</p>")),
                is_there,
                "page {n}, post {nth}"
            );
        }
    }
    pipit.blog(&ann).get("/page/81").expect(404);
    // Where the count is not what the months add up to, it costs more and is right all the same.
    pipit.memory().expect("in memory").sql(vec![sql("delete from archives", [])]);
    pipit.memory().expect("in memory").native.cache.lose();
    pipit.blog(&ann).get("/page/80").expect(200).expect_text("<p>Text 1</p>");
}

#[test]
fn a_month_and_a_sitemap_have_every_post_once() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    // All within a day.
    fill(&pipit, &ann, 2345, 30);
    let blog = pipit.blog(&ann);
    let mut found = Vec::new();
    let mut next = Some("/archive/2020/01".to_owned());
    while let Some(path) = next {
        let page = blog.get(&path).expect(200);
        let links =
            page.attributes("href").into_iter().filter(|link| link.contains("/2020/01/01/p"));
        found.extend(links);
        next = page
            .between("rel=\"next\" href=\"", "\"")
            .map(|url| url.strip_prefix(&pipit.blog_url(&ann)).expect("on the blog").to_owned());
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 2345);

    let places = |text: &str| -> Vec<String> {
        let rest = text.split("<loc>").skip(1);
        rest.filter_map(|rest| rest.split("</loc>").next().map(str::to_owned)).collect()
    };
    let parts = places(&blog.get("/sitemap.xml").expect(200).expect_text("<sitemapindex").text());
    let mut all: Vec<String> = parts
        .iter()
        .flat_map(|part| {
            let path = part.strip_prefix(&pipit.blog_url(&ann)).expect("on the blog");
            places(&blog.get(path).expect(200).expect_text("<urlset").text())
        })
        .collect();
    all.retain(|place| place.contains("/2020/01/01/p"));
    all.sort_unstable();
    all.dedup();
    assert_eq!((parts.len(), all.len()), (4, 2345));
    blog.get("/sitemap/2020-01-4.xml").expect(404);
}

#[test]
fn a_page_is_the_same_bytes_hours_later() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let post = ann.write("Stable", "The same words");
    let app = Program::of(&pipit, &ann, &["create"]);
    let reply = serde_json::json!({ "type": ["h-entry"], "properties": {
        "content": ["Yes"], "in-reply-to": ["https://others.example/1"], "category": ["Tea"],
        "photo": ["https://others.example/a.jpg"] } });
    app.json("/micropub", &reply).expect(201);
    let memory = pipit.memory().expect("it is in memory");
    let paths = [
        "/",
        &post.path,
        "/categories",
        "/categories/tea",
        "/archive",
        "/photos",
        "/feed.xml",
        "/atom.xml",
        "/feed.json",
        "/replies.xml",
        "/photos/index.json",
        "/archive/index.json",
        "/categories/tea/feed.xml",
        "/sitemap.xml",
        "/robots.txt",
        "/rsd.xml",
    ];
    let all = || {
        paths.map(|path| {
            let answer = pipit.blog(&ann).get(path).expect(200);
            (
                path,
                answer.body.clone(),
                answer.header("etag").to_owned(),
                answer.header("last-modified").to_owned(),
            )
        })
    };
    let first = all();
    memory.native.clock.advance(3700);
    memory.native.cache.lose();
    memory.native.kv.lose();
    assert_eq!(first, all());
}

#[test]
fn feeds_on_another_domain_keep_their_guids_and_know_their_address() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    ann.write("", "Seen on the [moor](/about)");
    let ids = |host: &Browser, url: &str| {
        ["/feed.xml", "/atom.xml", "/feed.json", "/replies.xml", "/archive/index.json"].map(
            |path| {
                let answer = host.get(path).expect(200);
                assert!(
                    answer.header("link").contains(&format!("<{url}{path}>; rel=\"self\"")),
                    "{path}"
                );
                let text = answer.text();
                assert!(text.contains(&format!("{url}{path}")), "{path}: {text}");
                assert_eq!(
                    text.contains("ann.blogs.localhost"),
                    url.contains("ann.blogs.localhost"),
                    "{path}: {text}"
                );
                let ids: Vec<String> = text
                    .split("urn:pipit:")
                    .skip(1)
                    .map(|rest| {
                        rest.chars()
                            .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
                            .collect()
                    })
                    .collect();
                ids
            },
        )
    };
    let before = ids(&pipit.blog(&ann), &pipit.blog_url(&ann));
    assert!(before[0].len() == 1 && before[1].len() == 2, "{before:?}");
    let memory = pipit.memory().expect("it is in memory");
    memory.sql(vec![sql("update blogs set domain = 'ann.example', epoch = epoch + 1", [])]);
    memory.native.kv.lose();
    let after = ids(&pipit.browser_on("ann.example:8787"), "http://ann.example:8787");
    assert_eq!(before, after);
    pipit.blog(&ann).send(Ask::get("/atom.xml")).expect(301);
}

#[test]
fn only_places_that_pages_lead_to_are_kept() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    for nth in 0..30 {
        ann.write("", &format!("Note {nth}"));
    }
    let blog = pipit.blog(&ann);
    let newest = blog.get("/feed.json").expect(200).text();
    let next = newest.split("\"next_url\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let next = next.expect("the feed goes on").replace("\\/", "/");
    let path = next[next.find("/before/").expect("a place")..].to_owned();
    let read_again = |path: &str| {
        blog.get(path).expect(200);
        blog.get(path).expect(200).cost().rows_read
    };
    assert_eq!(read_again(&path), 0, "a page of ours leads to {path}");
    let (at, rest) = path.trim_start_matches("/before/").split_once('-').expect("a place");
    for made_up in [format!("/before/1{at}-{rest}"), format!("/before/{at}-9{}", &rest[1..])] {
        assert!(read_again(&made_up) > 0, "{made_up} is kept");
    }
}
