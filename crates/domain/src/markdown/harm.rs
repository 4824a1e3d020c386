//! Reads HTML as a browser would and says what in it does harm.

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;
use url::{ParseError, Url};

const ELEMENTS: &str = "a abbr acronym article aside audio b bdi bdo blockquote br caption center cite code data \
    dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li \
    mark nav ol p pre q rp rt ruby s samp small source span strike strong sub summary sup table tbody td tfoot th \
    thead time tr tt u ul var video wbr";
const ATTRIBUTES: &str = "align alt char charoff class colspan controls datetime dir headers height hreflang id \
    lang loading loop muted open playsinline preload rel rowspan scope size start summary title type width";
const ADDRESSES: &str = "cite href poster src";

/// Every tag has a name and attributes from the lists above, every address a scheme that may be, and
/// every element ends where it should.
pub fn check(html: &str) -> Result<(), String> {
    let reader = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = reader.feed(&input);
    reader.end();
    let reader = reader.sink;
    match (reader.harm.into_inner(), reader.open.into_inner().pop()) {
        (Some(harm), _) => Err(harm),
        (None, Some(open)) => Err(format!("{open} never ends")),
        (None, None) => Ok(()),
    }
}

#[derive(Default)]
struct Reader {
    open: RefCell<Vec<String>>,
    harm: RefCell<Option<String>>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let harm = match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CharacterTokens(_) | Token::EOFToken => None,
            other => Some(format!("{other:?}")),
        };
        let first = self.harm.take();
        self.harm.replace(first.or(harm));
        TokenSinkResult::Continue
    }
}

impl Reader {
    fn tag(&self, tag: &Tag) -> Option<String> {
        let name = tag.name.to_string();
        if !has(ELEMENTS, &name) {
            return Some(format!("element {name}"));
        }
        if tag.kind == TagKind::EndTag {
            let open = self.open.borrow_mut().pop();
            return (open.as_ref() != Some(&name)).then(|| format!("{open:?} ended as {name}"));
        }
        if !has("br hr img source wbr", &name) {
            self.open.borrow_mut().push(name);
        }
        tag.attrs.iter().find_map(|attribute| {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            match name {
                _ if has(ADDRESSES, name) => address(value),
                "id" => (!value.starts_with("u-")).then(|| format!("id {value}")),
                "rel" => (value != "noopener").then(|| format!("rel {value}")),
                _ => (!has(ATTRIBUTES, name)).then(|| format!("attribute {name}")),
            }
        })
    }
}

fn address(value: &str) -> Option<String> {
    match Url::parse(value) {
        Ok(url) if ["https", "http", "mailto"].contains(&url.scheme()) => None,
        Err(ParseError::RelativeUrlWithoutBase) => None,
        other => Some(format!("address {value}: {other:?}")),
    }
}

fn has(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == name)
}

#[test]
fn the_check_itself_sees_harm() {
    for html in [
        "<script>",
        "<p onclick=\"x\"></p>",
        "<a href=\"javascript:x\"></a>",
        "<a href=\"&#106;avascript:x\"></a>",
        "<p style=\"x\"></p>",
        "<p id=\"x\"></p>",
        "<p",
        "<p>",
        "<b><i></b></i>",
        "<!-- x -->",
    ] {
        assert!(check(html).is_err(), "{html}");
    }
    assert_eq!(check("<p id=\"u-x\">a<br><img src=\"/x\" alt=\"<script>\"></p>"), Ok(()));
}
