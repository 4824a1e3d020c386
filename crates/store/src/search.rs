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

/// Of a word that more posts have, the newest so many are looked at.
const POSTINGS_MAX: usize = 1000;

/// The public posts and pages of a blog that have all these words, newest first. Their texts are cut. A word
/// that very many posts have counts only where all the others are as frequent, so that a search costs the same
/// however long the blog is.
pub async fn list_public(
    cx: &Context,
    blog_id: &str,
    terms: &[Term],
    limit: i64,
) -> Result<Vec<Post>> {
    let Some(ids) = with_words(cx, blog_id, terms).await? else { return Ok(vec![]) };
    let statement = sql(
        concat!(
            "select ",
            brief!(),
            " from json_each(?2) j cross join posts p on p.id = j.value
              where p.blog_id = ?1 and p.visibility = 'public'
                and p.deleted_at is null and p.status = 'published'
              order by p.published_at desc, p.id desc limit ?3"
        ),
        [blog_id.into(), to_json(&ids)?.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

async fn with_words(cx: &Context, blog_id: &str, terms: &[Term]) -> Result<Option<Vec<String>>> {
    let limit = i64::try_from(POSTINGS_MAX).map_err(Error::internal)?;
    let statement = |(from, to): &Term| {
        sql(
            "select post_id from search_words where blog_id = ?1 and word >= ?2 and word < ?3
             order by word desc, post_id desc limit ?4",
            [blog_id.into(), from.into(), to.into(), limit.into()],
        )
    };
    if terms.is_empty() {
        return Ok(None);
    }
    let (mut rare, mut frequent) = (None::<Vec<String>>, None::<Vec<String>>);
    for outcome in cx.db.batch(terms.iter().map(statement).collect()).await? {
        let is_rare = outcome.rows.len() < POSTINGS_MAX;
        let ids = outcome.rows.iter().map(|row| row.text("post_id"));
        let mut ids: Vec<String> = ids.collect::<Result<_>>()?;
        ids.sort_unstable();
        let all = if is_rare { &mut rare } else { &mut frequent };
        match all {
            Some(all) => all.retain(|id| ids.binary_search(id).is_ok()),
            None => {
                ids.dedup();
                *all = Some(ids);
            }
        }
    }
    Ok(rare.or(frequent))
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
