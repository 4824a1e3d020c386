//! One account as the operator sees it: what we have beside what Stripe has, read that moment, and its logs.

use crate::{api, operator, refresh};
use askama::Template;
use domain::billing::{self, Subscription, is_over};
use platform::{Context, Error, Response, Result};
use store::{
    billing_log,
    operator::{Deed, Found},
};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "operator_account.html")]
struct Page {
    layout: Layout,
    said: String,
    found: Option<Found>,
    customer_id: String,
    plan: String,
    trouble: String,
    subscriptions: Vec<Row>,
    log: Vec<(String, String)>,
    deeds: Vec<(String, String)>,
}

/// A subscription here and at Stripe.
struct Row {
    id: String,
    ours: String,
    theirs: String,
    differs: bool,
    can_accept: bool,
}

/// Shows an account and notes that, unless `action` is empty. `said` is what came of the last step.
///
/// # Errors
/// [`Error::NotFound`] when neither we nor Stripe know anybody of that kind; when the database does not answer.
pub async fn show(v: &Visit<'_>, words: &str, action: &str, said: &str) -> Result<Response> {
    let (name, email) = operator::typed(words);
    let found = store::operator::find(v.cx, &name, &email).await?;
    let customer_id = found.as_ref().and_then(|found| found.customer_id.clone());
    let customer_id = customer_id.or_else(|| name.starts_with("cus_").then_some(name));
    if found.is_none() && customer_id.is_none() {
        return Err(Error::invalid("Nobody here has that name, address or number."));
    }
    let deed = Deed {
        operator: v.session()?.username.clone(),
        action: action.to_owned(),
        account_id: found.as_ref().map(|found| found.account_id.clone()),
        customer_id: customer_id.clone(),
        ..Deed::default()
    };
    if !action.is_empty() {
        store::operator::note(v.cx, &deed).await?;
    }
    page(v, found, customer_id.unwrap_or_default(), said).await
}

async fn page(
    v: &Visit<'_>,
    found: Option<Found>,
    customer_id: String,
    said: &str,
) -> Result<Response> {
    let mut page = Page {
        layout: Layout::of(v, "An account’s payments"),
        said: said.to_owned(),
        plan: String::new(),
        trouble: String::new(),
        subscriptions: Vec::new(),
        log: Vec::new(),
        deeds: Vec::new(),
        found,
        customer_id,
    };
    let mut ours = Vec::new();
    if let Some(found) = &page.found {
        page.plan = store::billing::entitlement(v.cx, &found.account_id).await?.words();
        let log = billing_log::of_account(v.cx, &found.account_id).await?;
        page.log = log.iter().map(|entry| (v.human(entry.at), entry_words(entry))).collect();
        let deeds = store::operator::deeds(v.cx, &found.account_id).await?;
        page.deeds = deeds.iter().map(|deed| (v.human(deed.at), deed_words(deed))).collect();
        ours = store::billing::subscriptions(v.cx, &page.customer_id).await?;
    }
    let theirs = match stripes(v.cx, &page.customer_id).await {
        Ok(theirs) => theirs,
        Err(error) => {
            page.trouble = error.to_string();
            Vec::new()
        }
    };
    page.subscriptions = beside(v.cx, &ours, &theirs, page.trouble.is_empty())?;
    web::page(&page)
}

async fn stripes(cx: &Context, customer_id: &str) -> Result<Vec<Subscription>> {
    if customer_id.is_empty() {
        return Ok(Vec::new());
    }
    let query = [("customer", customer_id), ("status", "all"), ("limit", "100")];
    match api::get(cx, "/v1/subscriptions", &query).await {
        Ok(list) => Ok(billing::charges(&list).iter().filter_map(billing::subscription).collect()),
        Err(Error::NotFound) => Err(Error::Gone("Stripe knows no such customer.".into())),
        Err(error) => Err(error),
    }
}

/// Both sides of each subscription. What Stripe does not decide is taken from ours, so that it never differs.
fn beside(
    cx: &Context,
    ours: &[Subscription],
    theirs: &[Subscription],
    is_read: bool,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for one in theirs {
        let known = ours.iter().find(|known| known.id == one.id);
        let mut one = Subscription { plan: refresh::granted(cx, one)?, ..one.clone() };
        if let Some(known) = known {
            (one.payment, one.is_accepted) = (known.payment, known.is_accepted);
        }
        let words = known.map_or_else(|| "not known here".to_owned(), Subscription::words);
        rows.push(Row {
            differs: words != one.words(),
            can_accept: known.is_some_and(|known| !known.is_accepted) && !is_over(&one.status),
            ours: words,
            theirs: one.words(),
            id: one.id,
        });
    }
    for known in ours.iter().filter(|known| !theirs.iter().any(|one| one.id == known.id)) {
        // Stripe lists nothing of a customer that was deleted.
        let differs = is_read && !is_over(&known.status);
        let (ours, theirs) = (known.words(), "not in its list".to_owned());
        rows.push(Row { id: known.id.clone(), ours, theirs, differs, can_accept: false });
    }
    Ok(rows)
}

fn entry_words(entry: &billing_log::Entry) -> String {
    let plan = |plan: &str| if plan.is_empty() { "free".to_owned() } else { plan.to_owned() };
    let (before, after) = (plan(&entry.plan_before), plan(&entry.plan));
    let plans = if before == after { after } else { format!("{before} → {after}") };
    format!(
        "{}, {plans}, {} (by {})",
        entry.kind.replace('_', " "),
        entry.subscription_id,
        entry.by
    )
}

fn deed_words(deed: &Deed) -> String {
    let note = if deed.note.is_empty() { String::new() } else { format!(": {}", deed.note) };
    format!("{} {}{note}", deed.operator, deed.action)
}
