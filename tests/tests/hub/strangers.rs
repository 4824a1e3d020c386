//! What somebody may try who wants a blog's readers, or its hub, to come to harm.

use super::{SUBSCRIPTIONS, later, writer};
use platform::sql;
use tests::{Manner, Memory, Pipit, Subscriber};

/// Fills what room a blog has for subscribers, up to so many, with those of other hosts.
fn crowd(memory: &Memory, count: i64) {
    memory.sql(vec![sql(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
         insert into hub_subscriptions (id, blog_id, path, protocol, callback, host, topic, ends_at, body_hash)
         select 'crowd' || i, (select id from blogs limit 1), '/feed.xml', 'websub', 'https://h' || i || '.example/',
           'h' || i || '.example', '', 1 << 40, '' from n",
        [count.into()],
    )]);
}

#[test]
fn whoever_subscribed_before_a_crowd_came_can_renew() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "a", &[("hub.lease_seconds", "3600")]);
    let memory = pipit.memory().expect("it is in memory");
    crowd(memory, 4_999);
    reader.ask(&pipit, "subscribe", &topic, "b", &[]).expect(403);
    reader.subscribe(&pipit, &topic, "a", &[("hub.lease_seconds", "86400")]);
    memory.sql(vec![sql("delete from hub_subscriptions where id like 'crowd%'", [])]);
    later(&pipit, 7200);
    ann.write("", "Still for the first one");
    assert_eq!(reader.got("a").len(), 1);
}

#[test]
fn those_who_ask_at_the_same_time_find_no_more_room_than_there_is() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (_, topic) = writer(&pipit);
    let memory = pipit.memory().expect("it is in memory");
    crowd(memory, 4_998);
    memory.runs_jobs.set(false);
    for name in ["a", "b", "c", "d"] {
        reader.ask(&pipit, "subscribe", &topic, name, &[]).expect(202);
    }
    memory.run_jobs();
    assert_eq!(memory.count(SUBSCRIPTIONS), 5_000);
    assert_eq!(memory.count("select count(*) as n from hub_requests"), 0);
}

#[test]
fn one_that_was_given_up_is_called_once_for_each_change_and_after_the_others() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    for name in ["dead", "well"] {
        reader.subscribe(&pipit, &topic, name, &[]);
    }
    reader.answers("dead", Manner { delivery: Some(503), ..Manner::default() });
    let wait = || {
        for _ in 0..150 {
            later(&pipit, 60);
        }
    };
    ann.write("", "First");
    wait();
    assert_eq!(reader.got("dead").len(), 7);
    for (text, before, after) in [("Second", 7, 8), ("Third", 8, 9)] {
        ann.write("", text);
        assert_eq!(reader.got("dead").len(), before, "those who answer come first");
        wait();
        assert_eq!(reader.got("dead").len(), after);
    }
    assert_eq!(reader.got("well").len(), 3);
    // Who is well again has as many tries as anybody.
    reader.answers("dead", Manner::default());
    ann.write("", "Fourth");
    wait();
    reader.answers("dead", Manner { delivery: Some(503), ..Manner::default() });
    ann.write("", "Fifth");
    wait();
    assert_eq!(reader.got("dead").len(), 10 + 7);
}

#[test]
fn whoever_publishes_often_does_not_make_one_that_fails_be_called_as_often() {
    let pipit = Pipit::in_memory();
    let (reader, _site) = Subscriber::start(&pipit);
    let (ann, topic) = writer(&pipit);
    reader.subscribe(&pipit, &topic, "dead", &[]);
    reader.answers("dead", Manner { delivery: Some(503), ..Manner::default() });
    for n in 0..12 {
        ann.write("", &format!("Note {n}"));
        later(&pipit, 15);
    }
    let calls = reader.got("dead").len();
    assert!(calls <= 4, "{calls} calls in three minutes");
}
