//! Writing, changing and deleting posts, with a photo.

use bytes::Bytes;
use tests::{Ask, Browser, GPS_SECRET, Pipit, Upload, photo_with_gps};

const ALT: &str = "A pipit on a “post”, singing";

fn photo(bytes: Vec<u8>) -> Upload {
    Upload { field: "photo", file_name: "IMG_0042.jpg", bytes }
}

/// Posts a note with a photo; returns the photo's address as the blog shows it.
#[track_caller]
fn write_with_photo(pipit: &Pipit, ann: &Browser, text: &str) -> String {
    let fields = [("title", ""), ("text", text), ("alt", ALT)];
    ann.upload("/posts", &fields, photo(photo_with_gps())).expect(303);
    let page = pipit.blog(ann).get(&ann.newest_post().path).expect(200);
    photo_url(pipit, &page.attributes("src"))
}

#[track_caller]
fn photo_url(pipit: &Pipit, sources: &[String]) -> String {
    let begin = format!("http://{}/", pipit.media_host());
    let found = sources.iter().find(|source| source.starts_with(&begin));
    found.unwrap_or_else(|| panic!("no photo on the page: {sources:?}")).clone()
}

fn contains(bytes: &Bytes, part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_note_stands_on_the_blog_in_the_feed_and_in_the_list() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "Hello from the *edge* 🐦");
    let blog = pipit.blog(&ann);
    let permalink = format!("{}{}", pipit.blog_url(&ann), post.path);
    for page in ["/", &post.path] {
        let page = blog.get(page).expect(200);
        let text = page.text();
        assert!(text.contains("Hello from the <em>edge</em> 🐦"), "{text}");
        assert!(page.attributes("href").contains(&permalink), "{text}");
    }
    let feed = blog.get("/feed.xml").expect(200).expect_text(&permalink).text();
    assert!(feed.contains("Hello from the"), "{feed}");
    assert!(!feed.contains("<title></title>"), "a note has no empty title:\n{feed}");
    ann.get("/posts").expect(200).expect_text("Hello from the edge");
}

#[test]
fn an_article_has_its_title_as_its_address() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("Größe & Maß", "Two words.");
    let slug = post.path.rsplit('/').next().unwrap_or_default();
    assert!(
        slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
        "{slug}"
    );
    let page = pipit.blog(&ann).get(&post.path).expect(200).text();
    assert!(page.contains("Größe &amp; Maß") || page.contains("Größe &#38; Maß"), "{page}");
    pipit.blog(&ann).get(&format!("{}.html", post.path)).expect(200);
}

#[test]
fn two_posts_of_one_title_have_two_addresses() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let first = ann.write("Same words", "The first");
    let second = ann.write("Same words", "The second");
    let third = ann.write("Same words", "The third");
    assert!(first.path != second.path && second.path != third.path && first.path != third.path);
    let blog = pipit.blog(&ann);
    for (post, text) in [(first, "The first"), (second, "The second"), (third, "The third")] {
        blog.get(&post.path).expect(200).expect_text(text);
    }
}

#[test]
fn a_photo_is_shown_with_its_description_on_the_page_and_in_the_feed() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let url = write_with_photo(&pipit, &ann, "Look");
    let blog = pipit.blog(&ann);
    for path in ["/", &ann.newest_post().path] {
        let page = blog.get(path).expect(200);
        let alts = page.attributes("alt");
        let alt = ALT.replace('“', "“");
        assert!(alts.contains(&alt), "no alt text among {alts:?}");
        assert!(page.attributes("src").contains(&url));
        assert!(page.text().contains("width=\"8\" height=\"8\""), "{}", page.text());
    }
    let feed = blog.get("/feed.xml").expect(200).text();
    assert!(feed.contains(&url), "{feed}");
    assert!(feed.contains("A pipit on a"), "the feed has the description too:\n{feed}");
}

