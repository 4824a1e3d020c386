//! The library: one's files, what they show, and where they are shown.

use crate::{
    media::{New, store_all},
    post,
};
use askama::Template;
use domain::{
    datetime,
    media::{Kind, clean, size},
    post::ALT_CHARS_MAX,
};
use http::StatusCode;
use platform::{Error, Response, Result};
use store::library::{self, Item};
use web::{File, Layout, Visit};

const PAGE: i64 = 24;
const LABEL_CHARS: usize = 60;
const KINDS: [(Kind, &str); 8] = [
    (Kind::Jpeg, "JPEG picture"),
    (Kind::Png, "PNG picture"),
    (Kind::Gif, "GIF picture"),
    (Kind::Webp, "WebP picture"),
    (Kind::Avif, "AVIF picture"),
    (Kind::Mp3, "MP3 audio"),
    (Kind::M4a, "M4A audio"),
    (Kind::Mp4, "MP4 video"),
];

#[derive(Template)]
#[template(path = "library.html")]
struct Index {
    layout: Layout,
    usage: String,
    is_saved: bool,
    error: Option<String>,
    files: Vec<Card>,
    older: Option<String>,
}

struct Card {
    name: String,
    url: String,
    markdown: String,
    alt: String,
    kind: &'static str,
    is_picture: bool,
    width: u32,
    height: u32,
    size: String,
    created_iso: String,
    created: String,
    post: Option<Shown>,
}

struct Shown {
    id: String,
    label: String,
    others: i64,
    is_deleted: bool,
}

/// `GET /media`, or those before the one that `before` names.
pub async fn index(v: Visit<'_>) -> Result<Response> {
    list(&v, StatusCode::OK, None).await
}

async fn list(v: &Visit<'_>, status: StatusCode, error: Option<String>) -> Result<Response> {
    let blog_id = &v.session()?.blog_id;
    let before = post::position(&v.query("before"));
    let before = before.as_ref().map(|(at, key)| (*at, key.as_str()));
    let items = library::list(v.cx, blog_id, before, None, PAGE).await?;
    let (count, bytes) = library::usage(v.cx, blog_id).await?;
    let is_full = i64::try_from(items.len()).is_ok_and(|count| count == PAGE);
    let older = items.last().filter(|_| is_full).map(|last| &last.media);
    let page = Index {
        layout: Layout::of(v, "Library"),
        usage: match count {
            0 => String::new(),
            1 => format!("One file, {}.", size(bytes)),
            count => format!("{count} files, {} together.", size(bytes)),
        },
        is_saved: v.query("said") == "saved",
        error,
        older: older.map(|last| format!("/media?before={}-{}", last.created_at, last.key)),
        files: items.into_iter().map(|item| card(v, item)).collect(),
    };
    web::page_with_status(status, &page)
}

fn card(v: &Visit<'_>, item: Item) -> Card {
    let Item { media, shown, post } = item;
    let url = v.cx.config.media_url(&media.key);
    let known = KINDS.iter().find(|(kind, _)| kind.media_type() == media.content_type);
    let is_picture = media.content_type.starts_with("image/");
    let text: String =
        media.alt.chars().map(|c| if "[]\\\r\n".contains(c) { ' ' } else { c }).collect();
    let markdown =
        if is_picture { format!("![{text}]({url})") } else { format!("[{text}]({url})") };
    Card {
        name: name(&media.key).to_owned(),
        markdown,
        kind: known.map_or("File", |(_, words)| words),
        is_picture,
        width: media.width,
        height: media.height,
        size: size(media.bytes),
        created_iso: datetime::rfc3339(media.created_at),
        created: v.human(media.created_at),
        post: post.map(|post| Shown {
            label: post.label(LABEL_CHARS),
            others: shown.saturating_sub(1),
            is_deleted: post.deleted_at.is_some(),
            id: post.id,
        }),
        alt: media.alt,
        url,
    }
}

/// What stands for an object in the addresses here: the last part of its key.
fn name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or_default()
}

fn key(v: &Visit<'_>) -> Result<String> {
    Ok(format!("t/{}/{}", v.session()?.blog_id, v.param("name")))
}

/// `POST /media`: new files. All of them are good, or none is taken.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let mut form = v.form_of_blog().await?;
    let blog_id = v.session()?.blog_id.clone();
    let mut files = Vec::new();
    for file in form.take_files("files") {
        let File { file_name, bytes, .. } = file;
        match clean(bytes) {
            Ok(clean) => files.push(New::of(v.cx, &blog_id, clean, String::new())?),
            Err(problem) => {
                let problem = format!("{file_name}: {problem} Nothing was uploaded.");
                return list(&v, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await;
            }
        }
    }
    if files.is_empty() {
        let problem = "Choose a file first.".to_owned();
        return list(&v, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await;
    }
    let rows = match store_all(v.cx, files).await {
        Err(Error::Payment(problem)) => {
            return list(&v, StatusCode::PAYMENT_REQUIRED, Some(problem.into_owned())).await;
        }
        rows => rows?,
    };
    v.cx.db.batch(rows).await?;
    web::see_other("/media")
}

/// `POST /media/{name}`: what it shows, in words. Posts that show it already have words of their own.
pub async fn describe(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form_of_blog().await?;
    let alt: String = form.get("alt").chars().take(ALT_CHARS_MAX).collect();
    let is_there = store::media::describe(v.cx, &v.session()?.blog_id, &key(&v)?, &alt).await?;
    if is_there { web::see_other("/media?said=saved") } else { Err(Error::NotFound) }
}

/// `POST /media/{name}/deletion`; what is not there is fine, what a post shows stays.
pub async fn delete(mut v: Visit<'_>) -> Result<Response> {
    v.form_of_blog().await?;
    let (blog_id, key) = (&v.session()?.blog_id, key(&v)?);
    let is_deleted = library::delete(v.cx, blog_id, &key).await?;
    v.cx.wake();
    let there = library::list(v.cx, blog_id, None, Some(&key), 1).await?;
    if is_deleted || there.is_empty() {
        return web::see_other("/media");
    }
    let label = there.into_iter().find_map(|item| item.post).map(|post| post.label(LABEL_CHARS));
    let problem = match label {
        Some(label) => format!("“{label}” shows this file. Take it off there first."),
        None => "A post shows this file. Take it off there first.".to_owned(),
    };
    list(&v, StatusCode::CONFLICT, Some(problem)).await
}
