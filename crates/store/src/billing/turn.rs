//! One reading of a customer at Stripe: its turn, its number, and the batch that writes what came of it.

use super::{REFRESH, columns, entitlement_of, subscription};
use crate::{billing_log, billing_mail};
use domain::billing::{Entitlement, Kind, Subscription};
use platform::{Context, Result, Sql, sql};

/// Longer than one reading takes.
const LEASE_SECONDS: i64 = 120;
const EVENTS_MAX: i64 = 1000;

/// The jobs that are written beside each entry of the log; their subject is the entry's id.
pub const FOLLOW_UPS: &[&str] = &[billing_mail::MAIL, billing_log::NOTICE, billing_log::WEBHOOK];

/// The right to read and write a customer, alone, and what we had of it when that began.
#[derive(Debug)]
pub struct Turn {
    /// `cus_…`.
    pub customer_id: String,
    /// Whose.
    pub account_id: String,
    /// The number of this reading; a higher one has been or will be later.
    pub seq: i64,
    /// The events that this reading answers.
    events: Vec<String>,
    /// Its subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// What they granted.
    pub entitlement: Entitlement,
}

/// An entry of the log: a change of a subscription, and the plan before and after it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What changed.
    pub kind: Kind,
    /// Of which subscription, as it is now.
    pub subscription: Subscription,
    /// The plan before; empty is the free one.
    pub plan_before: String,
    /// The plan now.
    pub plan: String,
}

/// What a reading brought.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// All subscriptions that are to be stored.
    pub subscriptions: &'a [Subscription],
    /// What they grant.
    pub entitlement: &'a Entitlement,
    /// What changed.
    pub entries: &'a [Entry],
    /// Whether Stripe says that there is no such customer any more.
    pub is_deleted: bool,
    /// `stripe`, `reconcile`, or who did it.
    pub by: &'a str,
}

/// The statement that has a customer read again soon. One job that nobody has begun is enough for all
/// that came before it begins.
pub(crate) fn refresh(cx: &Context, customer_id: &str) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, ?3, ?4, ?4 where not exists (
           select 1 from jobs where kind = ?2 and ref = ?3 and dead_at is null and lease_until = 0 and next_at <= ?4)",
        [cx.id()?.into(), REFRESH.into(), customer_id.into(), cx.seconds().into()],
    ))
}

/// The same where events of the customer wait; a row comes back where the job was written.
pub(crate) fn refresh_for_events(cx: &Context, customer_id: &str) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, ?3, ?4, ?4
         where exists (select 1 from stripe_events where customer_id = ?3 and state = 'received') and not exists (
           select 1 from jobs where kind = ?2 and ref = ?3 and dead_at is null and lease_until = 0 and next_at <= ?4)
         returning id",
        [cx.id()?.into(), REFRESH.into(), customer_id.into(), cx.seconds().into()],
    ))
}

/// Takes the turn of a customer. None while somebody else has it, and for a customer that is not ours.
pub async fn begin(cx: &Context, customer_id: &str) -> Result<Option<Turn>> {
    let now = cx.seconds();
    let take = sql(
        "update customers set taken_seq = taken_seq + 1, lease_until = ?2
         where id = ?1 and lease_until <= ?3 returning account_id, taken_seq",
        [customer_id.into(), now.saturating_add(LEASE_SECONDS).into(), now.into()],
    );
    let events = sql(
        "select id from stripe_events where customer_id = ?1 and state = 'received' order by received_at limit ?2",
        [customer_id.into(), EVENTS_MAX.into()],
    );
    let subscriptions = concat!(
        "select ",
        columns!(),
        " from billing_subscriptions where customer_id = ?1 order by made_at desc, id limit 100"
    );
    let subscriptions = sql(subscriptions, [customer_id.into()]);
    let entitlement = sql(
        "select plan, access, until, subscription_id from entitlements
         where account_id = (select account_id from customers where id = ?1)",
        [customer_id.into()],
    );
    let outcomes = cx.db.batch(vec![take, events, subscriptions, entitlement]).await?;
    let [take, events, subscriptions, entitlement] = outcomes.as_slice() else { return Ok(None) };
    let Some(row) = take.rows.first() else { return Ok(None) };
    let (account_id, seq) = row.read(|row| (row.text("account_id"), row.int("taken_seq")))?;
    Ok(Some(Turn {
        customer_id: customer_id.to_owned(),
        account_id,
        seq,
        events: events.rows.iter().map(|row| row.text("id")).collect::<Result<_>>()?,
        subscriptions: subscriptions.rows.iter().map(subscription).collect::<Result<_>>()?,
        entitlement: entitlement.rows.first().map_or(Ok(Entitlement::default()), entitlement_of)?,
    }))
}

