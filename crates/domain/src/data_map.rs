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

/// Tables that stay empty where nothing is paid for.
const OF_BILLING: &[&str] = &[
    "accepted_subscriptions",
    "billing_log",
    "billing_warnings",
    "billing_subscriptions",
    "checkout_intents",
    "customers",
    "entitlements",
    "operator_log",
    "reconciliation_customers",
    "reconciliation_differences",
    "reconciliations",
    "stripe_events",
];

impl Column {
    /// Whether it holds something only where something is paid for.
    pub fn is_of_billing(&self) -> bool {
        OF_BILLING.contains(&self.table)
    }
}

const ACCOUNT: &str = "until the account is deleted";
const PICTURE: &str = "until it is replaced or removed, or the account is deleted";
const CHALLENGE: &str = "ten minutes of use, then removed within a day";
const CHANGE: &str = "eight days after the change was asked for";
const REQUEST: &str = "until the operator has decided and the person was told";
const SESSION: &str = "until signed out, 30 days without use, or 180 days";
const TOKEN: &str = "until the token is revoked or ends, or the account is deleted";
const DOMAIN: &str = "until the domain is removed, or the account is deleted";
const HELD: &str = "thirty days after it was given up";
const MARK: &str =
    "a thousand items on a timeline; a bookmark until it is removed, or the account is deleted";
const POST: &str = "until a week after the post is deleted, or until the account is";
const WEEK: &str = "until the next list a week later, or until the account is deleted";
const YEAR: &str = "twelve months, or until the account is deleted";
const FACTOR: &str = "until it is removed, or the account is deleted";
const LEASE: &str = "until it ends the subscription, or thirty days after it last renewed it";
const QUARTER: &str = "ninety days";
const OPERATORS: &str = "twelve months";
const BILLING: &str = "as long as the law asks for records of payments";

