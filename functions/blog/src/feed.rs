//! The feeds of a blog, for visitors; what each holds, [`web::feed`] says.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme, validators,
};
use domain::{blog::Blog, feed};
use http::{HeaderValue, StatusCode, header};
use platform::{Body, Context, Error, Response, Result};
use web::{
    Visit,
    feed::{Feed, List},
    place,
};

/// `GET /feed.xml` and all the others; the list is the route's, the format the file's.
pub async fn show(v: Visit<'_>, list: List) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let Some(feed) = asked(&v, list) else { return theme::not_found(v.cx, &blog).await };
    let url = format!("{}{}", theme::origin(&v.cx.config, &blog), feed.path());
    let is_newest = feed.before.is_none();
    let key = Key { blog, page: Page::Feed(feed) };
    let response = cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await?;
    let Some(mut response) = response else { return theme::not_found(v.cx, &key.blog).await };
    validators::keep_for_minutes(&mut response);
    validators::link(&mut response, &url, "self")?;
    if is_newest {
        validators::link(&mut response, &v.cx.config.app_url(feed::HUB_PATH), "hub")?;
    }
    Ok(response)
}

/// `GET /categories/{slug}/{file}`, the feeds of a category.
pub async fn of_category(v: Visit<'_>) -> Result<Response> {
    let slug = v.param("slug").to_owned();
    show(v, List::Category(slug)).await
}

/// The feed at this address; None where there can be none, which costs no query.
fn asked(v: &Visit<'_>, list: List) -> Option<Feed> {
    if matches!(&list, List::Category(slug) if !place::is_category(slug)) {
        return None;
    }
    let (given, before) = (v.param("place"), place::parse(v.param("place")));
    let file = v.req.uri().path().rsplit('/').next()?;
    Feed::of_file(list, file, before).filter(|feed| feed.before.is_none() == given.is_empty())
}

/// The other addresses that readers try.
pub async fn alias(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    to_feed(&v, &blog)
}

/// To where the feed of all posts is (RFC 9110, section 15.4.2).
pub fn to_feed(v: &Visit<'_>, blog: &Blog) -> Result<Response> {
    let feed = format!("{}/feed.xml", theme::origin(&v.cx.config, blog));
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let feed = HeaderValue::from_str(&feed).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, feed);
    Ok(response)
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let (Page::Feed(feed), blog) = (&key.page, &key.blog) else { return Ok(None) };
    let text = web::feed::render(cx, blog, feed).await?;
    Ok(text.map(|text| Rendered::new(StatusCode::OK, feed.content_type(), blog, text)))
}
