//! Limits: how often mail may be asked for and secrets tried, and what the refusals say.

use host_native::When;
use tests::{Ask, Pipit};

const MINUTE: i64 = 60;

/// Asks from a network of its own each time, and says how many mails have gone to the address by now.
fn mails_after_asking(pipit: &Pipit, email: &str) -> usize {
    pipit.browser().post("/signin", &[("email", email)]).expect(202);
    pipit.mails_to(email).len()
}

#[test]
fn an_address_gets_three_mails_in_any_quarter_of_an_hour_in_memory() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let email = "ann@example.com";
    // At 0, 5 and 10 minutes; the window slides: at 15 the first is out of it, and one more fits.
    assert_eq!(mails_after_asking(&pipit, email), 1);
    clock.advance(5 * MINUTE);
    assert_eq!(mails_after_asking(&pipit, email), 2);
    clock.advance(5 * MINUTE);
    assert_eq!(mails_after_asking(&pipit, email), 3);
    clock.advance(5 * MINUTE - 1);
    assert_eq!(mails_after_asking(&pipit, email), 3, "a fourth within 15 minutes");
    clock.advance(1);
    assert_eq!(mails_after_asking(&pipit, email), 4, "the first mail is 15 minutes old");
    assert_eq!(mails_after_asking(&pipit, email), 4, "a refill of the whole window");
}

#[test]
fn an_address_gets_five_mails_in_any_half_hour_and_ten_in_any_day_in_memory() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let email = "ann@example.com";
    for expected in [1, 2, 3, 4, 5, 5] {
        assert_eq!(mails_after_asking(&pipit, email), expected, "five in half an hour");
        clock.advance(5 * MINUTE + 1);
        if expected == 3 {
            clock.advance(MINUTE);
        }
    }
    for expected in [6, 7, 8, 9, 10, 10, 10] {
        clock.advance(20 * MINUTE);
        assert_eq!(mails_after_asking(&pipit, email), expected, "ten in a day");
    }
    clock.advance(24 * 60 * MINUTE);
    assert_eq!(mails_after_asking(&pipit, email), 11, "a day later");
}

#[test]
fn asking_without_effect_does_not_make_the_wait_longer_in_memory() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let email = "ann@example.com";
    for _ in 0..9 {
        mails_after_asking(&pipit, email);
        clock.advance(MINUTE);
    }
    assert_eq!(pipit.mails_to(email).len(), 3);
    clock.advance(6 * MINUTE);
    assert_eq!(mails_after_asking(&pipit, email), 4);
}

#[test]
fn asking_many_times_at_once_makes_three_mails() {
    let pipit = Pipit::start();
    let email = format!("{}@example.com", pipit.name("many"));
    let answers = pipit.browser().send_at_once(12, Ask::form("/signin", &[("email", &email)]));
    assert!(answers.iter().all(|answer| answer.status == 202), "the answer stays the same");
    assert_eq!(pipit.mails_settled(&email, 3).len(), 3);
}

#[test]
fn other_spellings_of_an_address_share_its_quota() {
    let pipit = Pipit::start();
    let name = pipit.name("ann");
    for spelling in ["{}@example.com", " {}@EXAMPLE.com", "{}@Example.Com ", "{}@example.com"] {
        let email = spelling.replace("{}", &name);
        pipit.browser().post("/signin", &[("email", &email)]).expect(202);
    }
    assert_eq!(pipit.mails_settled(&format!("{name}@example.com"), 3).len(), 3);
}

#[test]
fn a_link_that_was_sent_works_however_often_others_ask() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    ann.forget();
    let (_, mail) = ann.ask_to_sign_in(&ann.email);
    for _ in 0..5 {
        pipit.browser().post("/signin", &[("email", &ann.email)]).expect(202);
    }
    ann.use_link(&mail).expect(303);
    assert!(ann.is_signed_in());
}

#[test]
fn a_refusal_says_which_limit_it_was_and_when_to_come_back() {
    let pipit = Pipit::start();
    let browser = pipit.browser();
    let name = pipit.name("x");
    let ask =
        |nth: usize| browser.post("/signin", &[("email", &*format!("{name}{nth}@example.com"))]);
    for nth in 0..10 {
        let answer = ask(nth).expect(202);
        assert_eq!(answer.header("ratelimit"), "");
    }
    let refused = ask(10).expect(429);
    let wait = refused.header("retry-after").to_owned();
    assert_eq!(refused.header("ratelimit-policy"), "\"ask-5m\";q=10;w=300");
    assert_eq!(refused.header("ratelimit"), format!("\"ask-5m\";r=0;t={wait}"));
    let wait: u32 = wait.parse().expect("seconds");
    assert!((1..=31).contains(&wait), "{wait}");
}

