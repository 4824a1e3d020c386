//! Challenges: sign-ins that were asked for and are not yet proven.

use crate::{factor, job, profile, signin};
use platform::{Context, Result, Row, Sql, sql};

/// A sign-in that somebody asked for.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// 128 random bits in hex; the link's token and the code derive from it.
    pub id: String,
    /// `signin` or `signup`.
    pub kind: String,
    /// The canonical mail address.
    pub email: String,
    /// Sign-up: the user name asked for.
    pub username: Option<String>,
    /// Sign-up: the display name.
    pub name: Option<String>,
    /// Sign-up: the web site.
    pub site: Option<String>,
    /// SHA-256 of the asking browser's cookie.
    pub browser_hash: String,
    /// SHA-256 of the link's token.
    pub token_hash: String,
    /// HMAC of id and code.
    pub code_hash: String,
    /// Where to go afterwards.
    pub next: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// Which challenge a form means.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// Those of the browser whose cookie hashes to this.
    Browser(&'a str),
    /// The one of the link whose token hashes to this.
    Token(&'a str),
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
    /// How many attempts have been spent, this one included.
    pub attempts: i64,
}

/// What a link's token says before it is used.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The challenge.
    pub id: String,
    /// The browser that asked for it.
    pub browser_hash: String,
    /// The canonical mail address.
    pub email: String,
}

/// The session that a proof of a challenge becomes.
#[derive(Debug, Clone)]
pub struct Proof<'a> {
    /// The challenge.
    pub challenge_id: &'a str,
    /// How many attempts may have been spent on it: one less for a link than for a code that just spent one.
    pub attempts_max: i64,
    /// SHA-256 of the new session's cookie.
    pub session_id: &'a str,
    /// The id of the account, should one come into being.
    pub account_id: &'a str,
    /// The id of its blog.
    pub blog_id: &'a str,
    /// The browser's own name, cut.
    pub user_agent: &'a str,
    /// Where the request came from, if the host knows.
    pub ip: Option<String>,
    /// What names the session on pages; also the id of the sign-in and of the note on it.
    pub handle: &'a str,
    /// SHA-256 of the browser's own long-lived cookie.
    pub device_hash: &'a str,
    /// Seconds until an unused session ends.
    pub idle_seconds: i64,
    /// Seconds until any session ends.
    pub absolute_seconds: i64,
    /// Seconds in which the second factor must follow, where there is one.
    pub half_seconds: i64,
}

/// Who has signed in, and where they wanted to go.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The account's user name.
    pub username: String,
    /// The checked path.
    pub next: String,
    /// True when there is a second factor: then what came into being is a half session, and nothing is open yet.
    pub is_half: bool,
}

/// Remembers a challenge and the mail that carries it, in one batch. Two statements, whether the
/// address is known or not: nothing here looks.
pub async fn insert(cx: &Context, c: &Challenge) -> Result<()> {
    let challenge = sql(
        "insert into challenges (id, kind, email, username, name, site, browser_hash, token_hash, code_hash, next,
           created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        [
            (&c.id).into(),
            (&c.kind).into(),
            (&c.email).into(),
            c.username.clone().into(),
            c.name.clone().into(),
            c.site.clone().into(),
            (&c.browser_hash).into(),
            (&c.token_hash).into(),
            (&c.code_hash).into(),
            (&c.next).into(),
            cx.seconds().into(),
            c.expires_at.into(),
        ],
    );
    cx.db.batch(vec![challenge, job::insert(cx, "signin-mail", &c.id)?]).await?;
    Ok(())
}

