//! The key-value ports on Spin's key-value store.
//!
//! The store has neither expiry nor eviction, and the page cache writes keys that are never read
//! again. So each port is a table of a fixed number of slots: a key's hash picks the slot, the slot
//! holds expiry, key and value, and a newcomer replaces whoever is there. The port promises no more:
//! a value may vanish.

use crate::clock;
use bytes::Bytes;
use platform::{Error, Kv, Local, Result};
use spin_sdk::key_value::{Error as SpinError, Store};
use std::hash::{DefaultHasher, Hash, Hasher};

const SLOTS: u64 = 8192;

/// A part of the store `default`; its name tells the ports apart.
pub struct SpinKv {
    name: &'static str,
}

impl SpinKv {
    /// The part of this name.
    pub fn new(name: &'static str) -> Self {
        Self { name }
    }

    fn slot(&self, key: &str) -> String {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        format!("{}/{}", self.name, hasher.finish().checked_rem(SLOTS).unwrap_or(0))
    }
}

impl Kv for SpinKv {
    fn get<'a>(&'a self, key: &'a str) -> Local<'a, Result<Option<Bytes>>> {
        Box::pin(async move {
            let record = open().await?.get(self.slot(key)).await.map_err(problem)?;
            Ok(record.and_then(|record| unpack(record.into(), key, seconds())))
        })
    }

    fn put<'a>(&'a self, key: &'a str, value: Bytes, life_seconds: u32) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let ends_at = seconds().saturating_add(u64::from(life_seconds));
            let record = pack(key, &value, ends_at);
            open().await?.set(self.slot(key), record).await.map_err(problem)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        Box::pin(async move { open().await?.delete(self.slot(key)).await.map_err(problem) })
    }
}

async fn open() -> Result<Store> {
    Store::open_default().await.map_err(problem)
}

/// Expiry in unix seconds (8 bytes), length of the key (4 bytes), both big-endian; key; value.
fn pack(key: &str, value: &[u8], ends_at: u64) -> Vec<u8> {
    let key_len = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let (ends_at, key_len) = (ends_at.to_be_bytes(), key_len.to_be_bytes());
    [ends_at.as_slice(), &key_len, key.as_bytes(), value].concat()
}

fn unpack(record: Bytes, key: &str, now: u64) -> Option<Bytes> {
    let (ends_at, rest) = record.split_first_chunk::<8>()?;
    let (key_len, rest) = rest.split_first_chunk::<4>()?;
    let key_len = usize::try_from(u32::from_be_bytes(*key_len)).ok()?;
    let (found, value) = rest.split_at_checked(key_len)?;
    let is_alive = u64::from_be_bytes(*ends_at) > now && found == key.as_bytes();
    is_alive.then(|| record.slice_ref(value))
}

fn seconds() -> u64 {
    u64::try_from(clock::now().timestamp()).unwrap_or(0)
}

fn problem(error: SpinError) -> Error {
    Error::Unavailable(format!("the key-value store: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_for_its_own_key_and_until_its_end() {
        let record = Bytes::from(pack("a", b"value", 100));
        assert_eq!(unpack(record.clone(), "a", 99).as_deref(), Some(&b"value"[..]));
        assert_eq!(unpack(record.clone(), "a", 100), None);
        assert_eq!(unpack(record.clone(), "b", 99), None);
        assert_eq!(unpack(record.slice(..9), "a", 99), None);
    }
}
