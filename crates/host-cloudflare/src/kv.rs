//! The key-value port on Workers KV.

use bytes::Bytes;
use platform::{Error, Kv, Local, Result};
use std::rc::Rc;
use worker::{Env, KvStore};

/// KV refuses a shorter life.
const LIFE_SECONDS_MIN: u32 = 60;

/// The namespace behind the binding `KV`.
pub struct WorkersKv(pub Rc<Env>);

impl WorkersKv {
    fn store(&self) -> Result<KvStore> {
        self.0.kv("KV").map_err(Error::internal)
    }
}

impl Kv for WorkersKv {
    fn get<'a>(&'a self, key: &'a str) -> Local<'a, Result<Option<Bytes>>> {
        Box::pin(async move {
            let value = self.store()?.get(key).bytes().await.map_err(unavailable)?;
            Ok(value.map(Bytes::from))
        })
    }

    fn put<'a>(&'a self, key: &'a str, value: Bytes, life_seconds: u32) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let life = u64::from(life_seconds.max(LIFE_SECONDS_MIN));
            let put = self.store()?.put_bytes(key, &value).map_err(unavailable)?;
            put.expiration_ttl(life).execute().await.map_err(unavailable)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        Box::pin(async move { self.store()?.delete(key).await.map_err(unavailable) })
    }
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("KV: {error}"))
}
