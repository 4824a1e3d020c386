//! The files of posts: stored without metadata, served for good, removed by a job.

use crate::range::{self, Part};
use bytes::Bytes;
use domain::media::{Clean, Kind};
use http::{HeaderName, HeaderValue, StatusCode, header};
use platform::{Blob, Body, Context, Error, Response, Result, Sql};
use store::{job::Job, media::Media};
use web::Visit;

/// An address never gets other bytes, so whoever has them need not ask again.
const FOREVER: &str = "public, max-age=31536000, immutable";
const KINDS: [Kind; 8] =
    [Kind::Jpeg, Kind::Png, Kind::Gif, Kind::Webp, Kind::Avif, Kind::Mp3, Kind::M4a, Kind::Mp4];

/// A file that is to be stored, with its name already.
#[derive(Debug, Clone)]
pub struct New {
    /// Its row.
    pub media: Media,
    bytes: Bytes,
}

impl New {
    /// Gives a clean file a name that nobody can guess.
    pub fn of(cx: &Context, blog_id: &str, file: Clean, alt: String) -> Result<Self> {
        let name = u128::from_le_bytes(cx.random::<16>()?);
        let media = Media {
            key: file.kind.key(blog_id, &format!("{name:032x}")),
            blog_id: blog_id.to_owned(),
            content_type: file.kind.media_type().to_owned(),
            bytes: i64::try_from(file.bytes.len()).map_err(Error::internal)?,
            width: file.width,
            height: file.height,
            alt,
            created_at: cx.seconds(),
        };
        Ok(Self { media, bytes: file.bytes })
    }
}

/// Stores the files of one blog; returns the statements that write them down.
///
/// # Errors
/// [`Error::Payment`] where there is no room for them: then none is stored.
pub async fn store_all(cx: &Context, files: Vec<New>) -> Result<Vec<Sql>> {
    let Some(first) = files.first() else { return Ok(vec![]) };
    let bytes = files.iter().fold(0_i64, |sum, file| sum.saturating_add(file.media.bytes));
    web::may_store(cx, &first.media.blog_id, bytes).await?;
    let mut rows = Vec::new();
    for New { media, bytes } in files {
        cx.blobs.put(&media.key, &media.content_type, bytes.into()).await?;
        rows.extend(store::media::insert(cx, &media));
    }
    Ok(rows)
}

/// The key of the object at an address of the media host.
pub fn key_of(cx: &Context, address: &str) -> Option<String> {
    let rest = address.strip_prefix(&cx.config.media_url(""))?;
    let key = rest.split(['?', '#']).next().unwrap_or_default();
    let is_key = key.starts_with("t/") && key.split(['/', '.']).all(is_name);
    is_key.then(|| key.to_owned())
}

/// The job `media-deletion`; its subject is the object's key.
pub async fn delete(cx: &Context, job: &Job) -> Result<()> {
    cx.blobs.delete(&job.subject).await?;
    store::media::delete(cx, &job.subject).await
}

/// `GET /t/{blog}/{file}` on the media host.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let (blog, file) = (v.param("blog"), v.param("file"));
    if !is_name(blog) || !file.split('.').all(is_name) {
        return Err(Error::NotFound);
    }
    let key = format!("t/{blog}/{file}");
    let etag = format!("\"{key}\"");
    let whole = v.cx.blobs.get(&key, None).await?.ok_or(Error::NotFound)?;
    if is_known(v.header("if-none-match"), &etag) {
        return respond(StatusCode::NOT_MODIFIED, &etag, &whole.content_type, Body::Empty, &[]);
    }
    match part(&v, &etag, whole.size) {
        Part::Whole => {
            let length = (header::CONTENT_LENGTH, whole.size.to_string());
            respond(StatusCode::OK, &etag, &whole.content_type, whole.body, &[length])
        }
        Part::Bytes(bytes) => {
            let Blob { size, content_type, body } =
                v.cx.blobs.get(&key, Some(bytes.clone())).await?.ok_or(Error::NotFound)?;
            let last = bytes.end.saturating_sub(1);
            let length = bytes.end.saturating_sub(bytes.start);
            let range = format!("bytes {}-{last}/{size}", bytes.start);
            let headers =
                [(header::CONTENT_LENGTH, length.to_string()), (header::CONTENT_RANGE, range)];
            respond(StatusCode::PARTIAL_CONTENT, &etag, &content_type, body, &headers)
        }
        Part::Beyond => {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", whole.size))?;
            Ok(web::no_store(response))
        }
    }
}

/// RFC 9110, section 13.1.5: a part is of use only to whoever has the rest of the same object.
fn part(v: &Visit<'_>, etag: &str, size: u64) -> Part {
    let condition = v.header("if-range");
    if condition.is_empty() || condition == etag {
        range::of_header(v.header("range"), size)
    } else {
        Part::Whole
    }
}

/// Letters and digits, as in every key that we make.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// RFC 9110, section 13.1.2.
fn is_known(if_none_match: &str, etag: &str) -> bool {
    if_none_match
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

fn respond(
    status: StatusCode,
    etag: &str,
    content_type: &str,
    body: Body,
    headers: &[(HeaderName, String)],
) -> Result<Response> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let known = KINDS.iter().map(|kind| kind.media_type()).find(|known| *known == content_type);
    set(&mut response, header::CONTENT_TYPE, known.unwrap_or("application/octet-stream"))?;
    if known.is_none() {
        set(&mut response, header::CONTENT_DISPOSITION, "attachment")?;
    }
    set(&mut response, header::ETAG, etag)?;
    set(&mut response, header::CACHE_CONTROL, FOREVER)?;
    set(&mut response, header::ACCEPT_RANGES, "bytes")?;
    set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")?;
    for (name, value) in headers {
        set(&mut response, name.clone(), value)?;
    }
    Ok(response)
}

fn set(response: &mut Response, name: HeaderName, value: &str) -> Result<()> {
    let value = HeaderValue::from_str(value).map_err(Error::internal)?;
    response.headers_mut().insert(name, value);
    Ok(())
}
