//! Media: what is known of each uploaded object.

use platform::{Context, Result, Sql, sql};

/// An uploaded object.
#[derive(Debug, Clone)]
pub struct Media {
    /// The object's key: `t/<blog>/<random>.<extension>`.
    pub key: String,
    /// The blog it belongs to.
    pub blog_id: String,
    /// The post it belongs to.
    pub post_id: String,
    /// The media type its bytes showed.
    pub content_type: String,
    /// Its length.
    pub bytes: i64,
    /// As displayed, in pixels.
    pub width: u32,
    /// As displayed, in pixels.
    pub height: u32,
    /// What it shows, in words.
    pub alt: String,
}

/// The statement that writes an object down, for the batch of its post, unless that is deleted.
pub fn insert(cx: &Context, media: &Media) -> Sql {
    sql(
        "insert into media (key, blog_id, post_id, content_type, bytes, width, height, alt, created_at)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
         where exists (select 1 from posts where id = ?3 and blog_id = ?2 and deleted_at is null)",
        [
            (&media.key).into(),
            (&media.blog_id).into(),
            (&media.post_id).into(),
            (&media.content_type).into(),
            media.bytes.into(),
            i64::from(media.width).into(),
            i64::from(media.height).into(),
            (&media.alt).into(),
            cx.seconds().into(),
        ],
    )
}

/// Forgets an object; absent is fine.
pub async fn delete(cx: &Context, key: &str) -> Result<()> {
    cx.db.batch(vec![sql("delete from media where key = ?1", [key.into()])]).await.map(|_| ())
}
