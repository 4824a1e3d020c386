//! Consents: what a person allowed an app (IndieAuth), until the app fetches it with its code.

use platform::{Context, Result, Row, sql};

/// What a person allowed.
#[derive(Debug, Clone)]
pub struct NewConsent<'a> {
    /// SHA-256 of the code.
    pub code_hash: &'a str,
    /// The account.
    pub account_id: &'a str,
    /// The name of the blog that the app is told of.
    pub blog_name: &'a str,
    /// The app's address.
    pub client_id: &'a str,
    /// Where the code is sent.
    pub redirect_uri: &'a str,
    /// Words with a space between them; may be empty.
    pub scopes: &'a str,
    /// PKCE, S256.
    pub challenge: Option<String>,
    /// Unix seconds.
    pub expires_at: i64,
}

/// What an app shows to be given what it was allowed.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// SHA-256 of the code.
    pub code_hash: &'a str,
    /// The app's address.
    pub client_id: &'a str,
    /// Where it says that the code was sent; older apps do not say.
    pub redirect_uri: Option<String>,
    /// The challenge of the verifier that it showed.
    pub challenge: Option<String>,
    /// The id of the token that it gets, should it get one.
    pub token_id: &'a str,
    /// SHA-256 of that token; None where only who it is was asked for.
    pub token_hash: Option<String>,
}

/// Who allowed it, and what.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The user name.
    pub username: String,
    /// The name of the blog.
    pub blog_name: String,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// The display name.
    pub name: String,
    /// Words with a space between them.
    pub scopes: String,
}

/// Remembers a consent.
pub async fn insert(cx: &Context, consent: &NewConsent<'_>) -> Result<()> {
    let now = cx.seconds();
    let insert = sql(
        "insert into consents (code_hash, account_id, client_id, redirect_uri, scopes, challenge, created_at, expires_at,
           blog_name)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [
            consent.code_hash.into(),
            consent.account_id.into(),
            consent.client_id.into(),
            consent.redirect_uri.into(),
            consent.scopes.into(),
            consent.challenge.clone().into(),
            now.into(),
            consent.expires_at.into(),
            consent.blog_name.into(),
        ],
    );
    cx.db.batch(vec![insert]).await.map(|_| ())
}

/// The account of a code that is live or was spent, for the limits.
pub async fn find_account(cx: &Context, code_hash: &str) -> Result<Option<String>> {
    let statement = sql("select account_id from consents where code_hash = ?1", [code_hash.into()]);
    cx.db.first(statement).await?.map(|row| row.text("account_id")).transpose()
}

/// Spends a code, once, and only by its app: with the address that it was sent to, if the app says one, and
/// with the verifier exactly where there is a challenge. Makes the token in the same batch. A code that is
/// shown a second time was in two hands, so the token of the first time ends (RFC 6749, section 4.1.2).
pub async fn spend(cx: &Context, claim: &Claim<'_>) -> Result<Option<Granted>> {
    let now = cx.seconds();
    let replay = sql(
        "delete from tokens where id in
           (select spent_by from consents where code_hash = ?1 and client_id = ?2 and spent_at is not null)",
        [claim.code_hash.into(), claim.client_id.into()],
    );
    let spend = sql(
        "update consents set spent_at = ?1, spent_by = ?2
         where code_hash = ?3 and client_id = ?4 and (?5 is null or redirect_uri = ?5) and challenge is ?6
           and spent_at is null and expires_at > ?1 and (?7 is null or scopes <> '')",
        [
            now.into(),
            claim.token_id.into(),
            claim.code_hash.into(),
            claim.client_id.into(),
            claim.redirect_uri.clone().into(),
            claim.challenge.clone().into(),
            claim.token_hash.clone().into(),
        ],
    );
    let token = sql(
        "insert into tokens (id, account_id, token_hash, name, client_id, scopes, created_at, blog_name)
         select ?1, c.account_id, ?2, c.client_id, c.client_id, c.scopes, ?3, c.blog_name
         from consents c where c.spent_by = ?1 and ?2 is not null",
        [claim.token_id.into(), claim.token_hash.clone().into(), now.into()],
    );
    let who = sql(
        "select a.username, a.name, b.username as blog_name, b.domain, c.scopes
         from consents c join accounts a on a.id = c.account_id
           join blogs b on b.username = coalesce(c.blog_name, a.username) and b.account_id = a.id
         where c.spent_by = ?1",
        [claim.token_id.into()],
    );
    let outcomes = cx.db.batch(vec![replay, spend, token, who]).await?;
    outcomes.last().and_then(|outcome| outcome.rows.first()).map(granted).transpose()
}

fn granted(row: &Row) -> Result<Granted> {
    row.read(|row| Granted {
        username: row.text("username"),
        blog_name: row.text("blog_name"),
        domain: row.opt_text("domain"),
        name: row.text("name"),
        scopes: row.text("scopes"),
    })
}

/// Removes consents that ended a day ago or longer, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from consents where code_hash in
           (select code_hash from consents where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().saturating_sub(86_400).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
