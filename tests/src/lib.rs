//! The harness of the scenarios: a Pipit, people with browsers, their mail, and pages elsewhere.
//!
//! A scenario is written once. Without settings it runs in memory, through [`web::answer`] and the
//! ports of `host-native`; with `PIPIT_URL` it runs over HTTP against a Pipit on one of its runtimes
//! (`PIPIT_RUNTIME` is `cloudflare` or `spin`), whose mails arrive at `PIPIT_MAILBOX`.

mod answer;
mod ask;
mod browser;
mod elsewhere;
mod fixture;
mod hooks;
mod mail;
mod memory;
mod names;
mod picture;
mod pipit;
mod program;
mod remote;
mod secrets;
mod stripe;
mod subscriber;

pub use answer::{Answer, Cost};
pub use ask::{Ask, Upload};
pub use browser::{Browser, Written};
pub use elsewhere::{Elsewhere, Seen};
pub use fixture::{Asked, Fixture};
pub use hooks::{CHAT, Hook};
pub use mail::Mail;
pub use memory::Memory;
pub use names::Names;
pub use picture::{GPS_SECRET, photo_with_gps};
pub use pipit::{Pipit, STRIPE_SECRET};
pub use program::Program;
pub use secrets::{PERSONAL, Secret};
pub use stripe::{Customer, DAY, Stripe};
pub use subscriber::{Called, Manner, Subscriber};
