//! Passkeys of accounts, and the challenges that browsers answer with them.

use crate::factor;
use platform::{Context, Result, sql};

/// A passkey that is to be used.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// What names it on pages.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// Base64url of an uncompressed point.
    pub public_key: String,
}

/// A passkey that was made.
#[derive(Debug, Clone)]
pub struct NewPasskey<'a> {
    /// What names it on pages.
    pub id: &'a str,
    /// Whose it is.
    pub account_id: &'a str,
    /// Base64url, as the authenticator named it.
    pub credential_id: &'a str,
    /// Base64url of an uncompressed point.
    pub public_key: &'a str,
    /// As the authenticator counts.
    pub sign_count: u32,
    /// What its person calls it.
    pub name: &'a str,
}

/// What a challenge is for, and who may answer it.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// `signin`, `proof` or `new`.
    pub purpose: &'static str,
    /// The account, or for a sign-in the hash of the browser's cookie.
    pub owner: &'a str,
}

/// Remembers a challenge by its hash.
pub async fn insert_challenge(
    cx: &Context,
    hash: &str,
    of: Of<'_>,
    ttl_seconds: i64,
) -> Result<()> {
    let statement = sql(
        "insert into passkey_challenges (hash, purpose, owner, expires_at) values (?1, ?2, ?3, ?4)",
        [
            hash.into(),
            of.purpose.into(),
            of.owner.into(),
            cx.seconds().saturating_add(ttl_seconds).into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Uses a challenge up. False when it is not one of this purpose and owner, was used, or is too old.
pub async fn spend_challenge(cx: &Context, hash: &str, of: Of<'_>) -> Result<bool> {
    let statement = sql(
        "delete from passkey_challenges
         where hash = ?1 and purpose = ?2 and owner = ?3 and expires_at > ?4 returning hash",
        [hash.into(), of.purpose.into(), of.owner.into(), cx.seconds().into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// The passkey of a credential id.
pub async fn find(cx: &Context, credential_id: &str) -> Result<Option<Passkey>> {
    let statement = sql(
        "select id, account_id, public_key from passkeys where credential_id = ?1",
        [credential_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Passkey {
        id: row.text("id")?,
        account_id: row.text("account_id")?,
        public_key: row.text("public_key")?,
    }))
}

/// Adds a passkey, at most twenty; false past that. Ends every session but this one.
///
/// # Errors
/// [`platform::Error::Conflict`] when the credential is known already.
pub async fn insert(cx: &Context, session_id: &str, new: &NewPasskey<'_>) -> Result<bool> {
    let insert = sql(
        "insert into passkeys (id, account_id, credential_id, public_key, sign_count, name, created_at)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7
         where (select count(*) from passkeys where account_id = ?2) < 20 returning id",
        [
            new.id.into(),
            new.account_id.into(),
            new.credential_id.into(),
            new.public_key.into(),
            i64::from(new.sign_count).into(),
            new.name.into(),
            cx.seconds().into(),
        ],
    );
    let mut statements = vec![insert];
    statements.extend(factor::changed(cx, new.account_id, session_id)?);
    let outcomes = cx.db.batch(statements).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Remembers a use. False when the authenticator counts and has counted backwards: then there are two
/// of it (Web Authentication, section 6.1.1).
pub async fn count_use(cx: &Context, id: &str, sign_count: u32) -> Result<bool> {
    let statement = sql(
        "update passkeys set sign_count = ?2, used_at = ?3
         where id = ?1 and (sign_count < ?2 or (sign_count = 0 and ?2 = 0)) returning id",
        [id.into(), i64::from(sign_count).into(), cx.seconds().into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Removes a passkey, if it is this account's. Ends every session but this one.
pub async fn delete(cx: &Context, account_id: &str, session_id: &str, id: &str) -> Result<()> {
    let mut statements = vec![sql(
        "delete from passkeys where id = ?1 and account_id = ?2",
        [id.into(), account_id.into()],
    )];
    statements.extend(factor::changed(cx, account_id, session_id)?);
    cx.db.batch(statements).await.map(|_| ())
}
