//! RSS 0.9 to 2.0 (www.rssboard.org/rss-specification), RSS 1.0 (RDF), and CDF (www.w3.org/TR/NOTE-CDFsubmit).

use crate::{
    document::{ITEMS_MAX, Problem, Raw, RawItem, Words},
    xml::{Node, Reader},
};
use domain::datetime;
use url::Url;

/// What may hold the words of an item, the whole of them first.
const CONTENTS: [&str; 10] = [
    "content:encoded",
    "xhtml:body",
    "body",
    "fullitem",
    "description",
    "abstract",
    "dc:description",
    "summary",
    "itunes:summary",
    "media:description",
];
const TITLES: [&str; 3] = ["title", "dc:title", "media:title"];
const DATES: [&str; 6] =
    ["pubdate", "dc:date", "date", "dcterms:issued", "dcterms:created", "dcterms:modified"];

/// Reads the rest of a document whose root is `rss`, `rdf` or, in CDF, `channel`. A channel's children
/// count as the root's, because RSS 1.0 puts the items beside the channel and RSS 2.0 into it.
pub fn read(reader: &mut Reader<'_>, root: &Node, from: &Url) -> Result<Raw, Problem> {
    let mut raw = Raw { site: root.attribute("href").map(str::to_owned), ..Raw::default() };
    let mut base = joined(from, root);
    let mut in_channel = false;
    loop {
        match reader.open()? {
            Some(node) if node.name == "channel" && !in_channel => {
                in_channel = true;
                base = joined(&base, &node);
            }
            Some(node) => {
                let node = reader.fill(node)?;
                add(&mut raw, &node, &base);
            }
            None if in_channel => in_channel = false,
            None => return Ok(raw),
        }
    }
}

fn add(raw: &mut Raw, node: &Node, base: &Url) {
    match node.name.as_str() {
        "item" if raw.items.len() < ITEMS_MAX => raw.items.push(item(node, base)),
        "title" => raw.title = node.text().map(Words::Html),
        "dc:title" => raw.title = raw.title.take().or_else(|| node.text().map(Words::Html)),
        "link" => raw.site = node.text().or(raw.site.take()),
        "atom:link" => linked(raw, node),
        "cloud" => raw.cloud = cloud(node),
        "ttl" => raw.ttl_seconds = raw.ttl_seconds.max(number(node).saturating_mul(60)),
        "sy:updateperiod" => raw.ttl_seconds = raw.ttl_seconds.max(period(node)),
        "sy:updatefrequency" => {
            raw.ttl_seconds = raw.ttl_seconds.checked_div(number(node).max(1)).unwrap_or(0);
        }
        _ => {}
    }
}

/// What a link of a feed says of who calls for it (WebSub, section 4).
pub fn linked(raw: &mut Raw, node: &Node) {
    let href = || node.attribute("href").map(|href| href.trim().to_owned());
    match node.attribute("rel") {
        Some("hub") => raw.hub = raw.hub.take().or_else(href),
        Some("self") => raw.own_url = href(),
        _ => {}
    }
}

/// The address of a cloud that takes requests by HTTP (RSS 2.0, `cloud`).
fn cloud(node: &Node) -> Option<String> {
    let text = |name| node.attribute(name).map(str::trim);
    let scheme = match text("protocol")? {
        "http-post" => "http",
        "https-post" => "https",
        _ => return None,
    };
    let path = text("path")?.trim_start_matches('/');
    Some(format!("{scheme}://{}:{}/{path}", text("domain")?, text("port").unwrap_or("80")))
}

fn number(node: &Node) -> i64 {
    node.text().and_then(|text| text.parse().ok()).unwrap_or(0).max(0)
}

/// web.resource.org/rss/1.0/modules/syndication: how long one period is.
fn period(node: &Node) -> i64 {
    match node.text().as_deref() {
        Some("hourly") => 3_600,
        Some("daily") => 86_400,
        Some("weekly") => 7 * 86_400,
        Some("monthly" | "yearly") => 30 * 86_400,
        _ => 0,
    }
}

fn item(node: &Node, base: &Url) -> RawItem {
    let text = |name: &str| node.find(name).and_then(Node::text);
    let guid = node.find("guid");
    // A guid is the permalink unless it says that it is not.
    let permalink = guid
        .filter(|guid| guid.attribute("ispermalink") != Some("false"))
        .and_then(Node::text)
        .filter(|guid| guid.starts_with("http://") || guid.starts_with("https://"));
    let alternate = node
        .nodes()
        .find(|n| n.name == "atom:link" && matches!(n.attribute("rel"), None | Some("alternate")))
        .and_then(|n| n.attribute("href").map(str::to_owned));
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    let own = |name| node.attribute(name).map(str::to_owned);
    let published = first(&DATES).or_else(|| own("lastmod"));
    RawItem {
        guid: guid.and_then(Node::text).or_else(|| own("rdf:about")),
        link: text("link").or(alternate).or(permalink).or_else(|| own("href")),
        title: first(&TITLES).map(Words::Html),
        html: first(&CONTENTS).unwrap_or_default(),
        published_at: published.and_then(|at| datetime::parse(&at)),
        base: Some(joined(base, node)),
    }
}

/// What addresses inside an element are relative to (W3C XML Base).
pub fn joined(base: &Url, node: &Node) -> Url {
    let inner = node.attribute("xml:base").and_then(|text| base.join(text.trim()).ok());
    inner.unwrap_or_else(|| base.clone())
}
