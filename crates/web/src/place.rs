//! Places in lists of posts: where the next page begins.

use domain::{blog::Blog, post::Post, slug};

/// A hundred characters of the longest kind.
const SLUG_BYTES_MAX: usize = 1000;

/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

/// `1795356300-179535630000012345`: the time and the id of a post.
pub fn parse(text: &str) -> Option<(i64, String)> {
    let (at, id) = text.rsplit_once('-')?;
    let seconds: i64 = at.parse().ok()?;
    let is_time = (-LAST..=LAST).contains(&seconds) && seconds.to_string() == at;
    let is_ours = is_time && id.len() == 18;
    (is_ours && id.bytes().all(|b| b.is_ascii_digit())).then(|| (seconds, id.to_owned()))
}

/// Of a list that was asked for one post more than a page shows: takes that one off, and gives the
/// place of the last one that is left, before which the next page begins.
pub fn cut(posts: &mut Vec<Post>, limit: i64) -> Option<(i64, String)> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_full = posts.len() > limit;
    posts.truncate(limit);
    let last = posts.last().filter(|_| is_full)?;
    Some((last.published_at, last.id.clone()))
}

/// Whether a category can have this slug; what cannot be one costs no query.
pub fn is_category(text: &str) -> bool {
    text.len() <= SLUG_BYTES_MAX && slug::of_category(text) == text
}

/// The name of the category with this slug, as the post has it.
pub fn category_name(blog: &Blog, post: &Post, slug: &str) -> Option<String> {
    blog.categories_of(post).into_iter().find(|(other, _)| other == slug).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_time_and_an_id() {
        let id = "179535630000012345";
        for (text, expected) in [
            (format!("12-{id}"), true),
            (format!("-12-{id}"), true),
            (format!("9007199254740993-{id}"), false),
            (format!("-9007199254740993-{id}"), false),
            (format!("012-{id}"), false),
            (format!("+12-{id}"), false),
            (format!("12-{id}0"), false),
            ("12-".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(parse(&text).is_some(), expected, "{text}");
        }
    }
}
