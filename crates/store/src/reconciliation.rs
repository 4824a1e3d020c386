//! Reconciliations: who is to be compared with Stripe, how far that is, and what differed.

use crate::billing::REFRESH;
use platform::{Columns, Context, Result, Row, Sql, sql};

/// The job of a reconciliation. Its subject is the scope for one that begins, else the id of one that goes on.
pub const RECONCILE: &str = "reconcile";
/// The scope of a reconciliation that the clock begins.
pub const NIGHTLY: &str = "nightly";
/// The job that finds events whose job is gone.
pub const SWEEP: &str = "stripe-sweep";

const DAY: i64 = 86_400;
/// After midnight UTC.
const NIGHTLY_SECONDS: i64 = 3 * 3600 + 20 * 60;
/// Changes of so long are looked for, at the least.
const CHANGED_SECONDS: i64 = 4 * 86_400;
/// One that has not moved for so long was given up.
const STALE_SECONDS: i64 = 6 * 3600;
/// The list of one that never came to its end goes after so long.
const KEPT_UNENDED_SECONDS: i64 = 7 * DAY;
/// What is said of reconciliations is kept for so long.
const KEPT_SECONDS: i64 = 90 * 86_400;
/// An event without a job for so long gets one.
const WAITING_SECONDS: i64 = 300;
/// Older events are past Stripe's own memory.
const EVENT_SECONDS_MAX: i64 = 30 * 86_400;

/// A reconciliation.
#[derive(Debug, Clone, Default)]
pub struct Reconciliation {
    /// Our id: that of the job that began it.
    pub id: String,
    /// `nightly`, `asked` or `full`.
    pub scope: String,
    /// The clock, the command line, or the operator's user name.
    pub asked_by: String,
    /// Unix seconds.
    pub began_at: i64,
    /// Changes from then on are looked for.
    pub since: i64,
    /// Unix seconds; None while it runs.
    pub ended_at: Option<i64>,
    /// `events`, `subscriptions`, `ours`, `compare`, `done`.
    pub stage: String,
    /// Where the stage goes on.
    pub cursor: Option<String>,
    /// Customers to compare.
    pub found: i64,
    /// Those that were.
    pub compared: i64,
    /// Those that differed and were put right.
    pub repaired: i64,
    /// Those that could not be compared.
    pub failed: i64,
}

/// A customer that is to be compared.
#[derive(Debug, Clone)]
pub struct Due {
    /// `cus_…`.
    pub customer_id: String,
    /// Whose; None for a customer that is nobody's here.
    pub account_id: Option<String>,
    /// A subscription that Stripe named with it.
    pub seen: Option<String>,
    /// What we had before it was touched, if that was written down already.
    pub had: Option<String>,
}

/// A customer that was compared, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// `cus_…`.
    pub customer_id: String,
    /// Whose.
    pub account_id: Option<String>,
    /// `repaired`, `unknown` or `failed`; empty where nothing differed.
    pub kind: &'static str,
    /// What we had.
    pub had: String,
    /// What Stripe has.
    pub has: String,
}

/// A difference that was found.
#[derive(Debug, Clone)]
pub struct Difference {
    /// `cus_…`.
    pub customer_id: String,
    /// The user name, where the customer is somebody's here.
    pub username: Option<String>,
    /// `repaired`, `unknown` or `failed`.
    pub kind: String,
    /// What we had.
    pub had: String,
    /// What Stripe has.
    pub has: String,
}

macro_rules! columns {
    () => {
        "select id, scope, asked_by, began_at, since, ended_at, stage, cursor, found, compared, repaired, failed from reconciliations "
    };
}

fn reconciliation(row: &Row) -> Result<Reconciliation> {
    let read = |row: &mut Columns<'_>| Reconciliation {
        id: row.text("id"),
        scope: row.text("scope"),
        asked_by: row.text("asked_by"),
        began_at: row.int("began_at"),
        since: row.int("since"),
        ended_at: row.opt_int("ended_at"),
        stage: row.text("stage"),
        cursor: row.opt_text("cursor"),
        found: row.int("found"),
        compared: row.int("compared"),
        repaired: row.int("repaired"),
        failed: row.int("failed"),
    };
    row.read(read)
}

