//! What the operator of a place where plans are paid for looks up and does, and the log of that.

use crate::{billing, job, reconciliation};
use platform::{Context, Error, Result, Row, Sql, sql};

/// So long the log is kept.
const KEPT_SECONDS: i64 = 365 * 86_400;
/// Events of so long are counted.
const COUNTED_SECONDS: i64 = 30 * 86_400;

/// An account, as the operator finds it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Our id.
    pub account_id: String,
    /// The user name.
    pub username: String,
    /// The canonical mail address.
    pub email: String,
    /// `cus_…`, from its first checkout on.
    pub customer_id: Option<String>,
}

/// Finds an account by its user name, its canonical mail address, or Stripe's id of it.
pub async fn find(cx: &Context, words: &str, email: &str) -> Result<Option<Found>> {
    let statement = sql(
        "select a.id, a.username, a.email, c.id as customer_id
         from accounts a left join customers c on c.account_id = a.id
         where a.id in (select id from accounts where username = ?1 union select id from accounts where email = ?2
           union select account_id from customers where id = ?1)
         limit 1",
        [words.into(), email.into()],
    );
    let row = cx.db.first(statement).await?;
    let read = |row: &Row| {
        row.read(|row| Found {
            account_id: row.text("id"),
            username: row.text("username"),
            email: row.text("email"),
            customer_id: row.opt_text("customer_id"),
        })
    };
    row.as_ref().map(read).transpose()
}

/// Something that the operator looked at or did.
#[derive(Debug, Clone, Default)]
pub struct Deed {
    /// The operator's user name.
    pub operator: String,
    /// In a few words.
    pub action: String,
    /// Whom it was about.
    pub account_id: Option<String>,
    /// `cus_…`
    pub customer_id: Option<String>,
    /// The operator's reason.
    pub note: String,
    /// Unix seconds; when it is read.
    pub at: i64,
}

fn log(cx: &Context, deed: &Deed) -> Result<Sql> {
    Ok(sql(
        "insert into operator_log (id, at, operator, action, account_id, customer_id, note)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
            cx.id()?.into(),
            cx.seconds().into(),
            (&deed.operator).into(),
            (&deed.action).into(),
            deed.account_id.clone().into(),
            deed.customer_id.clone().into(),
            (&deed.note).into(),
        ],
    ))
}

/// Notes a deed; what is too old goes.
pub async fn note(cx: &Context, deed: &Deed) -> Result<()> {
    let old = sql(
        "delete from operator_log where at < ?1",
        [cx.seconds().saturating_sub(KEPT_SECONDS).into()],
    );
    cx.db.batch(vec![log(cx, deed)?, old]).await.map(|_| ())
}

/// The last deeds about an account, the newest first.
pub async fn deeds(cx: &Context, account_id: &str) -> Result<Vec<Deed>> {
    let statement = sql(
        "select at, operator, action, account_id, customer_id, note from operator_log
         where account_id = ?1 order by at desc, id desc limit 50",
        [account_id.into()],
    );
    let read = |row: &Row| {
        row.read(|row| Deed {
            operator: row.text("operator"),
            action: row.text("action"),
            account_id: row.opt_text("account_id"),
            customer_id: row.opt_text("customer_id"),
            note: row.text("note"),
            at: row.int("at"),
        })
    };
    cx.db.all(statement).await?.iter().map(read).collect()
}

/// Accepts a subscription that no checkout of ours made, with the deed in the log, and has its customer read.
///
/// # Errors
/// [`Error::NotFound`] when we have no such subscription of that customer.
pub async fn accept(
    cx: &Context,
    subscription_id: &str,
    customer_id: &str,
    deed: &Deed,
) -> Result<()> {
    let accept = sql(
        "insert into accepted_subscriptions (id, account_id, at, operator, reason)
         select s.id, s.account_id, ?3, ?4, ?5 from billing_subscriptions s where s.id = ?1 and s.customer_id = ?2
         on conflict (id) do update set at = excluded.at, operator = excluded.operator, reason = excluded.reason
         returning id",
        [
            subscription_id.into(),
            customer_id.into(),
            cx.seconds().into(),
            (&deed.operator).into(),
            (&deed.note).into(),
        ],
    );
    let batch = vec![accept, log(cx, deed)?, billing::refresh(cx, customer_id)?];
    let outcomes = cx.db.batch(batch).await?;
    let is_there = outcomes.first().is_some_and(|accept| !accept.rows.is_empty());
    if is_there { Ok(()) } else { Err(Error::NotFound) }
}

