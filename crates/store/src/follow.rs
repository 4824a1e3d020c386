//! Follows: which accounts an account reads.

use crate::post::{Author, author};
use platform::{Context, Result, sql};

/// Follows somebody; again is fine.
pub async fn insert(cx: &Context, follower_id: &str, followed_id: &str) -> Result<()> {
    let statement = sql(
        "insert into follows (follower_id, followed_id, created_at) values (?1, ?2, ?3)
         on conflict do nothing",
        [follower_id.into(), followed_id.into(), cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Unfollows somebody; not following is fine.
pub async fn delete(cx: &Context, follower_id: &str, username: &str) -> Result<()> {
    let statement = sql(
        "delete from follows where follower_id = ?1
           and followed_id = (select id from accounts where username = ?2)",
        [follower_id.into(), username.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Whether an account follows another one.
pub async fn is_following(cx: &Context, follower_id: &str, followed_id: &str) -> Result<bool> {
    let statement = sql(
        "select 1 as one from follows where follower_id = ?1 and followed_id = ?2",
        [follower_id.into(), followed_id.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Those whom an account follows, at most 1,000.
pub async fn list(cx: &Context, follower_id: &str) -> Result<Vec<Author>> {
    let statement = sql(
        "select a.username, a.name, b.domain from follows f
         join accounts a on a.id = f.followed_id join blogs b on b.username = a.username
         where f.follower_id = ?1 order by a.username limit 1000",
        [follower_id.into()],
    );
    cx.db.all(statement).await?.iter().map(author).collect()
}
