//! HTML taken apart into texts and tags, as the tokeniser of the standard does it.

/// A piece of any HTML.
pub enum Piece<'a> {
    /// May hold character references, and `<` that begin nothing.
    Text(&'a str),
    /// A start tag.
    Start(Tag<'a>),
    /// An end tag's name, in the author's letters.
    End(&'a str),
    /// A comment or what the standard takes for one.
    Nothing,
}

/// A start tag.
pub struct Tag<'a> {
    /// In the author's letters.
    pub name: &'a str,
    /// The attributes that may stay, each once, as they were written.
    pub attributes: Vec<(&'static str, &'a str)>,
    /// Whether it ends with `/>`.
    pub is_closed: bool,
}

/// The attributes that some element may have.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 39] = [
    "align", "alt", "char", "charoff", "cite", "class", "colspan", "controls", "datetime", "dir", "headers",
    "height", "href", "hreflang", "id", "lang", "loading", "loop", "muted", "open", "playsinline", "poster",
    "preload", "rowspan", "scope", "size", "span", "src", "start", "style", "summary", "title", "type", "value",
    "width", "reversed", "kind", "srclang", "label",
];
/// A longer value goes: the parser's writer takes time that grows with the square of it.
const VALUE_BYTES_MAX: usize = 4000;

/// The first piece and what comes after it; none at the end, and where a tag never ends.
pub fn next(html: &str) -> Option<(Piece<'_>, &str)> {
    let Some(after) = html.strip_prefix('<') else {
        let (text, rest) = html.split_at_checked(html.find('<').unwrap_or(html.len()))?;
        return (!text.is_empty()).then_some((Piece::Text(text), rest));
    };
    let letter = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    if letter(after) {
        return start_tag(after);
    }
    if let Some(name) = after.strip_prefix('/').filter(|name| letter(name)) {
        let (tag, rest) = start_tag(name)?;
        let Piece::Start(tag) = tag else { return None };
        return Some((Piece::End(tag.name), rest));
    }
    if let Some(comment) = after.strip_prefix("!--") {
        let rest = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->"));
        let rest = rest.or_else(|| comment.split_once("-->").map(|(_, rest)| rest));
        return rest.map(|rest| (Piece::Nothing, rest));
    }
    if after.starts_with(['!', '?', '/']) {
        return after.split_once('>').map(|(_, rest)| (Piece::Nothing, rest));
    }
    let (sign, rest) = html.split_at_checked(1)?;
    Some((Piece::Text(sign), rest))
}

fn start_tag(html: &str) -> Option<(Piece<'_>, &str)> {
    let (name, mut rest) = cut(html, ends_name);
    let mut tag = Tag { name, attributes: Vec::new(), is_closed: false };
    loop {
        let at = rest.trim_start_matches(|c| is_space(c) || c == '/');
        if let Some(after) = at.strip_prefix('>') {
            tag.is_closed = before(rest, at).ends_with('/');
            return Some((Piece::Start(tag), after));
        }
        let (name, value, after) = attribute(at)?;
        let known = ATTRIBUTES.iter().find(|known| known.eq_ignore_ascii_case(name));
        if let Some(&known) = known
            && value.len() <= VALUE_BYTES_MAX
            && !tag.attributes.iter().any(|(name, _)| *name == known)
        {
            tag.attributes.push((known, value));
        }
        rest = after;
    }
}

/// Name, value and what comes after; none where the text ends first.
fn attribute(html: &str) -> Option<(&str, &str, &str)> {
    // A sign of equality in front belongs to the name.
    let rest = html.strip_prefix('=').unwrap_or(html);
    let (_, rest) = cut(rest, |c| ends_name(c) || c == '=');
    let name = before(html, rest);
    let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else {
        return (!rest.is_empty()).then_some((name, "", rest));
    };
    let value = value.trim_start_matches(is_space);
    for quote in ['"', '\''] {
        if let Some(value) = value.strip_prefix(quote) {
            return value.split_once(quote).map(|(value, rest)| (name, value, rest));
        }
    }
    let (value, rest) = cut(value, |c| is_space(c) || c == '>');
    (!rest.is_empty()).then_some((name, value, rest))
}

/// What stands before the end of a text, which is given by its length alone.
fn before<'a>(text: &'a str, end: &str) -> &'a str {
    text.get(..text.len().saturating_sub(end.len())).unwrap_or_default()
}

/// Whether the name of an element ends before this.
pub fn ends_name(c: char) -> bool {
    is_space(c) || c == '/' || c == '>'
}

fn cut(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at_checked(text.find(ends).unwrap_or(text.len())).unwrap_or((text, ""))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\x0c')
}
