//! Stripe's events: believed only when they are Stripe's, and stored exactly once.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};
use tests::{Answer, Ask, Pipit, STRIPE_SECRET};

const PATH: &str = "/webhooks/stripe";

fn now(pipit: &Pipit) -> i64 {
    match pipit.memory() {
        Some(memory) => memory.native.clock.now().timestamp(),
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
            i64::try_from(since.as_secs()).expect("before the end of time")
        }
    }
}

fn event(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"object\":\"event\",\"type\":\"invoice.paid\",\"created\":1795338000,\
         \"api_version\":\"2026-07-29.dahlia\",\"livemode\":false,\
         \"data\":{{\"object\":{{\"id\":\"in_1\",\"object\":\"invoice\",\"customer\":\"cus_canary\"}}}}}}"
    )
}

/// <https://docs.stripe.com/webhooks#verify-manually>
fn signature(secret: &str, time: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    format!("t={time},v1={digits}")
}

fn send(pipit: &Pipit, body: impl Into<Vec<u8>>, signature: &str) -> Answer {
    let ask = Ask::body(PATH, "application/json", body.into());
    // As Stripe's servers send it: no origin, no cookie.
    let ask = ask.with("stripe-signature", signature).with("user-agent", "Stripe/1.0");
    pipit.browser().send(ask.with("sec-fetch-site", "cross-site"))
}

fn stored(pipit: &Pipit) -> Option<i64> {
    pipit.memory().map(|memory| memory.count("select count(*) as n from stripe_events"))
}

#[test]
fn an_event_that_comes_twice_is_stored_once_and_taken_twice() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("twice")));
    let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
    let first = send(&pipit, &*body, &good).expect(200);
    let second = send(&pipit, &*body, &good).expect(200);
    assert_eq!((first.text().trim(), second.text().trim()), ("stored", "stored before"));
    assert!(matches!(stored(&pipit), None | Some(1)));
}

#[test]
fn an_event_that_comes_ten_times_at_once_is_stored_once() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("many")));
    let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
    let ask = Ask::body(PATH, "application/json", body).with("stripe-signature", &good);
    let answers = pipit.browser().send_at_once(10, ask);
    assert!(answers.iter().all(|answer| answer.status == 200));
    let new = answers.iter().filter(|answer| answer.text().trim() == "stored").count();
    assert_eq!(new, 1);
}

#[test]
fn what_is_not_signed_by_stripe_is_refused_and_not_stored() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("forged")));
    let time = now(&pipit);
    let good = signature(STRIPE_SECRET, time, body.as_bytes());
    let digits = good.split("v1=").nth(1).expect("a signature").to_owned();
    for bad in [
        String::new(),
        "nonsense".to_owned(),
        format!("t={time}"),
        format!("t={time},v1="),
        format!("t={time},v0={digits}"),
        format!("t={},v1={digits}", time + 1),
        signature("whsec_other", time, body.as_bytes()),
        signature("", time, body.as_bytes()),
    ] {
        let answer = send(&pipit, &*body, &bad);
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
        for secret in [STRIPE_SECRET, &digits, "cus_canary"] {
            assert!(!answer.text().contains(secret), "{secret} in {}", answer.text());
        }
    }
    assert!(matches!(stored(&pipit), None | Some(0)));
    send(&pipit, &*body, &good).expect(200).expect_text("stored\n");
}

#[test]
fn one_changed_byte_is_another_event() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("changed")));
    let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
    for changed in [body.replace("false", "true"), format!("{body} "), format!("{body}\n")] {
        send(&pipit, changed, &good).expect(400);
    }
    send(&pipit, body.replacen("in_1", "in_2", 1), &good).expect(400);
}

#[test]
fn a_signature_is_good_for_five_minutes() {
    let pipit = Pipit::start();
    let time = now(&pipit);
    for (nth, (offset, status)) in
        [(-400, 400), (-302, 400), (400, 400), (-280, 200), (280, 200)].into_iter().enumerate()
    {
        let body = event(&format!("evt_{}{nth}", pipit.name("time")));
        let signed = signature(STRIPE_SECRET, time + offset, body.as_bytes());
        assert_eq!(send(&pipit, body, &signed).status, status, "{offset} s");
    }
}

#[test]
fn one_good_signature_among_others_is_enough() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("rolled")));
    let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
    let (time, digits) = good.split_once(",v1=").expect("time and signature");
    let rolled = format!("{time},v1={},v0=00,v1={digits}", "00".repeat(32));
    send(&pipit, body, &rolled).expect(200);
}

#[test]
fn a_body_of_two_megabytes_is_too_large_whoever_signed_it() {
    let pipit = Pipit::start();
    let body = vec![b' '; 2 << 20];
    let good = signature(STRIPE_SECRET, now(&pipit), &body);
    send(&pipit, body, &good).expect(413);
}

