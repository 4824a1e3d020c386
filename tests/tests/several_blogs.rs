//! Several blogs of one person: they share a name and a picture, and nothing else.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;
#[path = "several_blogs/doors.rs"]
mod doors;
#[path = "several_blogs/names.rs"]
mod names;

use app::App;
use tests::{Browser, Pipit};

/// A further blog of somebody's.
struct Further {
    name: String,
    /// Its address, without a slash at its end.
    url: String,
    /// One of its visitors.
    visitor: Browser,
}

impl Further {
    /// Makes one. The person goes on to write where they wrote.
    #[track_caller]
    fn of(pipit: &Pipit, person: &Browser, name: &str) -> Self {
        let name = pipit.name(name);
        let fields = [("name", name.as_str()), ("title", "The other one")];
        let answer = person.post("/settings/blogs", &fields).expect(303);
        assert_eq!(answer.header("location"), "/settings/blogs?said=made");
        let first = format!("http://{}.", person.username);
        let url = pipit.blog_url(person).replace(&first, &format!("http://{name}."));
        let visitor = pipit.browser_on(url.trim_start_matches("http://"));
        Self { name, url, visitor }
    }
}

/// Lets a browser write on a blog from now on.
#[track_caller]
fn choose(person: &Browser, name: &str) {
    person.post(&format!("/settings/blogs/{name}/choice"), &[]).expect(303);
}

#[track_caller]
fn has(visitor: &Browser, path: &str, word: &str, is_so: bool) {
    let page = visitor.get(path).expect(200);
    assert_eq!(page.text().contains(word), is_so, "{path}, “{word}”:\n{}", page.text());
}

#[test]
fn what_stands_on_one_blog_stands_nowhere_on_the_other() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = Further::of(&pipit, &ann, "birds");
    let first = pipit.blog(&ann);
    other.visitor.get("/").expect(200).expect_text("The other one");
    let write = |word: &str| {
        let fields = [("title", ""), ("text", word), ("categories", "Tea")];
        ann.post("/posts", &fields).expect(303);
    };
    write("Heron");
    choose(&ann, &other.name);
    write("Kingfisher");
    let page = [("title", "Rivers"), ("text", "Where they are."), ("channel", "pages")];
    ann.post("/posts", &page).expect(303);
    has(&ann, "/pages", "Rivers", true);
    other.visitor.get("/rivers").expect(200);
    first.get("/rivers").expect(404);
    pipit.run_jobs();
    for path in ["/", "/feed.xml", "/atom.xml", "/feed.json", "/categories/tea", "/sitemap.xml"] {
        let words =
            if path == "/sitemap.xml" { ["heron", "kingfisher"] } else { ["Heron", "Kingfisher"] };
        for (visitor, shown, not) in [(&first, 0, 1), (&other.visitor, 1, 0)] {
            has(visitor, path, words[shown], true);
            has(visitor, path, words[not], false);
        }
    }
    for visitor in [&first, &other.visitor] {
        has(visitor, "/archive", "<span>1</span>", true);
    }
    pipit.eventually(
        || other.visitor.get("/search?q=kingfisher"),
        |page| page.text().contains("Kingfisher"),
    );
    pipit.eventually(|| first.get("/search?q=heron"), |page| page.text().contains("Heron"));
    has(&other.visitor, "/search?q=heron", "Heron</", false);
    has(&first, "/search?q=kingfisher", "Kingfisher</", false);
    // Her own pages are those of the blog that she writes on.
    for (name, word, not) in
        [(&other.name, "Kingfisher", "Heron"), (&ann.username, "Heron", "Kingfisher")]
    {
        choose(&ann, name);
        has(&ann, "/posts", word, true);
        has(&ann, "/posts", not, false);
        has(&ann, "/pages", "Rivers", *name == other.name);
        has(&ann, "/posts/new", &format!("name=\"blog\" value=\"{name}\""), true);
    }
    has(&ann, "/settings/categories", ">Tea<", true);
}

#[test]
fn the_person_is_the_same_on_both() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = Further::of(&pipit, &ann, "birds");
    let profile = format!("/@{}", ann.username);
    ann.post("/settings/profile", &[("name", "Ann Lark"), ("gravatar", "1")]).expect(303);
    choose(&ann, &other.name);
    ann.post("/posts", &[("text", "Kingfisher")]).expect(303);
    let said = |visitor: &Browser| visitor.get("/feed.json").expect(200);
    for visitor in [&other.visitor, &pipit.blog(&ann)] {
        let said = pipit.eventually(|| said(visitor), |said| said.text().contains("Ann Lark"));
        let avatar = said.json()["authors"][0]["avatar"].clone();
        assert!(
            avatar.as_str().is_some_and(|url| url.ends_with(&format!("/avatars/{}", ann.username))),
            "{avatar}"
        );
    }
    other.visitor.get("/").expect(200).expect_text(&profile);
    let stranger = pipit.browser();
    stranger.get(&profile).expect(200).expect_text(&format!("href=\"{}/\"", other.url));
    let answer = stranger.get(&format!("/@{}", other.name)).expect(303);
    assert_eq!(answer.header("location"), profile);
}

