//! Choosing a plan, paying for it at Stripe, and what its page says in every state of it.

#[path = "billing_plan/till.rs"]
mod till;

use host_native::When;
use serde_json::json;
use std::collections::BTreeSet;
use tests::{Answer, Browser, Pipit};
use till::{Asked, MONTH, Till, YEAR, buy, open, tell};

const PAGE: &str = "/settings/billing";
const CHECKOUT: &str = "/settings/billing/checkout";
const PORTAL: &str = "/settings/billing/portal";

#[track_caller]
fn choose(person: &Browser, price: &str) -> Answer {
    person.post(CHECKOUT, &[("price", price)])
}

#[track_caller]
fn page(person: &Browser) -> Answer {
    person.get(PAGE).expect(200)
}

fn what(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| asked.what.as_str()).collect()
}

fn start() -> (Pipit, Till, Browser) {
    let (pipit, till) = open();
    let ann = pipit.sign_up("ann");
    (pipit, till, ann)
}

#[test]
fn the_page_says_what_one_has_and_what_the_plans_cost() {
    let (_pipit, _till, ann) = start();
    let shown = page(&ann).expect_text("You pay nothing.").expect_text("€5 a month");
    let shown = shown.expect_text("€50 a year").expect_text("The first 14 days cost nothing.");
    let policy = shown.header("content-security-policy").to_owned();
    let allowed = "form-action 'self' https://checkout.stripe.com https://billing.stripe.com";
    assert!(policy.contains(allowed), "{policy}");
    let other = ann.get("/settings/blogs").expect(200);
    assert!(!other.header("content-security-policy").contains("stripe"));
    for name in shown.attributes("name").iter().chain(&shown.attributes("autocomplete")) {
        assert!(
            !name.contains("card") && !name.starts_with("cc-") && !name.contains("cvc"),
            "{name}"
        );
    }
    // Nobody manages what there is not.
    assert!(!shown.text().contains(PORTAL));
    ann.post(PORTAL, &[]).expect(303);
}

#[test]
fn choosing_a_plan_leads_to_stripe_with_an_intent_of_ours() {
    let (pipit, till, ann) = start();
    let answer = choose(&ann, MONTH).expect(303);
    assert_eq!(answer.header("location"), "https://checkout.stripe.com/c/pay/cs_test_1");
    let posts = till.posts();
    assert_eq!(what(&posts), ["POST /v1/customers", "POST /v1/checkout/sessions"]);
    assert_eq!(posts[0].form["metadata[username]"], ann.username);
    assert_eq!(posts[0].form["email"], ann.email);
    let form = &posts[1].form;
    assert_eq!(form["client_reference_id"], posts[1].key);
    assert_eq!(form["subscription_data[metadata][intent]"], posts[1].key);
    assert_eq!(form["subscription_data[trial_period_days]"], "14");
    assert_eq!(
        (form["mode"].as_str(), form["line_items[0][price]"].as_str()),
        ("subscription", MONTH)
    );
    let memory = pipit.memory().expect("it is in memory");
    let open = memory.count("select count(*) as n from checkout_intents where state = 'open'");
    assert_eq!(open, 1);
    page(&ann).expect_text("You pay nothing.");
}

#[test]
fn the_same_pressed_again_is_the_same_checkout() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    let first = choose(&ann, MONTH).expect(303);
    memory.native.clock.advance(22 * 3600);
    let again = choose(&ann, MONTH).expect(303);
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(what(&till.posts()), ["POST /v1/customers", "POST /v1/checkout/sessions"]);
    // After a day Stripe has closed it.
    memory.native.clock.advance(2 * 3600);
    let later = choose(&ann, MONTH).expect(303);
    assert_ne!(first.header("location"), later.header("location"));
}

#[test]
fn a_lost_answer_of_stripes_is_asked_for_again_with_the_same_key() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    for when in [When::Before, When::After] {
        memory.native.faults.fail_always("http POST api.stripe.com/v1/checkout", when);
        choose(&ann, MONTH).expect(503).expect_text("Nothing was bought or changed");
    }
    memory.native.faults.heal();
    choose(&ann, MONTH).expect(303);
    let mut keys: Vec<String> = till.posts().into_iter().map(|asked| asked.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 2, "one of the customer, one of the checkout: {keys:?}");
    assert_eq!(memory.count("select count(*) as n from customers"), 1);
    assert_eq!(memory.count("select count(*) as n from checkout_intents"), 1);
}

