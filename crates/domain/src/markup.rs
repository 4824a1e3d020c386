//! Any HTML as well-nested HTML of known elements, in one walk over its text.
//!
//! The sanitiser's parser follows the standard to the letter, so 200 KB of hostile text can make it
//! write gigabytes (formatting that is opened again in every paragraph) or take minutes (depth,
//! attributes, text misplaced in tables). What [`tame`] writes has none of that: reading it takes
//! time that grows with its length alone. It makes nothing safe; the sanitiser comes after it.

mod lexer;
mod references;

use lexer::{Piece, Tag};

/// What an element may stand in, and what it ends by beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Stands in a line of text.
    Inline,
    /// Ends the paragraph before it.
    Block,
    /// Ends the item before it.
    Item,
    /// Stands in a table (1), in such a part of a table (2), or in a row (3).
    Part(usize),
    /// Has no content.
    Void,
}

use Kind::{Block, Inline, Item, Part, Void};

/// The elements that may stay, in the order of their names.
#[rustfmt::skip]
pub const ELEMENTS: [(&str, Kind); 74] = [
    ("a", Inline), ("abbr", Inline), ("acronym", Inline), ("article", Block), ("aside", Block),
    ("audio", Inline), ("b", Inline), ("bdi", Inline), ("bdo", Inline), ("blockquote", Block), ("br", Void),
    ("caption", Part(1)), ("center", Block), ("cite", Inline), ("code", Inline), ("data", Inline), ("dd", Item),
    ("del", Inline), ("details", Block), ("dfn", Inline), ("div", Block), ("dl", Block), ("dt", Item),
    ("em", Inline), ("figcaption", Block), ("figure", Block), ("footer", Block), ("h1", Block), ("h2", Block),
    ("h3", Block), ("h4", Block), ("h5", Block), ("h6", Block), ("header", Block), ("hgroup", Block),
    ("hr", Void), ("i", Inline), ("img", Void), ("ins", Inline), ("kbd", Inline), ("li", Item),
    ("mark", Inline), ("nav", Block), ("ol", Block), ("p", Block), ("pre", Block), ("q", Inline), ("rp", Item),
    ("rt", Item), ("ruby", Inline), ("s", Inline), ("samp", Inline), ("small", Inline), ("source", Void),
    ("span", Inline), ("strike", Inline), ("strong", Inline), ("sub", Inline), ("summary", Block),
    ("sup", Inline), ("table", Block), ("tbody", Part(1)), ("td", Part(3)), ("tfoot", Part(1)), ("th", Part(3)),
    ("thead", Part(1)), ("time", Inline), ("tr", Part(2)), ("tt", Inline), ("u", Inline), ("ul", Block),
    ("var", Inline), ("video", Inline), ("wbr", Void),
];
/// Elements that vanish with everything inside them, and whether what is inside is text alone.
#[rustfmt::skip]
pub const REMOVED_WHOLE: [(&str, bool); 17] = [
    ("script", true), ("style", true), ("iframe", true), ("noscript", true), ("textarea", true), ("title", true),
    ("xmp", true), ("noembed", true), ("noframes", true), ("plaintext", true), ("template", false),
    ("svg", false), ("math", false), ("object", false), ("form", false), ("select", false), ("frameset", false),
];
/// Deeper elements are left out, not what they hold.
const DEPTH_MAX: usize = 100;
/// After so many characters that its writer stops at, an invisible element parts a text: at each one
/// the writer looks at all of the text up to the next element.
const STOPS_MAX: usize = 1000;

/// The same HTML as a tree of known elements that any parser reads alike, written as the sanitiser
/// writes it.
pub fn tame(html: &str) -> String {
    let mut tamer = Tamer {
        out: String::with_capacity(html.len()),
        open: Vec::new(),
        endless: Vec::new(),
        pre_at: None,
        stops: STOPS_MAX,
    };
    let mut rest = html;
    while let Some((piece, after)) = lexer::next(rest) {
        rest = after;
        match piece {
            Piece::Text(text) => tamer.text(text),
            Piece::Start(tag) => rest = tamer.begin(&tag, after),
            Piece::End(name) => {
                if let Some((name, kind)) = find(name) {
                    tamer.end(name, name == "table" || matches!(kind, Part(_)));
                }
            }
            Piece::Nothing => {}
        }
    }
    tamer.close(0);
    tamer.out
}

/// Whether words on both sides of the element's tag belong together.
pub fn is_inline(name: &str) -> bool {
    find(name).is_some_and(|(name, kind)| kind == Inline || name == "wbr")
}

fn find(name: &str) -> Option<(&'static str, Kind)> {
    let known = |name: &str| ELEMENTS.binary_search_by(|(known, _)| (*known).cmp(name)).ok();
    let place = known(name).or_else(|| known(&name.to_ascii_lowercase()))?;
    ELEMENTS.get(place).copied()
}

struct Tamer {
    out: String,
    open: Vec<(&'static str, Kind)>,
    /// Elements that vanish of which it is known that no end tag follows.
    endless: Vec<&'static str>,
    /// How long `out` was when a `pre` began.
    pre_at: Option<usize>,
    /// How many characters that stop the writer there may be before the next element.
    stops: usize,
}

impl Tamer {
    fn text(&mut self, text: &str) {
        if !text.bytes().all(|b| b.is_ascii_whitespace()) {
            self.make_cell();
        }
        // The parser leaves out the line end that begins preformatted text, every time again; NUL is left
        // out anyway, and what follows it would then be what begins it.
        let is_first = self.pre_at == Some(self.out.len());
        let mut rest = if is_first { text.trim_start_matches(['\r', '\n', '\0']) } else { text };
        loop {
            rest = references::write(&mut self.out, rest, false, &mut self.stops);
            if rest.is_empty() {
                return;
            }
            self.write("wbr", &[]);
        }
    }

