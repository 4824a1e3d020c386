//! Feeds: one row each, however many follow it.

use platform::{Context, Result, Row, Sql, sql};

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
    /// SHA-256 of the last body that was read.
    pub body_hash: Option<String>,
    /// How many fetches in a row have failed.
    pub failures: i64,
}

/// A feed by its id.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Feed>> {
    let statement = sql(
        "select id, url, title, site_url, etag, last_modified, body_hash, failures from feeds where id = ?1",
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
    })
}

/// The ids of feeds that are due, at most `limit`; each is put off by `lease_seconds` in the same
/// statement, so that no other runner fetches it at the same time.
pub async fn lease_due(cx: &Context, limit: i64, lease_seconds: i64) -> Result<Vec<String>> {
    let now = cx.seconds();
    let statement = sql(
        "update feeds set next_check_at = ?1 where id in
           (select id from feeds where next_check_at <= ?2 order by next_check_at limit ?3)
         returning id",
        [now.saturating_add(lease_seconds).into(), now.into(), limit.into()],
    );
    cx.db.all(statement).await?.iter().map(|row| row.text("id")).collect()
}

/// What a successful fetch changes; put into the batch of the entries, so that a validator is never
/// remembered for entries that were not stored.
pub fn fetched(cx: &Context, feed: &Feed, next_check_at: i64) -> Sql {
    sql(
        "update feeds set title = ?2, site_url = ?3, etag = ?4, last_modified = ?5, body_hash = ?6, checked_at = ?7,
           next_check_at = ?8, failures = 0, problem = null
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
        ],
    )
}

/// What a fetch changes that brought nothing new: only when it is fetched next.
pub async fn unchanged(cx: &Context, id: &str, next_check_at: i64) -> Result<()> {
    let statement = sql(
        "update feeds set checked_at = ?2, next_check_at = ?3, failures = 0, problem = null where id = ?1",
        [id.into(), cx.seconds().into(), next_check_at.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// What a failed fetch changes: the words that its readers see, and when it is tried again.
pub async fn fail(cx: &Context, id: &str, problem: &str, next_check_at: i64) -> Result<()> {
    let statement = sql(
        "update feeds set checked_at = ?2, next_check_at = ?3, failures = failures + 1, problem = ?4
         where id = ?1",
        [id.into(), cx.seconds().into(), next_check_at.into(), problem.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
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
