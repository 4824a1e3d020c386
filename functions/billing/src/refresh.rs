//! Reading a customer at Stripe again, which is all that any event, button or reconciliation does: what
//! Stripe says then is what counts, in whatever order we were told.

use crate::api;
use domain::billing::{self, Subscription};
use platform::{Context, Error, Price, Result};
use serde_json::Value;
use store::{
    billing::{Entry, Outcome, Turn},
    job::Job,
    operator::has_accepted,
    stripe_event,
};

const BUSY: &str = "this customer is being read by somebody else";

/// The job [`store::billing::REFRESH`].
///
/// # Errors
/// When Stripe or the database does not answer; the events wait meanwhile.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    customer(cx, &job.subject, "stripe").await?;
    // Whoever came for an event while this one read is put off by a minute, and need not be waited for.
    if store::billing::look_again(cx, &job.subject).await? {
        cx.wake();
    }
    Ok(())
}

/// The job [`store::billing::RESOLVE`]: finds out whose an event is that names no customer.
///
/// # Errors
/// When Stripe or the database does not answer.
pub async fn resolve(cx: &Context, job: &Job) -> Result<()> {
    let Some(object_id) = stripe_event::waiting(cx, &job.subject).await? else { return Ok(()) };
    match owner(cx, &object_id.unwrap_or_default()).await? {
        Some(customer_id) => {
            stripe_event::belongs_to(cx, &job.subject, &customer_id).await?;
            cx.wake();
            Ok(())
        }
        None => stripe_event::ignore(cx, &job.subject).await,
    }
}

/// Where an object of Stripe's is read, by how its id begins, and where its customer stands in it.
const KINDS: [(&str, &str, &str); 9] = [
    ("sub_", "subscriptions", "/customer"),
    ("in_", "invoices", "/customer"),
    ("ch_", "charges", "/customer"),
    ("py_", "charges", "/customer"),
    ("cs_", "checkout/sessions", "/customer"),
    ("pm_", "payment_methods", "/customer"),
    ("dp_", "disputes", "/charge/customer"),
    ("du_", "disputes", "/charge/customer"),
    ("cus_", "customers", "/id"),
];