#[test]
fn what_a_photo_says_of_its_place_is_gone() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let before = Bytes::from(photo_with_gps());
    assert!(contains(&before, GPS_SECRET) && contains(&before, b"Exif\0\0"));
    let url = write_with_photo(&pipit, &ann, "");
    let served = pipit.media(&url).expect(200);
    assert_eq!(served.header("content-type"), "image/jpeg");
    assert!(served.body.starts_with(&[0xff, 0xd8]) && served.body.ends_with(&[0xff, 0xd9]));
    for secret in [GPS_SECRET, b"Exif\0\0", b"IMG_0042"] {
        assert!(!contains(&served.body, secret), "{}", String::from_utf8_lossy(secret));
    }
    assert!(!url.contains("IMG_0042"), "{url}");
}

#[test]
fn a_photo_is_kept_for_good_and_given_in_parts() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let url = write_with_photo(&pipit, &ann, "Look");
    let whole = pipit.media(&url).expect(200);
    assert!(whole.header("cache-control").contains("immutable"));
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert!(whole.set_cookies().is_empty());

    let part = pipit.media_ask(&url, |path| Ask::get(path).with("range", "bytes=2-5")).expect(206);
    assert_eq!(part.body, whole.body.slice(2..6));
    assert_eq!(part.header("content-range"), format!("bytes 2-5/{}", whole.body.len()));
    let beyond = pipit.media_ask(&url, |path| Ask::get(path).with("range", "bytes=99999-"));
    assert_eq!(beyond.status, 416);

    let head = pipit.media_ask(&url, Ask::head).expect(200);
    // RFC 9110, section 8.6: the length of the GET, or none at all.
    let length = head.header("content-length");
    assert!(length.is_empty() || length == whole.body.len().to_string(), "{length}");
    assert!(head.body.is_empty());
    let etag = whole.header("etag").to_owned();
    let known = pipit.media_ask(&url, |path| Ask::get(path).with("if-none-match", &etag));
    assert!(known.expect(304).body.is_empty());
}

#[test]
fn what_is_no_picture_is_refused_and_what_was_typed_is_kept() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let html = b"<html><script>alert(1)</script></html>".to_vec();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
    for bytes in [html, svg, b"\xff\xd8\xff broken".to_vec()] {
        let fields = [("title", "A title"), ("text", "Some <b>text</b>"), ("alt", "An alt")];
        let page = ann.upload("/posts", &fields, photo(bytes)).expect(422);
        assert!(page.text().contains("role=\"alert\""), "{}", page.text());
        assert!(page.attributes("value").contains(&"A title".to_owned()));
        assert!(page.text().contains(">An alt</textarea>"));
        assert!(
            page.text().contains("Some &#60;b&#62;text")
                || page.text().contains("Some &lt;b&gt;text")
        );
    }
    assert!(!ann.get("/posts").text().contains("A title"));
}

#[test]
fn an_edit_shows_at_once_and_keeps_the_address() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let url = write_with_photo(&pipit, &ann, "The first words");
    let post = ann.newest_post();
    let blog = pipit.blog(&ann);
    blog.get("/").expect(200).expect_text("The first words");

    let form = ann.get(&format!("/posts/{}/edit", post.id)).expect(200);
    assert!(form.text().contains("The first words"), "{}", form.text());
    let fields = [("title", "Now with a title"), ("text", "The second words")];
    ann.post(&format!("/posts/{}", post.id), &fields).expect(303);
    assert_eq!(ann.newest_post(), post);
    for path in ["/", &post.path, "/feed.xml"] {
        let page = blog.get(path).expect(200).expect_text("The second words").text();
        assert!(!page.contains("The first words"), "{path} still shows the old words");
        assert!(page.contains(&url), "{path} has lost the photo");
    }
}

#[test]
fn a_photo_can_be_taken_off_a_post() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let url = write_with_photo(&pipit, &ann, "Look");
    let post = ann.newest_post();
    let form = ann.get(&format!("/posts/{}/edit", post.id)).expect(200);
    let id = form.between("name=\"remove_photo\" value=\"", "\"").expect("a box for the photo");
    let fields = [("title", ""), ("text", "Look"), ("remove_photo", &id)];
    ann.post(&format!("/posts/{}", post.id), &fields).expect(303);
    assert!(!pipit.blog(&ann).get(&post.path).expect(200).text().contains(&url));
}

