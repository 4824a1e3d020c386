//! Large files in pieces, as Micro.blog's apps send them: `append` for each, in order, then `finished`, then
//! `waiting` until the file is there.

use crate::{
    media::{New, store_all},
    micropub::{answer, located},
    micropub_media::writer,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::BytesMut;
use domain::media::clean;
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use serde_json::json;
use store::{
    job::Job,
    upload::{self, Upload},
};
use web::Visit;

/// The most bytes of all pieces of a file, as of a file in one.
const BYTES_MAX: i64 = 45 << 20;
/// The most pieces: those of the apps have a megabyte.
const PIECES_MAX: i64 = 100;
/// The most bytes of a request with one piece: base64 in a form.
pub const BODY_BYTES_MAX: usize = 6 << 20;

const MISSING: &str = "Some of the file did not arrive. Upload it again.";

/// `POST /micropub/media/append`
pub async fn append(v: Visit<'_>) -> Result<Response> {
    answer(take(v).await)
}

/// `POST /micropub/media/finished`
pub async fn finish(v: Visit<'_>) -> Result<Response> {
    answer(join(v).await)
}

/// `GET /micropub/media/waiting`
pub async fn wait(v: Visit<'_>) -> Result<Response> {
    answer(state(v).await)
}

async fn take(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let writer = writer(&v, form.get("mp-destination")).await?;
    let file_id = file_id(form.get("file_id"))?;
    let data = form.get("file_data");
    // One of the apps sends a data URL; and a form that was badly encoded has spaces for plus signs.
    let data = data.split_once(";base64,").map_or(data, |(_, data)| data).replace(' ', "+");
    let broken = |_| Error::invalid("The file_data is base64.");
    let piece = BASE64_STANDARD.decode(data).map_err(broken)?;
    let bytes = i64::try_from(piece.len()).map_err(Error::internal)?;
    web::may_store(v.cx, &writer.blog_id, bytes).await?;
    let place = (writer.blog_id.as_str(), file_id);
    let upload = upload::append(v.cx, place, bytes, (PIECES_MAX, BYTES_MAX)).await?;
    let upload = upload.ok_or_else(|| {
        Error::invalid(
            "That is more than 45 megabytes, or one upload too many. Make the file smaller.",
        )
    })?;
    let key = key(&upload, upload.pieces);
    v.cx.blobs.put(&key, "application/octet-stream", piece.into()).await?;
    Ok(web::json(StatusCode::ACCEPTED, &json!({ "file_id": file_id })))
}

async fn join(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let writer = writer(&v, form.get("mp-destination")).await?;
    let file_id = file_id(form.get("file_id"))?;
    let upload = upload::find(v.cx, &writer.blog_id, file_id).await?.ok_or(Error::NotFound)?;
    let key = match &upload.media_key {
        Some(key) => key.clone(),
        None => {
            let file = clean(whole(v.cx, &upload).await?.freeze()).map_err(Error::invalid)?;
            let new = New::of(v.cx, &writer.blog_id, file, form.get("alt").to_owned())?;
            let key = new.media.key.clone();
            let rows = store_all(v.cx, vec![new]).await?;
            upload::finish(v.cx, &upload, &key, rows).await?;
            v.cx.wake();
            key
        }
    };
    let url = v.cx.config.media_url(&key);
    located(StatusCode::CREATED, &url, json!({ "url": url, "is_processing": false }))
}

async fn whole(cx: &Context, upload: &Upload) -> Result<BytesMut> {
    let max = usize::try_from(BYTES_MAX).map_err(Error::internal)?;
    let mut whole = BytesMut::new();
    for piece in 1..=upload.pieces {
        let object = cx.blobs.get(&key(upload, piece), None).await?;
        let object = object.ok_or_else(|| Error::invalid(MISSING))?;
        if whole.is_empty() {
            // The last piece is no longer than the others; memory that grows by and by is held twice.
            let pieces = usize::try_from(upload.pieces).map_err(Error::internal)?;
            let size = usize::try_from(object.size).map_err(Error::internal)?;
            whole.reserve(size.saturating_mul(pieces).min(max));
        }
        whole.extend_from_slice(&object.body.read(max).await?);
    }
    Ok(whole)
}

async fn state(v: Visit<'_>) -> Result<Response> {
    let writer = writer(&v, &v.query("mp-destination")).await?;
    let file_id = v.query("file_id");
    let upload = upload::find(v.cx, &writer.blog_id, &file_id).await?.ok_or(Error::NotFound)?;
    let url = upload.media_key.map(|key| v.cx.config.media_url(&key));
    let body = json!({ "is_processing": url.is_none(), "url": url, "poster": "" });
    Ok(web::no_store(web::json(StatusCode::OK, &body)))
}

/// The job `upload-deletion`: the pieces go as soon as the file is there, the row within a day.
pub async fn delete(cx: &Context, job: &Job) -> Result<()> {
    for key in cx.blobs.list(&format!("p/{}/", job.subject), "").await? {
        cx.blobs.delete(&key).await?;
    }
    upload::delete_old(cx, &job.subject).await
}

fn key(upload: &Upload, piece: i64) -> String {
    format!("p/{}/{piece}", upload.id)
}

fn file_id(text: &str) -> Result<&str> {
    let is_id = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_id { Ok(text) } else { Err(Error::invalid("Give the file a file_id.")) }
}
