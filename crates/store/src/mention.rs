//! Mentions, and the posts that everybody may discover.

use platform::{Context, Error, Result, sql};

/// Tells the people whose user names a post mentions, and those whose posts it answers; not its own author, and
/// nobody who has blocked or muted that one.
pub async fn insert(
    cx: &Context,
    post_id: &str,
    usernames: &[String],
    answered: &[String],
) -> Result<()> {
    if usernames.is_empty() && answered.is_empty() {
        return Ok(());
    }
    let json = |list: &[String]| serde_json::to_string(list).map_err(Error::internal);
    let statement = sql(
        "insert into timeline (account_id, list, at, ref, source)
         select w.id, 'mentions', p.published_at, p.id, p.blog_id
         from posts p cross join (
           select id from accounts where username in (select value from json_each(?2))
           union select account_id from posts where id in (select value from json_each(?3))) w
         where p.id = ?1 and w.id <> p.account_id
           and not exists (select 1 from mutes m where m.account_id = w.id and m.kind in ('person', 'block')
             and m.value = p.account_id)
         on conflict do nothing",
        [post_id.into(), json(usernames)?.into(), json(answered)?.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Lists a post, unless it is an answer, for everybody to discover. Whether its author wants that is asked
/// when the list is read.
pub async fn discover(cx: &Context, post_id: &str) -> Result<()> {
    let statement = sql(
        "insert into timeline (account_id, list, at, ref, source)
         select '', l.name, p.published_at, p.id, p.blog_id
         from posts p cross join (select 'discover' as name union all select 'photos') l
         where p.id = ?1 and p.properties ->> '$.\"in-reply-to\"' is null
           and (l.name = 'discover' or p.photos <> '[]')
         on conflict do nothing",
        [post_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