/// Begins a reconciliation, unless one runs; what is old goes. The first step is a job of the same batch.
pub async fn begin(cx: &Context, id: &str, scope: &str, asked_by: &str) -> Result<()> {
    let now = cx.seconds();
    // Changes of four days, or since the last one that came to its end, as far back as Stripe remembers.
    let back = if scope == "full" { EVENT_SECONDS_MAX } else { CHANGED_SECONDS };
    let since = now.saturating_sub(back);
    let begin = sql(
        "insert into reconciliations (id, scope, asked_by, began_at, since, stage)
         select ?1, ?2, ?3, ?4, max(?6, min(?7, coalesce(
           (select max(began_at) - 86400 from reconciliations where ended_at is not null), ?6))), 'events'
         where not exists (select 1 from reconciliations where ended_at is null and began_at > ?5)
         on conflict (id) do nothing",
        [
            id.into(),
            scope.into(),
            asked_by.into(),
            now.into(),
            now.saturating_sub(STALE_SECONDS).into(),
            now.saturating_sub(EVENT_SECONDS_MAX).into(),
            since.into(),
        ],
    );
    let old = now.saturating_sub(KEPT_SECONDS);
    let differences = sql("delete from reconciliation_differences where at < ?1", [old.into()]);
    let old = sql("delete from reconciliations where began_at < ?1", [old.into()]);
    let left = sql(
        "delete from reconciliation_customers where reconciliation_id not in (select id from reconciliations
           where ended_at is null and began_at > ?1)",
        [now.saturating_sub(KEPT_UNENDED_SECONDS).into()],
    );
    cx.db.batch(vec![begin, step(cx, id)?, differences, old, left]).await.map(|_| ())
}

/// The job of the next step, where the reconciliation is there and none waits already.
fn step(cx: &Context, id: &str) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, ?3, ?4, ?4 from reconciliations
         where id = ?3 and ended_at is null and not exists (
           select 1 from jobs where kind = ?2 and ref = ?3 and dead_at is null and lease_until = 0)",
        [cx.id()?.into(), RECONCILE.into(), id.into(), cx.seconds().into()],
    ))
}

/// Writes down the job that begins a reconciliation of this scope at a time, unless one waits already.
pub fn begin_at(cx: &Context, scope: &str, next_at: i64) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, ?3, ?4, ?5 where not exists (
           select 1 from jobs where kind = ?2 and ref = ?3 and dead_at is null and lease_until = 0)",
        [cx.id()?.into(), RECONCILE.into(), scope.into(), cx.seconds().into(), next_at.into()],
    ))
}

/// Writes down the reconciliation of the next night, unless it stands there already.
pub fn next_night(cx: &Context) -> Result<Sql> {
    let day = cx.seconds().div_euclid(DAY);
    let tonight = day.saturating_mul(DAY).saturating_add(NIGHTLY_SECONDS);
    let next = if tonight > cx.seconds() { tonight } else { tonight.saturating_add(DAY) };
    begin_at(cx, NIGHTLY, next)
}

/// Has one begin at once, and sees to it that the clock begins one each night.
pub async fn ask(cx: &Context, scope: &str) -> Result<()> {
    cx.db.batch(vec![begin_at(cx, scope, cx.seconds())?, next_night(cx)?]).await.map(|_| ())
}

/// The clock's chain goes on.
pub async fn go_on(cx: &Context) -> Result<()> {
    cx.db.batch(vec![next_night(cx)?]).await.map(|_| ())
}

/// A reconciliation.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Reconciliation>> {
    let statement = sql(concat!(columns!(), "where id = ?1"), [id.into()]);
    cx.db.first(statement).await?.as_ref().map(reconciliation).transpose()
}

/// The last ones, the newest first.
pub async fn list(cx: &Context, count: i64) -> Result<Vec<Reconciliation>> {
    let statement = sql(concat!(columns!(), "order by began_at desc limit ?1"), [count.into()]);
    cx.db.all(statement).await?.iter().map(reconciliation).collect()
}

