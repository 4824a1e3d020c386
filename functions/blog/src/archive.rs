//! The archive of a blog: its months, and the posts of each.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme::{self, HTML},
};
use domain::{blog::Blog, datetime};
use http::StatusCode;
use platform::{Context, Response, Result};
use themes::{Page as Frame, Value};
use web::{Visit, place};

/// Of each post stands only its title or its first words, so a page has many.
const POSTS: i64 = 100;

/// `GET /archive`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    answer(&v, blog, Page::Archive).await
}

/// `GET /archive/{yyyy}/{mm}`, or its posts before the one that `place` names.
pub async fn month(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let month = format!("{}-{}", v.param("yyyy"), v.param("mm"));
    let (given, before) = (v.param("place"), place::parse(v.param("place")));
    // What is no month or place as we write them costs no query.
    if datetime::month_span(&month).is_none() || before.is_none() != given.is_empty() {
        return theme::not_found(v.cx, &blog).await;
    }
    answer(&v, blog, Page::Month(month, before)).await
}

async fn answer(v: &Visit<'_>, blog: Blog, page: Page) -> Result<Response> {
    let key = Key { blog, page };
    match cache::answer(v, &key, |cx, key| Box::pin(render(cx, key))).await? {
        Some(response) => Ok(response),
        None => theme::not_found(v.cx, &key.blog).await,
    }
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let url = format!("{}/archive", theme::origin(&cx.config, &key.blog));
    match &key.page {
        Page::Archive => render_index(cx, &key.blog, url).await.map(Some),
        Page::Month(month, before) => render_month(cx, &key.blog, &url, month, before).await,
        _ => Ok(None),
    }
}

async fn render_index(cx: &Context, blog: &Blog, url: String) -> Result<Rendered> {
    let months = store::archive::months(cx, &blog.id).await?;
    let language = &blog.language;
    let years = months.chunk_by(|(one, _), (other, _)| year(one) == year(other)).map(|months| {
        let of_year = months.iter().map(|(month, count)| {
            themes::map(vec![
                ("name", datetime::human_month(month, language).into()),
                ("url", format!("{url}/{}", month.replace('-', "/")).into()),
                ("count", (*count).into()),
            ])
        });
        let name = months.first().map(|(month, _)| year(month)).unwrap_or_default();
        themes::map(vec![("name", name.into()), ("months", themes::list(of_year))])
    });
    let model = vec![("years", themes::list(years))];
    let frame = Frame {
        kind: "single",
        title: "Archive".to_owned(),
        url: url.clone(),
        path: "/archive".to_owned(),
        description: blog.tagline.clone(),
        ..Frame::default()
    };
    let page = theme::page(cx, blog, "archive", frame, model).await?;
    Ok(Rendered::new(StatusCode::OK, HTML, blog, page))
}

fn year(month: &str) -> &str {
    month.split('-').next().unwrap_or_default()
}

async fn render_month(
    cx: &Context,
    blog: &Blog,
    archive: &str,
    month: &str,
    before: &Option<(i64, String)>,
) -> Result<Option<Rendered>> {
    let Some((since, end)) = datetime::month_span(month) else { return Ok(None) };
    let until = before.as_ref().map_or((end, ""), |(at, id)| ((*at).min(end), id.as_str()));
    let more = POSTS.saturating_add(1);
    let mut posts = store::archive::list(cx, &blog.id, since, until, more).await?;
    if posts.is_empty() {
        return Ok(None);
    }
    let older = place::cut(&mut posts, POSTS);
    let url = format!("{archive}/{}", month.replace('-', "/"));
    let heading = datetime::human_month(month, &blog.language);
    let frame = Frame {
        kind: "single",
        title: heading.clone(),
        url: cache::before_path(&url, before),
        description: blog.tagline.clone(),
        newer: before.is_some().then(|| url.clone()),
        older: older.map(|older| cache::before_path(&url, &Some(older))),
        ..Frame::default()
    };
    let lines = posts.iter().map(|post| themes::line(&cx.config, blog, post));
    let lines: Value = themes::list(lines);
    let model = vec![("heading", heading.into()), ("posts", lines)];
    let page = theme::page(cx, blog, "list", frame, model).await?;
    Ok(Some(Rendered::new(StatusCode::OK, HTML, blog, page)))
}
