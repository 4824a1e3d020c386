//! JSON Feed 1.1 (www.jsonfeed.org/version/1.1).

use crate::{
    content,
    document::{ITEMS_MAX, Problem, Raw, RawItem, Words},
};
use domain::{datetime, html::escape};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::marker::PhantomData;

#[derive(Deserialize)]
struct Feed {
    version: Text,
    #[serde(default)]
    title: Text,
    #[serde(default)]
    home_page_url: Text,
    #[serde(default)]
    feed_url: Text,
    #[serde(default)]
    hubs: Many<Hub>,
    #[serde(default)]
    items: Many<Item>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Hub {
    r#type: Text,
    url: Text,
}

impl Hub {
    fn is_websub(&self) -> bool {
        self.r#type.0.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("websub"))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    content_html: Text,
    content_text: Text,
    summary: Text,
    date_published: Text,
    date_modified: Text,
}

/// Extensions nest a little; what nests more is made to be slow.
const DEPTH_MAX: usize = 32;

/// Reads a document.
pub fn read(text: &str) -> Result<Raw, Problem> {
    if depth(text) > DEPTH_MAX {
        return Err("Its parts are nested too deeply.");
    }
    // Also refuses what has a field twice, or more after its end.
    let feed: Feed =
        serde_json::from_slice(text.as_bytes()).map_err(|_| "There is no feed at this address.")?;
    if !feed.version.0.is_some_and(|version| version.contains("jsonfeed.org/version/")) {
        return Err("There is no feed at this address.");
    }
    Ok(Raw {
        title: feed.title.0.map(Words::Plain),
        site: feed.home_page_url.0,
        hub: feed.hubs.0.into_iter().find(|hub| hub.is_websub()).and_then(|hub| hub.url.0),
        own_url: feed.feed_url.0,
        items: feed.items.0.into_iter().map(item).collect(),
        ..Raw::default()
    })
}

/// How deeply lists and objects are nested, outside of texts.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth = depth.saturating_add(1);
                deepest = depth.max(deepest);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn item(item: Item) -> RawItem {
    let text = item.content_text.0.or(item.summary.0);
    let html = item.content_html.0.or_else(|| Some(content::paragraphs(&escape(&text?))));
    RawItem {
        guid: item.id.0,
        link: item.url.0.or(item.external_url.0),
        title: item.title.0.map(Words::Plain),
        html: html.unwrap_or_default(),
        published_at: item
            .date_published
            .0
            .or(item.date_modified.0)
            .and_then(|at| datetime::parse(&at)),
        base: None,
    }
}

/// A text that is not empty, or a number as text, which early feeds have for ids. Anything else counts
/// as absent, so that one odd field does not cost the feed.
#[derive(Default)]
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text((!text.trim().is_empty()).then(|| text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

/// The first of a list; the rest is passed over, so that no document takes much more memory than it is long.
struct Many<T>(Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ManyVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Many<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Many<T>, A::Error> {
        let mut items = Vec::new();
        while items.len() < ITEMS_MAX {
            match list.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(Many(items)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Many(items))
    }
}
