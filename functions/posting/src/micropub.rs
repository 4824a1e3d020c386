//! Micropub (W3C Recommendation of 23 May 2017): how apps write, change and delete posts.

use crate::{
    attach::{File, Source},
    own_blog,
    publish::{self, Entry, Once, Writer},
};
use domain::{
    datetime, media,
    micropub::{self, Action, Changes, Properties},
    post::{Channel, Clip, Format, Photo, Post, Status, Visibility},
    secret, timezone,
};
use http::{HeaderValue, StatusCode, header};
use platform::{Body, Context, Error, Response, Result};
use serde_json::{Value, json};
use web::{Form, Visit};

/// How often an update is made again to what somebody else has changed in between.
const TRIES_MAX: usize = 5;
/// What a post keeps for later: where else it is to appear.
const SYNDICATE_TO: &str = "mp-syndicate-to";

/// `POST /micropub`
pub async fn act(v: Visit<'_>) -> Result<Response> {
    answer(run(v).await)
}

/// A scope that is missing is a 401 here (section 3.8), other than in RFC 6750.
pub fn answer(result: Result<Response>) -> Result<Response> {
    let Err(Error::Scope(scope)) = result else { return result };
    let words = format!("The token lacks the scope {scope}.");
    let body = json!({ "error": "insufficient_scope", "error_description": words, "scope": scope });
    Ok(web::json(StatusCode::UNAUTHORIZED, &body))
}

async fn run(mut v: Visit<'_>) -> Result<Response> {
    let (action, once, files) = read(&mut v).await?;
    match action {
        Action::Create(properties) => create(&v, &properties, &once, files).await,
        Action::Update { url, changes, commands } => {
            v.grant()?.need("update")?;
            let writer = own_blog::of_address(v.cx, v.grant()?, &url).await?;
            update(&v, &writer, &url, changes, commands).await
        }
        Action::Delete(url) => {
            v.grant()?.need("delete")?;
            let writer = own_blog::of_address(v.cx, v.grant()?, &url).await?;
            let post = find(v.cx, &writer, &url).await?;
            publish::delete(v.cx, &writer, &post).await?;
            Ok(done())
        }
        Action::Undelete(url) => {
            v.grant()?.need("undelete")?;
            let writer = own_blog::of_address(v.cx, v.grant()?, &url).await?;
            let post = find(v.cx, &writer, &url).await?;
            publish::undelete(v.cx, &writer, &post).await?;
            Ok(done())
        }
    }
}

/// The files of a form, without metadata.
#[derive(Default)]
struct Files {
    photos: Vec<media::Clean>,
    audio: Vec<media::Clean>,
    video: Vec<media::Clean>,
}

async fn read(v: &mut Visit<'_>) -> Result<(Action, Once, Files)> {
    let key = v.header("idempotency-key").trim().to_owned();
    let once = |content: &[u8]| match key.as_str() {
        "" => Once::by_content(content),
        key => Once::by_key(key, content),
    };
    if v.has_json() {
        let body = v.bytes().await?;
        if body.len() > micropub::JSON_BYTES_MAX {
            return Err(Error::TooLarge);
        }
        let action = micropub::of_json(&body).map_err(Error::invalid)?;
        return Ok((action, once(&body), Files::default()));
    }
    let mut form = v.form().await?;
    let once = once(mark(&form).as_bytes());
    let action = micropub::of_form(form.fields()).map_err(Error::invalid)?;
    let mut clean = |name: &str| -> Result<Vec<media::Clean>> {
        let files = form.take_files(name).into_iter();
        files.map(|file| media::clean(file.bytes).map_err(Error::invalid)).collect()
    };
    let files = Files { photos: clean("photo")?, audio: clean("audio")?, video: clean("video")? };
    Ok((action, once, files))
}