/// A challenge that can still be used.
pub async fn find_live(cx: &Context, id: &str) -> Result<Option<Challenge>> {
    let statement = sql(
        "select id, kind, email, username, name, site, browser_hash, token_hash, code_hash, next, expires_at
         from challenges
         where id = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5",
        [id.into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.as_ref().map(challenge).transpose()
}

fn challenge(row: &Row) -> Result<Challenge> {
    row.read(|row| Challenge {
        id: row.text("id"),
        kind: row.text("kind"),
        email: row.text("email"),
        username: row.opt_text("username"),
        name: row.opt_text("name"),
        site: row.opt_text("site"),
        browser_hash: row.text("browser_hash"),
        token_hash: row.text("token_hash"),
        code_hash: row.text("code_hash"),
        next: row.text("next"),
        expires_at: row.int("expires_at"),
    })
}

/// The live challenge of a link's token.
pub async fn find_by_token(cx: &Context, token_hash: &str) -> Result<Option<Linked>> {
    let statement = sql(
        "select id, browser_hash, email from challenges
         where token_hash = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5",
        [token_hash.into(), cx.seconds().into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Linked {
        id: row.text("id")?,
        browser_hash: row.text("browser_hash")?,
        email: row.text("email")?,
    }))
}

/// Spends one attempt on each live challenge that is meant, before any code is looked at: however
/// many guesses come at once, no challenge sees more than five.
pub async fn spend_attempt(cx: &Context, of: Of<'_>) -> Result<Vec<Attempt>> {
    let statement = match of {
        Of::Browser(hash) => sql(
            "update challenges set attempts = attempts + 1
             where browser_hash = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5
             returning id, email, code_hash, attempts",
            [hash.into(), cx.seconds().into()],
        ),
        Of::Token(hash) => sql(
            "update challenges set attempts = attempts + 1
             where token_hash = ?1 and consumed_at is null and expires_at > ?2 and attempts < 5
             returning id, email, code_hash, attempts",
            [hash.into(), cx.seconds().into()],
        ),
    };
    cx.db.all(statement).await?.iter().map(attempt).collect()
}

fn attempt(row: &Row) -> Result<Attempt> {
    row.read(|row| Attempt {
        id: row.text("id"),
        email: row.text("email"),
        code_hash: row.text("code_hash"),
        attempts: row.int("attempts"),
    })
}

/// Turns a proven challenge into a session, and into an account and a blog first where it was a
/// sign-up. All in one batch: of any number of simultaneous uses exactly one gets a row back.
///
/// # Errors
/// [`platform::Error::Conflict`] when the user name was taken in the meantime; the challenge lives on.
pub async fn spend(cx: &Context, proof: &Proof<'_>) -> Result<Option<Proven>> {
    let now = cx.seconds();
    let consume = sql(
        "update challenges set consumed_at = ?1, consumed_by = ?2
         where id = ?3 and consumed_at is null and expires_at > ?1 and attempts <= ?4",
        [now.into(), proof.session_id.into(), proof.challenge_id.into(), proof.attempts_max.into()],
    );
    let account = sql(
        "insert into accounts (id, username, email, name, site, created_at)
         select ?1, c.username, c.email, c.name, c.site, ?2 from challenges c
         where c.consumed_by = ?3 and c.kind = 'signup'
           and not exists (select 1 from accounts a where a.email = c.email)",
        [proof.account_id.into(), now.into(), proof.session_id.into()],
    );
    let blog = sql(
        "insert into blogs (id, account_id, username, title, created_at)
         select ?1, a.id, a.username, a.name, ?2 from accounts a where a.id = ?3",
        [proof.blog_id.into(), now.into(), proof.account_id.into()],
    );
    let who = sql(
        "select a.username, c.next, exists (select 1 from half_sessions h where h.id = ?1) as is_half
         from challenges c join accounts a on a.email = c.email where c.consumed_by = ?1",
        [proof.session_id.into()],
    );
    let mut statements = vec![consume, account, blog];
    statements.extend(profile::first_checks(cx, proof.account_id)?);
    statements.extend(job::signup_notice(cx, proof.account_id)?);
    statements.extend(session(cx, proof));
    statements.push(factor::insert_half(cx, proof.session_id, proof.half_seconds));
    statements.push(who);
    let outcomes = cx.db.batch(statements).await?;
    let Some(row) = outcomes.last().and_then(|outcome| outcome.rows.first()) else {
        return Ok(None);
    };
    let is_half = row.int("is_half")? == 1;
    Ok(Some(Proven { username: row.text("username")?, next: row.text("next")?, is_half }))
}

/// The session, unless the account has a second factor, and what follows from it.
fn session(cx: &Context, proof: &Proof<'_>) -> Vec<Sql> {
    let now = cx.seconds();
    let session = sql(
        "insert into sessions (id, handle, account_id, user_agent, ip, created_at, used_at, rotated_at, proved_at,
           idle_ends_at, ends_at)
         select ?1, ?2, a.id, ?3, ?4, ?5, ?5, ?5, ?5, ?6, ?7
         from challenges c join accounts a on a.email = c.email
         where c.consumed_by = ?1 and not exists (select 1 from second_factors f where f.account_id = a.id)",
        [
            proof.session_id.into(),
            proof.handle.into(),
            proof.user_agent.into(),
            proof.ip.clone().into(),
            now.into(),
            now.saturating_add(proof.idle_seconds).into(),
            now.saturating_add(proof.absolute_seconds).into(),
        ],
    );
    let mut statements = vec![session];
    statements.extend(signin::begin(cx, proof.session_id, proof.handle, proof.device_hash));
    statements
}

/// Removes challenges that ended a day ago or longer, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from challenges where id in
           (select id from challenges where expires_at < ?1 order by expires_at limit 100)",
        [cx.seconds().saturating_sub(86_400).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