/// The map itself, by table.
#[rustfmt::skip]
pub const COLUMNS: &[Column] = &[
    column("accounts", "username", "The username", "The address of the blog and the profile", ACCOUNT),
    column("accounts", "email", "The mail address", "Signing in, and notices about the account", ACCOUNT),
    column("accounts", "name", "The name to show", "Shown beside what the person publishes", ACCOUNT),
    column("accounts", "site", "The person's web site", "Shown on the profile", ACCOUNT),
    column("accounts", "bio", "What the person says of themself", "Shown on the profile", ACCOUNT),
    column("accounts", "timezone", "The time zone, first as the browser says it", "Showing the person times as their clocks do; nobody else sees it", ACCOUNT),
    column("accounts", "avatar_key", "The uploaded picture", "Shown beside what the person publishes", PICTURE),
    column("accounts", "header_key", "The uploaded picture at the top of the profile", "Shown on the profile", PICTURE),
    column("accounts", "gravatar_key", "A copy of the picture at Gravatar, which we ask for with a hash of the mail address", "Shown where no picture was uploaded; the person can switch it off", PICTURE),
    column("accounts", "created_at", "When the account was made", "Finding misuse", ACCOUNT),
    column("challenges", "email", "The mail address of someone who asks to sign in or up", "Sending the mail with link and code", CHALLENGE),
    column("challenges", "username", "The username asked for at sign-up", "Making the account once the address is proved", CHALLENGE),
    column("challenges", "name", "The name given at sign-up", "Making the account once the address is proved", CHALLENGE),
    column("challenges", "site", "The web site given at sign-up", "Making the account once the address is proved", CHALLENGE),
    column("challenges", "browser_hash", "A hash of the asking browser's cookie", "Tying the mail to the browser that asked", CHALLENGE),
    column("challenges", "next", "The page to return to after signing in", "Going on where the person was", CHALLENGE),
    column("address_changes", "account_id", "Whose mail address is changed", "Changing it, and undoing that", CHANGE),
    column("address_changes", "old_email", "The mail address before a change", "Undoing the change", CHANGE),
    column("address_changes", "new_email", "The mail address after a change", "Proving it before it counts", CHANGE),
    column("signup_requests", "email", "The mail address of someone who waits to join", "Telling them what the operator decided", REQUEST),
    column("signup_requests", "username", "The username asked for", "Making the account once the operator agrees", REQUEST),
    column("signup_requests", "name", "The name given at sign-up", "Making the account once the operator agrees", REQUEST),
    column("signup_requests", "site", "The web site given at sign-up", "Making the account once the operator agrees", REQUEST),
    column("mailed", "key", "A keyed hash of a mail address that was sent a mail", "Keeping mailboxes from being flooded", "a day"),
    column("sessions", "account_id", "Whose session it is", "Staying signed in", SESSION),
    column("sessions", "user_agent", "The browser's name for itself", "Telling one's sessions apart in the settings", SESSION),
    column("sessions", "created_at", "When the session began", "Telling one's sessions apart, and ending old ones", SESSION),
    column("sessions", "used_at", "The hour in which the session was last used", "Telling one's sessions apart, and ending unused ones", SESSION),
    column("sessions", "ip", "The network address of a sign-in", "Telling one's sessions apart", YEAR),
    column("signins", "account_id", "Who signed in", "Looking back on one's sign-ins", YEAR),
    column("signins", "at", "When it was", "Looking back on one's sign-ins", YEAR),
    column("signins", "ip", "The network address of a sign-in", "Looking back on one's sign-ins", YEAR),
    column("signins", "user_agent", "The browser's name for itself", "Looking back on one's sign-ins", YEAR),
    column("browsers", "account_id", "Whose account a browser has signed in to", "Telling of sign-ins from other browsers", ACCOUNT),
    column("browsers", "browser_hash", "A hash of a cookie of that browser", "Telling of sign-ins from other browsers", ACCOUNT),
    column("sessions", "blog_name", "Which of one's blogs is written on", "Going on with the same blog", SESSION),
    column("tokens", "blog_name", "Which of one's blogs the app writes on", "Publishing where the person wants", TOKEN),
    column("consents", "blog_name", "Which of one's blogs the app was allowed to write on", "Handing the app its token", CHALLENGE),
    column("tokens", "account_id", "Whose token it is", "Letting an app act for its person", TOKEN),
    column("tokens", "name", "What a person calls an app's token", "Telling one's tokens apart in the settings", TOKEN),
    column("tokens", "client_id", "The address of the app that has the token", "Telling one's tokens apart in the settings", TOKEN),
    column("tokens", "created_at", "When the token was made", "Telling one's tokens apart", TOKEN),
    column("tokens", "used_at", "The hour in which the token was last used", "Telling unused tokens from used ones", TOKEN),
    column("app_challenges", "email", "The mail address of someone who asks to sign in with an app", "Sending the mail with link and code", CHALLENGE),
    column("app_challenges", "app_name", "The name of the app that asks", "Saying in the mail which app asked", CHALLENGE),
    column("app_challenges", "asker_hash", "A hash of a value that the asking app holds", "Tying the code to the app that asked", CHALLENGE),
    column("consents", "account_id", "Who allowed an app something", "Handing the app its token", CHALLENGE),
    column("consents", "client_id", "The address of the app", "Handing that app alone its token", CHALLENGE),
    column("consents", "redirect_uri", "Where the app was sent its code", "Handing that app alone its token", CHALLENGE),
    column("totps", "account_id", "Who has an authenticator app", "Asking for its code", FACTOR),
    column("totps", "secret", "The secret of the app, encrypted", "Checking its code", FACTOR),
    column("passkeys", "account_id", "Who has a passkey", "Signing in with it", FACTOR),
    column("passkeys", "credential_id", "The number by which the device knows the passkey", "Signing in with it", FACTOR),
    column("passkeys", "name", "What a person calls a passkey", "Telling one's passkeys apart", FACTOR),
    column("passkeys", "created_at", "When the passkey was made", "Telling one's passkeys apart", FACTOR),
    column("passkeys", "used_at", "When the passkey was last used", "Finding passkeys that are no longer used", FACTOR),
    column("recovery_codes", "account_id", "Who has recovery codes", "Letting a person in who lost a device", "until each is used, replaced, or the second factor is removed"),
    column("half_sessions", "account_id", "Who has proven the address and not yet the second factor", "Asking for the second factor", "ten minutes, then removed within a day"),
    column("blogs", "account_id", "Whose blog it is", "Letting its owner, and nobody else, change it", ACCOUNT),
    column("blogs", "username", "The name of the blog, the first part of its host name", "Finding the blog", ACCOUNT),
    column("blogs", "domain", "The host name of its own that the blog lives on", "The address of the blog", ACCOUNT),
    column("domains", "account_id", "Who asks for a host name", "Letting nobody else have it", DOMAIN),
    column("domains", "host", "The host name that is asked for", "Serving the blog there", DOMAIN),
    column("domain_holds", "host", "A host name that was given up", "Letting nobody else take it at once", HELD),
    column("domain_holds", "account_id", "Who gave it up", "Letting its owner come back", HELD),
    column("blogs", "title", "The blog's title", "Shown on the blog", ACCOUNT),
    column("blogs", "tagline", "The line under the blog's title", "Shown on the blog", ACCOUNT),
    column("posts", "account_id", "Who wrote a post", "Timelines", ACCOUNT),
    column("posts", "path", "The address of a post, which is made of its first words", "Finding it; after a deletion, saying that it is gone", ACCOUNT),
    column("posts", "title", "The title of a post", "Publishing it", POST),
    column("posts", "text", "The text of a post", "Publishing and editing it", POST),
    column("posts", "html", "The text of a post as HTML", "Publishing it", POST),
    column("posts", "photos", "The photos of a post and their descriptions", "Publishing it", POST),
    column("posts", "clips", "Audio and video of a post and their descriptions", "Publishing it", POST),
    column("posts", "categories", "The categories of a post", "Finding posts on one subject", POST),
    column("posts", "properties", "What a post answers or points to, and what its app says of it", "Publishing it", POST),
    column("posts", "app_name", "The app that a post was written with", "Shown beside the post", POST),
    column("posts", "app_url", "The address of that app", "Shown beside the post", POST),
    column("blogs", "navigation", "The titles of the pages that the blog's head leads to", "Shown on the blog", ACCOUNT),
    column("edits", "form", "What was typed over a public post and is not saved yet", "Giving it back after a crash", POST),
    column("blogs", "look", "How the blog looks: its colour, its time zone, the line at its foot", "Showing the blog", ACCOUNT),
    column("blog_texts", "text", "A style sheet, HTML or template that the person wrote for the blog", "Showing the blog", ACCOUNT),
    column("categories", "name", "The names of a blog's categories", "Finding posts on one subject", ACCOUNT),
    column("categories", "slug", "The same in an address", "Finding posts on one subject", ACCOUNT),
    column("categories", "former", "Names that a category had", "Changing its posts", "until they are changed, within minutes"),
    column("categories", "filter", "Which new posts come into a category by themselves", "Sorting new posts", ACCOUNT),
    column("blogs", "categories", "The categories that were renamed or removed", "Shown on the blog", ACCOUNT),
    column("post_categories", "slug", "Which posts are in a category", "Finding posts on one subject", POST),
    column("search_words", "word", "The words of posts", "Finding one's posts", POST),
    column("search_posts", "words", "The words of a post", "Finding one's posts", POST),
    column("creations", "account_id", "Who created a post", "Making one post of a request that is sent twice", "a day"),
    column("markers", "account_id", "Who has read a channel", "Going on in another app where one stopped", ACCOUNT),
    column("markers", "post_id", "How far a channel was read", "Going on in another app where one stopped", ACCOUNT),
    column("markers", "marked_at", "When that was", "Going on in another app where one stopped", ACCOUNT),
    column("media", "alt", "The description of a photo", "Showing it to those who cannot see the photo", POST),
    column("follows", "follower_id", "Who follows someone", "Making the timeline", "until unfollowed, or until the account is deleted"),
    column("follows", "blog_id", "Whose blog is followed", "Making the timeline", "until unfollowed, or until the account is deleted"),
    column("subscriptions", "account_id", "Who reads a feed", "Making the timeline", "until unsubscribed, or until the account is deleted"),
    column("hub_subscriptions", "callback", "The address that a reader's program wants to be called at when a feed changes", "Calling it", LEASE),
    column("hub_subscriptions", "host", "The host of that address", "Keeping one host from taking all the room", LEASE),
    column("hub_subscriptions", "topic", "Which feed that program reads", "Calling it", LEASE),
    column("hub_subscriptions", "secret", "What calls are signed with, encrypted", "Letting it tell our calls from others'", LEASE),
    column("hub_requests", "callback", "The same, asked for and not confirmed yet", "Asking whether it is wanted", "a day at most"),
    column("hub_requests", "host", "The host of that address", "Keeping one host from taking all the room", "a day at most"),
    column("hub_requests", "topic", "Which feed it is about", "Asking whether it is wanted", "a day at most"),
    column("hub_requests", "secret", "What calls would be signed with, encrypted", "Letting it tell our calls from others'", "a day at most"),
    column("subscriptions", "title", "What a person's list of feeds calls a feed", "Showing it, and giving the list back", "until unsubscribed, or until the account is deleted"),
    column("subscriptions", "site_url", "The site of a feed, as that list names it", "Giving the list back", "until unsubscribed, or until the account is deleted"),
    column("timeline", "account_id", "Whose timeline, mention or bookmark it is", "Showing the timeline, and finding bookmarks again", MARK),
    column("timeline", "ref", "What came onto a timeline, or was marked", "Showing the timeline, and finding bookmarks again", MARK),
    column("timeline", "url", "The address of what was marked", "Finding bookmarks again", MARK),
    column("timeline", "title", "The title of what was marked", "Finding bookmarks again", MARK),
    column("readers", "account_id", "Who reads a timeline", "Keeping up the timelines that are read", "thirty days without a visit, or until the account is deleted"),
    column("readers", "seen_at", "The day of the last visit of the timeline", "Keeping up the timelines that are read", "thirty days without a visit, or until the account is deleted"),
    column("mutes", "account_id", "Who has muted something", "Not showing it", "until it is taken back, or the account is deleted"),
    column("mutes", "value", "Whom or what someone has muted", "Not showing it", "until it is taken back, or the account is deleted"),
    column("conversations", "account_id", "Who wrote a post that answers one, or was answered", "Showing conversations", POST),
    column("accounts", "is_discoverable", "Whether the person's posts may be discovered", "Listing recent posts for everybody here", ACCOUNT),
    column("imports", "account_id", "Who brought a list of feeds along", "Subscribing to them", WEEK),
    column("imports", "feeds", "The public feeds of that list", "Subscribing to them", WEEK),
    column("imports", "report", "What of that list was left out, and why", "Telling the person", WEEK),
    column("customers", "id", "The payment provider's number of a customer", "Keeping the plan in step with payments", BILLING),
    column("customers", "account_id", "Who that customer is", "Keeping the plan in step with payments", BILLING),
    column("checkout_intents", "account_id", "Who was sent to the payment provider", "Granting what was paid for, once", BILLING),
    column("checkout_intents", "customer_id", "The payment provider's number of a customer", "Granting what was paid for, once", BILLING),
    column("billing_subscriptions", "account_id", "Who pays for a plan", "Keeping the plan in step with payments", BILLING),
    column("billing_subscriptions", "customer_id", "The payment provider's number of a customer", "Keeping the plan in step with payments", BILLING),
    column("entitlements", "account_id", "Who has a plan", "Knowing what an account may do", ACCOUNT),
    column("billing_log", "account_id", "Whose plan changed", "Answering questions about payments", BILLING),
    column("billing_warnings", "account_id", "Who was told by mail that a plan ends", "Telling it once", "four hundred days, or until the account is deleted"),
    column("billing_log", "customer_id", "The payment provider's number of a customer", "Answering questions about payments", BILLING),
    column("reconciliations", "asked_by", "Which operator had payments compared with the payment provider", "Knowing who did what", QUARTER),
    column("reconciliation_customers", "customer_id", "The payment provider's number of a customer", "Keeping the plan in step with payments", "while it is compared, a week at most"),
    column("reconciliation_customers", "had", "What is stored of its plan", "Keeping the plan in step with payments", "while it is compared, a week at most"),
    column("reconciliation_differences", "customer_id", "The payment provider's number of a customer", "Answering questions about payments", QUARTER),
    column("reconciliation_differences", "account_id", "Whose plan was not in step with payments", "Answering questions about payments", QUARTER),
    column("reconciliation_differences", "had", "What was stored of that plan", "Answering questions about payments", QUARTER),
    column("reconciliation_differences", "has", "What the payment provider has", "Answering questions about payments", QUARTER),
    column("accepted_subscriptions", "account_id", "Whose subscription an operator accepted", "Granting a plan that was agreed on by hand", BILLING),
    column("accepted_subscriptions", "operator", "Which operator that was", "Knowing who did what", BILLING),
    column("accepted_subscriptions", "reason", "Why the operator did it", "Knowing who did what", BILLING),
    column("operator_log", "operator", "Which operator looked at or changed a plan", "Knowing who looked at what", OPERATORS),
    column("operator_log", "account_id", "Whose plan that was", "Knowing who looked at what", OPERATORS),
    column("operator_log", "customer_id", "The payment provider's number of a customer", "Knowing who looked at what", OPERATORS),
    column("operator_log", "note", "Why the operator did it", "Knowing who looked at what", OPERATORS),
    column("stripe_events", "customer_id", "The payment provider's number of a customer", "Keeping the plan in step with payments", BILLING),
    column("stripe_events", "object_id", "The payment provider's number of a payment or customer", "Keeping the plan in step with payments", BILLING),
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
