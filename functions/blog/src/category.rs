//! The categories of a blog, and the posts in each.

use crate::{
    cache::{self, Key, Page, Rendered},
    home::POSTS,
    theme::{self, HTML},
};
use domain::slug;
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use themes::Page as Frame;
use web::{Visit, place};

/// `GET /categories`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let key = Key { blog: cache::blog(&v).await?, page: Page::Categories };
    let response = cache::answer(&v, &key, |cx, key| Box::pin(render_index(cx, key))).await?;
    response.ok_or(Error::NotFound)
}

/// `GET /categories/{slug}`, or its posts before the one that `place` names.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let (name, given) = (v.param("slug"), v.param("place"));
    let place = place::parse(given);
    // What is no slug or place as we write them costs no query.
    if !place::is_category(name) || place.is_none() != given.is_empty() {
        return theme::not_found(v.cx, &blog).await;
    }
    let key = Key { blog, page: Page::Category(name.to_owned(), place) };
    match cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog).await,
    }
}

async fn render_index(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let url = theme::origin(&cx.config, &key.blog);
    let categories = store::category::list_public(cx, &key.blog.id).await?;
    let frame = Frame {
        kind: "single",
        title: "Categories".to_owned(),
        url: format!("{url}/categories"),
        description: key.blog.tagline.clone(),
        ..Frame::default()
    };
    let link = |slug: &str, name: &str| themes::named(name, &slug::category_path(slug));
    let categories = themes::list(categories.iter().map(|of| link(&of.slug, &of.name)));
    let model = vec![("categories", categories)];
    let page = theme::page(cx, &key.blog, "categories", frame, model).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, &key.blog, page)))
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let Page::Category(slug, place) = &key.page else { return Ok(None) };
    let before = place.as_ref().map(|(at, id)| (*at, id.as_str()));
    let more = POSTS.saturating_add(1);
    let mut posts = store::post::list_by_category(cx, &key.blog.id, slug, before, more).await?;
    let older = place::cut(&mut posts, POSTS);
    let heading = posts.first().and_then(|post| place::category_name(&key.blog, post, slug));
    let Some(heading) = heading else { return Ok(None) };
    let origin = theme::origin(&cx.config, &key.blog);
    let url = format!("{origin}{}", slug::category_path(slug));
    let frame = Frame {
        kind: "home",
        title: heading.clone(),
        url: cache::before_path(&url, place),
        description: key.blog.tagline.clone(),
        newer: place.is_some().then(|| url.clone()),
        older: older.map(|older| cache::before_path(&url, &Some(older))),
        feed: Some(url),
        ..Frame::default()
    };
    let posts = posts.into_iter().map(|post| themes::post(&cx.config, &key.blog, post, true));
    let model = vec![("heading", heading.into()), ("posts", themes::list(posts))];
    let page = theme::page(cx, &key.blog, "home", frame, model).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, &key.blog, page)))
}
