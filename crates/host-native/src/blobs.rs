//! The object port in a map; bodies come back as streams, as they do on the edge.

use crate::Faults;
use bytes::Bytes;
use futures_util::stream;
use platform::{Blob, Blobs, Body, Error, Local, Result};
use std::{cell::RefCell, collections::BTreeMap, ops::Range, rc::Rc};

const CHUNK_BYTES: usize = 64 << 10;
const LIST_MAX: usize = 1000;
/// More than any test stores; a stream that never ends must not fill the machine.
const OBJECT_BYTES_MAX: usize = 256 << 20;

struct Object {
    content_type: String,
    bytes: Bytes,
}

/// Objects by key.
pub struct MemoryBlobs {
    objects: RefCell<BTreeMap<String, Object>>,
    faults: Rc<Faults>,
}

impl MemoryBlobs {
    pub(crate) fn new(faults: Rc<Faults>) -> Self {
        Self { objects: RefCell::default(), faults }
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.objects.borrow().keys().cloned().collect()
    }

    /// Every object, to be searched for what must not be there.
    pub fn contents(&self) -> Vec<(String, Bytes)> {
        let objects = self.objects.borrow();
        objects.iter().map(|(key, object)| (key.clone(), object.bytes.clone())).collect()
    }

    fn find(&self, key: &str, range: Option<Range<u64>>) -> Result<Option<Blob>> {
        let objects = self.objects.borrow();
        let Some(object) = objects.get(key) else { return Ok(None) };
        let size = u64::try_from(object.bytes.len()).map_err(Error::internal)?;
        let range = range.unwrap_or(0..size);
        let end = range.end.min(size);
        if range.start >= end && size > 0 {
            return Err(Error::invalid("That range begins after the end of the file."));
        }
        let start = usize::try_from(range.start).map_err(Error::internal)?;
        let end = usize::try_from(end).map_err(Error::internal)?;
        let body = Body::Stream(Box::pin(stream::iter(chunks(object.bytes.slice(start..end)))));
        Ok(Some(Blob { size, content_type: object.content_type.clone(), body }))
    }

    fn keys_after(&self, prefix: &str, after: &str) -> Vec<String> {
        let objects = self.objects.borrow();
        let fits = |key: &&String| key.starts_with(prefix) && key.as_str() > after;
        objects.keys().filter(fits).take(LIST_MAX).cloned().collect()
    }

    fn did<T>(
        &self,
        verb: &str,
        key: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Local<'static, Result<T>>
    where
        T: 'static,
    {
        let operation = format!("blob {verb} {key}");
        let done = self.faults.before(&operation).and_then(|()| work());
        let done = done.and_then(|value| self.faults.after(&operation).map(|()| value));
        Box::pin(async move { done })
    }
}

impl Blobs for MemoryBlobs {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> Local<'a, Result<Option<Blob>>> {
        self.did("get", key, || self.find(key, range))
    }

    fn put<'a>(&'a self, key: &'a str, content_type: &'a str, body: Body) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let operation = format!("blob put {key}");
            self.faults.before(&operation)?;
            let bytes = body.read(OBJECT_BYTES_MAX).await?;
            let object = Object { content_type: content_type.to_owned(), bytes };
            self.objects.borrow_mut().insert(key.to_owned(), object);
            self.faults.after(&operation)
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, after: &'a str) -> Local<'a, Result<Vec<String>>> {
        self.did("list", prefix, || Ok(self.keys_after(prefix, after)))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        self.did("delete", key, || {
            self.objects.borrow_mut().remove(key);
            Ok(())
        })
    }
}

fn chunks(mut bytes: Bytes) -> Vec<Result<Bytes>> {
    let mut chunks = Vec::new();
    while !bytes.is_empty() {
        chunks.push(Ok(bytes.split_to(bytes.len().min(CHUNK_BYTES))));
    }
    chunks
}
