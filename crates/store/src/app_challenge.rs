//! App challenges: sign-ins that apps asked for and that are not yet proven.

use crate::job;
use platform::{Context, Result, Row, sql};

/// A sign-in that an app asked for.
#[derive(Debug, Clone)]
pub struct AppChallenge {
    /// 128 random bits in hex; the link's token and the code derive from it.
    pub id: String,
    /// The canonical mail address.
    pub email: String,
    /// What the app calls itself.
    pub app_name: String,
    /// What opens the app; may be empty.
    pub redirect_url: String,
    /// SHA-256 of the value that the asking app was given.
    pub asker_hash: String,
    /// SHA-256 of the link's token.
    pub token_hash: String,
    /// HMAC of id and code.
    pub code_hash: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// A challenge on which one attempt at its code was spent.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The challenge.
    pub id: String,
    /// The canonical mail address.
    pub email: String,
    /// What the code must hash to.
    pub code_hash: String,
}

/// The token that a proof of a challenge becomes.
#[derive(Debug, Clone)]
pub struct Proof<'a> {
    /// The challenge.
    pub challenge_id: &'a str,
    /// How many attempts may have been spent on it.
    pub attempts_max: i64,
    /// The id of the token.
    pub token_id: &'a str,
    /// SHA-256 of the token.
    pub token_hash: &'a str,
    /// Words with a space between them.
    pub scopes: &'a str,
}

/// Remembers a challenge and the mail that carries it. Two statements, whether the address is known or not.
pub async fn insert(cx: &Context, c: &AppChallenge) -> Result<()> {
    let challenge = sql(
        "insert into app_challenges (id, email, app_name, redirect_url, asker_hash, token_hash, code_hash, created_at,
           expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [
            (&c.id).into(),
            (&c.email).into(),
            (&c.app_name).into(),
            (&c.redirect_url).into(),
            (&c.asker_hash).into(),
            (&c.token_hash).into(),
            (&c.code_hash).into(),
            cx.seconds().into(),
            c.expires_at.into(),
        ],
    );
    cx.db.batch(vec![challenge, job::insert(cx, "app-signin-mail", &c.id)?]).await?;
    Ok(())
}

/// A challenge that can still be used.
pub async fn find_live(cx: &Context, id: &str) -> Result<Option<AppChallenge>> {
    let statement = sql(
        "select id, email, app_name, redirect_url, asker_hash, token_hash, code_hash, expires_at
         from app_challenges
         where id = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5",
        [id.into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.as_ref().map(challenge).transpose()
}

fn challenge(row: &Row) -> Result<AppChallenge> {
    row.read(|row| AppChallenge {
        id: row.text("id"),
        email: row.text("email"),
        app_name: row.text("app_name"),
        redirect_url: row.text("redirect_url"),
        asker_hash: row.text("asker_hash"),
        token_hash: row.text("token_hash"),
        code_hash: row.text("code_hash"),
        expires_at: row.int("expires_at"),
    })
}

/// The id of the live challenge of a link's token.
pub async fn find_by_token(cx: &Context, token_hash: &str) -> Result<Option<String>> {
    let statement = sql(
        "select id from app_challenges
         where token_hash = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5",
        [token_hash.into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.map(|row| row.text("id")).transpose()
}

/// Spends one attempt on each live challenge of the app that asked, before any code is looked at.
pub async fn spend_attempt(cx: &Context, asker_hash: &str) -> Result<Vec<Attempt>> {
    let statement = sql(
        "update app_challenges set attempts = attempts + 1
         where asker_hash = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5
         returning id, email, code_hash",
        [asker_hash.into(), cx.seconds().into()],
    );
    cx.db.all(statement).await?.iter().map(attempt).collect()
}

fn attempt(row: &Row) -> Result<Attempt> {
    row.read(|row| Attempt {
        id: row.text("id"),
        email: row.text("email"),
        code_hash: row.text("code_hash"),
    })
}

/// Turns a proven challenge into a token, in one batch: of any number of simultaneous uses exactly one
/// makes a token. False when it was spent or late, or when the mail alone is not enough for its account.
pub async fn spend(cx: &Context, proof: &Proof<'_>) -> Result<bool> {
    let now = cx.seconds();
    let consume = sql(
        "update app_challenges set consumed_at = ?1, consumed_by = ?2
         where id = ?3 and consumed_at is null and expires_at > ?1 and attempts <= ?4
           and not exists (select 1 from accounts a join second_factors f on f.account_id = a.id
             where a.email = app_challenges.email)",
        [now.into(), proof.token_id.into(), proof.challenge_id.into(), proof.attempts_max.into()],
    );
    let token = sql(
        "insert into tokens (id, account_id, token_hash, name, scopes, created_at)
         select ?1, a.id, ?2, c.app_name, ?3, ?4
         from app_challenges c join accounts a on a.email = c.email where c.consumed_by = ?1",
        [proof.token_id.into(), proof.token_hash.into(), proof.scopes.into(), now.into()],
    );
    let made = sql("select 1 as one from tokens where id = ?1", [proof.token_id.into()]);
    let outcomes = cx.db.batch(vec![consume, token, made]).await?;
    Ok(outcomes.last().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Removes challenges that ended a day ago or longer, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from app_challenges where id in
           (select id from app_challenges where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().saturating_sub(86_400).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Whether the account of a challenge's address has a second factor, so that no mail makes a token for it.
pub async fn wants_second_factor(cx: &Context, id: &str) -> Result<bool> {
    let statement = sql(
        "select 1 as one from app_challenges c join accounts a on a.email = c.email
         join second_factors f on f.account_id = a.id where c.id = ?1 limit 1",
        [id.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}
