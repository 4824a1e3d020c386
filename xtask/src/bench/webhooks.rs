//! Stripe's events under load: 100 each second for a minute on workerd, signed in advance by Stripe's own
//! library; then what is no event of Stripe's, and how little work it makes.

use super::load::cpu;
use crate::{
    Result, process,
    process::Running,
    progress::Step,
    project::{self, Project},
    stack::{Flavour, Plan, Runtime, Stack},
    stripe, test, worker,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const CUSTOMERS: usize = 300;
/// Each month of a customer's makes two events.
const MONTHS: usize = 10;
const PER_SECOND: usize = 100;
const EVENTS: usize = 6_000;
/// So many lines are open; each sends in its turn.
const LINES: usize = 32;
/// Stripe's patience, as we set it: 99 of 100 answers are there in this time.
const P99_MS: f64 = 1_000.0;
/// The most work that a refusal may make.
const CPU_MS: f64 = 50.0;
const REPEATS: usize = 100;
/// Until everything is applied after the last event.
const SETTLED: Duration = Duration::from_secs(600);

type Delivery = (Vec<u8>, String);

/// Sends, looks at what came of it, and measures what refusals cost.
pub fn run(project: &Project) -> Result<Value> {
    let data = project.path(".pipit/bench-webhooks");
    let _ = fs::remove_dir_all(&data);
    let state = data.join("state");
    worker::migrate(project, &data, &state)?;
    let plan = Plan { flavour: Flavour::Dev, ..test::plan(Runtime::Cloudflare, data.clone())? };
    let port = plan.stripe_port.ok_or("there is no stand-in for Stripe")?;
    let _stripe: Option<Running> = stripe::start(project, &plan, port)?;
    let customers = customers(port)?;
    fill(project, &data, &state, &customers)?;
    let stack = Stack::start(project, &plan)?;
    let url = format!("{}/webhooks/stripe", stack.origin);
    let deliveries = deliveries(port, &customers)?;
    let load = load(&url, &deliveries)?;
    settle(port)?;
    let refused = refused(&stack, &url, &forgeries(&deliveries)?)?;
    drop(stack);
    let applied = compare(project, &data, &state, port, &customers)?;
    let without = without_a_secret(project, plan, &deliveries)?;
    if load["is_good"] != true {
        return Err(format!("Stripe was told too late, or not at all ({P99_MS} ms at most)."));
    }
    Ok(json!({ "load": load, "applied": applied, "refused": refused, "without_a_secret": without }))
}

fn customers(port: u16) -> Result<Vec<String>> {
    let people: Vec<Value> = (0..CUSTOMERS)
        .map(|n| json!({ "username": format!("person{n}"), "reference": format!("intent{n}"), "price": "price_premium_month" }))
        .collect();
    let made = stripe::tell(port, "make", &json!({ "people": people }))?;
    let made = made["made"].as_array().ok_or("no customer was made")?;
    Ok(made.iter().filter_map(|one| one["customer"].as_str().map(str::to_owned)).collect())
}

/// Everybody was sent to a checkout, and nothing is known of what came of it.
fn fill(project: &Project, data: &Path, state: &Path, customers: &[String]) -> Result<()> {
    let mut text = String::new();
    for (n, customer) in customers.iter().enumerate() {
        text.push_str(&format!(
            "insert into accounts (id, username, email, name, created_at)
               values ('person{n}', 'person{n}', 'person{n}@example.com', 'person{n}', unixepoch());
             insert into customers (id, account_id, made_at) values ('{customer}', 'person{n}', unixepoch());
             insert into checkout_intents (id, account_id, customer_id, price_id, plan, trial_days, made_at, state)
               values ('intent{n}', 'person{n}', '{customer}', 'price_premium_month', 'premium', 0, unixepoch(), 'open');\n"
        ));
    }
    let file = data.join("fill.sql");
    project::write(&file, &text)?;
    let file = file.to_string_lossy();
    d1(project, data, state, &["--file", &file], "writing the customers").map(drop)
}

fn d1(project: &Project, data: &Path, state: &Path, what: &[&str], words: &str) -> Result<String> {
    let mut command = project.wrangler();
    command
        .env("WRANGLER_LOG_PATH", data.join("logs/wrangler"))
        .args(["d1", "execute", "DB", "--local", "--yes", "--persist-to"])
        .arg(state)
        .args(what);
    process::run(words, &mut command, &data.join("logs/d1.log"))
}

fn now() -> Result<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|e| e.to_string())?;
    Ok(since.as_secs())
}

