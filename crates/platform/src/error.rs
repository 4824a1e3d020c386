//! The one error above the hosts: a closed set of kinds.

use crate::Policy;
use std::borrow::Cow;

/// What a port, a rule or a handler returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A kind of refusal or failure. Those that a person meets carry the sentence for that person;
/// those that only a log may see carry the detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// 400: the sentence says what to change.
    Invalid(Cow<'static, str>),
    /// 401: pages go to the sign-in page and come back; endpoints answer 401.
    SignIn,
    /// 401: signed in, but this wants a fresh proof of who it is.
    Proof,
    /// 402: the plan does not include this.
    Payment(Cow<'static, str>),
    /// 403: the sentence says why.
    Forbidden(Cow<'static, str>),
    /// 403: the token lacks the scope that is named.
    Scope(&'static str),
    /// 301: it lives at this address for good.
    Moved(String),
    /// 404.
    NotFound,
    /// 404: a blog was here, on a domain that is proven no longer.
    Parked,
    /// 405: the path exists, the method does not; holds the value of `Allow`.
    Method(String),
    /// 409: a unique constraint said no.
    Conflict,
    /// 410: it was here and is gone, or it was used.
    Gone(Cow<'static, str>),
    /// 413: over the size the route allows.
    TooLarge,
    /// 415: a type of content that is not taken here.
    MediaType(Cow<'static, str>),
    /// 421: a request that came to the wrong host.
    Misdirected,
    /// 429: a limit, and after how many seconds to come back.
    TooMany {
        /// Seconds, at least 1.
        retry_after_seconds: u32,
        /// The limit that said no.
        policy: Policy,
    },
    /// 503: something that we need does not answer now; the detail is for the log.
    Unavailable(String),
    /// An outgoing call was refused by the gate or failed on the way; the words may be shown.
    Outgoing(Cow<'static, str>),
    /// 500: the detail is for the log and is never shown.
    Internal(String),
}

impl Error {
    /// [`Error::Invalid`] from a literal or a made sentence.
    pub fn invalid(words: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid(words.into())
    }

    /// [`Error::Internal`] from a vendor's error or from data of ours that does not parse.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal(detail.to_string())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invalid(words)
            | Self::Payment(words)
            | Self::Forbidden(words)
            | Self::Gone(words)
            | Self::MediaType(words)
            | Self::Outgoing(words) => f.write_str(words),
            Self::Scope(scope) => write!(f, "the token lacks the scope {scope}"),
            Self::Method(allow) => write!(f, "allowed here: {allow}"),
            Self::TooMany { retry_after_seconds, .. } => {
                write!(f, "too many requests, again in {retry_after_seconds} s")
            }
            Self::Unavailable(detail) | Self::Internal(detail) => f.write_str(detail),
            Self::SignIn => f.write_str("not signed in"),
            Self::Proof => f.write_str("no fresh proof"),
            Self::Moved(place) => write!(f, "it lives at {place}"),
            Self::NotFound => f.write_str("not found"),
            Self::Parked => f.write_str("parked"),
            Self::Conflict => f.write_str("conflict"),
            Self::TooLarge => f.write_str("too large"),
            Self::Misdirected => f.write_str("wrong host"),
        }
    }
}

impl std::error::Error for Error {}
