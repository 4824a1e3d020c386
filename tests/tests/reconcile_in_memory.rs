//! What becomes of customers whose events never came: compared with Stripe, put right, and named in a report.

#[path = "reconcile_in_memory/stripe.rs"]
mod stripe;

use futures_executor::block_on;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use stripe::{Customer, Shared};
use tests::{Memory, Pipit};

const DAY: i64 = 86_400;
const PRICES: &str = r#"{"price_month":"premium","price_year":"premium","price_big":"big"}"#;
const CUSTOMERS: usize = 1_000;

/// A Pipit with customers who all pay, as far as it knows.
struct World {
    pipit: Pipit,
    stripe: Shared,
}

impl World {
    fn new(customers: usize) -> Self {
        let pipit = Pipit::with(&[
            ("STRIPE_API_BASE", "https://api.stripe.com"),
            ("STRIPE_PRICES", PRICES),
            ("CHAT_WEBHOOK", "https://chat.example/hook"),
        ]);
        let memory = pipit.memory().expect("it is in memory");
        memory.native.http.answer("https://chat.example/", |_| http::Response::new("ok".into()));
        let stripe = stripe::start(memory);
        let world = Self { pipit, stripe };
        (0..customers).for_each(|nth| world.insert(nth));
        world
    }

    fn memory(&self) -> &Memory {
        self.pipit.memory().expect("it is in memory")
    }

    fn now(&self) -> i64 {
        self.memory().native.clock.now().timestamp()
    }

    /// An account that was sent to a checkout, and paid there unless it is one of every tenth.
    fn insert(&self, nth: usize) {
        let (customer, account) = (format!("cus_{nth:04}"), format!("account{nth:04}"));
        let (intent, subscription) = (format!("intent{nth:04}"), format!("sub_{nth:04}"));
        self.memory().sql(vec![
            platform::sql(
                "insert into accounts (id, username, email, name, created_at) values (?1, ?1, ?1 || '@example.com', ?1, 1)",
                [(&account).into()],
            ),
            platform::sql(
                "insert into customers (id, account_id, made_at) values (?1, ?2, 1)",
                [(&customer).into(), (&account).into()],
            ),
            platform::sql(
                "insert into checkout_intents (id, account_id, customer_id, price_id, plan, trial_days, made_at, state)
                 values (?1, ?2, ?3, 'price_month', 'premium', 0, 1, 'open')",
                [(&intent).into(), (&account).into(), (&customer).into()],
            ),
        ]);
        let mut stripe = self.stripe.borrow_mut();
        stripe.intents.insert(subscription, intent);
        let mut there = Customer::default();
        if nth % 10 != 9 {
            there.subscriptions.push(self.subscription(nth, self.now()));
        }
        stripe.customers.insert(customer, there);
    }

    fn subscription(&self, nth: usize, made_at: i64) -> Value {
        let price = json!({"id": "price_month", "unit_amount": 500, "currency": "eur", "recurring": {"interval": "month"}});
        json!({
            "id": format!("sub_{nth:04}"), "object": "subscription", "customer": format!("cus_{nth:04}"),
            "status": "active", "created": made_at, "cancel_at_period_end": false, "cancel_at": null,
            "canceled_at": null, "ended_at": null, "trial_end": null,
            "items": {"data": [{
                "id": format!("si_{nth}"), "quantity": 1, "price": price,
                "current_period_start": made_at, "current_period_end": made_at + 30 * DAY,
            }]},
        })
    }

    /// Runs what is due until nothing is; the clock stands still but for what the jobs wait.
    fn run(&self) {
        while block_on(web::run_jobs(&self.memory().context(), app::FUNCTIONS)).expect("jobs run")
            > 0
        {}
    }

    fn ask(&self, scope: &str) {
        let cx = self.memory().context();
        block_on(store::reconciliation::ask(&cx, scope)).expect("it is asked for");
    }

    /// The last reconciliation and its differences, by customer.
    fn report(
        &self,
    ) -> (store::reconciliation::Reconciliation, BTreeMap<String, store::reconciliation::Difference>)
    {
        let cx = self.memory().context();
        let last =
            block_on(store::reconciliation::list(&cx, 1)).expect("they are listed").remove(0);
        let all = block_on(store::reconciliation::differences(&cx, &last.id, "", 10_000));
        let all = all.expect("they are listed").into_iter();
        (last, all.map(|one| (one.customer_id.clone(), one)).collect())
    }

    fn plan_of(&self, nth: usize) -> String {
        let cx = self.memory().context();
        let has = block_on(store::billing::entitlement(&cx, &format!("account{nth:04}")));
        has.expect("it is read").plan_at(self.now()).unwrap_or("free").to_owned()
    }

    /// Something happens at Stripe, and its event is lost.
    fn happens(&self, nth: usize, kind: &str, what: impl FnOnce(&mut Customer)) {
        let mut stripe = self.stripe.borrow_mut();
        let id = format!("cus_{nth:04}");
        what(stripe.customers.get_mut(&id).expect("it is a customer"));
        let event = json!({
            "id": format!("evt_{}", stripe.events.len()), "object": "event", "type": kind, "created": self.now(),
            "data": {"object": {"id": format!("obj_{nth}"), "object": "invoice", "customer": id}},
        });
        stripe.events.push(event);
    }

