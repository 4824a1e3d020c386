//! The pages of a blog: the list, where they lead, and their order in the blog's head.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;

use app::App;

#[track_caller]
fn page(app: &App, title: &str, text: &str) -> String {
    let fields = [("name", title), ("content", text), ("mp-channel", "pages")];
    app.created(app.form(&fields))
}

/// The id of a page by its title.
#[track_caller]
fn id(app: &App, title: &str) -> String {
    let list = app.person.get("/pages").expect(200).text();
    let label = format!("aria-label=\"Edit “{title}”\"");
    let before = list.split(&label).next().unwrap_or_default();
    let id = before.rsplit("/posts/").next().and_then(|rest| rest.split('/').next());
    id.expect("a link to edit it").to_owned()
}

/// The names in the blog's head.
fn head(app: &App) -> Vec<String> {
    let blog = app.pipit.blog(&app.person).get("/").expect(200).text();
    let names = ["About", "Now", "Shop"].into_iter();
    let mut found: Vec<(usize, String)> = names
        .filter_map(|name| Some((blog.find(&format!(">{name}<"))?, name.to_owned())))
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn the_list_says_where_pages_stand_and_lead() {
    let app = App::new();
    app.person.get("/pages").expect(200).expect_text("There are no pages yet");
    page(&app, "About me", "Somebody.");
    page(&app, "Shop", "https://shop.example/all");
    app.person.write("", "A post");
    let list = app.person.get("/pages").expect(200);
    let list = list
        .expect_text("/about-me")
        .expect_text("leads to <a class=\"address\" href=\"https://shop.example/all\"");
    assert!(!list.text().contains("A post"), "{}", list.text());
    assert!(!app.person.get("/posts").expect(200).text().contains("About me"));
}

#[test]
fn pages_come_into_the_head_of_the_blog_in_the_order_that_one_gives_them() {
    let app = App::new();
    for title in ["About", "Now", "Shop"] {
        page(&app, title, "Words.");
    }
    for title in ["About", "Now", "Shop"] {
        let path = format!("/pages/{}/navigation", id(&app, title));
        app.person.post(&path, &[("shown", "1")]).expect(303);
    }
    assert_eq!(head(&app), ["About", "Now", "Shop"]);
    let shift = |title: &str, to: &str| {
        let path = format!("/pages/{}/position", id(&app, title));
        app.person.post(&path, &[("to", to)]).expect(303);
    };
    shift("Shop", "up");
    assert_eq!(head(&app), ["About", "Shop", "Now"]);
    shift("About", "down");
    assert_eq!(head(&app), ["Shop", "About", "Now"]);
    shift("Shop", "up");
    shift("Now", "down");
    assert_eq!(head(&app), ["Shop", "About", "Now"]);
    let path = format!("/pages/{}/navigation", id(&app, "About"));
    app.person.post(&path, &[("shown", "0")]).expect(303);
    assert_eq!(head(&app), ["Shop", "Now"]);
    app.person.post(&path, &[("shown", "1")]).expect(303);
    assert_eq!(head(&app), ["Shop", "Now", "About"]);
}

#[test]
fn a_deleted_page_leaves_the_head_and_comes_back() {
    let app = App::new();
    page(&app, "About", "Somebody.");
    let id = id(&app, "About");
    app.person.post(&format!("/pages/{id}/navigation"), &[("shown", "1")]).expect(303);
    let answer = app.person.post(&format!("/posts/{id}/deletion"), &[]).expect(303);
    assert!(answer.header("location").starts_with("/pages?deleted="), "{answer:?}");
    app.person.get(answer.header("location")).expect(200).expect_text("</bdi>” is deleted");
    assert_eq!(head(&app), [""; 0]);
    app.pipit.blog(&app.person).get("/about").expect(410);
    let answer = app.person.post(&format!("/posts/{id}/undeletion"), &[]).expect(303);
    assert_eq!(answer.header("location"), "/pages");
    assert_eq!(head(&app), ["About"]);
    app.pipit.blog(&app.person).get("/about").expect(200).expect_text("Somebody.");
}

#[test]
fn nobody_orders_what_is_anothers() {
    let app = App::new();
    page(&app, "About", "Somebody.");
    let id = id(&app, "About");
    let ben = app.pipit.sign_up("ben");
    ben.post(&format!("/pages/{id}/navigation"), &[("shown", "1")]).expect(303);
    ben.post(&format!("/pages/{id}/position"), &[("to", "up")]).expect(303);
    assert_eq!(head(&app), [""; 0]);
    ben.get("/pages").expect(200).expect_text("There are no pages yet");
}
