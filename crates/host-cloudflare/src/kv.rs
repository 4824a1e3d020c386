//! The key-value port on Workers KV, with a memory of a second in front.

use crate::{hot, recent::Recent};
use bytes::Bytes;
use platform::{Error, Kv, Local, Result};
use std::{cell::RefCell, rc::Rc};
use worker::{Env, KvStore, js_sys::Date};

/// KV refuses a shorter life.
const LIFE_SECONDS_MIN: u32 = 60;
const RECENT_BYTES_MAX: usize = 1 << 20;

thread_local! {
    /// What was read or written a moment ago: pages of one blog that are asked for together need its
    /// row once.
    static RECENT: RefCell<Recent<Bytes>> = RefCell::new(Recent::new(RECENT_BYTES_MAX));
}

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
            let recent = RECENT.with_borrow(|recent| recent.get(key, Date::now()).cloned());
            if recent.is_some() {
                return Ok(recent);
            }
            let value = self.store()?.get(key).bytes().await.map_err(unavailable)?;
            let value = value.map(Bytes::from);
            if let Some(value) = &value {
                remember(key, value);
            }
            Ok(value)
        })
    }

    fn put<'a>(&'a self, key: &'a str, value: Bytes, life_seconds: u32) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let life = u64::from(life_seconds.max(LIFE_SECONDS_MIN));
            remember(key, &value);
            // What is kept here decides which pages are the right ones.
            hot::forget();
            let put = self.store()?.put_bytes(key, &value).map_err(unavailable)?;
            put.expiration_ttl(life).execute().await.map_err(unavailable)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        Box::pin(async move {
            RECENT.with_borrow_mut(|recent| recent.remove(key));
            hot::forget();
            self.store()?.delete(key).await.map_err(unavailable)
        })
    }
}

fn remember(key: &str, value: &Bytes) {
    let bytes = key.len().saturating_add(value.len());
    RECENT.with_borrow_mut(|recent| recent.put(key.to_owned(), value.clone(), bytes, Date::now()));
}

fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("KV: {error}"))
}
