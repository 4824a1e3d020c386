//! The jobs `reconcile` and `stripe-sweep`: what no event told us, or what became of none, is found here.
//!
//! A reconciliation looks for customers whose subscriptions changed at Stripe, adds those of ours that pay,
//! and has each read again; whoever differs afterwards from before is named in its report. It goes on from
//! step to step, each a job, and one that is cut off goes on where it was.

use crate::{api, notice, refresh};
use domain::billing::{self, Subscription};
use platform::{Context, Error, Result};
use serde_json::Value;
use store::{
    job::Job,
    reconciliation::{self, Compared, Due, NIGHTLY, Reconciliation},
};

/// Lists are read so many pages at a time …
const PAGES: usize = 5;
/// … of so many objects; events hold whole invoices.
const EVENTS: &str = "25";
const SUBSCRIPTIONS: &str = "50";
const OURS: i64 = 500;
/// A step takes seconds, in which a mail may have to wait for it.
const STEP: i64 = 8;
/// After each read of Stripe's, so that it answers fewer than twenty a second.
const PAUSE_MS: u32 = 65;
/// After so many tries one customer that cannot be read does not keep the others waiting.
const TRIES: i64 = 3;
const TRIES_WITHOUT_STRIPE: i64 = 7;

/// The events that change what somebody pays for.
const TYPES: [&str; 15] = [
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.finalization_failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
];

/// Begins a reconciliation, or takes its next step.
///
/// # Errors
/// When Stripe or the database does not answer; the step is taken again then.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    if cx.config.stripe.is_none() {
        return Ok(());
    }
    let (scope, asked_by) = match job.subject.split_once(' ') {
        Some((scope, operator)) => (scope, operator),
        None if job.subject == NIGHTLY => (NIGHTLY, "the clock"),
        None if ["asked", "full"].contains(&job.subject.as_str()) => {
            (job.subject.as_str(), "the command line")
        }
        None => return step(cx, job).await,
    };
    reconciliation::go_on(cx).await?;
    reconciliation::begin(cx, &job.id, scope, asked_by).await?;
    cx.wake();
    Ok(())
}

/// Finds events that wait without a job, such as those whose job was given up.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(cx: &Context) -> Result<()> {
    if reconciliation::sweep(cx).await? {
        reconciliation::look_again(cx).await?;
        cx.wake();
    }
    Ok(())
}

async fn step(cx: &Context, job: &Job) -> Result<()> {
    let found = reconciliation::find(cx, &job.subject).await?.filter(|of| of.ended_at.is_none());
    let Some(of) = found else { return Ok(()) };
    match of.stage.as_str() {
        "events" => listed(cx, &of, "subscriptions").await?,
        "subscriptions" => listed(cx, &of, "ours").await?,
        "ours" => ours(cx, &of).await?,
        _ => compare(cx, job, &of).await?,
    }
    cx.wake();
    Ok(())
}

/// Some pages of a list of Stripe's: whom they name is to be compared.
async fn listed(cx: &Context, of: &Reconciliation, next: &str) -> Result<()> {
    let mut cursor = of.cursor.clone();
    let mut found = Vec::new();
    for _ in 0..PAGES {
        let page = page(cx, of, cursor.as_deref()).await?;
        cx.http.wait(PAUSE_MS).await;
        let objects = billing::charges(&page);
        found.extend(objects.iter().filter_map(named));
        let last = objects.last().map(|last| api::text(last, "/id").to_owned());
        let has_more = page.get("has_more").and_then(Value::as_bool) == Some(true);
        cursor = last.filter(|last| has_more && !last.is_empty());
        if cursor.is_none() {
            return reconciliation::found(cx, of, &found, next, None).await;
        }
    }
    reconciliation::found(cx, of, &found, &of.stage, cursor.as_deref()).await
}

async fn page(cx: &Context, of: &Reconciliation, cursor: Option<&str>) -> Result<Value> {
    let since = of.since.to_string();
    let mut query = Vec::new();
    let is_events = of.stage == "events";
    if is_events {
        query.push(("limit", EVENTS));
        query.extend(TYPES.iter().map(|kind| ("types[]", *kind)));
    } else {
        query.extend([("limit", SUBSCRIPTIONS), ("status", "all")]);
    }
    if is_events || of.scope != "full" {
        query.push(("created[gte]", &since));
    }
    query.extend(cursor.map(|cursor| ("starting_after", cursor)));
    api::get(cx, if is_events { "/v1/events" } else { "/v1/subscriptions" }, &query).await
}

/// The customer that an event or a subscription names, and the subscription with its status.
fn named(object: &Value) -> Option<(String, Option<String>)> {
    let object = object.pointer("/data/object").unwrap_or(object);
    let kind = api::text(object, "/object");
    let places: &[&str] =
        if kind == "customer" { &["/id"] } else { &["/customer", "/customer/id"] };
    let customer = places.iter().map(|at| api::text(object, at)).find(|id| !id.is_empty())?;
    let status = api::text(object, "/status");
    let is_living = kind == "subscription" && !billing::is_over(status);
    let seen = is_living.then(|| format!("{}: {status}", api::text(object, "/id")));
    Some((customer.to_owned(), seen))
}