#[test]
fn the_power_may_go_at_any_moment_of_choosing() {
    for operations in 0..60 {
        let (pipit, till, ann) = start();
        let memory = pipit.memory().expect("it is in memory");
        memory.runs_jobs.set(false);
        memory.native.faults.stop_after(operations);
        let is_through = choose(&ann, MONTH).status == 303;
        memory.native.faults.heal();
        choose(&ann, MONTH).expect(303);
        let keys: BTreeSet<String> = till.posts().into_iter().map(|asked| asked.key).collect();
        assert_eq!(keys.len(), 2, "after {operations}: one of the customer, one of the checkout");
        let customers = memory.count("select count(*) as n from customers");
        let open = memory.count("select count(*) as n from checkout_intents where state = 'open'");
        assert_eq!((customers, open), (1, 1), "after {operations}");
        if is_through {
            assert!(operations > 10, "{operations}");
            return;
        }
    }
    panic!("it never came through");
}

#[test]
fn pressed_ten_times_at_once_it_is_one_checkout() {
    let (pipit, till, ann) = start();
    let form = tests::Ask::form(CHECKOUT, &[("price", MONTH)]);
    let answers = ann.send_at_once(10, form);
    let places: BTreeSet<String> =
        answers.iter().map(|answer| answer.header("location").to_owned()).collect();
    assert_eq!(places.len(), 1, "{places:?}");
    let sessions: BTreeSet<String> = till.posts().into_iter().map(|asked| asked.key).collect();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let memory = pipit.memory().expect("it is in memory");
    assert_eq!(memory.count("select count(*) as n from checkout_intents"), 1);
}

#[test]
fn another_price_ends_the_checkout_before_so_that_nobody_pays_for_both() {
    let (_pipit, till, ann) = start();
    choose(&ann, MONTH).expect(303);
    till.asked();
    choose(&ann, YEAR).expect(303);
    let ended = "POST /v1/checkout/sessions/cs_test_1/expire";
    assert_eq!(what(&till.posts()), [ended, "POST /v1/checkout/sessions"]);
}

#[test]
fn who_has_paid_already_is_not_sent_to_pay_again() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    choose(&ann, MONTH).expect(303);
    till.pay(memory);
    // Stripe has not told us yet.
    let answer = choose(&ann, YEAR).expect(303);
    assert_eq!(answer.header("location"), "/settings/billing?said=paid");
    // It has, now: what there is to change is at Stripe.
    tell(memory);
    till.asked();
    let answer = choose(&ann, YEAR).expect(303);
    assert_eq!(answer.header("location"), "https://billing.stripe.com/p/session/1");
    assert_eq!(what(&till.posts()), ["POST /v1/billing_portal/sessions"]);
}

#[test]
fn coming_back_grants_nothing_and_shows_the_plan_once_stripe_says_so() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    choose(&ann, MONTH).expect(303);
    till.asked();
    let mut looks = 0;
    let mut next = "/settings/billing?said=paid".to_owned();
    loop {
        let shown = ann.get(&next).expect(200).expect_text("You pay nothing.");
        let Some((_, place)) = shown.header("refresh").split_once("; url=") else { break };
        next = place.to_owned();
        looks += 1;
        assert!(looks < 20, "it looks again without end");
    }
    assert!(looks > 4, "{looks}");
    let reads = till.asked().iter().filter(|asked| asked.what == "GET /v1/subscriptions").count();
    assert_eq!(reads, 1, "Stripe is asked once by those who wait");
    till.pay(memory);
    let shown = ann.get("/settings/billing?said=paid").expect(200);
    assert_eq!(shown.header("cache-control"), "no-store");
    // That look had Stripe asked.
    let shown = ann.get("/settings/billing?said=paid&n=1").expect(200).expect_text("Premium");
    shown.expect_text("You are trying it until").expect_text("Then it costs €5 a month");
}

#[test]
fn a_trial_is_once_for_each_account() {
    let (pipit, till, ann) = start();
    buy(&pipit, &till, &ann, MONTH);
    till.change(|one| one["status"] = "canceled".into());
    tell(pipit.memory().expect("it is in memory"));
    till.asked();
    choose(&ann, MONTH).expect(303);
    let posts = till.posts();
    assert!(!posts[0].form.contains_key("subscription_data[trial_period_days]"), "{posts:?}");
}

