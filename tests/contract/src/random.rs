//! Random bytes and the ids that are made of them.

use crate::{Kept, at, hold, same};
use platform::Context;
use std::collections::BTreeSet;

pub async fn never_repeats(cx: &Context) -> Kept {
    let mut seen = BTreeSet::new();
    for _ in 0..32 {
        let bytes: [u8; 32] = cx.random().map_err(at("random bytes"))?;
        hold(seen.insert(bytes), "32 random bytes never come twice")?;
    }
    let id = cx.id().map_err(at("an id"))?;
    same(&id.len(), &18, "digits of an id")?;
    hold(id.bytes().all(|byte| byte.is_ascii_digit()), "an id is digits alone")
}
