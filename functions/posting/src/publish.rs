//! One way to write, whichever door somebody comes by: the composer, Micropub, XML-RPC.

use crate::{
    attach::{File, Files, Place},
    category,
};
use domain::{
    post::{self, App, Channel, Clip, Format, Photo, Post, Status, Visibility},
    secret, slug,
};
use platform::{Context, Error, Result, Sql};
use serde_json::{Map, Value};
use store::{
    blog::Own,
    creation::{self, Creation},
};
use web::{Grant, Visit};

/// How many paths are tried for a post; the last one is surely free.
const PATHS_MAX: u32 = 6;
/// How long an `Idempotency-Key` is remembered.
const KEY_SECONDS: i64 = 24 * 3600;
/// How long the same content counts as the same request.
const SAME_SECONDS: i64 = 60;

/// Who writes, on which blog, with what.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The account.
    pub account_id: String,
    /// The blog.
    pub blog_id: String,
    /// The name in the blog's address.
    pub blog_name: String,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// A name of the IANA database, once it is known.
    pub timezone: Option<String>,
    /// The app, where it is not Pipit's own page.
    pub app: Option<App>,
}

impl Writer {
    /// The person in front of the browser.
    pub fn of_session(v: &Visit<'_>) -> Result<Self> {
        let session = v.session()?;
        Ok(Self {
            account_id: session.account_id.clone(),
            blog_id: session.blog_id.clone(),
            blog_name: session.blog_name.clone(),
            domain: session.domain.clone(),
            timezone: session.timezone.clone(),
            app: None,
        })
    }

    /// The person who gave a program its token.
    pub fn of_grant(grant: &Grant) -> Self {
        Self {
            account_id: grant.account_id.clone(),
            blog_id: grant.blog_id.clone(),
            blog_name: grant.blog_name.clone(),
            domain: grant.domain.clone(),
            timezone: grant.timezone.clone(),
            app: Some(App { name: grant.token_name.clone(), url: grant.client_id.clone() }),
        }
    }

    /// The same person and app on another of the person's blogs.
    pub fn on(self, own: Own) -> Self {
        Self { blog_id: own.id, blog_name: own.name, domain: own.domain, ..self }
    }

    /// The address of the blog, without a slash at its end.
    pub fn origin(&self, cx: &Context) -> String {
        cx.config.blog_origin(&self.blog_name, self.domain.as_deref())
    }

    /// What is behind the address of the blog, also behind the one that it had before its own domain.
    pub fn behind<'a>(&self, cx: &Context, address: &'a str) -> Option<&'a str> {
        let former = cx.config.blog_origin(&self.blog_name, None);
        address.strip_prefix(&self.origin(cx)).or_else(|| address.strip_prefix(&former))
    }
}

/// What somebody wants to publish or keep.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Post or page.
    pub channel: Channel,
    /// Keep it as a draft; else it is published, now or at its time.
    pub is_draft: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// None or empty: a note.
    pub title: Option<String>,
    /// What was written.
    pub text: String,
    /// In what.
    pub format: Format,
    /// As they were typed.
    pub categories: Vec<String>,
    /// The photos that stay, and those that are new behind them.
    pub photos: Vec<Photo>,
    /// New photos.
    pub new_photos: Vec<File>,
    /// Audio and video that stay.
    pub clips: Vec<Clip>,
    /// New audio; of a file of ours its kind decides.
    pub new_audio: Vec<File>,
    /// New video; of a file of ours its kind decides.
    pub new_video: Vec<File>,
    /// Microformats2 properties beside these, each a list.
    pub properties: Map<String, Value>,
    /// The last part of its address, if somebody wished for one.
    pub slug: Option<String>,
    /// Unix seconds; none is now, or of a post that was published before, as it was.
    pub published_at: Option<i64>,
    /// For pages: whether the blog's head leads to it.
    pub is_in_navigation: bool,
    /// Whether a draft's address follows its words: for doors that know it by its id.
    pub is_moving: bool,
}

