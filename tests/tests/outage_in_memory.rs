//! What visitors of a blog see while the database, the key-value store or the page cache do not answer.

use host_native::When;
use tests::Pipit;

#[test]
fn without_the_database_kept_pages_come_and_others_say_when_to_come_again() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let (read, unread) = (ann.write("", "Read by many"), ann.write("", "Read by nobody yet"));
    let blog = pipit.blog(&ann);
    for path in ["/", "/feed.xml", &read.path] {
        blog.get(path).expect(200);
    }

    memory.runs_jobs.set(false);
    memory.native.faults.fail_always("db batch", When::Before);
    for hours in [0, 1, 20] {
        memory.native.clock.advance(hours * 3600);
        for path in ["/", "/feed.xml", &read.path] {
            blog.get(path).expect(200).expect_text("Read by many");
        }
        let answer = blog.get(&unread.path).expect(503);
        assert!(!answer.header("retry-after").is_empty());
        assert!(answer.header("cache-control").contains("no-store"));
        assert!(!answer.text().contains("batch"), "{}", answer.text());
    }

    memory.native.faults.heal();
    blog.get(&unread.path).expect(200).expect_text("Read by nobody yet");
}

#[test]
fn an_old_copy_of_a_blogs_row_is_not_believed_while_the_database_answers() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    blog.get("/").expect(200);
    // Whoever publishes cannot tell the visitors.
    memory.native.faults.fail_always("kv put", When::Before);
    ann.write("", "The first of all");
    memory.native.faults.heal();
    memory.native.clock.advance(61);
    blog.get("/").expect(200).expect_text("The first of all");
}

#[test]
fn without_the_key_value_store_every_page_comes() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let post = ann.write("", "Against the wind");
    let blog = pipit.blog(&ann);
    for failing in [&["kv "][..], &["cache "], &["kv ", "cache "]] {
        for part in failing {
            memory.native.faults.fail_always(part, When::Before);
        }
        for path in ["/", "/feed.xml", &post.path] {
            blog.get(path).expect(200).expect_text("Against the wind");
        }
        blog.get("/2020/01/01/none").expect(404);
        memory.native.faults.heal();
    }
}

#[test]
fn names_that_strangers_make_up_are_soon_forgotten() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    let blog = pipit.blog(&ann);
    blog.get("/").expect(200);
    let own = memory.native.kv.keys().len();
    for name in ["made-up", "another"] {
        pipit.browser_on(&blog.host.replacen(&ann.username, name, 1)).get("/").expect(404);
    }
    assert!(memory.native.kv.keys().len() > own);
    memory.native.clock.advance(61);
    assert_eq!(memory.native.kv.keys().len(), own);
}
