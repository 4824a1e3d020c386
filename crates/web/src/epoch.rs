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
/// So long it is kept that a name is nobody's: anyone can make up names.
const NOBODY_SECONDS: u32 = 60;
/// What stands for «nobody's», so that strangers' host names cost no rows either.
const NOBODY: &[u8] = b"-";
/// What stands for a domain on which a blog was and is no longer.
const PARKED: &[u8] = b"p";

fn key(name: &str) -> String {
    format!("blog:{name}")
}

/// What a name stands for.
enum Found {
    Blog(Box<Blog>),
    Nobody,
    Parked,
}

impl Found {
    fn answer(self) -> Result<Option<Blog>> {
        match self {
            Self::Blog(blog) => Ok(Some(*blog)),
            Self::Nobody => Ok(None),
            Self::Parked => Err(Error::Parked),
        }
    }
}

/// A copy of a row.
struct Copy {
    made_at: i64,
    found: Found,
}

/// The blog of a user name, or the one that lives on a host name of its own.
///
/// # Errors
/// [`Error::Parked`]; else only the database's, when the key-value store does not know.
pub async fn blog(cx: &Context, name: &str) -> Result<Option<Blog>> {
    let copy = get(cx, name).await;
    let believed_from = cx.seconds().saturating_sub(BELIEVED_SECONDS);
    let copy = match copy {
        Some(copy) if copy.made_at > believed_from => return copy.found.answer(),
        copy => copy,
    };
    match (find(cx, name).await, copy) {
        (Ok(found), _) => {
            put(cx, name, &found).await;
            found.answer()
        }
        (Err(Error::Unavailable(problem)), Some(copy)) => {
            cx.log(&format!("an old copy of a blog's row is used: {problem}"));
            copy.found.answer()
        }
        (Err(error), _) => Err(error),
    }
}

/// Tells visitors of a change, after the batch that made it. What fails here heals within a minute.
///
/// # Errors
/// Only the database's.
pub async fn announce(cx: &Context, name: &str) -> Result<()> {
    let found = find(cx, name).await?;
    put(cx, name, &found).await;
    if let Found::Blog(blog) = &found
        && let Some(domain) = &blog.domain
    {
        put(cx, if name == domain { &blog.username } else { domain }, &found).await;
    }
    Ok(())
}

async fn find(cx: &Context, name: &str) -> Result<Found> {
    if let Some(blog) = store::blog::find(cx, name).await? {
        return Ok(Found::Blog(Box::new(blog)));
    }
    let is_parked = name.contains('.') && store::own_domain::is_parked(cx, name).await?;
    Ok(if is_parked { Found::Parked } else { Found::Nobody })
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
    let found = match parts.next()? {
        NOBODY => Found::Nobody,
        PARKED => Found::Parked,
        row => Found::Blog(serde_json::from_slice(row).ok()?),
    };
    Some(Copy { made_at, found })
}

async fn put(cx: &Context, name: &str, found: &Found) {
    let (row, seconds) = match found {
        Found::Blog(blog) => (serde_json::to_vec(blog).map_err(Error::internal), KEPT_SECONDS),
        Found::Nobody => (Ok(NOBODY.to_vec()), NOBODY_SECONDS),
        Found::Parked => (Ok(PARKED.to_vec()), KEPT_SECONDS),
    };
    let stored = match row {
        Ok(row) => {
            let copy = [format!("{}\n", cx.seconds()).as_bytes(), &row].concat();
            cx.kv.put(&key(name), Bytes::from(copy), seconds).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = stored {
        cx.log(&format!("the key-value store does not answer: {error}"));
    }
}
