//! The contract of the ports, on this machine or inside the runtime that the environment names.

use futures_executor::block_on;
use host_native::{Native, When};
use platform::{Config, Context, Error, Limits, Policy, gcra, sql};
use proptest::prelude::*;
use std::rc::Rc;
use store::limit::SqlLimits;
use tests::{Ask, Pipit};

#[test]
fn every_port_keeps_its_promises() {
    let broken: Vec<String> = match Pipit::remote() {
        None => contract::CASES.iter().filter_map(|(name, _)| broken_here(name)).collect(),
        Some(pipit) => {
            contract::CASES.iter().filter_map(|(name, _)| broken_there(&pipit, name)).collect()
        }
    };
    assert!(broken.is_empty(), "promises that were not kept:\n{}", broken.join("\n"));
}

fn broken_here(name: &str) -> Option<String> {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let kept = block_on(contract::run(&memory.context(), name));
    assert!(memory.native.http.calls().is_empty(), "{name} let a call out");
    kept.err().map(|words| format!("{name}: {words}"))
}

fn broken_there(pipit: &Pipit, name: &str) -> Option<String> {
    let answer = pipit.browser().send(Ask::form(&format!("/contract/{name}"), &[]));
    (answer.status != 200).then(|| format!("{name}: {} {}", answer.status, answer.text()))
}

#[test]
fn a_panic_in_one_request_does_not_disturb_the_next() {
    let Some(pipit) = Pipit::remote() else { return };
    let ann = pipit.sign_up("ann");
    for _ in 0..3 {
        let answer = pipit.browser().get("/contract/panic");
        assert!(answer.status >= 500, "a panic answered {}", answer.status);
        assert!(ann.is_signed_in(), "the request after a panic is answered as ever");
        let post = ann.write("", "After the storm");
        pipit.blog(&ann).get(&post.path).expect(200).expect_text("After the storm");
    }
}

fn world() -> (Native, Context) {
    let native = Native::new().expect("an empty world");
    let settings = |name: &str| {
        let value = match name {
            "APP_ORIGIN" => "http://localhost:8787",
            "BLOG_DOMAIN" => "blogs.localhost:8787",
            "MEDIA_ORIGIN" => "http://media.localhost:8787",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let config = Rc::new(Config::read(settings).expect("three settings are enough"));
    let cx = native.context(config);
    (native, cx)
}

#[test]
fn values_of_the_key_value_store_end_when_their_life_does() {
    let (native, cx) = world();
    for store in [&cx.kv, &cx.cache] {
        block_on(store.put("key", "value".into(), 60)).expect("put");
        native.clock.advance(59);
        assert!(block_on(store.get("key")).expect("get").is_some());
        native.clock.advance(1);
        assert!(block_on(store.get("key")).expect("get").is_none());
    }
}

#[test]
fn a_batch_that_fails_after_it_took_effect_has_taken_effect() {
    let (native, cx) = world();
    let insert = || sql("insert into limits (key, tat_ms) values ('a', 1)", []);
    native.faults.fail("insert into limits", When::Before);
    assert!(matches!(block_on(cx.db.batch(vec![insert()])), Err(Error::Unavailable(_))));
    native.faults.fail("insert into limits", When::After);
    assert!(matches!(block_on(cx.db.batch(vec![insert()])), Err(Error::Unavailable(_))));
    assert_eq!(block_on(cx.db.batch(vec![insert()])).map(|_| ()), Err(Error::Conflict));
}

#[test]
fn the_migrations_are_applied_to_a_file_only_once() {
    let folder = std::env::temp_dir().join(format!("pipit-tests-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    let path = folder.join("pipit.db");
    let schema = |_| Native::open(&path).expect("the file opens").db.schema().expect("a schema");
    let [first, second] = [0, 1].map(schema);
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    assert_eq!(first, second);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The rows must say what the formula says, whatever the policy and however the clock moves.
    #[test]
    fn limits_as_rows_answer_as_the_formula_does(
        count in 1_u32..20,
        window_seconds in 1_u32..4000,
        steps in proptest::collection::vec(-2_000_i64..200_000, 1..60),
    ) {
        let native = Native::new().expect("an empty world");
        let limits = SqlLimits::new(native.db.clone());
        let policy = Policy { name: "test", count, window_seconds };
        let mut now_ms = 1_795_338_000_000_i64;
        let mut tat_ms = None;
        for step in steps {
            now_ms += step;
            let (want, next_ms) = gcra(tat_ms, now_ms, policy);
            let got = block_on(limits.take("key", policy, now_ms)).expect("the limits answer");
            prop_assert_eq!(got, want);
            tat_ms = Some(next_ms);
        }
    }
}
