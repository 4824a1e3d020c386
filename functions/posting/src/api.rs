//! The JSON API for posts, in the shapes of Micro.blog's apps: JSON Feed with a few fields more.

use crate::{
    own_blog,
    publish::{self, Entry, Once, Writer},
};
use domain::{
    datetime, html,
    post::{Post, Visibility},
};
use http::{HeaderValue, StatusCode, header};
use platform::{Context, Error, Response, Result};
use serde_json::{Map, Value, json};
use store::{
    blog::Which,
    follow,
    profile::{self, Profile},
};
use url::Url;
use web::Visit;

const COUNT: i64 = 20;
const COUNT_MAX: i64 = 200;

/// `GET /posts/{username}`: what somebody published, newest first; anyone may read it.
pub async fn list(mut v: Visit<'_>) -> Result<Response> {
    let grant = web::grant_if_any(&mut v).await?;
    let username = v.param("username").to_lowercase();
    let profile = profile::find_by_blog(v.cx, &username).await?.ok_or(Error::NotFound)?;
    let reader = grant.as_ref().map(|grant| grant.account_id.as_str());
    let is_following = match reader {
        Some(reader) => follow::is_following(v.cx, reader, &profile.blog_id).await?,
        None => false,
    };
    let posts = posts(&v, &profile).await?;
    let page = Page { cx: v.cx, profile: &profile, reader, is_following };
    let url = v.cx.config.app_url(&format!("/@{}", profile.username));
    Ok(web::json(
        StatusCode::OK,
        &json!({
            "version": "https://jsonfeed.org/version/1",
            "title": format!("Pipit - {}", profile.name),
            "home_page_url": url,
            "feed_url": v.cx.config.app_url(&format!("/posts/{}", profile.blog_name)),
            "author": page.author(),
            "_microblog": {
                "about": v.cx.config.app_url("/developers"),
                "id": profile.account_id,
                "username": profile.username,
                "bio": profile.bio,
                "is_you": reader == Some(profile.account_id.as_str()),
                "is_following": is_following,
            },
            "items": posts.iter().map(|post| page.item(post)).collect::<Vec<_>>(),
        }),
    ))
}

async fn posts(v: &Visit<'_>, profile: &Profile) -> Result<Vec<Post>> {
    let count = match v.query("count") {
        count if count.is_empty() => COUNT,
        count => count
            .parse()
            .ok()
            .filter(|n| (0..=COUNT_MAX).contains(n))
            .ok_or_else(|| Error::invalid("count is a number from 0 to 200."))?,
    };
    if count == 0 {
        return Ok(vec![]);
    }
    let place = async |name: &str| -> Result<Option<(i64, String)>> {
        let id = v.query(name);
        if id.is_empty() {
            return Ok(None);
        }
        let post = store::post::find(v.cx, &profile.blog_id, &id).await?;
        let post = post.ok_or_else(|| Error::invalid(format!("{name} names no post.")))?;
        Ok(Some((post.published_at, post.id)))
    };
    let (before, since) = (place("before_id").await?, place("since_id").await?);
    store::post::list_between(v.cx, &profile.blog_id, before, since, count).await
}

/// Whose posts they are, and who reads them.
struct Page<'a> {
    cx: &'a Context,
    profile: &'a Profile,
    reader: Option<&'a str>,
    is_following: bool,
}