    /// One of the ten things that may happen to a subscription.
    fn live(&self, nth: usize) {
        let now = self.now();
        let status =
            |word: &'static str| move |c: &mut Customer| c.subscriptions[0]["status"] = json!(word);
        match nth % 10 {
            0 => self.happens(nth, "customer.subscription.deleted", |c| {
                c.subscriptions[0]["status"] = json!("canceled");
                c.subscriptions[0]["ended_at"] = json!(now);
            }),
            1 => self.happens(nth, "invoice.payment_failed", status("past_due")),
            2 => self.happens(nth, "customer.subscription.updated", |c| {
                c.subscriptions[0]["items"]["data"][0]["price"]["id"] = json!("price_big");
            }),
            3 => self.happens(nth, "customer.subscription.updated", |c| {
                c.subscriptions[0]["cancel_at_period_end"] = json!(true);
            }),
            4 => self.happens(nth, "invoice.paid", |c| {
                c.subscriptions[0]["items"]["data"][0]["current_period_end"] =
                    json!(now + 40 * DAY);
            }),
            // Neither of them names its customer in an event that is looked at.
            5 => self.charged(nth, json!({"refunded": true})),
            6 => self.happens(nth, "customer.subscription.paused", status("paused")),
            7 => self.charged(nth, json!({"disputed": true, "dispute": {"status": "lost"}})),
            8 => self.happens(nth, "customer.deleted", |c| {
                c.is_deleted = true;
                c.subscriptions[0]["status"] = json!("canceled");
                c.subscriptions[0]["ended_at"] = json!(now);
            }),
            // The one that pays only now.
            _ => {
                let new = self.subscription(nth, now);
                self.happens(nth, "customer.updated", |c| c.subscriptions.push(new));
            }
        }
    }

    fn charged(&self, nth: usize, more: Value) {
        let mut charge =
            json!({"id": format!("ch_{nth}"), "created": self.now(), "status": "succeeded"});
        let fields = charge.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        self.happens(nth, "charge.updated", |c| c.charges.push(charge));
    }
}

/// What an account has in the end, and words that the report says of it.
const EXPECTED: [(&str, &str); 10] = [
    ("free", "canceled"),
    ("premium", "past_due"),
    ("big", "big (price_big)"),
    ("premium", "ends with its period"),
    ("premium", "paid until 2027-"),
    ("free", "refunded"),
    ("free", "paused"),
    ("free", "lost"),
    ("free", "canceled"),
    ("premium", "active, premium (price_month)"),
];

#[test]
fn a_week_without_events_is_repaired_for_all_and_each_difference_is_named() {
    let world = World::new(CUSTOMERS);
    world.ask("full");
    world.run();
    let (first, differences) = world.report();
    assert_eq!((first.stage.as_str(), first.compared), ("done", 1_000));
    assert_eq!(differences.len(), 900, "those who paid and were not known for it");

    // A week of Stripe's without an event of ours, and without a night's job.
    let clock = &world.memory().native.clock;
    for nth in 0..CUSTOMERS {
        clock.advance(7 * DAY / CUSTOMERS as i64);
        world.live(nth);
    }
    let before = world.memory().native.http.calls().len();
    host_native::take_log();
    world.run();

    let (second, differences) = world.report();
    assert_eq!(second.scope, "nightly", "it is the clock's, which was not asked for");
    assert_eq!((second.repaired, second.failed, second.compared), (1_000, 0, 1_000));
    for nth in 0..CUSTOMERS {
        let (plan, words) = EXPECTED[nth % 10];
        assert_eq!(world.plan_of(nth), plan, "{nth}");
        let one = &differences[&format!("cus_{nth:04}")];
        assert_eq!(one.username.as_deref(), Some(format!("account{nth:04}").as_str()));
        assert!(one.has.contains(words), "{nth}: {}", one.has);
        assert!(!one.had.contains(words), "{nth}: {}", one.had);
    }
    let log = host_native::take_log().join("\n");
    assert!(log.contains("alarm: reconciliation") && log.contains("1000 differed"), "{log}");

    // Politely: not more than twenty reads in any second.
    let (http, mut times) = (&world.memory().native.http, Vec::new());
    for (call, at) in http.calls().iter().zip(http.times()).skip(before) {
        // The mails go elsewhere.
        times.extend((!call.url.path().ends_with("/email")).then_some(at));
    }
    let busiest =
        times.iter().map(|at| times.iter().filter(|t| (*at..at + 1000).contains(t)).count());
    let busiest = busiest.max().expect("it asked");
    assert!(busiest <= 20, "{busiest} reads in a second");

    // One line in the chat, and no name in it.
    let calls = world.memory().native.http.calls();
    let told: Vec<&[u8]> = calls
        .iter()
        .filter(|c| c.url.host_str() == Some("chat.example"))
        .map(|c| &*c.body)
        .collect();
    assert_eq!(told.len(), 2, "one for each reconciliation that found something");
    let text = String::from_utf8_lossy(told[1]);
    assert!(text.contains("1000 customers differed") && !text.contains("account0"), "{text}");

    // And then nothing differs any more.
    world.ask("asked");
    world.run();
    let (third, differences) = world.report();
    assert_eq!((third.scope.as_str(), third.repaired, differences.len()), ("asked", 0, 0));
}

