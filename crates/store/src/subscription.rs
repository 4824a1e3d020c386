//! Subscriptions: which feeds an account reads.

use crate::{
    feed::{self, soon},
    job, reader,
};
use platform::{Context, Result, Row, Sql, Value, sql};

/// A subscription, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Our id.
    pub id: String,
    /// The feed's address.
    pub url: String,
    /// What its reader calls it, else its own title.
    pub title: Option<String>,
    /// The site it belongs to.
    pub site_url: Option<String>,
    /// When it was last fetched.
    pub checked_at: Option<i64>,
    /// When it is fetched next.
    pub next_check_at: i64,
    /// When it was given up, if it was.
    pub stopped_at: Option<i64>,
    /// What its page offers, as JSON, if its reader has to choose.
    pub offers: Option<String>,
    /// The date of its newest entry.
    pub newest_at: Option<i64>,
    /// What is wrong with it, in words.
    pub problem: Option<String>,
    /// Where it says that it has moved, until that is believed.
    pub moved_to: Option<String>,
}

/// A feed to subscribe to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Its address.
    pub url: String,
    /// The host of that, with its port if it has one.
    pub host: String,
    /// What whoever subscribes calls it.
    pub title: Option<String>,
    /// The site it belongs to, as they say.
    pub site_url: Option<String>,
}

/// Subscribes an account to a feed, which is made unless it exists; fetching it is a job.
/// Subscribing again is fine.
pub async fn insert(cx: &Context, account_id: &str, wanted: &Wanted) -> Result<()> {
    let mut statements = statements(cx, account_id, wanted, &cx.id()?);
    statements.push(job::insert(cx, feed::DUE, "")?);
    cx.db.batch(statements).await.map(|_| ())
}

/// The statements of that, without the job; the subscription gets this id, and the feed if it is new.
pub fn statements(cx: &Context, account_id: &str, wanted: &Wanted, id: &str) -> Vec<Sql> {
    let url = || Value::from(&wanted.url);
    let now = || Value::from(cx.seconds());
    let feed = sql(
        "insert into feeds (id, url, host, created_at, next_check_at)
         select ?1, ?2, ?3, ?4, ?4 where not exists (select 1 from feed_addresses where url = ?2)
         on conflict (url) do nothing",
        [id.into(), url(), (&wanted.host).into(), now()],
    );
    // One that was given up is worth another try.
    let count = sql(
        "update feeds set subscribers = subscribers + 1, stopped_at = null, failing_since = null,
           next_check_at = case when stopped_at is null then next_check_at else ?3 end
         where id = coalesce((select feed_id from feed_addresses where url = ?2), (select id from feeds where url = ?2))
           and not exists (select 1 from subscriptions s where s.account_id = ?1 and s.feed_id = feeds.id)",
        [account_id.into(), url(), now()],
    );
    let subscription = sql(
        "insert into subscriptions (id, account_id, feed_id, title, site_url, created_at)
         select ?1, ?2, f.id, ?3, ?4, ?5 from feeds f
         where f.id = coalesce((select feed_id from feed_addresses where url = ?6), (select id from feeds where url = ?6))
         on conflict (account_id, feed_id) do nothing",
        [
            id.into(),
            account_id.into(),
            wanted.title.clone().into(),
            wanted.site_url.clone().into(),
            now(),
            url(),
        ],
    );
    let known = reader::subscribe(account_id, &wanted.url);
    vec![feed, count, subscription, known]
}

