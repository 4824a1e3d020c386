//! Accounts: who signs in.

use platform::{Context, Result, Row, sql};

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Our id.
    pub id: String,
    /// The user name.
    pub username: String,
    /// The canonical mail address.
    pub email: String,
    /// The display name.
    pub name: String,
    /// The person's own web site.
    pub site: Option<String>,
}

fn account(row: &Row) -> Result<Account> {
    row.read(|row| Account {
        id: row.text("id"),
        username: row.text("username"),
        email: row.text("email"),
        name: row.text("name"),
        site: row.opt_text("site"),
    })
}

/// The account of a canonical mail address.
pub async fn find_by_email(cx: &Context, email: &str) -> Result<Option<Account>> {
    let statement = sql(
        "select id, username, email, name, site from accounts where email = ?1",
        [email.into()],
    );
    cx.db.first(statement).await?.as_ref().map(account).transpose()
}

/// The account of a user name.
pub async fn find_by_username(cx: &Context, username: &str) -> Result<Option<Account>> {
    let statement = sql(
        "select id, username, email, name, site from accounts where username = ?1",
        [username.into()],
    );
    cx.db.first(statement).await?.as_ref().map(account).transpose()
}

/// Whether the database answers at all.
pub async fn ping(cx: &Context) -> Result<()> {
    cx.db.first(sql("select 1 as one", [])).await.map(|_| ())
}
