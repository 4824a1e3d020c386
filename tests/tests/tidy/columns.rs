//! The tables: what the migrations add up to, and which columns hold something of a person.

use super::{hold, root};
use domain::data_map;
use host_native::Native;
use std::{collections::BTreeSet, fs};

const SCHEMA: &str = "crates/store/schema.sql";

#[test]
fn the_migrations_add_up_to_the_schema() {
    let native = Native::new().expect("the migrations apply to an empty database");
    let schema = format!(
        "-- What the migrations add up to, by table. Written by a test; changed by a new migration.\n\n{}",
        native.db.schema().expect("a schema")
    );
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(root().join(SCHEMA), &schema).expect("the schema is written");
    }
    let kept = fs::read_to_string(root().join(SCHEMA)).unwrap_or_default();
    assert!(
        kept == schema,
        "{SCHEMA} is not what the migrations add up to. Look at the migration, then run\n\n  \
         UPDATE_SCHEMA=1 cargo test -p tests --test tidy\n"
    );
}

/// Columns of text that say nothing of a person: ids, words of ours, hashes of what is not theirs.
const NOT_PERSONAL: &[&str] = &[
    "billing_log.id",
    "billing_log.subscription_id",
    "billing_log.kind",
    "billing_log.plan_before",
    "billing_log.plan",
    "billing_log.status",
    "billing_log.currency",
    "billing_log.interval",
    "billing_log.by",
    "billing_subscriptions.id",
    "billing_subscriptions.status",
    "billing_subscriptions.price_id",
    "billing_subscriptions.plan",
    "billing_subscriptions.currency",
    "billing_subscriptions.interval",
    "billing_subscriptions.payment",
    "billing_warnings.subscription_id",
    "billing_warnings.kind",
    "checkout_intents.id",
    "checkout_intents.price_id",
    "checkout_intents.plan",
    "checkout_intents.session_id",
    "checkout_intents.state",
    "entitlements.plan",
    "entitlements.access",
    "entitlements.subscription_id",
    "accounts.id",
    "app_challenges.id",
    "app_challenges.redirect_url",
    "app_challenges.token_hash",
    "app_challenges.code_hash",
    "app_challenges.consumed_by",
    "archives.blog_id",
    "archives.months",
    "blogs.id",
    "blogs.account_id",
    "blogs.language",
    "blogs.own",
    "blog_texts.blog_id",
    "blog_texts.name",
    "blog_texts.note",
    "challenges.id",
    "challenges.kind",
    "challenges.token_hash",
    "challenges.code_hash",
    "challenges.next",
    "challenges.consumed_by",
    "address_changes.id",
    "address_changes.token_hash",
    "address_changes.code_hash",
    "address_changes.undo_hash",
    "address_changes.done_by",
    "address_changes.undone_by",
    "imports.id",
    "invitations.code_hash",
    "invitations.challenge_id",
    "signup_requests.id",
    "signup_requests.answer",
    "consents.code_hash",
    "consents.scopes",
    "consents.challenge",
    "consents.spent_by",
    "domains.blog_id",
    "domains.token",
    "domains.state",
    "domains.proof",
    "domains.pointing",
    "domains.hostname_id",
    "domains.hostname_state",
    "domains.certificate_state",
    "domains.problem",
    "edits.post_id",
    "edits.blog_id",
    "entries.id",
    "entries.feed_id",
    "entries.key",
    "entries.url",
    "entries.title",
    "entries.html",
    "entries.content_hash",
    "feed_addresses.url",
    "feed_addresses.feed_id",
    "feed_hosts.host",
    "feeds.id",
    "feeds.host",
    "feeds.moved_to",
    "feeds.offers",
    "feeds.push_url",
    "feeds.push_topic",
    "feeds.push_id",
    "feeds.url",
    "feeds.title",
    "feeds.site_url",
    "feeds.etag",
    "feeds.last_modified",
    "feeds.body_hash",
    "feeds.problem",
    "hub_requests.id",
    "hub_requests.blog_id",
    "hub_requests.path",
    "hub_requests.protocol",
    "hub_subscriptions.id",
    "hub_subscriptions.blog_id",
    "hub_subscriptions.path",
    "hub_subscriptions.protocol",
    "hub_subscriptions.body_hash",
    "jobs.id",
    "jobs.kind",
    "jobs.ref",
    "jobs.error",
    "limits.key",
    "media.key",
    "media.blog_id",
    "media.post_id",
    "media.content_type",
    "half_sessions.id",
    "half_sessions.next",
    "passkey_challenges.hash",
    "passkey_challenges.owner",
    "passkey_challenges.purpose",
    "passkeys.id",
    "passkeys.public_key",
    "posts.id",
    "posts.blog_id",
    "posts.account_id",
    "posts.visibility",
    "markers.channel",
    "posts.status",
    "posts.channel",
    "posts.format",
    "categories.blog_id",
    "categories.step",
    "post_categories.blog_id",
    "post_categories.post_id",
    "creations.key_hash",
    "creations.fingerprint",
    "creations.post_id",
    "recovery_codes.code_hash",
    "search_posts.blog_id",
    "search_posts.post_id",
    "search_words.blog_id",
    "search_words.post_id",
    "sessions.handle",
    "sessions.id",
    "sessions.previous_id",
    "signins.id",
    "accepted_subscriptions.id",
    "operator_log.id",
    "operator_log.action",
    "reconciliation_customers.reconciliation_id",
    "reconciliation_customers.seen",
    "reconciliation_differences.reconciliation_id",
    "reconciliation_differences.kind",
    "reconciliations.id",
    "reconciliations.scope",
    "reconciliations.stage",
    "reconciliations.cursor",
    "stripe_events.id",
    "stripe_events.type",
    "stripe_events.api_version",
    "stripe_events.state",
    "subscriptions.id",
    "subscriptions.feed_id",
    "timeline.list",
    "timeline.source",
    "mutes.kind",
    "conversations.root_id",
    "conversations.post_id",
    "tokens.id",
    "tokens.token_hash",
    "tokens.scopes",
    "uploads.id",
    "uploads.blog_id",
    "uploads.file_id",
    "uploads.media_key",
];