/// Notes customers that are to be compared, each once, and how far the search is; goes on with another step.
/// `found` are pairs of a customer and a subscription of it, if one was named.
pub async fn found(
    cx: &Context,
    of: &Reconciliation,
    found: &[(String, Option<String>)],
    stage: &str,
    cursor: Option<&str>,
) -> Result<()> {
    let list = serde_json::json!(found).to_string();
    let insert = sql(
        "insert into reconciliation_customers (reconciliation_id, customer_id, seen)
         select ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?2) where true
         on conflict do update set seen = coalesce(seen, excluded.seen)",
        [(&of.id).into(), list.into()],
    );
    let advance = sql(
        "update reconciliations set stage = ?2, cursor = ?3,
           found = (select count(*) from reconciliation_customers where reconciliation_id = ?1)
         where id = ?1",
        [(&of.id).into(), stage.into(), cursor.into()],
    );
    cx.db.batch(vec![insert, advance, step(cx, &of.id)?]).await.map(|_| ())
}

/// Customers of ours after this one, in order: those with a paid state, or all of them.
pub async fn ours(cx: &Context, after: &str, are_all: bool, limit: i64) -> Result<Vec<String>> {
    let statement = sql(
        "select c.id from customers c
         where c.id > ?1 and (?2 or (c.deleted_at is null and exists (
           select 1 from billing_subscriptions s
           where s.customer_id = c.id and s.status not in ('canceled', 'incomplete_expired'))))
         order by c.id limit ?3",
        [after.into(), i64::from(are_all).into(), limit.into()],
    );
    cx.db.all(statement).await?.iter().map(|row| row.text("id")).collect()
}

/// Customers that are still to be compared.
pub async fn due(cx: &Context, id: &str, limit: i64) -> Result<Vec<Due>> {
    let statement = sql(
        "select d.customer_id, c.account_id, d.seen, d.had
         from reconciliation_customers d left join customers c on c.id = d.customer_id
         where d.reconciliation_id = ?1 order by d.customer_id limit ?2",
        [id.into(), limit.into()],
    );
    let read = |row: &Row| {
        row.read(|row| Due {
            customer_id: row.text("customer_id"),
            account_id: row.opt_text("account_id"),
            seen: row.opt_text("seen"),
            had: row.opt_text("had"),
        })
    };
    cx.db.all(statement).await?.iter().map(read).collect()
}

