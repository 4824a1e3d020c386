//! Tokens: what programs act with for a person.

use platform::{Context, Result, Row, Sql, sql};

/// A token that is about to be remembered.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// The id.
    pub id: &'a str,
    /// The account that it acts for.
    pub account_id: &'a str,
    /// SHA-256 of the token.
    pub token_hash: &'a str,
    /// What its person calls it.
    pub name: &'a str,
    /// The name of the account's blog that it writes on unless it says.
    pub blog_name: &'a str,
    /// Words with a space between them.
    pub scopes: &'a str,
    /// Unix seconds, or never.
    pub expires_at: Option<i64>,
}

/// A token that can be used, and whose it is.
#[derive(Debug, Clone)]
pub struct Live {
    /// The token's id.
    pub id: String,
    /// The account.
    pub account_id: String,
    /// Its user name.
    pub username: String,
    /// Its display name.
    pub name: String,
    /// Its time zone, a name of the IANA database, once it is known.
    pub timezone: Option<String>,
    /// What the token is called.
    pub token_name: String,
    /// The blog that it writes on unless it says: one of the account's.
    pub blog_id: String,
    /// That blog's name.
    pub blog_name: String,
    /// How many blogs the account has.
    pub blog_count: i64,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// The app's address, where it came by IndieAuth.
    pub client_id: Option<String>,
    /// Words with a space between them.
    pub scopes: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds, exact to the hour.
    pub used_at: Option<i64>,
    /// Unix seconds, or never.
    pub expires_at: Option<i64>,
}

/// A token as its person sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The id.
    pub id: String,
    /// What its person calls it.
    pub name: String,
    /// The name of the blog that it writes on unless it says, where that was ever said.
    pub blog_name: Option<String>,
    /// The app's address, where it came by IndieAuth.
    pub client_id: Option<String>,
    /// Words with a space between them.
    pub scopes: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds, exact to the hour.
    pub used_at: Option<i64>,
    /// Unix seconds, or never.
    pub expires_at: Option<i64>,
}

/// Remembers a token.
pub async fn insert(cx: &Context, token: &NewToken<'_>) -> Result<()> {
    let statement = sql(
        "insert into tokens (id, account_id, token_hash, name, scopes, created_at, expires_at, blog_name)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            token.id.into(),
            token.account_id.into(),
            token.token_hash.into(),
            token.name.into(),
            token.scopes.into(),
            cx.seconds().into(),
            token.expires_at.into(),
            token.blog_name.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// The live token that hashes to this; where a user name is given, only if it is that account's.
pub async fn find_live(
    cx: &Context,
    username: Option<&str>,
    token_hash: &str,
) -> Result<Option<Live>> {
    let statement = sql(
        "select t.id, t.account_id, t.name as token_name, a.username, a.name, a.timezone, a.blog_count, b.id as blog_id,
           b.username as blog_name, b.domain, t.client_id, t.scopes, t.created_at, t.used_at, t.expires_at
         from tokens t join accounts a on a.id = t.account_id
           join blogs b on b.username = coalesce(t.blog_name, a.username) and b.account_id = a.id
         where t.token_hash = ?1 and (?2 is null or a.username = ?2) and (t.expires_at is null or t.expires_at > ?3)",
        [token_hash.into(), username.map(str::to_owned).into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.as_ref().map(live).transpose()
}

fn live(row: &Row) -> Result<Live> {
    row.read(|row| Live {
        id: row.text("id"),
        account_id: row.text("account_id"),
        username: row.text("username"),
        name: row.text("name"),
        timezone: row.opt_text("timezone"),
        token_name: row.text("token_name"),
        blog_id: row.text("blog_id"),
        blog_name: row.text("blog_name"),
        blog_count: row.int("blog_count"),
        domain: row.opt_text("domain"),
        client_id: row.opt_text("client_id"),
        scopes: row.text("scopes"),
        created_at: row.int("created_at"),
        used_at: row.opt_int("used_at"),
        expires_at: row.opt_int("expires_at"),
    })
}

/// Remembers that a token is used.
pub async fn touch(cx: &Context, id: &str) -> Result<()> {
    let statement =
        sql("update tokens set used_at = ?2 where id = ?1", [id.into(), cx.seconds().into()]);
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// The live tokens of an account, the newest first.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<Listed>> {
    let statement = sql(
        "select id, name, blog_name, client_id, scopes, created_at, used_at, expires_at from tokens
         where account_id = ?1 and (expires_at is null or expires_at > ?2)
         order by created_at desc, id desc limit 200",
        [account_id.into(), cx.seconds().into()],
    );
    cx.db.all(statement).await?.iter().map(listed).collect()
}

fn listed(row: &Row) -> Result<Listed> {
    row.read(|row| Listed {
        id: row.text("id"),
        name: row.text("name"),
        blog_name: row.opt_text("blog_name"),
        client_id: row.opt_text("client_id"),
        scopes: row.text("scopes"),
        created_at: row.int("created_at"),
        used_at: row.opt_int("used_at"),
        expires_at: row.opt_int("expires_at"),
    })
}

/// Ends a token of this account.
pub async fn delete(cx: &Context, account_id: &str, id: &str) -> Result<()> {
    let statement =
        sql("delete from tokens where id = ?1 and account_id = ?2", [id.into(), account_id.into()]);
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Ends the token that hashes to this, whosever it is.
pub async fn delete_by_hash(cx: &Context, token_hash: &str) -> Result<()> {
    let statement = sql("delete from tokens where token_hash = ?1", [token_hash.into()]);
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Ends every token of an account: for the batch of what makes all that is older worth nothing.
pub fn delete_all(account_id: &str) -> Sql {
    sql("delete from tokens where account_id = ?1", [account_id.into()])
}

/// Removes tokens that have ended, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from tokens where id in
           (select id from tokens where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