/// Some of our own customers.
async fn ours(cx: &Context, of: &Reconciliation) -> Result<()> {
    let after = of.cursor.as_deref().unwrap_or_default();
    let ids = reconciliation::ours(cx, after, of.scope == "full", OURS).await?;
    let last = ids.last().cloned();
    let found: Vec<_> = ids.into_iter().map(|id| (id, None)).collect();
    let stage = if last.is_some() { "ours" } else { "compare" };
    reconciliation::found(cx, of, &found, stage, last.as_deref()).await
}

async fn compare(cx: &Context, job: &Job, of: &Reconciliation) -> Result<()> {
    let due = reconciliation::due(cx, &of.id, STEP).await?;
    if due.is_empty() {
        return end(cx, of).await;
    }
    let due = written_down(cx, &of.id, due).await?;
    let mut compared = Vec::new();
    let mut stopped = None;
    for one in &due {
        match again(cx, one).await {
            Ok(outcome) => compared.push(outcome),
            Err(error) if compared.is_empty() && is_given_up(job, &error) => {
                compared.push(failed(one, &error));
            }
            Err(error) => {
                stopped = Some(error);
                break;
            }
        }
    }
    match stopped {
        Some(error) if compared.is_empty() => Err(error),
        _ => reconciliation::compared(cx, &of.id, &compared).await,
    }
}

/// What we had of each, kept before anything is read: whoever is cut off after the repair still reports it.
async fn written_down(cx: &Context, id: &str, due: Vec<Due>) -> Result<Vec<Due>> {
    let mut had = Vec::new();
    let mut all = Vec::new();
    for mut one in due {
        if let (Some(account_id), None) = (&one.account_id, &one.had) {
            let words = state(cx, &one.customer_id, account_id).await?;
            had.push((one.customer_id.clone(), words.clone()));
            one.had = Some(words);
        }
        all.push(one);
    }
    if !had.is_empty() {
        reconciliation::had(cx, id, &had).await?;
    }
    Ok(all)
}

/// Has a customer read again, and says whether anything differed.
async fn again(cx: &Context, one: &Due) -> Result<Compared> {
    let Some(account_id) = &one.account_id else { return Ok(unknown(one)) };
    let before = cx.meter.outgoing_calls();
    let read = refresh::customer(cx, &one.customer_id, "reconcile").await;
    let reads = cx.meter.outgoing_calls().saturating_sub(before);
    cx.http.wait(PAUSE_MS.saturating_mul(reads)).await;
    read?;
    let had = one.had.clone().unwrap_or_default();
    let has = state(cx, &one.customer_id, account_id).await?;
    let kind = if had == has { "" } else { "repaired" };
    Ok(Compared { account_id: Some(account_id.clone()), kind, had, has, ..nothing(one) })
}

/// A customer that is nobody's here is told of where it has a subscription, and gets nothing.
fn unknown(one: &Due) -> Compared {
    match &one.seen {
        Some(seen) => Compared {
            kind: "unknown",
            had: "nobody here".to_owned(),
            has: seen.clone(),
            ..nothing(one)
        },
        None => nothing(one),
    }
}

fn failed(one: &Due, error: &Error) -> Compared {
    let had = one.had.clone().unwrap_or_default();
    let has = format!("could not be read: {error}");
    Compared { account_id: one.account_id.clone(), kind: "failed", had, has, ..nothing(one) }
}

fn nothing(one: &Due) -> Compared {
    Compared { customer_id: one.customer_id.clone(), ..Compared::default() }
}

/// While Stripe does not answer at all, waiting is better than a report that nothing can be read.
fn is_given_up(job: &Job, error: &Error) -> bool {
    let is_outage = matches!(error, Error::Outgoing(_) | Error::Unavailable(_));
    job.attempts >= if is_outage { TRIES_WITHOUT_STRIPE } else { TRIES }
}

async fn end(cx: &Context, of: &Reconciliation) -> Result<()> {
    let is_alarm = of.repaired > 0 || of.failed > 0;
    if is_alarm {
        let Reconciliation { id, compared, repaired, failed, .. } = of;
        cx.log(&format!(
            "alarm: reconciliation {id}: of {compared} customers {repaired} differed from Stripe and were put \
             right, {failed} could not be read"
        ));
    }
    let notice = (is_alarm && cx.config.has_chat).then_some(notice::OF_RECONCILIATION);
    reconciliation::end(cx, &of.id, notice).await
}

/// What we have of a customer, in words.
///
/// # Errors
/// When the database does not answer.
pub async fn state(cx: &Context, customer_id: &str, account_id: &str) -> Result<String> {
    let entitlement = store::billing::entitlement(cx, account_id).await?;
    let mut subscriptions = store::billing::subscriptions(cx, customer_id).await?;
    subscriptions.sort_by(|a, b| a.id.cmp(&b.id));
    let of_each: Vec<String> = subscriptions.iter().map(Subscription::words).collect();
    let plan = entitlement.words();
    Ok(if of_each.is_empty() { plan } else { format!("{plan}; {}", of_each.join("; ")) })
}
