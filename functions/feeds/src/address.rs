//! Which addresses a person may subscribe to: public ones, which may stand in a table that others share.

use platform::{Config, Error, check_url};
use url::Url;

/// Names in a query whose values are keys to somebody's private feed.
const SECRET_NAMES: [&str; 13] = [
    "token",
    "key",
    "apikey",
    "api_key",
    "auth",
    "password",
    "pass",
    "pwd",
    "secret",
    "sig",
    "signature",
    "access_token",
    "jwt",
];
const RANDOM_CHARS_MIN: usize = 32;
/// So often do digits, small and large letters take turns where nobody chose them.
const TURNS_MIN: usize = 8;

const PRIVATE: &str = "That address seems to hold a password or key, so it is somebody's private feed. \
                       Only public feeds can be followed here.";

/// What somebody wants to read.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The feed, or the feed of the page, at an address.
    Feed(Url),
    /// Somebody here, by username.
    Person(String),
}

/// What was typed: the address of a feed or of a site, or `@` and the name of somebody here. A blog or a
/// profile of ours means its person.
pub fn wanted(typed: &str, config: &Config) -> Result<Wanted, String> {
    let typed = typed.trim();
    if let Some(username) = typed.strip_prefix('@').filter(|name| !name.contains(['@', '/', '.'])) {
        return Ok(Wanted::Person(username.to_owned()));
    }
    match ours(typed, config) {
        Some(username) => Ok(Wanted::Person(username)),
        None => parse(typed, config).map(Wanted::Feed),
    }
}

/// Whose blog or profile of ours an address is.
fn ours(typed: &str, config: &Config) -> Option<String> {
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&whole).ok()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str()?);
    let below = host.strip_suffix(&config.blog_domain).and_then(|name| name.strip_suffix('.'));
    if let Some(username) = below.filter(|name| !name.contains('.')) {
        return Some(username.to_owned());
    }
    let is_app = url.origin() == config.app_origin.origin();
    let profile = url.path().strip_prefix("/@").filter(|name| is_app && !name.contains('/'));
    profile.map(str::to_owned)
}

/// The address of a feed as it is stored, or the sentence that says what is wrong with it.
/// `https://` is added where no scheme was typed.
pub fn parse(typed: &str, config: &Config) -> Result<Url, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("Type the address of a feed.".into());
    }
    let bare = typed.strip_prefix("feed:").map(|rest| rest.trim_start_matches('/'));
    let bare = bare.unwrap_or(typed);
    let whole = if bare.contains("://") { bare.to_owned() } else { format!("https://{bare}") };
    let mut url = Url::parse(&whole)
        .map_err(|_| "That is not an address. A feed's begins with https://".to_owned())?;
    url.set_fragment(None);
    if is_private(&url) {
        return Err(PRIVATE.into());
    }
    match check_url(&url, config) {
        Ok(()) if is_refused(&url, config) => Err(REFUSED.into()),
        Ok(()) => Ok(url),
        Err(Error::Outgoing(words)) => Err(words.into_owned()),
        Err(_) => Err("That address cannot be fetched.".into()),
    }
}

/// The sentence for a site that is not read here.
pub const REFUSED: &str = "Whoever runs that site asked that it not be read here.";

/// Whether the owner of the site asked the operator that it not be read.
pub fn is_refused(url: &Url, config: &Config) -> bool {
    let host = url.host_str().unwrap_or_default();
    config.feeds_refused.iter().any(|refused| {
        host.strip_suffix(refused.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether a text is an address of the web, without a name or password in it.
pub fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && !is_private(&url))
}

fn is_private(url: &Url) -> bool {
    let has_secret = url.query_pairs().any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        !value.is_empty() && SECRET_NAMES.contains(&name.as_str())
    });
    let has_random = url.path_segments().is_some_and(|mut parts| parts.any(is_random));
    !url.username().is_empty() || url.password().is_some() || has_secret || has_random
}