#[test]
fn a_deleted_post_is_gone_and_says_so() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let kept = ann.write("", "This one stays");
    let url = write_with_photo(&pipit, &ann, "A thing I regret");
    let post = ann.newest_post();
    let blog = pipit.blog(&ann);
    blog.get("/").expect(200).expect_text("regret");
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);

    let gone = blog.get(&post.path).expect(410);
    assert!(!gone.text().contains("regret"), "{}", gone.text());
    assert!(gone.set_cookies().is_empty());
    for path in ["/", "/feed.xml"] {
        let page = blog.get(path).expect(200).expect_text("This one stays").text();
        assert!(!page.contains("regret") && !page.contains(&url), "{path}:\n{page}");
    }
    ann.get(&format!("/posts/{}/edit", post.id)).expect(404);
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    blog.get(&kept.path).expect(200);
}

#[test]
fn nothing_that_runs_survives_in_a_text() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let text = "<script>alert(1)</script>\n\n<img src=x onerror=alert(2)>\n\n\
                [a](javascript:alert(3)) [b](JaVaScRiPt:alert(4)) <iframe src=\"https://evil.example\"></iframe>\n\n\
                <a href=\"data:text/html,<script>alert(5)</script>\">c</a> <b onclick=\"alert(6)\">d</b>\n\n\
                <style>body { display: none }</style>";
    let title = "<script>alert(7)</script>";
    let post = ann.write(title, text);
    let blog = pipit.blog(&ann);
    let timeline = ann.get("/").expect(200);
    for page in [blog.get("/"), blog.get(&post.path), ann.get("/posts"), timeline] {
        let page = page.expect(200).text().to_lowercase();
        for part in [
            "<script>",
            "onerror=",
            "href=\"javascript:",
            "<iframe",
            "href=\"data:",
            "onclick=",
            "display: none",
        ] {
            assert!(!page.contains(part), "{part} in:\n{page}");
        }
    }
    let feed = blog.get("/feed.xml").expect(200).text().to_lowercase();
    for part in ["<script", "&lt;script", "onerror", "javascript:", "iframe"] {
        let title_only = part == "&lt;script" && feed.contains("<title>&lt;script&gt;alert(7)");
        assert!(!feed.contains(part) || title_only, "{part} in:\n{feed}");
    }
}

#[test]
fn an_empty_post_is_refused_with_words() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let page = ann.post("/posts", &[("title", " "), ("text", "\n")]).expect(422);
    assert!(page.text().contains("role=\"alert\""));
}

#[test]
fn a_text_that_is_too_long_is_refused_and_kept() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let text = "word ".repeat(110_000);
    let page = ann.post("/posts", &[("title", "Long"), ("text", &text)]).expect(422);
    assert!(page.body.len() > text.len(), "what was typed comes back");
}

#[test]
fn nobody_reads_changes_or_deletes_what_is_anothers() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let post = ann.write("", "Mine alone");
    for answer in [
        ben.get(&format!("/posts/{}/edit", post.id)),
        ben.post(&format!("/posts/{}", post.id), &[("text", "Taken over")]),
        ben.post(&format!("/posts/{}/deletion", post.id), &[]),
    ] {
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
    let stranger = pipit.browser();
    for answer in [
        stranger.get(&format!("/posts/{}/edit", post.id)),
        stranger.post(&format!("/posts/{}", post.id), &[("text", "Taken over")]),
        stranger.post("/posts", &[("text", "Out of nowhere")]),
    ] {
        assert_eq!(answer.status, 303);
        assert!(answer.header("location").starts_with("/signin"));
    }
    pipit.blog(&ann).get(&post.path).expect(200).expect_text("Mine alone");
    assert!(!ben.get("/posts").text().contains("Mine alone"));
}