#[test]
fn settings_and_pages_are_those_of_the_blog_that_is_written_on() {
    let app = App::new();
    let (pipit, ann) = (&app.pipit, &app.person);
    let other = Further::of(pipit, ann, "birds");
    choose(ann, &other.name);
    let look = [
        ("title", "Only birds"),
        ("tagline", ""),
        ("language", "en"),
        ("timezone", ""),
        ("theme", "journal"),
        ("footer", ""),
        ("css", ""),
        ("head", ""),
        ("foot", ""),
    ];
    ann.post("/settings/blog", &look).expect(303);
    other.visitor.get("/").expect(200).expect_text("Only birds");
    has(&pipit.blog(ann), "/", "Only birds", false);
    ann.post("/settings/categories", &[("name", "Waders")]).expect(303);
    let host = format!("{}.example", other.name);
    ann.post("/settings/domain", &[("host", &host)]).expect(303);
    has(ann, "/settings/domain", &host, true);
    choose(ann, &ann.username);
    has(ann, "/settings/blog", "Only birds", false);
    has(ann, "/settings/categories", "Waders", false);
    has(ann, "/settings/domain", &host, false);
    has(ann, "/settings/domain", &ann.username, true);
}

#[test]
fn every_browser_keeps_its_own_choice_and_every_form_its_blog() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let phone = pipit.browser();
    let (_, mail) = phone.ask_to_sign_in(&ann.email);
    phone.use_link(&mail).expect(303);
    let other = Further::of(&pipit, &ann, "birds");
    choose(&ann, &other.name);
    has(&phone, "/posts/new", &format!("value=\"{}\"", ann.username), true);
    phone.post("/posts", &[("text", "Heron")]).expect(303);
    ann.post("/posts", &[("text", "Kingfisher")]).expect(303);
    has(&pipit.blog(&ann), "/", "Heron", true);
    has(&other.visitor, "/", "Kingfisher", true);
    // A form that was opened before the choice writes where it said that it would.
    ann.post("/posts", &[("text", "Wagtail"), ("blog", &ann.username)]).expect(303);
    has(&pipit.blog(&ann), "/", "Wagtail", true);
    has(&other.visitor, "/", "Wagtail", false);
    // A post is changed where it stands.
    let post = phone.get("/posts").expect(200).attributes("href");
    let edit = post.iter().find(|link| link.ends_with("/edit")).expect("a post").clone();
    ann.get(&edit).expect(200).expect_text(&format!("name=\"blog\" value=\"{}\"", ann.username));
    let place = edit.trim_end_matches("/edit");
    ann.post(&format!("{place}/deletion"), &[]).expect(303);
    ann.post(&format!("{place}/undeletion"), &[]).expect(303);
    ann.post(place, &[("text", "Dipper")]).expect(303);
    has(&pipit.blog(&ann), "/", "Dipper", true);
}

#[test]
fn one_is_followed_by_a_blog() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let other = Further::of(&pipit, &ann, "birds");
    let (heron, kingfisher) = (pipit.name("heron"), pipit.name("kingfisher"));
    ann.post("/posts", &[("text", &heron)]).expect(303);
    ann.post("/posts", &[("text", &kingfisher), ("blog", &other.name)]).expect(303);
    has(&ann, "/", &heron, true);
    has(&ann, "/", &kingfisher, true);
    ben.post("/follows", &[("username", &ann.username)]).expect(303);
    has(&ben, "/", &heron, true);
    has(&ben, "/", &kingfisher, false);
    ben.post("/follows", &[("username", &other.name)]).expect(303);
    has(&ben, "/", &kingfisher, true);
    ben.post(&format!("/follows/{}/deletion", ann.username), &[]).expect(303);
    has(&ben, "/", &heron, false);
    has(&ben, "/", &kingfisher, true);
    ann.post("/follows", &[("username", &other.name)]).expect(422);
}

mod in_memory {
    use super::*;
    use crate::app::EVERYTHING;
    use tests::Ask;

    #[test]
    fn a_further_blog_costs_no_row_of_any_request_of_the_first() {
        let app = App::with(Pipit::in_memory(), &EVERYTHING);
        let (pipit, ann) = (&app.pipit, &app.person);
        ann.write("", "Heron");
        let visitor = pipit.blog(ann);
        let costs = || {
            let token = app.ask(Ask::get("/posts/check")).expect(403);
            let pages = ["/posts", "/posts/new", "/settings/categories", "/settings/domain"];
            let mut costs: Vec<_> = pages.map(|path| ann.get(path).expect(200).cost()).to_vec();
            costs.push(visitor.get("/").expect(200).cost());
            costs.push(token.cost());
            costs
        };
        costs();
        let before = costs();
        let other = Further::of(pipit, ann, "birds");
        assert_eq!(costs(), before);
        choose(ann, &other.name);
        ann.post("/posts", &[("text", "Kingfisher")]).expect(303);
        choose(ann, &ann.username);
        assert_eq!(costs(), before);
    }
}
