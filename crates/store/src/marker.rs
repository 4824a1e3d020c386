//! Markers: how far somebody has read, and what came since.

use platform::{Context, Result, sql};

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

/// How far the timeline was read: the moment and the id of the last one.
pub async fn timeline(cx: &Context, account_id: &str) -> Result<Option<(i64, String)>> {
    let statement = sql(
        "select m.post_id, coalesce((select published_at from posts where id = m.post_id),
           (select published_at from entries where id = m.post_id)) as at
         from markers m where m.account_id = ?1 and m.channel = 'timeline'",
        [account_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(row.opt_int("at")?.zip(Some(row.text("post_id")?)))
}