/// What tells a form from another one: its fields, and of its files the length, the beginning and the end.
/// No hash is taken of megabytes.
fn mark(form: &Form) -> String {
    let mut mark = json!(form.fields().collect::<Vec<_>>()).to_string();
    for file in ["photo", "audio", "video"].iter().flat_map(|name| form.files(name)) {
        let bytes = &file.bytes;
        let (head, _) = bytes.split_at_checked(64 << 10).unwrap_or((bytes, &[]));
        let middle = bytes.len().saturating_sub(64 << 10);
        let tail = bytes.get(middle..).unwrap_or_default();
        let sums = [head, tail].map(secret::sha256_hex).concat();
        mark.push_str(&format!("{}:{sums}", bytes.len()));
    }
    mark
}

async fn create(
    v: &Visit<'_>,
    properties: &Properties,
    once: &Once,
    files: Files,
) -> Result<Response> {
    let asked = micropub::Entry::of(properties).map_err(Error::invalid)?;
    if !(asked.is_draft && v.grant()?.has("draft")) {
        v.grant()?.need("create")?;
    }
    let writer = &destination(v, &asked).await?;
    let alts = asked.alts.clone();
    let mut entry = entry(v, writer, asked, None)?;
    let new = |(file, alt)| File { source: Source::New(file), alt };
    let alts = alts.into_iter().chain(std::iter::repeat(String::new()));
    entry.new_photos.extend(files.photos.into_iter().zip(alts).map(new));
    entry.new_audio.extend(files.audio.into_iter().map(|file| new((file, String::new()))));
    entry.new_video.extend(files.video.into_iter().map(|file| new((file, String::new()))));
    let post = publish::create(v.cx, writer, entry, Some(once)).await?;
    let status = match post.status {
        Status::Published => StatusCode::CREATED,
        // It stands there later.
        Status::Draft | Status::Scheduled => StatusCode::ACCEPTED,
    };
    stands(v.cx, writer, &post, status)
}

