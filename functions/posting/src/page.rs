//! The pages of one's blog: which there are, where they lead, and their order in its head.

use crate::{
    compose, own_blog,
    post::{self, Row},
};
use askama::Template;
use domain::post::Post;
use platform::{Response, Result};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "pages.html")]
struct Index {
    layout: Layout,
    blog_url: String,
    said: Option<&'static str>,
    deleted: Option<Row>,
    pages: Vec<Page>,
}

struct Page {
    row: Row,
    path: String,
    redirect: Option<String>,
    is_in_navigation: bool,
    is_first: bool,
    is_last: bool,
}

/// `GET /pages`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    let posts = store::page::list(v.cx, &session.blog_id).await?;
    let blog_url = session.blog_origin(&v.cx.config);
    let shown = posts.iter().filter(|post| post.is_in_navigation).count();
    let page = |(place, post): (usize, &Post)| -> Result<Page> {
        let mut row = post::row(&v, &blog_url, post)?;
        row.notes = row.notes.trim_start_matches(" · page").to_owned();
        Ok(Page {
            row,
            path: post.path.clone(),
            redirect: post.redirect().map(str::to_owned),
            is_in_navigation: post.is_in_navigation,
            is_first: place == 0,
            is_last: place.saturating_add(1) == shown,
        })
    };
    web::page(&Index {
        layout: Layout::of(&v, "Pages"),
        said: compose::said(&v.query("said")),
        deleted: post::just_deleted(&v, &blog_url).await?,
        pages: posts.iter().enumerate().map(page).collect::<Result<_>>()?,
        blog_url,
    })
}

/// `POST /pages/{id}/navigation` with `shown` 1 or 0: whether the blog's head leads there.
pub async fn show(mut v: Visit<'_>) -> Result<Response> {
    let is_shown = v.form().await?.get("shown") == "1";
    own_blog::of_post(&mut v).await?;
    store::page::set_navigation(v.cx, &v.session()?.blog_id, v.param("id"), is_shown).await?;
    done(&v).await
}

/// `POST /pages/{id}/position` with `to` up or down: one place on in the blog's head.
pub async fn shift(mut v: Visit<'_>) -> Result<Response> {
    let is_up = v.form().await?.get("to") == "up";
    own_blog::of_post(&mut v).await?;
    let blog_id = &v.session()?.blog_id;
    let pages = store::page::list(v.cx, blog_id).await?;
    let shown = pages.iter().filter(|page| page.is_in_navigation);
    let mut ids: Vec<&str> = shown.map(|page| page.id.as_str()).collect();
    let place = ids.iter().position(|id| *id == v.param("id"));
    let other = place.and_then(|at| if is_up { at.checked_sub(1) } else { at.checked_add(1) });
    if let (Some(place), Some(other)) = (place, other.filter(|other| *other < ids.len())) {
        ids.swap(place, other);
        store::page::set_order(v.cx, blog_id, &ids).await?;
    }
    done(&v).await
}

async fn done(v: &Visit<'_>) -> Result<Response> {
    web::announce(v.cx, &v.session()?.blog_name).await?;
    web::see_other("/pages")
}
