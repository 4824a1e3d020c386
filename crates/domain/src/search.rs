//! Words as the search knows them: in lower case, without accents; of scripts that put no spaces
//! between words, each character is one.

use crate::post::Post;
use std::collections::BTreeSet;

/// The most different words of a post that can be found; a text of 10,000 words has about 2,500.
pub const WORDS_MAX: usize = 5000;
/// The most words that one looks for at once.
pub const TERMS_MAX: usize = 8;
/// What is longer is cut.
const WORD_CHARS_MAX: usize = 40;

/// A word that one looks for, as the stretch of the alphabet from `.0` to before `.1`.
pub type Term = (String, String);

/// The words by which a post is found: title, text, what its files show, categories.
pub fn of_post(post: &Post) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let texts = post.title.iter().chain(&post.categories);
    let texts = texts.chain(post.photos.iter().map(|photo| &photo.alt));
    for text in texts.chain(post.clips.iter().map(|clip| &clip.alt)) {
        collect(text, &mut words);
    }
    collect(&crate::html::words(&post.html), &mut words);
    words
}

/// What somebody looks for: each word, or the beginning of one. None when there is no word in it.
pub fn terms(query: &str) -> Option<Vec<Term>> {
    let mut words = BTreeSet::new();
    collect(query, &mut words);
    // One letter begins too many words to mean any but itself.
    let end = |word: &String| match word.chars().nth(1) {
        Some(_) => format!("{word}\u{10ffff}"),
        None => format!("{word}\u{1}"),
    };
    let terms = words.into_iter().take(TERMS_MAX).map(|word| (word.clone(), end(&word)));
    Some(terms.collect()).filter(|terms: &Vec<Term>| !terms.is_empty())
}

fn collect(text: &str, words: &mut BTreeSet<String>) {
    let mut word = String::new();
    let mut chars: usize = 0;
    for c in text.chars().chain([' ']) {
        let is_alone = is_alone(c);
        let is_inside = c.is_alphanumeric() && !is_alone;
        if is_inside && chars < WORD_CHARS_MAX {
            fold(c, &mut word);
            chars = chars.saturating_add(1);
        }
        // "don't" is one word, and an accent of its own is no letter.
        if is_inside || matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}') {
            continue;
        }
        if !word.is_empty() {
            put(std::mem::take(&mut word), words);
            chars = 0;
        }
        if is_alone {
            put(c.to_string(), words);
        }
    }
}

fn put(word: String, words: &mut BTreeSet<String>) {
    if words.len() < WORDS_MAX {
        words.insert(word);
    }
}

/// Thai, Lao, Burmese, Khmer, Chinese and Japanese.
fn is_alone(c: char) -> bool {
    matches!(c, '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What stands for the letters from a code point on; those that are not here stay.
const LETTERS: &[(u32, &str)] = &[
    (0xe0, "aaaaaaæceeeeiiiidnooooo÷ouuuuyþy"),
    (
        0x100,
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnooooooœœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs",
    ),
    (0x1a0, "oo"),
    (0x1af, "uu"),
    (0x3ac, "αεηιυ"),
    (0x3c2, "σστυφχψωιυουω"),
    (0x450, "ее"),
    (
        0x1ea0,
        "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy",
    ),
];

fn fold(c: char, word: &mut String) {
    for c in c.to_lowercase().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')) {
        match plain(c) {
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'þ' => word.push_str("th"),
            plain => word.push(plain),
        }
    }
}

fn plain(c: char) -> char {
    let code = u32::from(c);
    if code < 0xe0 {
        return c;
    }
    let of_block = |(start, letters): &(u32, &str)| {
        let place = usize::try_from(code.checked_sub(*start)?).ok()?;
        letters.chars().nth(place)
    };
    LETTERS.iter().find_map(of_block).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let mut words = BTreeSet::new();
        collect(text, &mut words);
        Vec::from_iter(words).join(" ")
    }

    #[test]
    fn words_are_folded() {
        for (text, expected) in [
            ("Hello, hello World!", "hello world"),
            ("Don’t panic: it's well-known", "dont its known panic well"),
            ("ÀÉÎÕÜ Größe Łódź Ærø Þór İzmir", "aeiou aero grosse izmir lodz thor"),
            ("Tiếng Việt ở Đà Nẵng", "da nang o tieng viet"),
            ("cafe\u{301} café", "cafe"),
            ("Ὀδός Ελλάδα ΣΊΣΥΦΟΣ σίσυφος Ёлка", "ελλαδα σισυφοσ елка ὀδοσ"),
            ("日本語 テスト", "ス テ ト 日 本 語"),
            ("x_y \"a* OR (b)\" NEAR/2", "2 a b near or x y"),
            ("🐦 … !!", ""),
            ("2026-11-22", "11 2026 22"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        assert_eq!(words(&"a".repeat(1000)).len(), 40);
    }

    #[test]
    fn a_term_means_what_begins_with_it() {
        let means = |query: &str, word: &str| {
            let terms = terms(query).unwrap_or_default();
            terms.iter().any(|(from, to)| from.as_str() <= word && word < to.as_str())
        };
        for (query, word, expected) in [
            ("Birds", "birds", true),
            ("bir", "birds", true),
            ("birds", "bird", false),
            ("b", "birds", false),
            ("b", "b", true),
            ("日", "日", true),
            ("\"a\" OR b*", "or", true),
        ] {
            assert_eq!(means(query, word), expected, "{query} {word}");
        }
        assert_eq!(terms(" \" * ( "), None);
        assert_eq!(terms("a b c d e f g h i j").map(|terms| terms.len()), Some(TERMS_MAX));
    }
}
