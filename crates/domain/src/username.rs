//! Usernames: the label in front of the blogs' domain, so they follow the rules of host names.

use crate::reserved;

const CHARS_MIN: usize = 3;
const CHARS_MAX: usize = 30;

/// The name in lower case, or the sentence that says what to change.
pub fn parse(input: &str) -> Result<String, &'static str> {
    let name = input.trim().to_ascii_lowercase();
    if name.is_empty() {
        return Err("Choose a username.");
    }
    if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err("Use only the letters a to z, digits and hyphens in the username.");
    }
    if name.split('-').any(str::is_empty) {
        return Err("A username starts and ends with a letter or digit, and has single hyphens.");
    }
    if !(CHARS_MIN..=CHARS_MAX).contains(&name.len()) {
        return Err("A username has 3 to 30 characters.");
    }
    if reserved::NAMES.binary_search(&name.as_str()).is_ok() {
        return Err("That username is reserved. Choose another one.");
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_lower_cased_and_kept() {
        for (input, expected) in [
            ("maria", "maria"),
            (" Maria ", "maria"),
            ("a-b-c", "a-b-c"),
            ("007", "007"),
            ("abcdefghijklmnopqrstuvwxyz1234", "abcdefghijklmnopqrstuvwxyz1234"),
        ] {
            assert_eq!(parse(input).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn names_that_would_break_or_mislead_are_refused() {
        for input in [
            "",
            "ab",
            "abcdefghijklmnopqrstuvwxyz12345",
            "-abc",
            "abc-",
            "a--b",
            "xn--bcher-kva",
            "bücher",
            "mar ia",
            "maria.lopez",
            "maria_lopez",
            "maria/",
            "\u{212A}elvin",
            "mаria",
            ".well-known",
            "www",
            "WWW",
            "mail",
            "ftp",
            "api",
            "app",
            "cdn",
            "ns1",
            "autodiscover",
            "wpad",
            "postmaster",
            "abuse",
            "security",
            "admin",
            "pipit",
            "en-us",
            "signin",
            "signup",
            "signout",
            "posts",
            "media",
            "subscriptions",
            "bookmarks",
            "settings",
            "avatars",
            "about",
            "privacy",
            "terms",
            "help",
            "developers",
            "healthz",
            "account",
            "indieauth",
            "micropub",
            "xmlrpc",
            "users",
            "websub",
            "hub",
            "ping",
            "webhooks",
            "blogs",
            "static",
            "jobs",
        ] {
            assert!(parse(input).is_err(), "{input}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_a_host_label(input in "\\PC{0,34}|[a-zA-Z0-9-]{0,34}") {
            if let Ok(name) = parse(&input) {
                let host = url::Host::parse(&format!("{name}.blogs.example")).unwrap();
                prop_assert_eq!(host.to_string(), format!("{name}.blogs.example"));
                prop_assert_eq!(parse(&name), Ok(name.clone()));
            }
        }
    }
}