/// How many feeds an account reads.
pub async fn count(cx: &Context, account_id: &str) -> Result<i64> {
    let statement =
        sql("select count(*) as n from subscriptions where account_id = ?1", [account_id.into()]);
    cx.db.first(statement).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Has the feed of a subscription fetched soon, but not sooner than `gap_seconds` after the last time;
/// also one that is asked for no more.
pub async fn refresh(cx: &Context, account_id: &str, id: &str, gap_seconds: i64) -> Result<()> {
    let statement = sql(
        concat!(
            "update feeds set stopped_at = null, next_check_at = ",
            soon!(),
            " where id = (select feed_id from subscriptions where id = ?1 and account_id = ?4)
               and (lease_until > ?2 or next_check_at > ",
            soon!(),
            ") and offers is null"
        ),
        [id.into(), cx.seconds().into(), gap_seconds.into(), account_id.into()],
    );
    cx.db.batch(vec![statement, job::insert(cx, feed::DUE, "")?]).await.map(|_| ())
}

/// What the page of a subscription offers, as JSON, if its reader has to choose.
pub async fn offers(cx: &Context, account_id: &str, id: &str) -> Result<Option<String>> {
    let statement = sql(
        "select f.offers from subscriptions s join feeds f on f.id = s.feed_id
         where s.id = ?1 and s.account_id = ?2",
        [id.into(), account_id.into()],
    );
    cx.db.first(statement).await?.map_or(Ok(None), |row| row.opt_text("offers"))
}

/// The subscriptions of an account, at most 1,000.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<Subscription>> {
    let statement = sql(
        "select s.id, f.url, coalesce(s.title, f.title) as title, coalesce(s.site_url, f.site_url) as site_url,
           f.checked_at, f.next_check_at, f.stopped_at, f.problem, f.offers, f.moved_to,
           (select max(e.published_at) from entries e where e.feed_id = f.id) as newest_at
         from subscriptions s join feeds f on f.id = s.feed_id
         where s.account_id = ?1 order by s.created_at desc, s.id desc limit 1000",
        [account_id.into()],
    );
    cx.db.all(statement).await?.iter().map(subscription).collect()
}

/// The feeds of an account for everybody to see, the newest first: names and where they lead.
pub async fn list_public(
    cx: &Context,
    account_id: &str,
    limit: i64,
) -> Result<Vec<(String, String)>> {
    let statement = sql(
        "select coalesce(s.title, f.title, f.url) as title, coalesce(f.site_url, f.url) as url
         from subscriptions s join feeds f on f.id = s.feed_id
         where s.account_id = ?1 and f.body_hash is not null order by s.created_at desc, s.id desc limit ?2",
        [account_id.into(), limit.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| Ok((row.text("title")?, row.text("url")?))).collect()
}

fn subscription(row: &Row) -> Result<Subscription> {
    row.read(|row| Subscription {
        id: row.text("id"),
        url: row.text("url"),
        title: row.opt_text("title"),
        site_url: row.opt_text("site_url"),
        checked_at: row.opt_int("checked_at"),
        next_check_at: row.int("next_check_at"),
        stopped_at: row.opt_int("stopped_at"),
        offers: row.opt_text("offers"),
        newest_at: row.opt_int("newest_at"),
        problem: row.opt_text("problem"),
        moved_to: row.opt_text("moved_to"),
    })
}

/// Ends a subscription; a feed that nobody else reads goes with its entries. Not every host's
/// database cascades, so each table is named; the subscription comes last, since it says which feed.
pub async fn delete(cx: &Context, account_id: &str, id: &str) -> Result<()> {
    cx.db.batch(deletion(account_id, id)).await.map(|_| ())
}

/// The statements of that.
pub fn deletion(account_id: &str, id: &str) -> Vec<Sql> {
    let params = || [Value::from(id), Value::from(account_id)];
    let entries = sql(
        "delete from entries where feed_id in
           (select s.feed_id from subscriptions s where s.id = ?1 and s.account_id = ?2 and not exists
             (select 1 from subscriptions other where other.feed_id = s.feed_id and other.id <> s.id))",
        params(),
    );
    let addresses = sql(
        "delete from feed_addresses where feed_id in
           (select s.feed_id from subscriptions s where s.id = ?1 and s.account_id = ?2 and not exists
             (select 1 from subscriptions other where other.feed_id = s.feed_id and other.id <> s.id))",
        params(),
    );
    let feed = sql(
        "delete from feeds where id in
           (select s.feed_id from subscriptions s where s.id = ?1 and s.account_id = ?2 and not exists
             (select 1 from subscriptions other where other.feed_id = s.feed_id and other.id <> s.id))",
        params(),
    );
    let read = sql(
        "delete from timeline where account_id = ?2 and list = 'home'
           and source = (select feed_id from subscriptions where id = ?1 and account_id = ?2)",
        params(),
    );
    let count = sql(
        "update feeds set subscribers = subscribers - 1
         where id = (select feed_id from subscriptions where id = ?1 and account_id = ?2)",
        params(),
    );
    let subscription = sql("delete from subscriptions where id = ?1 and account_id = ?2", params());
    vec![read, entries, addresses, feed, count, subscription]
}