impl Page<'_> {
    fn origin(&self) -> String {
        self.cx.config.blog_origin(&self.profile.blog_name, self.profile.domain.as_deref())
    }

    fn author(&self) -> Value {
        let Self { cx, profile, is_following, .. } = self;
        json!({
            "name": profile.name,
            "url": self.origin(),
            "avatar": cx.config.app_url(&profile.avatar_path()),
            "_microblog": { "username": profile.username, "is_following": is_following },
        })
    }

    fn item(&self, post: &Post) -> Value {
        let Self { cx, profile, .. } = self;
        let url = format!("{}{}", self.origin(), post.path);
        let is_own = self.reader == Some(profile.account_id.as_str());
        let mut item = json!({
            "id": post.id,
            "url": url,
            "content_html": content(cx, post, &url),
            "date_published": datetime::rfc3339(post.published_at),
            "date_modified": datetime::rfc3339(post.updated_at),
            "author": self.author(),
            "_microblog": {
                "date_relative": datetime::human(post.published_at, "en"),
                "date_timestamp": post.published_at,
                "is_deletable": is_own,
                "is_favorite": false,
                "is_bookmark": false,
                "is_conversation": !post.addresses("in-reply-to").is_empty(),
                "is_linkpost": false,
                "is_mention": false,
                "post_status": post.status.word(),
            },
        });
        if let (Some(title), Some(item)) = (&post.title, item.as_object_mut()) {
            item.insert("title".to_owned(), title.as_str().into());
        }
        if let (false, Some(item)) = (post.categories.is_empty(), item.as_object_mut()) {
            item.insert("tags".to_owned(), post.categories.clone().into());
        }
        item
    }
}

/// The text with addresses that hold anywhere, and the photos behind it.
fn content(cx: &Context, post: &Post, url: &str) -> String {
    let mut text = match Url::parse(url) {
        Ok(base) => html::absolute(&post.html, &base),
        Err(_) => post.html.clone(),
    };
    for photo in &post.photos {
        let (src, alt) = (html::escape(&cx.config.media_url(&photo.key)), html::escape(&photo.alt));
        text.push_str(&format!("<p><img src=\"{src}\" alt=\"{alt}\"></p>"));
    }
    text
}

/// `POST /posts` by a program: `content`, and if wanted `title`, `categories`, `published`, `status`,
/// `visibility`, and `mp-destination`, the address of one of the person's blogs.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let body = object(&mut v).await?;
    let grant = v.grant()?.clone();
    let entry = changed(Entry::default(), &body)?;
    if !entry.is_draft {
        grant.need("create")?;
    }
    let destination = body.get("mp-destination").and_then(text).unwrap_or_default();
    let content = Value::Object(body).to_string();
    let once = match v.header("idempotency-key") {
        "" => Once::by_content(content.as_bytes()),
        key => Once::by_key(key, content.as_bytes()),
    };
    let writer = own_blog::at(v.cx, &grant, &destination).await?;
    let post = publish::create(v.cx, &writer, entry, Some(&once)).await?;
    answer(&v, StatusCode::CREATED, &writer, &post).await
}

/// `POST /posts/{id}` by a program: the fields that are to change.
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let body = object(&mut v).await?;
    let writer = own_blog::of(v.cx, v.grant()?, Which::Post(v.param("id"))).await?;
    let post = own(&v, &writer).await?;
    let entry = changed(Entry::of_post(&post), &body)?;
    let post = publish::update(v.cx, &writer, &post, entry).await?;
    answer(&v, StatusCode::OK, &writer, &post).await
}

/// `DELETE /posts/{id}`; one that is deleted already stays so.
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    let writer = own_blog::of(v.cx, v.grant()?, Which::Post(v.param("id"))).await?;
    let post = store::post::find(v.cx, &writer.blog_id, v.param("id")).await?;
    publish::delete(v.cx, &writer, &post.ok_or(Error::NotFound)?).await?;
    Ok(web::json(StatusCode::OK, &json!({})))
}

