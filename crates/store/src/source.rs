//! One's own posts as apps list them.

use crate::post::posts;
use domain::post::{Channel, Post};
use platform::{Context, Result, sql};

/// How far back a search looks, in posts.
const SEARCHED_MAX: i64 = 2000;

/// Texts are whole, because apps edit what they were given here; so a list ends where it has this many characters.
const CHARS_MAX: i64 = 4_000_000;

/// One's own posts or pages, newest first.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Posts or pages.
    pub channel: Channel,
    /// A JSON list of the words for their status.
    pub statuses: &'a str,
    /// Words in title or text; empty for all.
    pub filter: &'a str,
    /// How many.
    pub limit: i64,
    /// After how many.
    pub offset: i64,
}

/// The posts that were asked for, without their HTML. Costs a row for each post that is skipped.
pub async fn list(cx: &Context, blog_id: &str, asked: Asked<'_>) -> Result<Vec<Post>> {
    let statement = sql(
        "with asked as (
           select id, published_at, length(text) as chars from posts
           where id in (
               select id from posts
               where blog_id = ?1 and channel = ?2 and deleted_at is null
                 and status in (select value from json_each(?3))
               order by published_at desc, id desc limit ?7)
             and (?4 = '' or instr(lower(coalesce(title, '') || ' ' || text), lower(?4)) > 0)
           order by published_at desc, id desc limit ?5 offset ?6),
         counted as (
           select id, sum(chars) over (order by published_at desc, id desc) - chars as before from asked)
         select p.id, p.blog_id, p.path, p.channel, p.status, p.visibility, p.title, p.text, p.format, '' as html,
           p.photos, p.clips, p.categories, p.properties, p.app_name, p.app_url, p.is_in_navigation, p.published_at,
           p.updated_at, p.deleted_at, p.purged_at, p.revision
         from counted c join posts p on p.id = c.id
         where c.before < ?8 order by p.published_at desc, p.id desc",
        [
            blog_id.into(),
            asked.channel.word().into(),
            asked.statuses.into(),
            asked.filter.into(),
            asked.limit.into(),
            asked.offset.into(),
            // Without words to look for, what is skipped and shown is all that is read.
            match asked.filter {
                "" => asked.limit.saturating_add(asked.offset),
                _ => SEARCHED_MAX,
            }
            .into(),
            CHARS_MAX.into(),
        ],
    );
    posts(&cx.db.all(statement).await?)
}
