//! The composer without scripts: every field of its form, drafts, two windows, and forms sent twice;
//! and what its script asks for.

#[path = "composer/script.rs"]
mod script;
#[path = "composer/sheet.rs"]
mod sheet;

use sheet::{Sheet, file, open};
use tests::{Ask, Pipit, photo_with_gps};

const LATER: &str = "2099-12-31T23:59";

#[test]
fn several_photos_come_with_a_description_each_and_keep_their_order() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let fields = [("text", "Two birds"), ("alt", "The first\r\nThe second")];
    let files = [file("photo", photo_with_gps()), file("photo", photo_with_gps())];
    ann.send(Ask::upload("/posts", &fields, &files)).expect(303);
    let post = ann.newest_post();
    let form = open(&ann, &post.id);
    assert_eq!(form.all("file_alt"), ["The first", "The second"]);

    let second = form.all("file")[1].clone();
    let changed = form.with("file_alt", 0, "One bird").with("remove_photo", 0, &second);
    changed.send(&ann, &format!("/posts/{}", post.id)).expect(303);
    let form = open(&ann, &post.id);
    assert_eq!(form.all("file_alt"), ["One bird"]);
    let page = pipit.blog(&ann).get(&post.path).expect(200);
    assert!(page.attributes("alt").contains(&"One bird".to_owned()), "{}", page.text());
    assert!(!page.text().contains("The second"), "{}", page.text());
}

#[test]
fn a_draft_is_nobodys_until_it_is_posted_and_takes_its_address_from_its_last_words() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let fields = [("title", ""), ("text", "First thoughts"), ("do", "draft")];
    let saved = ann.post("/posts", &fields).expect(303);
    let edit = saved.header("location").split('?').next().unwrap_or_default().to_owned();
    let form = Sheet::of(&ann.get(saved.header("location")).expect(200));
    ann.get(saved.header("location")).expect(200).expect_text("The draft is saved.");
    for path in ["/", "/feed.xml"] {
        assert!(!pipit.blog(&ann).get(path).expect(200).text().contains("First thoughts"));
    }

    let id = edit.trim_start_matches("/posts/").trim_end_matches("/edit").to_owned();
    let form = form.with("text", 0, "Second thoughts").with("do", 0, "post");
    form.send(&ann, &format!("/posts/{id}")).expect(303);
    let post = ann.newest_post();
    assert_eq!(post.id, id);
    assert!(post.path.ends_with("/second-thoughts"), "{}", post.path);
    pipit.blog(&ann).get(&post.path).expect(200).expect_text("Second thoughts");
}

#[test]
fn the_preview_of_a_draft_is_offered_and_the_draft_can_be_discarded() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let saved = ann.post("/posts", &[("text", "Not yet"), ("do", "draft")]).expect(303);
    let page = ann.get(saved.header("location")).expect(200);
    let preview = format!("{}/preview/", pipit.blog_url(&ann));
    assert!(page.attributes("href").iter().any(|href| href.starts_with(&preview)));
    let discard = page.attributes("action").into_iter().find(|to| to.ends_with("/deletion"));
    ann.post(&discard.expect("a form that discards"), &[]).expect(303);
    ann.get(saved.header("location")).expect(404);
}

#[test]
fn a_begun_draft_is_offered_where_one_begins() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.post("/posts", &[("text", "Half a thought"), ("do", "draft")]).expect(303);
    ann.get("/posts/new").expect(200).expect_text("Half a thought");
}

#[test]
fn a_post_of_the_future_waits_and_one_of_the_past_has_its_day() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.post("/account/timezone", &[("timezone", "Europe/Berlin")]);
    let fields = [("text", "In another century"), ("published_at", LATER)];
    let sent = ann.post("/posts", &fields).expect(303);
    assert!(sent.header("location").contains("said=scheduled"), "{}", sent.header("location"));
    assert!(!pipit.blog(&ann).get("/").expect(200).text().contains("another century"));

    let fields = [("text", "Long ago"), ("published_at", "1999-12-31T00:30")];
    ann.post("/posts", &fields).expect(303);
    let post = ann.newest_post();
    assert_eq!(post.path, "/1999/12/30/long-ago", "the day is that of UTC");
    let form = open(&ann, &post.id);
    assert_eq!(form.all("published_at"), ["1999-12-31T00:30"]);
    form.with("text", 0, "Longer ago").send(&ann, &format!("/posts/{}", post.id)).expect(303);
    let page = pipit.blog(&ann).get(&post.path).expect(200).expect_text("Longer ago");
    assert!(page.attributes("datetime").contains(&"1999-12-30T23:30:00Z".to_owned()));
}

#[test]
fn categories_come_from_boxes_and_from_words() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let fields = [("text", "One"), ("categories", "Birds,  Boats, birds,")];
    ann.post("/posts", &fields).expect(303);
    let form = Sheet::of(&ann.get("/posts/new").expect(200));
    assert!(form.all("category").is_empty(), "no box is checked for a new post");
    let fields = [("text", "Two"), ("category", "Birds"), ("categories", "Clouds")];
    ann.post("/posts", &fields).expect(303);
    let form = open(&ann, &ann.newest_post().id);
    assert_eq!(form.all("category"), ["Birds", "Clouds"]);
}

#[test]
fn a_wished_address_counts_once_published_it_stays() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.post("/posts", &[("text", "Words"), ("slug", "My Wish")]).expect(303);
    let post = ann.newest_post();
    assert!(post.path.ends_with("/my-wish"), "{}", post.path);
    let form = open(&ann, &post.id);
    assert!(form.all("slug").is_empty(), "a published post offers no other address");
    form.with("text", 0, "Other words").send(&ann, &format!("/posts/{}", post.id)).expect(303);
    assert_eq!(ann.newest_post().path, post.path);
}

