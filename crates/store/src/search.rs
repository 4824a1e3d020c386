//! The words of posts, and looking for them. A search reads rows of one blog only, as many as there
//! are posts with its words.

use crate::own::{brief, posts};
use domain::{
    post::Post,
    search::{self, Term},
};
use platform::{Context, Error, Result, sql};
use serde::Serialize;

/// The job that keeps the words of a post up to date.
pub const INDEX: &str = "search-index";

/// Writes down the words of a post as it is now; none of one that is deleted. Whatever changes the
/// post meanwhile has a job of its own, so then nothing is written.
pub async fn index(cx: &Context, post_id: &str) -> Result<()> {
    let Some(post) = crate::post::find_any(cx, post_id).await? else { return Ok(()) };
    let words = words(&post)?;
    let params =
        || [(&post.blog_id).into(), (&post.id).into(), (&words).into(), post.revision.into()];
    cx.db
        .batch(vec![
            sql(
                "delete from search_words
                 where blog_id = ?1 and post_id = ?2
                   and word in (select o.value from search_posts s, json_each(s.words) o where s.post_id = ?2)
                   and word not in (select value from json_each(?3))
                   and exists (select 1 from posts where id = ?2 and revision = ?4)",
                params(),
            ),
            sql(
                "insert or ignore into search_words (blog_id, word, post_id)
                 select ?1, value, ?2 from json_each(?3)
                 where exists (select 1 from posts where id = ?2 and revision = ?4)",
                params(),
            ),
            sql(
                "insert or replace into search_posts (post_id, blog_id, words)
                 select id, ?1, ?3 from posts where id = ?2 and revision = ?4",
                params(),
            ),
        ])
        .await
        .map(|_| ())
}

/// As JSON. The names of the files that it shows are among them, so that these know where they are shown.
fn words(post: &Post) -> Result<String> {
    if post.deleted_at.is_some() {
        return Ok("[]".to_owned());
    }
    let mut words = search::of_post(post);
    words.extend(crate::media::keys(post).iter().map(|key| file_word(key)));
    to_json(&words)
}

/// What stands for a file among the words of a post; nobody types a slash.
pub(crate) fn file_word(key: &str) -> String {
    format!("/{}", key.rsplit('/').next().unwrap_or_default())
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// One's own posts and pages that have all these words, newest first, drafts among them; before the one
/// at (`published_at`, `id`) if one is given. Their texts are cut.
pub async fn list_own(
    cx: &Context,
    blog_id: &str,
    terms: &[Term],
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Post>> {
    let (at, id) = before.unwrap_or((i64::MAX >> 10, ""));
    let statement = sql(
        concat!(
            "select ",
            brief!(),
            " from posts p
              where p.id in (
                  select w.post_id from json_each(?2) t cross join search_words w
                  where w.blog_id = ?1 and w.word >= t.value ->> 0 and w.word < t.value ->> 1
                  group by w.post_id having count(distinct t.key) = json_array_length(?2))
                and p.blog_id = ?1 and p.deleted_at is null and (p.published_at, p.id) < (?3, ?4)
              order by p.published_at desc, p.id desc limit ?5"
        ),
        [blog_id.into(), to_json(&terms)?.into(), at.into(), id.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}
