//! The database fails and the power goes while events come: no 2xx without a row, and each applied once.

use super::{
    access, held, kept, log,
    stripe::{Life, Stripe},
    waiting,
};
use hmac::{Hmac, Mac};
use host_native::When;
use serde_json::Value;
use sha2::Sha256;
use tests::{Ask, Pipit, STRIPE_SECRET};

/// More operations than an event takes from its arrival to the last job of it.
const MOMENTS: usize = 80;

/// Posts an event as Stripe does, and answers with the status.
fn post(pipit: &Pipit, event: &Value) -> u16 {
    let memory = pipit.memory().expect("it is in memory");
    let (body, time) = (event.to_string(), memory.native.clock.now().timestamp());
    let mut mac = Hmac::<Sha256>::new_from_slice(STRIPE_SECRET.as_bytes()).expect("any length");
    mac.update(format!("{time}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    let ask = Ask::body("/webhooks/stripe", "application/json", body);
    pipit.browser().send(ask.with("stripe-signature", &format!("t={time},v1={hex}"))).status
}

fn is_stored(pipit: &Pipit, event: &Value) -> bool {
    let memory = pipit.memory().expect("it is in memory");
    let id = event["id"].as_str().expect("an event has an id");
    let text = "select id from stripe_events where id = ?1";
    !memory.sql(vec![platform::sql(text, [id.into()])])[0].rows.is_empty()
}

/// What is true in the end, however it came about.
fn all_is_well(pipit: &Pipit, life: &Life, told: &[&str], when: &str) {
    assert_eq!(waiting(pipit), 0, "{when}");
    assert_eq!(kept(pipit, &life.subscription_id()), held(life), "{when}");
    assert_eq!(access(pipit, life), life.access(), "{when}");
    assert_eq!(log(pipit), told, "{when}: what changed is told once");
    let memory = pipit.memory().expect("it is in memory");
    let dead = memory.count("select count(*) as n from jobs where dead_at is not null");
    assert_eq!(dead, 0, "{when}: a job was given up");
}

#[test]
fn while_the_database_fails_no_event_gets_a_2xx_without_its_row() {
    let (pipit, stripe) = Stripe::start();
    let life = stripe.customer(&pipit);
    let memory = pipit.memory().expect("it is in memory");
    memory.runs_jobs.set(false);
    let mut again = Vec::new();
    for nth in 0..6 {
        for event in life.step() {
            match nth % 3 {
                0 => memory.native.faults.fail("insert into stripe_events", When::Before),
                1 => memory.native.faults.fail("insert into stripe_events", When::After),
                _ => {}
            }
            let status = post(&pipit, &event);
            memory.native.faults.heal();
            assert_eq!(status, if nth % 3 == 2 { 200 } else { 503 }, "Stripe has to come again");
            assert_eq!(is_stored(&pipit, &event), nth % 3 != 0);
            again.extend((status != 200).then_some(event));
        }
    }
    memory.runs_jobs.set(true);
    for event in again {
        assert_eq!(post(&pipit, &event), 200);
    }
    pipit.run_jobs();
    // What was over before anything could be applied is told of by nobody: six steps in one look.
    all_is_well(&pipit, &life, &["began"], "after the trouble");
}

#[test]
fn the_power_may_go_at_any_moment_of_an_event() {
    let mut came_through = false;
    for moment in 0..MOMENTS {
        let when = format!("moment {moment}");
        let (pipit, stripe) = Stripe::start();
        let life = stripe.customer(&pipit);
        let memory = pipit.memory().expect("it is in memory");
        memory.runs_jobs.set(false);
        let event = life.step().into_iter().next().expect("a first event");
        memory.native.faults.stop_after(moment);
        let status = post(&pipit, &event);
        let run = || futures_executor::block_on(web::run_jobs(&memory.context(), app::FUNCTIONS));
        let ran: Vec<_> = (0..8).map(|_| run()).collect();
        memory.native.faults.heal();
        assert!(status != 200 || is_stored(&pipit, &event), "{when}: a 2xx without a row");
        if status != 200 {
            assert_eq!(post(&pipit, &event), 200, "{when}: Stripe comes again");
        }
        // The leases of whoever died are over, and what failed is tried again.
        memory.runs_jobs.set(true);
        for _ in 0..4 {
            memory.native.clock.advance(130);
            memory.run_jobs();
        }
        all_is_well(&pipit, &life, &["trial_began"], &when);
        let mails = pipit.mails_to(&life.email);
        let told = mails.iter().filter(|mail| mail.subject == "You are trying Pro").count();
        // Where the provider took one and the power went before it could be noted, it goes once more.
        assert!((1..=2).contains(&told), "{when}: {told} mails");
        came_through = ran.last() == Some(&Ok(0));
        if came_through {
            break;
        }
    }
    assert!(came_through, "an event takes more than {MOMENTS} operations");
}