#[test]
fn who_sees_a_post_can_be_said() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    let day = ann.write("", "public").path.replace("public", "");
    for (visibility, status) in [("unlisted", 200), ("private", 404)] {
        let fields = [("text", visibility), ("slug", visibility), ("visibility", visibility)];
        ann.post("/posts", &fields).expect(303);
        let path = format!("{day}{visibility}");
        blog.get(&path).expect(status);
        assert!(!blog.get("/").expect(200).text().contains(&path));
        assert_eq!(open(&ann, &ann.newest_post().id).all("visibility"), [visibility]);
    }
}

#[test]
fn every_kind_of_post_can_be_made_by_hand() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for (pointer, answer, kept) in [
        ("in-reply-to", "yes", ""),
        ("like-of", "yes", ""),
        ("repost-of", "yes", ""),
        ("bookmark-of", "yes", ""),
        ("rsvp", "maybe", "maybe"),
    ] {
        let target = format!("https://there.example/{pointer}");
        let fields = [("text", ""), ("pointer", pointer), ("target", &target), ("answer", answer)];
        ann.post("/posts", &fields).expect(303);
        let form = open(&ann, &ann.newest_post().id);
        assert_eq!(form.all("pointer"), [pointer]);
        assert_eq!(form.all("target"), [target]);
        assert!(kept.is_empty() || form.all("answer") == [kept]);
    }
    for (pointer, target) in [("like-of", "there.example"), ("", "https://there.example/")] {
        let fields = [("text", "Words"), ("pointer", pointer), ("target", target)];
        let page = ann.post("/posts", &fields).expect(422);
        assert!(page.attributes("value").contains(&target.to_owned()));
    }
}

#[test]
fn a_page_stands_beside_the_posts_and_can_be_in_the_head() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let form = Sheet::of(&ann.get("/posts/new?channel=pages").expect(200));
    assert_eq!(form.all("channel"), ["pages"]);
    form.with("title", 0, "").with("text", 0, "x").send(&ann, "/posts").expect(422);
    let form = form.with("title", 0, "About me").with("text", 0, "I paint.");
    let sent = form.with("navigation", 0, "on").send(&ann, "/posts").expect(303);
    ann.get(sent.header("location")).expect(200).expect_text("It is out.");
    let blog = pipit.blog(&ann);
    blog.get("/about-me").expect(200).expect_text("I paint.");
    assert!(!blog.get("/feed.xml").expect(200).text().contains("I paint."));
}

#[test]
fn a_form_sent_twice_makes_one_post_and_a_changed_one_another() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let form = Sheet::of(&ann.get("/posts/new").expect(200)).with("text", 0, "Once");
    let first = form.send(&ann, "/posts").expect(303);
    let second = form.send(&ann, "/posts").expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    ann.get(first.header("location")).expect(200).expect_text("It is out.");
    form.with("text", 0, "Again").send(&ann, "/posts").expect(303);
    let shown = pipit.blog(&ann).get("/").expect(200).text();
    assert_eq!(shown.matches("<p>Once</p>").count(), 1, "{shown}");
    assert_eq!(shown.matches("<p>Again</p>").count(), 1, "{shown}");
}

#[test]
fn of_two_windows_the_second_is_shown_what_the_first_has_stored() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "As it was");
    let path = format!("/posts/{}", post.id);
    let (one, two) = (open(&ann, &post.id), open(&ann, &post.id));
    one.with("text", 0, "From the first window").send(&ann, &path).expect(303);
    one.with("text", 0, "From the first window").send(&ann, &path).expect(303);

    let other = two.with("text", 0, "From the first window").with("categories", 0, "Birds");
    other.send(&ann, &path).expect(409);
    let two = two.with("text", 0, "From the second window").with("title", 0, "A title");
    let both = two.send(&ann, &path).expect(409);
    both.clone().expect_text("From the first window").expect_text("From the second window");
    pipit.blog(&ann).get(&post.path).expect(200).expect_text("From the first window");
    let form = Sheet::of(&both);
    assert_eq!(form.all("text"), ["From the second window"]);
    assert_eq!(form.all("title"), ["A title"]);
    form.send(&ann, &path).expect(303);
    pipit.blog(&ann).get(&post.path).expect(200).expect_text("From the second window");
}

#[test]
fn a_mistake_loses_neither_words_nor_files() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let fields = [
        ("title", "A title"),
        ("text", "Some words"),
        ("alt", "A bird"),
        ("categories", "Birds"),
        ("slug", "a-wish"),
        ("published_at", "whenever"),
        ("visibility", "unlisted"),
        ("pointer", "like-of"),
        ("target", "https://there.example/"),
    ];
    let page = ann.upload("/posts", &fields, file("photo", photo_with_gps())).expect(422);
    assert!(page.text().contains("role=\"alert\""));
    let form = Sheet::of(&page);
    for (name, value) in fields {
        if name != "alt" {
            assert_eq!(form.all(name), [value], "{name}");
        }
    }
    assert_eq!(form.all("file_alt"), ["A bird"], "the file has been kept");
    form.with("published_at", 0, "").send(&ann, "/posts").expect(303);
    let page = pipit.blog(&ann).get(&ann.newest_post().path).expect(200);
    assert!(page.attributes("alt").contains(&"A bird".to_owned()));
}
