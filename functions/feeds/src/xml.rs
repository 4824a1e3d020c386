//! XML as small trees, read so that no document can make it slow, deep or fall over.

use domain::html::escape;
use quick_xml::NsReader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use std::collections::BTreeMap;

const DEPTH_MAX: usize = 64;
const ATTRIBUTES_MAX: usize = 64;
/// The most elements of one tree: far above what an item has, far below what memory holds.
const NODES_MAX: usize = 50_000;
/// Each element's name is looked up among the declarations around it, so there may not be many.
const DECLARATIONS_MAX: usize = 24;
/// What feeds use, by its name in the wild. Elements of plain RSS have no prefix here.
const NAMESPACES: [(&str, &str); 17] = [
    ("http://www.w3.org/2005/Atom", "atom:"),
    ("http://purl.org/atom/ns#", "atom:"),
    // What Atom's drafts were called.
    ("http://purl.org/pie/", "atom:"),
    ("http://purl.org/echo/", "atom:"),
    ("http://example.com/necho", "atom:"),
    ("http://example.com/newformat#", "atom:"),
    ("http://purl.org/rss/1.0/modules/content/", "content:"),
    ("http://purl.org/dc/terms/", "dcterms:"),
    ("http://search.yahoo.com/mrss/", "media:"),
    ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes:"),
    ("http://www.itunes.com/DTDs/Podcast-1.0.dtd", "itunes:"),
    ("http://purl.org/dc/elements/1.1/", "dc:"),
    ("http://purl.org/rss/1.0/modules/syndication/", "sy:"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"),
    ("http://www.w3.org/1999/xhtml", "xhtml:"),
    ("http://purl.org/rss/1.0/", ""),
    ("http://my.netscape.com/rdf/simple/0.9/", ""),
];

/// Why a document could not be read; the words are for the people who follow it.
pub type Problem = &'static str;

const BROKEN: Problem = "What is there is not XML that can be read.";
const TOO_DEEP: Problem = "Its elements are nested too deeply.";
const TOO_MANY: Problem = "One of its items has too many elements.";

/// An element with everything in it.
#[derive(Debug, Default)]
pub struct Node {
    /// `title`, `atom:title`, `content:encoded`: the same whatever prefix the document uses, in small
    /// letters, since not everybody who writes feeds tells them from capitals.
    pub name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Child>,
}

#[derive(Debug)]
enum Child {
    Text(String),
    Node(Node),
}

impl Node {
    /// An attribute, under the name that the document writes, in small letters.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// The elements directly inside.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.children.iter().filter_map(|child| match child {
            Child::Node(node) => Some(node),
            Child::Text(_) => None,
        })
    }

    /// The first element of this name directly inside.
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.nodes().find(|node| node.name == name)
    }

    /// The text of it, or, where it holds elements, the markup of them.
    pub fn inner(&self) -> String {
        let mut out = String::new();
        if self.nodes().next().is_some() {
            self.write_inner(&mut out);
            return out;
        }
        for child in &self.children {
            if let Child::Text(text) = child {
                out.push_str(text);
            }
        }
        out
    }

    /// The text of it without white space around it; None when that is nothing.
    pub fn text(&self) -> Option<String> {
        let inner = self.inner();
        let text = inner.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    // References come one by one, and a child each would take much memory.
    fn push_text(&mut self, text: String) {
        match self.children.last_mut() {
            Some(Child::Text(before)) => before.push_str(&text),
            _ => self.children.push(Child::Text(text)),
        }
    }

    fn write_inner(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Child::Text(text) => out.push_str(&escape(text)),
                Child::Node(node) => node.write(out),
            }
        }
    }

    // Depth is at most DEPTH_MAX, so this cannot exhaust the stack.
    fn write(&self, out: &mut String) {
        let name = self.name.rsplit(':').next().unwrap_or_default();
        out.push_str(&format!("<{name}"));
        for (attribute, value) in &self.attributes {
            out.push_str(&format!(" {attribute}=\"{}\"", escape(value)));
        }
        out.push('>');
        self.write_inner(out);
        if !matches!(name, "br" | "hr" | "img" | "wbr") {
            out.push_str(&format!("</{name}>"));
        }
    }
}

