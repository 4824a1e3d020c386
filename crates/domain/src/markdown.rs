//! From Markdown to HTML that cannot harm its readers, and from HTML to plain words.

mod words;

use crate::{html, markup, secret};
use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TextMergeStream};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use words::Words;

/// Classes that mean something to a style sheet of ours or to a reader of microformats.
const CLASSES: [&str; 22] = [
    "footnote-definition",
    "footnote-definition-label",
    "footnote-reference",
    "mention",
    "tag",
    "h-card",
    "h-cite",
    "p-author",
    "p-name",
    "u-url",
    "u-photo",
    "u-audio",
    "u-video",
    "u-in-reply-to",
    "u-like-of",
    "u-repost-of",
    "u-bookmark-of",
    "u-syndication",
    "align-left",
    "align-center",
    "align-right",
    "quoteback",
];
const PASSES_MAX: usize = 5;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

/// Sanitised HTML from Markdown (CommonMark with tables, strikethrough and footnotes; HTML inside
/// is allowed and sanitised too). Bare web addresses become links; `@name` and `#word` get a class.
pub fn to_html(markdown: &str) -> String {
    let mut words = Words::default();
    events(markdown).for_each(|event| words.add(event));
    sanitize(&written(words.events.into_iter()))
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mark: String = secret::sha256_hex(markdown.as_bytes()).chars().take(6).collect();
    let events = TextMergeStream::new(Parser::new_ext(markdown, options));
    events.map(move |event| footnote(event, &mark))
}

fn written<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// HTML with nothing in it that runs, loads a document, takes input or poses as part of the page.
/// What is sanitised already stays as it is.
pub fn sanitize(html: &str) -> String {
    let mut current = markup::tame(html);
    // One pass may move elements so that the next parse reads them otherwise; only what
    // reads the same again is safe to hand to another parser.
    for _ in 0..PASSES_MAX {
        let next = CLEANER.clean(&current).to_string();
        if next == current {
            return current;
        }
        current = markup::tame(&next);
    }
    html::escape(&current)
}

/// The words of any HTML on one line; text, to be escaped again where it is shown.
pub fn plain_text(html: &str) -> String {
    html::words(&sanitize(html))
}

/// The first words of any HTML: at most `chars` characters of text, cut between words.
pub fn summary(html: &str, chars: usize) -> String {
    html::shorten(&plain_text(html), chars)
}

fn cleaner() -> Builder<'static> {
    let media = ["src", "controls", "loop", "muted", "preload"];
    let mut cleaner = Builder::new();
    cleaner
        .tags(markup::ELEMENTS.iter().map(|(name, _)| *name).collect())
        .clean_content_tags(markup::REMOVED_WHOLE.iter().map(|(name, _)| *name).collect())
        .add_clean_content_tags(["embed"])
        .url_schemes(HashSet::from(["https", "http", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener"))
        .add_generic_attributes(["id", "class", "dir"])
        .add_tag_attributes("time", ["datetime"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes("audio", media)
        .add_tag_attributes("video", media)
        .add_tag_attributes("video", ["poster", "width", "height", "playsinline"])
        .add_tag_attributes("source", ["src", "type"])
        .tag_attribute_values(HashMap::from([(
            "img",
            HashMap::from([("loading", HashSet::from(["lazy"]))]),
        )]))
        .attribute_filter(keep);
    cleaner
}

// An id of ours must not be met by one of an author's, nor a class that belongs to the page.
fn keep<'a>(_element: &str, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    match attribute {
        "id" => is_authors_id(value).then_some(Cow::Borrowed(value)),
        "class" => {
            let classes: Vec<&str> =
                value.split_ascii_whitespace().filter(|c| is_class(c)).collect();
            (!classes.is_empty()).then(|| classes.join(" ").into())
        }
        // The only address that the sanitiser does not look at.
        "cite" if !["https://", "http://"].iter().any(|start| value.starts_with(start)) => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn is_authors_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    id.starts_with("u-") && id.len() <= 100 && id.bytes().all(plain)
}

fn is_class(class: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+#-".contains(&b);
    let language = class.strip_prefix("language-");
    CLASSES.contains(&class)
        || language.is_some_and(|name| name.len() <= 30 && name.bytes().all(plain))
}

// Several posts share a page, so the ids of their notes must differ.
fn footnote<'a>(event: Event<'a>, mark: &str) -> Event<'a> {
    let id = |name: &str| -> CowStr<'a> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = name.chars().map(plain).take(40).collect();
        format!("u-fn-{mark}-{name}").into()
    };
    match event {
        Event::FootnoteReference(name) => Event::FootnoteReference(id(&name)),
        Event::Start(Tag::FootnoteDefinition(name)) => {
            Event::Start(Tag::FootnoteDefinition(id(&name)))
        }
        other => other,
    }
}

#[cfg(test)]
mod commonmark;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod harm;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
