//! Writing XML that every parser takes: well-nested by its callers, escaped here.

/// A document in the making, one element on each line.
#[derive(Debug)]
pub struct Xml {
    out: String,
}

impl Xml {
    /// A document in UTF-8 without content yet.
    pub fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned() }
    }

    /// Begins an element that has others in it.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push_str(">\n");
    }

    /// Ends it.
    pub fn close(&mut self, name: &str) {
        self.end(name);
    }

    /// An element that holds a text.
    pub fn element(&mut self, name: &str, text: &str) {
        self.element_with(name, &[], text);
    }

    /// The same, with attributes.
    pub fn element_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.tag(name, attributes);
        self.out.push('>');
        self.text(text);
        self.end(name);
    }

    /// An element that holds nothing.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push_str("/>\n");
    }

    /// An element that holds a text, in a section where markup means nothing (XML 1.0, section 2.7).
    pub fn cdata(&mut self, name: &str, text: &str) {
        self.tag(name, &[]);
        self.out.push_str("><![CDATA[");
        let allowed: String = text.chars().filter(is_allowed).collect();
        self.out.push_str(&allowed.replace("]]>", "]]]]><![CDATA[>"));
        self.out.push_str("]]>");
        self.end(name);
    }

    /// The document.
    pub fn finish(self) -> String {
        self.out
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            self.text(value);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    fn text(&mut self, text: &str) {
        for c in text.chars().filter(is_allowed) {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                other => self.out.push(other),
            }
        }
    }
}

impl Default for Xml {
    fn default() -> Self {
        Self::new()
    }
}

/// XML 1.0, section 2.2: other characters make the whole document unreadable, even when escaped. And
/// readers take a carriage return for a line feed, so it goes too.
pub(crate) fn is_allowed(c: &char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
