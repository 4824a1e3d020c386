//! A whole life with Stripe: each step happens there, its events come in, and the page of the plan says it.

use tests::{Answer, Browser, Customer, Pipit, Stripe};

const PAGE: &str = "/settings/billing";
const MONTH: &str = "price_premium_month";
const PRO: &str = "price_pro_month";
const FREE: &str = "You pay nothing.";

/// A person, and what their page says.
struct Life<'a> {
    pipit: &'a Pipit,
    person: Browser,
}

impl<'a> Life<'a> {
    fn of(pipit: &'a Pipit, name: &str) -> Self {
        Self { pipit, person: pipit.sign_up(name) }
    }

    /// The page says so, as soon as the events are applied.
    #[track_caller]
    fn says(&self, words: &[&str]) -> Answer {
        let is_so = |page: &Answer| words.iter().all(|words| page.text().contains(words));
        self.pipit.eventually(|| self.person.get(PAGE), is_so)
    }

    /// It says so, and nothing is wrong.
    #[track_caller]
    fn is_well(&self, words: &[&str]) {
        let is_so = |page: &Answer| {
            words.iter().all(|words| page.text().contains(words))
                && !page.text().contains("role=\"alert\"")
        };
        self.pipit.eventually(|| self.person.get(PAGE), is_so);
    }

    /// Chooses a price, and is led to a page of Stripe's.
    #[track_caller]
    fn chooses(&self, price: &str) {
        let led = self.person.post("/settings/billing/checkout", &[("price", price)]).expect(303);
        assert!(led.header("location").contains("/c/pay/cs_"), "{}", led.header("location"));
    }
}

fn plan(title: &str) -> String {
    format!("<p class=\"plan\">{title}</p>")
}

#[test]
fn from_the_trial_to_the_end_and_back_again() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let ann = Life::of(&pipit, "ann");
    ann.is_well(&[&plan("Free"), FREE, "The first 14 days cost nothing."]);

    ann.chooses(MONTH);
    ann.is_well(&[&plan("Free"), FREE]);
    let there = stripe.customer(&ann.person);
    there.pays();
    ann.is_well(&[&plan("Premium"), "You are trying it until", "Then it costs €5 a month"]);
    there.days_pass(15);
    ann.is_well(&[&plan("Premium"), "It costs €5 a month and renews on"]);
    there.switches_to(PRO);
    ann.is_well(&[&plan("Pro"), "It costs €15 a month and renews on"]);

    there.payments("fail");
    there.days_pass(31);
    ann.says(&[&plan("Pro"), "The last payment did not go through.", "If nothing is paid until"]);
    there.pays_with_another_card();
    ann.is_well(&[&plan("Pro"), "It costs €15 a month and renews on"]);

    for how in ["period_end", "cancel_at"] {
        there.cancels(how);
        ann.is_well(&[&plan("Pro"), "You cancelled. You have it until"]);
        there.keeps();
        ann.is_well(&[&plan("Pro"), "It costs €15 a month and renews on"]);
    }
    there.cancels("period_end");
    there.days_pass(32);
    let page = ann.says(&[&plan("Free"), FREE, "€5 a month"]);
    assert!(!page.text().contains("cost nothing"), "a trial comes once");
    ann.chooses(MONTH);
    there.pays();
    ann.is_well(&[&plan("Premium"), "It costs €5 a month and renews on"]);
}

#[test]
fn what_banks_and_we_give_back() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let bea = Life::of(&pipit, "bea");
    bea.chooses(PRO);
    let there = stripe.customer(&bea.person);
    there.pays();
    bea.is_well(&[&plan("Pro"), "It costs €15 a month"]);

    there.is_refunded(Some(500));
    there.delivered();
    bea.is_well(&[&plan("Pro")]);
    there.is_refunded(None);
    bea.says(&[&plan("Free"), "Your last payment was given back to you"]);
    there.cancels("now");
    bea.says(&[&plan("Free"), FREE, "Choose Pro"]);

    come_back(&bea, &there);
    there.disputes();
    bea.says(&[&plan("Pro"), "Your bank asks for your last payment back."]);
    there.dispute_is_decided(true);
    bea.is_well(&[&plan("Pro"), "It costs €15 a month"]);
    there.days_pass(31);
    there.disputes();
    bea.says(&[&plan("Pro"), "Your bank asks for your last payment back."]);
    there.dispute_is_decided(false);
    bea.says(&[&plan("Free"), "Your bank has taken your last payment back"]);
    there.cancels("now");
    bea.says(&["Choose Pro"]);

    come_back(&bea, &there);
    there.is_deleted();
    bea.says(&[&plan("Free"), FREE]);
    come_back(&bea, &stripe.customer(&bea.person));
}

