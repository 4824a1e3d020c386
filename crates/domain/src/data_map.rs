//! Every column that holds personal data, why it does, and for how long.
//!
//! The privacy page is rendered from this table, and a test compares it with the migrations.

/// One column with personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The table's name.
    pub table: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// What it holds, in words for the person.
    pub what: &'static str,
    /// What it is needed for.
    pub purpose: &'static str,
    /// How long it is kept.
    pub retention: &'static str,
}

const ACCOUNT: &str = "until the account is deleted";
const CHALLENGE: &str = "ten minutes, then removed within a day";
const SESSION: &str = "until signed out, at most 180 days";
const BILLING: &str = "as long as the law asks for records of payments";

/// The map itself, by table.
pub const COLUMNS: &[Column] = &[
    column(
        "accounts",
        "username",
        "the chosen username",
        "the address of the blog and the profile",
        ACCOUNT,
    ),
    column(
        "accounts",
        "email",
        "the mail address",
        "signing in, and notices about the account",
        ACCOUNT,
    ),
    column(
        "accounts",
        "name",
        "the name to show",
        "shown beside what the person publishes",
        ACCOUNT,
    ),
    column("accounts", "site", "the person's web site", "shown on the profile", ACCOUNT),
    column("challenges", "email", "the mail address", "sending the sign-in mail", CHALLENGE),
    column(
        "challenges",
        "name",
        "the name to show",
        "making the account once the address is proved",
        CHALLENGE,
    ),
    column(
        "challenges",
        "username",
        "the chosen username",
        "making the account once the address is proved",
        CHALLENGE,
    ),
    column(
        "challenges",
        "site",
        "the person's web site",
        "making the account once the address is proved",
        CHALLENGE,
    ),
    column(
        "challenges",
        "browser_hash",
        "a hash of the asking browser's cookie",
        "tying the mail to the browser that asked",
        CHALLENGE,
    ),
    column("sessions", "account_id", "whose session it is", "staying signed in", SESSION),
    column(
        "sessions",
        "user_agent",
        "the browser's name for itself",
        "telling one's sessions apart in the settings",
        SESSION,
    ),
    column("posts", "title", "the title of a post", "publishing it", ACCOUNT),
    column("posts", "text", "the text of a post", "publishing and editing it", ACCOUNT),
    column("posts", "html", "the text of a post as HTML", "publishing it", ACCOUNT),
    column(
        "posts",
        "photos",
        "the photos of a post and their descriptions",
        "publishing it",
        ACCOUNT,
    ),
    column(
        "media",
        "alt",
        "the description of a photo",
        "showing it to those who cannot see the photo",
        ACCOUNT,
    ),
    column(
        "subscriptions",
        "account_id",
        "who reads which feed",
        "making the timeline",
        "until unsubscribed",
    ),
    column("follows", "account_id", "who follows whom", "making the timeline", "until unfollowed"),
    column(
        "stripe_events",
        "object_id",
        "the payment provider's id of a customer's object",
        "keeping the plan in step with payments",
        BILLING,
    ),
];

const fn column(
    table: &'static str,
    column: &'static str,
    what: &'static str,
    purpose: &'static str,
    retention: &'static str,
) -> Column {
    Column { table, column, what, purpose, retention }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_column_stands_once_with_all_its_words() {
        let mut seen = BTreeSet::new();
        for column in COLUMNS {
            assert!(seen.insert((column.table, column.column)), "{column:?}");
            for words in [column.what, column.purpose, column.retention] {
                assert!(!words.is_empty(), "{column:?}");
            }
        }
    }
}
