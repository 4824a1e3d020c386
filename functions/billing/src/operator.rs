//! The operator's pages about payments: who has what here and at Stripe, what differed, and what got stuck.
//!
//! For everybody but the operator they do not exist, and they exist only where something is paid for. Whom the
//! operator looks at is written down, so looking at somebody is a POST, and has no address of its own.

use crate::{JOBS, account, reconcile};
use askama::Template;
use domain::email;
use platform::{Context, Error, Response, Result};
use store::{
    operator::{self, Deed},
    reconciliation::{self, Difference, Reconciliation},
    session::Session,
};
use web::{Layout, Visit};

/// So many differences stand on a page.
const DIFFERENCES: i64 = 200;
const LAST: i64 = 10;

#[derive(Template)]
#[template(path = "operator_billing.html")]
struct Overview {
    layout: Layout,
    unaccepted: Vec<(String, String)>,
    dead: Vec<Dead>,
    reconciliations: Vec<Row>,
    events: Vec<(String, String, i64)>,
}

struct Dead {
    id: String,
    kind: String,
    subject: String,
    error: String,
    at: String,
}

/// A reconciliation in a list.
struct Row {
    id: String,
    began: String,
    words: String,
}

#[derive(Template)]
#[template(path = "operator_reconciliation.html")]
struct Report {
    layout: Layout,
    words: String,
    began: String,
    asked_by: String,
    differences: Vec<Difference>,
    next: Option<String>,
}

/// The session of the operator, where something is paid for.
///
/// # Errors
/// [`Error::NotFound`] for everybody else and everywhere else.
pub fn alone<'a>(v: &'a Visit<'_>) -> Result<&'a Session> {
    if v.cx.config.stripe.is_none() {
        return Err(Error::NotFound);
    }
    v.operator()
}

/// `GET /operator/billing`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    alone(&v)?;
    let last = reconciliation::list(v.cx, LAST).await?;
    let row =
        |of: Reconciliation| Row { began: v.human(of.began_at), words: words(&of), id: of.id };
    let dead = operator::dead_jobs(v.cx, &KINDS).await?;
    let dead = dead.into_iter().map(|job| Dead {
        at: v.human(job.dead_at),
        id: job.id,
        kind: job.kind,
        subject: job.subject,
        error: job.error,
    });
    web::page(&Overview {
        layout: Layout::of(&v, "Payments"),
        unaccepted: operator::unaccepted(v.cx).await?,
        dead: dead.collect(),
        reconciliations: last.into_iter().map(row).collect(),
        events: operator::events(v.cx).await?,
    })
}

/// The kinds of our jobs. Made while compiling: a function that looked at the table would have every job in
/// it compiled here too, beside where the table is used, which is a fiftieth of the Worker.
const KINDS: [&str; JOBS.len()] = {
    let mut kinds = [""; JOBS.len()];
    let (mut to, mut from) = (kinds.as_mut_slice(), JOBS);
    while let ([kind, others @ ..], [job, rest @ ..]) = (to, from) {
        *kind = job.kind;
        (to, from) = (others, rest);
    }
    kinds
};

fn words(of: &Reconciliation) -> String {
    let Reconciliation { found, compared, repaired, failed, .. } = of;
    match of.ended_at {
        None if of.stage == "compare" => {
            format!("under way: {compared} of {found} compared, {repaired} differed")
        }
        None => "under way: looking for whom to compare".to_owned(),
        Some(_) => format!(
            "{compared} compared, {repaired} differed and were put right, {failed} could not be read"
        ),
    }
}

/// `POST /operator/billing/reconciliations`: begins one, `scope` is `asked` or `full`.
pub async fn begin(mut v: Visit<'_>) -> Result<Response> {
    let username = alone(&v)?.username.clone();
    let form = v.form().await?;
    let scope = if form.get("scope") == "full" { "full" } else { "asked" };
    note(v.cx, &username, &format!("began a reconciliation ({scope})")).await?;
    reconciliation::ask(v.cx, &format!("{scope} {username}")).await?;
    v.cx.wake();
    web::see_other("/operator/billing")
}

/// `GET /operator/billing/reconciliations/{id}`; `after` is the customer that the page before ended with.
pub async fn reconciliation(v: Visit<'_>) -> Result<Response> {
    alone(&v)?;
    let of = reconciliation::find(v.cx, v.param("id")).await?.ok_or(Error::NotFound)?;
    let differences =
        reconciliation::differences(v.cx, &of.id, &v.query("after"), DIFFERENCES).await?;
    let is_full = i64::try_from(differences.len()).is_ok_and(|count| count >= DIFFERENCES);
    let next = differences.last().filter(|_| is_full).map(|last| last.customer_id.clone());
    web::page(&Report {
        layout: Layout::of(&v, "Reconciliation"),
        words: words(&of),
        began: v.human(of.began_at),
        asked_by: of.asked_by,
        differences,
        next,
    })
}

