//! Slugs and permalinks: addresses that are made once and then never change.

use crate::datetime;

const WORDS_MAX: usize = 8;
const CHARS_MAX: usize = 60;
/// Slugs that arrive from elsewhere may be longer than those we make.
const TAKEN_CHARS_MAX: usize = 100;

/// A slug from the title, or from the first words of the plain text, or, where neither has a
/// letter of ASCII, from the time of day (`HHMMSS`).
pub fn from_text(title: Option<&str>, text: &str, seconds: i64) -> String {
    let titled = words(title.unwrap_or_default());
    let slug = if titled.is_empty() { words(text) } else { titled };
    if slug.is_empty() { datetime::time_of_day(seconds) } else { slug }
}

/// `/2026/11/22/slug`; the day is the day in UTC.
pub fn permalink_path(published_at: i64, slug: &str) -> String {
    format!("{}/{slug}", datetime::path(published_at))
}

/// A category's part of an address: its letters and digits in lower case, of any script, with hyphens
/// between the words.
pub fn of_category(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            '+' => slug.push_str("plus"),
            '#' => slug.push_str("sharp"),
            '&' => slug.push_str("and"),
            c if c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_whitespace() => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "-".to_owned() } else { slug.to_owned() }
}

/// `/categories/tea`, as a link has it.
pub fn category_path(slug: &str) -> String {
    format!("/categories/{}", escaped(slug))
}

/// Any text as a part of an address or of a query (URL Standard, section 5.2).
pub fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A slug that somebody asked for, brought into form; none where nothing of it is left.
pub fn of_wish(wish: &str) -> Option<String> {
    let name = wish.trim().trim_matches('/').rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".html").unwrap_or(name);
    let parts: Vec<String> = parts(&name.replace(|c: char| c.is_whitespace(), "-"));
    let slug: String = parts.join("-").chars().take(TAKEN_CHARS_MAX).collect();
    let slug = slug.trim_end_matches('-');
    is_slug(slug).then(|| slug.to_owned())
}

/// `/about`: the path of a page.
pub fn page_path(slug: &str) -> String {
    format!("/{slug}")
}

/// Whether a page cannot have this slug, because something else of a blog stands there.
pub fn is_taken_by_the_blog(slug: &str) -> bool {
    matches!(
        slug,
        "archive"
            | "atom"
            | "categories"
            | "favicon"
            | "feed"
            | "feeds"
            | "hub"
            | "index"
            | "media"
            | "page"
            | "photos"
            | "preview"
            | "replies"
            | "robots"
            | "rsd"
            | "rss"
            | "search"
            | "sitemap"
            | "static"
            | "uploads"
            | "xmlrpc"
    )
}

/// Lower-case ASCII letters, digits and single hyphens inside, at most 100 characters.
pub fn is_slug(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.len() <= TAKEN_CHARS_MAX
        && text.split('-').all(|part| !part.is_empty() && part.bytes().all(plain))
}

fn words(text: &str) -> String {
    let mut slug = String::new();
    let addresses = |word: &&str| !word.contains("://");
    let parts = text.split_whitespace().filter(addresses).flat_map(parts);
    for word in parts.take(WORDS_MAX) {
        if slug.len().saturating_add(word.len()) >= CHARS_MAX {
            if slug.is_empty() {
                slug = word.chars().take(CHARS_MAX).collect();
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    slug
}

// "don't" is one word and "well-known" is two.
fn parts(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in word.chars().filter(|c| !matches!(c, '\'' | '’')) {
        let plain = plain(c);
        match parts.last_mut() {
            Some(part) if !plain.is_empty() => part.push_str(&plain),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

// The letters of Europe's Latin alphabets, without their accents.
fn plain(c: char) -> String {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let text = match lower {
        'a'..='z' | '0'..='9' => return lower.to_string(),
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ċ' | 'ĉ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' | 'ġ' | 'ĝ' => "g",
        'ħ' | 'ĥ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ľ' | 'ĺ' | 'ļ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ř' | 'ŕ' => "r",
        'ś' | 'š' | 'ş' | 'ș' | 'ŝ' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' | 'ŭ' => "u",
        'ü' => "ue",
        'ŵ' => "w",
        'ý' | 'ÿ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        _ => "",
    };
    text.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // 2026-11-22T14:05:09Z
    const AT: i64 = 1_795_356_309;

    #[test]
    fn slugs_come_from_the_title_the_text_or_the_time() {
        for (title, text, expected) in [
            (Some("Hello, World!"), "ignored", "hello-world"),
            (None, "Don't panic: it’s well-known.", "dont-panic-its-well-known"),
            (
                None,
                "one two three four five six seven eight nine",
                "one-two-three-four-five-six-seven-eight",
            ),
            (Some("  "), "Hello from the edge", "hello-from-the-edge"),
            (None, "Übergröße çà et là", "uebergroesse-ca-et-la"),
            (None, "https://example.com/a/b?c look at this", "look-at-this"),
            (None, "Привет, мир", "140509"),
            (None, "", "140509"),
            (None, "🎉", "140509"),
            (None, "日本 2026", "2026"),
        ] {
            assert_eq!(from_text(title, text, AT), expected, "{title:?} {text}");
        }
    }

    #[test]
    fn long_words_do_not_make_long_slugs() {
        let word = "a".repeat(300);
        assert_eq!(from_text(None, &word, AT), "a".repeat(60));
        assert_eq!(from_text(None, &format!("short {word}"), AT), "short");
    }

    #[test]
    fn a_permalink_carries_the_day() {
        assert_eq!(permalink_path(AT, "hello"), "/2026/11/22/hello");
        assert_eq!(permalink_path(0, "hello"), "/1970/01/01/hello");
        assert_eq!(permalink_path(i64::MAX, "hello"), "/9999/12/31/hello");
    }

    #[test]
    fn only_plain_slugs_are_slugs() {
        for (text, expected) in [
            ("hello-world", true),
            ("140509", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("a--b", false),
            ("A", false),
            ("é", false),
            ("a/b", false),
            ("a.b", false),
            ("..", false),
        ] {
            assert_eq!(is_slug(text), expected, "{text}");
        }
        assert!(!is_slug(&"a".repeat(101)));
    }

    proptest! {
        #[test]
        fn every_text_has_a_slug(title in proptest::option::of("\\PC{0,40}"), text in "\\PC{0,80}") {
            let slug = from_text(title.as_deref(), &text, AT);
            prop_assert!(is_slug(&slug), "{}", slug);
        }
    }
}
