//! Posts and pages: show, list, create, change, delete.

use super::{
    Call, Result, content,
    fault::{Fault, NOT_FOUND},
    shape::{self, Shape},
    term,
    value::Value,
};
use crate::publish::{self, Entry};
use domain::post::{Channel, Post, Status};
use platform::Error;
use serde_json::json;
use store::{category::Category, source::Asked};

/// How often a change is made again to what somebody else has changed in between.
const TRIES_MAX: usize = 5;
const POSTS_MAX: i64 = 100;

/// A post or page of one's own that is not deleted, by the id that the call begins with.
pub async fn find(call: &Call<'_>) -> Result<Post> {
    let id = call.arg(0).text();
    let post = store::post::find(call.cx, &call.writer.blog_id, id.trim()).await?;
    post.filter(|post| post.deleted_at.is_none()).ok_or(NOT_FOUND)
}

pub async fn get(call: &Call<'_>, shape: Shape) -> Result<Value> {
    let post = find(call).await?;
    let all = categories(call, shape).await?;
    Ok(shape::of_post(call, &all, &post, shape))
}

/// So many, after so many: drafts and what is scheduled too.
pub async fn recent(call: &Call<'_>, channel: Channel, shape: Shape) -> Result<Value> {
    let asked = Asked {
        channel,
        statuses: "[\"draft\",\"scheduled\",\"published\"]",
        filter: "",
        limit: call.arg(0).int().unwrap_or(0),
        offset: call.arg(1).int().unwrap_or(0),
    };
    list(call, asked, shape).await
}

/// WordPress's list, with its filter.
pub async fn search(call: &Call<'_>) -> Result<Value> {
    let filter = call.arg(0);
    let text = |name| filter.get(name).map(Value::text).unwrap_or_default();
    let number = |name| filter.get(name).and_then(Value::int).unwrap_or(0);
    let channel = match &*text("post_type") {
        "" | "post" | "any" => Channel::Posts,
        "page" => Channel::Pages,
        _ => return Ok(Value::Array(vec![])),
    };
    let asked = filter.get("post_status");
    let listed = asked.map_or(&[][..], Value::items).iter().map(|word| word.text().into_owned());
    let words: Vec<String> = listed.chain([text("post_status").into_owned()]).collect();
    let words = words.join(",");
    let has = |names: &[&str]| {
        asked.is_none() || words.split(',').any(|word| names.contains(&word.trim()))
    };
    let mut statuses = Vec::new();
    for (names, status) in [
        (&["draft", "pending", "any"][..], Status::Draft),
        (&["future", "any"], Status::Scheduled),
        (&["publish", "private", "any"], Status::Published),
    ] {
        statuses.extend(has(names).then(|| status.word()));
    }
    let asked = Asked {
        channel,
        statuses: &json!(statuses).to_string(),
        filter: &text("s"),
        limit: number("number"),
        offset: number("offset"),
    };
    list(call, asked, shape::WORDPRESS).await
}

async fn list(call: &Call<'_>, asked: Asked<'_>, shape: Shape) -> Result<Value> {
    let limit = if asked.limit > 0 { asked.limit.min(POSTS_MAX) } else { 20 };
    let asked = Asked { limit, offset: asked.offset.clamp(0, 1_000_000), ..asked };
    let posts = store::source::list(call.cx, &call.writer.blog_id, asked).await?;
    let all = categories(call, shape).await?;
    Ok(Value::Array(posts.iter().map(|post| shape::of_post(call, &all, post, shape)).collect()))
}

async fn categories(call: &Call<'_>, shape: Shape) -> Result<Vec<Category>> {
    if shape::has_terms(shape) { term::all(call).await } else { Ok(vec![]) }
}

/// Answers with the id.
pub async fn create(call: &Call<'_>, channel: Channel, is_draft: bool) -> Result<Value> {
    let new = Entry { channel, is_draft, ..Entry::default() };
    let entry = content::entry(call, call.arg(0), call.arg(1), None, new).await?;
    if !(entry.is_draft && call.grant.has("draft")) {
        call.grant.need("create")?;
    }
    let post = publish::create(call.cx, &call.writer, entry, Some(&call.once)).await?;
    Ok(post.id.into())
}

/// What a call changes of a post.
pub enum Change {
    /// What its struct speaks of.
    Content,
    /// A draft is one no longer.
    Publication,
    /// Its categories.
    Categories(Vec<String>),
}

/// Changes a post, again if somebody else was faster.
pub async fn change(call: &Call<'_>, change: &Change) -> Result<Value> {
    for _ in 0..TRIES_MAX {
        let old = find(call).await?;
        let same = Entry::of_post(&old);
        let entry = match change {
            Change::Content => edited(call, &old).await?,
            Change::Publication => Entry { is_draft: false, ..same },
            Change::Categories(categories) => Entry { categories: categories.clone(), ..same },
        };
        if old.status == Status::Draft && !entry.is_draft {
            call.grant.need("create")?;
        }
        match publish::update(call.cx, &call.writer, &old, entry).await {
            Ok(_) => return Ok(Value::Bool(true)),
            Err(Error::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::from(Error::Conflict))
}

async fn edited(call: &Call<'_>, old: &Post) -> Result<Entry> {
    let content = call.arg(1);
    let read_at = content.get("if_not_modified_since").and_then(|date| date.moment(None));
    if read_at.is_some_and(|read_at| read_at < old.updated_at) {
        return Err(Error::Conflict.into());
    }
    content::entry(call, content, call.arg(2), Some(old), Entry::default()).await
}

pub async fn delete(call: &Call<'_>) -> Result<Value> {
    let post = find(call).await?;
    publish::delete(call.cx, &call.writer, &post).await?;
    Ok(Value::Bool(true))
}
