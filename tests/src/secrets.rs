//! What the scenarios get to see that nobody else may: kept, to be looked for where it must not be.

use crate::{Answer, Ask, Mail};
use std::{cell::RefCell, collections::BTreeSet, env, fs, io::Write};

/// Values that stand in no log; they may be stored.
pub const PERSONAL: [&str; 2] = ["address", "name"];
/// The length of every token.
const TOKEN_LENGTH: usize = 43;

/// A kind (`cookie`, `link token`, `mail code`, `app token`, `app code`, `totp`, `recovery code`,
/// `invitation`, or one of [`PERSONAL`]) and the value.
pub type Secret = (&'static str, String);

/// All that was seen; with `PIPIT_SECRETS` also in that file, a line `kind<TAB>value` each.
#[derive(Default)]
pub(crate) struct Seen(RefCell<BTreeSet<Secret>>);

impl Seen {
    pub(crate) fn all(&self) -> Vec<Secret> {
        self.0.borrow().iter().cloned().collect()
    }

    /// What a person typed.
    pub(crate) fn ask(&self, ask: &Ask) {
        for (name, value) in url::form_urlencoded::parse(&ask.body) {
            if name == "email" && value.contains('@') && value.len() >= 8 {
                self.note("address", &value);
            }
            // One word may be a user name as well, which stands in paths and is public.
            let is_persons = ask.path.starts_with("/signup");
            if name == "name" && is_persons && value.contains(' ') && value.len() >= 8 {
                self.note("name", &value);
            }
        }
    }

    /// What a browser or an app keeps of an answer.
    pub(crate) fn answer(&self, answer: &Answer) {
        for line in answer.set_cookies() {
            let pair = line.split(';').next().unwrap_or_default();
            let value = pair.split_once('=').map(|(_, value)| value).unwrap_or_default();
            if value.len() >= 20 {
                self.note("cookie", value);
            }
        }
        for token in tokens(answer.header("location"), "code=") {
            self.note("app code", &token);
        }
        let kind = answer.header("content-type");
        if kind.starts_with("text/html") || kind.starts_with("application/json") {
            self.page(&answer.text());
        }
    }

    fn page(&self, text: &str) {
        for (kind, before) in [
            ("app token", "<code class=\"address\">"),
            ("app token", "\"access_token\":\""),
            ("app token", "\"token\":\""),
        ] {
            tokens(text, before).iter().for_each(|token| self.note(kind, token));
        }
        for (kind, before) in [
            ("totp", "into it: <code>"),
            ("recovery code", "<li><code>"),
            ("invitation", "only now: <b class=\"address\">"),
        ] {
            for rest in text.split(before).skip(1) {
                self.typed(kind, rest.split('<').next().unwrap_or_default());
            }
        }
    }

    /// What a mail lets its reader do.
    pub(crate) fn mail(&self, mail: &Mail) {
        tokens(&mail.text, "#").iter().for_each(|token| self.note("link token", token));
        if mail.text.contains('#') {
            mail.find_code().iter().for_each(|code| self.typed("mail code", code));
        }
    }

    /// What a person may type with and without what parts it.
    fn typed(&self, kind: &'static str, value: &str) {
        self.note(kind, value);
        self.note(kind, &value.replace(['-', ' '], ""));
    }

    fn note(&self, kind: &'static str, value: &str) {
        let is_new = self.0.borrow_mut().insert((kind, value.to_owned()));
        let Some(path) = env::var_os("PIPIT_SECRETS").filter(|_| is_new) else { return };
        let file = fs::OpenOptions::new().create(true).append(true).open(path);
        let line = format!("{kind}\t{value}\n");
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("PIPIT_SECRETS names a file that can be written");
    }
}

/// Every token that stands directly behind some text.
fn tokens(text: &str, before: &str) -> Vec<String> {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let begins = text.split(before).skip(1);
    let found = begins.map(|rest| rest.chars().take_while(is_part).collect::<String>());
    found.filter(|token| token.len() == TOKEN_LENGTH).collect()
}