impl Entry {
    /// What a post is made of, to be changed and given to [`update`].
    pub fn of_post(post: &Post) -> Self {
        Self {
            channel: post.channel,
            is_draft: post.status == Status::Draft,
            visibility: post.visibility,
            title: post.title.clone(),
            text: post.text.clone(),
            format: post.format,
            categories: post.categories.clone(),
            photos: post.photos.clone(),
            clips: post.clips.clone(),
            properties: post.properties.clone(),
            published_at: (post.status != Status::Draft).then_some(post.published_at),
            is_in_navigation: post.is_in_navigation,
            ..Self::default()
        }
    }
}

/// What makes a request sent twice the same request.
#[derive(Debug, Clone)]
pub struct Once {
    key_hash: String,
    fingerprint: String,
    seconds: i64,
}

impl Once {
    /// By the key that the client gave, `Idempotency-Key`; `content` is what it asked for.
    pub fn by_key(key: &str, content: &[u8]) -> Self {
        Self {
            key_hash: secret::sha256_hex(format!("key:{key}").as_bytes()),
            fingerprint: secret::sha256_hex(content),
            seconds: KEY_SECONDS,
        }
    }

    /// By its content alone: within a minute the same again is the same.
    pub fn by_content(content: &[u8]) -> Self {
        let fingerprint = secret::sha256_hex(content);
        Self {
            key_hash: secret::sha256_hex(format!("content:{fingerprint}").as_bytes()),
            fingerprint,
            seconds: SAME_SECONDS,
        }
    }

    /// The same for another blog is another request.
    fn key_on(&self, blog_id: &str) -> String {
        secret::sha256_hex(format!("{blog_id} {}", self.key_hash).as_bytes())
    }
}

/// Creates a post; the same request again gives the post that it made before.
///
/// # Errors
/// [`Error::Invalid`] with the sentence for the person; [`Error::Payment`] where the blog is read-only.
pub async fn create(
    cx: &Context,
    writer: &Writer,
    entry: Entry,
    once: Option<&Once>,
) -> Result<Post> {
    if let Some(post) = before(cx, writer, once).await? {
        return Ok(post);
    }
    web::may_write(cx, &writer.blog_id).await?;
    let wish = entry.slug.clone();
    let empty = Post {
        id: cx.id()?,
        blog_id: writer.blog_id.clone(),
        app: writer.app.clone(),
        revision: 1,
        ..Post::default()
    };
    let (mut post, mut others) = apply(cx, &empty, entry).await?;
    if let Some(once) = once {
        let creation = Creation {
            key_hash: once.key_on(&writer.blog_id),
            fingerprint: once.fingerprint.clone(),
            expires_at: cx.seconds().saturating_add(once.seconds),
        };
        others.extend(creation::insert(&writer.account_id, &creation, &post.id, cx.seconds()));
    }
    let slug = slug_of(&post, wish.as_deref());
    for attempt in 1..=PATHS_MAX {
        post.path = path(cx, &post, &slug, attempt)?;
        match store::post::insert(cx, &writer.account_id, &post, others.clone()).await {
            Err(Error::Conflict) => {
                // Perhaps it was not the path: the same request may have come at the same time.
                if let Some(post) = before(cx, writer, once).await? {
                    return Ok(post);
                }
            }
            Err(error) => return Err(error),
            Ok(()) => {
                changed(cx, writer, &post).await;
                return Ok(post);
            }
        }
    }
    Err(Error::Conflict)
}

/// The post that the same request made before.
async fn before(cx: &Context, writer: &Writer, once: Option<&Once>) -> Result<Option<Post>> {
    let Some(once) = once else { return Ok(None) };
    match creation::find(cx, &writer.account_id, &once.key_on(&writer.blog_id)).await? {
        None => Ok(None),
        Some((_, fingerprint)) if fingerprint != once.fingerprint => Err(Error::invalid(
            "This Idempotency-Key was used for another post. Take a new one for each post.",
        )),
        Some((id, _)) => store::post::find(cx, &writer.blog_id, &id).await,
    }
}

