//! The categories of a blog, and the posts in each.

use crate::{
    cache::{self, Key, Page, Rendered},
    home::POSTS,
    theme::{self, HTML},
};
use domain::{blog::Blog, post::Post, slug};
use http::StatusCode;
use platform::{Config, Context, Error, Response, Result};
use themes::Page as Frame;
use web::Visit;

/// A hundred characters of the longest kind.
const SLUG_BYTES_MAX: usize = 1000;

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
    let place = place(given);
    // What is no slug or place as we write them costs no query.
    let is_odd = name.len() > SLUG_BYTES_MAX || slug::of_category(name) != name;
    if is_odd || place.is_none() != given.is_empty() {
        return theme::not_found(v.cx, &blog).await;
    }
    let key = Key { blog, page: Page::Category(name.to_owned(), place) };
    match cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog).await,
    }
}

/// `1795356300-179535630000012345`: the time and the id of a post.
fn place(text: &str) -> Option<(i64, String)> {
    let (at, id) = text.rsplit_once('-')?;
    let seconds: i64 = at.parse().ok()?;
    let is_ours = seconds.to_string() == at && id.len() == 18;
    (is_ours && id.bytes().all(|b| b.is_ascii_digit())).then(|| (seconds, id.to_owned()))
}

async fn render_index(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let url = cx.config.blog_origin(&key.blog.username, key.blog.domain.as_deref());
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
    let is_full = i64::try_from(posts.len()).is_ok_and(|count| count == more);
    if is_full {
        posts.pop();
    }
    let Some(heading) = posts.first().and_then(|post| name(&key.blog, post, slug)) else {
        return Ok(None);
    };
    let url = address(&cx.config, &key.blog, slug);
    let older = posts.last().filter(|_| is_full);
    let older = older.map(|post| format!("{url}/before/{}-{}", post.published_at, post.id));
    let canonical = match place {
        Some((at, id)) => format!("{url}/before/{at}-{id}"),
        None => url.clone(),
    };
    let frame = Frame {
        kind: "home",
        title: heading.clone(),
        url: canonical,
        description: key.blog.tagline.clone(),
        newer: place.is_some().then_some(url),
        older,
        ..Frame::default()
    };
    let posts = posts.into_iter().map(|post| themes::post(&cx.config, &key.blog, post, true));
    let model = vec![("heading", heading.into()), ("posts", themes::list(posts))];
    let page = theme::page(cx, &key.blog, "home", frame, model).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, &key.blog, page)))
}

fn address(config: &Config, blog: &Blog, slug: &str) -> String {
    format!(
        "{}{}",
        config.blog_origin(&blog.username, blog.domain.as_deref()),
        slug::category_path(slug)
    )
}

/// The category's name, as the post has it.
fn name(blog: &Blog, post: &Post, slug: &str) -> Option<String> {
    blog.categories_of(post).into_iter().find(|(other, _)| other == slug).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_time_and_an_id() {
        let id = "179535630000012345";
        for (text, expected) in [
            (format!("12-{id}"), true),
            (format!("-12-{id}"), true),
            (format!("012-{id}"), false),
            (format!("+12-{id}"), false),
            (format!("12-{id}0"), false),
            ("12-".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(place(&text).is_some(), expected, "{text}");
        }
    }
}
