//! What was created under which key, so that the same request sent again creates nothing more.

use platform::{Context, Result, Sql, sql};

/// A creation that is remembered for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// SHA-256 of the key.
    pub key_hash: String,
    /// SHA-256 of what was asked for.
    pub fingerprint: String,
    /// Unix seconds; then the key is free again.
    pub expires_at: i64,
}

/// The statements that remember it, for the batch of the creation: they conflict when the key is taken.
pub fn insert(account_id: &str, creation: &Creation, post_id: &str, now: i64) -> [Sql; 2] {
    [
        sql(
            "delete from creations where account_id = ?1 and key_hash = ?2 and expires_at <= ?3",
            [account_id.into(), (&creation.key_hash).into(), now.into()],
        ),
        sql(
            "insert into creations (account_id, key_hash, fingerprint, post_id, expires_at) values (?1, ?2, ?3, ?4, ?5)",
            [
                account_id.into(),
                (&creation.key_hash).into(),
                (&creation.fingerprint).into(),
                post_id.into(),
                creation.expires_at.into(),
            ],
        ),
    ]
}

/// The id of the post that was created under a live key, and the fingerprint of that request.
pub async fn find(
    cx: &Context,
    account_id: &str,
    key_hash: &str,
) -> Result<Option<(String, String)>> {
    let statement = sql(
        "select post_id, fingerprint from creations where account_id = ?1 and key_hash = ?2 and expires_at > ?3",
        [account_id.into(), key_hash.into(), cx.seconds().into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some((row.text("post_id")?, row.text("fingerprint")?)))
}

/// The statement that frees the keys of a post that would be free at `until` anyway.
pub fn forget(account_id: &str, post_id: &str, until: i64) -> Sql {
    sql(
        "delete from creations where account_id = ?1 and post_id = ?2 and expires_at <= ?3",
        [account_id.into(), post_id.into(), until.into()],
    )
}

/// Removes keys that are free again, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from creations where (account_id, key_hash) in
           (select account_id, key_hash from creations where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