/// Changes a post to what `entry` says. Its address stays, unless it was never public before.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Payment`] where the blog is read-only; [`Error::Conflict`] when it was
/// changed since it was read.
pub async fn update(cx: &Context, writer: &Writer, old: &Post, entry: Entry) -> Result<Post> {
    web::may_write(cx, &writer.blog_id).await?;
    let (wish, is_moving) = (entry.slug.clone(), entry.is_moving);
    let (mut post, others) = apply(cx, old, entry).await?;
    let is_first = old.status != Status::Published && post.status != Status::Draft;
    let is_moving = is_moving && old.status == Status::Draft && wished_slug(old).is_none();
    if wish.is_none() && !is_first && !is_moving {
        store::post::update(cx, old, &post, others).await?;
        changed(cx, writer, &post).await;
        return Ok(post);
    }
    let slug = slug_of(&post, wish.as_deref().or(wished_slug(old)));
    for attempt in 1..=PATHS_MAX {
        post.path = path(cx, &post, &slug, attempt)?;
        match store::post::update(cx, old, &post, others.clone()).await {
            Err(Error::Conflict) => {
                let now = store::post::find(cx, &post.blog_id, &post.id).await?;
                if now.is_none_or(|now| now.revision != old.revision) {
                    return Err(Error::Conflict);
                }
            }
            Err(error) => return Err(error),
            Ok(()) => {
                changed(cx, writer, &post).await;
                return Ok(post);
            }
        }
    }
    Err(Error::Conflict)
}

/// Deletes a post: visitors get a 410 at once, and for a week it can be brought back. One that is
/// deleted already stays so.
pub async fn delete(cx: &Context, writer: &Writer, old: &Post) -> Result<()> {
    if old.deleted_at.is_some() {
        return Ok(());
    }
    let post = Post { deleted_at: Some(cx.seconds()), ..old.clone() };
    // The same words again are a new post then; a key that was given stays used.
    let free =
        creation::forget(&writer.account_id, &old.id, cx.seconds().saturating_add(SAME_SECONDS));
    store::post::update(cx, old, &post, vec![free]).await?;
    changed(cx, writer, old).await;
    Ok(())
}

/// Brings a deleted post back as it was.
///
/// # Errors
/// [`Error::Gone`] when it was deleted for good.
pub async fn undelete(cx: &Context, writer: &Writer, old: &Post) -> Result<Post> {
    if old.purged_at.is_some() {
        return Err(Error::Gone("This post was deleted more than a week ago. It is gone.".into()));
    }
    if old.deleted_at.is_none() {
        return Ok(old.clone());
    }
    let is_late = old.status == Status::Scheduled && old.published_at <= cx.seconds();
    let status = if is_late { Status::Published } else { old.status };
    let post = Post { deleted_at: None, status, ..old.clone() };
    store::post::update(cx, old, &post, vec![]).await?;
    changed(cx, writer, &post).await;
    Ok(post)
}

