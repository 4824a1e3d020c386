//! What was typed over a post that is public already, and is not saved yet.

use platform::{Context, Result, sql};

/// Words that wait to be saved or thrown away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The form, urlencoded.
    pub form: String,
    /// Unix seconds.
    pub saved_at: i64,
}

/// Keeps the form, in the place of an earlier one.
pub async fn put(cx: &Context, blog_id: &str, post_id: &str, form: &str) -> Result<()> {
    let statement = sql(
        "insert into edits (post_id, blog_id, form, saved_at)
         select id, blog_id, ?3, ?4 from posts where id = ?2 and blog_id = ?1 and deleted_at is null
         on conflict (post_id) do update set form = excluded.form, saved_at = excluded.saved_at",
        [blog_id.into(), post_id.into(), form.into(), cx.seconds().into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// What was typed over a post.
pub async fn find(cx: &Context, blog_id: &str, post_id: &str) -> Result<Option<Edit>> {
    let statement = sql(
        "select form, saved_at from edits where post_id = ?2 and blog_id = ?1",
        [blog_id.into(), post_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some(Edit { form: row.text("form")?, saved_at: row.int("saved_at")? }))
}

/// Throws it away; absent is fine.
pub async fn delete(cx: &Context, blog_id: &str, post_id: &str) -> Result<()> {
    let statement = sql(
        "delete from edits where post_id = ?2 and blog_id = ?1",
        [blog_id.into(), post_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
