//! What a template is given: maps, lists and texts. `docs/pages/themes.html` describes them.

use crate::{sheet, value::Value};
use domain::{
    blog::Blog,
    datetime,
    look::{self, FOOT, HEAD, Look, PHOTO, REPLIES},
    post::{Channel, Files, Post, Status, host},
    slug,
};
use platform::Config;

/// So much of a post without a title stands in a line.
const LABEL_CHARS: usize = 80;
/// In lists so many categories of a post are shown.
const CATEGORIES_LISTED: usize = 10;
/// So much of a post stands for it in lists that do not show it whole.
const SUMMARY_CHARS: usize = 240;
/// A slip that is mended at once makes no new version for readers.
const EDIT_SECONDS: i64 = 600;

/// What a template is given: names and values.
pub type Model = Vec<(&'static str, Value)>;

/// What the frame of a page needs to know of the page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The class of the body: `home` for a list of posts, `single` for one of them, or nothing.
    pub kind: &'static str,
    /// What stands before the blog's title; the home page has nothing there.
    pub title: String,
    /// Its one address, where it has one that may be shown to others.
    pub url: String,
    /// Its path, where the blog's head may lead to it.
    pub path: String,
    /// One or two sentences, plain text.
    pub description: String,
    /// Whether search engines are asked not to keep it.
    pub is_hidden: bool,
    /// The address of the page of newer posts.
    pub newer: Option<String>,
    /// The address of the page of older posts.
    pub older: Option<String>,
    /// Where feeds of these posts are, `feed.xml`, `atom.xml` and `feed.json`, where they are not all posts:
    /// an address without a slash at the end.
    pub feed: Option<String>,
}

impl From<Page> for Value {
    fn from(page: Page) -> Self {
        map(vec![
            ("kind", page.kind.into()),
            ("title", page.title.into()),
            ("url", page.url.into()),
            ("path", page.path.into()),
            ("description", page.description.into()),
            ("is_hidden", page.is_hidden.into()),
            ("newer", text(page.newer)),
            ("older", text(page.older)),
            ("feed", text(page.feed)),
        ])
    }
}

/// Names and values as one value.
pub fn map(pairs: Model) -> Value {
    Value::Map(pairs.into())
}

/// Values in their order.
pub fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::List(values.collect())
}

/// What is HTML already and was sanitised; everything else is escaped where it is written.
pub fn html(text: String) -> Value {
    Value::Html(text.into())
}

/// A link with its words: `name` and `url`, an address or a path of the blog.
pub fn named(name: &str, url: &str) -> Value {
    map(vec![("name", name.into()), ("url", url.into())])
}

/// Nothing is the empty text, so that a template that forgets to ask writes nothing.
fn text(text: Option<String>) -> Value {
    text.unwrap_or_default().into()
}

/// The blog, from its row and the configuration alone.
pub(crate) fn blog(config: &Config, blog: &Blog, look: &Look, texts: &[(String, String)]) -> Value {
    let own = |name: &str| {
        let text = texts.iter().find(|(known, _)| known == name);
        html(text.map(|(_, text)| text.clone()).unwrap_or_default())
    };
    map(vec![
        ("title", (&blog.title).into()),
        ("tagline", (&blog.tagline).into()),
        ("author", (&blog.author).into()),
        ("language", (&blog.language).into()),
        ("is_rtl", look::is_rtl(&blog.language).into()),
        ("url", config.blog_origin(&blog.username, blog.domain.as_deref()).into()),
        ("app_url", config.app_url("").into()),
        ("photo_url", config.app_url(&format!("/avatars/{}", blog.person())).into()),
        ("has_photo", look.has(PHOTO).into()),
        ("profile_url", config.app_url(&format!("/@{}", blog.person())).into()),
        ("site", text(blog.site.clone())),
        ("pages", list(pages(blog, look))),
        ("theme", (&look.theme).into()),
        ("footer", (&look.footer).into()),
        ("sheet", sheet::address(blog, look).into()),
        ("own_head", own(HEAD)),
        ("own_foot", own(FOOT)),
    ])
}

/// What the head leads to: lists first, then pages.
fn pages(blog: &Blog, look: &Look) -> impl Iterator<Item = Value> {
    let list = |list: &String| Some(named(look::path_of(list)?, &format!("/{list}")));
    let pages = blog.navigation.iter().map(|link| named(&link.title, &link.path));
    look.lists.iter().filter_map(list).chain(pages)
}

