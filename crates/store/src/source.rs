//! One's own posts as apps list them.

use crate::post::{columns, posts};
use domain::post::{Channel, Post};
use platform::{Context, Result, sql};

/// How far back a search looks, in posts.
const SEARCHED_MAX: i64 = 2000;

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

/// The posts that were asked for. Costs a row for each post that is skipped.
pub async fn list(cx: &Context, blog_id: &str, asked: Asked<'_>) -> Result<Vec<Post>> {
    let statement = sql(
        concat!(
            "select ",
            columns!(),
            " from posts p
              where p.id in (
                  select id from posts
                  where blog_id = ?1 and channel = ?2 and deleted_at is null
                    and status in (select value from json_each(?3))
                  order by published_at desc, id desc limit ?7)
                and (?4 = '' or instr(lower(coalesce(p.title, '') || ' ' || p.text), lower(?4)) > 0)
              order by p.published_at desc, p.id desc limit ?5 offset ?6"
        ),
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
        ],
    );
    posts(&cx.db.all(statement).await?)
}
