//! The mails about a plan: each change once, each warning on its day and once, and what Stripe knows of a person.

#[allow(dead_code)]
#[path = "billing_plan/till.rs"]
mod till;

use tests::{Browser, Memory, Pipit};
use till::{MONTH, Till, buy, open, tell};

const DAY: i64 = 86_400;

fn start() -> (Pipit, Till, Browser) {
    let (pipit, till) = open();
    let ann = pipit.sign_up("ann");
    (pipit, till, ann)
}

fn memory(pipit: &Pipit) -> &Memory {
    pipit.memory().expect("it is in memory")
}

/// The subjects of all mails about the plan, the oldest first.
fn subjects(pipit: &Pipit, person: &Browser) -> Vec<String> {
    let mails = pipit.mails_to(&person.email).into_iter().rev();
    let subjects = mails.map(|mail| mail.subject);
    subjects.filter(|subject| !subject.contains("sign")).collect()
}

fn newest(pipit: &Pipit, person: &Browser) -> String {
    pipit.mails_to(&person.email)[0].text.clone()
}

/// Lets days pass, with a look at what is due in each of them.
fn pass(pipit: &Pipit, days: i64) {
    for _ in 0..days {
        memory(pipit).native.clock.advance(DAY);
        memory(pipit).run_jobs();
    }
}

fn becomes(pipit: &Pipit, till: &Till, status: &str) {
    till.change(|one| one["status"] = status.into());
    tell(memory(pipit));
}

#[test]
fn each_change_is_told_once() {
    let (pipit, till, ann) = start();
    let memory = memory(&pipit);
    buy(&pipit, &till, &ann, MONTH);
    assert_eq!(subjects(&pipit, &ann), ["You are trying Premium"]);
    let text = newest(&pipit, &ann);
    assert!(
        text.contains(
            "You have Premium until 6 Dec 2026, for nothing. After that it costs €5 a month."
        ),
        "{text}"
    );
    for (status, subject) in [
        ("active", "You have Premium"),
        ("past_due", "The payment for Premium did not go through"),
        ("active", "Your payment has come after all"),
    ] {
        becomes(&pipit, &till, status);
        // Said again, and heard again.
        tell(memory);
        assert_eq!(subjects(&pipit, &ann).last().map(String::as_str), Some(subject));
    }
    till.change(|one| {
        let end = one["items"]["data"][0]["current_period_end"].as_i64().expect("an end");
        one["items"]["data"][0]["current_period_end"] = (end + 30 * DAY).into();
    });
    tell(memory);
    assert!(newest(&pipit, &ann).contains("It renews on 5 Jan 2027."), "{}", newest(&pipit, &ann));
    for (is_set, subject) in [
        (true, "You cancelled Premium"),
        (false, "Premium goes on"),
        (true, "You cancelled Premium"),
    ] {
        till.change(|one| one["cancel_at_period_end"] = is_set.into());
        tell(memory);
        assert_eq!(subjects(&pipit, &ann).last().map(String::as_str), Some(subject));
    }
    ann.post("/settings/blogs", &[("name", "birds"), ("title", "x")]).expect(303);
    becomes(&pipit, &till, "canceled");
    let text = newest(&pipit, &ann);
    for part in [
        "Premium has ended. Nothing is deleted",
        "Read-only now: birds.blogs.localhost:8787.",
        "/settings/billing",
    ] {
        assert!(text.contains(part), "no “{part}” in {text}");
    }
    assert_eq!(subjects(&pipit, &ann).len(), 9, "{:?}", subjects(&pipit, &ann));
}

