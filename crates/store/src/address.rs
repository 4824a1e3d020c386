//! Changes of an account's mail address, and their undoing.

use crate::billing_mail;
use crate::job;
use platform::{Context, Result, Row, Sql, sql};

/// How long the old address can undo a change.
pub const UNDO_SECONDS: i64 = 7 * 86_400;

/// A change that is asked for.
#[derive(Debug, Clone)]
pub struct Change {
    /// 128 random bits in hex.
    pub id: String,
    /// Whose address it is.
    pub account_id: String,
    /// The canonical address until then.
    pub old_email: String,
    /// The canonical address from then on.
    pub new_email: String,
    /// SHA-256 of the token in the mail to the new address.
    pub token_hash: String,
    /// HMAC of id and code.
    pub code_hash: String,
    /// SHA-256 of the token in the notice to the old address.
    pub undo_hash: String,
    /// How many codes were tried.
    pub attempts: i64,
    /// Unix seconds.
    pub expires_at: i64,
    /// Unix seconds; None until it is proven.
    pub done_at: Option<i64>,
}

/// Remembers a change and the mail to the new address, in one batch; nothing here looks whose that is.
pub async fn insert(cx: &Context, c: &Change) -> Result<()> {
    let change = sql(
        "insert into address_changes (id, account_id, old_email, new_email, token_hash, code_hash, undo_hash,
           created_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [
            (&c.id).into(),
            (&c.account_id).into(),
            (&c.old_email).into(),
            (&c.new_email).into(),
            (&c.token_hash).into(),
            (&c.code_hash).into(),
            (&c.undo_hash).into(),
            cx.seconds().into(),
            c.expires_at.into(),
        ],
    );
    cx.db.batch(vec![change, job::insert(cx, "address-mail", &c.id)?]).await.map(|_| ())
}

