//! Sign-ups on their way to an account: what was asked for, and who waits for the operator's word.

use crate::job;
use platform::{Context, Result, Row, Sql, sql};

/// A sign-up that was asked for and is not yet proven or used.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The user name asked for.
    pub username: String,
    /// Whether that name is somebody's by now, or a blog's.
    pub is_taken: bool,
}

/// What a live challenge wants, if it is a sign-up of an address without an account.
pub async fn find(cx: &Context, challenge_id: &str) -> Result<Option<Wanted>> {
    let statement = sql(
        "select c.username, exists (select 1 from blogs b where b.username = c.username) as is_taken
         from challenges c
         where c.id = ?1 and c.kind = 'signup' and c.consumed_at is null
           and not exists (select 1 from accounts a where a.email = c.email)",
        [challenge_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Wanted { username: row.text("username")?, is_taken: row.int("is_taken")? == 1 }))
}

/// Gives a sign-up another user name.
pub async fn rename(cx: &Context, challenge_id: &str, username: &str) -> Result<()> {
    let statement = sql(
        "update challenges set username = ?2
         where id = ?1 and kind = 'signup' and consumed_at is null",
        [challenge_id.into(), username.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Someone who waits.
#[derive(Debug, Clone)]
pub struct Request {
    /// Our id.
    pub id: String,
    /// The canonical mail address, proven.
    pub email: String,
    /// The user name asked for.
    pub username: String,
    /// The display name.
    pub name: String,
    /// The web site.
    pub site: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// None while it is open; `approved` or `declined`.
    pub answer: Option<String>,
}

/// Turns a proven challenge into a request, once. Who asks a second time has one request.
///
/// # Errors
/// [`platform::Error::Conflict`] when somebody else waits for that user name; the challenge lives on.
pub async fn file(cx: &Context, challenge_id: &str, id: &str, attempts_max: i64) -> Result<bool> {
    let now = cx.seconds();
    let consume = sql(
        "update challenges set consumed_at = ?1, consumed_by = ?2
         where id = ?3 and consumed_at is null and expires_at > ?1 and attempts <= ?4
         returning id",
        [now.into(), id.into(), challenge_id.into(), attempts_max.into()],
    );
    let request = sql(
        "insert into signup_requests (id, email, username, name, site, created_at)
         select ?1, c.email, c.username, c.name, c.site, ?2 from challenges c
         where c.consumed_by = ?1
         on conflict (email) do nothing",
        [id.into(), now.into()],
    );
    let outcomes = cx.db.batch(vec![consume, request]).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Who waits, the longest first; at most 100.
pub async fn list_open(cx: &Context) -> Result<Vec<Request>> {
    let statement = sql(
        "select id, email, username, name, site, created_at, answer from signup_requests
         where answer is null order by created_at limit 100",
        [],
    );
    cx.db.all(statement).await?.iter().map(request).collect()
}

/// One request.
pub async fn find_request(cx: &Context, id: &str) -> Result<Option<Request>> {
    let statement = sql(
        "select id, email, username, name, site, created_at, answer from signup_requests where id = ?1",
        [id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(request).transpose()
}

fn request(row: &Row) -> Result<Request> {
    row.read(|row| Request {
        id: row.text("id"),
        email: row.text("email"),
        username: row.text("username"),
        name: row.text("name"),
        site: row.opt_text("site"),
        created_at: row.int("created_at"),
        answer: row.opt_text("answer"),
    })
}

/// Approves a request that is open: account, blog and the mail that says so, in one batch.
///
/// # Errors
/// [`platform::Error::Conflict`] when the user name was taken in the meantime.
pub async fn approve(cx: &Context, id: &str, account_id: &str, blog_id: &str) -> Result<()> {
    let now = cx.seconds();
    let account = sql(
        "insert into accounts (id, username, email, name, site, created_at)
         select ?1, r.username, r.email, r.name, r.site, ?2 from signup_requests r
         where r.id = ?3 and r.answer is null
           and not exists (select 1 from accounts a where a.email = r.email)",
        [account_id.into(), now.into(), id.into()],
    );
    let blog = sql(
        "insert into blogs (id, account_id, username, title, created_at)
         select ?1, a.id, a.username, a.name, ?2 from accounts a where a.id = ?3",
        [blog_id.into(), now.into(), account_id.into()],
    );
    let mut statements = vec![account, blog];
    statements.extend(answer(cx, id, "approved")?);
    statements.extend(job::signup_notice(cx, account_id)?);
    cx.db.batch(statements).await.map(|_| ())
}

/// Declines a request that is open, and writes the mail that says so.
pub async fn decline(cx: &Context, id: &str) -> Result<()> {
    cx.db.batch(answer(cx, id, "declined")?.into()).await.map(|_| ())
}

/// The mail first: it looks whether the request is still open.
fn answer(cx: &Context, id: &str, answer: &str) -> Result<[Sql; 2]> {
    let now = cx.seconds();
    Ok([
        sql(
            "insert into jobs (id, kind, ref, created_at, next_at)
             select ?1, 'signup-answer-mail', r.id, ?2, ?2 from signup_requests r
             where r.id = ?3 and r.answer is null",
            [cx.id()?.into(), now.into(), id.into()],
        ),
        sql(
            "update signup_requests set answer = ?2, answered_at = ?3 where id = ?1 and answer is null",
            [id.into(), answer.into(), now.into()],
        ),
    ])
}

/// The person has been told; or nobody could tell them for a month.
pub async fn delete_answered(cx: &Context, id: &str) -> Result<()> {
    let told = sql("delete from signup_requests where id = ?1", [id.into()]);
    let month = cx.seconds().saturating_sub(30 * 86_400);
    let old = sql("delete from signup_requests where answered_at < ?1", [month.into()]);
    cx.db.batch(vec![told, old]).await.map(|_| ())
}
