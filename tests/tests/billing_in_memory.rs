//! Events in every order, twice, late and at once: what Stripe has is what we have in the end.

#[path = "billing/faults.rs"]
mod faults;
#[path = "billing/stripe.rs"]
mod stripe;

use futures_executor::block_on;
use platform::sql;
use proptest::prelude::*;
use serde_json::{Value, json};
use stripe::{Life, Stripe};
use tests::{Memory, Pipit};

/// What we keep of a subscription, in the words of Stripe's object.
fn kept(pipit: &Pipit, id: &str) -> Value {
    let text = "select status, price_id, period_ends_at, cancel_at_period_end, payment, is_accepted
                from billing_subscriptions where id = ?1";
    let memory = pipit.memory().expect("it is in memory");
    let outcomes = memory.sql(vec![sql(text, [id.into()])]);
    outcomes[0].rows.first().map_or(Value::Null, |row| {
        json!({
            "status": row.text("status").unwrap(), "price": row.text("price_id").unwrap(),
            "ends": row.opt_int("period_ends_at").unwrap(), "ending": row.int("cancel_at_period_end").unwrap() == 1,
            "payment": row.text("payment").unwrap(), "accepted": row.int("is_accepted").unwrap() == 1,
        })
    })
}

/// The same of what Stripe has.
fn held(life: &Life) -> Value {
    let one = life.subscription();
    json!({
        "status": one["status"], "price": one["items"]["data"][0]["price"]["id"],
        "ends": one["items"]["data"][0]["current_period_end"], "ending": one["cancel_at_period_end"],
        "payment": life.payment(), "accepted": true,
    })
}

fn access(pipit: &Pipit, life: &Life) -> String {
    let memory = pipit.memory().expect("it is in memory");
    let text = "select access from entitlements where account_id = ?1";
    let outcomes = memory.sql(vec![sql(text, [life.account_id.as_str().into()])]);
    outcomes[0].rows.first().map_or_else(String::new, |row| row.text("access").unwrap())
}

fn waiting(pipit: &Pipit) -> i64 {
    let memory = pipit.memory().expect("it is in memory");
    memory.count("select count(*) as n from stripe_events where state = 'received'")
}

#[test]
fn every_order_of_what_happened_ends_in_what_stripe_has() {
    let (pipit, stripe) = Stripe::start();
    for order in orders(5) {
        let life = stripe.customer(&pipit);
        let events: Vec<Value> = (0..5).flat_map(|_| life.step()).collect();
        for place in order {
            let event = events.get(place).expect("five steps make five events and more");
            life.deliver(&pipit, event);
            pipit.run_jobs();
            life.deliver(&pipit, event);
        }
        pipit.run_jobs();
        assert_eq!(kept(&pipit, &life.subscription_id()), held(&life));
    }
    assert_eq!(waiting(&pipit), 0);
}

/// Two runners read while the next thing happens and its events arrive: each call of the database lets
/// the others go first, so that what was read may be old when it is written.
async fn goes_on(memory: &Memory, life: &Life) -> Vec<Value> {
    let contexts = [memory.context(), memory.context(), memory.context()];
    let [first, second, third] = &contexts;
    let happens = async {
        // By then the first runner has read.
        for _ in 0..3 {
            third.db.all(sql("select 1 as one", [])).await.expect("the database answers");
        }
        let new = life.step();
        for event in &new {
            life.arrive(third, event).await;
        }
        web::run_jobs(third, app::FUNCTIONS).await.expect("the outbox can be read");
        new
    };
    let runs = futures_util::future::join(
        async { web::run_jobs(first, app::FUNCTIONS).await.expect("the outbox can be read") },
        async { web::run_jobs(second, app::FUNCTIONS).await.expect("the outbox can be read") },
    );
    futures_util::future::join(runs, happens).await.1
}

/// Every order of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..count {
        let insert = |order: Vec<usize>| {
            (0..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, next);
                longer
            })
        };
        all = all.into_iter().flat_map(insert).collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    // Events come while the life goes on, mixed, again and again, and several runners read at once.
    #[test]
    fn whatever_comes_whenever_ends_in_what_stripe_has(
        plays in proptest::collection::vec((0..5_u8, any::<proptest::sample::Index>()), 10..60),
    ) {
        let (pipit, stripe) = Stripe::start();
        let life = stripe.customer(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        let (mut all, mut late) = (Vec::new(), Vec::new());
        for (what, which) in plays {
            match what {
                0 => {
                    let new = life.step();
                    late.extend(new.clone());
                    all.extend(new);
                }
                1 if !late.is_empty() => life.deliver(&pipit, &late.remove(which.index(late.len()))),
                2 if !all.is_empty() => life.deliver(&pipit, which.get(&all)),
                3 => memory.run_jobs_at_once(2),
                _ => {
                    memory.native.http.be_slow(1 + which.index(3));
                    all.extend(block_on(goes_on(memory, &life)));
                    memory.native.http.be_slow(0);
                }
            }
        }
        for event in late {
            life.deliver(&pipit, &event);
        }
        // Whoever found a customer taken comes again a minute later.
        for _ in 0..3 {
            memory.native.clock.advance(600);
            memory.run_jobs();
        }
        prop_assert_eq!(waiting(&pipit), 0);
        if !all.is_empty() {
            prop_assert_eq!(kept(&pipit, &life.subscription_id()), held(&life));
            prop_assert_eq!(access(&pipit, &life), life.access());
        }
    }
}