#[test]
fn the_day_of_a_post_may_be_chosen() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let fields = |at: &'static str| [("title", "Dated"), ("text", "x"), ("published_at", at)];
    ann.post("/posts", &fields("2021-03-04T05:06")).expect(303);
    assert!(ann.newest_post().path.starts_with("/2021/03/04/"), "{:?}", ann.newest_post());
    ann.post("/posts", &fields("2999-01-01T00:00")).expect(422);
    ann.post("/posts", &fields("yesterday")).expect(422);
}

#[test]
fn names_and_places_are_unknown_on_the_media_host() {
    let pipit = Pipit::start();
    let media = pipit.browser_on(&pipit.media_host());
    for path in ["/", "/t/", "/t/x/y.jpg", "/t/../x", "/t/%2e%2e/x", "/signin", "/posts"] {
        let answer = media.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(answer.set_cookies().is_empty());
    }
}

mod in_memory {
    //! What only a broken port can show.

    use super::*;
    use host_native::When;

    const WEEK: i64 = 7 * 24 * 3600;

    #[test]
    fn a_photo_that_cannot_be_stored_makes_no_post() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        for when in [When::Before, When::After] {
            memory.native.faults.fail("blob put", when);
            let fields = [("title", ""), ("text", "Look"), ("alt", ALT)];
            ann.upload("/posts", &fields, photo(photo_with_gps())).expect(503);
            assert_eq!(memory.count("select count(*) as n from posts"), 0);
            assert_eq!(memory.count("select count(*) as n from media"), 0);
        }
        write_with_photo(&pipit, &ann, "Look");
    }

    #[test]
    fn a_week_after_a_post_its_words_and_its_photo_are_gone_for_good() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let url = write_with_photo(&pipit, &ann, "A thing I regret");
        let post = ann.newest_post();
        ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
        memory.native.clock.advance(WEEK - 60);
        memory.run_jobs();
        assert_eq!(memory.native.blobs.keys().len(), 1);
        memory.native.clock.advance(61);
        memory.run_jobs();
        memory.run_jobs();
        pipit.media(&url).expect(404);
        assert_eq!(memory.count("select count(*) as n from media"), 0);
        assert_eq!(memory.count("select count(*) as n from posts where text <> ''"), 0);
        pipit.blog(&ann).get(&post.path).expect(410);
    }

    #[test]
    fn a_photo_whose_deletion_fails_is_deleted_later() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        for when in [When::Before, When::After] {
            let ann = pipit.sign_up(if when == When::Before { "ann" } else { "ben" });
            let url = write_with_photo(&pipit, &ann, "Look");
            ann.post(&format!("/posts/{}/deletion", ann.newest_post().id), &[]).expect(303);
            memory.native.faults.fail("blob delete", when);
            memory.native.clock.advance(WEEK);
            memory.run_jobs();
            memory.native.clock.advance(61);
            memory.run_jobs();
            pipit.media(&url).expect(404);
            assert!(memory.native.blobs.keys().is_empty());
            assert_eq!(memory.count("select count(*) as n from media"), 0);
        }
    }

    #[test]
    fn without_key_value_store_and_cache_everything_goes_on() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        memory.native.faults.fail_always("kv ", When::Before);
        memory.native.faults.fail_always("cache ", When::Before);
        let ann = pipit.sign_up("ann");
        let post = ann.write("", "Against the wind");
        let blog = pipit.blog(&ann);
        blog.get("/").expect(200).expect_text("Against the wind");
        ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
        blog.get(&post.path).expect(410);
    }

    #[test]
    fn a_post_whose_answer_was_lost_is_there_once() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        memory.native.faults.fail("insert into posts", When::After);
        ann.post("/posts", &[("text", "Once")]).expect(503);
        assert_eq!(memory.count("select count(*) as n from posts"), 1);
        assert_eq!(memory.count("select sum(post_count) as n from blogs"), 1);
    }
}
