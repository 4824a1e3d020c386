//! What the report of revenue counts: groups of subscriptions that are alike, and payments that failed.

use domain::revenue::{Failed, Group};
use platform::{Context, Result, Row, sql};

macro_rules! month {
    ($time:literal) => {
        concat!(
            "cast(strftime('%Y', ",
            $time,
            ", 'unixepoch') as integer) * 12 + cast(strftime('%m', ",
            $time,
            ", 'unixepoch') as integer) - 1"
        )
    };
}

/// Subscriptions of the plans that are sold here, unless they ended before `since`, by what the report asks of
/// them. Each is read once; a row comes back for each group.
///
/// One that is unpaid or paused has ended for the report, when its payment was late or its trial over.
pub async fn groups(cx: &Context, since: i64) -> Result<Vec<Group>> {
    let text = concat!(
        "with lives as (
           select currency, interval, coalesce(amount, 0) as amount,
             case when trial_ends_at > made_at then made_at end as trial,
             case when status in ('incomplete', 'incomplete_expired') then null
               when coalesce(trial_ends_at, 0) <= made_at then made_at
               when status = 'trialing' or (ended_at <= trial_ends_at) or (status = 'paused') then null
               else trial_ends_at end as began,
             case when ended_at is not null then ended_at
               when status in ('unpaid', 'paused') then coalesce(past_due_since, ?2) end as ended
           from billing_subscriptions
           where plan is not null and (ended_at is null or ended_at >= ?1))
         select currency, interval, ",
        month!("trial"),
        " as trial, ",
        month!("began"),
        " as began, ",
        month!("ended"),
        " as ended, count(*) as n, sum(amount) as amount from lives group by 1, 2, 3, 4, 5"
    );
    let read = |row: &Row| {
        row.read(|row| Group {
            currency: row.text("currency"),
            interval: row.text("interval"),
            trial: row.opt_int("trial"),
            began: row.opt_int("began"),
            ended: row.opt_int("ended"),
            count: row.int("n"),
            amount: row.int("amount"),
        })
    };
    let rows = cx.db.all(sql(text, [since.into(), cx.seconds().into()])).await?;
    rows.iter().map(read).collect()
}

/// Payments that failed since then, by month. The entries of the log since then are read, of an index, and of
/// those that count the row.
pub async fn failed(cx: &Context, since: i64) -> Result<Vec<Failed>> {
    let text = concat!(
        "select ",
        month!("at"),
        " as month, currency, count(*) as n from billing_log
         where at >= ?1 and kind = 'payment_failed' group by 1, 2"
    );
    let read = |row: &Row| {
        row.read(|row| Failed {
            month: row.int("month"),
            currency: row.text("currency"),
            count: row.int("n"),
        })
    };
    cx.db.all(sql(text, [since.into()])).await?.iter().map(read).collect()
}
