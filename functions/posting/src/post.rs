//! One's own posts: the list, the composer, and what it does.

use crate::{
    draft::{Checked, Draft},
    media,
};
use askama::Template;
use domain::{
    datetime, markdown,
    post::{Photo, Post},
    slug,
};
use http::StatusCode;
use platform::{Context, Error, Response, Result, Sql};
use store::session::Session;
use web::{Layout, Visit};

const PAGE: i64 = 50;
const LABEL_CHARS: usize = 80;
/// How many paths are tried for a post; the last one is surely free.
const PATHS_MAX: u32 = 6;

#[derive(Template)]
#[template(path = "posts.html")]
struct Index {
    layout: Layout,
    blog_url: String,
    posts: Vec<Row>,
    older: Option<String>,
}

struct Row {
    id: String,
    label: String,
    url: String,
    published_iso: String,
    published: String,
    is_deleted: bool,
}

#[derive(Template)]
#[template(path = "compose.html")]
struct Compose {
    layout: Layout,
    action: String,
    is_new: bool,
    title: String,
    text: String,
    alt: String,
    published_at: String,
    photos: Vec<Shown>,
    error: Option<String>,
}

struct Shown {
    id: String,
    url: String,
    alt: String,
    width: u32,
    height: u32,
    is_removed: bool,
}

/// `GET /posts`, or those before the one that `before` names.
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    let posts = match position(&v.query("before")) {
        Some((at, id)) => store::post::list_before(v.cx, &session.blog_id, (at, &id), PAGE).await?,
        None => store::post::list_newest(v.cx, &session.blog_id, PAGE).await?,
    };
    let is_full = i64::try_from(posts.len()).is_ok_and(|count| count == PAGE);
    let older = posts.last().filter(|_| is_full);
    let blog_url = v.cx.config.blog_origin(&session.username);
    web::page(&Index {
        layout: Layout::of(&v, "Posts"),
        older: older.map(|last| format!("/posts?before={}-{}", last.published_at, last.id)),
        posts: posts.iter().map(|post| row(&v, &blog_url, post)).collect(),
        blog_url,
    })
}

fn position(before: &str) -> Option<(i64, String)> {
    let (at, id) = before.split_once('-')?;
    Some((at.parse().ok()?, id.to_owned()))
}

fn row(v: &Visit<'_>, blog_url: &str, post: &Post) -> Row {
    Row {
        id: post.id.clone(),
        label: post.label(LABEL_CHARS),
        url: format!("{blog_url}{}", post.path),
        published_iso: datetime::rfc3339(post.published_at),
        published: v.human(post.published_at),
        is_deleted: post.deleted_at.is_some(),
    }
}

/// `GET /posts/new`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    compose(&v, None, &Draft::default(), None)
}

/// `POST /posts`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let session = v.session()?.clone();
    let draft = Draft::of_form(&v.form().await?);
    let checked = match draft.check(v.cx.seconds(), session.timezone.as_deref(), 0) {
        Ok(checked) => checked,
        Err(problem) => return compose(&v, None, &draft, Some(problem)),
    };
    publish(v.cx, &session, checked).await?;
    changed(v.cx, &session).await;
    web::see_other("/posts")
}

async fn publish(cx: &Context, session: &Session, checked: Checked) -> Result<()> {
    let mut post = Post {
        id: cx.id()?,
        blog_id: session.blog_id.clone(),
        path: String::new(),
        title: checked.title,
        text: checked.text,
        html: checked.html,
        photos: vec![],
        published_at: checked.published_at,
        updated_at: cx.seconds(),
        deleted_at: None,
    };
    // The object comes first: one that nobody knows does no harm, a post without its photo would.
    let mut rows = Vec::new();
    if let Some(picture) = checked.picture {
        let (photo, row) = media::store(cx, &post, picture, checked.alt).await?;
        post.photos.push(photo);
        rows.push(row);
    }
    insert(cx, &session.account_id, post, rows).await
}

