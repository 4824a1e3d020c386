//! OPML 2.0 (opml.org/spec2.opml): lists of feeds, as readers write them.

use crate::{
    document::{Problem, decode},
    xml::{Node, Reader},
};
use domain::xml::Xml;
use platform::Decode;

const NONE: Problem =
    "That file is no list of feeds. Choose the OPML file that your reader exports.";
const TEXT_CHARS_MAX: usize = 500;

/// A feed of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// What the list calls it; may be empty.
    pub text: String,
    /// Where the feed is.
    pub xml_url: String,
    /// The site it belongs to.
    pub html_url: Option<String>,
}

/// The feeds of a list, in its order, those in folders too.
///
/// # Errors
/// The sentence for the person who brought it.
pub fn read(bytes: &[u8], legacy: Decode) -> Result<Vec<Outline>, Problem> {
    let text = decode(bytes, "", legacy);
    if text.contains("<!ENTITY") {
        return Err(NONE);
    }
    let mut reader = Reader::new(text.trim_start());
    let root = reader.open().ok().flatten().filter(|root| root.name == "opml");
    let root = reader.fill(root.ok_or(NONE)?).map_err(|_| NONE)?;
    let mut outlines = Vec::new();
    collect(&root, &mut outlines);
    if outlines.is_empty() { Err("There are no feeds in that list.") } else { Ok(outlines) }
}

// The reader refuses what is nested too deeply.
fn collect(node: &Node, outlines: &mut Vec<Outline>) {
    for inner in node.nodes() {
        let first = |names: &[&str]| {
            let values = names.iter().filter_map(|name| inner.attribute(name).map(str::trim));
            values.filter(|value| !value.is_empty()).map(cut).next()
        };
        if let Some(xml_url) = first(&["xmlurl"]) {
            outlines.push(Outline {
                text: first(&["text", "title"]).unwrap_or_default(),
                xml_url,
                html_url: first(&["htmlurl"]),
            });
        }
        collect(inner, outlines);
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX.saturating_mul(4)).collect()
}

/// A list as a document.
pub fn write(title: &str, outlines: &[Outline]) -> String {
    let mut xml = Xml::new();
    xml.open("opml", &[("version", "2.0")]);
    xml.open("head", &[]);
    xml.element("title", title);
    xml.close("head");
    xml.open("body", &[]);
    for outline in outlines {
        let mut attributes = vec![
            ("type", "rss"),
            ("text", outline.text.as_str()),
            ("title", outline.text.as_str()),
            ("xmlUrl", outline.xml_url.as_str()),
        ];
        attributes.extend(outline.html_url.as_deref().map(|url| ("htmlUrl", url)));
        xml.empty("outline", &attributes);
    }
    xml.close("body");
    xml.close("opml");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Outline>, Problem> {
        read(text.as_bytes(), |_, _| None)
    }

    #[test]
    fn what_is_written_is_read() {
        let outlines: Vec<Outline> = (0..500)
            .map(|n| Outline {
                text: format!("Ann & Bob's “{n}” <blog>"),
                xml_url: format!("https://site{n}.example/feed?a=1&b=2"),
                html_url: (n % 2 == 0).then(|| format!("https://site{n}.example/")),
            })
            .collect();
        assert_eq!(parsed(&write("Feeds of ann", &outlines)), Ok(outlines));
    }

    #[test]
    fn lists_of_other_readers_are_read() {
        let liferea = "<?xml version=\"1.0\"?>\n<opml version=\"1.0\">\n  <head>\n    <title>Liferea Feed List Export</title>\n  </head>\n  <body>\n\
            <outline title=\"News\" text=\"News\" description=\"News\" type=\"folder\">\n\
            <outline title=\"LWN\" text=\"LWN\" description=\"LWN\" type=\"rss\" sortColumn=\"time\" xmlUrl=\"https://lwn.example/headlines/rss\" htmlUrl=\"https://lwn.example\" updateInterval=\"-1\" collapsed=\"true\"/>\n\
            </outline><outline title=\"Unread\" type=\"vfolder\"/></body></opml>";
        let newsboat = "<?xml version=\"1.0\"?>\n<opml version=\"1.0\">\n  <head>\n    <title>newsboat - Exported Feeds</title>\n  </head>\n  <body>\n\
            <outline type=\"rss\" xmlUrl=\"https://a.example/feed.xml?a=1&amp;b=2\" htmlUrl=\"\" title=\"A &amp; co\"/>\n\
            <outline type=\"rss\" xmlUrl=\"https://b.example/feed.xml\" title=\"\"/>\n</body></opml>";
        let of = |text: &str| {
            let outlines = parsed(text).unwrap().into_iter();
            outlines.map(|one| format!("{} {}", one.text, one.xml_url)).collect::<Vec<_>>()
        };
        assert_eq!(of(liferea), ["LWN https://lwn.example/headlines/rss"]);
        assert_eq!(
            of(newsboat),
            ["A & co https://a.example/feed.xml?a=1&b=2", " https://b.example/feed.xml"]
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let deep = format!("<opml><body>{}", "<outline>".repeat(1000));
        let bomb = "<!DOCTYPE opml [<!ENTITY a \"b\">]><opml/>";
        for text in ["", "hello", "<rss/>", "<opml>", "<opml><body/></opml>", bomb, &deep] {
            assert!(parsed(text).is_err(), "{}", text.chars().take(50).collect::<String>());
        }
    }
}
