//! The library of a blog: its objects, and where they are shown.

use crate::media::{self, Media};
use domain::post::Post;
use platform::{Context, Result, Row, sql};

/// An object, and where it is shown.
#[derive(Debug, Clone)]
pub struct Item {
    /// The object.
    pub media: Media,
    /// How many posts show it, as far as the index knows, which is a moment behind.
    pub shown: i64,
    /// One of them, or a deleted one that shows it when it is brought back; with its title and the
    /// beginning of its text.
    pub post: Option<Post>,
}

fn item(row: &Row) -> Result<Item> {
    let shown = row.int("shown")?;
    let deleted_at = row.opt_int("post_deleted_at")?;
    let is_shown = shown > 0 || deleted_at.is_some();
    let post = row.opt_text("post_id")?.filter(|_| is_shown).map(|id| -> Result<Post> {
        row.read(|row| Post {
            id,
            title: row.opt_text("post_title"),
            html: row.text("post_html"),
            published_at: row.int("post_published_at"),
            deleted_at,
            ..Post::default()
        })
    });
    Ok(Item { media: media::media(row)?, shown, post: post.transpose()? })
}

/// The newest objects of a blog, before the one at (`created_at`, `key`) if one is given; or the one
/// with this key.
pub async fn list(
    cx: &Context,
    blog_id: &str,
    before: Option<(i64, &str)>,
    key: Option<&str>,
    limit: i64,
) -> Result<Vec<Item>> {
    let (at, last) = before.unwrap_or((i64::MAX >> 10, ""));
    // A post has its files' names among its words, each behind a slash.
    let statement = sql(
        "select m.key, m.blog_id, m.content_type, m.bytes, m.width, m.height, m.alt, m.created_at, m.shown,
           p.id as post_id, p.title as post_title, substr(p.html, 1, 1000) as post_html,
           p.published_at as post_published_at, p.deleted_at as post_deleted_at
         from (
           select key, blog_id, content_type, bytes, width, height, alt, created_at, post_id as owner,
             (select count(*) from search_words w
              where w.blog_id = media.blog_id and w.word = substr(key, length(blog_id) + 3)) as shown,
             (select min(w.post_id) from search_words w
              where w.blog_id = media.blog_id and w.word = substr(key, length(blog_id) + 3)) as shower
           from media
           where blog_id = ?1 and (created_at, key) < (?2, ?3) and (?4 is null or key = ?4)
           order by created_at desc, key desc limit ?5) m
         left join posts p on p.id = coalesce(m.shower, m.owner) and p.purged_at is null
         order by m.created_at desc, m.key desc",
        [
            blog_id.into(),
            at.into(),
            last.into(),
            key.map(str::to_owned).into(),
            limit.into(),
        ],
    );
    cx.db.all(statement).await?.iter().map(item).collect()
}

/// How many objects a blog has, and their bytes.
pub async fn usage(cx: &Context, blog_id: &str) -> Result<(i64, i64)> {
    let statement = sql(
        "select count(*) as count, coalesce(sum(bytes), 0) as bytes from media where blog_id = ?1",
        [blog_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok((0, 0)) };
    Ok((row.int("count")?, row.int("bytes")?))
}

/// Takes an object out of the library; a job deletes it. False when a post of any blog of the
/// account shows it, or one that can be brought back.
pub async fn delete(cx: &Context, blog_id: &str, key: &str) -> Result<bool> {
    let job_id = cx.id()?;
    let job = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?3, ?4, m.key, ?5, ?5 from media m
         where m.blog_id = ?1 and m.key = ?2
           and not exists (select 1 from search_words w
             where w.blog_id in (select b.id from blogs b
                 where b.account_id = (select account_id from blogs where id = ?1))
               and w.word = substr(?2, length(?1) + 3))
           and not exists (select 1 from posts p
             where p.id = m.post_id and p.purged_at is null and instr(p.photos || p.clips || p.html, m.key) > 0)
         returning id",
        [
            blog_id.into(),
            key.into(),
            (&job_id).into(),
            media::DELETION.into(),
            cx.seconds().into(),
        ],
    );
    let count = sql(
        "update accounts set media_bytes = media_bytes - (select bytes from media where key = ?2)
         where id = (select b.account_id from media m join blogs b on b.id = m.blog_id where m.key = ?2 and m.blog_id = ?1)
           and exists (select 1 from jobs where id = ?3)",
        [blog_id.into(), key.into(), (&job_id).into()],
    );
    let delete = sql(
        "delete from media where blog_id = ?1 and key = ?2 and exists (select 1 from jobs where id = ?3)",
        [blog_id.into(), key.into(), job_id.into()],
    );
    let outcomes = cx.db.batch(vec![job, count, delete]).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}
