//! Follows: which blogs of people here an account reads.

use crate::{
    post::{Author, author},
    reader,
};
use platform::{Context, Error, Result, sql};

/// Follows a blog; again is fine.
pub async fn insert(cx: &Context, follower_id: &str, blog_id: &str) -> Result<()> {
    let statement = sql(
        "insert into follows (follower_id, blog_id, created_at) values (?1, ?2, ?3)
         on conflict do nothing",
        [follower_id.into(), blog_id.into(), cx.seconds().into()],
    );
    cx.db.batch(vec![statement, reader::follow(follower_id, blog_id)]).await.map(|_| ())
}

/// Unfollows the blog of this name; not following is fine.
pub async fn delete(cx: &Context, follower_id: &str, blog_name: &str) -> Result<()> {
    let read = sql(
        "delete from timeline where account_id = ?1 and list = 'home'
           and source = (select id from blogs where username = ?2)",
        [follower_id.into(), blog_name.into()],
    );
    let statement = sql(
        "delete from follows where follower_id = ?1
           and blog_id = (select id from blogs where username = ?2)",
        [follower_id.into(), blog_name.into()],
    );
    cx.db.batch(vec![read, statement]).await.map(|_| ())
}

/// Whether an account follows a blog.
pub async fn is_following(cx: &Context, follower_id: &str, blog_id: &str) -> Result<bool> {
    let statement = sql(
        "select 1 as one from follows where follower_id = ?1 and blog_id = ?2",
        [follower_id.into(), blog_id.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// The blogs that an account follows, with their people, at most 1,000.
pub async fn list(cx: &Context, follower_id: &str) -> Result<Vec<Author>> {
    let statement = sql(
        "select a.username, a.name, b.username as blog_name, b.domain from follows f
         join blogs b on b.id = f.blog_id join accounts a on a.id = b.account_id
         where f.follower_id = ?1 order by b.username limit 1000",
        [follower_id.into()],
    );
    cx.db.all(statement).await?.iter().map(author).collect()
}

/// Which of the blogs of these names an account follows.
pub async fn among(cx: &Context, follower_id: &str, names: &[&str]) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let names = serde_json::to_string(names).map_err(Error::internal)?;
    let statement = sql(
        "select b.username from blogs b join follows f on f.follower_id = ?1 and f.blog_id = b.id
         where b.username in (select value from json_each(?2))",
        [follower_id.into(), names.into()],
    );
    cx.db.all(statement).await?.iter().map(|row| row.text("username")).collect()
}
