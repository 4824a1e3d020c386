//! What plain words of Markdown become: bare addresses links, `@name` and `#word` words with a class.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

const ADDRESS_BYTES_MAX: usize = 2000;
const NAME_BYTES_MAX: usize = 100;

/// Collects the events of a text; changes none where a link or code stands.
#[derive(Default)]
pub struct Words<'a> {
    /// What was collected.
    pub events: Vec<Event<'a>>,
    inside: usize,
}

enum Found<'t> {
    Address(&'t str),
    /// The class and the word.
    Named(&'static str, &'t str),
}

impl<'a> Words<'a> {
    /// Takes the next event.
    pub fn add(&mut self, event: Event<'a>) {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => self.enter(),
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => self.leave(),
            Event::InlineHtml(tag) if begins(tag, "<") => self.enter(),
            Event::InlineHtml(tag) if begins(tag, "</") => self.leave(),
            Event::Text(text) if self.inside == 0 && text.contains(['@', '#', ':']) => {
                return self.text(text.clone());
            }
            _ => {}
        }
        self.events.push(event);
    }

    fn enter(&mut self) {
        self.inside = self.inside.saturating_add(1);
    }

    fn leave(&mut self) {
        self.inside = self.inside.saturating_sub(1);
    }

    fn text(&mut self, text: CowStr<'a>) {
        let mut rest: &str = &text;
        while let Some((before, found, after)) = next(rest) {
            self.events.push(Event::Text(before.to_owned().into()));
            match found {
                Found::Address(address) => self.link(address),
                // Such a word has no character that HTML would read otherwise.
                Found::Named(class, word) => self.events.push(Event::InlineHtml(
                    format!("<span class=\"{class}\">{word}</span>").into(),
                )),
            }
            rest = after;
        }
        let last = if rest.len() == text.len() { text } else { rest.to_owned().into() };
        self.events.push(Event::Text(last));
    }

    fn link(&mut self, address: &str) {
        self.events.push(Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: address.to_owned().into(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }));
        self.events.push(Event::Text(address.to_owned().into()));
        self.events.push(Event::End(TagEnd::Link));
    }
}

fn begins(tag: &str, sign: &str) -> bool {
    let name = tag.strip_prefix(sign).unwrap_or_default();
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    ["a", "code", "pre", "kbd", "samp"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn next(text: &str) -> Option<(&str, Found<'_>, &str)> {
    let mut word_end = 0;
    for (start, sign) in text.match_indices(['@', '#', 'h']) {
        let Some((before, rest)) = text.split_at_checked(start) else { continue };
        if start < word_end || !is_boundary(before.chars().next_back(), sign == "h") {
            continue;
        }
        let (found, length) = match sign {
            "h" => {
                let address = address(rest);
                // One look at each word is enough.
                if address.is_empty() && rest.starts_with("http") {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    word_end = start.saturating_add(end);
                }
                (Found::Address(address), address.len())
            }
            "@" => {
                let name = mention(rest);
                (Found::Named("mention", name), name.len())
            }
            _ => {
                let word = tag(rest);
                (Found::Named("tag", word), word.len())
            }
        };
        if let Some((_, after)) = rest.split_at_checked(length).filter(|_| length > 0) {
            return Some((before, found, after));
        }
    }
    None
}

fn is_boundary(before: Option<char>, is_address: bool) -> bool {
    before.is_none_or(|c| {
        !c.is_alphanumeric() && !"_/".contains(c) && (is_address || !"@#&.=?-".contains(c))
    })
}

/// `@name`, `@name.example` or `@name@host.example`, with the sign; empty if it is none. A path in
/// which such a name stands is none.
fn mention(rest: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at_signs = 0_usize;
    let end = rest.find(|c: char| {
        at_signs = at_signs.saturating_add(usize::from(c == '@'));
        !(is_part(c) || c == '.' || c == '-' || c == '@' && at_signs <= 2)
    });
    let (name, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or_default();
    let name = name.trim_end_matches(['.', '-', '@']);
    let is_name = name.strip_prefix('@').is_some_and(|name| name.starts_with(is_part));
    let is_whole = !after.starts_with(|c: char| c.is_alphanumeric() || c == '/');
    if is_name && is_whole && name.len() <= NAME_BYTES_MAX { name } else { "" }
}

/// `#word` with the sign; empty if it is none. It begins with a letter and is no colour.
fn tag(rest: &str) -> &str {
    let word = rest.strip_prefix('#').unwrap_or_default();
    let end = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
    let word = word.get(..end).unwrap_or_default();
    let is_hex = matches!(word.len(), 3 | 4 | 6 | 8) && word.bytes().all(|b| b.is_ascii_hexdigit());
    let is_colour = is_hex && word.bytes().any(|b| b.is_ascii_digit());
    let is_word = word.starts_with(char::is_alphabetic) && word.len() <= NAME_BYTES_MAX;
    if is_word && !is_colour { rest.get(..end.saturating_add(1)).unwrap_or_default() } else { "" }
}

/// Without the punctuation of the sentence around it. Looks at a bounded length only, or a text of
/// nothing but addresses would take time that grows with its square.
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
    let has_host = url::Url::parse(address).is_ok_and(|url| url.has_host());
    if has_host { address } else { "" }
}