fn deliveries(port: u16, customers: &[String]) -> Result<Vec<Delivery>> {
    let step = Step::begin("signing events");
    let said = json!({ "customers": customers, "months": MONTHS, "at": now()? + 60 });
    let wave = stripe::tell(port, "wave", &said)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = wave["deliveries"].as_array().into_iter().flatten();
    let mut all: Vec<Delivery> =
        all.map(|one| (text(&one["body"]).into_bytes(), text(&one["signature"]))).collect();
    if all.len() < EVENTS {
        return Err(format!("There are {} events, not {EVENTS}.", all.len()));
    }
    all.truncate(EVENTS);
    step.done("");
    Ok(all)
}

/// Sends each event at its time, whether or not others are answered; milliseconds count from that time.
fn load(url: &str, deliveries: &[Delivery]) -> Result<Value> {
    let step = Step::begin("sending 100 events each second");
    let began = Instant::now();
    let line = |nth: usize| {
        let agent = agent();
        let mut outcomes = Vec::new();
        for (at, (body, signature)) in deliveries.iter().enumerate().skip(nth).step_by(LINES) {
            let due = Duration::from_micros((at * 1_000_000 / PER_SECOND) as u64);
            thread::sleep(due.saturating_sub(began.elapsed()));
            let status = send(&agent, url, body, signature, at);
            outcomes.push((status, (began.elapsed() - due).as_secs_f64() * 1000.0));
        }
        outcomes
    };
    let mut outcomes: Vec<(u16, f64)> = thread::scope(|scope| {
        let lines: Vec<_> = (0..LINES).map(|nth| scope.spawn(move || line(nth))).collect();
        lines.into_iter().filter_map(|line| line.join().ok()).flatten().collect()
    });
    let took = began.elapsed().as_secs_f64();
    step.done("");
    outcomes.sort_by(|a, b| a.1.total_cmp(&b.1));
    let at = |share: usize| outcomes.get(outcomes.len() * share / 100).map_or(f64::MAX, |o| o.1);
    let (p50, p99) = (at(50), at(99));
    let worst = outcomes.last().map_or(f64::MAX, |outcome| outcome.1);
    let refused = EVENTS - outcomes.iter().filter(|outcome| outcome.0 == 200).count();
    println!(
        "{EVENTS} events in {took:.1} s: p50 {p50:.1} ms, p99 {p99:.1} ms, worst {worst:.1} ms, {refused} not acknowledged"
    );
    let is_good = refused == 0 && p99 <= P99_MS;
    Ok(json!({
        "events": EVENTS, "seconds": took, "p50_ms": p50, "p99_ms": p99, "worst_ms": worst, "is_good": is_good,
    }))
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build();
    config.into()
}

/// The status; 0 where the line broke, as it does when a body is refused before all of it is there.
fn send(agent: &ureq::Agent, url: &str, body: &[u8], signature: &str, nth: usize) -> u16 {
    // Bad signatures are limited by address, so each has its own.
    let address = format!("84.{}.{}.{}", nth >> 16 & 255, nth >> 8 & 255, nth & 255);
    let request = agent.post(url).header("content-type", "application/json");
    let request = request.header("stripe-signature", signature);
    let request = request.header("cf-connecting-ip", &address);
    request.send(body).map_or(0, |answer| answer.status().as_u16())
}

/// Waits until Pipit asks Stripe no more.
fn settle(port: u16) -> Result<()> {
    let mut step = Step::begin("applying the events");
    let (began, mut last, mut quiet) = (Instant::now(), Value::Null, 0);
    while quiet < 4 {
        thread::sleep(Duration::from_secs(2));
        let asked = stripe::tell(port, "requests", &json!({ "about": "cus_" }))?;
        quiet = if asked == last { quiet + 1 } else { 0 };
        last = asked;
        step.beat(|| last["counts"].to_string());
        if began.elapsed() > SETTLED {
            return Err(format!("Pipit still asks Stripe after {SETTLED:?}."));
        }
    }
    let took = began.elapsed().as_secs().saturating_sub(8);
    step.done(&format!("{took} s after the last event; {}", last["counts"]));
    Ok(())
}

