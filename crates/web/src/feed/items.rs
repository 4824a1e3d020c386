//! Posts as feeds have them.

use domain::{
    blog::Blog,
    feed::{FeedFile, FeedItem},
    html,
    post::{Files, Post},
};
use platform::{Context, Result};
use store::media::Media;
use url::Url;

const WORDS_CHARS: usize = 280;
/// Of a post of which nothing else is said.
const SHORT_CHARS: usize = 100;
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

/// Posts with all that they show.
pub async fn whole(cx: &Context, blog: &Blog, posts: Vec<Post>) -> Result<Vec<FeedItem>> {
    let own: Vec<String> = posts.iter().flat_map(keys).cloned().collect();
    let known = store::media::find_all(cx, &blog.id, &own).await?;
    Ok(posts.into_iter().map(|post| item(cx, blog, &known, post)).collect())
}

/// Posts with their title, or their first words.
pub fn short(cx: &Context, blog: &Blog, posts: Vec<Post>) -> Vec<FeedItem> {
    let short = |post: Post| FeedItem {
        words: post.label(SHORT_CHARS),
        categories: Vec::new(),
        ..frame(cx, blog, post)
    };
    posts.into_iter().map(short).collect()
}

/// What can be said of a post without reading it.
fn frame(cx: &Context, blog: &Blog, post: Post) -> FeedItem {
    FeedItem {
        // It stays when slug or host name change.
        guid: format!("urn:pipit:post:{}", post.id),
        url: format!("{}{}", super::origin(&cx.config, blog), post.path),
        categories: blog.categories_of(&post).into_iter().map(|(_, name)| name).collect(),
        image: post.photos.first().map(|photo| cx.config.media_url(&photo.key)),
        title: post.title,
        published_at: post.published_at,
        updated_at: post.updated_at,
        ..FeedItem::default()
    }
}

fn item(cx: &Context, blog: &Blog, known: &[Media], post: Post) -> FeedItem {
    let address = |key: &str| cx.config.media_url(key);
    let shown = Files { address: &address, is_lazy: false, links_elsewhere: false };
    let said = post.context_html() + &post.html;
    let words = post.words_or(html::words(&said));
    let html = said + &post.files_html(&shown);
    let words = if words.is_empty() { post.label(WORDS_CHARS) } else { words };
    let files = keys(&post).filter_map(|key| file(cx, known, key)).collect();
    let frame = frame(cx, blog, post);
    // Readers show it far from the blog, so its links must stand alone.
    let html = match Url::parse(&frame.url) {
        Ok(base) => html::absolute(&html, &base),
        Err(_) => html,
    };
    FeedItem { html, words, files, ..frame }
}

/// The files of a post. RSS allows one, so sound and pictures that move come before photos.
fn keys(post: &Post) -> impl Iterator<Item = &String> {
    let clips = post.clips.iter().map(|clip| &clip.key);
    clips.chain(post.photos.iter().map(|photo| &photo.key))
}

fn file(cx: &Context, known: &[Media], key: &str) -> Option<FeedFile> {
    let media = known.iter().find(|media| media.key == key);
    let (media_type, bytes) = match media {
        Some(media) => (media.content_type.clone(), media.bytes),
        None => (media_type(key)?.to_owned(), 0),
    };
    Some(FeedFile { url: cx.config.media_url(key), media_type, bytes })
}

/// What a file elsewhere says of itself.
fn media_type(address: &str) -> Option<&'static str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let (_, end) = path.rsplit_once('.')?;
    TYPES.into_iter().find(|(name, _)| end.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
}
