//! Whether an address has an account: no answer tells, neither by what it says nor by what it costs.

use std::time::{Duration, Instant};
use tests::{Answer, Pipit};

const PAIRS: usize = 200;
const ASKS_PER_ACCOUNT: usize = 2;

/// What anybody can compare: all but the time, the random cookie and the runtime's ids.
fn seen(answer: &Answer, email: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match name.as_str() {
            "date" | "cf-ray" | "server-timing" => {}
            "set-cookie" => {
                let (name, rest) = value.split_once('=').unwrap_or_default();
                let attributes = rest.split_once(';').unwrap_or_default().1;
                lines.push(format!("set-cookie {name} of {} {attributes}", rest.len()));
            }
            name => lines.push(format!("{name}: {value}")),
        }
    }
    lines.sort();
    let body = answer.text().replace(email, "…");
    format!("{}\n{}\n\n{body}", answer.status, lines.join("\n"))
}

/// Two addresses of the same length, the first of which has an account.
fn known_and_unknown(pipit: &Pipit, name: &str) -> (String, String) {
    let ann = pipit.sign_up(name);
    // As long as hers, and asked for by no other scenario, whose mails would count as well.
    let stranger =
        format!("{}@example.com", ann.username.replacen(name, &"z".repeat(name.len()), 1));
    (ann.email, stranger)
}

#[test]
fn asking_to_sign_in_answers_all_addresses_alike_in_memory() {
    let pipit = Pipit::in_memory();
    let (known, unknown) = known_and_unknown(&pipit, "ann");
    // The mail of the sign-up is forgotten by then: nothing but the account is left.
    pipit.memory().expect("it is in memory").native.clock.advance(2 * 86_400);
    for next in ["", "/posts/new"] {
        let ask =
            |email: &str| pipit.browser().post("/signin", &[("email", email), ("next", next)]);
        let (a, b) = (ask(&known).expect(202), ask(&unknown).expect(202));
        assert_eq!(seen(&a, &known), seen(&b, &unknown));
        assert_eq!(a.cost(), b.cost(), "statements, rows read, rows written");
        assert!(a.cost().rows_written > 0, "both are remembered");
    }
}

#[test]
fn asking_for_an_account_answers_all_addresses_alike_in_memory() {
    let pipit = Pipit::in_memory();
    let (known, unknown) = known_and_unknown(&pipit, "ann");
    pipit.memory().expect("it is in memory").native.clock.advance(2 * 86_400);
    let ask = |email: &str| {
        let fields = [("name", "Ben"), ("email", email), ("username", "ben"), ("site", "")];
        pipit.browser().post("/signup", &fields)
    };
    let (a, b) = (ask(&known).expect(202), ask(&unknown).expect(202));
    assert_eq!(seen(&a, &known), seen(&b, &unknown));
    assert_eq!(a.cost(), b.cost(), "statements, rows read, rows written");
}

#[test]
fn an_address_past_its_quota_answers_like_any_other() {
    let pipit = Pipit::start();
    let (known, unknown) = known_and_unknown(&pipit, "ann");
    let ask = |email: &str| pipit.browser().post("/signin", &[("email", email)]).expect(202);
    for _ in 0..4 {
        ask(&known);
    }
    let (a, b) = (ask(&known), ask(&unknown));
    assert_eq!(seen(&a, &known), seen(&b, &unknown));
}

#[test]
fn proving_with_a_code_answers_all_addresses_alike() {
    let pipit = Pipit::start();
    let (known, unknown) = known_and_unknown(&pipit, "ann");
    let guess = |email: &str| {
        let browser = pipit.browser();
        browser.post("/signin", &[("email", email)]).expect(202);
        browser.use_code("0000-0000")
    };
    let (a, b) = (guess(&known), guess(&unknown));
    assert_eq!(a.status, 422);
    assert_eq!(seen(&a, &known), seen(&b, &unknown));
    assert_eq!(a.cost().queries, b.cost().queries);
}

/// The times are printed and never asserted: a busy machine is no leak. `-- --nocapture` shows them.
#[test]
fn two_hundred_interleaved_pairs_answer_alike() {
    let pipit = Pipit::start();
    let people: Vec<(String, String)> = (0..PAIRS / ASKS_PER_ACCOUNT)
        .map(|nth| {
            let person = pipit.sign_up(&format!("known{nth:03}"));
            let stranger = person.email.replacen("known", "other", 1);
            (person.email, stranger)
        })
        .collect();
    if let Some(memory) = pipit.memory() {
        memory.runs_jobs.set(false);
    }
    let ask = |email: &str| {
        let browser = pipit.browser();
        let began = Instant::now();
        let answer = browser.post("/signin", &[("email", email)]);
        (began.elapsed(), answer)
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for nth in 0..PAIRS {
        let (account, stranger) = &people[nth % people.len()];
        // Each goes first in half of the pairs.
        let ((a_took, a), (b_took, b)) = if nth % 2 == 0 {
            (ask(account), ask(stranger))
        } else {
            let b = ask(stranger);
            (ask(account), b)
        };
        assert_eq!(seen(&a, account), seen(&b, stranger), "pair {nth}");
        assert_eq!(a.cost().queries, b.cost().queries, "pair {nth}");
        assert_eq!(a.cost().rows_written, b.cost().rows_written, "pair {nth}");
        known.push(a_took);
        unknown.push(b_took);
    }
    let (known, unknown) = (median(known), median(unknown));
    println!(
        "{PAIRS} interleaved pairs: median {known:?} for known addresses, {unknown:?} for unknown ones"
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
