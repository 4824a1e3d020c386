//! Looks that are tried out before they are saved, and what was wrong with templates that visitors met.
//! Both stand in the key-value store alone: what is lost there is made again.

use crate::preview;
use bytes::Bytes;
use domain::secret;
use platform::{Context, Error, Result};

/// Begins the id of a look's preview, where that of a post's preview is the post's.
const LOOK: &str = "look";
const DRAFT_SECONDS: u32 = 3600;
const PROBLEM_SECONDS: u32 = 7 * 86_400;

/// Settings and texts of a look that is tried out, by their names.
pub type Draft = Vec<(String, String)>;

/// The address at which the blog's look can be seen within the app, as it is stored.
///
/// # Errors
/// [`Error::Unavailable`] when `APP_KEY` is missing.
pub fn preview_url(cx: &Context, blog_id: &str, origin: &str) -> Result<String> {
    preview::preview_url(cx, origin, &format!("{LOOK}{blog_id}"))
}

/// Keeps a draft for an hour. Its preview's address.
///
/// # Errors
/// [`Error::Unavailable`] when `APP_KEY` is missing or the store does not answer.
pub async fn put_draft(cx: &Context, blog_id: &str, origin: &str, draft: &Draft) -> Result<String> {
    let id = format!("{LOOK}{}", secret::hex(&cx.random::<16>()?));
    let draft = serde_json::to_vec(draft).map_err(Error::internal)?;
    cx.kv.put(&draft_key(blog_id, &id), Bytes::from(draft), DRAFT_SECONDS).await?;
    preview::preview_url(cx, origin, &id)
}

/// Whether the id of a preview is a look's.
pub fn is_look(id: &str) -> bool {
    id.starts_with(LOOK)
}

/// The draft of a look's preview: none for the look that is stored.
///
/// # Errors
/// [`Error::NotFound`] when its hour is over.
pub async fn draft(cx: &Context, blog_id: &str, id: &str) -> Result<Option<Draft>> {
    match id.strip_prefix(LOOK) {
        Some(stored) if stored == blog_id => return Ok(None),
        _ => {}
    }
    let kept = cx.kv.get(&draft_key(blog_id, id)).await?.ok_or(Error::NotFound)?;
    serde_json::from_slice(&kept).map(Some).map_err(Error::internal)
}

fn draft_key(blog_id: &str, id: &str) -> String {
    format!("draft:{blog_id}:{id}")
}

/// Remembers for the owner that a template of theirs could not be used.
pub async fn report_problem(cx: &Context, blog_id: &str, words: &str) {
    let words = Bytes::from(words.to_owned());
    if let Err(error) = cx.kv.put(&problem_key(blog_id), words, PROBLEM_SECONDS).await {
        cx.log(&format!("the key-value store does not answer: {error}"));
    }
}

/// What visitors met since the templates were changed last.
pub async fn problem(cx: &Context, blog_id: &str) -> Option<String> {
    let kept = cx.kv.get(&problem_key(blog_id)).await.ok()??;
    String::from_utf8(kept.to_vec()).ok().filter(|words| !words.is_empty())
}

/// After a change of the templates: what was wrong with them may be right now.
pub async fn forget_problem(cx: &Context, blog_id: &str) {
    if let Err(error) = cx.kv.delete(&problem_key(blog_id)).await {
        cx.log(&format!("the key-value store does not answer: {error}"));
    }
}

fn problem_key(blog_id: &str) -> String {
    format!("template-problem:{blog_id}")
}