fn come_back(person: &Life, there: &Customer) {
    person.chooses(PRO);
    there.pays();
    person.is_well(&[&plan("Pro"), "It costs €15 a month"]);
}

#[test]
fn a_payment_that_takes_days_gives_nothing_before_it_comes() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    for (name, comes) in [("cleo", true), ("dan", false)] {
        let one = Life::of(&pipit, name);
        one.chooses(PRO);
        let there = stripe.customer(&one.person);
        there.pays_by_bank();
        one.says(&[&plan("Free"), FREE, "Your payment has not come yet"]);
        there.payment_settles(comes);
        if comes {
            one.is_well(&[&plan("Pro"), "It costs €15 a month and renews on"]);
        } else {
            one.says(&[&plan("Free"), FREE, "The last payment did not go through."]);
        }
    }
}

#[test]
fn dunning_ends_as_stripe_was_told() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    for (name, wish, words) in [
        ("eve", "cancel", "Choose Pro"),
        ("fay", "unpaid", "The payment failed too often, so the plan has ended."),
    ] {
        let one = Life::of(&pipit, name);
        one.chooses(PRO);
        let there = stripe.customer(&one.person);
        there.pays();
        one.is_well(&[&plan("Pro")]);
        there.after_dunning(wish);
        there.payments("action");
        there.days_pass(32);
        one.says(&[&plan("Pro"), "The last payment did not go through."]);
        there.days_pass(15);
        one.says(&[&plan("Free"), words]);
    }
}

#[test]
fn a_pause_ends_with_a_card() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let gus = Life::of(&pipit, "gus");
    gus.chooses(MONTH);
    let there = stripe.customer(&gus.person);
    there.pays();
    gus.is_well(&[&plan("Premium"), "You are trying it until"]);
    there.is_paused();
    gus.says(&[&plan("Free"), "The plan is paused"]);
    there.resumes();
    gus.is_well(&[&plan("Premium"), "It costs €5 a month and renews on"]);
    there.collection_is_paused();
    there.delivered();
    gus.is_well(&[&plan("Premium"), "It costs €5 a month and renews on"]);
}

#[test]
fn thin_events_and_old_versions_are_as_good() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    for (name, form, version) in [
        ("hal", "thin", "2026-07-29.dahlia"),
        ("ida", "both", "2026-07-29.dahlia"),
        ("jan", "snapshot", "2024-12-18.acacia"),
        ("kim", "snapshot", "2025-03-31.basil"),
        ("lea", "snapshot", "2025-09-30.clover"),
    ] {
        let one = Life::of(&pipit, name);
        one.chooses(MONTH);
        let there = stripe.customer(&one.person);
        there.form(form);
        there.version(version);
        there.pays();
        one.is_well(&[&plan("Premium"), "You are trying it until"]);
        there.days_pass(15);
        one.is_well(&[&plan("Premium"), "It costs €5 a month and renews on"]);
        there.cancels("now");
        one.says(&[&plan("Free"), FREE]);
    }
}

#[test]
fn events_in_any_order_and_twice_come_to_the_same() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    for (seed, name) in [(1, "mia"), (2, "ned"), (3, "oda")] {
        let one = Life::of(&pipit, name);
        one.chooses(MONTH);
        let there = stripe.customer(&one.person);
        there.delivery("held");
        there.pays();
        there.days_pass(15);
        there.switches_to(PRO);
        there.payments("fail");
        there.days_pass(31);
        there.pays_with_another_card();
        there.cancels("period_end");
        one.is_well(&[&plan("Free"), FREE]);
        there.released(seed, 2);
        there.delivered();
        one.is_well(&[&plan("Pro"), "You cancelled. You have it until"]);
        there.repeated(seed, 2);
        there.delivered();
        one.is_well(&[&plan("Pro"), "You cancelled. You have it until"]);
    }
}

#[test]
fn what_we_do_not_sell_grants_nothing() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let pia = Life::of(&pipit, "pia");
    // Stripe charges less for it than the settings say.
    pia.chooses("price_mispriced");
    let there = stripe.customer(&pia.person);
    there.pays();
    there.delivered();
    pia.says(&[&plan("Free"), "does not belong to a plan here"]);
    there.switches_to(MONTH);
    pia.is_well(&[&plan("Premium")]);
    there.switches_to("price_other_month");
    pia.says(&[&plan("Free"), "does not belong to a plan here"]);
}
