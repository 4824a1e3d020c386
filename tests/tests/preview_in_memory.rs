//! The private address of a post that is not public yet: what it shows, to whom, and how it ends.

use platform::sql;
use tests::{Ask, Browser, Pipit};

/// A draft, and the path of its preview.
fn draft(pipit: &Pipit, ann: &Browser, status: &str) -> (String, String) {
    let post = ann.write("Soon", "A secret plan with a [link](https://others.example)");
    let memory = pipit.memory().expect("it is in memory");
    let at = memory.context().seconds() + 3600;
    memory.sql(vec![sql(
        "update posts set status = ?2, published_at = ?3 where id = ?1",
        [post.id.as_str().into(), status.into(), at.into()],
    )]);
    memory.native.cache.lose();
    memory.native.kv.lose();
    (post.id.clone(), path(pipit, ann, &post.id))
}

fn path(pipit: &Pipit, ann: &Browser, id: &str) -> String {
    let cx = pipit.memory().expect("it is in memory").context();
    let url = web::preview_url(&cx, &pipit.blog_url(ann), id).expect("there is a key");
    url.strip_prefix(&pipit.blog_url(ann)).expect("it is on the blog").to_owned()
}

#[test]
fn whoever_has_the_address_of_a_draft_can_read_it_and_nobody_keeps_it() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    for (status, words) in [("draft", "It is a draft"), ("scheduled", "It becomes public on ")] {
        let (_, path) = draft(&pipit, &ann, status);
        let page = pipit.blog(&ann).get(&path).expect(200).expect_text("A secret plan");
        let page =
            page.expect_text(words).expect_text("<meta name=\"robots\" content=\"noindex\">");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.header("x-robots-tag").contains("noindex"));
        assert!(!page.text().contains("rel=\"canonical\""), "its address is nobody's business");
        let again = pipit.blog(&ann).get(&path).expect(200);
        assert!(again.cost().queries > 0, "a preview was kept");
        pipit.blog(&ann).send(Ask::head(&path)).expect(200);
        for list in ["/", "/feed.xml"] {
            let page = pipit.blog(&ann).get(list).expect(200).text();
            assert!(!page.contains("A secret plan"), "{list}");
        }
    }
}

#[test]
fn an_address_that_we_did_not_make_shows_nothing() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let ben = pipit.sign_up("ben");
    let (id, path) = draft(&pipit, &ann, "draft");
    let (other, _) = draft(&pipit, &ann, "draft");
    let mac = path.rsplit('-').next().expect("a mac");
    for wrong in [
        format!("/preview/{id}"),
        format!("/preview/{id}-"),
        format!("/preview/{id}-{}", "0".repeat(32)),
        format!("/preview/{id}-{}", mac.to_uppercase()),
        format!("/preview/{id}-{mac}0"),
        format!("/preview/{other}-{mac}"),
        "/preview/".to_owned(),
        "/preview".to_owned(),
    ] {
        pipit.blog(&ann).get(&wrong).expect(404);
    }
    pipit.blog(&ben).get(&path).expect(404);
    pipit.browser().get(&path).expect(404);
}

#[test]
fn a_preview_ends_when_the_post_is_out_or_gone() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "Out already");
    let preview = path(&pipit, &ann, &post.id);
    let answer = pipit.blog(&ann).get(&preview).expect(302);
    assert_eq!(answer.header("location"), format!("{}{}", pipit.blog_url(&ann), post.path));
    assert_eq!(answer.header("cache-control"), "no-store");
    let (id, preview) = draft(&pipit, &ann, "draft");
    ann.post(&format!("/posts/{id}/deletion"), &[]).expect(303);
    let gone = pipit.blog(&ann).get(&preview).expect(410);
    assert_eq!(gone.header("cache-control"), "no-store");
    assert!(!gone.text().contains("A secret plan"));
}
