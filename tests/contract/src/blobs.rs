//! The objects: whole, in ranges, as streams, in lists.

use crate::{Kept, at, hold, same, unique};
use bytes::Bytes;
use futures_util::stream;
use platform::{Blob, Body, Context, Error};
use std::ops::Range;

const READ_MAX: usize = 8 << 20;

pub async fn keep_objects(cx: &Context) -> Kept {
    let key = unique(cx, "contract/")?;
    let absent = cx.blobs.get(&key, None).await.map_err(at("getting what is not there"))?;
    hold(absent.is_none(), "an object that was never put is none")?;
    cx.blobs.delete(&key).await.map_err(at("deleting what is not there"))?;

    put(cx, &key, "text/plain; charset=utf-8", "first").await?;
    put(cx, &key, "image/jpeg", "second").await?;
    let blob = get(cx, &key, None).await?;
    same(&blob.content_type.as_str(), &"image/jpeg", "the media type")?;
    same(&blob.size, &6, "the size")?;
    same(&read(blob).await?, &Bytes::from_static(b"second"), "the bytes")?;

    cx.blobs.delete(&key).await.map_err(at("delete"))?;
    let gone = cx.blobs.get(&key, None).await.map_err(at("getting what was deleted"))?;
    hold(gone.is_none(), "a deleted object is none")
}

pub async fn give_ranges(cx: &Context) -> Kept {
    let key = unique(cx, "contract/")?;
    put(cx, &key, "text/plain", "0123456789").await?;
    for (range, want) in [(2..5, "234"), (0..1, "0"), (8..99, "89"), (0..10, "0123456789")] {
        let blob = get(cx, &key, Some(range.clone())).await?;
        same(&blob.size, &10, "the size of the whole")?;
        let bytes = read(blob).await?;
        same(&bytes, &Bytes::from_static(want.as_bytes()), &format!("the range {range:?}"))?;
    }
    for range in [10..11, 99..100] {
        let beyond = cx.blobs.get(&key, Some(range.clone())).await;
        hold(
            matches!(beyond, Err(Error::Invalid(_))),
            format!("the range {range:?} of 10 bytes is invalid, not {beyond:?}"),
        )?;
    }
    cx.blobs.delete(&key).await.map_err(at("delete"))
}

pub async fn list_in_order(cx: &Context) -> Kept {
    let folder = unique(cx, "contract/")?;
    let keys = ["a.jpg", "b c.jpg", "d&e.jpg", "ü.jpg"].map(|name| format!("{folder}/{name}"));
    for key in keys.iter().rev() {
        put(cx, key, "image/jpeg", "x").await?;
    }
    put(cx, &format!("{folder}-other"), "image/jpeg", "x").await?;
    let list =
        async |prefix: String, after: &str| cx.blobs.list(&prefix, after).await.map_err(at("list"));
    same(&list(format!("{folder}/"), "").await?, &keys.to_vec(), "all below a prefix")?;
    let after = keys.get(1).map_or("", String::as_str);
    let rest = keys.iter().skip(2).cloned().collect();
    same(&list(format!("{folder}/"), after).await?, &rest, "those after the second")?;
    same(&list(format!("{folder}/none"), "").await?, &vec![], "a prefix that nothing has")?;
    for key in keys.iter().chain([&format!("{folder}-other")]) {
        cx.blobs.delete(key).await.map_err(at("delete"))?;
    }
    same(&list(folder, "").await?, &vec![], "after all were deleted")
}

/// 3 MiB that differ everywhere, in chunks of 48 KiB.
pub async fn take_streams(cx: &Context) -> Kept {
    let key = unique(cx, "contract/")?;
    let mut word: u32 = 1;
    let mut whole = Vec::with_capacity(3 << 20);
    while whole.len() < 3 << 20 {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        whole.extend_from_slice(&word.to_le_bytes());
    }
    let whole = Bytes::from(whole);
    let chunks: Vec<_> =
        whole.chunks(48 << 10).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let body = Body::Stream(Box::pin(stream::iter(chunks)));
    let put = cx.blobs.put(&key, "application/octet-stream", body).await;
    put.map_err(at("putting a stream"))?;
    let blob = get(cx, &key, None).await?;
    same(&blob.size, &(3 << 20), "the size of the stream")?;
    hold(read(blob).await? == whole, "3 MiB come back as they were put")?;
    cx.blobs.delete(&key).await.map_err(at("delete"))
}

async fn put(cx: &Context, key: &str, content_type: &str, text: &'static str) -> Kept {
    cx.blobs.put(key, content_type, text.into()).await.map_err(at("put"))
}

async fn get(cx: &Context, key: &str, range: Option<Range<u64>>) -> Kept<Blob> {
    let found = cx.blobs.get(key, range).await.map_err(at("get"))?;
    found.ok_or_else(|| format!("{key} was put and is not there"))
}

async fn read(blob: Blob) -> Kept<Bytes> {
    blob.body.read(READ_MAX).await.map_err(at("reading a body"))
}
