//! The files of a blog.

use super::{
    Call, Result,
    fault::{NOT_FOUND, fault},
    value::{Value, date, record},
};
use crate::micropub_media;
use domain::media::clean;
use platform::Error;
use store::media::{self, Media};

/// How far back a list goes.
const FILES_MAX: i64 = 2000;

pub async fn upload(call: &Call<'_>) -> Result<Value> {
    let Some(Value::Bytes(bytes)) = call.arg(0).get("bits") else {
        return Err(fault(400, "Send the file as bits, in base64."));
    };
    let file = clean(bytes.clone()).map_err(Error::invalid)?;
    let media = micropub_media::store(call.cx, &call.writer, file, "").await?;
    Ok(shown(call, &media))
}

pub async fn list(call: &Call<'_>) -> Result<Value> {
    let filter = call.arg(0);
    let number = |name| filter.get(name).and_then(Value::int).filter(|number| *number > 0);
    let limit = number("number").unwrap_or(100).min(100);
    let offset = number("offset").unwrap_or(0).min(FILES_MAX);
    let kind = filter.get("mime_type").map(Value::text).unwrap_or_default();
    let end = limit.saturating_add(offset);
    let files = media::list(call.cx, &call.writer.blog_id, None, end).await?;
    let files = files.iter().skip(usize::try_from(offset).unwrap_or(0));
    let files = files.filter(|file| file.content_type.starts_with(&*kind));
    Ok(Value::Array(files.map(|file| shown(call, file)).collect()))
}

pub async fn show(call: &Call<'_>) -> Result<Value> {
    Ok(shown(call, &find(call).await?))
}

/// What a post shows stays.
pub async fn delete(call: &Call<'_>) -> Result<Value> {
    let file = find(call).await?;
    if !store::library::delete(call.cx, &call.writer.blog_id, &file.key).await? {
        return Err(fault(409, "A post shows this file. Take it off there first."));
    }
    call.cx.wake();
    Ok(Value::Bool(true))
}

async fn find(call: &Call<'_>) -> Result<Media> {
    let id = call.arg(0).int().ok_or(NOT_FOUND)?;
    let blog_id = &call.writer.blog_id;
    let beginning = format!("t/{blog_id}/{id:012x}");
    media::find_by_beginning(call.cx, blog_id, &beginning).await?.ok_or(NOT_FOUND)
}

/// The number of a file: the first 48 bits of its name, which is random.
fn id(media: &Media) -> String {
    let name = media.key.rsplit('/').next().unwrap_or_default();
    let digits = name.get(..12).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    digits.unwrap_or(0).to_string()
}

fn shown(call: &Call<'_>, media: &Media) -> Value {
    let url = Value::from(call.cx.config.media_url(&media.key));
    let name = Value::from(media.key.rsplit('/').next().unwrap_or_default());
    record![
        ("id", id(media).into()),
        ("attachment_id", id(media).into()),
        ("date_created_gmt", date(media.created_at, None)),
        ("parent", Value::Int(0)),
        ("link", url.clone()),
        ("url", url.clone()),
        ("thumbnail", url),
        ("title", name.clone()),
        ("file", name.clone()),
        ("caption", media.alt.as_str().into()),
        ("description", "".into()),
        ("type", media.content_type.as_str().into()),
        (
            "metadata",
            record![
                ("width", Value::Int(media.width.into())),
                ("height", Value::Int(media.height.into())),
                ("file", name),
            ],
        ),
    ]
}
