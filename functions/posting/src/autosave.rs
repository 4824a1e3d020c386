//! What the composer's script asks for while somebody writes: words kept, a look at them, files taken.

use crate::{
    compose,
    draft::Draft,
    micropub_media, own_blog,
    publish::{self, Once, Writer},
};
use domain::{
    media::clean,
    post::{self, Post, Status},
};
use http::StatusCode;
use platform::{Error, Response, Result};
use serde_json::json;
use web::{Form, Visit};

/// The longest text as a form has it, three bytes for each of its bytes, and what stands around it.
pub const BODY_BYTES_MAX: usize = 3 * post::TEXT_BYTES_MAX + (64 << 10);

const CHANGED: &str = "It was changed in another window. Save it yourself to see both.";

/// `POST /posts/draft`: keeps what is in the form. A new post is a draft from then on; over a post
/// that is public the words wait, until somebody saves them.
pub async fn save(mut v: Visit<'_>) -> Result<Response> {
    let body = v.bytes().await?;
    let mut form = Form::of_urlencoded(&body)?;
    v.turn_to_blog_of(&form).await?;
    let writer = Writer::of_session(&v)?;
    let saved = match form.get("id") {
        "" => begin(&v, &writer, &mut form).await,
        id => match store::post::find(v.cx, &writer.blog_id, id).await? {
            Some(post) if post.status == Status::Draft => go_on(&v, &writer, post, &mut form).await,
            Some(post) => {
                let form = String::from_utf8_lossy(&body);
                store::edit::put(v.cx, &writer.blog_id, &post.id, &form).await.map(|()| post)
            }
            None => Err(Error::NotFound),
        },
    };
    match saved {
        Ok(post) => {
            let at = v.human(v.cx.seconds());
            let saved = json!({
                "id": post.id,
                "revision": post.revision,
                "at": at.rsplit(' ').next(),
                "preview": web::preview_url(v.cx, &writer.origin(v.cx), &post.id)?,
            });
            Ok(web::json(StatusCode::OK, &saved))
        }
        Err(Error::Invalid(problem)) => Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &problem)),
        Err(Error::Payment(problem)) => Ok(refused(StatusCode::PAYMENT_REQUIRED, &problem)),
        Err(Error::Conflict) => Ok(refused(StatusCode::CONFLICT, CHANGED)),
        Err(error) => Err(error),
    }
}

/// The same form makes the same draft, even if the answer to it was lost.
async fn begin(v: &Visit<'_>, writer: &Writer, form: &mut Form) -> Result<Post> {
    let draft = Draft { is_draft: true, ..Draft::default().with(form) };
    let entry = draft.entry(v.cx, writer.timezone.as_deref(), None).map_err(Error::invalid)?;
    let once = (!draft.key.is_empty()).then(|| Once::by_key(&format!("draft {}", draft.key), b""));
    let post = publish::create(v.cx, writer, entry, once.as_ref()).await?;
    if post.text == draft.text && post.revision == 1 {
        return Ok(post);
    }
    change(v, writer, &post, draft).await
}

async fn go_on(v: &Visit<'_>, writer: &Writer, post: Post, form: &mut Form) -> Result<Post> {
    let draft = Draft::of_post(v.cx, writer.timezone.as_deref(), &post).with(form);
    if draft.revision != Some(post.revision) {
        return Err(Error::Conflict);
    }
    change(v, writer, &post, draft).await
}

async fn change(v: &Visit<'_>, writer: &Writer, post: &Post, draft: Draft) -> Result<Post> {
    if post.deleted_at.is_some() || post.status != Status::Draft {
        return Err(Error::Conflict);
    }
    let draft = Draft { is_draft: true, ..draft };
    let entry =
        draft.entry(v.cx, writer.timezone.as_deref(), Some(post)).map_err(Error::invalid)?;
    let new = publish::update(v.cx, writer, post, entry).await?;
    Ok(Post { revision: post.revision.saturating_add(1), ..new })
}

/// `POST /posts/{id}/edits/deletion`: what was typed over a public post is thrown away.
pub async fn discard(mut v: Visit<'_>) -> Result<Response> {
    own_blog::of_post(&mut v).await?;
    let post = compose::find(&v).await?;
    store::edit::delete(v.cx, &post.blog_id, &post.id).await?;
    web::see_other(&format!("/posts/{}/edit", post.id))
}

/// `POST /posts/preview`: the text as the blog would show it.
pub async fn preview(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let text = form.text("text");
    if text.len() > post::TEXT_BYTES_MAX {
        return Err(Error::TooLarge);
    }
    Ok(web::html(StatusCode::OK, post::html(text, post::Format::Markdown)))
}

/// `POST /posts/files`: the body is a file for the library, which a post may show then.
pub async fn upload(mut v: Visit<'_>) -> Result<Response> {
    let writer = Writer::of_session(&v)?;
    let file = match clean(v.bytes().await?) {
        Ok(file) => file,
        Err(problem) => return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, problem)),
    };
    let media = match micropub_media::store(v.cx, &writer, file, "").await {
        Err(Error::Payment(problem)) => {
            return Ok(refused(StatusCode::PAYMENT_REQUIRED, &problem));
        }
        media => media?,
    };
    let placed = json!({
        "url": v.cx.config.media_url(&media.key),
        "key": media.key,
        "type": media.content_type,
        "width": media.width,
        "height": media.height,
    });
    Ok(web::json(StatusCode::CREATED, &placed))
}

fn refused(status: StatusCode, problem: &str) -> Response {
    web::json(status, &json!({ "error": problem }))
}
