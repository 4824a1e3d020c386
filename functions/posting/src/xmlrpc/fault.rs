//! Why a call was refused: a number for the program and a sentence for its person.

use super::value::{Value, record};
use platform::Error;
use std::borrow::Cow;

/// A fault. The numbers below zero are those of the «Specification for Fault Code Interoperability»,
/// the others those of HTTP, as WordPress has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The number.
    pub code: i64,
    /// The sentence.
    pub words: Cow<'static, str>,
    /// What the log is told, of our own failures.
    pub detail: Option<String>,
}

/// A fault with a sentence of ours.
pub const fn fault(code: i64, words: &'static str) -> Fault {
    Fault { code, words: Cow::Borrowed(words), detail: None }
}

/// What is not XML.
pub const BROKEN: Fault = fault(-32700, "That is not well-formed XML in UTF-8.");
/// XML that is no call.
pub const NO_CALL: Fault = fault(-32600, "That is not a call of XML-RPC.");
/// More than is read.
pub const TOO_LARGE: Fault =
    fault(-32600, "That call is too large: 1 MiB, and 45 MiB for an uploaded file.");
/// Without a user name and a live token; the first words are what apps look for.
pub const NO_LOGIN: Fault = fault(
    403,
    "The username or password is wrong. The password is a token: make one at /settings/tokens.",
);

/// A blog of somebody else's.
pub const NOT_YOURS: Fault =
    fault(403, "This is another person's blog. Use the address and the blogid of your own.");

/// What is not there.
pub const NOT_FOUND: Fault = fault(404, "There is no such thing on this blog.");

impl Fault {
    /// What an error is to a caller.
    fn of(error: Error) -> Self {
        let code = match error {
            Error::SignIn | Error::Proof => return NO_LOGIN,
            Error::TooLarge => return TOO_LARGE,
            Error::NotFound => return NOT_FOUND,
            Error::Conflict => {
                return fault(409, "Somebody changed this in between. Read it again.");
            }
            Error::Invalid(_) | Error::MediaType(_) => 400,
            Error::Payment(_) => 402,
            Error::Forbidden(_) | Error::Scope(_) => 403,
            Error::Gone(_) => 404,
            Error::TooMany { .. } => 429,
            Error::Unavailable(detail) => {
                let words =
                    Cow::Borrowed("Something does not answer just now. Try again in a moment.");
                return Self { code: 503, words, detail: Some(detail) };
            }
            other => {
                let words = Cow::Borrowed(
                    "Something went wrong here, and it was noted. Try again in a moment.",
                );
                return Self { code: 500, words, detail: Some(other.to_string()) };
            }
        };
        Self { code, words: error.to_string().into(), detail: None }
    }

    /// As an answer says it: the sentence last, where simple programs look for it.
    pub fn value(&self) -> Value {
        record![("faultCode", Value::Int(self.code)), ("faultString", self.words.as_ref().into())]
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::of(error)
    }
}
