//! Jobs: the outbox. A side effect is a row, written in the batch of its cause.

use platform::{Context, Result, Row, Sql, sql};

/// Seconds for which a runner has a job to itself.
const LEASE_SECONDS: i64 = 120;
/// After so many failures a job is dead and a person has to look.
const ATTEMPTS_MAX: i64 = 8;

/// The job that tells the operator's chat of somebody new; its subject is the account.
pub const SIGNUP_NOTICE: &str = "signup-notice";

/// A side effect to be carried out, at least once.
#[derive(Debug, Clone)]
pub struct Job {
    /// Our id; also what makes the effect the same effect when it is tried again.
    pub id: String,
    /// What kind.
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// The statement that writes a job down, for the batch of its cause.
pub fn insert(cx: &Context, kind: &str, subject: &str) -> Result<Sql> {
    insert_at(cx, kind, subject, cx.seconds())
}

/// The same, to be carried out no earlier than `next_at`.
pub fn insert_at(cx: &Context, kind: &str, subject: &str, next_at: i64) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at) values (?1, ?2, ?3, ?4, ?5)",
        [cx.id()?.into(), kind.into(), subject.into(), cx.seconds().into(), next_at.into()],
    ))
}

/// The statement that has the operator's chat told of an account, if the batch made it; for a sign-up's batch.
/// None where there is no chat.
pub(crate) fn signup_notice(cx: &Context, account_id: &str) -> Result<Option<Sql>> {
    if !cx.config.has_chat {
        return Ok(None);
    }
    Ok(Some(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?2, a.id, ?3, ?3 from accounts a where a.id = ?4",
        [cx.id()?.into(), SIGNUP_NOTICE.into(), cx.seconds().into(), account_id.into()],
    )))
}

/// The statement that gives a job of these kinds, which was given up, all its tries again.
pub(crate) fn revive(cx: &Context, id: &str, kinds: &[&str]) -> Sql {
    sql(
        "update jobs set dead_at = null, error = null, attempts = 0, lease_until = 0, next_at = ?2
         where id = ?1 and dead_at is not null and kind in (select value from json_each(?3))",
        [id.into(), cx.seconds().into(), serde_json::json!(kinds).to_string().into()],
    )
}

/// Writes a job down, alone: for one that goes on later as another.
pub async fn put_off(cx: &Context, kind: &str, subject: &str, next_at: i64) -> Result<()> {
    cx.db.batch(vec![insert_at(cx, kind, subject, next_at)?]).await.map(|_| ())
}

/// Those of these kinds of which a job is due that nobody has.
pub async fn kinds_due(cx: &Context, kinds: &[&str]) -> Result<Vec<String>> {
    let now = cx.seconds();
    let statement = sql(
        "select k.value as kind from json_each(?1) k where exists (
           select 1 from jobs
           where kind = k.value and dead_at is null and next_at <= ?2 and lease_until <= ?2)",
        [serde_json::json!(kinds).to_string().into(), now.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| row.read(|row| row.text("kind"))).collect()
}

/// Takes up to ten due jobs of a kind for this runner alone. A job whose runner ended twice before it was
/// done may be what ended it: such a one is taken alone and last, and in the end it is dead.
pub async fn lease(cx: &Context, kind: &str) -> Result<Vec<Job>> {
    let now = cx.seconds();
    let give_up = sql(
        "update jobs set dead_at = ?1, error = 'Whoever ran it ended before it was done.'
         where kind = ?2 and dead_at is null and next_at <= ?1 and lease_until between 1 and ?1 and attempts >= ?3",
        [now.into(), kind.into(), ATTEMPTS_MAX.into()],
    );
    let values = || [now.saturating_add(LEASE_SECONDS).into(), kind.into(), now.into()];
    let most = sql(
        "update jobs set lease_until = ?1, attempts = attempts + 1
         where id in (
           select id from jobs
           where kind = ?2 and dead_at is null and next_at <= ?3 and lease_until <= ?3
             and (lease_until = 0 or attempts < 2)
           order by next_at limit 10)
         returning id, kind, ref, attempts",
        values(),
    );
    let suspect = sql(
        "update jobs set lease_until = ?1, attempts = attempts + 1
         where id in (
           select id from jobs
           where kind = ?2 and dead_at is null and next_at <= ?3 and lease_until between 1 and ?3 and attempts >= 2
           order by attempts, next_at limit 1)
         returning id, kind, ref, attempts",
        values(),
    );
    let taken = cx.db.batch(vec![give_up, most, suspect]).await?;
    taken.iter().flat_map(|taken| &taken.rows).map(job).collect()
}

fn job(row: &Row) -> Result<Job> {
    row.read(|row| Job {
        id: row.text("id"),
        kind: row.text("kind"),
        subject: row.text("ref"),
        attempts: row.int("attempts"),
    })
}

/// A job is done.
pub async fn delete(cx: &Context, id: &str) -> Result<()> {
    cx.db.batch(vec![sql("delete from jobs where id = ?1", [id.into()])]).await.map(|_| ())
}

/// A job failed: it is tried again after 1, 2, 4 … minutes, and in the end, or at once where trying again
/// cannot help, it is dead.
pub async fn fail(cx: &Context, job: &Job, error: &str, is_final: bool) -> Result<()> {
    let now = cx.seconds();
    let doublings = u32::try_from(job.attempts.saturating_sub(1)).unwrap_or(0).min(10);
    let wait = 60_i64.saturating_mul(2_i64.saturating_pow(doublings));
    let dead_at = (is_final || job.attempts >= ATTEMPTS_MAX).then_some(now);
    let statement = sql(
        "update jobs set next_at = ?2, lease_until = 0, dead_at = ?3, error = ?4 where id = ?1",
        [(&job.id).into(), now.saturating_add(wait).into(), dead_at.into(), error.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
