//! Nouns and rules without input or output: nothing here waits, stores, sends or knows where it runs.

pub mod address;
pub mod blog;
mod cbor;
pub mod challenge;
pub mod data_map;
pub mod datetime;
pub mod device;
pub mod email;
pub mod feed;
pub mod html;
pub mod image;
pub mod mail;
pub mod markdown;
pub mod post;
pub mod recovery;
mod reserved;
pub mod return_path;
pub mod seal;
pub mod secret;
pub mod session;
pub mod slug;
pub mod stripe;
pub mod totp;
pub mod username;
pub mod webauthn;
pub mod website;
