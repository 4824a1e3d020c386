//! Sign-ins that happened: what a person can look back on.

use platform::{Context, Result, Row, Sql, sql};

const YEAR_SECONDS: i64 = 365 * 86_400;

/// A sign-in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Unix seconds.
    pub at: i64,
    /// Where it came from.
    pub ip: Option<String>,
    /// The browser's own name.
    pub user_agent: String,
    /// Whether that browser had not been seen on the account before.
    pub is_new_browser: bool,
}

/// The last sign-ins of an account, at most 20.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<SignIn>> {
    let statement = sql(
        "select at, ip, user_agent, is_new_browser from signins
         where account_id = ?1 order by at desc limit 20",
        [account_id.into()],
    );
    cx.db.all(statement).await?.iter().map(signin).collect()
}

fn signin(row: &Row) -> Result<SignIn> {
    row.read(|row| SignIn {
        at: row.int("at"),
        ip: row.opt_text("ip"),
        user_agent: row.text("user_agent"),
        is_new_browser: row.int("is_new_browser") == 1,
    })
}

/// A sign-in of which its person is told by mail.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Whom to tell.
    pub email: String,
    /// When it was.
    pub at: i64,
    /// The browser's own name.
    pub user_agent: String,
}

/// What the note on a sign-in says; None when it or its account is gone.
pub async fn find_notice(cx: &Context, id: &str) -> Result<Option<Notice>> {
    let statement = sql(
        "select a.email, s.at, s.user_agent from signins s join accounts a on a.id = s.account_id
         where s.id = ?1",
        [id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Notice {
        email: row.text("email")?,
        at: row.int("at")?,
        user_agent: row.text("user_agent")?,
    }))
}

/// Forgets sign-ins, and the addresses of sessions, that are older than twelve months, a few at a time.
pub async fn forget_old(cx: &Context) -> Result<()> {
    let before = cx.seconds().saturating_sub(YEAR_SECONDS);
    let rows = sql(
        "delete from signins where id in (select id from signins where at < ?1 order by at limit 100)",
        [before.into()],
    );
    let addresses = sql(
        "update sessions set ip = null where id in
           (select id from sessions where ip is not null and created_at < ?1 limit 100)",
        [before.into()],
    );
    cx.db.batch(vec![rows, addresses]).await.map(|_| ())
}

/// What follows from a session that begins, in the batch of its insert: what is remembered of the
/// sign-in, the note to the person when the browser is new to an account that is not, and an end to the
/// oldest sessions past fifty. Each looks at the one before; without the session none does anything.
pub(crate) fn begin(cx: &Context, session_id: &str, handle: &str, device_hash: &str) -> Vec<Sql> {
    let now = cx.seconds();
    let signin = sql(
        "insert into signins (id, account_id, at, ip, user_agent, is_new_browser)
         select ?1, s.account_id, ?2, s.ip, s.user_agent, not exists
           (select 1 from browsers b where b.account_id = s.account_id and b.browser_hash = ?3)
         from sessions s where s.id = ?4",
        [handle.into(), now.into(), device_hash.into(), session_id.into()],
    );
    let note = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'new-browser-mail', ?1, ?2, ?2 from signins s
         where s.id = ?1 and s.is_new_browser = 1
           and exists (select 1 from browsers b where b.account_id = s.account_id)",
        [handle.into(), now.into()],
    );
    let browser = sql(
        "insert into browsers (account_id, browser_hash, created_at)
         select s.account_id, ?1, ?2 from sessions s where s.id = ?3 on conflict do nothing",
        [device_hash.into(), now.into(), session_id.into()],
    );
    let oldest = sql(
        "delete from sessions where id in
           (select id from sessions where account_id = (select account_id from sessions where id = ?1)
            order by created_at desc, id limit 50 offset 50)",
        [session_id.into()],
    );
    vec![signin, note, browser, oldest]
}
