//! What publishing costs: the same, however much a blog already holds.

use platform::sql;
use tests::{Ask, Browser, Cost, Pipit, Program, Upload, photo_with_gps};

/// Posts past the front door: a hundred thousand through it would take longer than anybody waits.
fn fill(pipit: &Pipit, person: &Browser, count: i64) {
    let memory = pipit.memory().expect("it is in memory");
    let posts = sql(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
         insert into posts (id, blog_id, account_id, path, text, html, categories, published_at, created_at, updated_at)
         select printf('%018d', i + b.nth * 1000000), b.id, b.account_id, '/2020/01/01/p' || i, 'Text', '<p>Text</p>',
           '[\"Tea\"]', 1577836800 + i, 0, 0
         from n, (select id, account_id, length(username) as nth from blogs where username = ?1) b",
        [person.username.as_str().into(), count.into()],
    );
    let categories = sql(
        "insert into post_categories (blog_id, slug, published_at, post_id)
         select p.blog_id, 'tea', p.published_at, p.id from posts p join blogs b on b.id = p.blog_id where b.username = ?1",
        [person.username.as_str().into()],
    );
    let count = sql(
        "update blogs set post_count = ?2, epoch = epoch + 1 where username = ?1",
        [person.username.as_str().into(), count.into()],
    );
    memory.sql(vec![posts, categories, count]);
    memory.native.kv.lose();
    memory.native.cache.lose();
}

/// A note with a photo by the composer, and an article by an app, each with a category; then a change,
/// and a deletion.
fn costs(pipit: &Pipit, person: &Browser) -> Vec<(&'static str, Cost, i64)> {
    let memory = pipit.memory().expect("it is in memory");
    memory.native.db.take_steps();
    let photo = Upload { field: "photo", file_name: "a.jpg", bytes: photo_with_gps() };
    let fields = [("title", ""), ("text", "Words"), ("alt", "A bird"), ("categories", "Tea")];
    let note = person.send(Ask::upload("/posts", &fields, &[photo])).expect(303);
    let note = ("note", note.cost(), memory.native.db.take_steps());
    let app = Program::of(pipit, person, &["create", "update", "delete", "read"]);
    app.get("/posts/check");
    memory.native.db.take_steps();
    let article = serde_json::json!({
        "type": ["h-entry"],
        "properties": { "name": ["Title"], "content": ["Words"], "category": ["Tea"] }
    });
    let made = app.json("/micropub", &article).expect(201);
    let article = ("article", made.cost(), memory.native.db.take_steps());
    let url = made.header("location");
    let change = serde_json::json!({
        "action": "update", "url": url, "replace": { "content": ["Other words"] }
    });
    let change = app.json("/micropub", &change);
    assert!(matches!(change.status, 200 | 204), "{}", change.text());
    let change = ("change", change.cost(), memory.native.db.take_steps());
    let deletion = app.json("/micropub", &serde_json::json!({ "action": "delete", "url": url }));
    assert!(matches!(deletion.status, 200 | 204), "{}", deletion.text());
    let deletion = ("deletion", deletion.cost(), memory.native.db.take_steps());
    vec![note, article, change, deletion]
}

#[test]
fn publishing_costs_the_same_with_ten_posts_and_with_a_hundred_thousand() {
    let pipit = Pipit::in_memory();
    let (few, many) = (pipit.sign_up("few"), pipit.sign_up("plenty"));
    fill(&pipit, &few, 10);
    fill(&pipit, &many, 100_000);
    for (few, many) in costs(&pipit, &few).into_iter().zip(costs(&pipit, &many)) {
        assert_eq!(few.1, many.1, "{}", few.0);
        // One step more or less is an index page; walking over posts would be a thousand times as many.
        assert!(many.2 <= few.2 + few.2 / 5, "{}: {} steps and {}", few.0, few.2, many.2);
    }
}
