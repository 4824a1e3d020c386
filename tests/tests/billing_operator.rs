//! What the operator sees of payments, does about them, and is told of.

use base64::prelude::{BASE64_STANDARD, Engine};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};
use tests::{Answer, Browser, Pipit, Stripe};

const OPERATOR: &str = "operator@localhost.example";
const PAGE: &str = "/operator/billing";
const LOOKUP: &str = "/operator/billing/lookup";
const PAGES: [&str; 3] = [PAGE, "/operator/billing/report", "/operator/billing/report.csv"];

/// The operator's browser. The account is made by whoever comes first.
fn operator(pipit: &Pipit) -> Browser {
    let chief = pipit.browser();
    let (_, mail) = chief.ask_to_sign_up(&pipit.name("chief"), OPERATOR);
    chief.use_link(&mail).expect(303);
    chief.get(PAGE).expect(200);
    chief
}

/// Somebody on a trial of Premium, as Pipit knows.
fn subscriber(pipit: &Pipit, stripe: &Stripe<'_>, name: &str) -> Browser {
    let ann = pipit.sign_up(name);
    ann.post("/settings/billing/checkout", &[("price", "price_premium_month")]).expect(303);
    stripe.customer(&ann).pays();
    let is_so = |page: &Answer| page.text().contains("<p class=\"plan\">Premium</p>");
    pipit.eventually(|| ann.get("/settings/billing"), is_so);
    ann
}

fn look_up(chief: &Browser, words: &str) -> Answer {
    chief.post(LOOKUP, &[("q", words)]).expect(200)
}

/// A reconciliation on a runtime goes through everybody's customers, and repairs what another test waits for.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn the_operator_sees_both_sides_and_puts_them_right() {
    let _alone = ALONE.lock();
    let pipit = Pipit::with_hooks();
    let stripe = Stripe::of(&pipit);
    let ann = subscriber(&pipit, &stripe, "ann");
    let there = stripe.customer(&ann);
    let customer = there.id();
    // Nobody else knows of these pages.
    for path in PAGES {
        ann.get(path).expect(404);
        pipit.browser().get(path).expect(303);
    }
    for path in [LOOKUP, "/operator/billing/reconciliation", "/operator/billing/reconciliations"] {
        ann.post(path, &[("q", &ann.username), ("customer", &customer)]).expect(404);
    }

    let chief = operator(&pipit);
    for words in [
        ann.username.clone(),
        format!("@{}", ann.username),
        ann.email.to_uppercase(),
        customer.clone(),
    ] {
        let page = look_up(&chief, &words).expect_text(&customer).expect_text("The same.");
        assert!(
            page.text().contains("trialing") && !page.text().contains("They differ"),
            "{words}"
        );
    }
    chief.post(LOOKUP, &[("q", "nobody-of-that-name")]).expect(400);

    // An event that never comes.
    there.delivery("off");
    there.cancels("period_end");
    look_up(&chief, &ann.username).expect_text("They differ.");
    let page =
        chief.post("/operator/billing/reconciliation", &[("customer", &customer)]).expect(200);
    let page = page.expect_text("It differed and is put right.").expect_text("The same.");
    page.expect_text("cancel set").expect_text("looked at it").expect_text("reconciled it");
    let page =
        chief.post("/operator/billing/reconciliation", &[("customer", &customer)]).expect(200);
    page.expect_text("Nothing differed.");

    // All of them, by a job.
    there.keeps();
    chief.post("/operator/billing/reconciliations", &[("scope", "asked")]).expect(303);
    // On a runtime there are the customers of all tests to go through.
    let began = Instant::now();
    while look_up(&chief, &ann.username).text().contains("They differ.") {
        assert!(began.elapsed() < Duration::from_secs(150), "nobody put it right");
        thread::sleep(Duration::from_secs(1));
    }
    look_up(&chief, &ann.username).expect_text("cancel unset").expect_text("(by reconcile)");
    chief.get(PAGE).expect(200).expect_text("/operator/billing/reconciliations/");

    // What comes in.
    chief.get("/operator/billing/report").expect(200).expect_text("<svg").expect_text("EUR");
    let table = chief.get("/operator/billing/report.csv").expect(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(table.text().starts_with("month,currency,mrr,"), "{}", table.text());
}

