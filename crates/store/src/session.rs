//! Sessions: signed-in browsers.

use crate::signin;
use platform::{Config, Context, Result, Row, sql};

/// A signed-in browser and whose it is.
#[derive(Debug, Clone)]
pub struct Session {
    /// SHA-256 of the cookie's value.
    pub id: String,
    /// What names it on pages.
    pub handle: String,
    /// The account.
    pub account_id: String,
    /// Its user name.
    pub username: String,
    /// Its display name.
    pub name: String,
    /// Its canonical mail address.
    pub email: String,
    /// The blog that is written on: one of the account's.
    pub blog_id: String,
    /// That blog's name, the first part of its host name.
    pub blog_name: String,
    /// How many blogs the account has.
    pub blog_count: i64,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// Its time zone, a name of the IANA database, once it is known.
    pub timezone: Option<String>,
    /// When it was last seen, exact to the hour.
    pub used_at: i64,
    /// When its id last changed.
    pub rotated_at: i64,
    /// When its person last proved afresh who they are.
    pub proved_at: i64,
}

impl Session {
    /// The address of the blog that is written on, without a slash at its end.
    pub fn blog_origin(&self, config: &Config) -> String {
        config.blog_origin(&self.blog_name, self.domain.as_deref())
    }
}

/// A session that has not ended, by the id of its cookie or by the one before, which is good for a
/// minute after a change, because a browser may have sent several requests at once.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Session>> {
    let statement = sql(
        "select s.id, coalesce(s.handle, '') as handle, s.account_id, s.used_at, s.rotated_at, s.proved_at,
           a.username, a.name, a.email, a.timezone, a.blog_count, b.id as blog_id, b.username as blog_name, b.domain
         from sessions s join accounts a on a.id = s.account_id
           join blogs b on b.username = coalesce(s.blog_name, a.username) and b.account_id = a.id
         where (s.id = ?1 or (s.previous_id = ?1 and s.previous_until > ?2))
           and s.idle_ends_at > ?2 and s.ends_at > ?2",
        [id.into(), cx.seconds().into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    let session = row.read(|row| Session {
        id: row.text("id"),
        handle: row.text("handle"),
        account_id: row.text("account_id"),
        username: row.text("username"),
        name: row.text("name"),
        email: row.text("email"),
        blog_id: row.text("blog_id"),
        blog_name: row.text("blog_name"),
        blog_count: row.int("blog_count"),
        domain: row.opt_text("domain"),
        timezone: row.opt_text("timezone"),
        used_at: row.int("used_at"),
        rotated_at: row.int("rotated_at"),
        proved_at: row.int("proved_at"),
    })?;
    Ok(Some(session))
}

/// Remembers that a session is used, and moves its idle end.
pub async fn touch(cx: &Context, id: &str, idle_seconds: i64) -> Result<()> {
    let statement = sql(
        "update sessions set used_at = ?2, idle_ends_at = ?3 where id = ?1",
        [id.into(), cx.seconds().into(), cx.seconds().saturating_add(idle_seconds).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Writes on another blog of the account from now on, in this session alone. False when it has none of
/// that name.
pub async fn choose_blog(cx: &Context, id: &str, name: &str) -> Result<bool> {
    let statement = sql(
        "update sessions set blog_name = ?2
         where (id = ?1 or previous_id = ?1)
           and exists (select 1 from blogs b where b.username = ?2 and b.account_id = sessions.account_id)
         returning handle",
        [id.into(), name.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Gives a session a new id; the old one is good for `grace_seconds` more. False when another
/// request has done so in the meantime.
pub async fn rotate(cx: &Context, id: &str, new_id: &str, grace_seconds: i64) -> Result<bool> {
    let now = cx.seconds();
    let statement = sql(
        "update sessions set id = ?2, previous_id = ?1, previous_until = ?4, rotated_at = ?3
         where id = ?1 returning handle",
        [id.into(), new_id.into(), now.into(), now.saturating_add(grace_seconds).into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// A session that begins with a second factor or a passkey.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// SHA-256 of the cookie's value.
    pub id: &'a str,
    /// Whose it is.
    pub account_id: &'a str,
    /// What names it on pages; also the id of the sign-in and of the note on it.
    pub handle: &'a str,
    /// The browser's own name, cut.
    pub user_agent: &'a str,
    /// Where the request came from, if the host knows.
    pub ip: Option<String>,
    /// SHA-256 of the browser's own long-lived cookie.
    pub device_hash: &'a str,
    /// Seconds until an unused session ends.
    pub idle_seconds: i64,
    /// Seconds until any session ends.
    pub absolute_seconds: i64,
    /// The half session that becomes whole with it, if there was one.
    pub half_id: Option<&'a str>,
    /// The session that the same browser had, which ends.
    pub old_id: Option<&'a str>,
}

/// Begins a session. Who may have it, the caller has made sure of.
pub async fn insert(cx: &Context, new: &New<'_>) -> Result<()> {
    let now = cx.seconds();
    let session = sql(
        "insert into sessions (id, handle, account_id, user_agent, ip, created_at, used_at, rotated_at, proved_at,
           idle_ends_at, ends_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?6, ?7, ?8)",
        [
            new.id.into(),
            new.handle.into(),
            new.account_id.into(),
            new.user_agent.into(),
            new.ip.clone().into(),
            now.into(),
            now.saturating_add(new.idle_seconds).into(),
            now.saturating_add(new.absolute_seconds).into(),
        ],
    );
    let mut statements = vec![session];
    statements.extend(signin::begin(cx, new.id, new.handle, new.device_hash));
    let ends = [
        new.half_id.map(|id| sql("delete from half_sessions where id = ?1", [id.into()])),
        new.old_id
            .map(|id| sql("delete from sessions where id = ?1 or previous_id = ?1", [id.into()])),
    ];
    statements.extend(ends.into_iter().flatten());
    cx.db.batch(statements).await.map(|_| ())
}

/// Remembers that its person proved afresh who they are, and gives the session a new id; the old one is
/// good for `grace_seconds` more. False when another request has done so in the meantime.
pub async fn prove(cx: &Context, id: &str, new_id: &str, grace_seconds: i64) -> Result<bool> {
    let now = cx.seconds();
    let statement = sql(
        "update sessions set id = ?2, previous_id = ?1, previous_until = ?4, rotated_at = ?3, proved_at = ?3
         where id = ?1 returning handle",
        [id.into(), new_id.into(), now.into(), now.saturating_add(grace_seconds).into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What names it.
    pub handle: String,
    /// The browser's own name.
    pub user_agent: String,
    /// Where the sign-in came from.
    pub ip: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds, exact to the hour.
    pub used_at: i64,
}

/// The live sessions of an account, the last used first.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<Listed>> {
    let statement = sql(
        "select coalesce(handle, '') as handle, user_agent, ip, created_at, used_at from sessions
         where account_id = ?1 and idle_ends_at > ?2 and ends_at > ?2
         order by used_at desc, created_at desc limit 50",
        [account_id.into(), cx.seconds().into()],
    );
    cx.db.all(statement).await?.iter().map(listed).collect()
}

fn listed(row: &Row) -> Result<Listed> {
    row.read(|row| Listed {
        handle: row.text("handle"),
        user_agent: row.text("user_agent"),
        ip: row.opt_text("ip"),
        created_at: row.int("created_at"),
        used_at: row.int("used_at"),
    })
}

/// Ends a session, also where another request has changed its id since it was looked up.
pub async fn delete(cx: &Context, id: &str) -> Result<()> {
    let statement = sql("delete from sessions where id = ?1 or previous_id = ?1", [id.into()]);
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Ends the session of that handle, if it is this account's.
pub async fn delete_by_handle(cx: &Context, account_id: &str, handle: &str) -> Result<()> {
    let statement = sql(
        "delete from sessions where handle = ?1 and account_id = ?2",
        [handle.into(), account_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Ends every session of an account but this one, also where another request has changed its id since.
pub async fn delete_others(cx: &Context, account_id: &str, id: &str) -> Result<()> {
    let statement = sql(
        "delete from sessions where account_id = ?1 and id <> ?2 and previous_id is not ?2",
        [account_id.into(), id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
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
