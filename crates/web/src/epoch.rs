//! Which blog a host name means and how often it has changed, without a query to the database.
//!
//! The truth is the blog's row. A copy of it stands in the key-value store for a minute, and is
//! replaced by whoever publishes; so a cached page costs no row, and a lost copy costs one. A blog on
//! its own domain has a second copy, by that name, so that its visitors cost one look as well.

use bytes::Bytes;
use domain::blog::Blog;
use platform::{Context, Error, Result};

const LIFE_SECONDS: u32 = 60;
/// What stands for «nobody's», so that strangers' host names cost no rows either.
const NOBODY: &[u8] = b"-";

fn key(name: &str) -> String {
    format!("blog:{name}")
}

/// The blog of a user name, or the one that lives on a host name of its own.
///
/// # Errors
/// Only the database's, when the key-value store does not know.
pub async fn blog(cx: &Context, name: &str) -> Result<Option<Blog>> {
    match cx.kv.get(&key(name)).await {
        Ok(Some(copy)) if copy.as_ref() == NOBODY => return Ok(None),
        Ok(Some(copy)) => {
            if let Ok(blog) = serde_json::from_slice(&copy) {
                return Ok(Some(blog));
            }
        }
        Ok(None) => {}
        Err(error) => cx.log(&format!("the key-value store does not answer: {error}")),
    }
    let blog = store::blog::find(cx, name).await?;
    put(cx, name, blog.as_ref()).await;
    Ok(blog)
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

async fn put(cx: &Context, name: &str, blog: Option<&Blog>) {
    let copy = match blog {
        Some(blog) => serde_json::to_vec(blog).map(Bytes::from).map_err(Error::internal),
        None => Ok(Bytes::from_static(NOBODY)),
    };
    let stored = match copy {
        Ok(copy) => cx.kv.put(&key(name), copy, LIFE_SECONDS).await,
        Err(error) => Err(error),
    };
    if let Err(error) = stored {
        cx.log(&format!("the key-value store does not answer: {error}"));
    }
}