#[test]
fn one_that_is_cut_off_anywhere_goes_on_and_names_what_it_repaired() {
    for operations in (3..400).step_by(9) {
        let world = World::new(30);
        world.ask("full");
        world.run();
        let clock = &world.memory().native.clock;
        for nth in 0..30 {
            world.live(nth);
        }
        world.ask("full");
        world.memory().native.faults.stop_after(operations);
        for _ in 0..3 {
            let _ = block_on(web::run_jobs(&world.memory().context(), app::FUNCTIONS));
        }
        world.memory().native.faults.heal();
        // Leases end, and jobs that failed are due again.
        clock.advance(3 * 3600);
        world.run();
        let (last, differences) = world.report();
        assert_eq!(
            (last.stage.as_str(), last.repaired),
            ("done", 30),
            "after {operations} operations"
        );
        assert_eq!(differences.len(), 30);
        for nth in 0..30 {
            assert_eq!(
                world.plan_of(nth),
                EXPECTED[nth % 10].0,
                "{nth} after {operations} operations"
            );
        }
    }
}

#[test]
fn a_subscription_of_nobody_here_is_listed_and_grants_nothing() {
    let world = World::new(3);
    let strange = json!({
        "id": "sub_strange", "object": "subscription", "customer": "cus_strange", "status": "active",
        "created": world.now(), "items": {"data": []},
    });
    let there = Customer { subscriptions: vec![strange], ..Customer::default() };
    world.stripe.borrow_mut().customers.insert("cus_strange".to_owned(), there);
    world.ask("asked");
    world.run();
    let (_, differences) = world.report();
    let one = &differences["cus_strange"];
    assert_eq!((one.kind.as_str(), one.username.as_deref()), ("unknown", None));
    assert_eq!(one.has, "sub_strange: active");
    let granted = "select count(*) as n from billing_subscriptions where id = 'sub_strange'";
    assert_eq!(world.memory().count(granted), 0);
}

#[test]
fn a_customer_that_cannot_be_read_is_named_and_keeps_nobody_waiting() {
    let world = World::new(30);
    world.stripe.borrow_mut().is_broken = Some("cus_0004".to_owned());
    world.ask("full");
    for _ in 0..10 {
        world.run();
        world.memory().native.clock.advance(3600);
    }
    let (last, differences) = world.report();
    assert_eq!((last.stage.as_str(), last.failed, last.repaired), ("done", 1, 26));
    assert!(differences["cus_0004"].has.contains("could not be read: Stripe answered 400, broken"));
}

#[test]
fn while_stripe_does_not_answer_nothing_is_reported_and_nothing_is_lost() {
    let world = World::new(20);
    world.ask("full");
    world.memory().native.faults.fail_always("http GET api.stripe.com", host_native::When::Before);
    for _ in 0..4 {
        world.run();
        world.memory().native.clock.advance(900);
    }
    assert_eq!(world.report().1.len(), 0);
    world.memory().native.faults.heal();
    for _ in 0..3 {
        world.memory().native.clock.advance(3600);
        world.run();
    }
    let (last, differences) = world.report();
    assert_eq!((last.repaired, last.failed, differences.len()), (18, 0, 18));
}

#[test]
fn an_event_whose_job_was_given_up_gets_another() {
    let world = World::new(1);
    let memory = world.memory();
    let event = |id: &str, customer: Option<&str>| domain::stripe::Event {
        id: id.to_owned(),
        kind: "invoice.paid".to_owned(),
        created: world.now(),
        object_id: None,
        customer_id: customer.map(str::to_owned),
        api_version: None,
        livemode: false,
    };
    for (id, customer) in [("evt_1", Some("cus_0000")), ("evt_2", None)] {
        let cx = memory.context();
        block_on(store::stripe_event::insert(&cx, &event(id, customer), "received"))
            .expect("stored");
    }
    memory.sql(vec![platform::sql("update jobs set dead_at = 1 where kind <> 'stripe-sweep'", [])]);
    let waiting = "select count(*) as n from stripe_events where state = 'received'";
    world.run();
    assert_eq!(memory.count(waiting), 2);
    memory.native.clock.advance(310);
    world.run();
    assert_eq!(memory.count(waiting), 0);
    assert_eq!(world.plan_of(0), "premium");
    let sweeps = "select count(*) as n from jobs where kind = 'stripe-sweep'";
    memory.native.clock.advance(310);
    world.run();
    assert_eq!(memory.count(sweeps), 0, "and nobody looks any longer when nothing waits");
}
