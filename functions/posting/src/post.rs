//! One's own posts: the lists, the search, taking one away and bringing it back.

use crate::{
    compose, own_blog,
    publish::{self, Writer},
};
use askama::Template;
use domain::{
    datetime,
    post::{Channel, Kind, Post, Status, Visibility},
    search,
};
use platform::{Error, Response, Result};
use store::{own, post::TRASH_SECONDS};
use web::{Layout, Visit};

const PAGE: i64 = 50;
const LABEL_CHARS: usize = 80;
/// What `show` says in the address, and what stands on the tab.
const TABS: [(&str, &str); 4] =
    [("", "Published"), ("scheduled", "Scheduled"), ("drafts", "Drafts"), ("deleted", "Deleted")];

#[derive(Template)]
#[template(path = "posts.html")]
struct Index {
    layout: Layout,
    blog_url: String,
    tabs: Vec<Tab>,
    show: &'static str,
    query: Option<String>,
    said: Option<&'static str>,
    deleted: Option<Row>,
    posts: Vec<Row>,
    older: Option<String>,
}

struct Tab {
    url: String,
    name: &'static str,
    is_here: bool,
}

/// A post as a line of a list.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) url: String,
    pub(crate) is_public: bool,
    pub(crate) published_iso: String,
    pub(crate) published: String,
    /// Kind, visibility and the like, each with a separator before it.
    pub(crate) notes: String,
    /// Until when it can be brought back, of one that is deleted.
    pub(crate) until: Option<String>,
}

/// `GET /posts`: the published ones, or those that `show` names, or those with the words `q`; of them
/// those before the one that `before` names.
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    let (asked, words) = (v.query("show"), v.query("q"));
    let show = TABS.iter().map(|tab| tab.0).find(|name| *name == asked).unwrap_or_default();
    let query = Some(words.trim()).filter(|words| !words.is_empty());
    let before = position(&v.query("before"));
    let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
    let (cx, blog_id) = (v.cx, &*session.blog_id);
    let posts = match (query, show) {
        (Some(query), _) => match search::terms(query) {
            Some(terms) => store::search::list_own(cx, blog_id, &terms, before, PAGE).await?,
            None => vec![],
        },
        (_, "scheduled") => own::list(cx, blog_id, Status::Scheduled, before, PAGE).await?,
        (_, "drafts") => own::list(cx, blog_id, Status::Draft, before, PAGE).await?,
        (_, "deleted") => own::list_deleted(cx, blog_id, before, PAGE).await?,
        _ => own::list(cx, blog_id, Status::Published, before, PAGE).await?,
    };
    let blog_url = session.blog_origin(&cx.config);
    let is_full = i64::try_from(posts.len()).is_ok_and(|count| count == PAGE);
    let older = posts.last().filter(|_| is_full).map(|last| {
        let at = last.deleted_at.unwrap_or(last.published_at);
        let what = match query {
            Some(query) => format!("&q={}", encoded(query)),
            None if show.is_empty() => String::new(),
            None => format!("&show={show}"),
        };
        format!("/posts?before={at}-{}{what}", last.id)
    });
    let tab = |&(name, words): &(&'static str, &'static str)| Tab {
        url: if name.is_empty() { "/posts".to_owned() } else { format!("/posts?show={name}") },
        name: words,
        is_here: name == show && query.is_none(),
    };
    web::page(&Index {
        layout: Layout::of(&v, "Posts"),
        tabs: TABS.iter().map(tab).collect(),
        show,
        query: query.map(str::to_owned),
        said: compose::said(&v.query("said")),
        deleted: just_deleted(&v, &blog_url).await?,
        older,
        posts: posts.iter().map(|post| row(&v, &blog_url, post)).collect::<Result<_>>()?,
        blog_url,
    })
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The post that was deleted a moment ago, so that it can be brought back at once.
pub(crate) async fn just_deleted(v: &Visit<'_>, blog_url: &str) -> Result<Option<Row>> {
    let id = v.query("deleted");
    if id.is_empty() {
        return Ok(None);
    }
    let post = store::post::find(v.cx, &v.session()?.blog_id, &id).await?;
    let post = post.filter(|post| post.deleted_at.is_some() && post.purged_at.is_none());
    post.map(|post| row(v, blog_url, &post)).transpose()
}

/// `<unix seconds>-<id>`, as the addresses of further pages have it.
pub(crate) fn position(before: &str) -> Option<(i64, String)> {
    let (at, id) = before.split_once('-')?;
    Some((at.parse().ok()?, id.to_owned()))
}

/// What a list shows of a post.
pub(crate) fn row(v: &Visit<'_>, blog_url: &str, post: &Post) -> Result<Row> {
    let is_public = post.status == Status::Published && post.visibility != Visibility::Private;
    let until = post.deleted_at.map(|at| v.human(at.saturating_add(TRASH_SECONDS)));
    let url = match () {
        () if is_public => format!("{blog_url}{}", post.path),
        () if until.is_some() => String::new(),
        () => web::preview_url(v.cx, &v.session()?.blog_origin(&v.cx.config), &post.id)?,
    };
    Ok(Row {
        id: post.id.clone(),
        label: post.label(LABEL_CHARS),
        url,
        is_public,
        published_iso: datetime::rfc3339(post.published_at),
        published: v.human(post.published_at),
        notes: notes(post),
        until,
    })
}

fn notes(post: &Post) -> String {
    let kind = match post.kind() {
        _ if post.channel == Channel::Pages => "page",
        Kind::Note => "",
        Kind::Article => "article",
        Kind::Photo => "photo",
        Kind::Clip => "audio or video",
        Kind::Reply => "reply",
        Kind::Repost => "repost",
        Kind::Like => "like",
        Kind::Bookmark => "bookmark",
        Kind::Rsvp => "answer to an invitation",
    };
    let status = match post.status {
        Status::Draft => "draft",
        Status::Scheduled => "scheduled",
        Status::Published => "",
    };
    let visibility = match post.visibility {
        Visibility::Public => "",
        Visibility::Unlisted => "unlisted",
        Visibility::Private => "private",
    };
    let categories = post.categories.join(", ");
    let notes = [kind, status, visibility, &categories];
    notes.iter().filter(|note| !note.is_empty()).map(|note| format!(" · {note}")).collect()
}

/// `POST /posts/{id}/deletion`; one that is deleted already stays so.
pub async fn delete(mut v: Visit<'_>) -> Result<Response> {
    own_blog::of_post(&mut v).await?;
    let writer = Writer::of_session(&v)?;
    let post = store::post::find(v.cx, &writer.blog_id, v.param("id")).await?;
    let post = post.ok_or(Error::NotFound)?;
    publish::delete(v.cx, &writer, &post).await?;
    web::see_other(&format!("{}?deleted={}", list_of(&post), post.id))
}

/// `POST /posts/{id}/undeletion`; one that is not deleted stays as it is.
pub async fn undelete(mut v: Visit<'_>) -> Result<Response> {
    own_blog::of_post(&mut v).await?;
    let writer = Writer::of_session(&v)?;
    let post = store::post::find(v.cx, &writer.blog_id, v.param("id")).await?;
    let post = publish::undelete(v.cx, &writer, &post.ok_or(Error::NotFound)?).await?;
    let show = match post.status {
        _ if post.channel == Channel::Pages => "",
        Status::Draft => "?show=drafts",
        Status::Scheduled => "?show=scheduled",
        Status::Published => "",
    };
    web::see_other(&format!("{}{show}", list_of(&post)))
}

fn list_of(post: &Post) -> &'static str {
    if post.channel == Channel::Pages { "/pages" } else { "/posts" }
}
