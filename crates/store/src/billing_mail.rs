//! What mails about a plan say, and whom the clock makes one due for.

use platform::{Columns, Context, Result, Row, Sql, sql};

/// The job that mails an entry of the log; its subject is the entry's id.
pub const MAIL: &str = "billing-mail";
/// The job that mails a warning; its subject is the warning's key.
pub const WARNING: &str = "billing-warning-mail";
/// The job that looks each morning for whom the clock takes something away.
pub const LOOK: &str = "billing-look";
/// The job that tells Stripe the address and the name of an account; its subject is the account.
pub const DETAILS: &str = "stripe-customer-details";

const DAY: i64 = 86_400;
/// Mails come in the morning, in UTC.
const MORNING_SECONDS: i64 = 8 * 3600;
/// What ended longer ago is news no more.
const LATE_SECONDS: i64 = 7 * DAY;
const KEPT_SECONDS: i64 = 400 * DAY;

/// What there is to tell, and to whom.
#[derive(Debug, Clone)]
pub struct News {
    /// Whose.
    pub account_id: String,
    /// Where the mail goes.
    pub email: String,
    /// A name of the IANA database, once it is known.
    pub timezone: Option<String>,
    /// What happened: a word of [`domain::billing::Kind`], or the kind of a warning.
    pub kind: String,
    /// The plan before; empty is the free one.
    pub plan_before: String,
    /// The plan since then.
    pub plan: String,
    /// What is charged, in the smallest unit.
    pub amount: Option<i64>,
    /// ISO 4217, lower case.
    pub currency: String,
    /// `month` or `year`.
    pub interval: String,
    /// When what is paid for ends.
    pub period_ends_at: Option<i64>,
    /// When the trial ends.
    pub trial_ends_at: Option<i64>,
    /// When it is going to end.
    pub ends_at: Option<i64>,
    /// When access ends by the clock.
    pub until: Option<i64>,
}

fn news(row: &Row) -> Result<News> {
    let read = |row: &mut Columns<'_>| News {
        account_id: row.text("account_id"),
        email: row.text("email"),
        timezone: row.opt_text("timezone"),
        kind: row.text("kind"),
        plan_before: row.text("plan_before"),
        plan: row.text("plan"),
        amount: row.opt_int("amount"),
        currency: row.text("currency"),
        interval: row.text("interval"),
        period_ends_at: row.opt_int("period_ends_at"),
        trial_ends_at: row.opt_int("trial_ends_at"),
        ends_at: row.opt_int("ends_at"),
        until: row.opt_int("until"),
    };
    row.read(read)
}

/// An entry of the log.
pub async fn find(cx: &Context, entry_id: &str) -> Result<Option<News>> {
    let statement = sql(
        "select l.account_id, a.email, a.timezone, l.kind, l.plan_before, coalesce(nullif(l.plan, ''), s.plan, '') as plan,
           l.amount, l.currency, l.interval, s.period_ends_at, s.trial_ends_at,
           coalesce(s.cancel_at, s.period_ends_at) as ends_at, e.until
         from billing_log l join accounts a on a.id = l.account_id
           left join billing_subscriptions s on s.id = l.subscription_id
           left join entitlements e on e.account_id = l.account_id
         where l.id = ?1",
        [entry_id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(news).transpose()
}

/// A warning, while what it warns of is still to come, or has come.
pub async fn find_warning(cx: &Context, key: &str) -> Result<Option<News>> {
    let statement = sql(
        "select w.account_id, a.email, a.timezone, w.kind, '' as plan_before, coalesce(s.plan, '') as plan, s.amount,
           s.currency, s.interval, s.period_ends_at, s.trial_ends_at, w.ends_at, e.until
         from billing_warnings w join accounts a on a.id = w.account_id
           join billing_subscriptions s on s.id = w.subscription_id
           left join entitlements e on e.account_id = w.account_id
         where w.subscription_id || ' ' || w.kind || ' ' || w.ends_at || ' ' || w.days = ?1
           and w.subscription_id = substr(?1, 1, instr(?1, ' ') - 1)
           and case w.kind
             when 'trial_ends' then s.status = 'trialing' and s.trial_ends_at = w.ends_at
             when 'cancel_ends' then s.ended_at is null and coalesce(s.cancel_at, s.period_ends_at) = w.ends_at
             else s.status = 'past_due' and e.until = w.ends_at end",
        [key.into()],
    );
    cx.db.first(statement).await?.as_ref().map(news).transpose()
}

/// Has the morning's look written down, unless one waits already.
pub fn next_look(cx: &Context) -> Result<Sql> {
    let now = cx.seconds();
    let morning = now.div_euclid(DAY).saturating_mul(DAY).saturating_add(MORNING_SECONDS);
    let next = if morning > now { morning } else { morning.saturating_add(DAY) };
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, '', ?3, ?4
         where not exists (select 1 from jobs where kind = ?2 and ref = '' and dead_at is null and lease_until = 0)",
        [cx.id()?.into(), LOOK.into(), now.into(), next.into()],
    ))
}

