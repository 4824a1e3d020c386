//! `admin reconcile`: has a Pipit compare its customers with Stripe, and prints what it found.

use crate::{
    Result,
    admin::{Database, rows},
    args::Args,
    clock,
    progress::say,
    project::{Project, hex},
    settings,
};
use serde_json::Value;
use std::{
    thread,
    time::{Duration, Instant},
};

/// A local Pipit looks for jobs once a minute, a deployed one too.
const BEGIN_LIMIT: Duration = Duration::from_secs(150);
/// So long nothing moves when Stripe does not answer, or nobody runs jobs.
const STILL_LIMIT: Duration = Duration::from_secs(20 * 60);
const PAUSE: Duration = Duration::from_secs(3);
const PAGE: usize = 500;

/// Runs `admin reconcile`.
pub fn command(mut args: Args) -> Result<()> {
    let is_full = args.flag("--full");
    let project = Project::find()?;
    let database = Database::take(&mut args, &project)?;
    args.finish()?;
    let id = format!("cmd{}", hex(&settings::random()?[..8]));
    let (scope, now) = (if is_full { "full" } else { "asked" }, clock::now());
    let now = now + database.ahead_seconds();
    let begin = format!(
        "insert into jobs (id, kind, ref, created_at, next_at) \
         values ('{id}', 'reconcile', '{scope}', {now}, {now}) returning id"
    );
    if matches!(database, Database::Printed) {
        println!("{begin};\n");
        println!("Run it on the database of a Pipit that runs, and read the report with\n");
        println!("{};\n{};", state(&id), differences(&id, ""));
        return Ok(());
    }
    rows(&project, &database, &begin)?;
    say("asked for; whoever runs this Pipit's jobs begins within a minute");
    let ended = follow(&project, &database, &id)?;
    report(&project, &database, &id, &ended)
}

fn state(id: &str) -> String {
    format!(
        "select stage, ended_at, found, compared, repaired, failed from reconciliations where id = '{id}'"
    )
}

fn differences(id: &str, after: &str) -> String {
    format!(
        "select d.customer_id, a.username, d.kind, d.had, d.has from reconciliation_differences d \
         left join accounts a on a.id = d.account_id where d.reconciliation_id = '{id}' \
         and d.customer_id > '{after}' order by d.customer_id limit {PAGE}"
    )
}

/// Prints how far it is until it is at its end.
fn follow(project: &Project, database: &Database, id: &str) -> Result<Value> {
    let mut last = Value::Null;
    let mut since = Instant::now();
    loop {
        thread::sleep(PAUSE);
        let found = rows(project, database, &state(id))?.into_iter().next().unwrap_or_default();
        if found != last {
            say(&progress(&found));
            (last, since) = (found, Instant::now());
        }
        if !last["ended_at"].is_null() {
            return Ok(last);
        }
        if last.is_null() && since.elapsed() > BEGIN_LIMIT {
            return Err(not_begun(project, database, id));
        }
        if since.elapsed() > STILL_LIMIT {
            return Err(
                "Nothing has moved for twenty minutes: does Stripe answer? What is done is \
                        kept, and it goes on by itself; its page is at /operator/billing."
                    .to_owned(),
            );
        }
    }
}

fn progress(found: &Value) -> String {
    let number = |name: &str| found[name].as_i64().unwrap_or_default();
    match found["stage"].as_str().unwrap_or_default() {
        "events" => "looking through Stripe's events".to_owned(),
        "subscriptions" => "looking through Stripe's subscriptions".to_owned(),
        "ours" => "looking through our own customers".to_owned(),
        _ => format!(
            "{} of {} customers compared, {} differed",
            number("compared"),
            number("found"),
            number("repaired")
        ),
    }
}

fn not_begun(project: &Project, database: &Database, id: &str) -> String {
    let waits = format!("select 1 as n from jobs where id = '{id}'");
    if rows(project, database, &waits).is_ok_and(|rows| rows.is_empty()) {
        return "It was taken and not begun: another one is under way (its page is at \
                /operator/billing), or this Pipit has no STRIPE_SECRET_KEY."
            .to_owned();
    }
    "Nobody took the job. Does this Pipit run? (`cargo xtask dev`)".to_owned()
}

fn report(project: &Project, database: &Database, id: &str, ended: &Value) -> Result<()> {
    let number = |name: &str| ended[name].as_i64().unwrap_or_default();
    let mut after = String::new();
    loop {
        let page = rows(project, database, &differences(id, &after))?;
        for one in &page {
            println!("{}", line(one));
        }
        match page.last().and_then(|one| one["customer_id"].as_str()) {
            Some(last) if page.len() >= PAGE => last.clone_into(&mut after),
            _ => break,
        }
    }
    println!(
        "{} customers compared: {} differed from Stripe and were put right, {} could not be read.",
        number("compared"),
        number("repaired"),
        number("failed")
    );
    Ok(())
}

/// A difference in plain words.
fn line(one: &Value) -> String {
    let text = |name: &str| one[name].as_str().unwrap_or_default();
    let who = one["username"].as_str().unwrap_or("nobody here");
    let (customer, had, has) = (text("customer_id"), text("had"), text("has"));
    match text("kind") {
        "unknown" => {
            format!("{customer}: a subscription of nobody here, {has}; nothing is granted")
        }
        "failed" => format!("{who} ({customer}): {has}"),
        _ => format!("{who} ({customer})\n  we had:     {had}\n  Stripe has: {has}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{line, progress};
    use serde_json::json;

    #[test]
    fn a_report_is_in_words() {
        let one = json!({"customer_id": "cus_1", "username": "mara", "kind": "repaired",
                         "had": "free", "has": "premium"});
        assert_eq!(line(&one), "mara (cus_1)\n  we had:     free\n  Stripe has: premium");
        let one = json!({"customer_id": "cus_2", "username": null, "kind": "unknown",
                         "had": "nobody here", "has": "sub_1: active"});
        assert!(line(&one).starts_with("cus_2: a subscription of nobody here, sub_1: active"));
        let found = json!({"stage": "compare", "found": 9, "compared": 3, "repaired": 1});
        assert_eq!(progress(&found), "3 of 9 customers compared, 1 differed");
    }
}