/// Whether a segment looks as if a machine had made it up: long, and of mixed kinds throughout.
fn is_random(segment: &str) -> bool {
    let stem = segment.rsplit_once('.').map_or(segment, |(stem, _)| stem);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if stem.len() < RANDOM_CHARS_MIN || !stem.chars().all(plain) {
        return false;
    }
    let kinds: Vec<u8> = stem.chars().filter(char::is_ascii_alphanumeric).map(kind).collect();
    let turns = kinds.iter().zip(kinds.iter().skip(1)).filter(|(a, b)| a != b).count();
    turns >= TURNS_MIN
}

fn kind(c: char) -> u8 {
    match c {
        '0'..='9' => 0,
        'a'..='z' => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::read(|name| {
            let value = match name {
                "APP_ORIGIN" => "https://app.pipit.example",
                "BLOG_DOMAIN" => "pipit.blog",
                "MEDIA_ORIGIN" => "https://media.example",
                _ => return None,
            };
            Some(value.to_owned())
        })
        .unwrap()
    }

    #[test]
    fn public_feeds_are_taken_as_typed() {
        for (typed, expected) in [
            ("https://site.example/feed.xml", "https://site.example/feed.xml"),
            (" site.example/feed ", "https://site.example/feed"),
            ("http://Site.example/feed?format=rss#top", "http://site.example/feed?format=rss"),
            ("feed://site.example/rss", "https://site.example/rss"),
            ("feed:https://site.example/rss", "https://site.example/rss"),
            ("https://site.example/?token=", "https://site.example/?token="),
            (
                "https://site.example/top-10-things-to-do-in-2024-in-berlin/feed",
                "https://site.example/top-10-things-to-do-in-2024-in-berlin/feed",
            ),
            (
                "https://video.example/feeds.xml?channel_id=UC1a2b3c4d5e6f7g8h9i0jkl",
                "https://video.example/feeds.xml?channel_id=UC1a2b3c4d5e6f7g8h9i0jkl",
            ),
        ] {
            let found = parse(typed, &config()).map(String::from);
            assert_eq!(found.as_deref(), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn people_here_are_meant_by_name_blog_and_profile() {
        for (typed, expected) in [
            ("@maria", Some("maria")),
            (" https://maria.pipit.blog/feed.xml", Some("maria")),
            ("maria.pipit.blog", Some("maria")),
            ("https://app.pipit.example/@maria", Some("maria")),
            ("https://site.example/@maria", None),
            ("https://maria.elsewhere.example/", None),
        ] {
            let found = wanted(typed, &config());
            let expected = expected.map(|name| Ok(Wanted::Person(name.to_owned())));
            assert_eq!(expected.is_some(), matches!(found, Ok(Wanted::Person(_))), "{typed}");
            if expected.is_some() {
                assert_eq!(Some(found), expected);
            }
        }
        assert!(wanted("@maria@mastodon.example", &config()).is_err());
    }

    #[test]
    fn private_feeds_are_refused_with_the_reason() {
        for typed in [
            "https://maria:secret@site.example/feed",
            "https://maria@site.example/feed",
            "https://site.example/feed?token=abc",
            "https://site.example/feed?a=b&API_KEY=abc",
            "https://site.example/feed?s%69g=abc",
            "https://site.example/d41d8cd98f00b204e9800998ecf8427e/feed",
            "https://site.example/feed/d41d8cd98f00b204e9800998ecf8427e.rss",
            "https://site.example/p/Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1u",
        ] {
            assert_eq!(parse(typed, &config()), Err(PRIVATE.to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_fetched_is_refused() {
        for typed in [
            "",
            "not an address",
            "ftp://site.example/feed",
            "javascript:alert(1)",
            "http://127.0.0.1/feed",
            "http://localhost/feed",
            "http://site.example:8080/feed",
            "https://app.pipit.example/",
            "https://maria.pipit.blog/feed.xml",
        ] {
            assert!(parse(typed, &config()).is_err(), "{typed}");
        }
    }
}