/// Reads a document from its root, one tree at a time.
pub struct Reader<'a> {
    reader: NsReader<&'a [u8]>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a document in UTF-8.
    pub fn new(text: &'a str) -> Self {
        let mut reader = NsReader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader }
    }

    /// The start of the next element (its children are not read yet), or None where the element
    /// around it, or the document, ends.
    pub fn open(&mut self) -> Result<Option<Node>, Problem> {
        loop {
            match self.next()? {
                Step::Start(node) => return Ok(Some(node)),
                Step::End => return Ok(None),
                Step::Text(_) => {}
            }
        }
    }

    /// The rest of an element that [`Self::open`] has begun.
    pub fn fill(&mut self, node: Node) -> Result<Node, Problem> {
        let mut around: Vec<Node> = Vec::new();
        let mut current = node;
        let mut nodes: usize = 0;
        loop {
            match self.next()? {
                Step::Text(text) => current.push_text(text),
                Step::Start(_) if nodes >= NODES_MAX => return Err(TOO_MANY),
                Step::Start(_) if around.len() >= DEPTH_MAX => return Err(TOO_DEEP),
                Step::Start(node) => {
                    nodes = nodes.saturating_add(1);
                    around.push(std::mem::replace(&mut current, node));
                }
                Step::End => {
                    let Some(parent) = around.pop() else { return Ok(current) };
                    let done = std::mem::replace(&mut current, parent);
                    current.children.push(Child::Node(done));
                }
            }
        }
    }

    fn next(&mut self) -> Result<Step, Problem> {
        loop {
            let (namespace, event) = self.reader.read_resolved_event().map_err(|_| BROKEN)?;
            return Ok(match event {
                Event::Start(tag) => Step::Start(start(namespace, &tag)?),
                Event::End(_) => Step::End,
                Event::Eof => return Err(BROKEN),
                Event::Text(text) => Step::Text(text.decode().map_err(|_| BROKEN)?.into_owned()),
                Event::CData(text) => Step::Text(text.decode().map_err(|_| BROKEN)?.into_owned()),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| BROKEN)?;
                    let known = reference.resolve_char_ref().ok().flatten().map(String::from);
                    let known =
                        known.or_else(|| resolve_predefined_entity(&name).map(str::to_owned));
                    // `&nbsp;` and its like mean something to HTML, which this text may become.
                    Step::Text(known.unwrap_or_else(|| format!("&{name};")))
                }
                _ => continue,
            });
        }
    }
}

enum Step {
    Start(Node),
    Text(String),
    End,
}

fn start(namespace: ResolveResult<'_>, tag: &BytesStart<'_>) -> Result<Node, Problem> {
    let local = tag.local_name();
    let local = str::from_utf8(local.as_ref()).map_err(|_| BROKEN)?;
    let prefix = match &namespace {
        ResolveResult::Bound(uri) => {
            let known = NAMESPACES.iter().find(|(known, _)| known.as_bytes() == uri.0);
            // RSS itself has no namespace, though some documents give it one.
            let is_rss = uri.0.starts_with(b"http://backend.userland.com/");
            known.map_or(if is_rss { "" } else { "other:" }, |(_, prefix)| prefix)
        }
        ResolveResult::Unbound => "",
        ResolveResult::Unknown(prefix) => match prefix.as_slice() {
            b"content" => "content:",
            b"dc" => "dc:",
            b"atom" => "atom:",
            _ => "other:",
        },
    };
    let mut attributes = BTreeMap::new();
    let mut declarations: usize = 0;
    for (count, attribute) in tag.html_attributes().with_checks(false).enumerate() {
        if count >= ATTRIBUTES_MAX {
            return Err("An element has too many attributes.");
        }
        // A broken attribute is left out; the element may still say enough.
        let Ok(attribute) = attribute else { continue };
        let (Ok(key), Ok(value)) =
            (str::from_utf8(attribute.key.as_ref()), str::from_utf8(&attribute.value))
        else {
            continue;
        };
        declarations = declarations.saturating_add(usize::from(key.starts_with("xmlns")));
        if declarations > DECLARATIONS_MAX {
            return Err("An element has too many namespaces.");
        }
        let value = unescape(value).map_or_else(|_| value.to_owned(), |value| value.into_owned());
        attributes.insert(key.to_ascii_lowercase(), value);
    }
    let name = format!("{prefix}{}", local.to_ascii_lowercase());
    Ok(Node { name, attributes, children: Vec::new() })
}
