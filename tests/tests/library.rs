//! The library of files: uploading, describing, where they are shown, deleting.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;

use tests::{Answer, Ask, Browser, GPS_SECRET, Pipit, Upload, photo_with_gps};

fn photos(count: usize) -> Vec<Upload> {
    let photo = |_| Upload { field: "files", file_name: "IMG_1.jpg", bytes: photo_with_gps() };
    (0..count).map(photo).collect()
}

#[track_caller]
fn upload(ann: &Browser, count: usize) {
    let answer = ann.send(Ask::upload("/media", &[], &photos(count))).expect(303);
    assert_eq!(answer.header("location"), "/media");
}

/// The addresses of the files, the newest first.
fn files(pipit: &Pipit, page: &Answer) -> Vec<String> {
    let begin = format!("http://{}/", pipit.media_host());
    page.attributes("src").into_iter().filter(|url| url.starts_with(&begin)).collect()
}

fn path(url: &str) -> String {
    format!("/media/{}", url.rsplit('/').next().expect("a name"))
}

#[test]
fn files_are_uploaded_without_what_cameras_write_and_described() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.get("/media").expect(200).expect_text("There are no files here yet");
    upload(&ann, 3);
    let page = ann.get("/media").expect(200);
    let page =
        page.expect_text("3 files,").expect_text("JPEG picture, 8 × 8").expect_text("In no post");
    let urls = files(&pipit, &page);
    assert_eq!(urls.len(), 3);
    assert!(page.text().contains(&format!("![]({})", urls[0])), "{}", page.text());
    let served = pipit.media(&urls[0]).expect(200);
    assert!(!served.body.windows(GPS_SECRET.len()).any(|window| window == GPS_SECRET));

    let answer = ann.post(&path(&urls[1]), &[("alt", "A \"heron\" [wading]")]).expect(303);
    let page = ann.get(answer.header("location")).expect(200).expect_text("is saved");
    assert!(page.attributes("value").contains(&"A &#34;heron&#34; [wading]".to_owned()));
    page.expect_text("![A &#34;heron&#34;  wading ](http");
}

#[test]
fn what_is_no_file_that_we_take_is_named_and_nothing_is_stored() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec();
    let mut both = photos(1);
    both.push(Upload { field: "files", file_name: "logo.svg", bytes: svg });
    let page = ann.send(Ask::upload("/media", &[], &both)).expect(422);
    page.expect_text("logo.svg: SVG pictures can carry scripts").expect_text("There are no files");
    ann.send(Ask::upload("/media", &[], &[])).expect(422).expect_text("Choose a file first");
}

#[test]
fn a_file_says_which_post_shows_it_and_stays_as_long() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    upload(&ann, 1);
    let url = files(&pipit, &ann.get("/media").expect(200)).remove(0);
    let text = format!("Look: ![A heron]({url})");
    let post = ann.write("In the reeds", &text);
    let says = |words: &str| {
        pipit.eventually(|| ann.get("/media").expect(200), |page| page.text().contains(words));
    };
    says(&format!("In <a href=\"/posts/{}/edit\">In the reeds</a>", post.id));
    let page = ann.post(&format!("{}/deletion", path(&url)), &[]).expect(409);
    page.expect_text("“In the reeds” shows this file. Take it off there first.");
    ann.write("Again", &text);
    says("and another post");
    ann.post(&format!("{}/deletion", path(&url)), &[]).expect(409);
    pipit.media(&url).expect(200);

    let fields = [("title", "Again"), ("text", "No more")];
    ann.post(&format!("/posts/{}", ann.newest_post().id), &fields).expect(303);
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    says("which is <a href=\"/posts?show=deleted\">deleted</a>");
    ann.post(&format!("{}/deletion", path(&url)), &[]).expect(409);
    ann.post(&format!("/posts/{}/undeletion", post.id), &[]).expect(303);
    let fields = [("title", "In the reeds"), ("text", "Nothing")];
    ann.post(&format!("/posts/{}", post.id), &fields).expect(303);
    says("In no post");
    ann.post(&format!("{}/deletion", path(&url)), &[]).expect(303);
    ann.get("/media").expect(200).expect_text("There are no files here yet");
    pipit.eventually(|| pipit.media(&url), |answer| answer.status == 404);
    ann.post(&format!("{}/deletion", path(&url)), &[]).expect(303);
}

#[test]
fn what_a_post_says_of_a_file_describes_it_where_nothing_did() {
    let app = app::App::new();
    upload(&app.person, 1);
    let url = files(&app.pipit, &app.person.get("/media").expect(200)).remove(0);
    for alt in ["A heron", "Another heron"] {
        app.created(app.form(&[("content", alt), ("photo", &url), ("mp-photo-alt", alt)]));
        let page = app.person.get("/media").expect(200);
        assert!(page.attributes("value").contains(&"A heron".to_owned()), "{}", page.text());
    }
}

#[test]
fn nobody_describes_or_deletes_what_is_anothers() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    upload(&ann, 1);
    let url = files(&pipit, &ann.get("/media").expect(200)).remove(0);
    ben.post(&path(&url), &[("alt", "Mine")]).expect(404);
    ben.post(&format!("{}/deletion", path(&url)), &[]).expect(303);
    pipit.media(&url).expect(200);
    ben.get("/media").expect(200).expect_text("There are no files here yet");
}

#[test]
fn a_full_library_is_parted_in_memory() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    upload(&ann, 30);
    let first = ann.get("/media").expect(200).expect_text("30 files");
    let older = first.attributes("href").into_iter().find(|url| url.contains("before="));
    let second = ann.get(&older.expect("a link to the older ones")).expect(200);
    let mut all = [files(&pipit, &first), files(&pipit, &second)].concat();
    assert_eq!((files(&pipit, &first).len(), all.len()), (24, 30));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 30);
}
