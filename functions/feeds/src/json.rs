//! JSON Feed 1.1 (www.jsonfeed.org/version/1.1).

use crate::{
    content, date,
    document::{Problem, Raw, RawItem, Words},
};
use domain::html::escape;
use serde_json::Value;

/// Reads a document; its depth is limited by the parser.
pub fn read(text: &str) -> Result<Raw, Problem> {
    let feed: Value = serde_json::from_str(text).map_err(|_| "What is there cannot be read.")?;
    let version = string(&feed, "version").unwrap_or_default();
    if !version.contains("jsonfeed.org/version/") {
        return Err("There is no feed at this address.");
    }
    let items = feed.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Raw {
        title: string(&feed, "title").map(Words::Plain),
        site: string(&feed, "home_page_url"),
        items: items.iter().map(item).collect(),
    })
}

fn item(item: &Value) -> RawItem {
    let text = || string(item, "content_text").or_else(|| string(item, "summary"));
    let html = string(item, "content_html")
        .or_else(|| text().map(|text| content::paragraphs(&escape(&text))));
    let published = string(item, "date_published").or_else(|| string(item, "date_modified"));
    RawItem {
        // Early feeds have numbers as ids.
        guid: string(item, "id").or_else(|| Some(item.get("id")?.as_number()?.to_string())),
        link: string(item, "url").or_else(|| string(item, "external_url")),
        title: string(item, "title").map(Words::Plain),
        html: html.unwrap_or_default(),
        published_at: published.and_then(|at| date::parse(&at)),
        base: None,
    }
}

fn string(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}
