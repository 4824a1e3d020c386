//! A person's public page: who they are, where they write, and what they wrote last.

use askama::Template;
use domain::{datetime, post::Post};
use platform::{Error, Response, Result};
use store::{
    blog::{self, Own},
    follow, post,
    profile::{self, Profile},
    subscription,
};
use web::{Layout, Visit};

const POSTS_MAX: i64 = 10;
const FEEDS_MAX: i64 = 100;
const LABEL_CHARS: usize = 140;

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
    layout: Layout,
    username: String,
    name: String,
    bio: Vec<String>,
    site: Option<String>,
    site_name: String,
    is_verified: bool,
    blog_url: String,
    blog_name: String,
    /// Title and address of each further blog.
    others: Vec<(String, String)>,
    canonical: String,
    avatar_url: String,
    header_url: Option<String>,
    follow: Follow,
    posts: Vec<Row>,
    /// Name and address of each feed that they read.
    feeds: Vec<(String, String)>,
}

/// Which button the visitor sees.
#[derive(PartialEq, Eq)]
enum Follow {
    /// A stranger sees none.
    Nothing,
    /// One's own page.
    Edit,
    /// Following is offered.
    Offer,
    /// An end to it is.
    End,
}

struct Row {
    url: String,
    label: String,
    published_iso: String,
    published: String,
}

/// `GET /@{username}`; the name of another blog of somebody's leads to them.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let username = v.param("username").to_lowercase();
    let profile = profile::find_by_blog(v.cx, &username).await?.ok_or(Error::NotFound)?;
    if profile.username != username {
        return web::see_other(&format!("/@{}", profile.username));
    }
    let others = others(&v, &profile).await?;
    let posts = post::list_newest(v.cx, &profile.blog_id, POSTS_MAX).await?;
    let feeds = subscription::list_public(v.cx, &profile.account_id, FEEDS_MAX).await?;
    let follow = follow(&v, &profile).await?;
    let config = &v.cx.config;
    let blog_url = config.blog_origin(&profile.username, profile.domain.as_deref());
    let shown = |address: &str| {
        let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
        bare.trim_end_matches('/').to_owned()
    };
    web::page(&Page {
        layout: Layout::of(&v, &profile.name),
        bio: profile
            .bio
            .lines()
            .map(str::to_owned)
            .filter(|line| !line.trim().is_empty())
            .collect(),
        site_name: profile.site.as_deref().map(shown).unwrap_or_default(),
        site: profile.site.clone(),
        is_verified: profile.site_verified_at.is_some(),
        blog_name: shown(&blog_url),
        canonical: config.app_url(&format!("/@{}", profile.username)),
        avatar_url: profile.avatar_path(),
        header_url: profile.header_key.as_deref().map(|key| config.media_url(key)),
        others,
        follow,
        feeds,
        posts: posts.iter().map(|post| row(&v, &blog_url, post)).collect(),
        blog_url,
        username: profile.username,
        name: profile.name,
    })
}

async fn others(v: &Visit<'_>, profile: &Profile) -> Result<Vec<(String, String)>> {
    if profile.blog_count < 2 {
        return Ok(vec![]);
    }
    let mut all = blog::list_own(v.cx, &profile.account_id).await?;
    all.retain(|own| own.id != profile.blog_id);
    let link = |own: Own| {
        let url = v.cx.config.blog_origin(&own.name, own.domain.as_deref());
        (own.title, url)
    };
    Ok(all.into_iter().map(link).collect())
}

async fn follow(v: &Visit<'_>, profile: &Profile) -> Result<Follow> {
    let Some(session) = &v.session else { return Ok(Follow::Nothing) };
    if session.account_id == profile.account_id {
        return Ok(Follow::Edit);
    }
    let follows = follow::is_following(v.cx, &session.account_id, &profile.blog_id).await?;
    Ok(if follows { Follow::End } else { Follow::Offer })
}

fn row(v: &Visit<'_>, blog_url: &str, post: &Post) -> Row {
    Row {
        url: format!("{blog_url}{}", post.path),
        label: post.label(LABEL_CHARS),
        published_iso: datetime::rfc3339(post.published_at),
        published: v.human(post.published_at),
    }
}