#[test]
fn what_is_signed_and_no_event_is_refused() {
    let pipit = Pipit::start();
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "{\"object\":\"event\"}",
        "{\"object\":\"v2.core.event\",\"id\":\"evt_1\"}",
    ] {
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        send(&pipit, body, &good).expect(400);
    }
    let mut no_text = event("evt_1").into_bytes();
    no_text.push(0xff);
    let good = signature(STRIPE_SECRET, now(&pipit), &no_text);
    send(&pipit, no_text, &good).expect(400);
    assert!(matches!(stored(&pipit), None | Some(0)));
}

#[test]
fn more_signatures_than_stripe_makes_are_refused_with_the_good_one_among_them() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("signatures")));
    let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
    for one in [",v1=00".to_owned(), format!(",v1={}", "00".repeat(32))] {
        send(&pipit, &*body, &format!("{good}{}", one.repeat(16))).expect(400);
        send(&pipit, &*body, &format!("{good}{}", one.repeat(15))).expect(200);
    }
    // The longest header that every runtime hands on; 5,000 signatures stop at its door.
    let longest = format!("{good}{}", ",v1=00".repeat(1000));
    send(&pipit, &*body, &longest).expect(400);
}

#[test]
fn a_thin_event_and_its_snapshot_are_stored_once() {
    let pipit = Pipit::start();
    let (thin_id, id) =
        (format!("evt_{}", pipit.name("thin")), format!("evt_{}", pipit.name("snapshot")));
    let thin = format!(
        "{{\"id\":\"{thin_id}\",\"object\":\"v2.core.event\",\"type\":\"v1.invoice.paid\",\
         \"created\":\"2026-11-22T14:05:00.123Z\",\"livemode\":false,\"snapshot_event\":\"{id}\",\
         \"related_object\":{{\"id\":\"in_1\",\"type\":\"invoice\",\"url\":\"/v1/invoices/in_1\"}}}}"
    );
    let alone = thin.replace(&id, &thin_id);
    for (body, words) in [
        (thin, "stored"),
        (event(&id), "stored before"),
        (alone.clone(), "stored"),
        (alone, "stored before"),
    ] {
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        let answer = send(&pipit, body, &good).expect(200);
        assert_eq!(answer.text().trim(), words);
    }
    if let Some(memory) = pipit.memory() {
        let alike = "select count(*) as n from stripe_events where type = 'invoice.paid' and object_id = 'in_1' \
                     and state = 'received'";
        assert_eq!(memory.count(alike), 2);
    }
}

#[test]
fn an_event_that_changes_nothing_here_is_taken_and_counted() {
    let pipit = Pipit::start();
    for (nth, kind) in ["invoice.created", "invoice.paid.x", "v1.invoice.paid"].iter().enumerate() {
        let body = event(&format!("evt_{}{nth}", pipit.name("other")));
        let body = body.replace("invoice.paid", kind);
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        send(&pipit, body, &good).expect(200).expect_text("stored\n");
    }
    if let Some(memory) = pipit.memory() {
        let counted = "select count(distinct type) as n from stripe_events where state = 'ignored'";
        assert_eq!(memory.count(counted), 3);
    }
}

#[test]
fn an_event_of_live_payments_is_taken_and_ignored_in_a_sandbox() {
    let pipit = Pipit::start();
    let body = event(&format!("evt_{}", pipit.name("live"))).replace("false", "true");
    let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
    send(&pipit, body, &good).expect(200);
    if let Some(memory) = pipit.memory() {
        let ignored = "select count(*) as n from stripe_events where state = 'ignored'";
        assert_eq!(memory.count(ignored), 1);
    }
}

mod in_memory {
    //! What only a broken port and other settings can show.

    use super::*;
    use host_native::When;

    #[test]
    fn stripe_is_asked_to_come_again_while_the_database_does_not_answer() {
        let pipit = Pipit::in_memory();
        let memory = pipit.memory().expect("it is in memory");
        let body = event("evt_1");
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        memory.native.faults.fail("stripe_events", When::Before);
        send(&pipit, &*body, &good).expect(503);
        memory.native.faults.fail("stripe_events", When::After);
        send(&pipit, &*body, &good).expect(503);
        send(&pipit, &*body, &good).expect(200).expect_text("stored before");
        assert_eq!(stored(&pipit), Some(1));
    }

    #[test]
    fn without_a_secret_nothing_is_believed() {
        let pipit = Pipit::with(&[("STRIPE_WEBHOOK_SECRET", "")]);
        let body = event("evt_1");
        for secret in ["", STRIPE_SECRET] {
            let signed = signature(secret, now(&pipit), body.as_bytes());
            send(&pipit, &*body, &signed).expect(503);
        }
        assert_eq!(stored(&pipit), Some(0));
    }

