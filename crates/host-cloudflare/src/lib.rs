//! The ports on Cloudflare (D1, KV, the Cache API, R2, Queues, a Durable Object, fetch), and the Worker's entries.

mod blobs;
mod cache;
mod convert;
mod db;
mod entries;
mod hot;
mod http;
mod js;
mod kv;
mod limits;
mod ports;
mod random;
mod recent;
mod upload;
mod wake;