/// Every event has its row and is applied, and every customer has what Stripe says.
fn compare(
    project: &Project,
    data: &Path,
    state: &Path,
    port: u16,
    customers: &[String],
) -> Result<Value> {
    let ask = |text: &str| -> Result<Vec<Value>> {
        let what = ["--json", "--command", text];
        let said = d1(project, data, state, &what, "reading what is stored")?;
        let from = said.find('[').unwrap_or_default();
        let all: Value = serde_json::from_str(&said[from..]).map_err(|e| format!("{e}: {said}"))?;
        Ok(all[0]["results"].as_array().cloned().unwrap_or_default())
    };
    let states = ask("select state, count(*) as n from stripe_events group by state")?;
    let rows = ask(
        "select s.customer_id, json_array(s.status, s.price_id, s.period_ends_at, e.plan, e.access) as has
           from billing_subscriptions s join entitlements e on e.account_id = s.account_id",
    )?;
    let books = stripe::tell(port, "books", &json!({ "customers": customers }))?;
    let right = rows.iter().filter(|row| {
        let one = &books[row["customer_id"].as_str().unwrap_or_default()]["subscription"][0];
        let item = &one["items"]["data"][0];
        let is = json!([
            one["status"],
            item["price"]["id"],
            item["current_period_end"],
            "premium",
            "full"
        ]);
        row["has"].as_str() == Some(&is.to_string())
    });
    let right = right.count();
    println!("events by state: {}; {right} of {CUSTOMERS} customers as at Stripe", json!(states));
    if states != [json!({ "state": "applied", "n": EVENTS })] || right != CUSTOMERS {
        return Err("Something was lost or is not applied.".to_owned());
    }
    Ok(json!({ "events": EVENTS, "customers": right }))
}

/// What is no event of Stripe's, with the statuses that it may get.
type Forgery = (&'static str, Vec<u8>, String, &'static [u16]);

fn forgeries(deliveries: &[Delivery]) -> Result<Vec<Forgery>> {
    let [(body, good), (other, _), ..] = deliveries else {
        return Err("There are no events.".to_owned());
    };
    let now = now()?;
    let (_, one) = good.split_once(',').ok_or("the signature has no parts")?;
    let mut changed = body.clone();
    changed.iter_mut().rev().take(9).for_each(|byte| *byte ^= 1);
    let mut no_text = body.clone();
    no_text.extend([0xff, 0xfe, 0xc0, 0x80]);
    let large = vec![b' '; 2 << 20];
    Ok(vec![
        // Node refuses headers of more than 16 KB before a Worker sees them, Cloudflare those of 128 KB.
        (
            "5,000 signatures in one header",
            body.clone(),
            format!("t={now},{}", vec![one; 5000].join(",")),
            &[400, 431, 0],
        ),
        (
            "5,000 short signatures",
            body.clone(),
            format!("t={now},{}", vec!["v1="; 5000].join(",")),
            &[400, 431, 0],
        ),
        ("a body of 2 MB", large, good.clone(), &[413, 0]),
        ("bytes that are no UTF-8", no_text, good.clone(), &[400]),
        ("the header of another body", other.clone(), good.clone(), &[400]),
        ("changed bytes", changed, good.clone(), &[400]),
        ("a time in the future", body.clone(), format!("t={},{one}", now + 400), &[400]),
        ("no header", body.clone(), String::new(), &[400]),
    ])
}

/// The processor time that workerd takes for each, wrangler's proxy included.
fn refused(stack: &Stack, url: &str, forgeries: &[Forgery]) -> Result<Vec<Value>> {
    println!("\n{:<34}{:>10}{:>12}", "", "status", "CPU ms");
    let processes = workerds(stack.group());
    let work = || processes.iter().filter_map(|id| cpu(*id)).sum::<Duration>();
    let agent = agent();
    let mut rows = Vec::new();
    for (place, (name, body, signature, statuses)) in forgeries.iter().enumerate() {
        let send = |nth: usize| send(&agent, url, body, signature, place << 16 | nth);
        let status = send(REPEATS);
        let before = work();
        let all_alike = (0..REPEATS).all(|nth| statuses.contains(&send(nth)));
        let ms = (work() - before).as_secs_f64() * 1000.0 / REPEATS as f64;
        println!("{name:<34}{status:>10}{ms:>12.2}");
        if !all_alike || !statuses.contains(&status) || ms > CPU_MS || processes.is_empty() {
            return Err(format!("{name}: {status}, {ms:.2} ms; {CPU_MS} ms at most."));
        }
        rows.push(json!({ "name": name, "status": status, "cpu_ms": ms }));
    }
    Ok(rows)
}

fn without_a_secret(project: &Project, plan: Plan, deliveries: &[Delivery]) -> Result<Vec<Value>> {
    let more = [("STRIPE_WEBHOOK_SECRET".to_owned(), String::new())].into();
    let stack = Stack::start(project, &Plan { more, ..plan })?;
    let (body, good) = deliveries.first().ok_or("there are no events")?;
    let forgery: Forgery = ("an empty secret", body.clone(), good.clone(), &[503]);
    refused(&stack, &format!("{}/webhooks/stripe", stack.origin), &[forgery])
}

/// The workerds of a process group.
fn workerds(group: u32) -> Vec<u64> {
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(std::result::Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u64>().ok());
    let is_ours = |id: &u64| {
        let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // pid (name) state parent group …
        let Some((name, rest)) = text.rsplit_once(") ") else { return false };
        name.ends_with("(workerd") && rest.split(' ').nth(2) == Some(&group.to_string())
    };
    ids.filter(is_ours).collect()
}