/// Writes a job for each warning that is due: of a trial and of a plan that a late payment ends, seven days, three
/// days and one day before; of one that was cancelled, three days before; and once a plan has ended by the
/// clock. Of several that are due at once only the nearest is told.
pub async fn look(cx: &Context) -> Result<()> {
    let now = cx.seconds();
    let due = sql(
        "insert into billing_warnings (subscription_id, kind, ends_at, days, account_id, made_at)
         select id, kind, ends_at, case
             when ends_at <= ?1 then 0 when ends_at <= ?1 + 86400 then 1 when ends_at <= ?1 + 3 * 86400 then 3 else 7 end,
           account_id, ?1
         from (
           select s.id, 'trial_ends' as kind, s.trial_ends_at as ends_at, s.account_id from billing_subscriptions s
           where s.status = 'trialing' and s.is_accepted = 1 and s.plan is not null and s.cancel_at is null
             and s.cancel_at_period_end = 0 and s.trial_ends_at > ?1 and s.trial_ends_at <= ?1 + 7 * 86400
           union all
           select s.id, iif(e.until > ?1, 'access_ends', 'read_only'), e.until, s.account_id
           from billing_subscriptions s join entitlements e on e.subscription_id = s.id and e.account_id = s.account_id
           where s.status = 'past_due' and e.access = 'past_due' and e.until > ?1 - ?2 and e.until <= ?1 + 7 * 86400)
         where true on conflict do nothing",
        [now.into(), LATE_SECONDS.into()],
    );
    let cancelled = sql(
        "insert into billing_warnings (subscription_id, kind, ends_at, days, account_id, made_at)
         select s.id, 'cancel_ends', coalesce(s.cancel_at, s.period_ends_at), 3, s.account_id, ?1
         from billing_subscriptions s join entitlements e on e.subscription_id = s.id and e.account_id = s.account_id
         where s.status in ('trialing', 'active') and (s.cancel_at is not null or s.cancel_at_period_end = 1)
           and coalesce(s.cancel_at, s.period_ends_at) > ?1 and coalesce(s.cancel_at, s.period_ends_at) <= ?1 + 3 * 86400
         on conflict do nothing",
        [now.into()],
    );
    let jobs = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select key, ?1, key, ?2, ?2 from (
           select subscription_id || ' ' || kind || ' ' || ends_at || ' ' || days as key
           from billing_warnings where made_at = ?2 and is_told = 0)",
        [WARNING.into(), now.into()],
    );
    let told = sql(
        "update billing_warnings set is_told = 1 where made_at = ?1 and is_told = 0",
        [now.into()],
    );
    let old = sql(
        "delete from billing_warnings where made_at < ?1",
        [now.saturating_sub(KEPT_SECONDS).into()],
    );
    cx.db.batch(vec![next_look(cx)?, due, cancelled, jobs, told, old]).await.map(|_| ())
}

/// The statement that has Stripe told of the new address of an account, for the batch of a change that `by` did
/// or undid. None where nothing is paid for.
pub(crate) fn tell_stripe(cx: &Context, by: &str) -> Result<Option<Sql>> {
    if !cx.config.billing {
        return Ok(None);
    }
    let now = cx.seconds();
    Ok(Some(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?2, ?3, k.account_id, ?4, ?4 from customers k
         where k.deleted_at is null and k.account_id =
           (select c.account_id from address_changes c where c.done_by = ?1 or c.undone_by = ?1)",
        [by.into(), cx.id()?.into(), DETAILS.into(), now.into()],
    )))
}

/// What Stripe is to know of an account: its customer's id, the address and the user name. None where it is no
/// customer.
pub async fn details(cx: &Context, account_id: &str) -> Result<Option<[String; 3]>> {
    let statement = sql(
        "select k.id, a.email, a.username from customers k join accounts a on a.id = k.account_id
         where k.account_id = ?1 and k.deleted_at is null",
        [account_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some([row.text("id")?, row.text("email")?, row.text("username")?]))
}

/// Has the morning's look written down, where none is.
pub async fn begin_looking(cx: &Context) -> Result<()> {
    cx.db.batch(vec![next_look(cx)?]).await.map(|_| ())
}
