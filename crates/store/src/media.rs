//! Media: what is known of each uploaded object.

use domain::post::Post;
use platform::{Context, Error, Result, Row, Sql, sql};

/// The job that deletes an object and its row.
pub const DELETION: &str = "media-deletion";

/// An uploaded object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The object's key: `t/<blog>/<random>.<extension>`.
    pub key: String,
    /// The blog it belongs to.
    pub blog_id: String,
    /// The media type its bytes showed.
    pub content_type: String,
    /// Its length.
    pub bytes: i64,
    /// As displayed, in pixels; 0 for what has no size.
    pub width: u32,
    /// As displayed, in pixels; 0 for what has no size.
    pub height: u32,
    /// What it shows, in words.
    pub alt: String,
    /// Unix seconds.
    pub created_at: i64,
}

pub(crate) fn media(row: &Row) -> Result<Media> {
    let pixels = |pixels: i64| u32::try_from(pixels).unwrap_or(0);
    row.read(|row| Media {
        key: row.text("key"),
        blog_id: row.text("blog_id"),
        content_type: row.text("content_type"),
        bytes: row.int("bytes"),
        width: pixels(row.int("width")),
        height: pixels(row.int("height")),
        alt: row.text("alt"),
        created_at: row.int("created_at"),
    })
}

/// The statements that write an object down. It belongs to no post until one shows it.
pub fn insert(cx: &Context, media: &Media) -> [Sql; 2] {
    let count = sql(
        "update accounts set media_bytes = media_bytes + ?2 where id = (select account_id from blogs where id = ?1)",
        [(&media.blog_id).into(), media.bytes.into()],
    );
    let insert = sql(
        "insert into media (key, blog_id, post_id, content_type, bytes, width, height, alt, created_at)
         values (?1, ?2, '', ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            (&media.key).into(),
            (&media.blog_id).into(),
            (&media.content_type).into(),
            media.bytes.into(),
            i64::from(media.width).into(),
            i64::from(media.height).into(),
            (&media.alt).into(),
            cx.seconds().into(),
        ],
    );
    [insert, count]
}

/// The statement that takes an object off the count, for the batch that forgets it, before it does.
pub(crate) fn discount(key: &str) -> Sql {
    sql(
        "update accounts set media_bytes = media_bytes - (select bytes from media where key = ?1)
         where id = (select b.account_id from media m join blogs b on b.id = m.blog_id where m.key = ?1)",
        [key.into()],
    )
}

/// The statement that gives the media that a post shows to that post; what another one shows too is
/// shared from then on, and goes with neither. What has no description takes the post's.
pub(crate) fn claim(post: &Post) -> Result<Option<Sql>> {
    let keys = keys(post);
    if keys.is_empty() || post.deleted_at.is_some() {
        return Ok(None);
    }
    let described = |key: String| {
        let photos = post.photos.iter().map(|photo| (&photo.key, &photo.alt));
        let mut all = photos.chain(post.clips.iter().map(|clip| (&clip.key, &clip.alt)));
        let alt = all.find(|(other, _)| **other == key).map_or("", |(_, alt)| alt);
        [key, alt.to_owned()]
    };
    let keys: Vec<[String; 2]> = keys.into_iter().map(described).collect();
    let keys = serde_json::to_string(&keys).map_err(Error::internal)?;
    Ok(Some(sql(
        "update media set is_shared = max(is_shared, post_id not in ('', ?3)),
           post_id = case when post_id = '' then ?3 else post_id end,
           alt = case when alt = '' then j.value ->> 1 else alt end
         from json_each(?2) j where media.key = j.value ->> 0 and media.blog_id in
           (select b.id from blogs b where b.account_id = (select account_id from blogs where id = ?1))",
        [(&post.blog_id).into(), keys.into(), (&post.id).into()],
    )))
}

/// The keys of the objects that a post shows, those in its text too.
pub(crate) fn keys(post: &Post) -> Vec<String> {
    let own = format!("t/{}/", post.blog_id);
    let photos = post.photos.iter().map(|photo| &photo.key);
    let listed = photos.chain(post.clips.iter().map(|clip| &clip.key));
    let mut keys: Vec<String> = listed.filter(|key| key.starts_with("t/")).cloned().collect();
    for (_, rest) in
        post.html.match_indices(&own).filter_map(|(at, _)| post.html.split_at_checked(at))
    {
        let ends = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '/' | '.');
        keys.push(rest.chars().take_while(|c| !ends(*c)).take(200).collect());
    }
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(1000);
    keys
}

/// The objects among these keys that a post of this blog can show: its own, and those of other blogs of
/// the same account, since apps send a file ahead without saying for which.
pub async fn find_all(cx: &Context, blog_id: &str, keys: &[String]) -> Result<Vec<Media>> {
    if keys.is_empty() {
        return Ok(vec![]);
    }
    let own = format!("t/{blog_id}/");
    let is_elsewhere = |key: &String| key.starts_with("t/") && !key.starts_with(&own);
    let text = if keys.iter().any(is_elsewhere) {
        "select key, blog_id, content_type, bytes, width, height, alt, created_at from media
         where key in (select value from json_each(?2)) and blog_id in
           (select b.id from blogs b where b.account_id = (select account_id from blogs where id = ?1))"
    } else {
        "select key, blog_id, content_type, bytes, width, height, alt, created_at from media
         where blog_id = ?1 and key in (select value from json_each(?2))"
    };
    let keys = serde_json::to_string(keys).map_err(Error::internal)?;
    cx.db.all(sql(text, [blog_id.into(), keys.into()])).await?.iter().map(media).collect()
}

/// The object of a blog whose key begins so, with at least as much as tells it from others.
pub async fn find_by_beginning(
    cx: &Context,
    blog_id: &str,
    beginning: &str,
) -> Result<Option<Media>> {
    let statement = sql(
        "select key, blog_id, content_type, bytes, width, height, alt, created_at from media
         where key > ?2 and key < ?2 || 'g' and blog_id = ?1 limit 1",
        [blog_id.into(), beginning.into()],
    );
    cx.db.first(statement).await?.as_ref().map(media).transpose()
}

/// The newest objects of a blog, before the one at (`created_at`, `key`) if one is given.
pub async fn list(
    cx: &Context,
    blog_id: &str,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Media>> {
    let (at, key) = before.unwrap_or((i64::MAX >> 10, ""));
    let statement = sql(
        "select key, blog_id, content_type, bytes, width, height, alt, created_at from media
         where blog_id = ?1 and (created_at, key) < (?2, ?3) order by created_at desc, key desc limit ?4",
        [blog_id.into(), at.into(), key.into(), limit.into()],
    );
    cx.db.all(statement).await?.iter().map(media).collect()
}

/// The keys of the objects that go with a post.
pub(crate) async fn list_of_post(cx: &Context, post_id: &str) -> Result<Vec<String>> {
    let statement = sql(
        "select key from media where post_id = ?1 and is_shared = 0 limit 1000",
        [post_id.into()],
    );
    cx.db.all(statement).await?.iter().map(|row| row.text("key")).collect()
}

/// Describes an object of a blog anew. False when it is not there.
pub async fn describe(cx: &Context, blog_id: &str, key: &str, alt: &str) -> Result<bool> {
    let statement = sql(
        "update media set alt = ?3 where key = ?2 and blog_id = ?1 returning key",
        [blog_id.into(), key.into(), alt.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Forgets an object; absent is fine.
pub async fn delete(cx: &Context, key: &str) -> Result<()> {
    let delete = sql("delete from media where key = ?1", [key.into()]);
    cx.db.batch(vec![discount(key), delete]).await.map(|_| ())
}
