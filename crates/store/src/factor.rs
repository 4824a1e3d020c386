//! The second factor: what an account has of it, and the half sessions that wait for it.

use crate::{job, token};
use platform::{Context, Result, Row, Sql, sql};

/// A passkey as its owner sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What names it.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub used_at: Option<i64>,
    /// Base64url, as the authenticator named it.
    pub credential_id: String,
}

/// What an account has.
#[derive(Debug, Clone, Default)]
pub struct Factors {
    /// Since when codes of an authenticator app are asked for.
    pub totp_since: Option<i64>,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// The passkeys, the first one first.
    pub passkeys: Vec<Listed>,
}

impl Factors {
    /// Whether the mail alone does not sign in.
    pub fn any(&self) -> bool {
        self.totp_since.is_some() || !self.passkeys.is_empty()
    }
}

/// What an account has.
pub async fn find(cx: &Context, account_id: &str) -> Result<Factors> {
    let counts = sql(
        "select (select created_at from totps where account_id = ?1) as totp_since,
           (select count(*) from recovery_codes where account_id = ?1) as recovery_codes",
        [account_id.into()],
    );
    let passkeys = sql(
        "select id, name, created_at, used_at, credential_id from passkeys
         where account_id = ?1 order by created_at, id limit 20",
        [account_id.into()],
    );
    let outcomes = cx.db.batch(vec![counts, passkeys]).await?;
    let mut factors = Factors::default();
    if let Some(row) = outcomes.first().and_then(|outcome| outcome.rows.first()) {
        factors.totp_since = row.opt_int("totp_since")?;
        factors.recovery_codes = row.int("recovery_codes")?;
    }
    if let Some(outcome) = outcomes.last() {
        factors.passkeys = outcome.rows.iter().map(listed).collect::<Result<_>>()?;
    }
    Ok(factors)
}

fn listed(row: &Row) -> Result<Listed> {
    row.read(|row| Listed {
        id: row.text("id"),
        name: row.text("name"),
        created_at: row.int("created_at"),
        used_at: row.opt_int("used_at"),
        credential_id: row.text("credential_id"),
    })
}

/// Whether the mail alone does not sign in to an account.
pub async fn is_required(cx: &Context, account_id: &str) -> Result<bool> {
    let statement = sql(
        "select 1 as one from second_factors where account_id = ?1 limit 1",
        [account_id.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// A sign-in that has proven its address and waits for the second factor.
#[derive(Debug, Clone)]
pub struct Half {
    /// The account.
    pub account_id: String,
    /// The checked path to go to afterwards.
    pub next: String,
}

/// A half session that has not ended.
pub async fn find_half(cx: &Context, id: &str) -> Result<Option<Half>> {
    let statement = sql(
        "select account_id, next from half_sessions where id = ?1 and expires_at > ?2 and attempts < 5",
        [id.into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.as_ref().map(half).transpose()
}

/// Spends one of a half session's five attempts, before any code is looked at.
pub async fn spend_attempt(cx: &Context, id: &str) -> Result<Option<Half>> {
    let statement = sql(
        "update half_sessions set attempts = attempts + 1
         where id = ?1 and expires_at > ?2 and attempts < 5 returning account_id, next",
        [id.into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.as_ref().map(half).transpose()
}

fn half(row: &Row) -> Result<Half> {
    row.read(|row| Half { account_id: row.text("account_id"), next: row.text("next") })
}

/// The half session that a proof of the address becomes where there is a second factor. It follows the
/// statement that consumed the challenge.
pub(crate) fn insert_half(cx: &Context, session_id: &str, ttl_seconds: i64) -> Sql {
    sql(
        "insert into half_sessions (id, account_id, next, expires_at)
         select ?1, a.id, c.next, ?2 from challenges c join accounts a on a.email = c.email
         where c.consumed_by = ?1 and exists (select 1 from second_factors f where f.account_id = a.id)",
        [session_id.into(), cx.seconds().saturating_add(ttl_seconds).into()],
    )
}

/// Removes half sessions and challenges of passkeys that have ended, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let halves = sql(
        "delete from half_sessions where id in
           (select id from half_sessions where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().into()],
    );
    let challenges = sql(
        "delete from passkey_challenges where hash in
           (select hash from passkey_challenges where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().into()],
    );
    cx.db.batch(vec![halves, challenges]).await.map(|_| ())
}

/// What ends with a change of the factors: every other session, every half one and every token, because
/// who was let in before may not be who is let in now; and the recovery codes, where nothing is left to
/// recover. The person is told by mail.
pub(crate) fn changed(cx: &Context, account_id: &str, session_id: &str) -> Result<Vec<Sql>> {
    Ok(vec![
        sql(
            "delete from sessions where account_id = ?1 and id <> ?2",
            [account_id.into(), session_id.into()],
        ),
        sql("delete from half_sessions where account_id = ?1", [account_id.into()]),
        token::delete_all(account_id),
        job::insert(cx, "factor-mail", account_id)?,
        sql(
            "delete from recovery_codes where account_id = ?1
               and not exists (select 1 from second_factors f where f.account_id = ?1)",
            [account_id.into()],
        ),
    ])
}

/// Where the note on a change of factors goes; None when the account is gone.
pub async fn find_email(cx: &Context, account_id: &str) -> Result<Option<String>> {
    let statement = sql("select email from accounts where id = ?1", [account_id.into()]);
    cx.db.first(statement).await?.map(|row| row.text("email")).transpose()
}
