//! The composer: writing a post, and changing one.

use crate::{
    draft::Draft,
    publish::{self, Entry, Writer},
};
use askama::Template;
use domain::post::{Photo, Post};
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use web::{Layout, Visit};

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

/// `GET /posts/new`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    compose(&v, None, &Draft::default(), None)
}

/// `POST /posts`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let writer = Writer::of_session(&v)?;
    let draft = Draft::of_form(&v.form().await?);
    let entry = draft.entry(v.cx.seconds(), writer.timezone.as_deref(), Entry::default());
    let made = match entry {
        Ok(entry) => publish::create(v.cx, &writer, entry, None).await,
        Err(problem) => Err(Error::invalid(problem)),
    };
    match made {
        Ok(_) => web::see_other("/posts"),
        Err(Error::Invalid(problem)) => compose(&v, None, &draft, Some(&problem)),
        Err(error) => Err(error),
    }
}

/// `GET /posts/{id}/edit`
pub async fn edit(v: Visit<'_>) -> Result<Response> {
    let post = find(&v).await?;
    compose(&v, Some(&post), &Draft::of_post(&post), None)
}

/// `POST /posts/{id}`
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let writer = Writer::of_session(&v)?;
    let post = find(&v).await?;
    let draft = Draft::of_form(&v.form().await?);
    let mut kept = Entry::of_post(&post);
    kept.photos.retain(|photo| !draft.removes(photo));
    let entry = draft.entry(v.cx.seconds(), writer.timezone.as_deref(), kept);
    let made = match entry {
        Ok(entry) => publish::update(v.cx, &writer, &post, entry).await,
        Err(problem) => Err(Error::invalid(problem)),
    };
    match made {
        Ok(_) => web::see_other("/posts"),
        Err(Error::Invalid(problem)) => compose(&v, Some(&post), &draft, Some(&problem)),
        Err(error) => Err(error),
    }
}

/// A post of one's own that is not deleted.
async fn find(v: &Visit<'_>) -> Result<Post> {
    let post = store::post::find(v.cx, &v.session()?.blog_id, v.param("id")).await?;
    post.filter(|post| post.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// The composer; with a problem it is the form again, and what was typed is kept.
fn compose(
    v: &Visit<'_>,
    post: Option<&Post>,
    draft: &Draft,
    problem: Option<&str>,
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