#[test]
fn what_comes_while_a_customer_is_read_waits_for_no_clock() {
    for slowness in 1..8 {
        let (pipit, stripe) = Stripe::start();
        let life = stripe.customer(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        for event in life.step() {
            block_on(life.arrive(&memory.context(), &event));
        }
        memory.native.http.be_slow(slowness);
        block_on(goes_on(memory, &life));
        memory.native.http.be_slow(0);
        memory.run_jobs();
        assert_eq!(waiting(&pipit), 0, "with answers that take {slowness} turns");
        assert_eq!(kept(&pipit, &life.subscription_id()), held(&life));
    }
}

#[test]
fn each_change_is_told_once() {
    let (pipit, stripe) = Stripe::start();
    let life = stripe.customer(&pipit);
    let mut told = Vec::new();
    for _ in 0..life.steps() {
        for event in life.step() {
            life.deliver(&pipit, &event);
            pipit.run_jobs();
            life.deliver(&pipit, &event);
            pipit.run_jobs();
        }
        told = log(&pipit);
    }
    let life = [
        "trial_began",
        "began",
        "renewed",
        "switched",
        "payment_failed",
        "recovered",
        "cancel_set",
        "cancel_unset",
        "paused",
        "resumed",
        "disputed",
        "dispute_won",
        "refunded",
        "ended",
    ];
    assert_eq!(told, life);
}

fn log(pipit: &Pipit) -> Vec<String> {
    let memory = pipit.memory().expect("it is in memory");
    let outcomes = memory.sql(vec![sql("select kind from billing_log order by at, id", [])]);
    outcomes[0].rows.iter().map(|row| row.text("kind").unwrap()).collect()
}

#[test]
fn what_did_not_come_from_a_checkout_of_ours_grants_nothing() {
    let (pipit, stripe) = Stripe::start();
    for wrong in ["client_reference_id", "payment_status", "nothing there"] {
        let life = stripe.customer(&pipit);
        let events = life.step();
        life.falsify(wrong);
        for event in &events {
            life.deliver(&pipit, event);
        }
        pipit.run_jobs();
        assert_eq!(access(&pipit, &life), "none", "{wrong}");
    }
    let (ann, bob) = (stripe.customer(&pipit), stripe.customer(&pipit));
    let events = ann.step();
    ann.pay_with_the_intent_of(&bob);
    events.iter().for_each(|event| ann.deliver(&pipit, event));
    pipit.run_jobs();
    assert_eq!(access(&pipit, &ann), "none", "a checkout is its own account's");
}

#[test]
fn a_price_that_is_not_ours_or_charged_otherwise_grants_nothing() {
    let (pipit, stripe) = Stripe::start();
    for (name, value) in [
        ("/items/data/0/price/id", json!("price_other")),
        ("/items/data/0/price/unit_amount", json!(1)),
        ("/items/data/0/price/currency", json!("jpy")),
        ("/items/data/0/quantity", json!(2)),
    ] {
        let life = stripe.customer(&pipit);
        let events = life.step();
        life.change(name, value);
        events.iter().for_each(|event| life.deliver(&pipit, event));
        pipit.run_jobs();
        assert_eq!(access(&pipit, &life), "none", "{name}");
    }
}

#[test]
fn a_customer_that_stripe_lost_loses_the_plan_and_nothing_else() {
    let (pipit, stripe) = Stripe::start();
    let life = stripe.customer(&pipit);
    let events = [life.step(), life.step()].concat();
    events.iter().for_each(|event| life.deliver(&pipit, event));
    pipit.run_jobs();
    assert_eq!(access(&pipit, &life), "full");
    let gone = life.vanish();
    life.deliver(&pipit, &gone);
    pipit.run_jobs();
    assert_eq!(access(&pipit, &life), "none");
    let memory = pipit.memory().expect("it is in memory");
    assert_eq!(memory.count("select count(*) as n from customers where deleted_at is not null"), 1);
}

#[test]
fn while_stripe_does_not_answer_nothing_is_lost() {
    let (pipit, stripe) = Stripe::start();
    let life = stripe.customer(&pipit);
    stripe.be_down(true);
    life.step().iter().for_each(|event| life.deliver(&pipit, event));
    pipit.run_jobs();
    assert!(waiting(&pipit) > 0);
    stripe.be_down(false);
    let memory = pipit.memory().expect("it is in memory");
    memory.native.clock.advance(120);
    memory.run_jobs();
    assert_eq!((waiting(&pipit), access(&pipit, &life).as_str()), (0, "full"));
}
