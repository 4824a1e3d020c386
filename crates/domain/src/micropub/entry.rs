//! A post as Micropub's properties say it.

use super::{Properties, kept};
use serde_json::Value;
use std::borrow::Cow;

/// The longest address.
const URL_BYTES_MAX: usize = 2000;
/// Those whose values are addresses, or objects that have one.
const ADDRESSES: [&str; 5] = ["in-reply-to", "like-of", "repost-of", "bookmark-of", "syndication"];
/// What one may answer to an invitation.
const ANSWERS: [&str; 4] = ["yes", "no", "maybe", "interested"];

/// A file of a post, by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Of any host.
    pub url: String,
    /// What it shows, where that was said.
    pub alt: Option<String>,
}

/// What is to be posted. Sizes of texts are the post's to judge.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// None: a note.
    pub title: Option<String>,
    /// Markdown, or HTML where [`Entry::is_html`] says so.
    pub text: String,
    /// Whether the text came as HTML.
    pub is_html: bool,
    /// As it was sent: a moment with or without its zone.
    pub published: Option<String>,
    /// Without white space around them, each once, none empty.
    pub categories: Vec<String>,
    /// In the order of display.
    pub photos: Vec<File>,
    /// What the photos behind them show: those that come as files.
    pub alts: Vec<String>,
    /// Likewise.
    pub videos: Vec<File>,
    /// Likewise.
    pub audios: Vec<File>,
    /// `post-status`: draft.
    pub is_draft: bool,
    /// `visibility`, as it was sent.
    pub visibility: Option<String>,
    /// `mp-slug`.
    pub slug: Option<String>,
    /// `mp-destination`: the blog's address.
    pub destination: Option<String>,
    /// `mp-channel`.
    pub channel: Option<String>,
    /// `mp-syndicate-to`, where it was sent; an empty list is a choice too.
    pub syndicate_to: Option<Vec<String>>,
    /// What the post keeps as it came.
    pub properties: Properties,
}

impl Entry {
    /// Reads properties.
    ///
    /// # Errors
    /// The sentence for the person.
    pub fn of(properties: &Properties) -> Result<Self, &'static str> {
        let all = |name: &str| properties.get(name).into_iter().flat_map(texts);
        let one = |name: &str| {
            all(name).next().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let (text, is_html) = content(properties)?;
        let mut photos = files(properties, "photo")?;
        let mut videos = files(properties, "video")?;
        let alts = describe(&mut photos, all("mp-photo-alt"));
        describe(&mut videos, all("mp-video-alt"));
        let is_draft = match one("post-status").as_deref() {
            Some("draft") => true,
            None | Some("published" | "scheduled") => false,
            Some(_) => return Err("The post-status is published or draft."),
        };
        Ok(Self {
            title: one("name"),
            text,
            is_html,
            published: one("published"),
            categories: distinct(all("category")),
            photos,
            alts,
            videos,
            audios: files(properties, "audio")?,
            is_draft,
            visibility: one("visibility").map(|text| text.to_lowercase()),
            slug: one("mp-slug"),
            destination: one("mp-destination"),
            channel: one("mp-channel"),
            syndicate_to: properties
                .contains_key("mp-syndicate-to")
                .then(|| distinct(all("mp-syndicate-to"))),
            properties: checked(kept(properties))?,
        })
    }
}

/// The values of a list that are text, or have one.
pub(super) fn texts(list: &Value) -> impl Iterator<Item = Cow<'_, str>> {
    list.as_array().into_iter().flatten().filter_map(text)
}

/// A value as text; of an object, its `value`.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(is_so) => Some(is_so.to_string().into()),
        Value::Object(object) => object.get("value")?.as_str().map(Into::into),
        _ => None,
    }
}

/// Where both are there, the HTML is what was written and the other was made of it.
fn content(properties: &Properties) -> Result<(String, bool), &'static str> {
    let Some(content) = properties.get("content").and_then(|list| list.get(0)) else {
        return Ok(Default::default());
    };
    let html = content.get("html").and_then(Value::as_str);
    let text = html.map(Cow::Borrowed).or_else(|| text(content));
    let text = text.ok_or("The content is text, or an object with html.")?;
    Ok((text.replace("\r\n", "\n"), html.is_some()))
}

fn files(properties: &Properties, name: &str) -> Result<Vec<File>, &'static str> {
    let file = |value: &Value| {
        let url = text(value).filter(|url| !url.is_empty());
        let alt = value.get("alt").and_then(Value::as_str).map(str::to_owned);
        match url {
            Some(url) if is_web(&url) => Some(Ok(File { url: url.into_owned(), alt })),
            // An app that has none sends an empty field.
            None if value.is_string() => None,
            _ => {
                Some(Err("Each photo, video and audio is the web address of a file, or an object \
                           with it as its value."))
            }
        }
    };
    let values = properties.get(name).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(file).collect()
}

/// Gives descriptions to files, in order; returns those that are left.
fn describe<'a>(files: &mut [File], mut alts: impl Iterator<Item = Cow<'a, str>>) -> Vec<String> {
    for (file, alt) in files.iter_mut().zip(&mut alts) {
        file.alt.get_or_insert(alt.into_owned());
    }
    alts.map(Cow::into_owned).collect()
}

fn distinct<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Vec<String> {
    let mut list: Vec<String> = vec![];
    for text in texts {
        let text = text.trim();
        if !text.is_empty() && !list.iter().any(|other| other == text) {
            list.push(text.to_owned());
        }
    }
    list
}

/// What a post keeps: without empty lists, addresses that are addresses, an answer that is one.
fn checked(mut properties: Properties) -> Result<Properties, &'static str> {
    for values in properties.values_mut() {
        if let Value::Array(values) = values {
            values.retain(|value| *value != "");
            values.iter_mut().for_each(clean);
        }
    }
    properties.retain(|_, values| values.as_array().is_some_and(|values| !values.is_empty()));
    for name in ADDRESSES {
        let values = properties.get(name).and_then(Value::as_array).into_iter().flatten();
        if !values.into_iter().all(|value| address(value).is_some_and(is_web)) {
            return Err("What a post replies to, likes, reposts or marks has to be a web address.");
        }
    }
    if let Some(answer) = properties.get_mut("rsvp") {
        let said = texts(answer).next().unwrap_or_default().trim().to_lowercase();
        let said = ANSWERS.iter().find(|known| **known == said);
        let said = said.ok_or("The rsvp is yes, no, maybe or interested.")?;
        *answer = serde_json::json!([said]);
    }
    Ok(properties)
}

/// The address that a value is or, as an object (`h-cite`), has.
fn address(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(object) => {
            let inner = object.get("properties").and_then(|inner| inner.get("url")?.get(0));
            inner.or(object.get("value"))?.as_str()
        }
        _ => None,
    }
}

/// Takes addresses that lead nowhere on the web out of nested objects, before anything links to them.
fn clean(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|name, value| {
                !matches!(&**name, "url" | "photo" | "logo" | "value") || is_harmless(value)
            });
            object.values_mut().for_each(clean);
        }
        Value::Array(values) => values.iter_mut().for_each(clean),
        _ => {}
    }
}

fn is_harmless(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains(':') || is_web(text),
        Value::Array(values) => values.iter().all(is_harmless),
        _ => true,
    }
}

/// An absolute address of the web that a link may lead to.
fn is_web(text: &str) -> bool {
    let is_short = text.len() <= URL_BYTES_MAX;
    is_short && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
