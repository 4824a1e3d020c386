//! What stands on a timeline, ready to be shown: on pages and to apps.

use crate::content::pictures_to_links;
use domain::{
    datetime, html,
    post::{Files, Post},
};
use store::timeline::{From, Item, Listed, Person};
use url::Url;
use web::Visit;

/// A text of more characters is cut, and a link leads to the whole.
const CHARS_MAX: usize = 280;

/// An item, as pages and apps show it.
pub struct Shown {
    /// Its id.
    pub id: String,
    /// Who wrote it, or the feed.
    pub author: String,
    /// Their site.
    pub author_url: String,
    /// The user name, of people here.
    pub username: Option<String>,
    /// The account or the feed.
    pub source: String,
    /// The address of their picture.
    pub avatar: String,
    /// Where it stands.
    pub url: String,
    /// None for an untitled one.
    pub title: Option<String>,
    /// Sanitised, cut, with its photos.
    pub html: String,
    /// Unix seconds.
    pub at: i64,
    /// RFC 3339.
    pub published_iso: String,
    /// As the reader's clock shows it.
    pub published: String,
    /// Whether it came from a feed.
    pub is_feed: bool,
    /// Whether whoever reads wrote it.
    pub is_own: bool,
    /// Whether whoever reads has a bookmark of it.
    pub is_bookmarked: bool,
    /// Whether it answers something or was answered here.
    pub is_conversation: bool,
}

/// The items of a list that are still there and have none of the words that the reader has muted.
pub fn shown(v: &Visit<'_>, reader: &str, listed: Vec<Listed>, muted: &[String]) -> Vec<Shown> {
    let items = listed.into_iter().filter_map(|one| one.item);
    items.filter(|item| !has_word(item, muted)).map(|item| show(v, reader, item)).collect()
}

fn has_word(item: &Item, muted: &[String]) -> bool {
    if muted.is_empty() {
        return false;
    }
    let title = item.title.as_deref().unwrap_or_default();
    let words = format!(" {title} {} ", html::words(whole_tags(&item.html))).to_lowercase();
    let is_end = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    muted.iter().any(|word| {
        words.match_indices(&**word).any(|(at, found)| {
            let before = words.get(..at).and_then(|text| text.chars().next_back());
            let after =
                words.get(at.saturating_add(found.len())..).and_then(|text| text.chars().next());
            is_end(before) && is_end(after)
        })
    })
}

/// Without the tag that a cut went through.
fn whole_tags(html: &str) -> &str {
    match html.rsplit_once('<') {
        Some((whole, tag)) if !tag.contains('>') => whole,
        _ => html,
    }
}

fn show(v: &Visit<'_>, reader: &str, item: Item) -> Shown {
    let mut shown = Shown {
        id: item.id,
        author: String::new(),
        author_url: String::new(),
        username: None,
        source: String::new(),
        avatar: String::new(),
        url: String::new(),
        title: item.title,
        html: item.html,
        at: item.published_at,
        published_iso: datetime::rfc3339(item.published_at),
        published: v.human(item.published_at),
        is_feed: false,
        is_own: false,
        is_bookmarked: item.is_bookmarked,
        is_conversation: false,
    };
    match item.from {
        From::Person(person) => {
            shown.is_own = person.account_id == reader;
            of_person(v, &mut shown, *person, item.is_cut);
        }
        From::Feed { id, title, site, url } => {
            shown.is_feed = true;
            shown.url = url.unwrap_or_else(|| site.clone());
            shown.html = cut(&shown.html, &shown.url, item.is_cut);
            (shown.source, shown.author, shown.author_url) = (id, title, site);
            shown.avatar = v.cx.config.app_url("/static/icon.svg");
        }
    }
    shown
}

fn of_person(v: &Visit<'_>, shown: &mut Shown, person: Person, is_cut: bool) {
    let cx = v.cx;
    let origin = cx.config.blog_origin(&person.blog, person.domain.as_deref());
    shown.url = format!("{origin}{}", person.path);
    shown.is_conversation =
        person.conversation.is_some() || person.properties.contains_key("in-reply-to");
    let path = store::profile::avatar_path(&person.username, person.picture.as_deref());
    shown.avatar = cx.config.app_url(&path);
    let post = Post {
        photos: person.photos,
        clips: person.clips,
        properties: person.properties,
        ..Post::default()
    };
    let address = |key: &str| cx.config.media_url(key);
    let files = Files { address: &address, is_lazy: true, links_elsewhere: true };
    let text = cut(&shown.html, &shown.url, is_cut);
    let whole = post.context_html() + &text + &post.files_html(&files);
    let whole = match Url::parse(&shown.url) {
        Ok(base) => html::absolute(&whole, &base),
        Err(_) => whole,
    };
    let ours = cx.config.media_url("");
    shown.html = pictures_to_links(&whole, |src| src.starts_with(&ours));
    (shown.author, shown.author_url) = (person.name, origin);
    (shown.username, shown.source) = (Some(person.username), person.account_id);
}

/// The whole of a short text; of a long one its first words and a link.
fn cut(html: &str, url: &str, is_cut: bool) -> String {
    let words = html::words(if is_cut { whole_tags(html) } else { html });
    if !is_cut && words.chars().count() <= CHARS_MAX {
        return html.to_owned();
    }
    format!(
        "<p>{} <a class=\"on\" href=\"{}\" rel=\"noreferrer\">Read on</a></p>\n",
        html::escape(&html::shorten(&words, CHARS_MAX)),
        html::escape(url)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_leads_to_the_whole() {
        let short = "<p>Short &amp; <b>sweet</b></p>";
        assert_eq!(cut(short, "https://a.example/", false), short);
        let long = format!("<p>{}</p>", "word ".repeat(57));
        assert_eq!(html::words(&long).chars().count(), 284);
        let shown = cut(&long, "https://a.example/?a&b", false);
        assert!(shown.ends_with("<a class=\"on\" href=\"https://a.example/?a&amp;b\" rel=\"noreferrer\">Read on</a></p>\n"));
        assert!(html::words(&shown).chars().count() <= CHARS_MAX + " Read on".len());
        // The beginning of something longer may end within a tag.
        let shown = cut("<p>One <a href=\"https://b.exam", "https://a.example/", true);
        assert!(shown.starts_with("<p>One <a class=\"on\""), "{shown}");
    }
}
