//! Atom (RFC 4287).

use crate::{
    document::{ITEMS_MAX, Problem, Raw, RawItem, Words},
    rss::{joined, linked},
    xml::{Node, Reader},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{datetime, html::escape};
use url::Url;

/// Reads the rest of a document whose root is `feed`, in Atom's namespace or, as some have it, in none.
pub fn read(reader: &mut Reader<'_>, root: &Node, from: &Url) -> Result<Raw, Problem> {
    let base = joined(from, root);
    let mut raw = Raw::default();
    while let Some(node) = reader.open()? {
        let node = reader.fill(node)?;
        match plain(&node) {
            "entry" if raw.items.len() < ITEMS_MAX => raw.items.push(entry(&node, &base)),
            "title" => raw.title = Some(words(&node)),
            "link" if is_alternate(&node) => {
                let href = node.attribute("href").and_then(|href| base.join(href).ok());
                raw.site = raw.site.or(href.map(String::from));
            }
            "link" => linked(&mut raw, &node),
            _ => {}
        }
    }
    Ok(raw)
}

fn plain(node: &Node) -> &str {
    node.name.strip_prefix("atom:").unwrap_or(&node.name)
}

fn entry(node: &Node, base: &Url) -> RawItem {
    let find = |name: &str| node.nodes().find(|inner| plain(inner) == name);
    let text = |name: &str| find(name).and_then(Node::text);
    let outer = joined(base, node);
    let content = find("content").filter(|content| content.text().is_some());
    let content = content.or_else(|| find("summary"));
    let links = || node.nodes().filter(|inner| plain(inner) == "link");
    let link = links().find(|link| is_alternate(link)).or_else(|| links().next());
    let link = link.and_then(|link| joined(&outer, link).join(link.attribute("href")?).ok());
    // Of a date that stands twice the last counts, as other readers have it.
    let last = |name: &str| node.nodes().filter(|inner| plain(inner) == name).last()?.text();
    let published = ["published", "issued", "created", "updated", "modified"];
    RawItem {
        guid: text("id").map(|id| whole_id(id, &outer)),
        link: link.map(String::from),
        title: find("title").map(words),
        html: content.map(html).unwrap_or_default(),
        published_at: published.iter().find_map(|name| datetime::parse(&last(name)?)),
        base: Some(content.map_or_else(|| outer.clone(), |content| joined(&outer, content))),
    }
}

/// An id is compared letter by letter (RFC 4287, section 4.2.6.1); a path is short for a whole address.
fn whole_id(id: String, base: &Url) -> String {
    let whole = id.starts_with('/').then(|| base.join(&id).ok()).flatten();
    whole.map_or(id, String::from)
}

fn is_alternate(link: &Node) -> bool {
    matches!(link.attribute("rel"), None | Some("alternate"))
}

// RFC 4287, sections 3.1.1 and 4.1.3.3: what has no type is plain text, what is no text is base64. Before
// that was a standard there was a `mode` that said so.
fn words(node: &Node) -> Words {
    let kind = node.attribute("type");
    let is_packed = node.attribute("mode") == Some("base64")
        || kind.is_some_and(|kind| kind == "application/octet-stream");
    if is_packed {
        let packed: String = node.inner().split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(packed).unwrap_or_default();
        return Words::Html(String::from_utf8_lossy(&bytes).into_owned());
    }
    let is_marked = node.attribute("mode") == Some("xml") && node.nodes().next().is_some();
    match kind {
        None | Some("text" | "text/plain") if !is_marked => Words::Plain(node.inner()),
        _ => Words::Html(node.inner()),
    }
}

fn html(node: &Node) -> String {
    match words(node) {
        Words::Html(html) => html,
        Words::Plain(text) => crate::content::paragraphs(&escape(&text)),
    }
}
