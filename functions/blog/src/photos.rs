//! The photos of a blog, each with the way to its post.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme::{self, HTML},
};
use domain::post::Post;
use http::StatusCode;
use platform::{Config, Context, Response, Result};
use themes::{Page as Frame, Value};
use web::{Visit, place};

/// So many posts, of which some have more photos than one.
const POSTS: i64 = 24;
const LABEL_CHARS: usize = 80;

/// `GET /photos`, or those before the post that `place` names.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let (given, before) = (v.param("place"), place::parse(v.param("place")));
    if before.is_none() != given.is_empty() {
        return theme::not_found(v.cx, &blog).await;
    }
    let key = Key { blog, page: Page::Photos(before) };
    match cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog).await,
    }
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let (Page::Photos(before), blog) = (&key.page, &key.blog) else { return Ok(None) };
    let place = before.as_ref().map_or(store::archive::END, |(at, id)| (*at, id.as_str()));
    let more = POSTS.saturating_add(1);
    let mut posts = store::archive::list_with_photos(cx, &blog.id, place, more).await?;
    let older = place::cut(&mut posts, POSTS);
    let origin = theme::origin(&cx.config, blog);
    let url = format!("{origin}/photos");
    let frame = Frame {
        kind: "single",
        title: "Photos".to_owned(),
        url: cache::before_path(&url, before),
        path: "/photos".to_owned(),
        description: blog.tagline.clone(),
        newer: before.is_some().then(|| url.clone()),
        older: older.map(|older| cache::before_path(&url, &Some(older))),
        ..Frame::default()
    };
    let photos = posts.iter().flat_map(|post| photos(&cx.config, &origin, post));
    let model = vec![("photos", themes::list(photos))];
    let page = theme::page(cx, blog, "photos", frame, model).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, blog, page)))
}

fn photos(config: &Config, origin: &str, post: &Post) -> Vec<Value> {
    let label = post.label(LABEL_CHARS);
    let photo = |photo: &domain::post::Photo| {
        // It is all that the link says, so it is never empty.
        let alt = if photo.alt.trim().is_empty() { &label } else { &photo.alt };
        themes::map(vec![
            ("post", format!("{origin}{}", post.path).into()),
            ("name", alt.into()),
            ("url", config.media_url(&photo.key).into()),
            ("width", photo.width.into()),
            ("height", photo.height.into()),
        ])
    };
    post.photos.iter().map(photo).collect()
}
