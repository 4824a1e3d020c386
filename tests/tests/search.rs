//! Looking for words in one's own posts.

#[allow(dead_code)]
#[path = "micropub/app.rs"]
mod app;

use app::App;
use tests::{Browser, Pipit};

/// Whether a search finds the post with these words; the index is a moment behind.
#[track_caller]
fn finds(pipit: &Pipit, ann: &Browser, query: &str, words: &str, expected: bool) {
    let query: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let path = format!("/posts?q={query}");
    let list = |text: &str| text.split_once("class=\"tabs\"").expect("tabs").1.contains(words);
    let page =
        pipit.eventually(|| ann.get(&path).expect(200), |page| list(&page.text()) == expected);
    assert_eq!(list(&page.text()), expected, "{path}: {words}:\n{}", page.text());
}

#[test]
fn words_are_found_whole_or_from_their_beginning_whatever_their_accents() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.write("Crème brûlée", "The *quick* brown fox jumps over a [wall](https://stone.example).");
    ann.write("", "Don’t panic: 日本語 in a note, and a \"quote\".");
    for (query, first, second) in [
        ("quick", true, false),
        ("QUI fo", true, false),
        ("brulee creme", true, false),
        ("brûlée", true, false),
        ("quick panic", false, false),
        ("uick", false, false),
        ("don't", false, true),
        ("本", false, true),
        ("a", true, true),
        ("\"quote\" OR (note*", false, false),
        ("\"note\" * ) ' --", false, true),
        ("\"", false, false),
        ("stone", false, false),
    ] {
        finds(&pipit, &ann, query, "Crème brûlée", first);
        finds(&pipit, &ann, query, "Don’t panic", second);
    }
}

#[test]
fn what_changes_or_goes_is_found_as_it_is() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let post = ann.write("Title", "Yesterday it rained.");
    finds(&pipit, &ann, "rained", "Title", true);
    let fields = [("title", "Title"), ("text", "Today it shines.")];
    ann.post(&format!("/posts/{}", post.id), &fields).expect(303);
    finds(&pipit, &ann, "shines", "Title", true);
    finds(&pipit, &ann, "rained", "Title", false);
    ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
    finds(&pipit, &ann, "shines", "Title", false);
    ann.post(&format!("/posts/{}/undeletion", post.id), &[]).expect(303);
    finds(&pipit, &ann, "shines", "Title", true);
}

#[test]
fn drafts_and_descriptions_are_found_and_nothing_of_others() {
    let app = App::new();
    app.created(app.form(&[("content", "Hidden treasure"), ("post-status", "draft")]));
    let photo = [("content", "Look"), ("photo", app::SUNSET), ("mp-photo-alt", "A heron")];
    app.created(app.form(&photo));
    app.created(app.form(&[("content", "Something"), ("category", "Gardening")]));
    finds(&app.pipit, &app.person, "treasure", "Hidden", true);
    finds(&app.pipit, &app.person, "heron", "Look", true);
    finds(&app.pipit, &app.person, "garden", "Something", true);
    let ben = app.pipit.sign_up("ben");
    ben.write("", "My own treasure");
    finds(&app.pipit, &ben, "treasure", "My own", true);
    finds(&app.pipit, &ben, "treasure", "Hidden", false);
}

mod in_memory {
    //! What the index costs, and how it holds.

    use super::*;

    #[test]
    fn publishing_costs_the_same_however_long_the_text() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        memory.runs_jobs.set(false);
        let text: String = (0..4000).map(|n| format!("word{n} ")).collect();
        let short = ann.post("/posts", &[("text", "Short")]).expect(303).cost();
        let long = ann.post("/posts", &[("text", &text)]).expect(303).cost();
        assert_eq!(short.rows_written, long.rows_written);
        memory.run_jobs();
        assert_eq!(memory.count("select count(*) as n from search_words"), 4001);
    }

    #[test]
    fn a_change_writes_only_the_words_that_are_different() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let ann = pipit.sign_up("ann");
        let post = ann.write("", "one two three four");
        let edit = |text| ann.post(&format!("/posts/{}", post.id), &[("text", text)]).expect(303);
        edit("one two three five");
        assert_eq!(memory.count("select count(*) as n from search_words"), 4);
        assert_eq!(memory.count("select count(*) as n from search_words where word = 'four'"), 0);
        ann.post(&format!("/posts/{}/deletion", post.id), &[]).expect(303);
        assert_eq!(memory.count("select count(*) as n from search_words"), 0);
    }

    #[test]
    fn a_search_reads_nothing_of_other_blogs() {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        ann.write("", "A common word");
        let before = ann.get("/posts?q=common").expect(200).cost().rows_read;
        let ben = pipit.sign_up("ben");
        for _ in 0..20 {
            ben.write("", "A common word");
        }
        assert_eq!(ann.get("/posts?q=common").expect(200).cost().rows_read, before);
    }
}
