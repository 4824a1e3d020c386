//! Host names of people's own, and how far each has come.

use crate::job;
use domain::own_domain::{HOLD_SECONDS, State};
use platform::{Columns, Context, Error, Result, Row, Sql, sql};

/// The job that looks at the names that are due.
pub const CHECK: &str = "domain-check";
/// The job that takes a name that was given up off the platform that makes certificates.
pub const RELEASE: &str = "domain-release";

/// A name that somebody asked for.
#[derive(Debug, Clone)]
pub struct OwnDomain {
    /// The blog that is to live there.
    pub blog_id: String,
    /// Who asked for it.
    pub account_id: String,
    /// The blog's user name.
    pub username: String,
    /// ASCII, lower case, no dot at its end.
    pub host: String,
    /// What the TXT record has to say.
    pub token: String,
    /// How far it has come.
    pub state: State,
    /// Unix seconds.
    pub created_at: i64,
    /// When it is looked at again.
    pub check_at: i64,
    /// When DNS answered last.
    pub checked_at: Option<i64>,
    /// Since when a live one is not as it should be.
    pub missed_since: Option<i64>,
    /// What DNS said of the record: `found`, `other`, `none`; empty: not asked yet.
    pub proof: String,
    /// Where the name leads: `here`, `elsewhere`, `nowhere`; empty: not asked yet.
    pub pointing: String,
    /// Its id at the platform that makes the certificates.
    pub hostname_id: Option<String>,
    /// What that platform says of the name.
    pub hostname_state: Option<String>,
    /// What it says of the certificate; `operator` where a proxy of the operator's makes it.
    pub certificate_state: Option<String>,
    /// Why the last look brought nothing, in words.
    pub problem: Option<String>,
}

/// The columns of a name.
macro_rules! columns {
    () => {
        "blog_id, account_id, host, token, state, created_at, check_at, checked_at, missed_since, proof, pointing,
         hostname_id, hostname_state, certificate_state, problem,
         (select b.username from blogs b where b.id = domains.blog_id) as username"
    };
}

fn own_domain(row: &Row) -> Result<OwnDomain> {
    let read = |row: &mut Columns<'_>| OwnDomain {
        blog_id: row.text("blog_id"),
        account_id: row.text("account_id"),
        username: row.text("username"),
        host: row.text("host"),
        token: row.text("token"),
        state: State::of_word(&row.text("state")),
        created_at: row.int("created_at"),
        check_at: row.int("check_at"),
        checked_at: row.opt_int("checked_at"),
        missed_since: row.opt_int("missed_since"),
        proof: row.text("proof"),
        pointing: row.text("pointing"),
        hostname_id: row.opt_text("hostname_id"),
        hostname_state: row.opt_text("hostname_state"),
        certificate_state: row.opt_text("certificate_state"),
        problem: row.opt_text("problem"),
    };
    row.read(read)
}

/// The name that a blog has or asked for.
pub async fn find(cx: &Context, blog_id: &str) -> Result<Option<OwnDomain>> {
    let text = concat!("select ", columns!(), " from domains where blog_id = ?1");
    cx.db.first(sql(text, [blog_id.into()])).await?.as_ref().map(own_domain).transpose()
}

/// Whether a blog was on this name and is no longer.
pub async fn is_parked(cx: &Context, host: &str) -> Result<bool> {
    let text = "select 1 as one from domains where host = ?1 and state = 'parked' limit 1";
    Ok(cx.db.first(sql(text, [host.into()])).await?.is_some())
}

/// Whether somebody has proven this name, lately or once: then a certificate may be made for it.
pub async fn is_proven(cx: &Context, host: &str) -> Result<bool> {
    let text = "select 1 as one from domains where host = ?1 and state <> 'waiting' limit 1";
    Ok(cx.db.first(sql(text, [host.into()])).await?.is_some())
}

