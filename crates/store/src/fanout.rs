//! Putting what comes out onto the timelines of those who read it: by jobs, some hundred timelines at a
//! time, never while the author waits. What was put there already stays once.

use crate::job;
use platform::{Context, Result, Sql, sql};

/// The job: `post <id> <after>`, `feed <id> <first entry> <last entry> <after>` or `reader <account>`.
pub const JOB: &str = "timeline";

/// So many readers are served by one statement.
const READERS: i64 = 500;
/// Behind every id.
const END: &str = "~";

/// The statements that put a post onto its author's timeline and have it put onto the others', for the
/// batch of the post.
pub fn announce_post(cx: &Context, id: &str) -> Result<Vec<Sql>> {
    Ok(vec![
        sql(
            "insert into timeline (account_id, list, at, ref, source)
             select p.account_id, 'home', p.published_at, p.id, p.blog_id
             from posts p join readers r on r.account_id = p.account_id where p.id = ?1
             on conflict do nothing",
            [id.into()],
        ),
        job::insert(cx, JOB, &format!("post {id}"))?,
    ])
}

/// The statement that has new entries of a feed put onto timelines, for the batch that stores them and
/// behind them: `ids` are those that they were to get. Nothing happens where none of them was new.
pub fn announce_entries<'a>(
    cx: &Context,
    feed_id: &str,
    ids: impl Iterator<Item = &'a str> + Clone,
) -> Result<Option<Sql>> {
    let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else { return Ok(None) };
    Ok(Some(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'timeline', 'feed ' || ?2 || ' ' || ?3 || ' ' || ?4, ?5, ?5
         where exists (select 1 from entries where id between ?3 and ?4 and +feed_id = ?2)",
        [cx.id()?.into(), feed_id.into(), first.into(), last.into(), cx.seconds().into()],
    )))
}

/// Puts a post onto the timelines of the followers behind `after`, some hundred of them. Returns the last
/// one that was looked at, or nothing when no more are left.
pub async fn post(cx: &Context, id: &str, blog_id: &str, after: &str) -> Result<Option<String>> {
    let end = sql(
        "select follower_id as id from follows where blog_id = ?1 and follower_id > ?2
         order by follower_id limit 1 offset ?3",
        [blog_id.into(), after.into(), READERS.saturating_sub(1).into()],
    );
    let end = end_of(cx, end).await?;
    let insert = sql(
        "insert into timeline (account_id, list, at, ref, source)
         select r.account_id, 'home', p.published_at, p.id, p.blog_id
         from posts p cross join follows f on f.blog_id = p.blog_id
           cross join readers r on r.account_id = f.follower_id
         where p.id = ?1 and f.follower_id > ?2 and f.follower_id <= ?3
           and not exists (select 1 from mutes m where m.account_id = f.follower_id
             and m.kind in ('person', 'block') and m.value = p.account_id)
         on conflict do nothing",
        [id.into(), after.into(), end.as_deref().unwrap_or(END).into()],
    );
    cx.db.batch(vec![insert]).await.map(|_| end)
}

/// Puts the entries of a feed between two ids onto the timelines of its readers behind `after`. Returns
/// what [`post`] returns.
pub async fn entries(
    cx: &Context,
    feed_id: &str,
    (first, last): (&str, &str),
    after: &str,
) -> Result<Option<String>> {
    let end = sql(
        "select account_id as id from subscriptions where feed_id = ?1 and account_id > ?2
         order by account_id limit 1 offset ?3",
        [feed_id.into(), after.into(), READERS.saturating_sub(1).into()],
    );
    let end = end_of(cx, end).await?;
    let insert = sql(
        "insert into timeline (account_id, list, at, ref, is_entry, source)
         select r.account_id, 'home', e.published_at, e.id, 1, e.feed_id
         from subscriptions s cross join readers r on r.account_id = s.account_id
           cross join entries e on e.id between ?2 and ?3 and +e.feed_id = ?1
         where s.feed_id = ?1 and s.account_id > ?4 and s.account_id <= ?5
           and not exists (select 1 from mutes m where m.account_id = s.account_id
             and m.kind = 'feed' and m.value = ?1)
         on conflict do nothing",
        [
            feed_id.into(),
            first.into(),
            last.into(),
            after.into(),
            end.as_deref().unwrap_or(END).into(),
        ],
    );
    cx.db.batch(vec![insert]).await.map(|_| end)
}

async fn end_of(cx: &Context, statement: Sql) -> Result<Option<String>> {
    cx.db.first(statement).await?.map(|row| row.text("id")).transpose()
}

/// Writes down the job that goes on behind the reader `after`.
pub async fn go_on(cx: &Context, subject: &str, after: &str) -> Result<()> {
    cx.db.batch(vec![job::insert(cx, JOB, &format!("{subject} {after}"))?]).await.map(|_| ())
}
