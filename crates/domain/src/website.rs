//! A person's own web site, as typed into a form.

const CHARS_MAX: usize = 500;

/// The address as a link: `https://` is added where no scheme was typed. `None` when it is not a
/// web address, carries a user name or password, or is longer than 500 characters.
pub fn parse(input: &str) -> Option<String> {
    let input = input.trim();
    if input.is_empty() || input.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let whole = if input.contains("://") { input.to_string() } else { format!("https://{input}") };
    let url = url::Url::parse(&whole).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let anonymous = url.username().is_empty() && url.password().is_none();
    let host = url.host_str()?;
    let reachable = host.contains(['.', ':']) || host == "localhost";
    let site = String::from(url.as_str());
    (web && anonymous && reachable && site.len() <= CHARS_MAX).then_some(site)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn web_addresses_become_links() {
        for (input, expected) in [
            ("example.com", "https://example.com/"),
            (" http://example.com/me ", "http://example.com/me"),
            ("HTTPS://Example.COM", "https://example.com/"),
            ("bücher.example/über", "https://xn--bcher-kva.example/%C3%BCber"),
            ("example.com:8080/x?y=z#w", "https://example.com:8080/x?y=z#w"),
        ] {
            assert_eq!(parse(input).as_deref(), Some(expected), "{input}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        let long = format!("https://example.com/{}", "a".repeat(490));
        for input in [
            "",
            " ",
            "maria",
            "javascript:alert(1)",
            "javascript://example.com/%0aalert(1)",
            "mailto:m@example.com",
            "ftp://example.com",
            "data:text/html,x",
            "//",
            "https://",
            "https://maria:secret@example.com",
            "https://maria@example.com",
            "exa mple.com",
            "exam\nple.com",
            &long,
        ] {
            assert_eq!(parse(input), None, "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn a_site_stays_as_it_is(input in "\\PC{0,30}|(https?://)?[a-z.]{1,9}\\.com(/\\PC{0,9})?") {
            if let Some(site) = parse(&input) {
                prop_assert!(site.starts_with("https://") || site.starts_with("http://"));
                prop_assert_eq!(parse(&site), Some(site.clone()));
            }
        }
    }
}
