//! What further blogs can be called, how many there may be, and whose they are.

use crate::{Further, choose, has};
use tests::{Ask, Pipit};

#[test]
fn the_names_of_blogs_and_of_people_are_one() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let other = Further::of(&pipit, &ann, "birds");
    let make = |name: &str| ben.post("/settings/blogs", &[("name", name), ("title", "Mine")]);
    for taken in [&ann.username, &ben.username, &other.name, &other.name.to_uppercase()] {
        make(taken).expect(422).expect_text("That name is taken. Choose another.");
    }
    for (name, words) in [
        ("", "Choose a name."),
        ("a", "A name has 3 to 30 characters."),
        ("www", "That name is reserved."),
        ("two words", "Use only the letters a to z"),
    ] {
        make(name).expect(422).expect_text(words).expect_text("value=\"Mine\"");
    }
    ben.post("/settings/blogs", &[("name", "bens-other"), ("title", "")])
        .expect(422)
        .expect_text("Write a title of up to 100");
    // Nobody can sign up by the name of a blog, neither when they ask nor when it was made meanwhile.
    let cleo = pipit.browser();
    let mail = format!("{}@example.com", pipit.name("cleo"));
    let fields =
        |name| [("name", "Cleo"), ("email", mail.as_str()), ("username", name), ("site", "")];
    cleo.post("/signup", &fields(&other.name)).expect(422).expect_text("That name is taken");
    let late = pipit.name("late");
    let (_, proof) = cleo.ask_to_sign_up(&late, &mail);
    make(&late).expect(303);
    cleo.use_link(&proof).expect_text("Choose another name");
    assert!(!cleo.is_signed_in());
    let free = pipit.name("cleo");
    cleo.post("/signin/verify", &[("token", &proof.token()), ("username", &free)]).expect(303);
    assert!(cleo.is_signed_in());
}

#[test]
fn of_many_who_want_a_name_at_once_one_gets_it() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let name = pipit.name("wanted");
    let ask = || Ask::form("/settings/blogs", &[("name", &name), ("title", "Mine")]);
    let answers = [ann.send_at_once(4, ask()), ben.send_at_once(4, ask())].concat();
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    assert!(answers.iter().all(|answer| [303, 422].contains(&answer.status)));
}

#[test]
fn there_are_no_more_than_there_may_be() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for number in 2..5 {
        Further::of(&pipit, &ann, &format!("blog{number}"));
    }
    let full = "You have as many blogs as you can have";
    let more: Vec<String> = (0..4).map(|_| pipit.name("more")).collect();
    let make =
        |name: &String| ann.post("/settings/blogs", &[("name", name), ("title", "More")]).status;
    assert_eq!(more.iter().map(make).collect::<Vec<_>>(), [303, 422, 422, 422]);
    ann.get("/settings/blogs").expect(200).expect_text(full);
    let ask = Ask::form("/settings/blogs", &[("name", &pipit.name("last")), ("title", "Last")]);
    ann.send(ask).expect(422).expect_text(full);
}

#[test]
fn nobody_writes_on_a_blog_of_somebody_else() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let other = Further::of(&pipit, &ann, "birds");
    let bens = Further::of(&pipit, &ben, "bens");
    for name in [&other.name, &ann.username] {
        ben.post(&format!("/settings/blogs/{name}/choice"), &[]).expect(404);
        ben.post("/posts", &[("text", "Intruder"), ("blog", name)]).expect(404);
        ben.post("/posts/draft", &[("text", "Intruder"), ("blog", name)]).expect(404);
    }
    ann.post("/posts", &[("text", "Heron"), ("blog", &other.name)]).expect(303);
    choose(&ann, &other.name);
    let links = ann.get("/posts").expect(200).attributes("href");
    let edit = links.iter().find(|link| link.ends_with("/edit")).expect("a post");
    choose(&ben, &bens.name);
    ben.get(edit).expect(404);
    let place = edit.trim_end_matches("/edit");
    for path in ["", "/deletion", "/undeletion", "/edits/deletion"] {
        ben.post(&format!("{place}{path}"), &[("text", "Intruder")]).expect(404);
    }
    has(&other.visitor, "/", "Intruder", false);
    has(&other.visitor, "/", "Heron", true);
}

#[test]
fn the_forms_of_the_settings_change_the_blog_that_they_were_opened_for() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = Further::of(&pipit, &ann, "birds");
    let hidden = format!("name=\"blog\" value=\"{}\"", ann.username);
    let pages = ["/settings/blog", "/settings/categories", "/settings/domain", "/settings/tokens"];
    for path in [&pages[..], &["/settings/blog/templates/home.html", "/media"]].concat() {
        has(&ann, path, &hidden, true);
    }
    let here = ("blog", ann.username.as_str());
    // In another tab she has turned to the other one meanwhile.
    choose(&ann, &other.name);
    ann.post("/settings/categories", &[("name", "Tea"), here]).expect(303);
    ann.post("/settings/categories", &[("name", "Tea")]).expect(303);
    ann.post("/settings/categories/tea/deletion", &[here]).expect(303);
    has(&ann, "/settings/categories", ">Tea<", true);
    let host = format!("{}.example", other.name);
    ann.post("/settings/domain", &[("host", &host)]).expect(303);
    ann.post("/settings/domain/check", &[here]).expect(303);
    ann.post("/settings/domain/deletion", &[here]).expect(303);
    has(&ann, "/settings/domain", &host, true);
    let look = ["tagline", "timezone", "footer", "css", "head", "foot"].map(|name| (name, ""));
    let more = [("title", "Only words"), ("language", "en"), ("theme", "plain"), here];
    ann.post("/settings/blog", &[&look[..], &more].concat()).expect(303);
    has(&other.visitor, "/", "Only words", false);
    has(&pipit.blog(&ann), "/", "Only words", true);
    let template = [("text", "Made by hand"), here];
    ann.post("/settings/blog/templates/home.html", &template).expect(303);
    has(&other.visitor, "/", "Made by hand", false);
    has(&pipit.blog(&ann), "/", "Made by hand", true);
    let ben = pipit.sign_up("ben");
    ben.post("/settings/categories", &[("name", "Tea"), here]).expect(404);
    ben.post("/settings/blog/templates/home.html", &template).expect(404);
    ben.post("/settings/domain", &[("host", "b.example"), here]).expect(404);
}
