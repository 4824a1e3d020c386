//! Feeds: one row each, however many follow it.

use crate::{job, reader};
use platform::{Context, Result, Row, Sql, sql};

/// The kind of job that looks for feeds that are due.
pub const DUE: &str = "feeds-due";

/// A feed that somebody follows.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Our id.
    pub id: String,
    /// Where it is fetched.
    pub url: String,
    /// Its own title.
    pub title: Option<String>,
    /// The site it belongs to.
    pub site_url: Option<String>,
    /// The validator of the last answer, byte for byte.
    pub etag: Option<String>,
    /// The other validator, byte for byte.
    pub last_modified: Option<String>,
    /// SHA-256 of the last body that was read; behind `page ` where that was a web page.
    pub body_hash: Option<String>,
    /// How many fetches in a row have failed.
    pub failures: i64,
    /// Since when they fail.
    pub failing_since: Option<i64>,
    /// How many people follow it.
    pub subscribers: i64,
    /// Seconds between two fetches, as often as it has something new.
    pub interval_seconds: i64,
    /// Seconds that its document asks for.
    pub ttl_seconds: i64,
    /// Where permanent redirects lead, if they do.
    pub moved: Option<Moved>,
}

/// A permanent redirect that is not believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it leads.
    pub to: String,
    /// When it was first seen.
    pub since: i64,
    /// How often in a row.
    pub count: i64,
}