/// Asks for a name, and has it looked at soon. False when the blog has one or asked for one already.
pub async fn insert(
    cx: &Context,
    blog_id: &str,
    account_id: &str,
    host: &str,
    token: &str,
) -> Result<bool> {
    let insert = sql(
        "insert into domains (blog_id, account_id, host, token, created_at, check_at)
         values (?1, ?2, ?3, ?4, ?5, ?5) on conflict do nothing returning host",
        [blog_id.into(), account_id.into(), host.into(), token.into(), cx.seconds().into()],
    );
    let outcomes = cx.db.batch(vec![insert, job::insert(cx, CHECK, "")?]).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Has the name of a blog looked at soon.
pub async fn ask(cx: &Context, blog_id: &str) -> Result<()> {
    let due = sql(
        "update domains set check_at = ?2 where blog_id = ?1 and check_at > ?2",
        [blog_id.into(), cx.seconds().into()],
    );
    cx.db.batch(vec![due, job::insert(cx, CHECK, "")?]).await.map(|_| ())
}

/// The names that are due, at most `limit`, each put off by `lease_seconds` in the same statement.
pub async fn lease_due(cx: &Context, limit: i64, lease_seconds: i64) -> Result<Vec<OwnDomain>> {
    let now = cx.seconds();
    let statement = sql(
        concat!(
            "update domains set check_at = ?1 where blog_id in
               (select blog_id from domains where check_at <= ?2 order by check_at limit ?3)
             returning ",
            columns!()
        ),
        [now.saturating_add(lease_seconds).into(), now.into(), limit.into()],
    );
    cx.db.all(statement).await?.iter().map(own_domain).collect()
}

/// Remembers why a look brought nothing; it counts as no miss. Who asked for another look meanwhile gets it.
pub async fn put_off(cx: &Context, due: &OwnDomain, problem: &str, check_at: i64) -> Result<()> {
    let statement = sql(
        "update domains set problem = ?3, check_at = case check_at when ?5 then ?4 else check_at end
         where blog_id = ?1 and host = ?2",
        [
            (&due.blog_id).into(),
            (&due.host).into(),
            problem.into(),
            check_at.into(),
            due.check_at.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Remembers the id of a name at the platform that makes certificates, as soon as there is one.
pub async fn set_hostname(cx: &Context, due: &OwnDomain, hostname_id: &str) -> Result<()> {
    let statement = sql(
        "update domains set hostname_id = ?3 where blog_id = ?1 and host = ?2",
        [(&due.blog_id).into(), (&due.host).into(), hostname_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Remembers what a look brought, and lets the blog live on the name or not. False when somebody else
/// has the name, or it was given up a short while ago: then nothing of it changes. When it is looked at
/// again changes only from `expected_at`: any other moment was set by somebody who asked meanwhile.
pub async fn update(cx: &Context, seen: &OwnDomain, expected_at: i64) -> Result<bool> {
    let update = sql(
        "update domains as d set state = ?3, check_at = case check_at when ?12 then ?4 else check_at end,
           checked_at = ?5, missed_since = ?6, proof = ?7, pointing = ?8, hostname_state = ?9,
           certificate_state = ?10, problem = ?11
         where d.blog_id = ?1 and d.host = ?2 and (?3 not in ('proven', 'live') or not exists
           (select 1 from domains o where o.host = d.host and o.blog_id <> d.blog_id and o.state in ('proven', 'live')
            union all
            select 1 from domain_holds h where h.host = d.host and h.account_id <> d.account_id and h.ends_at > ?5))
         returning host",
        [
            (&seen.blog_id).into(),
            (&seen.host).into(),
            seen.state.word().into(),
            seen.check_at.into(),
            cx.seconds().into(),
            seen.missed_since.into(),
            (&seen.proof).into(),
            (&seen.pointing).into(),
            seen.hostname_state.clone().into(),
            seen.certificate_state.clone().into(),
            seen.problem.clone().into(),
            expected_at.into(),
        ],
    );
    match cx.db.batch(vec![update, settle(cx, &seen.blog_id)]).await {
        Ok(outcomes) => Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty())),
        Err(Error::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts the live name of a blog, or none, into the blog's row; its pages are other ones then.
fn settle(cx: &Context, blog_id: &str) -> Sql {
    sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2,
           domain = (select d.host from domains d where d.blog_id = ?1 and d.state = 'live')
         where id = ?1 and domain is not (select d.host from domains d where d.blog_id = ?1 and d.state = 'live')",
        [blog_id.into(), cx.seconds().into()],
    )
}

/// Gives a name up. What was proven stays this account's for a while, unless somebody else has it by now.
pub async fn delete(cx: &Context, blog_id: &str) -> Result<()> {
    let hold = sql(
        "insert into domain_holds (host, account_id, ends_at)
         select d.host, d.account_id, ?2 from domains d where d.blog_id = ?1 and d.state in ('proven', 'live') and d.missed_since is null
           and not exists (select 1 from domains o
             where o.host = d.host and o.blog_id <> d.blog_id and o.state in ('proven', 'live'))
         on conflict (host) do update set account_id = excluded.account_id, ends_at = excluded.ends_at
           where domain_holds.account_id = excluded.account_id or domain_holds.ends_at <= ?3",
        [
            blog_id.into(),
            cx.seconds().saturating_add(HOLD_SECONDS).into(),
            cx.seconds().into(),
        ],
    );
    let release = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'domain-release', hostname_id, ?2, ?2 from domains where blog_id = ?3 and hostname_id is not null",
        [cx.id()?.into(), cx.seconds().into(), blog_id.into()],
    );
    let delete = sql("delete from domains where blog_id = ?1", [blog_id.into()]);
    cx.db.batch(vec![hold, release, delete, settle(cx, blog_id)]).await.map(|_| ())
}

/// Whether a name at the platform that makes certificates is still somebody's.
pub async fn has_hostname(cx: &Context, hostname_id: &str) -> Result<bool> {
    let text = "select 1 as one from domains where hostname_id = ?1 and state <> 'waiting' limit 1";
    Ok(cx.db.first(sql(text, [hostname_id.into()])).await?.is_some())
}

/// Removes holds that are over, a few at a time.
pub async fn delete_old_holds(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from domain_holds where host in (select host from domain_holds where ends_at < ?1 limit 100)",
        [cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
