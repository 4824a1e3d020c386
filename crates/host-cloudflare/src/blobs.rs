//! The object port on R2.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use platform::{Blob, Blobs, Body, Chunks, Error, Local, Result};
use std::{ops::Range, rc::Rc};
use worker::{Bucket, Data, Env, FixedLengthStream, HttpMetadata, MultipartUpload, Object};

/// A stream is stored in parts of this size, so that it is never in memory whole. R2 wants parts of
/// equal size, the last one aside, and of at least 5 MiB.
const PART_BYTES: usize = 8 << 20;
/// What goes to R2 in one call is copied to JavaScript in pieces of this size.
const PIECE_BYTES: usize = 1 << 20;
const LIST_MAX: u32 = 1000;

/// The bucket behind the binding `MEDIA`.
pub struct R2(pub Rc<Env>);

impl R2 {
    fn bucket(&self) -> Result<Bucket> {
        self.0.bucket("MEDIA").map_err(Error::internal)
    }
}

impl Blobs for R2 {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> Local<'a, Result<Option<Blob>>> {
        Box::pin(async move {
            let bucket = self.bucket()?;
            let Some(Range { start, end }) = range else {
                let object = bucket.get(key).execute().await.map_err(unavailable)?;
                return object.map(|object| blob(&object)).transpose();
            };
            let length = end.saturating_sub(start);
            if length == 0 {
                return Err(bad_range());
            }
            let range = worker::Range::OffsetWithLength { offset: start, length };
            match bucket.get(key).range(range).execute().await {
                Ok(object) => object.map(|object| blob(&object)).transpose(),
                Err(_) if is_beyond(&bucket, key, start).await => Err(bad_range()),
                Err(error) => Err(unavailable(error)),
            }
        })
    }

    fn put<'a>(&'a self, key: &'a str, content_type: &'a str, body: Body) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let bucket = self.bucket()?;
            match body {
                Body::Empty => put_whole(&bucket, key, content_type, Bytes::new()).await,
                Body::Bytes(bytes) => put_whole(&bucket, key, content_type, bytes).await,
                Body::Stream(chunks) => put_stream(&bucket, key, content_type, chunks).await,
            }
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, after: &'a str) -> Local<'a, Result<Vec<String>>> {
        Box::pin(async move {
            let bucket = self.bucket()?;
            let mut list = bucket.list().limit(LIST_MAX).prefix(prefix);
            if !after.is_empty() {
                list = list.start_after(after);
            }
            let found = list.execute().await.map_err(unavailable)?;
            Ok(found.objects().iter().map(Object::key).collect())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        Box::pin(async move { self.bucket()?.delete(key).await.map_err(unavailable) })
    }
}

/// Asks for the size, because R2 and its stand-in refuse such a range with different words.
async fn is_beyond(bucket: &Bucket, key: &str, start: u64) -> bool {
    matches!(bucket.head(key).await, Ok(Some(object)) if start >= object.size())
}

fn blob(object: &Object) -> Result<Blob> {
    let body = object.body().ok_or_else(|| Error::internal("R2 gave an object without a body"))?;
    let chunks = body.stream().map_err(unavailable)?;
    let chunks = chunks.map(|chunk| chunk.map(Bytes::from).map_err(unavailable));
    Ok(Blob {
        size: object.size(),
        content_type: object.http_metadata().content_type.unwrap_or_default(),
        body: Body::Stream(Box::pin(chunks)),
    })
}

async fn put_whole(bucket: &Bucket, key: &str, content_type: &str, bytes: Bytes) -> Result<()> {
    let put = bucket.put(key, in_pieces(bytes)).http_metadata(typed(content_type));
    put.execute().await.map_err(unavailable)?;
    Ok(())
}

/// JavaScript gets its copy piece by piece: a Worker cannot hold a large file twice.
fn in_pieces(mut bytes: Bytes) -> Data {
    if bytes.len() <= PIECE_BYTES {
        return Vec::from(bytes).into();
    }
    let length = bytes.len();
    let pieces = std::iter::from_fn(move || {
        let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
        (!piece.is_empty()).then(|| Ok(piece.to_vec()))
    });
    let length = u64::try_from(length).unwrap_or_default();
    FixedLengthStream::wrap(futures_util::stream::iter(pieces), length).into()
}

async fn put_stream(
    bucket: &Bucket,
    key: &str,
    content_type: &str,
    mut chunks: Chunks,
) -> Result<()> {
    let mut buffer = BytesMut::new();
    if !fill(&mut chunks, &mut buffer).await? {
        return put_whole(bucket, key, content_type, buffer.freeze()).await;
    }
    let create = bucket.create_multipart_upload(key).http_metadata(typed(content_type));
    let upload = create.execute().await.map_err(unavailable)?;
    match put_parts(&upload, &mut chunks, buffer).await {
        Ok(parts) => {
            upload.complete(parts).await.map_err(unavailable)?;
            Ok(())
        }
        Err(error) => {
            // What is left of an upload that was not aborted, R2 removes after a week.
            let _ = upload.abort().await;
            Err(error)
        }
    }
}

async fn put_parts(
    upload: &MultipartUpload,
    chunks: &mut Chunks,
    mut buffer: BytesMut,
) -> Result<Vec<worker::UploadedPart>> {
    let mut parts = Vec::new();
    let mut number: u16 = 0;
    loop {
        let more = fill(chunks, &mut buffer).await?;
        if buffer.is_empty() {
            return Ok(parts);
        }
        number = number.checked_add(1).ok_or(Error::TooLarge)?;
        let part = buffer.split_to(buffer.len().min(PART_BYTES));
        parts.push(upload.upload_part(number, part.to_vec()).await.map_err(unavailable)?);
        if !more {
            return Ok(parts);
        }
    }
}

/// Reads until the buffer holds a whole part; false when the stream ended before.
async fn fill(chunks: &mut Chunks, buffer: &mut BytesMut) -> Result<bool> {
    while buffer.len() < PART_BYTES {
        let Some(chunk) = chunks.next().await else { return Ok(false) };
        buffer.extend_from_slice(&chunk?);
    }
    Ok(true)
}

fn typed(content_type: &str) -> HttpMetadata {
    HttpMetadata { content_type: Some(content_type.to_owned()), ..HttpMetadata::default() }
}

fn bad_range() -> Error {
    Error::invalid("That range lies beyond the end.")
}

fn unavailable(error: worker::Error) -> Error {
    Error::Unavailable(format!("R2: {error}"))
}
