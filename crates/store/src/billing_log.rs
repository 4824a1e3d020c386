//! The log of changes: what follow-up jobs tell of, and what the operator reads.

use platform::{Columns, Context, Result, Row, sql};

/// The job that tells the operator's chat of an entry.
pub const NOTICE: &str = "billing-notice";
/// The job that tells the operator's program of an entry.
pub const WEBHOOK: &str = "billing-webhook";

/// An entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Whose.
    pub account_id: String,
    /// The user name.
    pub username: String,
    /// `cus_…`.
    pub customer_id: String,
    /// `sub_…`.
    pub subscription_id: String,
    /// Unix seconds.
    pub at: i64,
    /// What changed: a word of [`domain::billing::Kind`].
    pub kind: String,
    /// The plan before; empty is the free one.
    pub plan_before: String,
    /// The plan then.
    pub plan: String,
    /// Who did it or told of it.
    pub by: String,
}

macro_rules! columns {
    () => {
        "select l.account_id, a.username, l.customer_id, l.subscription_id, l.at, l.kind, l.plan_before, l.plan, l.by
         from billing_log l join accounts a on a.id = l.account_id "
    };
}

fn entry(row: &Row) -> Result<Entry> {
    let read = |row: &mut Columns<'_>| Entry {
        account_id: row.text("account_id"),
        username: row.text("username"),
        customer_id: row.text("customer_id"),
        subscription_id: row.text("subscription_id"),
        at: row.int("at"),
        kind: row.text("kind"),
        plan_before: row.text("plan_before"),
        plan: row.text("plan"),
        by: row.text("by"),
    };
    row.read(read)
}

/// An entry.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Entry>> {
    let statement = sql(concat!(columns!(), "where l.id = ?1"), [id.into()]);
    cx.db.first(statement).await?.as_ref().map(entry).transpose()
}

/// The last entries of an account, the newest first.
pub async fn of_account(cx: &Context, account_id: &str) -> Result<Vec<Entry>> {
    let text =
        concat!(columns!(), "where l.account_id = ?1 order by l.at desc, l.id desc limit 50");
    cx.db.all(sql(text, [account_id.into()])).await?.iter().map(entry).collect()
}

/// The user name of an account.
pub async fn who(cx: &Context, account_id: &str) -> Result<Option<String>> {
    let statement = sql("select username from accounts where id = ?1", [account_id.into()]);
    let row = cx.db.first(statement).await?;
    row.map(|row| row.text("username")).transpose()
}
