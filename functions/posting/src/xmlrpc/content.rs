//! What a call says that a post should be. The families of methods have names of their own for the
//! same things, and no name means two, so all of them are understood everywhere.

use super::{Call, Result, fault::fault, term, value::Value};
use crate::publish::Entry;
use domain::post::{Channel, Post, Status, Visibility};
use serde_json::json;

/// What becomes of a post by a call. What it does not speak of stays as it was.
pub async fn entry(
    call: &Call<'_>,
    content: &Value,
    publish: &Value,
    old: Option<&Post>,
    new: Entry,
) -> Result<Entry> {
    let mut entry = old.map_or(new, Entry::of_post);
    if let Value::Text(text) = content {
        entry.text.clone_from(text);
    }
    if let Some(title) = first(content, &["title", "post_title"]) {
        entry.title = Some(title.text().into_owned());
    }
    if let Some(text) = first(content, &["description", "post_content"]) {
        entry.text = text.text().into_owned();
    }
    if let Some(more) = said(content, &["mt_text_more"]) {
        entry.text = format!("{}\n\n{more}", entry.text);
    }
    match first(content, &["mt_excerpt", "post_excerpt", "excerpt"]).map(Value::text) {
        Some(text) if text.is_empty() => drop(entry.properties.remove("summary")),
        Some(text) => drop(entry.properties.insert("summary".to_owned(), json!([text]))),
        None => {}
    }
    let slug = said(content, &["wp_slug", "post_name"]);
    entry.slug =
        slug.filter(|slug| !old.is_some_and(|old| old.path.ends_with(&format!("/{slug}"))));
    if let Some(is_in_navigation) = first(content, &["is_navigation"]) {
        entry.is_in_navigation = is_in_navigation.is_true();
    }
    if old.is_none() && content.get("post_type").is_some_and(|kind| kind.text() == "page") {
        entry.channel = Channel::Pages;
    }
    status(content, publish, &mut entry);
    let at = moment(call, content)?;
    // The day on which a draft was begun is not the day on which it is to appear.
    let is_known =
        |at| old.is_some_and(|old| old.status == Status::Draft && old.published_at == at);
    entry.published_at = at.filter(|at| !is_known(*at)).or(entry.published_at);
    if let Some(categories) = term::names(call, content, &entry.categories).await? {
        entry.categories = categories;
    }
    Ok(entry)
}

/// A member that is there, under whichever name.
fn first<'a>(content: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| content.get(name))
}

/// The same if it says anything.
fn said(content: &Value, names: &[&str]) -> Option<String> {
    let text = first(content, names)?.text();
    (!text.trim().is_empty()).then(|| text.into_owned())
}

/// What the struct says of its status counts more than the parameter `publish`.
fn status(content: &Value, publish: &Value, entry: &mut Entry) {
    let word = said(content, &["post_status", "page_status"]);
    entry.is_draft = match word.as_deref() {
        Some("publish" | "published" | "future" | "private") => false,
        Some(_) => true,
        None if *publish == Value::Nil => entry.is_draft,
        None => !publish.is_true(),
    };
    match (word.as_deref(), entry.visibility) {
        (Some("private"), _) => entry.visibility = Visibility::Private,
        (Some("publish" | "published" | "future"), Visibility::Private) => {
            entry.visibility = Visibility::Public;
        }
        _ => {}
    }
}

fn moment(call: &Call<'_>, content: &Value) -> Result<Option<i64>> {
    const GMT: &[&str] = &["date_created_gmt", "post_date_gmt"];
    const LOCAL: &[&str] = &["dateCreated", "date_created", "post_date"];
    let zone = call.writer.timezone.as_deref();
    let Some((names, zone)) =
        [(GMT, None), (LOCAL, zone)].into_iter().find(|(names, _)| said(content, names).is_some())
    else {
        return Ok(None);
    };
    match first(content, names).and_then(|date| date.moment(zone)) {
        None => Err(fault(400, "The date cannot be read. Write it like 20261122T09:30:00Z.")),
        Some(at) if at < 0 => Err(fault(400, "That date is before 1970. Choose a later one.")),
        at => Ok(at),
    }
}
