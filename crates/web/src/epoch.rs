//! Which blog a host name means and how often it has changed, without a query to the database.
//!
//! The truth is the blog's row. A copy of it in the key-value store is believed for a minute, and is
//! replaced by whoever publishes; so a cached page costs no row, and a lost copy costs one. A blog on
//! its own domain has a second copy, by that name, so that its visitors cost one look as well.
//! An older copy serves while the database does not answer: it names pages that may still be cached.

use bytes::Bytes;
use domain::blog::Blog;
use platform::{Context, Error, Result};

/// So long a copy is believed.
const BELIEVED_SECONDS: i64 = 60;
/// So long it is kept.
const KEPT_SECONDS: u32 = 86_400;
/// What stands for «nobody's», so that strangers' host names cost no rows either.
const NOBODY: &[u8] = b"-";

fn key(name: &str) -> String {
    format!("blog:{name}")
}

/// A copy of a row; no blog where the name is nobody's.
struct Copy {
    made_at: i64,
    blog: Option<Blog>,
}

/// The blog of a user name, or the one that lives on a host name of its own.
///
/// # Errors
/// Only the database's, when the key-value store does not know.
pub async fn blog(cx: &Context, name: &str) -> Result<Option<Blog>> {
    let copy = get(cx, name).await;
    let believed_from = cx.seconds().saturating_sub(BELIEVED_SECONDS);
    if let Some(copy) = &copy
        && copy.made_at > believed_from
    {
        return Ok(copy.blog.clone());
    }
    match (store::blog::find(cx, name).await, copy) {
        (Ok(blog), _) => {
            put(cx, name, blog.as_ref()).await;
            Ok(blog)
        }
        (Err(Error::Unavailable(problem)), Some(copy)) => {
            cx.log(&format!("an old copy of a blog's row is used: {problem}"));
            Ok(copy.blog)
        }
        (Err(error), _) => Err(error),
    }
}

/// Tells visitors of a change, after the batch that made it. What fails here heals within a minute.
///
/// # Errors
/// Only the database's.
pub async fn announce(cx: &Context, name: &str) -> Result<()> {
    let blog = store::blog::find(cx, name).await?;
    put(cx, name, blog.as_ref()).await;
    if let Some(blog) = &blog
        && let Some(domain) = &blog.domain
    {
        let other = if name == domain { &blog.username } else { domain };
        put(cx, other, Some(blog)).await;
    }
    Ok(())
}

async fn get(cx: &Context, name: &str) -> Option<Copy> {
    match cx.kv.get(&key(name)).await {
        Ok(bytes) => read(&bytes?),
        Err(error) => {
            cx.log(&format!("the key-value store does not answer: {error}"));
            None
        }
    }
}

/// A copy as it is kept: the second in which it was made, a line break, the row.
fn read(bytes: &[u8]) -> Option<Copy> {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let made_at = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    let row = parts.next()?;
    let blog = if row == NOBODY { None } else { Some(serde_json::from_slice(row).ok()?) };
    Some(Copy { made_at, blog })
}

async fn put(cx: &Context, name: &str, blog: Option<&Blog>) {
    let row = match blog {
        Some(blog) => serde_json::to_vec(blog).map_err(Error::internal),
        None => Ok(NOBODY.to_vec()),
    };
    let stored = match row {
        Ok(row) => {
            let copy = [format!("{}\n", cx.seconds()).as_bytes(), &row].concat();
            cx.kv.put(&key(name), Bytes::from(copy), KEPT_SECONDS).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = stored {
        cx.log(&format!("the key-value store does not answer: {error}"));
    }
}
