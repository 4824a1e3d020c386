//! One's own posts: what is published, waits, is a draft or was deleted, and the way back.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;

use app::App;
use tests::Answer;

#[track_caller]
fn has(page: &Answer, words: &str, expected: bool) {
    assert_eq!(page.text().contains(words), expected, "{words}:\n{}", page.text());
}

#[test]
fn each_post_stands_in_the_list_of_its_status() {
    let app = App::new();
    app.created(app.form(&[("content", "Out already"), ("category", "Birds & bees")]));
    app.created(app.form(&[("content", "Not yet"), ("post-status", "draft")]));
    app.created(app.form(&[("content", "In time"), ("published", "2098-05-04T12:00:00Z")]));
    app.created(app.form(&[("content", "By address"), ("visibility", "unlisted")]));
    let lists = [
        ("/posts", ["Out already", "By address"], ["Not yet", "In time"]),
        ("/posts?show=drafts", ["Not yet", "/preview/"], ["Out already", "In time"]),
        ("/posts?show=scheduled", ["In time", "4 May 2098"], ["Out already", "Not yet"]),
    ];
    for (path, here, elsewhere) in lists {
        let page = app.person.get(path).expect(200);
        here.iter().for_each(|words| has(&page, words, true));
        elsewhere.iter().for_each(|words| has(&page, words, false));
    }
    let page = app.person.get("/posts").expect(200);
    has(&page, "· unlisted", true);
    has(&page, "· Birds &#38; bees", true);
    app.person.get("/posts?show=deleted").expect(200).expect_text("Nothing was deleted");
    app.person.get("/posts?show=nonsense").expect(200).expect_text("Out already");
}

#[test]
fn what_was_deleted_can_be_brought_back_at_once_or_from_the_list() {
    let app = App::new();
    let (ann, blog) = (&app.person, app.pipit.blog(&app.person));
    let post = ann.write("", "A thing I regret to regret");
    let deletion = format!("/posts/{}/deletion", post.id);
    let undeletion = format!("/posts/{}/undeletion", post.id);

    let answer = ann.post(&deletion, &[]).expect(303);
    let page = ann.get(answer.header("location")).expect(200);
    has(&page, "is deleted", true);
    has(&page, &format!("action=\"{undeletion}\""), true);
    has(&ann.get("/posts").expect(200), "regret", false);
    blog.get(&post.path).expect(410);

    let answer = ann.post(&undeletion, &[]).expect(303);
    assert_eq!(answer.header("location"), "/posts");
    assert_eq!(ann.newest_post(), post);
    blog.get(&post.path).expect(200).expect_text("regret");
    blog.get("/").expect(200).expect_text("regret");
    ann.post(&undeletion, &[]).expect(303);

    ann.post(&deletion, &[]).expect(303);
    let page = ann.get("/posts?show=deleted").expect(200);
    has(&page, "regret", true);
    has(&page, "can be brought back until", true);
    ann.post(&undeletion, &[]).expect(303);
    blog.get(&post.path).expect(200);
}

#[test]
fn a_draft_comes_back_as_a_draft() {
    let app = App::new();
    app.created(app.form(&[("content", "Not yet"), ("post-status", "draft")]));
    let page = app.person.get("/posts?show=drafts").expect(200);
    let id =
        page.between("/posts/", "/edit").and_then(|id| id.rsplit('/').next().map(str::to_owned));
    let id = id.expect("a link to edit it");
    app.person.post(&format!("/posts/{id}/deletion"), &[]).expect(303);
    has(&app.person.get("/posts?show=drafts").expect(200), "Not yet", false);
    let answer = app.person.post(&format!("/posts/{id}/undeletion"), &[]).expect(303);
    assert_eq!(answer.header("location"), "/posts?show=drafts");
    has(&app.person.get("/posts?show=drafts").expect(200), "Not yet", true);
}

#[test]
fn nobody_sees_or_brings_back_what_is_anothers() {
    let app = App::new();
    let post = app.person.write("", "Mine alone");
    app.person.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    let ben = app.pipit.sign_up("ben");
    ben.post(&format!("/posts/{}/undeletion", post.id), &[]).expect(404);
    for path in ["/posts?show=deleted", &format!("/posts?deleted={}", post.id)] {
        has(&ben.get(path).expect(200), "Mine alone", false);
    }
    app.pipit.blog(&app.person).get(&post.path).expect(410);
}

#[test]
fn a_long_list_is_parted_in_memory() {
    let pipit = tests::Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    memory.runs_jobs.set(false);
    for n in 0..60 {
        memory.native.clock.advance(6);
        ann.post("/posts", &[("text", &format!("Number {n:02}."))]).expect(303);
    }
    let first = ann.get("/posts").expect(200);
    let older = first.attributes("href").into_iter().find(|url| url.contains("before="));
    let second = ann.get(&older.expect("a link to the older ones")).expect(200);
    for n in 0..60 {
        let words = format!(">Number {n:02}.");
        has(&first, &words, n >= 10);
        has(&second, &words, n < 10);
    }
    has(&second, "before=", false);
}

#[test]
fn after_a_week_nothing_can_be_brought_back_in_memory() {
    let pipit = tests::Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "A thing I regret");
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    memory.native.clock.advance(7 * 24 * 3600 + 1);
    memory.run_jobs();
    has(&ann.get("/posts?show=deleted").expect(200), "regret", false);
    ann.post(&format!("/posts/{}/undeletion", post.id), &[]).expect(410);
}
