//! Lists of feeds that people bring along.

use crate::{
    feed, job,
    subscription::{self, Wanted},
};
use platform::{Context, Result, sql};

/// The kind of job that subscribes to a list's feeds.
pub const IMPORT: &str = "opml-import";
/// So long a report can be read.
const KEPT_SECONDS: i64 = 7 * 86_400;

/// A list on its way.
#[derive(Debug, Clone)]
pub struct Import {
    /// Our id.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// How many of its feeds may be subscribed to.
    pub total: i64,
    /// How many are.
    pub done: i64,
    /// JSON: the feeds.
    pub feeds: String,
    /// JSON: what was left out, and why.
    pub report: String,
}

/// Notes a list, with the job that brings it in; reports of last week go. Its id.
pub async fn insert(
    cx: &Context,
    account_id: &str,
    total: i64,
    feeds: &str,
    report: &str,
) -> Result<String> {
    let id = cx.id()?;
    let old = sql(
        "delete from imports where account_id = ?1 and created_at < ?2",
        [account_id.into(), cx.seconds().saturating_sub(KEPT_SECONDS).into()],
    );
    let insert = sql(
        "insert into imports (id, account_id, created_at, total, feeds, report) values (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            (&id).into(),
            account_id.into(),
            cx.seconds().into(),
            total.into(),
            feeds.into(),
            report.into(),
        ],
    );
    cx.db.batch(vec![old, insert, job::insert(cx, IMPORT, &id)?]).await?;
    Ok(id)
}

/// A list by its id.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Import>> {
    let statement = sql(
        "select id, account_id, total, done, feeds, report from imports where id = ?1",
        [id.into()],
    );
    let row = cx.db.first(statement).await?;
    row.map(|row| {
        row.read(|row| Import {
            id: row.text("id"),
            account_id: row.text("account_id"),
            total: row.int("total"),
            done: row.int("done"),
            feeds: row.text("feeds"),
            report: row.text("report"),
        })
    })
    .transpose()
}

/// Subscribes to a piece of a list, each with an id, and notes that it did; both happen, or neither.
pub async fn subscribe(
    cx: &Context,
    import: &Import,
    piece: &[(String, Wanted)],
    done: i64,
) -> Result<()> {
    let mut statements = Vec::new();
    for (id, wanted) in piece {
        statements.extend(subscription::statements(cx, &import.account_id, wanted, id));
    }
    statements.push(sql(
        "update imports set done = ?2 where id = ?1",
        [(&import.id).into(), done.into()],
    ));
    statements.push(job::insert(cx, feed::DUE, "")?);
    cx.db.batch(statements).await.map(|_| ())
}