#[test]
fn a_chat_and_a_program_of_the_operators_are_told() {
    let _alone = ALONE.lock();
    let pipit = Pipit::with_hooks();
    let stripe = Stripe::of(&pipit);
    let ben = subscriber(&pipit, &stripe, "ben");
    let there = stripe.customer(&ben);
    there.cancels("period_end");
    let eventually = |name: &str, words: &str| {
        let began = Instant::now();
        loop {
            pipit.run_jobs();
            let found = pipit.hooks(name, &ben.username);
            if let Some(hook) = found.iter().find(|hook| hook.body.contains(words)) {
                return hook.clone();
            }
            let is_late = began.elapsed() > Duration::from_secs(75);
            assert!(!is_late, "{name} is not told {words}: {found:?}");
            thread::sleep(Duration::from_millis(200));
        }
    };
    let text = |hook: &tests::Hook| {
        let value: Value = serde_json::from_str(&hook.body).expect("it is JSON");
        value["text"].as_str().expect("it has a text").to_owned()
    };
    let username = &ben.username;
    assert_eq!(text(&eventually("chat", "New here")), format!("New here: {username}"));
    let cancelled = format!("{username} (premium): cancelled: it ends with what is paid for");
    assert_eq!(text(&eventually("chat", "cancelled")), cancelled);

    let hook = eventually("entitlement", "\"cancel_at_period_end\":true");
    let value: Value = serde_json::from_str(&hook.body).expect("it is JSON");
    assert_eq!(value["type"], "entitlement.changed");
    let data = &value["data"];
    assert_eq!((&data["plan"], &data["state"]), (&"premium".into(), &"full".into()));
    assert!(data["ends_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{value}");
    assert!(!hook.body.contains('@') && !hook.body.contains("cus_"), "{value}");
    assert_eq!(hook.header("webhook-signature"), signature(&hook));

    there.payments("fail");
    there.keeps();
    there.days_pass(15);
    let failed = format!("{username} (premium): a payment failed");
    assert_eq!(text(&eventually("chat", "a payment failed")), failed);
    eventually("entitlement", "\"state\":\"past_due\"");
}

/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
fn signature(hook: &tests::Hook) -> String {
    let key = "pipit is a small brown bird, so!";
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    let (id, time) = (hook.header("webhook-id"), hook.header("webhook-timestamp"));
    assert!(id.starts_with("evt_") && time.len() == 10, "{hook:?}");
    mac.update(format!("{id}.{time}.{}", hook.body).as_bytes());
    let bytes = mac.finalize().into_bytes();
    format!("v1,{}", BASE64_STANDARD.encode(bytes))
}

mod in_memory {
    //! What wants a clock that is moved, rows, or another operator's settings.

    use super::*;
    use host_native::When;
    use serde_json::json;
    use std::{cell::Cell, rc::Rc};

    #[test]
    fn what_was_made_by_hand_is_granted_when_the_operator_says_so() {
        let pipit = Pipit::with_hooks();
        let stripe = Stripe::of(&pipit);
        let (chief, ann) = (operator(&pipit), pipit.sign_up("ann"));
        let made = stripe.tell(
            "make",
            json!({"people": [{"username": "somebody", "reference": "by hand", "price": "price_pro_month"}]}),
        );
        let customer = made["made"][0]["customer"].as_str().expect("it has an id").to_owned();

        let page =
            look_up(&chief, &customer).expect_text("Nobody here").expect_text("not known here");
        assert!(!page.text().contains("Accept it"), "it is nobody's");
        let link = [("customer", customer.as_str()), ("username", "ann"), ("reason", "by phone")];
        chief.post("/operator/billing/link", &[link[0], link[1], ("reason", " ")]).expect(400);
        let page = chief.post("/operator/billing/link", &link).expect(200);
        let page = page.expect_text("not from a checkout of ours").expect_text("by phone");
        chief.post("/operator/billing/link", &link).expect(400);
        assert_eq!(plan_of(&ann), "Free");
        chief.get(PAGE).expect(200).expect_text("that no checkout of ours made");

        let subscription =
            page.between("name=\"subscription\" value=\"", "\"").expect("it can be accepted");
        let accept = [
            ("customer", customer.as_str()),
            ("subscription", subscription.as_str()),
            ("reason", "Paid in cash <b>"),
        ];
        ann.post("/operator/billing/acceptance", &accept).expect(404);
        chief.post("/operator/billing/acceptance", &[accept[0], accept[1]]).expect(400);
        let other = [accept[0], ("subscription", "sub_other"), accept[2]];
        chief.post("/operator/billing/acceptance", &other).expect(404);
        let page = chief.post("/operator/billing/acceptance", &accept).expect(200);
        page.expect_text("The same.")
            .expect_text("Paid in cash &#60;b&#62;")
            .expect_text("(by chief)");
        assert_eq!(plan_of(&ann), "Pro");
        let told = pipit.hooks("entitlement", "\"plan\":\"pro\"");
        assert_eq!(told.len(), 1, "{told:?}");
    }

    fn plan_of(person: &Browser) -> String {
        person
            .get("/settings/billing")
            .expect(200)
            .between("<p class=\"plan\">", "</p>")
            .expect("a plan")
    }

    #[test]
    fn a_program_that_does_not_answer_is_told_for_a_day_what_is_so_by_then() {
        let pipit = Pipit::with_hooks();
        let stripe = Stripe::of(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        let (is_up, seen) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
        let (up, count) = (is_up.clone(), seen.clone());
        memory.native.http.answer("http://localhost:8025/hooks/entitlement", move |_| {
            count.set(count.get() + 1);
            let status = if up.get() { 204 } else { 401 };
            http::Response::builder().status(status).body("".into()).expect("a response")
        });
        let ann = subscriber(&pipit, &stripe, "ann");
        let ids = || -> std::collections::BTreeSet<String> {
            let all = pipit.hooks("entitlement", "ann");
            all.iter().map(|hook| hook.header("webhook-id").to_owned()).collect()
        };
        for _ in 0..24 * 6 {
            memory.native.clock.advance(600);
            pipit.run_jobs();
        }
        assert_eq!(ids().len(), 1, "one event, under one id");
        assert!((9..=12).contains(&seen.get()), "{} tries in a day", seen.get());
        stripe.customer(&ann).cancels("now");
        is_up.set(true);
        let before = seen.get();
        for _ in 0..24 * 6 {
            memory.native.clock.advance(600);
            pipit.run_jobs();
        }
        assert_eq!(seen.get() - before, 2, "the late one and the one of the end");
        let all = pipit.hooks("entitlement", "ann");
        let last: Vec<bool> =
            all.iter().rev().take(2).map(|hook| hook.body.contains("\"plan\":\"free\"")).collect();
        assert_eq!(last, [true, true], "nobody is told what was so yesterday");
        let dead = "select count(*) as n from jobs where dead_at is not null";
        assert_eq!(memory.count(dead), 0);
    }

    #[test]
    fn a_job_that_was_given_up_is_tried_again_when_the_operator_says_so() {
        let pipit = Pipit::with_hooks();
        let stripe = Stripe::of(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        let chief = operator(&pipit);
        let ann = subscriber(&pipit, &stripe, "ann");
        memory.native.faults.fail_always("http POST localhost/hooks/chat", When::Before);
        stripe.customer(&ann).cancels("period_end");
        for _ in 0..30 {
            memory.native.clock.advance(600);
            pipit.run_jobs();
        }
        let page = chief.get(PAGE).expect(200).expect_text("billing-notice");
        let retry = page.attributes("action").into_iter().find(|path| path.ends_with("/retry"));
        let retry = retry.expect("there is a button");
        assert_eq!(pipit.hooks("chat", "ann (premium)").len(), 0);
        memory.native.faults.heal();
        ann.post(&retry, &[]).expect(404);
        chief.post(&retry, &[]).expect(303);
        assert_eq!(pipit.hooks("chat", "ann (premium)").len(), 1);
        assert!(!chief.get(PAGE).expect(200).text().contains("billing-notice"));
    }

    #[test]
    fn where_nothing_is_paid_for_there_are_no_such_pages() {
        let pipit = Pipit::with(&[("BILLING", "off")]);
        let chief = pipit.browser();
        let (_, mail) = chief.ask_to_sign_up("chief", OPERATOR);
        chief.use_link(&mail).expect(303);
        assert!(!chief.get("/operator").expect(200).text().contains(PAGE));
        for path in PAGES {
            chief.get(path).expect(404);
        }
        chief.post(LOOKUP, &[("q", "chief")]).expect(404);
    }

    #[test]
    fn no_notice_is_written_where_there_is_no_chat() {
        let pipit = Pipit::in_memory();
        pipit.memory().expect("it is in memory").runs_jobs.set(true);
        pipit.sign_up("ann");
        let jobs = "select count(*) as n from jobs where kind = 'signup-notice'";
        assert_eq!(pipit.memory().expect("it is in memory").count(jobs), 0);
    }

    #[test]
    fn the_report_counts_months_and_currencies() {
        let pipit = Pipit::with_hooks();
        let memory = pipit.memory().expect("it is in memory");
        let chief = operator(&pipit);
        // 22 November 2026: one since August, a yearly one since October, one of September that ended in October,
        // a trial that still runs, one in dollars whose payment failed, and one of a plan that is not ours.
        for (id, status, amount, currency, interval, made, trial, ended) in [
            ("a", "active", 500, "eur", "month", "2026-08-10", "", ""),
            ("b", "active", 5_000, "eur", "year", "2026-10-01", "", ""),
            ("c", "canceled", 500, "eur", "month", "2026-09-02", "", "2026-10-30"),
            ("d", "trialing", 500, "eur", "month", "2026-11-20", "2026-12-04", ""),
            ("e", "past_due", 700, "usd", "month", "2026-10-05", "2026-10-19", ""),
        ] {
            memory.sql(vec![
                platform::sql(
                    "insert or ignore into customers (id, account_id, made_at) select 'cus_1', id, 1 from accounts",
                    [],
                ),
                platform::sql(
                    "insert into billing_subscriptions (id, customer_id, account_id, status, price_id, plan, amount, currency,
                       interval, cancel_at_period_end, made_at, trial_ends_at, ended_at, payment, is_accepted, seq)
                     select ?1, 'cus_1', account_id, ?2, 'p', 'premium', ?3, ?4, ?5, 0, unixepoch(?6),
                       unixepoch(nullif(?7, '')), unixepoch(nullif(?8, '')), 'good', 1, 1 from customers",
                    [id.into(), status.into(), i64::from(amount).into(), currency.into(), interval.into(), made.into(), trial.into(), ended.into()],
                ),
            ]);
        }
        memory.sql(vec![platform::sql(
            "insert into billing_log (id, account_id, customer_id, subscription_id, at, kind, plan_before, plan, status, currency,
               interval, by) select 'l', account_id, id, 'e', unixepoch('2026-11-19'), 'payment_failed', '', '', 'past_due', 'usd',
               'month', 'stripe' from customers",
            [],
        )]);
        let table = chief.get("/operator/billing/report.csv").expect(200).text();
        let lines: Vec<&str> = table.split("\r\n").collect();
        assert_eq!(lines.len(), 1 + 24 + 1, "{table}");
        for line in [
            "2026-07,eur,0.00,0,0,0,0,0.0,0",
            "2026-08,eur,5.00,1,0,1,0,0.0,0",
            "2026-09,eur,10.00,2,0,1,0,0.0,0",
            "2026-10,eur,9.17,2,0,1,1,50.0,0",
            "2026-11,eur,9.17,2,1,0,0,0.0,0",
            "2026-10,usd,7.00,1,1,1,0,0.0,0",
            "2026-11,usd,7.00,1,0,0,0,0.0,1",
        ] {
            assert!(lines.contains(&line), "{line} is not in\n{table}");
        }
        let page = chief.get("/operator/billing/report").expect(200);
        let page =
            page.expect_text("in EUR: €9.17").expect_text("in USD: $7").expect_text("50.0 %");
        assert_eq!(page.text().matches("<rect").count(), 24);
    }
}
