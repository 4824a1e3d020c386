//! The feed of a blog: RSS 2.0, the same bytes until the blog changes.

use crate::cache::{self, Key, Page, Rendered};
use domain::{
    feed::{self, FeedFile, FeedHead, FeedItem},
    html,
    post::{Files, Post},
};
use http::{HeaderValue, StatusCode, header};
use platform::{Body, Context, Error, Response, Result};
use web::Visit;

const POSTS: i64 = 25;
const WORDS_CHARS: usize = 280;
const TYPES: [(&str, &str); 9] = [
    ("avif", "image/avif"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("m4a", "audio/mp4"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("png", "image/png"),
    ("webp", "image/webp"),
];
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
    let feed =
        format!("{}/feed.xml", v.cx.config.blog_origin(&blog.username, blog.domain.as_deref()));
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let feed = HeaderValue::from_str(&feed).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, feed);
    Ok(response)
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let blog = &key.blog;
    let mut posts = store::post::list_newest(cx, &blog.id, POSTS).await?;
    for post in &mut posts {
        post.categories = blog.categories_of(post).into_iter().map(|(_, name)| name).collect();
    }
    let url = cx.config.blog_origin(&blog.username, blog.domain.as_deref());
    let home = format!("{url}/");
    let feed_url = format!("{url}/feed.xml");
    let head = FeedHead {
        title: &blog.title,
        description: &blog.tagline,
        url: &home,
        feed_url: &feed_url,
        language: &blog.language,
    };
    let files = files(cx, &blog.id, &posts).await?;
    let parts: Vec<Parts> =
        posts.iter().zip(files).map(|(post, file)| Parts::of(cx, &url, post, file)).collect();
    let items: Vec<FeedItem<'_>> = posts.iter().zip(&parts).map(item).collect();
    let xml = feed::rss(&head, &items);
    Ok(Some(Rendered::new(StatusCode::OK, RSS, blog, xml)))
}

/// What is said of a post and stored nowhere.
struct Parts {
    guid: String,
    url: String,
    html: String,
    words: String,
    file: Option<FeedFile>,
}

impl Parts {
    /// The guid stays when slug or host name change.
    fn of(cx: &Context, blog_url: &str, post: &Post, file: Option<FeedFile>) -> Self {
        let address = |key: &str| cx.config.media_url(key);
        let files = Files { address: &address, is_lazy: false, links_elsewhere: false };
        let said = post.context_html() + &post.html;
        let words = post.words_or(html::words(&said));
        Self {
            guid: format!("urn:pipit:post:{}", post.id),
            url: format!("{blog_url}{}", post.path),
            html: said + &post.files_html(&files),
            words: if words.is_empty() { post.label(WORDS_CHARS) } else { words },
            file,
        }
    }
}

/// The file of each post, where it has one whose kind is known: RSS allows one, so sound and pictures
/// that move come before photos.
async fn files(cx: &Context, blog_id: &str, posts: &[Post]) -> Result<Vec<Option<FeedFile>>> {
    let first = |post: &Post| -> Option<String> {
        let clip = post.clips.first().map(|clip| &clip.key);
        clip.or_else(|| post.photos.first().map(|photo| &photo.key)).cloned()
    };
    let keys: Vec<Option<String>> = posts.iter().map(first).collect();
    let own: Vec<String> = keys.iter().flatten().cloned().collect();
    let known = store::media::find_all(cx, blog_id, &own).await?;
    let file = |key: String| {
        let media = known.iter().find(|media| media.key == key);
        let (media_type, bytes) = match media {
            Some(media) => (media.content_type.clone(), media.bytes),
            None => (media_type(&key)?.to_owned(), 0),
        };
        Some(FeedFile { url: cx.config.media_url(&key), media_type, bytes })
    };
    Ok(keys.into_iter().map(|key| key.and_then(file)).collect())
}

/// What a file elsewhere says of itself.
fn media_type(address: &str) -> Option<&'static str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let (_, end) = path.rsplit_once('.')?;
    TYPES.into_iter().find(|(name, _)| end.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
}

fn item<'a>((post, parts): (&'a Post, &'a Parts)) -> FeedItem<'a> {
    FeedItem {
        guid: &parts.guid,
        url: &parts.url,
        title: post.title.as_deref(),
        html: &parts.html,
        words: &parts.words,
        categories: &post.categories,
        file: parts.file.as_ref(),
        published_at: post.published_at,
        updated_at: post.updated_at,
    }
}