    #[test]
    fn both_secrets_are_good_while_one_is_rolled() {
        let pipit = Pipit::with(&[("STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old")]);
        for (id, secret, status) in [
            ("evt_1", "whsec_new", 200),
            ("evt_2", "whsec_old", 200),
            ("evt_3", "whsec_older", 400),
        ] {
            let body = event(id);
            let signed = signature(secret, now(&pipit), body.as_bytes());
            send(&pipit, body, &signed).expect(status);
        }
    }

    #[test]
    fn who_guesses_signatures_has_to_wait_and_stripe_has_not() {
        let pipit = Pipit::in_memory();
        let guesser = pipit.browser();
        let ask =
            || Ask::body(PATH, "application/json", "{}").with("stripe-signature", "t=1,v1=00");
        let statuses: Vec<u16> = (0..40).map(|_| guesser.send(ask()).status).collect();
        assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
        let body = event("evt_1");
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        let ask = Ask::body(PATH, "application/json", body).with("stripe-signature", &good);
        guesser.send(ask).expect(200);
    }

    const OF_MONEY: &[&str] = &[
        "billing",
        "charge",
        "charged",
        "money",
        "paid",
        "pay",
        "payment",
        "payments",
        "plan",
        "plans",
        "price",
        "prices",
        "stripe",
        "subscription fee",
        "trial",
    ];

    /// Every page that has an address of its own, as somebody sees it who is signed in.
    fn words_of_money(pipit: &Pipit) -> Vec<String> {
        let person = pipit.sign_up("ann");
        let routes = app::FUNCTIONS.iter().flat_map(|function| function.routes);
        let pages = routes.filter(|route| {
            matches!(route.verb, web::Verb::Get)
                && route.site == platform::Site::App
                && !route.path.contains('{')
        });
        let mut found = Vec::new();
        for page in pages {
            let text = person.get(page.path).text().to_lowercase();
            let words = text.split(|c: char| !c.is_alphabetic());
            found.extend(
                words
                    .filter(|word| OF_MONEY.contains(word))
                    .map(|word| format!("{}: {word}", page.path)),
            );
        }
        found
    }

    #[test]
    fn where_nothing_is_paid_for_nothing_mentions_money() {
        for settings in
            [[("STRIPE_SECRET_KEY", ""), ("BILLING", "")], [("BILLING", "off"), ("BUILD", "x")]]
        {
            let pipit = Pipit::with(&settings);
            assert_eq!(words_of_money(&pipit), Vec::<String>::new());
            pipit.sign_up("bob").get("/settings/billing").expect(404);
        }
        let of_money = words_of_money(&Pipit::in_memory()).join("\n");
        for page in ["/privacy: payment", "/settings/profile: plan", "/settings/billing: plan"] {
            assert!(of_money.contains(page), "{page} is not in {of_money}");
        }
    }

    #[test]
    fn events_of_the_other_mode_raise_an_alarm_and_are_ignored() {
        for (key, livemode, is_ignored) in [
            ("sk_live_x", "true", false),
            ("rk_live_x", "true", false),
            ("sk_test_x", "false", false),
            ("rk_test_x", "false", false),
            ("sk_live_x", "false", true),
            ("rk_live_x", "false", true),
            ("sk_test_x", "true", true),
        ] {
            let pipit = Pipit::with(&[("STRIPE_SECRET_KEY", key)]);
            let memory = pipit.memory().expect("it is in memory");
            memory.runs_jobs.set(false);
            host_native::take_log();
            let body = event("evt_1").replace("false", livemode);
            let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
            send(&pipit, body, &good).expect(200);
            let ignored = "select count(*) as n from stripe_events where state = 'ignored'";
            assert_eq!(memory.count(ignored), i64::from(is_ignored), "{key} {livemode}");
            let log = host_native::take_log().join("\n");
            assert_eq!(log.contains("alarm"), is_ignored, "{key} {livemode}: {log}");
            assert!(!log.contains(key) && !log.contains("cus_canary"), "{log}");
        }
    }

    #[test]
    fn five_thousand_signatures_are_refused() {
        let pipit = Pipit::in_memory();
        let body = event("evt_1");
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        let (time, one) = good.split_once(',').expect("time and signature");
        send(&pipit, &*body, &format!("{time},{}", vec![one; 5000].join(","))).expect(400);
        assert_eq!(stored(&pipit), Some(0));
    }

    #[test]
    fn a_flood_of_bad_signatures_raises_an_alarm_and_keeps_stripe_coming() {
        let pipit = Pipit::in_memory();
        host_native::take_log();
        for _ in 0..100 {
            pipit.browser().send(Ask::body(PATH, "application/json", "{}")).expect(400);
        }
        assert!(!host_native::take_log().join("\n").contains("alarm"));
        pipit.browser().send(Ask::body(PATH, "application/json", "{}")).expect(400);
        assert!(host_native::take_log().join("\n").contains("alarm"));
        let body = event("evt_1");
        let good = signature(STRIPE_SECRET, now(&pipit), body.as_bytes());
        send(&pipit, body, &good).expect(200);
    }
}