#[test]
fn thirty_questions_an_hour_from_one_network_in_memory() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let browser = pipit.browser();
    let mut statuses = Vec::new();
    // Two a minute is what the shorter limit refills.
    for nth in 0..70 {
        let email = format!("x{nth}@example.com");
        statuses.push(browser.post("/signin", &[("email", &email)]).status);
        clock.advance(30);
    }
    let allowed = statuses.iter().filter(|status| **status == 202).count();
    // 30 at once and one more every two minutes of the 35.
    assert!((46..=48).contains(&allowed), "{allowed} of 70 in 35 minutes");
}

#[test]
fn a_code_can_be_tried_twenty_five_times_from_one_network() {
    let pipit = Pipit::start();
    let browser = pipit.browser();
    for _ in 0..25 {
        browser.post("/signin/verify", &[("code", "0000-0000")]).expect(410);
    }
    let refused = browser.post("/signin/verify", &[("code", "0000-0000")]).expect(429);
    assert_eq!(refused.header("ratelimit-policy"), "\"prove-5m\";q=25;w=300");
}

#[test]
fn an_address_sees_thirty_tried_codes_a_day_in_memory() {
    let pipit = Pipit::in_memory();
    let clock = &pipit.memory().expect("it is in memory").native.clock;
    let ann = pipit.sign_up("ann");
    let mut looked_at = 0;
    for _ in 0..9 {
        clock.advance(11 * MINUTE);
        let browser = pipit.browser();
        let before = pipit.mails_to(&ann.email).len();
        browser.post("/signin", &[("email", &ann.email)]).expect(202);
        if pipit.mails_to(&ann.email).len() == before {
            continue;
        }
        let mail = browser.mail_after(&ann.email, before);
        let tries = (0..5).map(|_| browser.use_code(&mail.wrong_code()).status);
        looked_at += tries.filter(|status| *status != 429).count();
    }
    assert!((30..=32).contains(&looked_at), "{looked_at} codes of one address were looked at");
}

#[test]
fn a_customer_with_many_ipv6_networks_is_counted_as_one_too() {
    let pipit = Pipit::in_memory();
    let name = pipit.name("six");
    let ask = |network: usize, site: &str| {
        let browser = pipit.browser().from_address(&format!("2600:1:{site}:{network:x}::1"));
        browser.post("/signin", &[("email", &*format!("{name}{network}@example.com"))]).status
    };
    let statuses: Vec<u16> = (0..101).map(|network| ask(network, "1")).collect();
    assert!(statuses.iter().take(100).all(|status| *status == 202));
    assert_eq!(statuses.last(), Some(&429), "the hundred and first /64 of one /48");
    assert_eq!(ask(200, "2"), 202, "another /48");
}

#[test]
fn a_flood_of_questions_from_everywhere_raises_an_alarm_in_memory() {
    let pipit = Pipit::in_memory();
    for nth in 0..300 {
        pipit.browser().post("/signin", &[("email", &*format!("x{nth}@example.com"))]).expect(202);
    }
    assert!(!host_native::take_log().join("\n").contains("alarm"));
    for nth in 0..10 {
        pipit.browser().post("/signin", &[("email", &*format!("y{nth}@example.com"))]).expect(202);
    }
    assert!(host_native::take_log().join("\n").contains("alarm"));
}

#[test]
fn when_mails_cannot_be_counted_none_is_sent_in_memory() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail("insert into mailed", When::Before);
    let answer = pipit.browser().post("/signin", &[("email", "ann@example.com")]).expect(503);
    assert!(!answer.header("retry-after").is_empty());
    memory.native.faults.heal();
    memory.run_jobs();
    assert!(pipit.mails_to("ann@example.com").is_empty());
}

#[test]
fn what_is_counted_holds_no_address_and_is_gone_after_a_day_in_memory() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    for _ in 0..5 {
        mails_after_asking(&pipit, "canary@example.com");
    }
    let count = || memory.count("select count(*) as n from mailed");
    assert_eq!(count(), 3);
    memory.native.clock.advance(2 * 86_400);
    mails_after_asking(&pipit, "other@example.com");
    assert_eq!(count(), 1);
    let rows = memory.sql(vec![platform::sql("select key from mailed", [])]);
    assert!(!format!("{rows:?}").contains("other"), "{rows:?}");
}
