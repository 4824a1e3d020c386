//! Mutes and blocks: what one does not want to read, and the page to take that back.

use crate::lists::back;
use askama::Template;
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use store::mute::{self, Kind, Mute};
use web::{Layout, Visit};

/// The longest word.
const WORD_CHARS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "mutes.html")]
struct Page {
    layout: Layout,
    word: String,
    error: Option<&'static str>,
    mutes: Vec<Mute>,
}

/// `GET /mutes`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    page(&v, String::new(), None).await
}

async fn page(v: &Visit<'_>, word: String, error: Option<&'static str>) -> Result<Response> {
    let mutes = mute::list(v.cx, &v.session()?.account_id).await?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let layout = Layout::of(v, "Muted");
    web::page_with_status(status, &Page { layout, word, error, mutes })
}

/// `POST /mutes`: `kind` and `value`.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let account_id = &v.session()?.account_id;
    let kind = Kind::of_word(form.get("kind")).ok_or_else(|| Error::invalid("Mute what?"))?;
    let mut value = form.get("value").trim().to_owned();
    if kind == Kind::Word {
        value = value.to_lowercase();
        if let Some(problem) = problem(v.cx, account_id, &value).await? {
            return page(&v, form.get("value").to_owned(), Some(problem)).await;
        }
    } else if value.is_empty() || value.len() > WORD_CHARS_MAX || value == *account_id {
        return Err(Error::invalid("There is nobody to mute."));
    }
    mute::insert(v.cx, account_id, kind, &value).await?;
    web::see_other(back(form.get("back")))
}

async fn problem(cx: &Context, account_id: &str, word: &str) -> Result<Option<&'static str>> {
    let known = mute::words(cx, account_id).await?;
    let is_full = i64::try_from(known.len()).unwrap_or(i64::MAX) >= mute::WORDS_MAX;
    Ok(match word.chars().count() {
        0 => Some("Type a word, or some words that stand together."),
        chars if chars > WORD_CHARS_MAX => Some("That is longer than 100 characters."),
        _ if is_full => Some("You have muted 50 words. Take one back first."),
        _ => None,
    })
}

/// `POST /mutes/deletion`: `kind` and `value`.
pub async fn delete(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let account_id = &v.session()?.account_id;
    let kind = Kind::of_word(form.get("kind")).ok_or_else(|| Error::invalid("Take what back?"))?;
    mute::delete(v.cx, account_id, kind, form.get("value")).await?;
    web::see_other("/mutes")
}