async fn update(
    v: &Visit<'_>,
    writer: &Writer,
    url: &str,
    changes: Changes,
    commands: Properties,
) -> Result<Response> {
    for _ in 0..TRIES_MAX {
        let old = find(v.cx, writer, url).await?;
        if old.deleted_at.is_some() {
            return Err(Error::Gone("This post is deleted. Bring it back first.".into()));
        }
        let mut properties = source(v.cx, &old);
        properties.extend(commands.clone());
        changes.clone().apply(&mut properties).map_err(Error::invalid)?;
        let asked = micropub::Entry::of(&properties).map_err(Error::invalid)?;
        if old.status == Status::Draft && !asked.is_draft {
            v.grant()?.need("create")?;
        }
        destination(v, &asked).await?;
        let entry = entry(v, writer, asked, Some(&old))?;
        match publish::update(v.cx, writer, &old, entry).await {
            Ok(post) if post.path != old.path => {
                return stands(v.cx, writer, &post, StatusCode::CREATED);
            }
            Ok(_) => return Ok(done()),
            // Somebody else was faster: theirs and ours both count.
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict)
}

/// What the core is given; of a post that is there already, what it has stays as it is.
fn entry(
    v: &Visit<'_>,
    writer: &Writer,
    asked: micropub::Entry,
    old: Option<&Post>,
) -> Result<Entry> {
    let before = old.map(Entry::of_post).unwrap_or_default();
    let published_at = asked.published.as_deref().map(|text| moment(writer, text)).transpose()?;
    let mut entry = Entry {
        channel: asked.channel.as_deref().map_or(Ok(before.channel), channel)?,
        is_draft: asked.is_draft,
        visibility: asked.visibility.as_deref().map_or(Ok(before.visibility), visibility)?,
        title: asked.title,
        text: asked.text,
        format: if asked.is_html { Format::Html } else { Format::Markdown },
        categories: asked.categories,
        properties: asked.properties,
        slug: asked.slug,
        published_at,
        is_in_navigation: before.is_in_navigation,
        ..Entry::default()
    };
    if let Some(targets) = asked.syndicate_to {
        entry.properties.insert(SYNDICATE_TO.to_owned(), targets.into());
    }
    for file in asked.photos {
        let has = |photo: &&Photo| address(v.cx, &photo.key) == file.url;
        match before.photos.iter().find(has) {
            Some(photo) => {
                let alt = file.alt.unwrap_or_else(|| photo.alt.clone());
                entry.photos.push(Photo { alt, ..photo.clone() });
            }
            None => entry.new_photos.push(at(file)),
        }
    }
    let clips = asked.audios.into_iter().map(|file| (file, false));
    for (file, is_video) in clips.chain(asked.videos.into_iter().map(|file| (file, true))) {
        let has = |clip: &&Clip| address(v.cx, &clip.key) == file.url;
        match before.clips.iter().find(has) {
            Some(clip) => {
                let alt = file.alt.unwrap_or_else(|| clip.alt.clone());
                entry.clips.push(Clip { alt, ..clip.clone() });
            }
            None if is_video => entry.new_video.push(at(file)),
            None => entry.new_audio.push(at(file)),
        }
    }
    Ok(entry)
}

fn at(file: micropub::File) -> File {
    File { source: Source::At(file.url), alt: file.alt.unwrap_or_default() }
}

fn channel(uid: &str) -> Result<Channel> {
    match uid {
        "default" | "posts" => Ok(Channel::Posts),
        uid => Channel::of_word(uid)
            .ok_or_else(|| Error::invalid("There is no such channel. They are default and pages.")),
    }
}

fn visibility(word: &str) -> Result<Visibility> {
    Visibility::of_word(word)
        .ok_or_else(|| Error::invalid("The visibility is public, unlisted or private."))
}

/// A moment as apps send it: with its own zone, or by the person's clocks.
fn moment(writer: &Writer, text: &str) -> Result<i64> {
    let at = datetime::parse_rfc3339(text).ok_or_else(|| {
        Error::invalid("The date cannot be read. Write it like 2026-11-22T09:30:00Z.")
    })?;
    let (_, clock) = text.split_once(['T', 't', ' ']).unwrap_or_default();
    let at = match &writer.timezone {
        Some(zone) if !clock.contains(['Z', 'z', '+', '-']) => timezone::utc(zone, at),
        _ => at,
    };
    if at < 0 {
        Err(Error::invalid("That date is before 1970. Choose a later one."))
    } else {
        Ok(at)
    }
}

/// The writer where `mp-destination` says. Of a post that is there already its address says where it is.
async fn destination(v: &Visit<'_>, asked: &micropub::Entry) -> Result<Writer> {
    own_blog::at(v.cx, v.grant()?, asked.destination.as_deref().unwrap_or_default()).await
}

/// One's own post at an address, whatever has become of it.
pub async fn find(cx: &Context, writer: &Writer, url: &str) -> Result<Post> {
    publish::find(cx, writer, url).await?.ok_or(Error::NotFound)
}

/// A post as properties.
pub fn source(cx: &Context, post: &Post) -> Properties {
    micropub::source(post, |key| address(cx, key))
}

/// The address of a file: what is not one of ours is an address already.
fn address(cx: &Context, key: &str) -> String {
    if key.starts_with("t/") { cx.config.media_url(key) } else { key.to_owned() }
}

/// Where a post stands now, or will.
fn stands(cx: &Context, writer: &Writer, post: &Post, status: StatusCode) -> Result<Response> {
    let url = publish::permalink(cx, writer, post);
    let mut body = json!({ "url": url });
    if let (false, Some(body)) = (post.is_visible(), body.as_object_mut()) {
        let preview = web::preview_url(cx, &writer.origin(cx), &post.id)?;
        body.insert("preview".to_owned(), preview.into());
    }
    located(status, &url, body)
}

/// An answer with an address in `Location`.
pub fn located(status: StatusCode, url: &str, body: Value) -> Result<Response> {
    let mut response = web::json(status, &body);
    let location = HeaderValue::from_str(url).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// Nothing more to say.
pub fn done() -> Response {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
