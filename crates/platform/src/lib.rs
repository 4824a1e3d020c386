//! What a function may ask of the place it runs in: the ports, the context, the error.
//!
//! Nothing here knows a vendor, a table or a page. A host fills the ports and calls a function with
//! a [`Context`]; a function never asks where it runs. Futures are not `Send`: both edge runtimes
//! give a request one thread.

mod blobs;
mod body;
mod config;
mod context;
mod db;
mod error;
mod gate;
mod http;
mod kv;
mod limits;
mod meter;

pub use blobs::{Blob, Blobs, Objects};
pub use body::{Body, Chunks};
pub use config::{
    Charge, Config, FREE, HostnamesConfig, MailConfig, MailProvider, Plan, Plans, Price, Signups,
    Site, StripeConfig, WebhookConfig,
};
pub use context::{ClientAddress, Context, Decode, Ports, Random, Shared, Wake, WithoutTls};
pub use db::{Columns, Database, Db, Outcome, Row, Sql, Value, sql};
pub use error::{Error, Result};
pub use gate::{check_url, is_global};
pub use http::{Call, Gate, Http, MovedTo};
pub use kv::{Cache, Kv};
pub use limits::{Limits, Policy, Verdict, gcra};
pub use meter::Meter;

/// A request as functions see it, whatever runtime received it.
pub type Request = ::http::Request<Body>;
/// A response as functions make it.
pub type Response = ::http::Response<Body>;
/// A future that stays on its thread; what every port method returns.
pub type Local<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + 'a>>;

/// True in development and test builds, which show costs, may move the clock and may reach loopback.
pub const DEV: bool = cfg!(feature = "dev");