#[test]
fn every_state_is_said_in_words() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    buy(&pipit, &till, &ann, MONTH);
    type Step = (fn(&mut serde_json::Value), &'static str, &'static [&'static str]);
    let steps: &[Step] = &[
        (|_| (), "Premium", &["You are trying it until", "Then it costs €5 a month"]),
        (
            |one| one["cancel_at_period_end"] = true.into(),
            "Premium",
            &["You cancelled, so nothing is paid"],
        ),
        (
            |one| {
                one["status"] = "active".into();
                one["cancel_at_period_end"] = false.into();
            },
            "Premium",
            &["It costs €5 a month and renews on"],
        ),
        (
            |one| one["cancel_at_period_end"] = true.into(),
            "Premium",
            &["You cancelled. You have it until"],
        ),
        (
            |one| {
                one["status"] = "past_due".into();
                one["cancel_at_period_end"] = false.into();
            },
            "Premium",
            &["did not go through. If nothing is paid until", "another card"],
        ),
        (
            |one| one["status"] = "unpaid".into(),
            "Free",
            &["failed too often", "Pay the open invoice"],
        ),
        (|one| one["status"] = "paused".into(), "Free", &["paused", "card"]),
        (|one| one["status"] = "incomplete".into(), "Free", &["your bank wants you to confirm it"]),
        (|one| one["status"] = "canceled".into(), "Free", &["You pay nothing."]),
    ];
    for (change, plan, words) in steps {
        till.change(*change);
        tell(memory);
        let shown = page(&ann);
        let title = shown.between("<p class=\"plan\">", "</p>").expect("a plan");
        assert_eq!(title, *plan, "{words:?}");
        for part in *words {
            assert!(shown.text().contains(part), "no “{part}” in:\n{}", shown.text());
        }
        assert_eq!(shown.text().contains(PORTAL), true, "{words:?}");
    }
}

#[test]
fn a_payment_that_went_back_is_said_in_words() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    buy(&pipit, &till, &ann, MONTH);
    till.change(|one| one["status"] = "canceled".into());
    tell(memory);
    buy(&pipit, &till, &ann, MONTH);
    for (change, plan, words) in [
        (
            json!({"disputed": true, "dispute": {"status": "needs_response"}}),
            "Premium",
            "asks for your last payment back",
        ),
        (
            json!({"disputed": true, "dispute": {"status": "lost"}}),
            "Free",
            "has taken your last payment back",
        ),
        (
            json!({"disputed": false, "dispute": null, "refunded": true}),
            "Free",
            "was given back to you",
        ),
    ] {
        till.change_charge(|charge| {
            charge
                .as_object_mut()
                .expect("a charge")
                .extend(change.as_object().expect("fields").clone());
        });
        tell(memory);
        let shown = page(&ann).expect_text(words);
        assert_eq!(shown.between("<p class=\"plan\">", "</p>").as_deref(), Some(plan));
    }
}

#[test]
fn without_stripe_the_page_says_so_and_nothing_is_half_done() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail_always("http", When::Before);
    let answer = choose(&ann, MONTH).expect(503);
    answer.expect_text("Nothing was bought or changed").expect_text("€5 a month");
    page(&ann).expect_text("You pay nothing.");
    assert_eq!(memory.count("select count(*) as n from customers"), 0);
    memory.native.faults.heal();
    buy(&pipit, &till, &ann, MONTH);
    memory.native.faults.fail_always("http", When::Before);
    ann.post(PORTAL, &[]).expect(503).expect_text("Premium");
}

#[test]
fn a_page_that_is_not_stripes_is_led_to_by_nobody() {
    let (_pipit, till, ann) = start();
    for page in ["https://evil.example/", "https://checkout.stripe.com.evil.example/", "//x", ""] {
        till.lead_to(page);
        choose(&ann, MONTH).expect(503);
        choose(&ann, YEAR).expect(503);
    }
}

#[test]
fn a_customer_whom_stripe_deleted_can_become_another() {
    let (pipit, till, ann) = start();
    let memory = pipit.memory().expect("it is in memory");
    choose(&ann, MONTH).expect(303);
    memory.native.clock.advance(24 * 3600);
    till.change_customer(|customer| customer["deleted"] = true.into());
    choose(&ann, MONTH).expect(503);
    choose(&ann, MONTH).expect(303);
    assert_eq!(memory.count("select count(*) as n from customers where id = 'cus_2'"), 1);
    assert_eq!(memory.count("select count(*) as n from customers"), 1);
}

#[test]
fn what_is_not_sold_cannot_be_bought() {
    let (pipit, till, ann) = start();
    for price in ["", "price_other", "free"] {
        choose(&ann, price).expect(400);
    }
    assert!(till.posts().is_empty());
    let foreign =
        tests::Ask::form(CHECKOUT, &[("price", MONTH)]).with("sec-fetch-site", "cross-site");
    ann.send(foreign).expect(403);
    let stranger = pipit.browser().post(CHECKOUT, &[("price", MONTH)]).expect(303);
    assert!(stranger.header("location").starts_with("/signin"));
    let free = Pipit::with(&[("BILLING", "off")]);
    let bob = free.sign_up("bob");
    choose(&bob, MONTH).expect(404);
    bob.post(PORTAL, &[]).expect(404);
}
