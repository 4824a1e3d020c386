//! Sign-ins that apps ask for: what opens the app again, and what it may be called in a mail.

use url::Url;

const BYTES_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 40;

/// The schemes of Micro.blog's own apps, which are older than the rule of RFC 8252.
const KNOWN: [&str; 4] = ["microblog", "epilogue", "strata", "wavelength"];

/// The address that opens the app, to which the token is added; None when it could lead anywhere
/// else. An app's own scheme is one of those known or has a dot in it (RFC 8252, section 7.1), so no
/// web page, mail, file or script can be meant; on the web only our own origin is one.
pub fn redirect_url(text: &str, origin: &Url) -> Option<String> {
    if text.len() > BYTES_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_app = KNOWN.contains(&url.scheme()) || url.scheme().contains('.');
    let is_ours = url.origin() == origin.origin() && url.username().is_empty();
    let is_plain = !text.contains(['"', '\'', '<', '>', '\\', '#']) && url.password().is_none();
    (is_plain && (is_app || is_ours)).then(|| text.to_owned())
}

/// A name as it may stand in a mail: whoever asks chooses it, so it can hold no address and no
/// sentence.
pub fn name(text: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let words: String = text.chars().map(plain).take(NAME_CHARS_MAX).collect();
    let name = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "an app".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_apps_and_we_ourselves_are_opened() {
        let origin = Url::parse("https://pipit.example/").unwrap();
        for (text, expected) in [
            ("microblog://signin/", true),
            ("com.example.app:/signin/", true),
            ("https://pipit.example/apps/", true),
            ("https://pipit.example.evil/", false),
            ("https://ann@pipit.example/", false),
            ("http://pipit.example/", false),
            ("//evil.example/", false),
            ("javascript:alert(1)//", false),
            ("data:text/html,x", false),
            ("intent://x", false),
            ("mailto:x@evil.example", false),
            ("file:///etc/passwd", false),
            ("microblog://signin/\"onclick=", false),
            ("microblog://signin/\n", false),
            ("", false),
        ] {
            assert_eq!(redirect_url(text, &origin).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn a_name_is_words() {
        for (text, expected) in [
            ("Micro.blog for Android", "Micro blog for Android"),
            ("http://evil.example/?a=1", "http evil example a 1"),
            ("", "an app"),
            ("\u{202e}!!", "an app"),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }
}