#[test]
fn a_trial_is_warned_of_seven_days_three_days_and_one_day_before_its_end() {
    let (pipit, till, ann) = start();
    buy(&pipit, &till, &ann, MONTH);
    let begun = subjects(&pipit, &ann).len();
    let mut told = Vec::new();
    for day in 1..=14 {
        pass(&pipit, 1);
        let count = subjects(&pipit, &ann).len();
        if count > begun + told.len() {
            assert_eq!(count, begun + told.len() + 1, "day {day}");
            told.push(day);
            let text = newest(&pipit, &ann);
            assert!(
                text.contains(
                    "Your trial of Premium ends on 6 Dec 2026. After that it costs €5 a month."
                ),
                "{text}"
            );
        }
    }
    assert_eq!(told, [7, 11, 13]);
}

#[test]
fn a_trial_that_is_cancelled_or_paid_for_is_not_warned_of() {
    for is_cancelled in [true, false] {
        let (pipit, till, ann) = start();
        buy(&pipit, &till, &ann, MONTH);
        pass(&pipit, 6);
        match is_cancelled {
            true => till.change(|one| one["cancel_at_period_end"] = true.into()),
            false => till.change(|one| one["status"] = "active".into()),
        }
        tell(memory(&pipit));
        let before = subjects(&pipit, &ann).len();
        pass(&pipit, 7);
        let after = subjects(&pipit, &ann);
        let of_the_end: Vec<&String> = after.iter().skip(before).collect();
        match is_cancelled {
            true => assert_eq!(of_the_end, ["Premium ends on 6 Dec 2026"]),
            false => assert!(of_the_end.is_empty(), "{of_the_end:?}"),
        }
    }
}

#[test]
fn a_late_payment_is_warned_of_until_the_plan_ends_by_the_clock() {
    let (pipit, till, ann) = start();
    buy(&pipit, &till, &ann, MONTH);
    becomes(&pipit, &till, "active");
    ann.post("/settings/blogs", &[("name", "birds"), ("title", "x")]).expect(303);
    becomes(&pipit, &till, "past_due");
    let text = newest(&pipit, &ann);
    assert!(text.contains("If nothing is paid by 20 Dec 2026, Premium ends."), "{text}");
    let before = subjects(&pipit, &ann).len();
    pass(&pipit, 40);
    let after = subjects(&pipit, &ann);
    let ends = "Premium ends on 20 Dec 2026";
    assert_eq!(after[before..], [ends, ends, ends, "Premium has ended"], "{after:?}");
    assert!(newest(&pipit, &ann).contains("Read-only now: birds.blogs.localhost:8787."));
}

#[test]
fn a_mail_that_the_provider_did_not_take_comes_once_it_does() {
    let (pipit, till, ann) = start();
    let memory = memory(&pipit);
    memory.native.faults.fail_always("/email", host_native::When::Before);
    buy(&pipit, &till, &ann, MONTH);
    assert!(subjects(&pipit, &ann).is_empty());
    memory.native.faults.heal();
    memory.native.clock.advance(600);
    memory.run_jobs();
    assert_eq!(subjects(&pipit, &ann), ["You are trying Premium"]);
}

#[test]
fn stripe_learns_of_a_new_address_and_of_one_that_is_taken_back() {
    let (pipit, till, ann) = start();
    buy(&pipit, &till, &ann, MONTH);
    let new = "ann.new@example.com";
    ann.post("/settings/email", &[("email", new)]).expect(202);
    let mail = pipit.mail_to(new);
    ann.post("/settings/email/proof", &[("code", &mail.code())]).expect(303);
    let told = |till: &Till| {
        let asked =
            till.posts().into_iter().rfind(|asked| asked.what == "POST /v1/customers/cus_1");
        asked.map(|asked| (asked.form["email"].clone(), asked.form["metadata[username]"].clone()))
    };
    assert_eq!(told(&till), Some((new.to_owned(), ann.username.clone())));
    let notice = pipit.mails_to(&ann.email)[0].text.clone();
    let token = notice
        .split("/address/undo#")
        .nth(1)
        .expect("a link")
        .split_whitespace()
        .next()
        .expect("a token");
    pipit.browser().post("/address/undo", &[("token", token)]).expect(200);
    assert_eq!(told(&till), Some((ann.email.clone(), ann.username.clone())));
}
