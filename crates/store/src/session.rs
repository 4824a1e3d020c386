//! Sessions: signed-in browsers.

use platform::{Context, Result, sql};

/// A signed-in browser and whose it is.
#[derive(Debug, Clone)]
pub struct Session {
    /// SHA-256 of the cookie's value.
    pub id: String,
    /// The account.
    pub account_id: String,
    /// Its user name.
    pub username: String,
    /// Its display name.
    pub name: String,
    /// Its blog.
    pub blog_id: String,
    /// When it was last seen, exact to the hour.
    pub used_at: i64,
}

/// A session that has not ended.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Session>> {
    let statement = sql(
        "select s.id, s.account_id, s.used_at, a.username, a.name, b.id as blog_id
         from sessions s join accounts a on a.id = s.account_id join blogs b on b.username = a.username
         where s.id = ?1 and s.idle_ends_at > ?2 and s.ends_at > ?2",
        [id.into(), cx.seconds().into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Session {
        id: row.text("id")?,
        account_id: row.text("account_id")?,
        username: row.text("username")?,
        name: row.text("name")?,
        blog_id: row.text("blog_id")?,
        used_at: row.int("used_at")?,
    }))
}

/// Remembers that a session is used, and moves its idle end.
pub async fn touch(cx: &Context, id: &str, idle_seconds: i64) -> Result<()> {
    let statement = sql(
        "update sessions set used_at = ?2, idle_ends_at = ?3 where id = ?1",
        [id.into(), cx.seconds().into(), cx.seconds().saturating_add(idle_seconds).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Ends a session.
pub async fn delete(cx: &Context, id: &str) -> Result<()> {
    cx.db.batch(vec![sql("delete from sessions where id = ?1", [id.into()])]).await.map(|_| ())
}

/// Removes sessions that have ended, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from sessions where id in
           (select id from sessions where ends_at < ?1 order by ends_at limit 100)",
        [cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
