//! Subscriptions: which feeds an account reads.

use crate::job;
use platform::{Context, Result, Row, sql};

/// A subscription, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Our id.
    pub id: String,
    /// The feed's address.
    pub url: String,
    /// The feed's own title.
    pub title: Option<String>,
    /// When it was last fetched.
    pub checked_at: Option<i64>,
    /// The date of its newest entry.
    pub newest_at: Option<i64>,
    /// What is wrong with it, in words.
    pub problem: Option<String>,
}

/// Subscribes an account to a feed, which is made unless it exists; fetching it is a job.
/// Subscribing again is fine.
pub async fn insert(cx: &Context, account_id: &str, url: &str) -> Result<()> {
    let feed_id = cx.id()?;
    let feed = sql(
        "insert into feeds (id, url, created_at, next_check_at) values (?1, ?2, ?3, ?3)
         on conflict (url) do nothing",
        [(&feed_id).into(), url.into(), cx.seconds().into()],
    );
    let subscription = sql(
        "insert into subscriptions (id, account_id, feed_id, created_at)
         select ?1, ?2, f.id, ?3 from feeds f where f.url = ?4
         on conflict (account_id, feed_id) do nothing",
        [cx.id()?.into(), account_id.into(), cx.seconds().into(), url.into()],
    );
    cx.db.batch(vec![feed, subscription, job::insert(cx, "feeds-due", "")?]).await.map(|_| ())
}

/// The subscriptions of an account, at most 1,000.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<Subscription>> {
    let statement = sql(
        "select s.id, f.url, f.title, f.checked_at, f.problem,
           (select max(e.published_at) from entries e where e.feed_id = f.id) as newest_at
         from subscriptions s join feeds f on f.id = s.feed_id
         where s.account_id = ?1 order by s.created_at desc, s.id desc limit 1000",
        [account_id.into()],
    );
    cx.db.all(statement).await?.iter().map(subscription).collect()
}

fn subscription(row: &Row) -> Result<Subscription> {
    row.read(|row| Subscription {
        id: row.text("id"),
        url: row.text("url"),
        title: row.opt_text("title"),
        checked_at: row.opt_int("checked_at"),
        newest_at: row.opt_int("newest_at"),
        problem: row.opt_text("problem"),
    })
}

/// Ends a subscription; a feed that nobody else reads goes with its entries. Not every host's
/// database cascades, so each table is named; the subscription comes last, since it says which feed.
pub async fn delete(cx: &Context, account_id: &str, id: &str) -> Result<()> {
    let entries = sql(
        "delete from entries where feed_id in
           (select s.feed_id from subscriptions s where s.id = ?1 and s.account_id = ?2 and not exists
             (select 1 from subscriptions other where other.feed_id = s.feed_id and other.id <> s.id))",
        [id.into(), account_id.into()],
    );
    let feed = sql(
        "delete from feeds where id in
           (select s.feed_id from subscriptions s where s.id = ?1 and s.account_id = ?2 and not exists
             (select 1 from subscriptions other where other.feed_id = s.feed_id and other.id <> s.id))",
        [id.into(), account_id.into()],
    );
    let subscription = sql(
        "delete from subscriptions where id = ?1 and account_id = ?2",
        [id.into(), account_id.into()],
    );
    cx.db.batch(vec![entries, feed, subscription]).await.map(|_| ())
}