/// Gives a turn back without having written anything.
pub async fn release(cx: &Context, turn: &Turn) -> Result<()> {
    let statement = sql(
        "update customers set lease_until = 0 where id = ?1 and taken_seq = ?2",
        [(&turn.customer_id).into(), turn.seq.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Writes what a reading brought, all of it or nothing, and ends the turn. False when a later reading has
/// been written meanwhile: then this one is no longer true, and the events wait for another.
pub async fn write(cx: &Context, turn: &Turn, outcome: &Outcome<'_>) -> Result<bool> {
    let now = cx.seconds();
    let claim = sql(
        "update customers set applied_seq = ?2, fetched_at = ?3, lease_until = case when taken_seq = ?2 then 0 else lease_until end,
           deleted_at = case when ?4 then coalesce(deleted_at, ?3) end
         where id = ?1 and applied_seq < ?2 returning id",
        [
            (&turn.customer_id).into(),
            turn.seq.into(),
            now.into(),
            i64::from(outcome.is_deleted).into(),
        ],
    );
    let mut batch = vec![claim];
    batch.extend(outcome.subscriptions.iter().map(|one| upsert(turn, one)));
    batch.push(entitle(turn, outcome.entitlement, now));
    for entry in outcome.entries {
        let id = cx.id()?;
        batch.push(log(turn, entry, outcome.by, &id, now));
        for kind in FOLLOW_UPS {
            batch.push(follow_up(turn, kind, &id, &cx.id()?, now));
        }
    }
    batch.push(sql(
        "update stripe_events set state = 'applied' where state = 'received'
           and id in (select value from json_each(?1))
           and exists (select 1 from customers where id = ?2 and applied_seq = ?3)",
        [
            serde_json::json!(turn.events).to_string().into(),
            (&turn.customer_id).into(),
            turn.seq.into(),
        ],
    ));
    let outcomes = cx.db.batch(batch).await?;
    Ok(outcomes.first().is_some_and(|claim| !claim.rows.is_empty()))
}

fn upsert(turn: &Turn, one: &Subscription) -> Sql {
    sql(
        "insert into billing_subscriptions (id, customer_id, account_id, status, price_id, plan, amount, currency, interval,
           period_ends_at, trial_ends_at, cancel_at, cancel_at_period_end, canceled_at, ended_at, made_at, past_due_since,
           payment, is_accepted, seq)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20
         where exists (select 1 from customers where id = ?2 and applied_seq = ?20)
         on conflict (id) do update set status = excluded.status, price_id = excluded.price_id, plan = excluded.plan,
           amount = excluded.amount, currency = excluded.currency, interval = excluded.interval,
           period_ends_at = excluded.period_ends_at, trial_ends_at = excluded.trial_ends_at, cancel_at = excluded.cancel_at,
           cancel_at_period_end = excluded.cancel_at_period_end, canceled_at = excluded.canceled_at, ended_at = excluded.ended_at,
           past_due_since = excluded.past_due_since, payment = excluded.payment, is_accepted = excluded.is_accepted,
           seq = excluded.seq
         where excluded.seq > billing_subscriptions.seq",
        [
            (&one.id).into(),
            (&turn.customer_id).into(),
            (&turn.account_id).into(),
            (&one.status).into(),
            (&one.price_id).into(),
            one.plan.clone().into(),
            one.amount.into(),
            (&one.currency).into(),
            (&one.interval).into(),
            one.period_ends_at.into(),
            one.trial_ends_at.into(),
            one.cancel_at.into(),
            i64::from(one.cancel_at_period_end).into(),
            one.canceled_at.into(),
            one.ended_at.into(),
            one.made_at.into(),
            one.past_due_since.into(),
            one.payment.word().into(),
            i64::from(one.is_accepted).into(),
            turn.seq.into(),
        ],
    )
}

// `changed_at` moves only when what one has does.
fn entitle(turn: &Turn, now_has: &Entitlement, now: i64) -> Sql {
    sql(
        "insert into entitlements (account_id, plan, access, until, subscription_id, seq, changed_at)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7 where exists (select 1 from customers where id = ?8 and applied_seq = ?6)
         on conflict (account_id) do update set
           changed_at = case when plan = excluded.plan and access = excluded.access then changed_at else excluded.changed_at end,
           plan = excluded.plan, access = excluded.access, until = excluded.until,
           subscription_id = excluded.subscription_id, seq = excluded.seq
         where excluded.seq > entitlements.seq",
        [
            (&turn.account_id).into(),
            (&now_has.plan).into(),
            now_has.access.word().into(),
            now_has.until.into(),
            now_has.subscription_id.clone().into(),
            turn.seq.into(),
            now.into(),
            (&turn.customer_id).into(),
        ],
    )
}

fn log(turn: &Turn, entry: &Entry, by: &str, id: &str, now: i64) -> Sql {
    let one = &entry.subscription;
    sql(
        "insert into billing_log (id, account_id, customer_id, subscription_id, at, kind, plan_before, plan, status, amount,
           currency, interval, by)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
         where exists (select 1 from customers where id = ?3 and applied_seq = ?14)",
        [
            id.into(),
            (&turn.account_id).into(),
            (&turn.customer_id).into(),
            (&one.id).into(),
            now.into(),
            entry.kind.word().into(),
            (&entry.plan_before).into(),
            (&entry.plan).into(),
            (&one.status).into(),
            one.amount.into(),
            (&one.currency).into(),
            (&one.interval).into(),
            by.into(),
            turn.seq.into(),
        ],
    )
}

fn follow_up(turn: &Turn, kind: &str, entry_id: &str, id: &str, now: i64) -> Sql {
    sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, ?3, ?4, ?4 where exists (select 1 from customers where id = ?5 and applied_seq = ?6)",
        [
            id.into(),
            kind.into(),
            entry_id.into(),
            now.into(),
            (&turn.customer_id).into(),
            turn.seq.into(),
        ],
    )
}
