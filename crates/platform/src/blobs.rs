//! The object port: photos and other files, streamed where they are large.

use crate::{Body, Local, Meter, Result};
use std::{ops::Range, rc::Rc};

/// A stored object, or the asked part of it.
#[derive(Debug)]
pub struct Blob {
    /// The length of the whole object in bytes.
    pub size: u64,
    /// The media type it was stored with.
    pub content_type: String,
    /// The asked bytes.
    pub body: Body,
}

/// The port. Keys are paths made of our own ids.
pub trait Blobs {
    /// The object, or bytes `range.start..range.end` of it (the end may lie beyond the object's).
    /// None when there is no such object.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the range begins at or after the object's end.
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> Local<'a, Result<Option<Blob>>>;
    /// Stores an object; one of the same key is replaced.
    fn put<'a>(&'a self, key: &'a str, content_type: &'a str, body: Body) -> Local<'a, Result<()>>;
    /// At most 1,000 keys that begin with `prefix`, in order, each greater than `after`.
    fn list<'a>(&'a self, prefix: &'a str, after: &'a str) -> Local<'a, Result<Vec<String>>>;
    /// Removes an object; absent is fine.
    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>>;
}

/// The objects of a request, counted.
pub struct Objects {
    pub(crate) port: Rc<dyn Blobs>,
    pub(crate) meter: Rc<Meter>,
}

impl Objects {
    /// See [`Blobs::get`].
    pub async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Option<Blob>> {
        self.meter.object_read();
        self.port.get(key, range).await
    }

    /// See [`Blobs::put`].
    pub async fn put(&self, key: &str, content_type: &str, body: Body) -> Result<()> {
        self.meter.object_written();
        self.port.put(key, content_type, body).await
    }

    /// See [`Blobs::list`].
    pub async fn list(&self, prefix: &str, after: &str) -> Result<Vec<String>> {
        self.meter.object_read();
        self.port.list(prefix, after).await
    }

    /// See [`Blobs::delete`].
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.meter.object_written();
        self.port.delete(key).await
    }
}
