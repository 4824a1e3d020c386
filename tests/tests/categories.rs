//! The categories of a blog: adding, renaming, removing, and what comes into them by itself.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;

use app::App;
use serde_json::json;
use tests::{Answer, Browser, Pipit};

const SETTINGS: &str = "/settings/categories";

/// Asks a blog until it shows these words, or no longer does: a job may have to follow.
#[track_caller]
fn shows(app: &App, path: &str, words: &str, expected: bool) -> Answer {
    let blog = app.pipit.blog(&app.person);
    app.pipit.eventually(|| blog.get(path), |page| page.text().contains(words) == expected)
}

#[track_caller]
fn filter(ann: &Browser, slug: &str, name: &str, fields: &[(&str, &str)]) {
    ann.post(&format!("{SETTINGS}/{slug}"), &[&[("name", name)], fields].concat()).expect(303);
}

#[test]
fn a_category_is_added_once_and_counts_its_posts() {
    let app = App::new();
    let ann = &app.person;
    ann.get(SETTINGS).expect(200).expect_text("There are none yet");
    ann.post(SETTINGS, &[("name", "  Birds &  bees ")]).expect(303);
    ann.get(SETTINGS).expect(200).expect_text("Birds &#38; bees").expect_text("no posts");
    for name in ["birds & bees", "", &"x".repeat(101)] {
        let page = ann.post(SETTINGS, &[("name", name)]).expect(422);
        page.expect_text("role=\"alert\"");
    }
    app.created(app.form(&[("content", "A wren"), ("category", "Birds & bees")]));
    ann.get(SETTINGS).expect(200).expect_text("1 post");
    ann.get(&format!("{SETTINGS}/none")).expect(404);
}

#[test]
fn a_new_name_shows_everywhere_and_the_address_stays() {
    let app = App::new();
    let ann = &app.person;
    let url = app.created(app.form(&[("content", "A wren"), ("category", "Birds")]));
    shows(&app, "/categories/birds", "A wren", true);
    ann.post(&format!("{SETTINGS}/birds"), &[("name", "Feathers & wings")]).expect(303);
    shows(&app, "/categories/birds", "Feathers &#38; wings", true).expect_text("A wren");
    shows(&app, "/categories", "Feathers &#38; wings", true).expect_text("/categories/birds");
    shows(&app, "/", "Feathers &#38; wings", true).expect_text("/categories/birds");
    shows(&app, "/feed.xml", "<category>Feathers &amp; wings</category>", true);
    app.pipit.eventually(
        || app.ask(tests::Ask::get(&format!("/micropub?q=source&url={url}"))),
        |answer| app::json(answer)["properties"]["category"] == json!(["Feathers & wings"]),
    );
    assert_eq!(app.query("q=category")["categories"], json!(["Feathers & wings"]));

    // Both names lead there from now on.
    app.created(app.form(&[("content", "A robin"), ("category", "feathers & Wings")]));
    app.created(app.form(&[("content", "A heron"), ("category", "Birds")]));
    let page = shows(&app, "/categories/birds", "A heron", true).expect_text("A robin");
    assert!(!page.text().contains(">Birds<"), "{}", page.text());
    assert_eq!(app.query("q=category")["categories"], json!(["Feathers & wings"]));
}

#[test]
fn no_two_categories_have_one_name() {
    let app = App::new();
    let ann = &app.person;
    app.created(app.form(&[("content", "x"), ("category[]", "Tea"), ("category[]", "Coffee")]));
    let page = ann.post(&format!("{SETTINGS}/tea"), &[("name", "coffee")]).expect(422);
    page.expect_text("There is a category of that name already.");
    ann.post(&format!("{SETTINGS}/tea"), &[("name", "Green tea")]).expect(303);
    ann.post(SETTINGS, &[("name", "green TEA")]).expect(422);
    ann.post(SETTINGS, &[("name", "Tea")]).expect(422);
    ann.post(&format!("{SETTINGS}/tea"), &[("name", "Tea")]).expect(303);
    shows(&app, "/categories", ">Tea<", true);
    shows(&app, "/categories/tea", "<p>x</p>", true);
}

#[test]
fn a_removed_category_is_off_all_posts_and_can_be_made_anew() {
    let app = App::new();
    let ann = &app.person;
    let url = app.created(app.form(&[
        ("content", "A wren"),
        ("category[]", "Birds"),
        ("category[]", "Small"),
    ]));
    ann.post(&format!("{SETTINGS}/birds"), &[("name", "Feathers")]).expect(303);
    shows(&app, "/", "Feathers", true);
    ann.post(&format!("{SETTINGS}/birds/deletion"), &[]).expect(303);
    let home = shows(&app, "/", "Feathers", false).expect_text("A wren").expect_text("Small");
    assert!(!home.text().contains("Birds"), "{}", home.text());
    app.pipit.eventually(
        || app.ask(tests::Ask::get(&format!("/micropub?q=source&url={url}"))),
        |answer| app::json(answer)["properties"]["category"] == json!(["Small"]),
    );
    assert_eq!(app.pipit.blog(ann).get("/categories/birds").status, 404);
    assert!(!ann.get(SETTINGS).expect(200).text().contains("Feathers"));
    app.created(app.form(&[("content", "A robin"), ("category", "Birds")]));
    let page = shows(&app, "/categories/birds", "A robin", true);
    assert!(!page.text().contains("A wren"), "{}", page.text());
    shows(&app, "/", "Birds", true);
}

