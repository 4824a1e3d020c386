//! Micropub (W3C Recommendation of 23 May 2017): what a request asks for, read from both of its syntaxes.
//!
//! Both become the same thing, properties as microformats2 has them: a name and a list of values. An update
//! is applied to the properties that a post has, and the outcome is read like a new post's.

mod changes;
mod entry;
mod source;
#[cfg(test)]
mod tests;

pub use changes::Changes;
pub use entry::{Entry, File};
pub use source::source;

use serde_json::{Map, Value};

/// Names with their values; each is an array of what [`Entry::of`] and [`kept`] allow.
pub type Properties = Map<String, Value>;

/// The longest request in JSON that is worth reading, in bytes: the longest text with every letter as an escape of six.
pub const JSON_BYTES_MAX: usize = 3 << 20;
/// The most values of one property.
const VALUES_MAX: usize = 200;
/// How deep an object may hold others: a check-in holds a card, which holds an address, which holds a place.
const DEPTH_MAX: usize = 12;
/// The most bytes of all that is kept beside the text.
const KEPT_BYTES_MAX: usize = 64 << 10;

/// Those that a post keeps as they came.
const KEPT: [&str; 12] = [
    "bookmark-of",
    "checkin",
    "end",
    "in-reply-to",
    "like-of",
    "location",
    "repost-of",
    "rsvp",
    "start",
    "summary",
    "syndication",
    "duration",
];
/// Those that say what a post is or what to do with it. All others are unknown, and ignored (section 3.3.5).
const READ: [&str; 15] = [
    "audio",
    "category",
    "content",
    "mp-channel",
    "mp-destination",
    "mp-photo-alt",
    "mp-slug",
    "mp-syndicate-to",
    "mp-video-alt",
    "name",
    "photo",
    "post-status",
    "published",
    "video",
    "visibility",
];

/// What a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A new post.
    Create(Properties),
    /// Other properties for the post at an address.
    Update {
        /// As it was sent.
        url: String,
        /// What to change.
        changes: Changes,
        /// What to do beside it: `mp-destination`.
        commands: Properties,
    },
    /// The end of the post at an address.
    Delete(String),
    /// Its return.
    Undelete(String),
}

/// Reads the fields of a form (section 3.2): `category[]` names a list, `content[html]` a part.
///
/// # Errors
/// The sentence for the person.
pub fn of_form<'a>(
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Action, &'static str> {
    let mut properties = Properties::new();
    let (mut action, mut url, mut vocabulary) = (None, None, None);
    for (name, value) in fields {
        let text = || Some(value.to_owned());
        match name {
            "action" => action = text(),
            "url" => url = text(),
            "h" => vocabulary = text(),
            _ => {}
        }
        let (name, value) = match name.strip_suffix("[html]") {
            Some(name) => (name, serde_json::json!({ "html": value })),
            None => (name.strip_suffix("[]").unwrap_or(name), value.into()),
        };
        if is_known(name)
            && let Value::Array(values) = properties.entry(name).or_insert(Value::Array(vec![]))
        {
            values.push(value);
        }
    }
    match action.as_deref() {
        None => create(vocabulary.as_deref(), properties),
        Some("update") => Err("An update has to be sent as JSON."),
        Some(action) => on_post(action, url),
    }
}

/// Reads a request in JSON (section 3.3.2).
///
/// # Errors
/// The sentence for the person.
pub fn of_json(body: &[u8]) -> Result<Action, &'static str> {
    const BROKEN: &str = "That is not a JSON object.";
    let mut object: Properties = serde_json::from_slice(body).map_err(|_| BROKEN)?;
    let commands = object.iter().filter(|(name, _)| name.starts_with("mp-") && is_known(name));
    let commands: Properties =
        commands.map(|(name, value)| (name.clone(), listed(value.clone()))).collect();
    let text = |object: &Properties, name: &str| {
        object.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    match text(&object, "action").as_deref() {
        Some("update") => {
            let url = text(&object, "url").ok_or(NO_URL)?;
            Ok(Action::Update { url, changes: Changes::of(object)?, commands })
        }
        Some(action) => on_post(action, text(&object, "url")),
        None if object.contains_key("action") => Err(NO_ACTION),
        None => {
            let Some(Value::Object(properties)) = object.remove("properties") else {
                return Err("A new post has an object of properties, and a change an action.");
            };
            let known = properties.into_iter().filter(|(name, _)| is_known(name));
            let mut whole = commands;
            whole.extend(known.map(|(name, value)| (name, listed(value))));
            let vocabulary = object.get("type").and_then(|of| of.get(0).unwrap_or(of).as_str());
            create(vocabulary.map(|name| name.trim_start_matches("h-")), whole)
        }
    }
}

const NO_URL: &str = "Say which post is meant: its address is missing.";
const NO_ACTION: &str = "The actions are update, delete and undelete. A new post has none.";

fn create(vocabulary: Option<&str>, properties: Properties) -> Result<Action, &'static str> {
    if !matches!(vocabulary, None | Some("" | "entry" | "event")) {
        return Err("Only entries and events can be posted here: h=entry or h=event.");
    }
    check(&properties)?;
    Ok(Action::Create(properties))
}

fn on_post(action: &str, url: Option<String>) -> Result<Action, &'static str> {
    match (action, url) {
        ("delete", Some(url)) => Ok(Action::Delete(url)),
        ("undelete", Some(url)) => Ok(Action::Undelete(url)),
        ("delete" | "undelete", None) => Err(NO_URL),
        _ => Err(NO_ACTION),
    }
}

/// Whether a property means something here. No other is ever stored, `access_token` least of all.
fn is_known(name: &str) -> bool {
    READ.contains(&name) || KEPT.contains(&name)
}

/// Those of the properties that a post keeps as they came.
pub fn kept(properties: &Properties) -> Properties {
    let kept = properties.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A value where a list belongs is a list of one; nothing in a list is none.
fn listed(value: Value) -> Value {
    let mut values = match value {
        Value::Array(values) => values,
        value => vec![value],
    };
    values.retain(|value| !value.is_null());
    Value::Array(values)
}

/// Holds properties to their sizes.
fn check(properties: &Properties) -> Result<(), &'static str> {
    let mut bytes = 0_usize;
    for (name, values) in properties {
        if values.as_array().is_some_and(|values| values.len() > VALUES_MAX) {
            return Err("A property can have 200 values. Send fewer.");
        }
        let is_kept = KEPT.contains(&name.as_str());
        if (is_kept || name == "photo") && depth(values, 0) > DEPTH_MAX {
            return Err("Those properties are nested too deeply.");
        }
        if is_kept {
            bytes = bytes.saturating_add(values.to_string().len());
        }
    }
    if bytes > KEPT_BYTES_MAX {
        return Err("The properties beside the text are longer than 64 kilobytes. Shorten them.");
    }
    Ok(())
}

fn depth(value: &Value, above: usize) -> usize {
    let below = above.saturating_add(1);
    // The parser has its own limit, and this goes no deeper than is asked.
    if below > DEPTH_MAX.saturating_add(1) {
        return below;
    }
    let deepest = match value {
        Value::Array(values) => values.iter().map(|value| depth(value, below)).max(),
        Value::Object(object) => object.values().map(|value| depth(value, below)).max(),
        _ => return above,
    };
    deepest.unwrap_or(below)
}
