//! Conversations: which posts here answer one another.

use platform::{Context, Result, sql};

/// Notes that a post answers another one: both are part of the conversation that the other one is part
/// of already, else of one that begins with it.
pub async fn insert(cx: &Context, parent_id: &str, reply_id: &str) -> Result<()> {
    let statement = sql(
        "insert into conversations (root_id, at, post_id, account_id)
         select coalesce((select root_id from conversations where post_id = ?1), ?1), p.published_at, p.id, p.account_id
         from posts p where p.id in (?1, ?2)
         on conflict do nothing",
        [parent_id.into(), reply_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
