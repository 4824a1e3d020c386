//! Invitations: codes that each let one person join.

use platform::{Context, Result, sql};

const YEAR_SECONDS: i64 = 365 * 86_400;

/// Writes an invitation down by the hash of its code.
pub async fn insert(cx: &Context, code_hash: &str) -> Result<()> {
    let statement = sql(
        "insert into invitations (code_hash, created_at) values (?1, ?2)",
        [code_hash.into(), cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// How many invitations are open.
pub async fn count_open(cx: &Context) -> Result<i64> {
    let statement = sql("select count(*) as n from invitations where used_at is null", []);
    cx.db.first(statement).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Lets a sign-up hold an invitation until then, and nobody else. False when there is no such invitation,
/// it was used, or another sign-up holds it.
pub async fn hold(cx: &Context, code_hash: &str, challenge_id: &str, until: i64) -> Result<bool> {
    let statement = sql(
        "update invitations set challenge_id = ?2, held_until = ?3
         where code_hash = ?1 and used_at is null and held_until <= ?4 and created_at > ?5
         returning code_hash",
        [
            code_hash.into(),
            challenge_id.into(),
            until.into(),
            cx.seconds().into(),
            cx.seconds().saturating_sub(YEAR_SECONDS).into(),
        ],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Uses up the invitation that a sign-up holds. A sign-up that has used it already may go on, because it
/// may have stopped half-way. False when it holds none.
pub async fn spend(cx: &Context, challenge_id: &str) -> Result<bool> {
    let statement = sql(
        "update invitations set used_at = coalesce(used_at, ?2) where challenge_id = ?1
         returning code_hash",
        [challenge_id.into(), cx.seconds().into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}