/// Whether the operator accepted a subscription for this account.
pub async fn has_accepted(cx: &Context, subscription_id: &str, account_id: &str) -> Result<bool> {
    let statement = sql(
        "select id from accepted_subscriptions where id = ?1 and account_id = ?2",
        [subscription_id.into(), account_id.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Says that a customer whom somebody made at Stripe by hand is an account of ours.
///
/// # Errors
/// [`Error::Conflict`] when the account has a customer, or the customer is somebody's.
pub async fn link(cx: &Context, customer_id: &str, account_id: &str, deed: &Deed) -> Result<()> {
    let customer = sql(
        "insert into customers (id, account_id, made_at) values (?1, ?2, ?3)",
        [customer_id.into(), account_id.into(), cx.seconds().into()],
    );
    let batch = vec![customer, log(cx, deed)?, reconciliation::next_night(cx)?];
    cx.db.batch(batch).await.map(|_| ())
}

/// How many events of the last thirty days there are of a state and type. Each of them is read, of an index.
pub async fn events(cx: &Context) -> Result<Vec<(String, String, i64)>> {
    let statement = sql(
        "select state, type, count(*) as n from stripe_events indexed by stripe_events_by_time
         where received_at >= ?1 group by state, type order by state, type",
        [cx.seconds().saturating_sub(COUNTED_SECONDS).into()],
    );
    let read = |row: &Row| row.read(|row| (row.text("state"), row.text("type"), row.int("n")));
    cx.db.all(statement).await?.iter().map(read).collect()
}

/// A job that was given up.
#[derive(Debug, Clone)]
pub struct Dead {
    /// Its id.
    pub id: String,
    /// What kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Why its last try failed.
    pub error: String,
    /// Unix seconds.
    pub dead_at: i64,
}

/// Jobs of these kinds that were given up, the last ones first.
pub async fn dead_jobs(cx: &Context, kinds: &[&str]) -> Result<Vec<Dead>> {
    let statement = sql(
        "select id, kind, ref, coalesce(error, '') as error, dead_at from jobs
         where dead_at is not null and kind in (select value from json_each(?1)) order by dead_at desc limit 50",
        [serde_json::json!(kinds).to_string().into()],
    );
    let read = |row: &Row| {
        row.read(|row| Dead {
            id: row.text("id"),
            kind: row.text("kind"),
            subject: row.text("ref"),
            error: row.text("error"),
            dead_at: row.int("dead_at"),
        })
    };
    cx.db.all(statement).await?.iter().map(read).collect()
}

/// Gives a job of these kinds that was given up all its tries again, with the deed in the log.
pub async fn retry(cx: &Context, id: &str, kinds: &[&str], deed: &Deed) -> Result<()> {
    let batch = vec![job::revive(cx, id, kinds), log(cx, deed)?];
    cx.db.batch(batch).await.map(|_| ())
}

/// Customers with a living subscription that was neither made by a checkout of ours nor accepted.
pub async fn unaccepted(cx: &Context) -> Result<Vec<(String, String)>> {
    let statement = sql(
        "select s.customer_id, a.username from billing_subscriptions s join accounts a on a.id = s.account_id
         where s.status in ('active', 'trialing', 'past_due') and s.is_accepted = 0 order by s.made_at desc limit 50",
        [],
    );
    let read = |row: &Row| row.read(|row| (row.text("customer_id"), row.text("username")));
    cx.db.all(statement).await?.iter().map(read).collect()
}