#[test]
fn new_posts_come_into_categories_by_themselves_whichever_door_they_take() {
    let app = App::new();
    let ann = &app.person;
    ann.write("", "An old tea");
    for name in ["Tea", "Long", "Links"] {
        ann.post(SETTINGS, &[("name", name)]).expect(303);
    }
    filter(ann, "tea", "Tea", &[("words", "tea, 🍵")]);
    filter(ann, "long", "Long", &[("longer", "40")]);
    filter(ann, "links", "Links", &[("kind", "bookmark"), ("kind", "like"), ("kind", "nonsense")]);
    ann.get(&format!("{SETTINGS}/links")).expect(200).expect_text("value=\"like\" checked");

    ann.write("", "A cup of TEA, and some more words beside it");
    app.created(app.form(&[("content", "🍵"), ("category", "tea")]));
    app.created(app.form(&[("bookmark-of", "https://example.org/"), ("name", "Steam")]));
    let tea = shows(&app, "/categories/tea", "A cup of TEA", true).expect_text("🍵");
    assert!(!tea.text().contains("An old tea") && !tea.text().contains("Steam"), "{}", tea.text());
    shows(&app, "/categories/long", "A cup of TEA", true);
    shows(&app, "/categories/links", "Steam", true);
}

#[test]
fn a_draft_is_sorted_when_it_goes_out_and_an_edit_sorts_nothing() {
    let app = App::new();
    let ann = &app.person;
    ann.post(SETTINGS, &[("name", "Tea")]).expect(303);
    filter(ann, "tea", "Tea", &[("words", "tea")]);
    let categories = |url: &str| app.source(url)["properties"]["category"].clone();
    let draft = app.created(app.form(&[("content", "Green tea"), ("post-status", "draft")]));
    assert_eq!(categories(&draft), json!(null));
    let publish = json!({ "post-status": ["published"] });
    app.done(app.json(&json!({ "action": "update", "url": draft, "replace": publish })));
    assert_eq!(categories(&draft), json!(["Tea"]));
    app.done(app.json(&json!({ "action": "update", "url": draft, "delete": ["category"] })));
    assert_eq!(categories(&draft), json!(null));
}

#[test]
fn a_filter_that_makes_no_sense_is_refused_and_kept() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.post(SETTINGS, &[("name", "Tea")]).expect(303);
    let fields = [("name", "Tea"), ("longer", "many"), ("words", "kept")];
    ann.post(&format!("{SETTINGS}/tea"), &fields).expect(422).expect_text("role=\"alert\"");
    let ben = pipit.sign_up("ben");
    ben.post(&format!("{SETTINGS}/tea"), &[("name", "Mine")]).expect(404);
    ben.post(&format!("{SETTINGS}/tea/deletion"), &[]).expect(303);
    ann.get(SETTINGS).expect(200).expect_text("Tea");
}

mod in_memory {
    //! Many posts, and what it costs.

    use super::*;

    #[test]
    fn many_posts_change_in_steps_and_readers_see_none_of_them() {
        let app = App::with(Pipit::in_memory(), &app::EVERYTHING);
        let memory = app.pipit.memory().expect("it is in memory");
        let ann = &app.person;
        memory.runs_jobs.set(false);
        for n in 0..450 {
            memory.native.clock.advance(10);
            app.created(app.form(&[("content", &format!("Number {n}")), ("category", "Birds")]));
        }
        ann.post(&format!("{SETTINGS}/birds"), &[("name", "Feathers")]).expect(303);
        let home = app.pipit.blog(ann).get("/").expect(200).expect_text("Feathers").text();
        assert!(!home.contains("Birds"), "before the job has begun:\n{home}");
        memory.run_jobs();
        let with = "select count(*) as n from posts where categories = '[\"Feathers\"]'";
        assert_eq!(memory.count(with), 450);

        ann.post(&format!("{SETTINGS}/birds/deletion"), &[]).expect(303);
        assert!(!app.pipit.blog(ann).get("/").expect(200).text().contains("Feathers"));
        memory.run_jobs();
        assert_eq!(memory.count("select count(*) as n from posts where categories = '[]'"), 450);
        assert_eq!(memory.count("select count(*) as n from post_categories"), 0);
        assert_eq!(memory.count("select count(*) as n from categories"), 0);
        assert_eq!(memory.count("select count(*) as n from blogs where categories <> '[]'"), 0);
    }

    #[test]
    fn fifty_categories_may_have_filters() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        for n in 0..51 {
            memory.native.clock.advance(10);
            ann.post(SETTINGS, &[("name", &format!("C{n}"))]).expect(303);
        }
        for n in 0..51 {
            memory.native.clock.advance(10);
            let fields = [("name", &*format!("C{n}")), ("words", "tea")];
            let status = if n < 50 { 303 } else { 422 };
            ann.post(&format!("{SETTINGS}/c{n}"), &fields).expect(status);
        }
        let read = ann.post("/posts", &[("text", "Some tea")]).expect(303).cost().rows_read;
        assert!(read < 500, "{read}");
        ann.get("/posts").expect(200).expect_text("C0, C1, ");
    }
}
