//! Micropub's queries (section 3.7): what an app can do here, and what is here already.

use crate::{
    micropub::{answer, find, source},
    own_blog,
    publish::{self, Writer},
};
use domain::{
    micropub::Properties,
    post::{Channel, Post},
};
use http::StatusCode;
use platform::{Error, Response, Result};
use serde_json::{Value, json};
use store::{post::Author, source::Asked};
use web::Visit;

/// A token with one of these may read what there is.
const READING: [&str; 7] = ["create", "update", "delete", "undelete", "media", "draft", "read"];
/// Kinds of posts, as `post-types` names them.
const KINDS: [(&str, &str); 10] = [
    ("note", "Note"),
    ("article", "Article"),
    ("photo", "Photo"),
    ("video", "Video"),
    ("audio", "Audio"),
    ("reply", "Reply"),
    ("repost", "Repost"),
    ("like", "Like"),
    ("bookmark", "Bookmark"),
    ("rsvp", "RSVP"),
];
const QUERIES: [&str; 6] = ["config", "source", "syndicate-to", "category", "channel", "contact"];

/// `GET /micropub`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    answer(run(v).await)
}

async fn run(v: Visit<'_>) -> Result<Response> {
    let grant = v.grant()?;
    if !READING.iter().any(|scope| grant.has(scope)) {
        return Err(Error::Scope("read"));
    }
    let writer = own_blog::at(v.cx, grant, &v.query("mp-destination")).await?;
    let found = match v.query("q").as_str() {
        "source" => match v.query("url").as_str() {
            "" => list(&v, &writer).await?,
            url => one(&v, &own_blog::of_address(v.cx, grant, url).await?, url).await?,
        },
        "contact" => contacts(&v, &writer).await?,
        "category" => json!({ "categories": categories(&v, &writer).await? }),
        "channel" => json!({ "channels": channels() }),
        // Older apps learn that way whether their token is good.
        "" | "config" => config(&v, &writer).await?,
        name => match config(&v, &writer).await?.get(name) {
            Some(part) => json!({ name: part }),
            None => return Err(Error::invalid("There is no such query.")),
        },
    };
    Ok(web::no_store(web::json(StatusCode::OK, &found)))
}

async fn config(v: &Visit<'_>, writer: &Writer) -> Result<Value> {
    Ok(json!({
        "media-endpoint": v.cx.config.app_url("/micropub/media"),
        "syndicate-to": [],
        "destination": destinations(v).await?,
        "post-types": KINDS.map(|(kind, name)| json!({ "type": kind, "name": name })),
        "channels": channels(),
        "categories": categories(v, writer).await?,
        "visibility": ["public", "unlisted", "private"],
        "q": QUERIES,
    }))
}

/// The blogs of the person by their addresses. One is where the app writes unless it says.
async fn destinations(v: &Visit<'_>) -> Result<Vec<Value>> {
    let own = Writer::of_grant(v.grant()?);
    let destination = |writer: &Writer| {
        let blog = writer.origin(v.cx);
        let name = blog.split_once("://").map_or(blog.as_str(), |(_, host)| host);
        let mut destination = json!({ "uid": format!("{blog}/"), "name": name });
        if let (true, Some(one)) = (writer.blog_id == own.blog_id, destination.as_object_mut()) {
            one.insert("microblog-default".to_owned(), true.into());
        }
        destination
    };
    if v.grant()?.blog_count < 2 {
        return Ok(vec![destination(&own)]);
    }
    let all = store::blog::list_own(v.cx, &own.account_id).await?;
    Ok(all.into_iter().map(|blog| destination(&own.clone().on(blog))).collect())
}

fn channels() -> Value {
    json!([{ "uid": "default", "name": "Posts" }, { "uid": "pages", "name": "Pages" }])
}

async fn categories(v: &Visit<'_>, writer: &Writer) -> Result<Vec<String>> {
    let mut names: Vec<String> =
        store::category::list(v.cx, &writer.blog_id).await?.into_iter().map(|of| of.name).collect();
    let filter = filter(v);
    names.retain(|name| has(name, &filter));
    Ok(names)
}

/// Those whom the person follows.
async fn contacts(v: &Visit<'_>, writer: &Writer) -> Result<Value> {
    let followed = store::follow::list(v.cx, &writer.account_id).await?;
    let filter = filter(v);
    let config = &v.cx.config;
    let contact = |one: Author| {
        json!({
            "url": format!("{}/", config.blog_origin(&one.blog_name, one.domain.as_deref())),
            "photo": config.app_url(&format!("/avatars/{}", one.username)),
            "name": one.name,
            "nickname": one.username,
        })
    };
    let is_meant = |one: &Author| has(&one.username, &filter) || has(&one.name, &filter);
    let meant = followed.into_iter().filter(is_meant);
    let contacts: Vec<Value> = meant.map(contact).collect();
    Ok(json!({ "contacts": contacts }))
}

/// What was typed so far.
fn filter(v: &Visit<'_>) -> String {
    [v.query("filter"), v.query("search")].concat().trim().to_lowercase()
}

fn has(text: &str, filter: &str) -> bool {
    text.to_lowercase().contains(filter)
}

/// One post: all of its properties with its type, or those that were asked for.
async fn one(v: &Visit<'_>, writer: &Writer, url: &str) -> Result<Value> {
    let post = find(v.cx, writer, url).await?;
    if post.deleted_at.is_some() {
        return Err(Error::Gone("This post is deleted.".into()));
    }
    let mut wanted = v.queries("properties[]");
    wanted.extend(v.queries("properties"));
    let mut item = item(v, writer, &post);
    if let (false, Some(whole)) = (wanted.is_empty(), item.as_object_mut()) {
        whole.remove("type");
        if let Some(Value::Object(properties)) = whole.get_mut("properties") {
            properties.retain(|name, _| wanted.contains(name));
        }
    }
    Ok(item)
}

/// One's own posts, newest first; drafts are a list of their own.
async fn list(v: &Visit<'_>, writer: &Writer) -> Result<Value> {
    let channel = match v.query("mp-channel").as_str() {
        "" | "default" | "posts" => Channel::Posts,
        "pages" => Channel::Pages,
        _ => return Ok(json!({ "items": [] })),
    };
    let statuses = match v.query("post-status").as_str() {
        "" => json!(["published", "scheduled"]),
        status => json!([status]),
    };
    let number = |name| v.query(name).parse::<i64>();
    let asked = Asked {
        channel,
        statuses: &statuses.to_string(),
        filter: &filter(v),
        limit: number("limit").unwrap_or(20).clamp(1, 100),
        offset: number("offset").unwrap_or(0).clamp(0, 1_000_000),
    };
    let posts = store::source::list(v.cx, &writer.blog_id, asked).await?;
    let items: Vec<Value> = posts.iter().map(|post| item(v, writer, post)).collect();
    Ok(json!({ "items": items }))
}

fn item(v: &Visit<'_>, writer: &Writer, post: &Post) -> Value {
    let mut properties: Properties = source(v.cx, post);
    properties.retain(|name, _| !name.starts_with("mp-"));
    properties.insert("uid".to_owned(), json!([post.id]));
    properties.insert("url".to_owned(), json!([publish::permalink(v.cx, writer, post)]));
    let kind = if properties.contains_key("start") { "h-event" } else { "h-entry" };
    json!({ "type": [kind], "properties": properties })
}
