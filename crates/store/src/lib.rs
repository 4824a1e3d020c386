//! Every SQL statement of Pipit, one module per noun.
//!
//! Each function asks one question or does one deed. A deed that belongs to others hands out its
//! statements, and the caller puts them into one batch: that is the only transaction there is.

pub mod account;
pub mod address;
pub mod app_challenge;
pub mod archive;
pub mod billing;
pub mod billing_log;
pub mod billing_mail;
pub mod blog;
pub mod bookmark;
pub mod category;
pub mod category_change;
pub mod challenge;
pub mod checkout;
pub mod consent;
pub mod conversation;
pub mod creation;
pub mod edit;
pub mod entitlement;
pub mod entry;
pub mod factor;
pub mod fanout;
pub mod feed;
pub mod feed_host;
pub mod follow;
pub mod hub;
pub mod import;
pub mod invitation;
pub mod job;
pub mod library;
pub mod limit;
pub mod look;
pub mod marker;
pub mod media;
pub mod mention;
pub mod mute;
pub mod operator;
pub mod own;
pub mod own_domain;
pub mod page;
pub mod passkey;
pub mod post;
pub mod profile;
pub mod push;
pub mod quota;
pub mod reader;
pub mod reconciliation;
pub mod revenue;
pub mod search;
pub mod session;
pub mod signin;
pub mod signup;
pub mod source;
pub mod stripe_event;
pub mod subscription;
pub mod timeline;
pub mod token;
pub mod totp;
pub mod upload;

use platform::{Columns, Error};
use serde::de::DeserializeOwned;

/// What a column holds as JSON.
fn parsed<T: DeserializeOwned + Default>(row: &mut Columns<'_>, name: &str) -> T {
    let json = row.text(name);
    if json == "[]" {
        return T::default();
    }
    row.or_default(serde_json::from_slice(json.as_bytes()).map_err(Error::internal))
}
