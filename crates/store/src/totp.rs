//! Authenticator apps and recovery codes of accounts.

use crate::factor;
use platform::{Context, Result, sql};

/// The secret of an account's authenticator app.
#[derive(Debug, Clone)]
pub struct Totp {
    /// Sealed.
    pub secret: String,
    /// The last step whose code was used.
    pub last_step: i64,
}

/// The authenticator app of an account.
pub async fn find(cx: &Context, account_id: &str) -> Result<Option<Totp>> {
    let statement =
        sql("select secret, last_step from totps where account_id = ?1", [account_id.into()]);
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Totp { secret: row.text("secret")?, last_step: row.int("last_step")? }))
}

/// Turns an authenticator app on; `step` is the one of the code that confirmed it. Ends every session but this one.
///
/// # Errors
/// [`platform::Error::Conflict`] when the account has one already.
pub async fn insert(
    cx: &Context,
    account_id: &str,
    session_id: &str,
    secret: &str,
    step: i64,
) -> Result<()> {
    let mut statements = vec![sql(
        "insert into totps (account_id, secret, last_step, created_at) values (?1, ?2, ?3, ?4)",
        [account_id.into(), secret.into(), step.into(), cx.seconds().into()],
    )];
    statements.extend(factor::changed(cx, account_id, session_id)?);
    cx.db.batch(statements).await.map(|_| ())
}

/// Uses a step up. False when it, or a later one, was used before: of several uses at once one succeeds.
pub async fn spend_step(cx: &Context, account_id: &str, step: i64) -> Result<bool> {
    let statement = sql(
        "update totps set last_step = ?2, used_at = ?3 where account_id = ?1 and last_step < ?2
         returning account_id",
        [account_id.into(), step.into(), cx.seconds().into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Turns an authenticator app off. Ends every session but this one.
pub async fn delete(cx: &Context, account_id: &str, session_id: &str) -> Result<()> {
    let mut statements = vec![sql("delete from totps where account_id = ?1", [account_id.into()])];
    statements.extend(factor::changed(cx, account_id, session_id)?);
    cx.db.batch(statements).await.map(|_| ())
}

/// Replaces an account's recovery codes by these, if it has a second factor that they could stand in for.
pub async fn replace_recovery_codes(
    cx: &Context,
    account_id: &str,
    code_hashes: &[String],
) -> Result<()> {
    let mut statements =
        vec![sql("delete from recovery_codes where account_id = ?1", [account_id.into()])];
    statements.extend(code_hashes.iter().map(|hash| {
        sql(
            "insert into recovery_codes (account_id, code_hash, created_at)
             select ?1, ?2, ?3 where exists (select 1 from second_factors f where f.account_id = ?1)",
            [account_id.into(), hash.into(), cx.seconds().into()],
        )
    }));
    cx.db.batch(statements).await.map(|_| ())
}

/// Uses a recovery code up. False when there is none like it.
pub async fn spend_recovery_code(cx: &Context, account_id: &str, code_hash: &str) -> Result<bool> {
    let statement = sql(
        "delete from recovery_codes where account_id = ?1 and code_hash = ?2 returning account_id",
        [account_id.into(), code_hash.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}
