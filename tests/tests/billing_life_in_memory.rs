//! What Pipit has of customers beside what Stripe has of them: after events in any order, and after a week
//! without any.

use futures_executor::block_on;
use host_native::When;
use platform::sql;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Browser, DAY, Memory, Pipit, Stripe};

const MONTH: &str = "price_premium_month";
const PRO: &str = "price_pro_month";
const CUSTOMERS: usize = 1_000;

fn memory(pipit: &Pipit) -> &Memory {
    pipit.memory().expect("it is in memory")
}

/// The columns of a subscription that are Stripe's to say, as one text; then what is granted.
const STORED: &str = "select c.id, coalesce(json_array(s.id, s.status, s.price_id, s.amount, s.period_ends_at, s.trial_ends_at,
    s.cancel_at, s.cancel_at_period_end, s.canceled_at, s.ended_at, s.payment), '') as subscription,
    coalesce(e.plan, '') as plan, coalesce(e.access, 'none') as access
  from customers c left join entitlements e on e.account_id = c.account_id
  left join billing_subscriptions s on s.customer_id = c.id";

/// What Pipit has of each customer: its subscription, and the plan that it grants.
fn stored(pipit: &Pipit) -> BTreeMap<String, (Value, String, String)> {
    let outcomes = memory(pipit).sql(vec![sql(STORED, [])]);
    let row = |row: &platform::Row| {
        let text = |name: &str| row.text(name).expect("the column is text");
        let subscription = serde_json::from_str(&text("subscription")).unwrap_or_default();
        (text("id"), (subscription, text("plan"), text("access")))
    };
    outcomes[0].rows.iter().map(row).collect()
}

/// The same of what Stripe has, by the table of statuses and not by our code.
fn at_stripe(books: &Value) -> (Value, String, String) {
    let one = &books["subscription"][0];
    let item = &one["items"]["data"][0];
    let paid: Vec<&Value> = books["charge"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|charge| charge["status"] == "succeeded")
        .collect();
    let dispute = books["dispute"].as_array().into_iter().flatten();
    let dispute = paid.first().and_then(|paid| dispute.clone().find(|d| d["charge"] == paid["id"]));
    let payment = match (paid.first(), dispute.map(|d| &d["status"])) {
        (Some(charge), _) if charge["refunded"] == true => "refunded",
        (_, Some(status)) if status == "lost" => "lost",
        (_, Some(status)) if status != "won" => "disputed",
        _ => "good",
    };
    let price = item["price"]["id"].as_str().unwrap_or_default();
    let plan = if price == PRO { "pro" } else { "premium" };
    let access = match one["status"].as_str() {
        Some("active" | "trialing") => "full",
        Some("past_due") => "past_due",
        _ => "none",
    };
    let access = if ["refunded", "lost"].contains(&payment) { "none" } else { access };
    let plan = if access == "none" { "" } else { plan };
    let subscription = json!([
        one["id"],
        one["status"],
        price,
        item["price"]["unit_amount"],
        item["current_period_end"],
        one["trial_end"],
        one["cancel_at"],
        i64::from(one["cancel_at_period_end"] == true),
        one["canceled_at"],
        one["ended_at"],
        payment,
    ]);
    (subscription, plan.to_owned(), access.to_owned())
}

#[track_caller]
fn is_as_at_stripe(pipit: &Pipit, stripe: &Stripe, customers: &[String]) {
    let books = stripe.ask("books", json!({ "customers": customers }));
    let ours = stored(pipit);
    let differ: Vec<String> = customers
        .iter()
        .filter(|id| ours.get(*id) != Some(&at_stripe(&books[id.as_str()])))
        .map(|id| format!("{:?}\n{:?}", ours.get(id), at_stripe(&books[id.as_str()])))
        .collect();
    let (count, all) = (differ.len(), customers.len());
    assert!(differ.is_empty(), "{count} of {all} differ:\n{}", differ[0]);
}

/// A life whose events wait at Stripe; which one `way` decides.
fn live(stripe: &Stripe, person: &Browser, way: u64) {
    person.post("/settings/billing/checkout", &[("price", MONTH)]).expect(303);
    let there = stripe.customer(person);
    there.delivery("held");
    there.pays();
    there.days_pass(15);
    there.switches_to(PRO);
    there.payments("fail");
    there.days_pass(31);
    there.pays_with_another_card();
    match way % 5 {
        0 => there.cancels("period_end"),
        1 => there.is_refunded(None),
        2 => there.disputes(),
        3 => {
            there.payments("fail");
            there.days_pass(31);
        }
        _ => there.cancels("now"),
    }
}

#[test]
fn every_order_of_a_life_ends_as_it_did_at_stripe() {
    for seed in 0..10 {
        let pipit = Pipit::in_memory();
        let stripe = Stripe::of(&pipit);
        let ann = pipit.sign_up("ann");
        live(&stripe, &ann, seed);
        let there = stripe.customer(&ann);
        there.released(seed, 3);
        is_as_at_stripe(&pipit, &stripe, &[there.id()]);
        // And everything once more, long after.
        there.repeated(seed + 100, 2);
        is_as_at_stripe(&pipit, &stripe, &[there.id()]);
        assert_eq!(waiting(&pipit), 0);
    }
}

fn waiting(pipit: &Pipit) -> i64 {
    memory(pipit).count("select count(*) as n from stripe_events where state = 'received'")
}