/// One's own post at an address on one's blog, whatever has become of it.
pub async fn find(cx: &Context, writer: &Writer, address: &str) -> Result<Option<Post>> {
    let Some(path) = writer.behind(cx, address).filter(|path| path.starts_with('/')) else {
        return Ok(None);
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_suffix(".html").unwrap_or(path);
    store::post::find_own(cx, &writer.blog_id, path).await
}

/// The address of a post on its blog.
pub fn permalink(cx: &Context, writer: &Writer, post: &Post) -> String {
    format!("{}{}", writer.origin(cx), post.path)
}

/// The post that `entry` makes of `old`, and the rows of its new files. Its files are stored first:
/// an object that nobody knows does no harm, a post without its photo would.
async fn apply(cx: &Context, old: &Post, entry: Entry) -> Result<(Post, Vec<Sql>)> {
    let now = cx.seconds();
    // What has a time keeps it; what has none is of now, or of when it was first published.
    let was_published = old.status == Status::Published && old.published_at > 0;
    let kept = was_published.then_some(old.published_at);
    let published_at = entry.published_at.or(kept).unwrap_or(now);
    let status = match () {
        () if entry.is_draft => Status::Draft,
        () if published_at > now => Status::Scheduled,
        () => Status::Published,
    };
    let text = entry.text.replace("\r\n", "\n");
    let html = post::html(&text, entry.format);
    let title = entry.title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut post = Post {
        channel: entry.channel,
        status,
        visibility: entry.visibility,
        title: title.filter(|title| !title.is_empty()),
        text,
        format: entry.format,
        html,
        photos: entry.photos,
        clips: entry.clips,
        categories: post::categories(entry.categories),
        properties: entry.properties,
        is_in_navigation: entry.is_in_navigation,
        published_at,
        updated_at: now,
        ..old.clone()
    };
    let mut files =
        Files::find(cx, &post, &entry.new_photos, &entry.new_audio, &entry.new_video).await?;
    files.place(cx, &mut post, entry.new_photos, Place::Photo)?;
    files.place(cx, &mut post, entry.new_audio, Place::Audio)?;
    files.place(cx, &mut post, entry.new_video, Place::Video)?;
    category::sort(cx, old, &mut post).await?;
    post::check(&post).map_err(Error::invalid)?;
    let rows = files.store(cx).await?;
    Ok((post, rows))
}

/// The slug that a post was given by somebody, and not by its own first words, which may change
/// until it is published.
pub fn wished_slug(post: &Post) -> Option<&str> {
    let slug = post.path.rsplit('/').next().filter(|slug| !slug.is_empty())?;
    let rest = slug.strip_prefix(&slug_of(post, None));
    // What `path` puts behind a slug: words would be somebody's.
    let is_ours = |part: &str| {
        part == "page"
            || part.bytes().all(|b| b.is_ascii_digit())
            || part.len() == 8 && part.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let is_made = rest.is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('-') && rest.split('-').all(is_ours)
    });
    (!is_made).then_some(slug)
}

/// What was wished for, else what the post says of itself.
fn slug_of(post: &Post, wish: Option<&str>) -> String {
    let wished = wish.and_then(slug::of_wish);
    wished.unwrap_or_else(|| {
        let words = domain::html::words(&post.html);
        slug::from_text(post.title.as_deref(), &words, post.published_at)
    })
}

/// The n-th path to try: `hello`, `hello-2` and so on.
fn path(cx: &Context, post: &Post, slug: &str, attempt: u32) -> Result<String> {
    let is_page = post.channel == Channel::Pages;
    let is_taken = is_page && slug::is_taken_by_the_blog(slug);
    let slug = match attempt {
        1 if !is_taken => slug.to_owned(),
        1 => format!("{slug}-page"),
        PATHS_MAX => format!("{slug}-{:08x}", u32::from_le_bytes(cx.random::<4>()?)),
        n => format!("{slug}-{n}"),
    };
    Ok(if is_page {
        slug::page_path(&slug)
    } else {
        slug::permalink_path(post.published_at, &slug)
    })
}

/// What follows a change. The change itself stands, whatever happens here.
async fn changed(cx: &Context, writer: &Writer, post: &Post) {
    if let Err(error) = web::announce(cx, &writer.blog_name).await {
        cx.log(&format!("visitors learn of a change of {} later: {error}", post.id));
    }
    cx.wake();
}

/// The job `post-publication`.
pub async fn run_due(cx: &Context, job: &store::job::Job) -> Result<()> {
    if store::post::publish_due(cx, &job.subject).await?
        && let Some(name) = store::post::blog_name(cx, &job.subject).await?
    {
        web::announce(cx, &name).await?;
        cx.wake();
    }
    creation::delete_old(cx).await
}

/// The job `post-purge`.
pub async fn purge(cx: &Context, job: &store::job::Job) -> Result<()> {
    store::post::purge(cx, &job.subject).await?;
    creation::delete_old(cx).await
}
