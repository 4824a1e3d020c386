//! Where to go after signing in: a path of ours, or the front page.

use url::Url;

const BYTES_MAX: usize = 2000;

/// The path (with query and fragment) that `input` names on our own origin, or `/` when it could
/// lead anywhere else in any browser.
pub fn checked(input: &str, origin: &Url) -> String {
    path_of_ours(input, origin).unwrap_or_else(|| "/".to_string())
}

fn path_of_ours(input: &str, origin: &Url) -> Option<String> {
    let odd = |c: char| c.is_control() || c == '\\';
    if input.len() > BYTES_MAX || !is_local(input) || input.chars().any(odd) {
        return None;
    }
    let url = origin.join(input).ok()?;
    if url.origin() != origin.origin() || has_hidden_separators(url.path()) {
        return None;
    }
    // Dots may have been resolved into a second slash: `/..//evil`.
    let local = url.as_str().strip_prefix(&url.origin().ascii_serialization())?;
    is_local(local).then(|| local.to_string())
}

fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")
}

// A proxy or a framework that decodes once more must not find another host.
fn has_hidden_separators(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["%5c", "%2f", "%0", "%1", "%7f"].iter().any(|hidden| path.contains(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn origin() -> Url {
        Url::parse("https://app.example/").unwrap()
    }

    #[test]
    fn paths_of_ours_are_kept() {
        for (input, expected) in [
            ("/", "/"),
            ("/posts/new", "/posts/new"),
            ("/posts?before=1&x=/y", "/posts?before=1&x=/y"),
            ("/settings#tokens", "/settings#tokens"),
            ("/@maria", "/@maria"),
            ("/a/../b", "/b"),
            ("/?next=//evil.example", "/?next=//evil.example"),
        ] {
            assert_eq!(checked(input, &origin()), expected, "{input}");
        }
    }

    #[test]
    fn everything_else_is_the_front_page() {
        let long = format!("/{}", "a".repeat(10_000));
        for input in [
            "",
            "posts",
            "//evil",
            "/\\evil",
            "\\/evil",
            "\\\\evil",
            "/%5cevil",
            "/%5Cevil",
            "/%2f%2fevil",
            "/%2Fevil",
            "/\t/evil",
            "\t//evil",
            "/\n/evil",
            "/\r\n/evil",
            "///evil",
            "https:evil",
            "https:/evil",
            "https://evil",
            "https://app.example.evil/",
            "https://app.example/posts",
            "javascript:alert(1)",
            "data:text/html,x",
            "/..//evil",
            "/.//evil",
            "/a/..//evil",
            "/%2e%2e//evil",
            "?next=/ok&next=//evil",
            "//evil%E3%80%82example",
            "//evil\u{3002}example",
            " /posts",
            "/posts\\..",
            "@evil",
            "/a%0d%0aSet-Cookie:x",
            "/a%00",
            "/\u{85}/evil",
            &long,
        ] {
            assert_eq!(checked(input, &origin()), "/", "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn the_answer_never_leaves_our_origin(input in "[/\\\\.%25cfeC@:?#\t\na-z]{0,12}|\\PC{0,12}") {
            let path = checked(&input, &origin());
            let url = origin().join(&path).unwrap();
            prop_assert_eq!(url.origin(), origin().origin());
            prop_assert!(path.starts_with('/') && !path.starts_with("//"));
            prop_assert_eq!(checked(&path, &origin()), path);
        }
    }
}
