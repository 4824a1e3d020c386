//! The key-value store and the page cache, which have one shape.

use crate::{Kept, at, same, unique};
use bytes::Bytes;
use platform::{Cache, Context};

const LIFE_SECONDS: u32 = 60;

pub async fn keeps_values(store: &Cache, cx: &Context) -> Kept {
    let key = unique(cx, "contract:")?;
    let get = async || store.get(&key).await.map_err(at("get"));
    same(&get().await?, &None, "a key that was never put")?;
    store.delete(&key).await.map_err(at("deleting what is not there"))?;

    // Every byte there is: a value is not text.
    let all = Bytes::from_iter(0..=255);
    store.put(&key, all.clone(), LIFE_SECONDS).await.map_err(at("put"))?;
    same(&get().await?, &Some(all), "the value put")?;

    let second = Bytes::from_static("zwei — 二".as_bytes());
    store.put(&key, second.clone(), LIFE_SECONDS).await.map_err(at("putting again"))?;
    same(&get().await?, &Some(second), "the value put over another")?;

    store.put(&key, Bytes::new(), LIFE_SECONDS).await.map_err(at("putting nothing"))?;
    same(&get().await?, &Some(Bytes::new()), "an empty value, which is not an absent one")?;

    store.delete(&key).await.map_err(at("delete"))?;
    same(&get().await?, &None, "a deleted key")
}
