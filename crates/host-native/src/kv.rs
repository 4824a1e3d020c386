//! The key-value ports in a map.

use crate::{Clock, Faults};
use bytes::Bytes;
use platform::{Kv, Local, Result};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// A map whose values end by the world's clock.
pub struct MemoryKv {
    name: &'static str,
    values: RefCell<BTreeMap<String, (i64, Bytes)>>,
    clock: Rc<Clock>,
    faults: Rc<Faults>,
}

impl MemoryKv {
    pub(crate) fn new(name: &'static str, clock: Rc<Clock>, faults: Rc<Faults>) -> Self {
        Self { name, values: RefCell::default(), clock, faults }
    }

    /// Loses everything, as such a store may at any time.
    pub fn lose(&self) {
        self.values.borrow_mut().clear();
    }

    /// The keys whose life is not over.
    pub fn keys(&self) -> Vec<String> {
        let now = self.clock.now().timestamp();
        let values = self.values.borrow();
        let live = values.iter().filter(|(_, (ends_at, _))| *ends_at > now);
        live.map(|(key, _)| key.clone()).collect()
    }

    /// Every value, those whose life is over too, to be searched for what must not be there.
    pub fn contents(&self) -> Vec<(String, Bytes)> {
        let values = self.values.borrow();
        values.iter().map(|(key, (_, value))| (key.clone(), value.clone())).collect()
    }

    fn change<T>(
        &self,
        verb: &str,
        key: &str,
        work: impl FnOnce(&mut BTreeMap<String, (i64, Bytes)>) -> T,
    ) -> Result<T> {
        let operation = format!("{} {verb} {key}", self.name);
        self.faults.before(&operation)?;
        let done = work(&mut self.values.borrow_mut());
        self.faults.after(&operation)?;
        Ok(done)
    }
}

impl Kv for MemoryKv {
    fn get<'a>(&'a self, key: &'a str) -> Local<'a, Result<Option<Bytes>>> {
        let now = self.clock.now().timestamp();
        let found = self.change("get", key, |values| {
            let (ends_at, value) = values.get(key)?;
            (*ends_at > now).then(|| value.clone())
        });
        Box::pin(async move { found })
    }

    fn put<'a>(&'a self, key: &'a str, value: Bytes, life_seconds: u32) -> Local<'a, Result<()>> {
        let ends_at = self.clock.now().timestamp().saturating_add(i64::from(life_seconds));
        let put = self.change("put", key, |values| {
            values.insert(key.to_owned(), (ends_at, value));
        });
        Box::pin(async move { put })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        let deleted = self.change("delete", key, |values| {
            values.remove(key);
        });
        Box::pin(async move { deleted })
    }
}