async fn owner(cx: &Context, object_id: &str) -> Result<Option<String>> {
    let found = KINDS.iter().find(|(start, ..)| object_id.starts_with(start));
    let Some((_, kind, at)) = found else { return Ok(None) };
    let Some(path) = api::path_of(kind, object_id) else { return Ok(None) };
    let query: &[(&str, &str)] = if *kind == "disputes" { &[("expand[]", "charge")] } else { &[] };
    match api::get(cx, &path, query).await {
        Ok(object) => Ok(Some(api::text(&object, at).to_owned()).filter(|id| !id.is_empty())),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a customer at Stripe, writes what it has, and answers with what changed. `by` says who asked:
/// `stripe`, `reconcile` or an operator's user name. A customer that is not ours changes nothing.
///
/// # Errors
/// [`Error::Unavailable`] while somebody else reads the same customer; when Stripe or the database does
/// not answer.
pub async fn customer(cx: &Context, customer_id: &str, by: &str) -> Result<Vec<Entry>> {
    let Some(turn) = store::billing::begin(cx, customer_id).await? else {
        if store::billing::find_customer(cx, customer_id).await?.is_some() {
            return Err(Error::Unavailable(BUSY.to_owned()));
        }
        cx.log("stripe speaks of a customer that is not ours");
        stripe_event::ignore_of(cx, customer_id).await?;
        return Ok(Vec::new());
    };
    let read = match read(cx, &turn).await {
        Ok(read) => read,
        Err(error) => {
            store::billing::release(cx, &turn).await?;
            return Err(error);
        }
    };
    write(cx, &turn, &read, by).await
}

struct Read {
    subscriptions: Vec<Subscription>,
    is_deleted: bool,
}

async fn read(cx: &Context, turn: &Turn) -> Result<Read> {
    let customer_id = turn.customer_id.as_str();
    let query = [("customer", customer_id), ("status", "all"), ("limit", "100")];
    let list = or_none(api::get(cx, "/v1/subscriptions", &query).await)?;
    let query = [("customer", customer_id), ("limit", "10")];
    let mut charges = or_none(api::get(cx, "/v1/charges", &query).await)?.unwrap_or_default();
    add_disputes(cx, &mut charges).await?;
    let is_deleted = match &list {
        None => true,
        Some(list) if nothing_goes_on(list) => is_deleted(cx, customer_id).await?,
        Some(_) => false,
    };
    let list = list.unwrap_or_default();
    let mut subscriptions: Vec<Subscription> =
        billing::charges(&list).iter().filter_map(billing::subscription).collect();
    for known in &turn.subscriptions {
        if !subscriptions.iter().any(|one| one.id == known.id) {
            subscriptions.push(unlisted(cx, known).await?);
        }
    }
    for one in &mut subscriptions {
        one.payment = billing::payment(one.made_at, billing::charges(&charges));
        one.plan = plan(cx, one)?;
        let known = turn.subscriptions.iter().find(|known| known.id == one.id);
        one.is_accepted = match known {
            Some(known) if known.is_accepted => true,
            // Made by hand, and the operator said yes.
            Some(_) if has_accepted(cx, &one.id, &turn.account_id).await? => true,
            _ => is_from_our_checkout(cx, &turn.account_id, one).await?,
        };
    }
    Ok(Read { subscriptions, is_deleted })
}

/// A charge says only that it is disputed; of its disputes the newest counts.
async fn add_disputes(cx: &Context, charges: &mut Value) -> Result<()> {
    let all = charges.get_mut("data").and_then(Value::as_array_mut).into_iter().flatten();
    for charge in all.filter_map(Value::as_object_mut) {
        let is_disputed = charge.get("disputed").and_then(Value::as_bool) == Some(true);
        let Some(id) = charge.get("id").and_then(Value::as_str).filter(|_| is_disputed) else {
            continue;
        };
        let query = [("charge", id), ("limit", "1")];
        let list = or_none(api::get(cx, "/v1/disputes", &query).await)?;
        if let Some(newest) = list.as_ref().and_then(|list| list.pointer("/data/0")) {
            charge.insert("dispute".to_owned(), newest.clone());
        }
    }
    Ok(())
}

fn or_none(answer: Result<Value>) -> Result<Option<Value>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

// Only somebody who has nothing that goes on can be deleted: whose subscriptions ended with them.
fn nothing_goes_on(list: &Value) -> bool {
    billing::charges(list).iter().all(|one| billing::is_over(api::text(one, "/status")))
}

async fn is_deleted(cx: &Context, customer_id: &str) -> Result<bool> {
    let Some(path) = api::path_of("customers", customer_id) else { return Ok(true) };
    let found = or_none(api::get(cx, &path, &[]).await)?;
    Ok(found.is_none_or(|customer| customer.get("deleted").and_then(Value::as_bool) == Some(true)))
}

// A deleted customer's list may be empty though its subscriptions can be read for ever. One that even Stripe
// does not know ended.
async fn unlisted(cx: &Context, known: &Subscription) -> Result<Subscription> {
    let path = api::path_of("subscriptions", &known.id).ok_or(Error::NotFound)?;
    let found = or_none(api::get(cx, &path, &[]).await)?;
    Ok(found.as_ref().and_then(billing::subscription).unwrap_or_else(|| Subscription {
        status: "canceled".to_owned(),
        ended_at: known.ended_at.or(Some(cx.seconds())),
        ..known.clone()
    }))
}

/// The plan that a subscription's price grants.
///
/// # Errors
/// Where there is no Stripe.
pub fn granted(cx: &Context, one: &Subscription) -> Result<Option<String>> {
    let price = api::config(cx)?.prices.get(&one.price_id);
    Ok(price.filter(|price| is_charged_so(price, one)).map(|price| price.plan.clone()))
}

fn plan(cx: &Context, one: &Subscription) -> Result<Option<String>> {
    let plan = granted(cx, one)?;
    if plan.is_none() && !billing::is_over(&one.status) {
        cx.log(&format!(
            "alarm: subscription {} has price {}, which grants nothing",
            one.id, one.price_id
        ));
    }
    Ok(plan)
}

fn is_charged_so(price: &Price, one: &Subscription) -> bool {
    match &price.charge {
        None => one.amount.is_some(),
        Some(charge) => {
            one.amount == Some(charge.amount)
                && one.currency == charge.currency
                && one.interval == charge.interval
        }
    }
}

// Whoever can make a subscription at Stripe could otherwise name any account of ours in it.
async fn is_from_our_checkout(cx: &Context, account_id: &str, one: &Subscription) -> Result<bool> {
    if billing::is_over(&one.status) || one.status == "incomplete" {
        return Ok(false);
    }
    let query = [("subscription", one.id.as_str()), ("limit", "1")];
    let list = or_none(api::get(cx, "/v1/checkout/sessions", &query).await)?.unwrap_or_default();
    let Some(session) = list.pointer("/data/0") else { return Ok(false) };
    let is_paid = matches!(api::text(session, "/payment_status"), "paid" | "no_payment_required");
    let intent = api::text(session, "/client_reference_id");
    if !is_paid || intent.is_empty() {
        return Ok(false);
    }
    store::billing::complete_intent(cx, intent, account_id).await
}

async fn write(cx: &Context, turn: &Turn, read: &Read, by: &str) -> Result<Vec<Entry>> {
    let entitlement = billing::entitlement(&read.subscriptions);
    let mut entries = Vec::new();
    for after in &read.subscriptions {
        let before = turn.subscriptions.iter().find(|before| before.id == after.id);
        entries.extend(billing::changes(before, after).into_iter().map(|kind| Entry {
            kind,
            subscription: after.clone(),
            plan_before: turn.entitlement.plan.clone(),
            plan: entitlement.plan.clone(),
        }));
    }
    let outcome = Outcome {
        subscriptions: &read.subscriptions,
        entitlement: &entitlement,
        entries: &entries,
        is_deleted: read.is_deleted,
        by,
    };
    let is_written = store::billing::write(cx, turn, &outcome).await?;
    if !entries.is_empty() {
        cx.wake();
    }
    // A later reading knows better, and answers for what changed.
    Ok(if is_written { entries } else { Vec::new() })
}
