//! Markers: how far somebody has read, and what came since.

use platform::{Context, Result, sql};

/// The most new items that are counted; apps show no more.
const NEW_MAX: i64 = 100;
/// Entries of feeds may be this much older than the moment at which they come to be known.
const LATE_SECONDS: i64 = 7 * 24 * 3600;

/// How far a channel was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// `timeline`, `mentions` and so on.
    pub channel: String,
    /// The last one that was read.
    pub post_id: String,
    /// When the app said so, in unix seconds.
    pub marked_at: i64,
}

/// Remembers how far a channel was read; an older word does not replace a newer one.
pub async fn put(cx: &Context, account_id: &str, marker: &Marker) -> Result<()> {
    let statement = sql(
        "insert into markers (account_id, channel, post_id, marked_at) values (?1, ?2, ?3, ?4)
         on conflict (account_id, channel) do update
           set post_id = excluded.post_id, marked_at = excluded.marked_at
           where excluded.marked_at >= markers.marked_at",
        [
            account_id.into(),
            (&marker.channel).into(),
            (&marker.post_id).into(),
            marker.marked_at.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// The markers of an account.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<Marker>> {
    let statement = sql(
        "select channel, post_id, marked_at from markers where account_id = ?1 order by channel limit 20",
        [account_id.into()],
    );
    let rows = cx.db.all(statement).await?;
    let marker = |row: &platform::Row| -> Result<Marker> {
        row.read(|row| Marker {
            channel: row.text("channel"),
            post_id: row.text("post_id"),
            marked_at: row.int("marked_at"),
        })
    };
    rows.iter().map(marker).collect()
}

/// How many items of an account's timeline are newer than the one of this id and moment (unix
/// seconds), up to a hundred.
pub async fn count_new(cx: &Context, account_id: &str, (id, at): (&str, i64)) -> Result<i64> {
    let statement = sql(
        "select count(*) as n from (
           select 1 from posts p
           where p.visibility = 'public' and p.deleted_at is null and p.status = 'published' and p.channel = 'posts'
             and p.blog_id in (select id from blogs where account_id = ?1
               union all select blog_id from follows where follower_id = ?1)
             and p.published_at >= ?3 and p.id > ?2
           union all
           select 1 from subscriptions s join entries e on e.feed_id = s.feed_id
           where s.account_id = ?1 and e.published_at >= ?3 - ?4 and e.id > ?2
           limit ?5)",
        [account_id.into(), id.into(), at.into(), LATE_SECONDS.into(), NEW_MAX.into()],
    );
    cx.db.first(statement).await?.map_or(Ok(0), |row| row.int("n"))
}