    /// Takes a start tag and returns what comes after it, or after all of the element.
    fn begin<'a>(&mut self, tag: &Tag, after: &'a str) -> &'a str {
        if let Some((name, kind)) = find(tag.name) {
            if kind == Void || self.open.len() < DEPTH_MAX {
                self.element(name, kind, tag);
            }
            return after;
        }
        let removed = REMOVED_WHOLE.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag.name));
        match removed {
            Some(("svg" | "math", _)) if tag.is_closed => after,
            Some(&(name, is_text)) => self.skip(name, is_text, after),
            None => after,
        }
    }

    /// What comes after the end of an element that vanishes.
    fn skip<'a>(&mut self, name: &'static str, is_text: bool, html: &'a str) -> &'a str {
        if self.endless.contains(&name) {
            return html;
        }
        let (mut depth, mut rest) = (1_usize, html);
        while let Some((_, after)) = rest.split_once('<') {
            rest = after;
            if !is_text && is_named(rest, name) {
                depth = depth.saturating_add(1);
            } else if rest.strip_prefix('/').is_some_and(|rest| is_named(rest, name)) {
                depth = depth.saturating_sub(1);
            }
            if depth == 0 {
                return rest.split_once('>').map_or("", |(_, after)| after);
            }
        }
        self.endless.push(name);
        if is_text { "" } else { html }
    }

    fn element(&mut self, name: &'static str, kind: Kind, tag: &Tag) {
        match kind {
            Part(level) if !self.make_place(level) => return,
            Part(_) => {}
            _ => self.make_cell(),
        }
        match name {
            "li" => self.end_item(&["li"]),
            "dd" | "dt" => self.end_item(&["dd", "dt"]),
            "rp" | "rt" => self.end_item(&["rp", "rt"]),
            "a" => self.end("a", false),
            _ => {}
        }
        if kind == Block || matches!(name, "hr" | "li" | "dd" | "dt") {
            self.end("p", false);
        }
        if is_heading(name) && self.open.last().is_some_and(|(name, _)| is_heading(name)) {
            self.close(self.open.len().saturating_sub(1));
        }
        self.write(name, &tag.attributes);
        if kind != Void {
            self.open.push((name, kind));
        }
        if name == "pre" {
            self.pre_at = Some(self.out.len());
        }
    }

    /// Ends the innermost element of this name, with all that is open in it. What is open outside
    /// of a table, or of its cell, cannot be ended in it.
    fn end(&mut self, name: &str, is_of_table: bool) {
        for (place, (open, kind)) in self.open.iter().enumerate().rev() {
            if *open == name {
                return self.close(place);
            }
            if *open == "table" || (!is_of_table && matches!(kind, Part(_))) {
                return;
            }
        }
    }

    /// Ends the item that the next one follows.
    fn end_item(&mut self, names: &[&str]) {
        for (place, (open, kind)) in self.open.iter().enumerate().rev() {
            if names.contains(open) {
                return self.close(place);
            }
            if *kind != Inline && !matches!(*open, "div" | "p") || *open == "ruby" {
                return;
            }
        }
    }

    /// Ends what a part of a table of this level cannot stand in and begins what it must stand in;
    /// says whether there is a table.
    fn make_place(&mut self, level: usize) -> bool {
        let Some(table) = self.open.iter().rposition(|(name, _)| *name == "table") else {
            return false;
        };
        let around = self.open.iter().skip(table).zip(0..level);
        let kept = around.take_while(|((name, kind), at)| {
            *at == 0 || (*kind == Part(*at) && *name != "caption")
        });
        let kept = kept.count();
        self.close(table.saturating_add(kept));
        for (name, at) in [("tbody", 1), ("tr", 2)] {
            if (kept..level).contains(&at) {
                self.write(name, &[]);
                self.open.push((name, Part(at)));
            }
        }
        true
    }

    /// What stands in a table stands in a cell.
    fn make_cell(&mut self) {
        let is_outside = |(name, kind): &(&str, Kind)| {
            *name == "table" || matches!(kind, Part(1 | 2)) && *name != "caption"
        };
        if self.open.last().is_some_and(is_outside) && self.make_place(3) {
            self.write("td", &[]);
            self.open.push(("td", Part(3)));
        }
    }

    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some((name, _)) = self.open.pop() {
                self.stops = STOPS_MAX;
                self.out.push_str("</");
                self.out.push_str(name);
                self.out.push('>');
            }
        }
    }

    fn write(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.stops = STOPS_MAX;
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            let (attribute, value) = match (*attribute, alignment(value)) {
                ("style", None) => continue,
                ("style", Some(class)) => ("class", class),
                _ => (*attribute, *value),
            };
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            references::write(&mut self.out, value, true, &mut usize::MAX.clone());
            self.out.push('"');
        }
        self.out.push_str(if name == "a" { " rel=\"noopener\">" } else { ">" });
    }
}

fn is_named(html: &str, name: &str) -> bool {
    let (start, rest) = html.split_at_checked(name.len()).unwrap_or_default();
    start.eq_ignore_ascii_case(name) && rest.starts_with(lexer::ends_name)
}

/// What tables of Markdown have for a style.
fn alignment(style: &str) -> Option<&'static str> {
    match style {
        "text-align: left" => Some("align-left"),
        "text-align: center" => Some("align-center"),
        "text-align: right" => Some("align-right"),
        _ => None,
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
