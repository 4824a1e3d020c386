//! A host name of one's own for a blog: which names may be asked for, and what becomes of one.
//!
//! Only a TXT record proves that a name is somebody's; that it points here proves nothing, or the next
//! to ask would have every name that somebody forgot to take back.

use url::Host;

/// So long a name may be not as it should, before the blog goes back to its own host.
pub const PATIENCE_SECONDS: i64 = 7 * DAY;
/// So long a name that was given up is kept for who had it.
pub const HOLD_SECONDS: i64 = 30 * DAY;
/// So long a name that was never proven is looked at by itself.
pub const WAIT_SECONDS: i64 = 30 * DAY;
const DAY: i64 = 86_400;
const CHECK_SECONDS_MIN: i64 = 300;

const CHARS_MAX: usize = 253;
const LABEL_CHARS_MAX: usize = 63;
/// RFC 6761, RFC 6762, RFC 7686 and names that networks use inside.
const SPECIAL: [&str; 11] = [
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localhost",
    "onion",
    "test",
];
/// Names under which strangers have theirs; those that people most likely take for their own.
const SHARED: [&str; 24] = [
    "ac.uk",
    "blogspot.com",
    "co.at",
    "co.in",
    "co.jp",
    "co.kr",
    "co.nz",
    "co.uk",
    "co.za",
    "com.ar",
    "com.au",
    "com.br",
    "com.cn",
    "com.mx",
    "com.tr",
    "com.tw",
    "github.io",
    "gitlab.io",
    "me.uk",
    "net.au",
    "netlify.app",
    "org.uk",
    "pages.dev",
    "workers.dev",
];

/// The name as it is stored: ASCII, lower case, no dot at its end. Addresses are taken for the name in them.
///
/// # Errors
/// A sentence that says what to write instead.
pub fn parse(input: &str) -> Result<String, &'static str> {
    let typed = input.trim();
    let typed = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    let typed = typed.strip_suffix('/').unwrap_or(typed);
    let typed = typed.strip_suffix('.').unwrap_or(typed);
    if typed.is_empty() {
        return Err("Write the name, for example blog.example.com.");
    }
    let name = match Host::parse(typed) {
        Ok(Host::Domain(name)) if !typed.contains(['%', '@', ':']) => name,
        Ok(Host::Domain(_)) | Err(_) => {
            return Err("That is not a host name. Write it like blog.example.com.");
        }
        Ok(_) => return Err("That is a number. Write a name, for example blog.example.com."),
    };
    if name.len() > CHARS_MAX || !name.split('.').all(is_label) {
        return Err("That is not a host name. Write it like blog.example.com.");
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if last == name || SPECIAL.contains(&last) || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("That name is not on the public Internet. Write it like blog.example.com.");
    }
    if SHARED.contains(&name.as_str()) {
        return Err("That name belongs to many. Write the one below it that is yours.");
    }
    Ok(name)
}

/// RFC 1123, section 2.1.
fn is_label(label: &str) -> bool {
    (1..=LABEL_CHARS_MAX).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The name as people read it; what is no international name stays as it is.
pub fn readable(host: &str) -> String {
    if host.contains("xn--") { url::quirks::domain_to_unicode(host) } else { host.to_owned() }
}

/// Where the TXT record stands.
pub fn record(host: &str) -> String {
    format!("_pipit.{host}")
}

/// How far a name has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Asked for: it serves nothing, and anyone else may ask for it too.
    Waiting,
    /// Proven and nobody else's: not yet ready for visitors.
    Proven,
    /// The blog lives there.
    Live,
    /// It was live and is proven no longer.
    Parked,
}

impl State {
    const WORDS: [(Self, &str); 4] = [
        (Self::Waiting, "waiting"),
        (Self::Proven, "proven"),
        (Self::Live, "live"),
        (Self::Parked, "parked"),
    ];

    /// As it is stored.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// From what is stored.
    pub fn of_word(word: &str) -> Self {
        Self::WORDS
            .iter()
            .find(|(_, other)| *other == word)
            .map_or(Self::Waiting, |(state, _)| *state)
    }
}

/// What was found of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The TXT record says what it has to.
    pub is_proven: bool,
    /// The name leads here.
    pub is_here: bool,
    /// Browsers get a certificate for it, as far as that is ours to know.
    pub is_certified: bool,
}

/// What becomes of a name: its state, and since when it is not as it should.
pub fn step(state: State, missed_since: Option<i64>, seen: Seen, now: i64) -> (State, Option<i64>) {
    let is_good = seen.is_proven && seen.is_here;
    let since = missed_since.unwrap_or(now);
    let is_over = now.saturating_sub(since) >= PATIENCE_SECONDS;
    match state {
        State::Waiting | State::Proven | State::Parked if is_good && seen.is_certified => {
            (State::Live, None)
        }
        State::Waiting | State::Proven if seen.is_proven => (State::Proven, None),
        State::Waiting => (State::Waiting, None),
        State::Live if is_good => (State::Live, None),
        State::Live if is_over => (State::Parked, Some(since)),
        State::Live => (State::Live, Some(since)),
        State::Proven if is_over => (State::Waiting, None),
        State::Proven => (State::Proven, Some(since)),
        State::Parked => (State::Parked, missed_since),
    }
}

