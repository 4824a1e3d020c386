//! The key-value port, and the page cache that has the same shape.

use crate::{Local, Meter, Result};
use bytes::Bytes;
use std::rc::Rc;

/// The port. May be a minute stale and may vanish: only for what can be made again.
pub trait Kv {
    /// The value, unless it is absent or its life is over.
    fn get<'a>(&'a self, key: &'a str) -> Local<'a, Result<Option<Bytes>>>;
    /// Stores a value for so many seconds (at least 60).
    fn put<'a>(&'a self, key: &'a str, value: Bytes, life_seconds: u32) -> Local<'a, Result<()>>;
    /// Removes a value; absent is fine.
    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>>;
}

/// A key-value store of a request, counted. Both [`crate::Context::kv`] and [`crate::Context::cache`] are one.
pub struct Cache {
    pub(crate) port: Rc<dyn Kv>,
    pub(crate) meter: Rc<Meter>,
}

impl Cache {
    /// See [`Kv::get`].
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.meter.kv_read();
        self.port.get(key).await
    }

    /// See [`Kv::put`].
    pub async fn put(&self, key: &str, value: Bytes, life_seconds: u32) -> Result<()> {
        self.meter.kv_written();
        self.port.put(key, value, life_seconds).await
    }

    /// See [`Kv::delete`].
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.meter.kv_written();
        self.port.delete(key).await
    }
}