/// `POST /operator/billing/jobs/{id}/retry`
pub async fn retry(v: Visit<'_>) -> Result<Response> {
    let operator = alone(&v)?.username.clone();
    let action = format!("had job {} tried again", v.param("id"));
    let deed = Deed { operator, action, ..Deed::default() };
    operator::retry(v.cx, v.param("id"), &KINDS, &deed).await?;
    v.cx.wake();
    web::see_other("/operator/billing")
}

/// `POST /operator/billing/lookup`: an account by its user name, its mail address, or Stripe's id of it.
pub async fn look_up(mut v: Visit<'_>) -> Result<Response> {
    alone(&v)?;
    let form = v.form().await?;
    account::show(&v, form.get("q"), "looked at it", "").await
}

/// `POST /operator/billing/reconciliation`: has one customer read again.
pub async fn reconcile_one(mut v: Visit<'_>) -> Result<Response> {
    let operator = alone(&v)?.username.clone();
    let form = v.form().await?;
    let customer_id = form.get("customer");
    let before = ours(v.cx, customer_id).await?;
    crate::refresh::customer(v.cx, customer_id, &operator).await?;
    let after = ours(v.cx, customer_id).await?;
    let said = if before == after {
        "Nothing differed.".to_owned()
    } else {
        format!("It differed and is put right. Before: {before}")
    };
    account::show(&v, customer_id, "reconciled it", &said).await
}

async fn ours(cx: &Context, customer_id: &str) -> Result<String> {
    let customer = store::billing::find_customer(cx, customer_id).await?.ok_or(Error::NotFound)?;
    reconcile::state(cx, customer_id, &customer.account_id).await
}

/// `POST /operator/billing/acceptance`: grants what a subscription is worth that was made by hand at Stripe.
pub async fn accept(mut v: Visit<'_>) -> Result<Response> {
    let operator = alone(&v)?.username.clone();
    let form = v.form().await?;
    let (customer_id, subscription) = (form.get("customer"), form.get("subscription"));
    let note = reason(form.text("reason"))?;
    let customer =
        store::billing::find_customer(v.cx, customer_id).await?.ok_or(Error::NotFound)?;
    let deed = Deed {
        action: format!("accepted {subscription}"),
        account_id: Some(customer.account_id),
        customer_id: Some(customer.id),
        note,
        operator: operator.clone(),
        at: 0,
    };
    operator::accept(v.cx, subscription, customer_id, &deed).await?;
    // The job that was written with it does the same, should this fail.
    v.cx.wake();
    crate::refresh::customer(v.cx, customer_id, &operator).await?;
    account::show(&v, customer_id, "", "Accepted.").await
}

/// `POST /operator/billing/link`: a customer that was made by hand at Stripe becomes an account's.
pub async fn link(mut v: Visit<'_>) -> Result<Response> {
    let operator = alone(&v)?.username.clone();
    let form = v.form().await?;
    let customer_id = form.get("customer");
    let note = reason(form.text("reason"))?;
    let found = operator::find(v.cx, form.get("username"), "").await?;
    let found = found.ok_or_else(|| Error::invalid("There is no account of that name."))?;
    let path = crate::api::path_of("customers", customer_id).ok_or(Error::NotFound)?;
    crate::api::get(v.cx, &path, &[]).await?;
    let deed = Deed {
        operator: operator.clone(),
        action: format!("said that {customer_id} is {}", found.username),
        account_id: Some(found.account_id.clone()),
        customer_id: Some(customer_id.to_owned()),
        note,
        at: 0,
    };
    operator::link(v.cx, customer_id, &found.account_id, &deed).await.map_err(
        |error| match error {
            Error::Conflict => Error::invalid(
                "That account has a customer at Stripe, or that customer is somebody’s.",
            ),
            error => error,
        },
    )?;
    crate::refresh::customer(v.cx, customer_id, &operator).await?;
    account::show(&v, customer_id, "", "Linked.").await
}

fn reason(text: &str) -> Result<String> {
    let reason: String = text.trim().chars().take(500).collect();
    if reason.is_empty() {
        return Err(Error::invalid("Say why: it stays in the log."));
    }
    Ok(reason)
}

async fn note(cx: &Context, operator: &str, action: &str) -> Result<()> {
    let deed = Deed { operator: operator.to_owned(), action: action.to_owned(), ..Deed::default() };
    operator::note(cx, &deed).await
}

/// A search as it is typed: a user name with or without its @, a mail address in any case.
pub fn typed(words: &str) -> (String, String) {
    let words = words.trim();
    let name = words.strip_prefix('@').unwrap_or(words);
    (name.to_owned(), email::canonical(words).unwrap_or_default())
}
