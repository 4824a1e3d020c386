//! Which new posts come into a category by themselves.

use crate::{
    html,
    post::{Kind, Post},
};
use serde_json::{Value, json};

/// The longest list of words.
pub const WORDS_CHARS_MAX: usize = 500;

/// The kinds of posts that a filter can name: the word in forms, the words for people, the kind.
pub const KINDS: [(&str, &str, Kind); 6] = [
    ("article", "An article, with a title", Kind::Article),
    ("reply", "A reply", Kind::Reply),
    ("like", "A like", Kind::Like),
    ("repost", "A repost", Kind::Repost),
    ("bookmark", "A bookmark", Kind::Bookmark),
    ("rsvp", "An answer to an invitation", Kind::Rsvp),
];

/// Takes a post when any of these is so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// One of these words, word groups or signs stands in it; with commas between them.
    pub words: String,
    /// There is an emoji in it.
    pub has_emoji: bool,
    /// It has more characters.
    pub longer: Option<u32>,
    /// It has fewer characters.
    pub shorter: Option<u32>,
    /// It shows a photo.
    pub has_photo: bool,
    /// It is of one of these kinds, as the first words of [`KINDS`] name them.
    pub kinds: Vec<String>,
}

impl Filter {
    /// Whether it takes no post at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it names this kind.
    pub fn has_kind(&self, word: &str) -> bool {
        self.kinds.iter().any(|kind| kind == word)
    }

    /// As it is stored; nothing for one that is empty.
    pub fn to_json(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        json!({ "words": self.words, "emoji": self.has_emoji, "longer": self.longer, "shorter": self.shorter,
            "photo": self.has_photo, "kinds": self.kinds })
        .to_string()
    }

    /// As it was stored.
    pub fn of_json(text: &str) -> Self {
        let value: Value = serde_json::from_slice(text.as_bytes()).unwrap_or_default();
        let at = |name| value.get(name);
        let is = |name| at(name).and_then(Value::as_bool).unwrap_or_default();
        let number = |name| at(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        let kinds = at("kinds").and_then(Value::as_array).into_iter().flatten();
        Self {
            words: at("words").and_then(Value::as_str).unwrap_or_default().to_owned(),
            has_emoji: is("emoji"),
            longer: number("longer"),
            shorter: number("shorter"),
            has_photo: is("photo"),
            kinds: kinds.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }

    /// Whether it takes this post, whose words [`words`] gives.
    pub fn takes(&self, post: &Post, words: &str) -> bool {
        let chars = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
        let kind = post.kind();
        let in_html = || post.html.contains("<img ");
        self.longer.is_some_and(|than| chars > than)
            || self.shorter.is_some_and(|than| chars < than)
            || self.has_photo && (!post.photos.is_empty() || in_html())
            || KINDS.iter().any(|known| known.2 == kind && self.has_kind(known.0))
            || self.has_emoji && words.chars().any(is_emoji)
            || self.words.split(',').any(|part| has_words(words, part.trim()))
    }
}

/// The words of a post that filters look at: of its title and its text.
pub fn words(post: &Post) -> String {
    let text = html::words(&post.html);
    post.title.as_ref().map(|title| format!("{title} {text}")).unwrap_or(text)
}

/// Whether a part stands in a text, whatever its case; where it begins or ends with a letter, not inside a word.
fn has_words(text: &str, part: &str) -> bool {
    if part.is_empty() {
        return false;
    }
    let (text, part) = (text.to_lowercase(), part.to_lowercase());
    let is_inside = |outer: Option<char>, inner: Option<char>| {
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        is_letter(outer) && is_letter(inner)
    };
    text.match_indices(&part).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = at.checked_add(found.len()).and_then(|end| text.get(end..));
        !is_inside(before, part.chars().next())
            && !is_inside(after.and_then(|after| after.chars().next()), part.chars().next_back())
    })
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}'
        | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23fa}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::{Format, Photo};

    fn post(title: &str, text: &str) -> Post {
        let title = Some(title.to_owned()).filter(|title| !title.is_empty());
        Post { title, html: crate::post::html(text, Format::Markdown), ..Post::default() }
    }

    fn takes(filter: &Filter, post: &Post) -> bool {
        filter.takes(post, &words(post))
    }

    #[test]
    fn words_and_signs_are_found_but_not_inside_other_words() {
        for (given, text, expected) in [
            ("bird", "A Bird sings.", true),
            ("bird", "Birds sing.", false),
            ("bird", "The ladybird", false),
            ("bird", "Bluebirds, and one bird", true),
            ("cat, 🐦", "Look: 🐦🐦", true),
            ("🐦", "a🐦b", true),
            ("two words", "These two words", true),
            ("two words", "two other words", false),
            ("#tea", "Time for #tea", true),
            ("öl", "Das Öl", true),
            (" , ,", "anything", false),
            ("", "anything", false),
        ] {
            let filter = Filter { words: given.into(), ..Filter::default() };
            assert_eq!(takes(&filter, &post("", text)), expected, "{given}: {text}");
        }
        let filter = Filter { words: "heron".into(), ..Filter::default() };
        assert!(takes(&filter, &post("A heron", "x")));
    }

    #[test]
    fn length_pictures_kinds_and_emoji_count() {
        let of = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            filter
        };
        let photo = Photo { key: "k".into(), alt: String::new(), width: 1, height: 1 };
        let pictured = Post { photos: vec![photo], ..post("", "12345") };
        let like = json!({ "like-of": ["https://example.org/"] });
        let like =
            Post { properties: like.as_object().cloned().unwrap_or_default(), ..post("", "") };
        let smile = post("", "Ha 😀");
        for (filter, taken) in [
            (of(|f| f.longer = Some(4)), [true, false, false]),
            (of(|f| f.longer = Some(5)), [false, false, false]),
            (of(|f| f.shorter = Some(5)), [false, true, true]),
            (of(|f| f.has_photo = true), [true, false, false]),
            (of(|f| f.has_emoji = true), [false, false, true]),
            (of(|f| f.kinds = vec!["reply".into(), "like".into()]), [false, true, false]),
            (of(|_| ()), [false, false, false]),
        ] {
            let posts = [&pictured, &like, &smile];
            assert_eq!(posts.map(|post| takes(&filter, post)), taken, "{filter:?}");
            assert_eq!(Filter::of_json(&filter.to_json()), filter);
        }
    }
}
