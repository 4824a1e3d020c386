//! The feed of a blog: RSS 2.0, the same bytes until the blog changes.

use crate::cache::{self, Key, Page, Rendered};
use domain::{
    feed::{self, FeedHead, FeedItem, FeedPhoto},
    post::{Photo, Post},
};
use http::{HeaderValue, StatusCode, header};
use platform::{Body, Context, Error, Response, Result};
use web::Visit;

const POSTS: i64 = 25;
const RSS: &str = "application/rss+xml; charset=utf-8";

/// `GET /feed.xml`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let key = Key { blog: cache::blog(&v).await?, page: Page::Feed };
    let response = cache::answer(&v, &key, |cx, key| Box::pin(render(cx, key))).await?;
    response.ok_or(Error::NotFound)
}

/// The other addresses that readers try (RFC 9110, section 15.4.2).
pub async fn alias(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let feed = format!("{}/feed.xml", v.cx.config.blog_origin(&blog.username));
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let feed = HeaderValue::from_str(&feed).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, feed);
    Ok(response)
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let blog = &key.blog;
    let posts = store::post::list_newest(cx, &blog.id, POSTS).await?;
    let url = cx.config.blog_origin(&blog.username);
    let home = format!("{url}/");
    let feed_url = format!("{url}/feed.xml");
    let head = FeedHead {
        title: &blog.title,
        description: &blog.tagline,
        url: &home,
        feed_url: &feed_url,
        language: &blog.language,
    };
    let addresses: Vec<Addresses> = posts.iter().map(|post| addresses(cx, &url, post)).collect();
    let photos: Vec<Vec<FeedPhoto<'_>>> =
        posts.iter().zip(&addresses).map(|(post, addresses)| photos(post, addresses)).collect();
    let items: Vec<FeedItem<'_>> = posts
        .iter()
        .zip(&addresses)
        .zip(&photos)
        .map(|((post, addresses), photos)| item(post, addresses, photos))
        .collect();
    let xml = feed::rss(&head, &items);
    Ok(Some(Rendered::new(StatusCode::OK, RSS, blog, xml)))
}

/// What is said of a post and stored nowhere.
struct Addresses {
    guid: String,
    url: String,
    photos: Vec<String>,
}

/// The guid stays when slug or host name change.
fn addresses(cx: &Context, blog_url: &str, post: &Post) -> Addresses {
    let photo = |photo: &Photo| cx.config.media_url(&photo.key);
    Addresses {
        guid: format!("urn:pipit:post:{}", post.id),
        url: format!("{blog_url}{}", post.path),
        photos: post.photos.iter().map(photo).collect(),
    }
}

fn photos<'a>(post: &'a Post, addresses: &'a Addresses) -> Vec<FeedPhoto<'a>> {
    let photos = post.photos.iter().zip(&addresses.photos);
    photos
        .map(|(Photo { alt, width, height, .. }, url)| FeedPhoto {
            url,
            alt,
            width: *width,
            height: *height,
        })
        .collect()
}

fn item<'a>(post: &'a Post, addresses: &'a Addresses, photos: &'a [FeedPhoto<'a>]) -> FeedItem<'a> {
    FeedItem {
        guid: &addresses.guid,
        url: &addresses.url,
        title: post.title.as_deref(),
        html: &post.html,
        photos,
        published_at: post.published_at,
        updated_at: post.updated_at,
    }
}