#[test]
fn while_stripe_or_the_database_fails_nothing_is_lost() {
    for (fault, when) in [
        ("http GET localhost/v1/subscriptions", When::Before),
        ("http GET localhost/v1/charges", When::After),
        ("http GET localhost/v1/checkout", When::After),
        ("db", When::Before),
        ("db", When::After),
    ] {
        let pipit = Pipit::in_memory();
        let stripe = Stripe::of(&pipit);
        let ann = pipit.sign_up("ann");
        live(&stripe, &ann, 0);
        let there = stripe.customer(&ann);
        memory(&pipit).runs_jobs.set(false);
        stripe.hold_deliveries();
        there.released(7, 2);
        memory(&pipit).native.faults.fail_always(fault, when);
        let statuses = stripe.deliver_now();
        let is_stored = fault != "db";
        if when == When::Before || is_stored {
            let expected = if is_stored { 200 } else { 503 };
            assert!(statuses.iter().all(|status| *status == expected), "{statuses:?}");
        }
        let _ = block_on(web::run_jobs(&memory(&pipit).context(), app::FUNCTIONS));
        memory(&pipit).native.faults.heal();
        assert!(!is_stored || waiting(&pipit) > 0);
        every_good_answer_has_a_row(&pipit, &there.tries());
        memory(&pipit).native.clock.advance(3 * 3600);
        memory(&pipit).runs_jobs.set(true);
        assert!(stripe.deliver_now().iter().all(|status| *status == 200));
        memory(&pipit).run_jobs();
        is_as_at_stripe(&pipit, &stripe, &[there.id()]);
        assert_eq!(waiting(&pipit), 0);
    }
}

fn every_good_answer_has_a_row(pipit: &Pipit, tries: &Value) {
    let rows = memory(pipit).sql(vec![sql("select id from stripe_events", [])]);
    let rows: Vec<String> =
        rows[0].rows.iter().map(|row| row.text("id").expect("the column is text")).collect();
    let good = tries.as_array().into_iter().flatten().filter(|one| one["status"] == 200);
    for one in good {
        assert!(rows.iter().any(|id| one["event"] == **id), "{one} has no row");
    }
}

/// Customers who all paid, of whom no event came.
fn customers(pipit: &Pipit, stripe: &Stripe, count: usize) -> Vec<String> {
    let name = |nth: usize| format!("person{nth:04}");
    let people: Vec<Value> = (0..count)
        .map(|nth| json!({ "username": name(nth), "reference": format!("intent{nth:04}"), "price": MONTH, "trial_days": 14 * (nth / 8 % 2) }))
        .collect();
    let made = stripe.ask("make", json!({ "people": people }))["made"].clone();
    let made = made.as_array().expect("a list").iter().enumerate();
    made.map(|(nth, one)| {
        let id = one["customer"].as_str().expect("an id").to_owned();
        memory(pipit).sql(account(&name(nth), &id, &format!("intent{nth:04}")));
        id
    })
    .collect()
}

fn account(name: &str, customer: &str, intent: &str) -> Vec<platform::Sql> {
    vec![
        sql(
            "insert into accounts (id, username, email, name, created_at) values (?1, ?1, ?1 || '@example.com', ?1, 1)",
            [name.into()],
        ),
        sql(
            "insert into customers (id, account_id, made_at) values (?1, ?2, 1)",
            [customer.into(), name.into()],
        ),
        sql(
            "insert into checkout_intents (id, account_id, customer_id, price_id, plan, trial_days, made_at, state)
             values (?1, ?2, ?3, 'price_premium_month', 'premium', 0, 1, 'open')",
            [intent.into(), name.into(), customer.into()],
        ),
    ]
}

/// Has all be compared; the report names the customers that differed, with what was so and what is.
fn reconcile(pipit: &Pipit, scope: &str) -> BTreeMap<String, (String, String)> {
    let cx = memory(pipit).context();
    block_on(store::reconciliation::ask(&cx, scope)).expect("it is asked for");
    while block_on(web::run_jobs(&memory(pipit).context(), app::FUNCTIONS)).expect("jobs run") > 0 {
    }
    let last = block_on(store::reconciliation::list(&cx, 1)).expect("they are listed").remove(0);
    assert_eq!((last.stage.as_str(), last.failed), ("done", 0));
    let all = block_on(store::reconciliation::differences(&cx, &last.id, "", 10_000));
    let all = all.expect("they are listed").into_iter();
    all.map(|one| (one.customer_id, (one.had, one.has))).collect()
}

#[test]
fn a_week_without_events_is_made_good_for_a_thousand() {
    let pipit = Pipit::in_memory();
    let stripe = Stripe::of(&pipit);
    let customers = customers(&pipit, &stripe, CUSTOMERS);
    assert_eq!(reconcile(&pipit, "full").len(), CUSTOMERS, "nobody was known to have paid");
    is_as_at_stripe(&pipit, &stripe, &customers);

    // The endpoint is off for a week.
    let mut drifted = Vec::new();
    for some in customers.chunks(CUSTOMERS / 7 + 1) {
        memory(&pipit).native.clock.advance(DAY);
        let done = stripe.ask("drift", json!({ "customers": some }))["done"].clone();
        drifted.extend(done.as_array().cloned().unwrap_or_default());
    }
    let differences = reconcile(&pipit, "asked");
    is_as_at_stripe(&pipit, &stripe, &customers);
    for one in &drifted {
        let (id, kind) = (one["customer"].as_str().expect("an id"), &one["kind"]);
        let named = differences.get(id);
        assert_eq!(named.is_some(), kind != "nothing", "{id}: {kind}: {named:?}");
        assert!(named.is_none_or(|(had, has)| had != has), "{id}: {named:?}");
    }
    assert_eq!(differences.len(), drifted.iter().filter(|one| one["kind"] != "nothing").count());
    assert_eq!(reconcile(&pipit, "asked").len(), 0);
}
