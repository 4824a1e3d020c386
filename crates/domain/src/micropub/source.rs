//! A post as properties (section 3.7.2): what apps show in their editors, and what updates are made to.

use super::Properties;
use crate::{
    datetime,
    post::{Format, Post, Status},
};
use serde_json::{Value, json};

/// The properties of a post; `address` makes one of a file's key. A draft has no moment yet. What stays
/// between its author and us (`mp-…`) is among them, for updates.
pub fn source(post: &Post, address: impl Fn(&str) -> String) -> Properties {
    let mut properties = post.properties.clone();
    let mut put = |name: &str, values: Vec<Value>| {
        if !values.is_empty() {
            properties.insert(name.to_owned(), values.into());
        }
    };
    put(
        "content",
        match post.format {
            _ if post.text.is_empty() => vec![],
            Format::Markdown => vec![post.text.as_str().into()],
            Format::Html => vec![json!({ "html": post.text })],
        },
    );
    put("name", post.title.iter().map(|title| title.as_str().into()).collect());
    put("category", post.categories.iter().map(|name| name.as_str().into()).collect());
    let file = |key: &str, alt: &str| match alt {
        "" => address(key).into(),
        alt => json!({ "value": address(key), "alt": alt }),
    };
    put("photo", post.photos.iter().map(|photo| file(&photo.key, &photo.alt)).collect());
    for (name, is_video) in [("audio", false), ("video", true)] {
        let clips = post.clips.iter().filter(|clip| clip.is_video == is_video);
        put(name, clips.map(|clip| file(&clip.key, &clip.alt)).collect());
    }
    if post.status != Status::Draft {
        put("published", vec![datetime::rfc3339(post.published_at).into()]);
    }
    put("post-status", vec![post.status.word().into()]);
    put("visibility", vec![post.visibility.word().into()]);
    properties
}
