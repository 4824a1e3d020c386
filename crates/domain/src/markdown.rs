//! From Markdown to HTML that cannot harm its readers, and from HTML to plain words.

use crate::{html, secret};
use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// Elements that vanish with everything inside them.
const REMOVED_WHOLE: [&str; 18] = [
    "script",
    "style",
    "iframe",
    "noscript",
    "template",
    "svg",
    "math",
    "object",
    "embed",
    "form",
    "textarea",
    "select",
    "title",
    "xmp",
    "noembed",
    "noframes",
    "plaintext",
    "frameset",
];
/// Classes that mean something to a style sheet of ours or to a reader of microformats.
const CLASSES: [&str; 20] = [
    "footnote-definition",
    "footnote-definition-label",
    "footnote-reference",
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
/// Parsing takes time that grows with depth times elements, so both have a limit.
const DEPTH_MAX: usize = 100;
const DEPTH_TIMES_TAGS_MAX: usize = 300_000;
const PASSES_MAX: usize = 5;
const ADDRESS_BYTES_MAX: usize = 2000;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

/// Sanitised HTML from Markdown (CommonMark with tables, strikethrough and footnotes; HTML inside
/// is allowed and sanitised too). Bare web addresses become links.
pub fn to_html(markdown: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mark: String = secret::sha256_hex(markdown.as_bytes()).chars().take(6).collect();
    let events = TextMergeStream::new(Parser::new_ext(markdown, options));
    let mut linker = Linker::default();
    let mut out = String::new();
    let events = events.flat_map(|event| linker.link(footnote(event, &mark)));
    pulldown_cmark::html::push_html(&mut out, events);
    sanitize(&out)
}

/// HTML with nothing in it that runs, loads a document, takes input or poses as part of the page.
/// What is sanitised already stays as it is. HTML that nests too deeply becomes plain words.
pub fn sanitize(html: &str) -> String {
    let mut current = html.to_string();
    // One pass may move elements so that the next parse reads them otherwise; only what
    // reads the same again is safe to hand to another parser.
    for _ in 0..PASSES_MAX {
        if is_tangled(&current) {
            break;
        }
        let next = CLEANER.clean(&current).to_string();
        if next == current {
            return current;
        }
        current = next;
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
    let mut cleaner = Builder::new();
    cleaner
        .add_tags(["tfoot"])
        .clean_content_tags(HashSet::from(REMOVED_WHOLE))
        .url_schemes(HashSet::from(["https", "http", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener"))
        .add_generic_attributes(["id", "class", "dir"])
        .add_tag_attributes("time", ["datetime"])
        .add_tag_attributes("details", ["open"])
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

// Elements whose end tags may be left out do not count: the parser ends them itself.
fn is_tangled(html: &str) -> bool {
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let (mut depth, mut deepest, mut tags) = (0_usize, 0_usize, 0_usize);
    for tag in html.split('<').skip(1) {
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() || ends_itself(&name) {
            tags = tags.saturating_add(1);
            continue;
        }
        tags = tags.saturating_add(1);
        let count = open.entry(name).or_default();
        if !is_end {
            *count = count.saturating_add(1);
            depth = depth.saturating_add(1);
        } else if *count > 0 {
            *count = count.saturating_sub(1);
            depth = depth.saturating_sub(1);
        }
        deepest = deepest.max(depth);
    }
    deepest > DEPTH_MAX || deepest.saturating_mul(tags) > DEPTH_TIMES_TAGS_MAX
}

fn ends_itself(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "colgroup"
            | "dd"
            | "dt"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "li"
            | "link"
            | "meta"
            | "option"
            | "p"
            | "param"
            | "rp"
            | "rt"
            | "source"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "track"
            | "wbr"
    )
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

/// Turns bare addresses into links, except where a link or code already stands.
#[derive(Default)]
struct Linker {
    inside: usize,
}

impl Linker {
    fn link<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => self.enter(),
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => self.leave(),
            Event::InlineHtml(tag) if tag.starts_with("<a ") => self.enter(),
            Event::InlineHtml(tag) if tag.starts_with("</a") => self.leave(),
            Event::Text(text) if self.inside == 0 && text.contains("://") => return linked(text),
            _ => {}
        }
        vec![event]
    }

    fn enter(&mut self) {
        self.inside = self.inside.saturating_add(1);
    }

    fn leave(&mut self) {
        self.inside = self.inside.saturating_sub(1);
    }
}

fn linked(text: &str) -> Vec<Event<'static>> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some((before, address, after)) = next_address(rest) {
        events.push(Event::Text(before.to_string().into()));
        events.push(Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: address.to_string().into(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }));
        events.push(Event::Text(address.to_string().into()));
        events.push(Event::End(TagEnd::Link));
        rest = after;
    }
    events.push(Event::Text(rest.to_string().into()));
    events
}

fn next_address(text: &str) -> Option<(&str, &str, &str)> {
    let mut word_end = 0;
    for (start, _) in text.match_indices("http") {
        let Some((before, rest)) = text.split_at_checked(start) else { continue };
        if start < word_end
            || before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '/')
        {
            continue;
        }
        let address = address(rest);
        if url::Url::parse(address).is_ok_and(|url| url.has_host()) {
            return rest.split_at_checked(address.len()).map(|(a, after)| (before, a, after));
        }
        // One look at each word is enough.
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        word_end = start.saturating_add(length);
    }
    None
}

// Without the punctuation of the sentence around it. Looks at a bounded length only, or a text of
// nothing but addresses would take time that grows with its square.
fn address(rest: &str) -> &str {
    if !rest.starts_with("http://") && !rest.starts_with("https://") {
        return "";
    }
    let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"“”«»".contains(c);
    let length: usize = rest
        .chars()
        .take(ADDRESS_BYTES_MAX)
        .take_while(|c| !ends(*c))
        .fold(0, |length, c| length.saturating_add(c.len_utf8()));
    let mut address = rest.get(..length).filter(|_| length < ADDRESS_BYTES_MAX).unwrap_or_default();
    let opening = address.matches('(').count();
    let mut closing = address.matches(')').count();
    while let Some(last) = address.chars().next_back() {
        let unbalanced = last == ')' && closing > opening;
        if !unbalanced && !".,;:!?'’*_~]…".contains(last) {
            break;
        }
        if unbalanced {
            closing = closing.saturating_sub(1);
        }
        address = address.strip_suffix(last).unwrap_or_default();
    }
    address
}

#[cfg(test)]
mod tests;