/// A feed by its id.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Feed>> {
    let statement = sql(
        "select id, url, title, site_url, etag, last_modified, body_hash, failures, failing_since, subscribers,
           interval_seconds, ttl_seconds, moved_to, moved_since, moved_count
         from feeds where id = ?1",
        [id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(feed).transpose()
}

fn feed(row: &Row) -> Result<Feed> {
    row.read(|row| Feed {
        id: row.text("id"),
        url: row.text("url"),
        title: row.opt_text("title"),
        site_url: row.opt_text("site_url"),
        etag: row.opt_text("etag"),
        last_modified: row.opt_text("last_modified"),
        body_hash: row.opt_text("body_hash"),
        failures: row.int("failures"),
        failing_since: row.opt_int("failing_since"),
        subscribers: row.int("subscribers"),
        interval_seconds: row.int("interval_seconds"),
        ttl_seconds: row.int("ttl_seconds"),
        moved: row.opt_text("moved_to").map(|to| Moved {
            to,
            since: row.int("moved_since"),
            count: row.int("moved_count"),
        }),
    })
}

/// Feeds that are due, at most `limit`, as their ids and hosts, for this runner alone. Whoever asks for one
/// of them before its fetch ends sets a moment later than now, by which the end knows it.
pub async fn lease_due(
    cx: &Context,
    limit: i64,
    lease_seconds: i64,
) -> Result<Vec<(String, String)>> {
    let now = cx.seconds();
    let statement = sql(
        "update feeds set lease_until = ?1 where id in
           (select id from feeds where next_check_at <= ?2 and lease_until <= ?2 order by next_check_at limit ?3)
         returning id, host",
        [now.saturating_add(lease_seconds).into(), now.into(), limit.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| Ok((row.text("id")?, row.text("host")?))).collect()
}

/// Gives a leased feed back unfetched.
pub async fn put_off(cx: &Context, id: &str, next_check_at: i64) -> Result<()> {
    let statement = sql(
        "update feeds set next_check_at = ?2, lease_until = 0 where id = ?1",
        [id.into(), next_check_at.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// When a feed is fetched for which somebody asks now (?2), not nearer than ?3 seconds to the last time. One
/// that is being fetched may have been read before there was what is meant: that fetch counts as the last.
macro_rules! soon {
    () => {
        "case when lease_until > ?2 then ?2 + ?3 else max(?2, coalesce(checked_at, 0) + ?3) end"
    };
}
pub(crate) use soon;

/// What a successful fetch changes; put into the batch of the entries, so that a validator is never
/// remembered for entries that were not stored.
pub fn fetched(cx: &Context, feed: &Feed, next_check_at: i64) -> Sql {
    sql(
        "update feeds set title = ?2, site_url = ?3, etag = ?4, last_modified = ?5, body_hash = ?6, checked_at = ?7,
           next_check_at = case when next_check_at > ?7 then min(?8, next_check_at) else ?8 end, interval_seconds = ?9, ttl_seconds = ?10, failures = 0, failing_since = null,
           problem = null, offers = null, lease_until = 0
         where id = ?1",
        [
            (&feed.id).into(),
            feed.title.clone().into(),
            feed.site_url.clone().into(),
            feed.etag.clone().into(),
            feed.last_modified.clone().into(),
            feed.body_hash.clone().into(),
            cx.seconds().into(),
            next_check_at.into(),
            feed.interval_seconds.into(),
            feed.ttl_seconds.into(),
        ],
    )
}

/// What a fetch changes that brought nothing new: only when it is fetched next.
pub async fn unchanged(cx: &Context, feed: &Feed, next_check_at: i64) -> Result<()> {
    let statement = sql(
        "update feeds set checked_at = ?2, interval_seconds = ?4, failures = 0,
           next_check_at = case when next_check_at > ?2 then min(?3, next_check_at) else ?3 end, failing_since = null, problem = null, lease_until = 0
         where id = ?1",
        [
            (&feed.id).into(),
            cx.seconds().into(),
            next_check_at.into(),
            feed.interval_seconds.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// What a failed fetch changes: the words that its readers see, and when it is tried again; None for
/// never, unless somebody asks.
pub async fn fail(cx: &Context, id: &str, problem: &str, next_check_at: Option<i64>) -> Result<()> {
    let now = cx.seconds();
    let stopped_at = next_check_at.is_none().then_some(now);
    let statement = sql(
        "update feeds set checked_at = ?2, failures = failures + 1,
           next_check_at = case when next_check_at > ?2 and ?5 is null then min(?3, next_check_at) else ?3 end,
           failing_since = coalesce(failing_since, ?2), problem = ?4, stopped_at = ?5, lease_until = 0
         where id = ?1",
        [
            id.into(),
            now.into(),
            next_check_at.unwrap_or(NEVER).into(),
            problem.into(),
            stopped_at.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// The end of the year 9999, which stands for never.
const NEVER: i64 = 253_402_300_799;

/// What a feed's page offers, as JSON, for its readers to choose from.
pub async fn offer(cx: &Context, id: &str, problem: &str, offers: &str) -> Result<()> {
    let statement = sql(
        "update feeds set checked_at = ?2, next_check_at = ?3, stopped_at = ?2, failures = 0, failing_since = null,
           problem = ?4, offers = ?5, lease_until = 0
         where id = ?1",
        [id.into(), cx.seconds().into(), NEVER.into(), problem.into(), offers.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Notes a permanent redirect, or that there is none any more.
pub async fn note_move(cx: &Context, id: &str, moved: Option<&Moved>) -> Result<()> {
    let statement = sql(
        "update feeds set moved_to = ?2, moved_since = ?3, moved_count = ?4 where id = ?1",
        [
            id.into(),
            moved.map(|moved| moved.to.clone()).into(),
            moved.map_or(0, |moved| moved.since).into(),
            moved.map_or(0, |moved| moved.count).into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Gives a feed another address, and keeps the one it had. Where a feed has that address already the two
/// become that one, with the readers of both. Fetching it is a job.
pub async fn move_to(cx: &Context, feed: &Feed, url: &str, host: &str) -> Result<()> {
    let (id, old): (platform::Value, platform::Value) = ((&feed.id).into(), (&feed.url).into());
    let to: platform::Value = url.into();
    let statements = vec![
        sql(
            "insert into subscriptions (id, account_id, feed_id, created_at)
             select s.id || 'm', s.account_id, f.id, s.created_at
             from subscriptions s join feeds f on f.url = ?2 and f.id <> ?1 where s.feed_id = ?1
             on conflict (account_id, feed_id) do nothing",
            [id.clone(), to.clone()],
        ),
        sql(
            "delete from subscriptions
             where feed_id = ?1 and exists (select 1 from feeds f where f.url = ?2 and f.id <> ?1)",
            [id.clone(), to.clone()],
        ),
        sql(
            "delete from entries
             where feed_id = ?1 and exists (select 1 from feeds f where f.url = ?2 and f.id <> ?1)",
            [id.clone(), to.clone()],
        ),
        sql(
            "update feed_addresses set feed_id = (select id from feeds where url = ?2)
             where feed_id = ?1 and exists (select 1 from feeds f where f.url = ?2 and f.id <> ?1)",
            [id.clone(), to.clone()],
        ),
        sql(
            "delete from feeds
             where id = ?1 and exists (select 1 from feeds f where f.url = ?2 and f.id <> ?1)",
            [id.clone(), to.clone()],
        ),
        sql(
            "update feeds set url = ?2, host = ?3, moved_to = null, moved_since = 0, moved_count = 0, offers = null,
               stopped_at = null, problem = null, lease_until = 0, etag = null, last_modified = null,
               next_check_at = ?4
             where id = ?1",
            [id, to.clone(), host.into(), cx.seconds().into()],
        ),
        sql(
            "insert into feed_addresses (url, feed_id) select ?1, id from feeds where url = ?2
             on conflict (url) do update set feed_id = excluded.feed_id",
            [old, to.clone()],
        ),
        reader::arrive(url),
        // A feed that comes home is no longer elsewhere.
        sql("delete from feed_addresses where url = ?1", [to.clone()]),
        sql(
            "update feeds set subscribers = (select count(*) from subscriptions s where s.feed_id = feeds.id)
             where url = ?1",
            [to],
        ),
        job::insert(cx, DUE, "")?,
    ];
    cx.db.batch(statements).await.map(|_| ())
}

/// Writes down the job that looks for due feeds again in `wait_seconds`, unless one waits already or
/// there is no feed at all. However many of these jobs run, only one follows them.
pub async fn look_again(cx: &Context, wait_seconds: i64) -> Result<()> {
    let now = cx.seconds();
    let statement = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'feeds-due', '', ?2, ?3
         where exists (select 1 from feeds)
           and not exists (select 1 from jobs
             where kind = 'feeds-due' and dead_at is null and next_at > ?2 and next_at <= ?3)",
        [cx.id()?.into(), now.into(), now.saturating_add(wait_seconds).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Writes down a job that goes on with more due feeds at once.
pub async fn go_on(cx: &Context) -> Result<()> {
    cx.db.batch(vec![job::insert(cx, DUE, "")?]).await.map(|_| ())
}