#[test]
fn every_column_is_in_the_data_map_or_known_to_be_nobodys() {
    let native = Native::new().expect("the migrations apply to an empty database");
    let columns = native.db.columns().expect("the columns");
    let there: BTreeSet<String> =
        columns.iter().map(|(table, column, _)| format!("{table}.{column}")).collect();
    let mapped: BTreeSet<String> =
        data_map::COLUMNS.iter().map(|known| format!("{}.{}", known.table, known.column)).collect();
    let mut problems = Vec::new();
    for (table, column, kind) in &columns {
        let name = format!("{table}.{column}");
        let is_known = mapped.contains(&name) || NOT_PERSONAL.contains(&name.as_str());
        if kind.eq_ignore_ascii_case("text") && !is_known {
            problems.push(format!(
                "{name}: if it holds anything of a person, add it to crates/domain/src/data_map.rs with purpose and \
                 retention; else to NOT_PERSONAL in tests/tests/tidy/columns.rs."
            ));
        }
    }
    for name in mapped
        .iter()
        .chain(NOT_PERSONAL.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().iter())
    {
        if !there.contains(name) {
            problems.push(format!("{name} is no column: take it off the list."));
        }
    }
    hold(problems);
}

/// A table with what people made names its owner, so that every query can, and so that deleting an
/// account finds everything.
#[test]
fn every_table_of_peoples_things_names_its_owner() {
    let native = Native::new().expect("the migrations apply to an empty database");
    let columns = native.db.columns().expect("the columns");
    let nobodys = [
        "accounts",
        "app_challenges",
        "challenges",
        "entries",
        "feed_addresses",
        "feed_hosts",
        "feeds",
        "jobs",
        "invitations",
        "limits",
        "signup_requests",
        "mailed",
        "passkey_challenges",
        "reconciliation_customers",
        "reconciliations",
        "stripe_events",
    ];
    let tables: BTreeSet<&String> = columns.iter().map(|(table, _, _)| table).collect();
    let mut problems = Vec::new();
    for table in tables.into_iter().filter(|table| !nobodys.contains(&table.as_str())) {
        let owner = ["account_id", "blog_id", "follower_id"];
        let has_owner =
            columns.iter().any(|(of, column, _)| of == table && owner.contains(&column.as_str()));
        if !has_owner {
            problems.push(format!("{table} names neither an account nor a blog."));
        }
    }
    hold(problems);
}

#[test]
fn every_table_is_strict_so_that_all_hosts_store_the_same() {
    let native = Native::new().expect("the migrations apply to an empty database");
    let schema = native.db.schema().expect("a schema").to_lowercase();
    let loose = schema.split(";\n").filter(|text| text.trim_start().starts_with("create table"));
    let loose = loose.filter(|text| {
        !text.trim_end().ends_with(") strict, without rowid")
            && !text.trim_end().ends_with(") strict")
    });
    hold(
        loose
            .map(|text| format!("not strict: {}", text.lines().next().unwrap_or_default()))
            .collect(),
    );
}
