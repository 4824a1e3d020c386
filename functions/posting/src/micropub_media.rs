//! Micropub's media endpoint (section 3.6): files that a post shows later.

use crate::{
    media::{self, New},
    micropub::{answer, done, located},
    own_blog,
    publish::Writer,
};
use domain::media::{Clean, clean};
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use serde_json::{Value, json};
use store::{blog::Which, media::Media};
use web::{Form, Grant, Visit};

/// How far back apps can look; the library's own page goes further.
const LISTED_MAX: i64 = 500;

/// `POST /micropub/media`: a file; or, as Micro.blog's apps have it, `action` with a file's `url`.
pub async fn act(v: Visit<'_>) -> Result<Response> {
    answer(run(v).await)
}

/// `GET /micropub/media`: one's files, newest first.
pub async fn index(v: Visit<'_>) -> Result<Response> {
    answer(list(v).await)
}

/// Whoever may post may post pictures.
pub async fn writer(v: &Visit<'_>, destination: &str) -> Result<Writer> {
    let grant: &Grant = v.grant()?;
    if !["media", "create", "draft"].iter().any(|scope| grant.has(scope)) {
        return Err(Error::Scope("media"));
    }
    own_blog::at(v.cx, grant, destination).await
}

async fn run(mut v: Visit<'_>) -> Result<Response> {
    let mut form = v.form().await?;
    // Micro.blog's app says in the address what it wants deleted.
    let said = |form: &Form, name: &str| match form.get(name) {
        "" => v.query(name),
        value => value.to_owned(),
    };
    let writer = writer(&v, &said(&form, "mp-destination")).await?;
    let url = said(&form, "url");
    match said(&form, "action").as_str() {
        "" => {
            let file = form.take_files("file").into_iter().next();
            let file = file.ok_or_else(|| Error::invalid("Send a file in the part named file."))?;
            let clean = clean(file.bytes).map_err(Error::invalid)?;
            let media = store(v.cx, &writer, clean, form.get("alt")).await?;
            created(v.cx, &media)
        }
        "update" => {
            let (writer, key) = stored(&v, &url).await?;
            let alt: String = form.get("alt").chars().take(domain::post::ALT_CHARS_MAX).collect();
            let is_there = store::media::describe(v.cx, &writer.blog_id, &key, &alt).await?;
            if is_there { Ok(done()) } else { Err(Error::NotFound) }
        }
        "delete" => {
            let (writer, key) = stored(&v, &url).await?;
            if store::library::delete(v.cx, &writer.blog_id, &key).await? {
                v.cx.wake();
                return Ok(done());
            }
            match store::media::find_all(v.cx, &writer.blog_id, &[key]).await?.is_empty() {
                true => Err(Error::NotFound),
                false => Err(Error::invalid("A post shows this file. Take it off there first.")),
            }
        }
        _ => Err(Error::invalid("The actions are delete and update. A new file has none.")),
    }
}

/// The blog in whose library a file is, and its key, which begins with the blog's id.
async fn stored(v: &Visit<'_>, url: &str) -> Result<(Writer, String)> {
    let key = media::key_of(v.cx, url).ok_or(Error::NotFound)?;
    let blog_id = key.split('/').nth(1).unwrap_or_default();
    Ok((own_blog::of(v.cx, v.grant()?, Which::Id(blog_id)).await?, key))
}

/// Stores a file in the library.
pub async fn store(cx: &Context, writer: &Writer, clean: Clean, alt: &str) -> Result<Media> {
    let new = New::of(cx, &writer.blog_id, clean, alt.to_owned())?;
    let media = new.media.clone();
    let rows = media::store_all(cx, vec![new]).await?;
    cx.db.batch(rows).await?;
    Ok(media)
}

/// Where a new file is.
pub fn created(cx: &Context, media: &Media) -> Result<Response> {
    let url = cx.config.media_url(&media.key);
    located(StatusCode::CREATED, &url, json!({ "url": url }))
}

async fn list(v: Visit<'_>) -> Result<Response> {
    let writer = writer(&v, &v.query("mp-destination")).await?;
    let found = match v.query("q").as_str() {
        "config" => json!({ "q": ["config", "source"] }),
        _ => {
            let number = |name| v.query(name).parse::<usize>().ok();
            let filter = v.query("filter").to_lowercase();
            let files = store::media::list(v.cx, &writer.blog_id, None, LISTED_MAX).await?;
            let meant = files.iter().filter(|media| media.alt.to_lowercase().contains(&filter));
            let page =
                meant.skip(number("offset").unwrap_or(0)).take(number("limit").unwrap_or(50));
            json!({ "items": page.map(|media| item(v.cx, media)).collect::<Vec<Value>>() })
        }
    };
    Ok(web::no_store(web::json(StatusCode::OK, &found)))
}

fn item(cx: &Context, media: &Media) -> Value {
    json!({
        "url": cx.config.media_url(&media.key),
        "published": domain::datetime::rfc3339(media.created_at),
        "alt": media.alt,
        "mime_type": media.content_type,
        "width": media.width,
        "height": media.height,
    })
}
