//! Mails, as their reader sees them.

use serde_json::Value;

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// From the development mailbox's JSON.
    pub(crate) fn of_mailbox(value: &Value) -> Self {
        Self::of(value, ["to", "subject", "text", "html"])
    }

    /// From the body of a call to the provider.
    pub(crate) fn of_provider(value: &Value) -> Self {
        Self::of(value, ["To", "Subject", "TextBody", "HtmlBody"])
    }

    fn of(value: &Value, names: [&str; 4]) -> Self {
        let [to, subject, text, html] =
            names.map(|name| value[name].as_str().unwrap_or_default().to_owned());
        Self { to, subject, text, html }
    }

    /// The token in the link: 43 characters behind the `#`.
    #[track_caller]
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("/signin/link#").unwrap_or_else(|| {
            panic!("no link to /signin/link# in the mail:\n{}", self.text);
        });
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let token: String = rest.chars().take_while(is_part).collect();
        assert_eq!(token.len(), 43, "the token in the mail has 43 characters:\n{}", self.text);
        token
    }

    /// The code: `XXXX-XXXX`.
    #[track_caller]
    pub fn code(&self) -> String {
        self.find_code().unwrap_or_else(|| panic!("no code in the mail:\n{}", self.text))
    }

    /// The code, if it has one.
    pub(crate) fn find_code(&self) -> Option<String> {
        let is_code = |word: &&str| {
            let shape = |(at, b): (usize, u8)| {
                if at == 4 { b == b'-' } else { b.is_ascii_digit() || b.is_ascii_uppercase() }
            };
            word.len() == 9 && word.bytes().enumerate().all(shape)
        };
        self.text.split_whitespace().find(is_code).map(str::to_owned)
    }

    /// A code of the right shape that is not this mail's.
    pub fn wrong_code(&self) -> String {
        let code = self.code();
        let first = if code.starts_with('7') { "8" } else { "7" };
        format!("{first}{}", code.get(1..).unwrap_or_default())
    }
}