/// In how many seconds a name is looked at again: often while somebody waits, then daily. None: only
/// when somebody asks for it.
pub fn next_check(state: State, age_seconds: i64) -> Option<i64> {
    match state {
        State::Live | State::Parked => Some(DAY),
        State::Waiting if age_seconds > WAIT_SECONDS => None,
        State::Waiting | State::Proven => {
            Some(age_seconds.checked_div(4).unwrap_or(0).clamp(CHECK_SECONDS_MIN, DAY))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_get_one_form() {
        for (input, expected) in [
            ("blog.example.com", "blog.example.com"),
            (" Blog.Example.COM. ", "blog.example.com"),
            ("https://example.com/", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("日本語。jp", "xn--wgv71a119e.jp"),
        ] {
            assert_eq!(parse(input).as_deref(), Ok(expected), "{input}");
        }
        assert_eq!(readable("xn--bcher-kva.example"), "bücher.example");
        assert_eq!(readable("example.com"), "example.com");
    }

    #[test]
    fn what_cannot_be_anybodys_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = format!("{}example", "label.".repeat(45));
        for input in [
            "",
            ".",
            "https://",
            "example",
            "localhost",
            "a.localhost",
            "127.0.0.1",
            "0x7f.1",
            "[::1]",
            "2130706433",
            "example.com:8080",
            "maria@example.com",
            "example.com/blog",
            "a b.example",
            "a..example",
            "-a.example",
            "a-.example",
            "under_score.example",
            "a%2eexample.com",
            "co.uk",
            "GitHub.io",
            "router.local",
            "a.b.1",
            "example.com..",
            "xn--a.example",
            &long,
            &longer,
        ] {
            assert!(parse(input).is_err(), "{input} became {:?}", parse(input));
        }
    }

    proptest! {
        #[test]
        fn a_name_stays_as_it_is(input in "\\PC{0,30}|[a-zäÖ.-]{1,20}") {
            if let Ok(name) = parse(&input) {
                prop_assert_eq!(parse(&name), Ok(name.clone()));
                prop_assert!(name.is_ascii() && !name.ends_with('.'));
            }
        }
    }

    const ALL: Seen = Seen { is_proven: true, is_here: true, is_certified: true };
    const NONE: Seen = Seen { is_proven: false, is_here: false, is_certified: false };

    #[test]
    fn only_a_record_claims_and_a_week_without_it_parks() {
        use State::{Live, Parked, Proven, Waiting};
        const NOW: i64 = 1_795_356_300;
        let pointing = Seen { is_here: true, is_certified: true, ..NONE };
        let record = Seen { is_here: false, ..ALL };
        let uncertified = Seen { is_certified: false, ..ALL };
        let (lately, long_ago) = (Some(NOW - PATIENCE_SECONDS + 1), Some(NOW - PATIENCE_SECONDS));
        for (state, since, seen, expected) in [
            (Waiting, None, NONE, (Waiting, None)),
            (Waiting, None, pointing, (Waiting, None)),
            (Waiting, None, record, (Proven, None)),
            (Waiting, None, uncertified, (Proven, None)),
            (Waiting, None, ALL, (Live, None)),
            (Proven, None, ALL, (Live, None)),
            (Proven, None, pointing, (Proven, Some(NOW))),
            (Proven, long_ago, NONE, (Waiting, None)),
            (Live, None, uncertified, (Live, None)),
            (Live, None, NONE, (Live, Some(NOW))),
            (Live, lately, pointing, (Live, lately)),
            (Live, lately, ALL, (Live, None)),
            (Live, long_ago, pointing, (Parked, long_ago)),
            (Live, long_ago, record, (Parked, long_ago)),
            (Parked, long_ago, pointing, (Parked, long_ago)),
            (Parked, long_ago, record, (Parked, long_ago)),
            (Parked, long_ago, ALL, (Live, None)),
        ] {
            assert_eq!(step(state, since, seen, NOW), expected, "{state:?} {since:?} {seen:?}");
        }
    }

    #[test]
    fn the_longer_one_waits_the_rarer_it_is_looked_at() {
        assert_eq!(next_check(State::Waiting, 0), Some(300));
        assert_eq!(next_check(State::Proven, 7200), Some(1800));
        assert_eq!(next_check(State::Waiting, 20 * DAY), Some(DAY));
        assert_eq!(next_check(State::Waiting, 31 * DAY), None);
        assert_eq!(next_check(State::Live, 0), Some(DAY));
    }
}