/// Stores a post at the first path of its day that is free: `hello`, `hello-2` and so on.
async fn insert(cx: &Context, account_id: &str, mut post: Post, media: Vec<Sql>) -> Result<()> {
    let words = markdown::plain_text(&post.html);
    let slug = slug::from_text(post.title.as_deref(), &words, post.published_at);
    for attempt in 1..=PATHS_MAX {
        let slug = match attempt {
            1 => slug.clone(),
            PATHS_MAX => format!("{slug}-{:08x}", u32::from_le_bytes(cx.random::<4>()?)),
            n => format!("{slug}-{n}"),
        };
        post.path = slug::permalink_path(post.published_at, &slug);
        match store::post::insert(cx, account_id, &post, media.clone()).await {
            Err(Error::Conflict) => {}
            done => return done,
        }
    }
    Err(Error::Conflict)
}

/// `GET /posts/{id}/edit`
pub async fn edit(v: Visit<'_>) -> Result<Response> {
    let post = find(&v).await?;
    compose(&v, Some(&post), &Draft::of_post(&post), None)
}

/// `POST /posts/{id}`
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let session = v.session()?.clone();
    let post = find(&v).await?;
    let draft = Draft::of_form(&v.form().await?);
    let (removed, kept): (Vec<Photo>, Vec<Photo>) =
        post.photos.iter().cloned().partition(|photo| draft.removes(photo));
    let checked = match draft.check(v.cx.seconds(), session.timezone.as_deref(), kept.len()) {
        Ok(checked) => checked,
        Err(problem) => return compose(&v, Some(&post), &draft, Some(problem)),
    };
    // Path and date stay: others have linked to them.
    let mut post =
        Post { title: checked.title, text: checked.text, html: checked.html, photos: kept, ..post };
    let mut rows = Vec::new();
    if let Some(picture) = checked.picture {
        let (photo, row) = media::store(v.cx, &post, picture, checked.alt).await?;
        post.photos.push(photo);
        rows.push(row);
    }
    if !store::post::update(v.cx, &post, rows, &removed).await? {
        return Err(Error::NotFound);
    }
    changed(v.cx, &session).await;
    web::see_other("/posts")
}

/// `POST /posts/{id}/deletion`; one that is deleted already stays so.
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    let post = store::post::find(v.cx, &session.blog_id, v.param("id")).await?;
    let post = post.ok_or(Error::NotFound)?;
    if store::post::delete(v.cx, &post).await? {
        changed(v.cx, session).await;
    }
    web::see_other("/posts")
}

/// A post of one's own that is not deleted.
async fn find(v: &Visit<'_>) -> Result<Post> {
    let post = store::post::find(v.cx, &v.session()?.blog_id, v.param("id")).await?;
    post.filter(|post| post.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// What follows a change. The change itself stands, whatever happens here.
async fn changed(cx: &Context, session: &Session) {
    if let Err(error) = web::announce(cx, &session.username).await {
        cx.log(&format!("visitors learn of a change later: {error}"));
    }
    cx.wake();
}

/// The composer; with a problem it is the form again, and what was typed is kept.
fn compose(
    v: &Visit<'_>,
    post: Option<&Post>,
    draft: &Draft,
    problem: Option<&'static str>,
) -> Result<Response> {
    let photos = post.map(|post| post.photos.as_slice()).unwrap_or_default();
    let page = Compose {
        layout: Layout::of(v, if post.is_none() { "Write a post" } else { "Edit the post" }),
        action: post.map_or_else(|| "/posts".to_owned(), |post| format!("/posts/{}", post.id)),
        is_new: post.is_none(),
        title: draft.title.clone(),
        text: draft.text.clone(),
        alt: draft.alt.clone(),
        published_at: draft.published_at.clone(),
        photos: photos.iter().map(|photo| shown(v.cx, draft, photo)).collect(),
        error: problem.map(|problem| sentence(problem, draft)),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web::page_with_status(status, &page)
}

fn shown(cx: &Context, draft: &Draft, photo: &Photo) -> Shown {
    Shown {
        id: photo.key.clone(),
        url: cx.config.media_url(&photo.key),
        alt: photo.alt.clone(),
        width: photo.width,
        height: photo.height,
        is_removed: draft.removes(photo),
    }
}

/// No browser lets a page fill in a file.
fn sentence(problem: &str, draft: &Draft) -> String {
    match draft.photo {
        Some(_) => format!("{problem} The photo has to be chosen again."),
        None => problem.to_owned(),
    }
}