/// `POST /posts/reply`: `content`, an answer to the public post that `id` names.
pub async fn reply(mut v: Visit<'_>) -> Result<Response> {
    let body = object(&mut v).await?;
    let grant = v.grant()?.clone();
    let id = body.get("id").and_then(text).unwrap_or_default();
    let found = store::post::find_public(v.cx, &id).await?;
    let (path, name, domain) = found.ok_or(Error::NotFound)?;
    let address = format!("{}{path}", v.cx.config.blog_origin(&name, domain.as_deref()));
    let mut entry =
        Entry { text: body.get("content").and_then(text).unwrap_or_default(), ..Entry::default() };
    entry.properties.insert("in-reply-to".to_owned(), json!([address]));
    if entry.text.trim().is_empty() {
        return Err(Error::invalid("content is missing: what is the answer?"));
    }
    let once = Once::by_content(Value::Object(body).to_string().as_bytes());
    let writer = Writer::of_grant(&grant);
    let post = publish::create(v.cx, &writer, entry, Some(&once)).await?;
    answer(&v, StatusCode::CREATED, &writer, &post).await
}

async fn own(v: &Visit<'_>, writer: &Writer) -> Result<Post> {
    let post = store::post::find(v.cx, &writer.blog_id, v.param("id")).await?;
    post.filter(|post| post.deleted_at.is_none()).ok_or(Error::NotFound)
}

async fn answer(
    v: &Visit<'_>,
    status: StatusCode,
    writer: &Writer,
    post: &Post,
) -> Result<Response> {
    let profile = profile::find_by_blog(v.cx, &writer.blog_name).await?.ok_or(Error::NotFound)?;
    let page =
        Page { cx: v.cx, profile: &profile, reader: Some(&writer.account_id), is_following: false };
    let mut response = web::json(status, &page.item(post));
    let place = HeaderValue::from_str(&publish::permalink(v.cx, writer, post));
    response.headers_mut().insert(header::LOCATION, place.map_err(Error::internal)?);
    Ok(response)
}

/// What a program sent: a JSON object or a form, whose fields of several values end with `[]`.
async fn object(v: &mut Visit<'_>) -> Result<Map<String, Value>> {
    if v.header("content-type").to_ascii_lowercase().starts_with("application/json") {
        let body = v.bytes().await?;
        return serde_json::from_slice(&body)
            .map_err(|_| Error::invalid("That is not a JSON object."));
    }
    let form = v.form().await?;
    let mut object = Map::new();
    for (name, value) in form.fields() {
        let value = Value::from(value);
        match name.strip_suffix("[]") {
            None => {
                object.insert(name.to_owned(), value);
            }
            Some(name) => {
                let list = object.entry(name).or_insert_with(|| json!([]));
                if let Some(list) = list.as_array_mut() {
                    list.push(value);
                }
            }
        }
    }
    Ok(object)
}

/// What an object says anew of an entry; what it does not name stays.
fn changed(mut entry: Entry, object: &Map<String, Value>) -> Result<Entry> {
    let field = |name: &str| {
        object
            .get(name)
            .map(|value| {
                text(value).ok_or_else(|| Error::invalid(format!("{name} has to be text.")))
            })
            .transpose()
    };
    if let Some(content) = field("content")? {
        entry.text = content;
    }
    if let Some(title) = field("title")? {
        entry.title = Some(title);
    }
    if let Some(at) = field("published")? {
        let at = datetime::parse_rfc3339(&at).filter(|at| *at >= 0);
        entry.published_at = Some(at.ok_or_else(|| {
            Error::invalid("published has to be a time such as 2026-11-22T09:30:00Z.")
        })?);
    }
    if let Some(status) = field("status")? {
        entry.is_draft = match &*status {
            "draft" => true,
            "published" => false,
            _ => return Err(Error::invalid("status is draft or published.")),
        };
    }
    if let Some(visibility) = field("visibility")? {
        entry.visibility = Visibility::of_word(&visibility)
            .ok_or_else(|| Error::invalid("visibility is public, unlisted or private."))?;
    }
    match object.get("categories") {
        None => {}
        Some(Value::Array(names)) => entry.categories = names.iter().filter_map(text).collect(),
        Some(names) => {
            let names = text(names).unwrap_or_default();
            entry.categories = names.split(',').map(str::to_owned).collect();
        }
    }
    Ok(entry)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
