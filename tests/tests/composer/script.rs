//! What the composer's script asks for: words kept, a look at them, files that go ahead.

use super::sheet::{Sheet, open};
use serde_json::Value;
use tests::{Answer, Ask, Browser, GPS_SECRET, Pipit, photo_with_gps};

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.text()))
}

fn save(person: &Browser, sheet: &Sheet) -> Answer {
    person.post("/posts/draft", &sheet.fields())
}

/// The form as the script leaves it after a save.
#[track_caller]
fn saved(sheet: &Sheet, answer: &Answer) -> Sheet {
    let said = json(answer);
    let text = |name: &str| said[name].as_str().expect("a text").to_owned();
    sheet.with("id", 0, &text("id")).with("revision", 0, &said["revision"].to_string())
}

#[test]
fn what_is_typed_becomes_one_draft_and_then_one_post() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let empty = Sheet::of(&ann.get("/posts/new").expect(200));
    let typed = empty.with("text", 0, "Hel").with("categories", 0, "Bi");
    let first = save(&ann, &typed).expect(200);
    let id = json(&first)["id"].as_str().expect("an id").to_owned();
    assert!(json(&first)["at"].as_str().is_some_and(|at| at.len() == 5 && at.contains(':')));

    // The answer was lost: the same form again is the same draft.
    let more = typed.with("text", 0, "Hello bir");
    let second = save(&ann, &more).expect(200);
    assert_eq!(json(&second)["id"], id.as_str());

    let whole = saved(&more, &second).with("text", 0, "Hello birds").with("categories", 0, "Birds");
    let third = save(&ann, &whole).expect(200);
    assert_eq!(open(&ann, &id).all("text"), ["Hello birds"]);
    assert!(!pipit.blog(&ann).get("/").expect(200).text().contains("Hello"));

    saved(&whole, &third).send(&ann, &format!("/posts/{id}")).expect(303);
    let post = ann.newest_post();
    assert_eq!(post.id, id);
    assert!(post.path.ends_with("/hello-birds"), "{}", post.path);
    let page = ann.get("/posts/new").expect(200).text();
    assert!(page.contains("value=\"Birds\"") && !page.contains("value=\"Bi\""), "{page}");
}

#[test]
fn a_draft_in_two_windows_loses_nothing() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let saved_at = ann.post("/posts", &[("text", "Begun"), ("do", "draft")]).expect(303);
    let one = Sheet::of(&ann.get(saved_at.header("location")).expect(200));
    save(&ann, &one.with("text", 0, "From the first window")).expect(200);
    let late = save(&ann, &one.with("text", 0, "From the second window")).expect(409);
    assert!(json(&late)["error"].as_str().is_some_and(|words| words.contains("another window")));
}

#[test]
fn unsaved_words_over_a_post_wait_until_they_are_restored_or_discarded() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "As it was");
    let edit = format!("/posts/{}/edit", post.id);
    let typed = open(&ann, &post.id).with("text", 0, "As it\r\nmay <be> & so on");
    save(&ann, &typed).expect(200);
    pipit.blog(&ann).get(&post.path).expect(200).expect_text("As it was");
    ann.get(&edit).expect(200).expect_text("You have unsaved changes from");
    assert_eq!(open(&ann, &post.id).all("text"), ["As it was"]);

    let restored = Sheet::of(&ann.get(&format!("{edit}?restore=1")).expect(200));
    assert_eq!(restored.all("text"), ["As it\nmay <be> & so on"]);
    ann.post(&format!("/posts/{}/edits/deletion", post.id), &[]).expect(303);
    assert!(!ann.get(&edit).expect(200).text().contains("unsaved"));

    save(&ann, &typed).expect(200);
    typed.send(&ann, &format!("/posts/{}", post.id)).expect(303);
    assert!(!ann.get(&edit).expect(200).text().contains("unsaved"), "they have been saved");
}

#[test]
fn words_restored_over_a_post_that_has_changed_meet_what_is_stored() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "As it was");
    let path = format!("/posts/{}", post.id);
    let form = open(&ann, &post.id);
    save(&ann, &form.with("text", 0, "Typed before the crash")).expect(200);
    // Another app has changed it meanwhile, and knows nothing of what was typed.
    ann.post(&path, &[("text", "Changed elsewhere"), ("revision", "1")]).expect(303);
    save(&ann, &form.with("text", 0, "Typed before the crash")).expect(200);
    let restored = Sheet::of(&ann.get(&format!("{path}/edit?restore=1")).expect(200));
    restored.send(&ann, &path).expect(409).expect_text("Changed elsewhere");
}

#[test]
fn nobody_else_keeps_words_in_ones_posts() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let ben = pipit.sign_up("ben");
    let post = ann.write("", "Ann's");
    ben.post("/posts/draft", &[("id", &post.id), ("text", "Ben's")]).expect(404);
    ben.post(&format!("/posts/{}/edits/deletion", post.id), &[]).expect(404);
    let visitor = pipit.browser();
    for path in ["/posts/draft", "/posts/preview", "/posts/files"] {
        assert_ne!(visitor.post(path, &[("text", "x")]).status / 100, 2, "{path}");
    }
}

#[test]
fn the_preview_is_what_the_blog_will_show() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let text = "Some *words*\n\n<script>alert(1)</script><img src=x onerror=alert(2)>";
    let html = ann.post("/posts/preview", &[("text", text)]).expect(200).text();
    assert!(html.contains("<em>words</em>"), "{html}");
    assert!(!html.contains("script") && !html.contains("onerror"), "{html}");
    ann.post("/posts/preview", &[("text", &"a".repeat(501 * 1024))]).expect(413);
}

#[test]
fn a_file_goes_ahead_and_a_post_shows_it() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let sent = ann.send(Ask::body("/posts/files", "image/jpeg", photo_with_gps())).expect(201);
    let url = json(&sent)["url"].as_str().expect("an address").to_owned();
    assert_eq!(json(&sent)["type"], "image/jpeg");
    let kept = pipit.media(&url).expect(200);
    assert!(!kept.body.windows(GPS_SECRET.len()).any(|part| part == GPS_SECRET));

    let fields = [("text", "Look"), ("file", &url), ("file_alt", "A bird")];
    ann.post("/posts", &fields).expect(303);
    let page = pipit.blog(&ann).get(&ann.newest_post().path).expect(200);
    assert!(page.attributes("src").contains(&url));
    assert!(page.attributes("alt").contains(&"A bird".to_owned()));

    let broken = ann.send(Ask::body("/posts/files", "image/png", "no picture")).expect(422);
    assert!(json(&broken)["error"].as_str().is_some_and(|words| words.contains("Upload")));
}

#[test]
fn a_file_of_somebody_else_is_not_ones_own() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let sent = ann.send(Ask::body("/posts/files", "image/jpeg", photo_with_gps())).expect(201);
    let url = json(&sent)["url"].as_str().expect("an address").to_owned();
    ben.post("/posts", &[("text", "Mine"), ("file", &url), ("file_alt", "")]).expect(422);
}
