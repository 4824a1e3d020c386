//! Entries of feeds.

use platform::{Context, Result, Sql, sql};

/// An entry, as it is stored and shown.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Our id.
    pub id: String,
    /// The feed's guid, else the link, else a hash.
    pub key: String,
    /// Where it lives.
    pub url: Option<String>,
    /// None for an untitled one.
    pub title: Option<String>,
    /// Sanitised.
    pub html: String,
    /// SHA-256 of title, link and html.
    pub content_hash: String,
    /// Unix seconds, clamped to what is possible.
    pub published_at: i64,
}

/// So long after it was first seen an entry follows what its feed says of it.
const EDITS_SECONDS: i64 = 86_400;

/// The statement that stores an entry, or its new words when they changed within a day; nothing when the
/// feed has gone in the meantime. The date stays the one it was first seen with.
pub fn upsert(cx: &Context, feed_id: &str, entry: &Entry) -> Sql {
    sql(
        "insert into entries (id, feed_id, key, url, title, html, content_hash, published_at, created_at)
         select ?1, f.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9 from feeds f where f.id = ?2
         on conflict (feed_id, key) do update
           set url = excluded.url, title = excluded.title, html = excluded.html,
             content_hash = excluded.content_hash
           where entries.content_hash <> excluded.content_hash and entries.created_at > ?9 - ?10",
        [
            (&entry.id).into(),
            feed_id.into(),
            (&entry.key).into(),
            entry.url.clone().into(),
            entry.title.clone().into(),
            (&entry.html).into(),
            (&entry.content_hash).into(),
            entry.published_at.into(),
            cx.seconds().into(),
            EDITS_SECONDS.into(),
        ],
    )
}

/// Of these keys of a feed, as a JSON list, those that it has, with the hashes of what is stored.
pub async fn known(cx: &Context, feed_id: &str, keys: &str) -> Result<Vec<(String, String)>> {
    let statement = sql(
        "select e.key, e.content_hash from json_each(?2) k
         join entries e on e.feed_id = ?1 and e.key = k.value",
        [feed_id.into(), keys.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| Ok((row.text("key")?, row.text("content_hash")?))).collect()
}