/// A post on this blog, in a list or on its own.
pub fn post(config: &Config, blog: &Blog, post: Post, is_listed: bool) -> Value {
    let address = |key: &str| config.media_url(key);
    let files = Files { address: &address, is_lazy: is_listed, links_elsewhere: false };
    let mut model = vec![
        ("url", permalink(config, blog, &post).into()),
        ("context", html(post.context_html())),
        ("files", html(post.files_html(&files))),
        ("published_iso", datetime::rfc3339(post.published_at).into()),
        ("published", published(blog, &post).into()),
        ("categories", categories(blog, &post, is_listed)),
        ("pictures", pictures(config, &post)),
        ("is_page", (post.channel == Channel::Pages).into()),
    ];
    if is_listed {
        model.extend(short(blog, &post));
    } else {
        model.extend(details(blog, &post));
        model.push(("replies", replies(config, blog, &post).into()));
    }
    model.push(("title", text(post.title)));
    model.push(("html", html(post.html)));
    map(model)
}

/// What stands for a post that is not shown whole. The theme Plain shows all of them whole, and looking
/// for first words is half of what a page costs.
fn short(blog: &Blog, post: &Post) -> Model {
    let is_plain = Look::read(&blog.look).theme == "plain";
    if is_plain && blog.draft.is_none() && !blog.own.contains(".html") {
        return vec![];
    }
    let summary = post.excerpt(SUMMARY_CHARS);
    let label = match &post.title {
        None if !summary.is_empty() => summary.clone(),
        _ => post.label(SUMMARY_CHARS),
    };
    vec![("summary", summary.into()), ("label", label.into())]
}

/// When it was written, as the blog's clock shows it.
fn published(blog: &Blog, post: &Post) -> String {
    datetime::human(Look::read(&blog.look).local(post.published_at), &blog.language)
}

fn permalink(config: &Config, blog: &Blog, post: &Post) -> String {
    format!("{}{}", config.blog_origin(&blog.username, blog.domain.as_deref()), post.path)
}

/// A post as a line of a list: where it is, what it is called or begins with, and when it was written.
pub fn line(config: &Config, blog: &Blog, post: &Post) -> Value {
    map(vec![
        ("url", permalink(config, blog, post).into()),
        ("label", post.label(LABEL_CHARS).into()),
        ("published_iso", datetime::rfc3339(post.published_at).into()),
        ("published", published(blog, post).into()),
        ("is_page", (post.channel == Channel::Pages).into()),
    ])
}

fn categories(blog: &Blog, post: &Post, is_listed: bool) -> Value {
    let shown = if is_listed { CATEGORIES_LISTED } else { usize::MAX };
    let categories = blog.categories_of(post).into_iter().take(shown);
    list(categories.map(|(slug, name)| named(&name, &slug::category_path(&slug))))
}

/// The photos: what each shows, where it is, and its size.
fn pictures(config: &Config, post: &Post) -> Value {
    list(post.photos.iter().map(|photo| {
        map(vec![
            ("name", (&photo.alt).into()),
            ("url", config.media_url(&photo.key).into()),
            ("width", photo.width.into()),
            ("height", photo.height.into()),
        ])
    }))
}

/// What only the post's own page says.
fn details(blog: &Blog, post: &Post) -> Model {
    let app = post.app.as_ref().filter(|_| !blog.hides_app && post.channel == Channel::Posts);
    let app = app.map(|app| named(&app.name, web_address(app.url.as_deref())));
    let (edited_iso, edited) = edited(blog, post).unwrap_or_default();
    let elsewhere = post.addresses("syndication");
    vec![
        ("app", app.unwrap_or_else(|| "".into())),
        ("edited_iso", edited_iso.into()),
        ("edited", edited.into()),
        ("elsewhere", list(elsewhere.iter().map(|url| named(host(url), url)))),
    ]
}

/// The script that shows what people here answered, where the blog's owner wants it and the post is out.
fn replies(config: &Config, blog: &Blog, post: &Post) -> String {
    let is_out = post.status == Status::Published && post.channel == Channel::Posts;
    if !is_out || !Look::read(&blog.look).has(REPLIES) {
        return String::new();
    }
    let url = permalink(config, blog, post);
    config.app_url(&format!("/conversation.js?url={}", slug::escaped(&url)))
}

/// When a post was changed after it was out, for programs and for people.
fn edited(blog: &Blog, post: &Post) -> Option<(String, String)> {
    let is_later = post.updated_at > post.published_at.saturating_add(EDIT_SECONDS);
    let is_edited = is_later && post.revision > 1 && post.status == Status::Published;
    (is_edited && post.channel == Channel::Posts).then(|| {
        let at = post.updated_at;
        (datetime::rfc3339(at), datetime::human(Look::read(&blog.look).local(at), &blog.language))
    })
}

/// An address that a page may lead to, else nothing.
fn web_address(url: Option<&str>) -> &str {
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    url.filter(is_web).unwrap_or_default()
}