/// Writes down what we had of customers before they are touched, for a run that is cut off in between.
pub async fn had(cx: &Context, id: &str, had: &[(String, String)]) -> Result<()> {
    let statement = sql(
        "update reconciliation_customers set had = (
           select json_extract(value, '$[1]') from json_each(?2) where json_extract(value, '$[0]') = customer_id)
         where reconciliation_id = ?1 and had is null
           and customer_id in (select json_extract(value, '$[0]') from json_each(?2))",
        [id.into(), serde_json::json!(had).to_string().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Notes what came of comparing, and goes on with another step.
pub async fn compared(cx: &Context, id: &str, compared: &[Compared]) -> Result<()> {
    let differ: Vec<_> = compared
        .iter()
        .filter(|one| !one.kind.is_empty())
        .map(|one| (&one.customer_id, &one.account_id, one.kind, &one.had, &one.has))
        .collect();
    let differences = sql(
        "insert into reconciliation_differences (reconciliation_id, customer_id, account_id, at, kind, had, has)
         select ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?2, json_extract(value, '$[2]'),
           json_extract(value, '$[3]'), json_extract(value, '$[4]')
         from json_each(?3) where true on conflict do nothing",
        [id.into(), cx.seconds().into(), serde_json::json!(differ).to_string().into()],
    );
    let ids: Vec<_> = compared.iter().map(|one| &one.customer_id).collect();
    let gone = sql(
        "delete from reconciliation_customers
         where reconciliation_id = ?1 and customer_id in (select value from json_each(?2))",
        [id.into(), serde_json::json!(ids).to_string().into()],
    );
    let counted = sql(
        "update reconciliations set
           compared = found - (select count(*) from reconciliation_customers where reconciliation_id = ?1),
           repaired = (select count(*) from reconciliation_differences where reconciliation_id = ?1 and kind = 'repaired'),
           failed = (select count(*) from reconciliation_differences where reconciliation_id = ?1 and kind = 'failed')
         where id = ?1",
        [id.into()],
    );
    cx.db.batch(vec![differences, gone, counted, step(cx, id)?]).await.map(|_| ())
}

/// Ends a reconciliation, once, with the jobs that follow where something differed.
pub async fn end(cx: &Context, id: &str, follow_up: Option<&str>) -> Result<()> {
    let now = cx.seconds();
    let notice = follow_up.map(|kind| {
        Ok(sql(
            "insert into jobs (id, kind, ref, created_at, next_at)
             select ?1, ?2, ?3, ?4, ?4 from reconciliations where id = ?3 and ended_at is null",
            [cx.id()?.into(), kind.into(), id.into(), now.into()],
        ))
    });
    let end = sql(
        "update reconciliations set ended_at = ?2, stage = 'done', cursor = null where id = ?1 and ended_at is null",
        [id.into(), now.into()],
    );
    let batch: Result<Vec<Sql>> = notice.into_iter().chain([Ok(end)]).collect();
    cx.db.batch(batch?).await.map(|_| ())
}

/// The differences that a reconciliation found, after this customer.
pub async fn differences(
    cx: &Context,
    id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Difference>> {
    let statement = sql(
        "select d.customer_id, a.username, d.kind, d.had, d.has
         from reconciliation_differences d left join accounts a on a.id = d.account_id
         where d.reconciliation_id = ?1 and d.customer_id > ?2 order by d.customer_id limit ?3",
        [id.into(), after.into(), limit.into()],
    );
    let read = |row: &Row| {
        row.read(|row| Difference {
            customer_id: row.text("customer_id"),
            username: row.opt_text("username"),
            kind: row.text("kind"),
            had: row.text("had"),
            has: row.text("has"),
        })
    };
    cx.db.all(statement).await?.iter().map(read).collect()
}

/// Gives events that wait without a job one again, and says whether any still waits.
pub async fn sweep(cx: &Context) -> Result<bool> {
    let now = cx.seconds();
    let since = now.saturating_sub(EVENT_SECONDS_MAX);
    let late = now.saturating_sub(WAITING_SECONDS);
    // An id of a job holds nothing of a person, and one event or customer has one job.
    let again = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1 || '-' || coalesce(customer_id, id), case when customer_id is null then ?2 else ?3 end,
           coalesce(customer_id, id), ?4, ?4
         from stripe_events e
         where state = 'received' and received_at between ?5 and ?6 and not exists (
           select 1 from jobs where kind in (?2, ?3) and ref = coalesce(e.customer_id, e.id) and dead_at is null)
         group by coalesce(customer_id, id) limit 500",
        [
            cx.id()?.into(),
            crate::billing::RESOLVE.into(),
            REFRESH.into(),
            now.into(),
            since.into(),
            late.into(),
        ],
    );
    let waits = sql(
        "select count(*) as n from stripe_events where state = 'received' and received_at >= ?1",
        [since.into()],
    );
    let outcomes = cx.db.batch(vec![again, waits]).await?;
    let row = outcomes.last().and_then(|outcome| outcome.rows.first());
    Ok(row.map(|row| row.int("n")).transpose()?.unwrap_or(0) > 0)
}

/// The statement that has events looked after in a while, where nobody does yet; for the batch of an event.
pub(crate) fn sweep_later(cx: &Context) -> Result<Sql> {
    let now = cx.seconds();
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, '', ?3, ?4 where not exists (
           select 1 from jobs where kind = ?2 and ref = '' and dead_at is null and lease_until = 0)",
        [cx.id()?.into(), SWEEP.into(), now.into(), now.saturating_add(WAITING_SECONDS).into()],
    ))
}

/// The same, alone.
pub async fn look_again(cx: &Context) -> Result<()> {
    cx.db.batch(vec![sweep_later(cx)?]).await.map(|_| ())
}