/// A change by its id.
pub async fn find(cx: &Context, id: &str) -> Result<Option<Change>> {
    let statement = sql(
        "select id, account_id, old_email, new_email, token_hash, code_hash, undo_hash, attempts, expires_at, done_at
         from address_changes where id = ?1",
        [id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(change).transpose()
}

/// The live change of an account that a link's token proves.
pub async fn find_by_token(cx: &Context, account: &str, hash: &str) -> Result<Option<Change>> {
    let statement = sql(
        "select id, account_id, old_email, new_email, token_hash, code_hash, undo_hash, attempts, expires_at, done_at
         from address_changes
         where token_hash = ?1 and account_id = ?2 and done_at is null and expires_at > ?3 and attempts < 5",
        [hash.into(), account.into(), cx.seconds().into()],
    );
    cx.db.first(statement).await?.as_ref().map(change).transpose()
}

/// Spends one attempt on each live change of an account, before any code is looked at.
pub async fn spend_attempt(cx: &Context, account_id: &str) -> Result<Vec<Change>> {
    let statement = sql(
        "update address_changes set attempts = attempts + 1
         where account_id = ?1 and done_at is null and expires_at > ?2 and attempts < 5
         returning id, account_id, old_email, new_email, token_hash, code_hash, undo_hash, attempts, expires_at, done_at",
        [account_id.into(), cx.seconds().into()],
    );
    cx.db.all(statement).await?.iter().map(change).collect()
}

fn change(row: &Row) -> Result<Change> {
    row.read(|row| Change {
        id: row.text("id"),
        account_id: row.text("account_id"),
        old_email: row.text("old_email"),
        new_email: row.text("new_email"),
        token_hash: row.text("token_hash"),
        code_hash: row.text("code_hash"),
        undo_hash: row.text("undo_hash"),
        attempts: row.int("attempts"),
        expires_at: row.int("expires_at"),
        done_at: row.opt_int("done_at"),
    })
}

/// Makes a proven change, once, with the notice to the old address; every session but this one, every token
/// and every sign-in under way ends. False when it was made already, is too old, the account has another
/// address by now, or another account has the new one.
pub async fn apply(cx: &Context, id: &str, by: &str, session_id: &str) -> Result<bool> {
    let now = cx.seconds();
    let mark = sql(
        "update address_changes set done_at = ?1, done_by = ?2
         where id = ?3 and done_at is null and expires_at > ?1 and attempts <= 5
           and not exists (select 1 from accounts a where a.email = address_changes.new_email)
           and exists (select 1 from accounts a
             where a.id = address_changes.account_id and a.email = address_changes.old_email)
         returning id",
        [now.into(), by.into(), id.into()],
    );
    let account = sql(
        "update accounts set email = (select c.new_email from address_changes c where c.done_by = ?1)
         where id = (select c.account_id from address_changes c where c.done_by = ?1)",
        [by.into()],
    );
    let sessions = sql(
        "delete from sessions where id <> ?2 and account_id =
           (select c.account_id from address_changes c where c.done_by = ?1)",
        [by.into(), session_id.into()],
    );
    let notice = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'address-notice-mail', c.id, ?2, ?2 from address_changes c where c.done_by = ?3",
        [cx.id()?.into(), now.into(), by.into()],
    );
    let mut statements = vec![mark, account, sessions, notice];
    statements.extend(end_the_rest(by));
    statements.extend(billing_mail::tell_stripe(cx, by)?);
    let outcomes = cx.db.batch(statements).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Undoes a change from the old address, once, within a week: the account has its old address again, nobody
/// is signed in any more, and no later change can be proven or undone. None when there is nothing to undo,
/// or another account has that address now. Else whose address it is.
pub async fn undo(cx: &Context, undo_hash: &str, by: &str) -> Result<Option<String>> {
    let now = cx.seconds();
    let mark = sql(
        "update address_changes set undone_by = ?1
         where undo_hash = ?2 and undone_by is null and done_at > ?3
           and not exists (select 1 from accounts a
             where a.email = address_changes.old_email and a.id <> address_changes.account_id)
         returning old_email",
        [by.into(), undo_hash.into(), now.saturating_sub(UNDO_SECONDS).into()],
    );
    let account = sql(
        "update accounts set email = (select c.old_email from address_changes c where c.undone_by = ?1)
         where id = (select c.account_id from address_changes c where c.undone_by = ?1)",
        [by.into()],
    );
    let sessions = sql(
        "delete from sessions where account_id =
           (select c.account_id from address_changes c where c.undone_by = ?1)",
        [by.into()],
    );
    let mut statements = vec![mark, account, sessions];
    statements.extend(end_the_rest(by));
    statements.extend(billing_mail::tell_stripe(cx, by)?);
    // What began after the change that is undone was begun by whoever made it.
    statements.push(sql(
        "update address_changes set expires_at = 0, undone_by = coalesce(undone_by, ?1 || id)
         where undone_by is not ?1 and exists (select 1 from address_changes c
           where c.undone_by = ?1 and c.account_id = address_changes.account_id
             and c.created_at <= address_changes.created_at)",
        [by.into()],
    ));
    let outcomes = cx.db.batch(statements).await?;
    let row = outcomes.first().and_then(|outcome| outcome.rows.first());
    row.map(|row| row.text("old_email")).transpose()
}

/// Tokens, codes for apps, half sessions, and sign-ins under way at either address.
fn end_the_rest(by: &str) -> [Sql; 5] {
    [
        sql(
            "delete from tokens where account_id =
               (select c.account_id from address_changes c where c.done_by = ?1 or c.undone_by = ?1)",
            [by.into()],
        ),
        sql(
            "delete from consents where account_id =
               (select c.account_id from address_changes c where c.done_by = ?1 or c.undone_by = ?1)",
            [by.into()],
        ),
        sql(
            "delete from half_sessions where account_id =
               (select c.account_id from address_changes c where c.done_by = ?1 or c.undone_by = ?1)",
            [by.into()],
        ),
        sql(
            "delete from challenges where consumed_at is null and exists (select 1 from address_changes c
               where (c.done_by = ?1 or c.undone_by = ?1) and challenges.email in (c.old_email, c.new_email))",
            [by.into()],
        ),
        sql(
            "delete from app_challenges where exists (select 1 from address_changes c
               where (c.done_by = ?1 or c.undone_by = ?1) and app_challenges.email in (c.old_email, c.new_email))",
            [by.into()],
        ),
    ]
}

/// Removes changes that can neither be proven nor undone any more, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from address_changes where id in
           (select id from address_changes where created_at < ?1 order by created_at limit 100)",
        [cx.seconds().saturating_sub(UNDO_SECONDS + 86_400).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
