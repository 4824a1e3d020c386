//! The limits: the same answers on all hosts.

use crate::{Kept, at, hold, same, unique};
use platform::{Context, Policy, gcra};

const TEN: Policy = Policy { name: "contract", count: 10, window_seconds: 300 };

pub async fn count_to_ten(cx: &Context) -> Kept {
    let key = unique(cx, "")?;
    for nth in 1..=10 {
        let verdict = cx.take(&key, TEN).await.map_err(at("taking"))?;
        hold(verdict.allowed, format!("number {nth} of 10 is allowed"))?;
    }
    let verdict = cx.take(&key, TEN).await.map_err(at("taking too much"))?;
    hold(!verdict.allowed, "number 11 of 10 is refused")?;
    hold(
        (1..=31).contains(&verdict.retry_after_seconds),
        format!("one comes back within 30 s, not {}", verdict.retry_after_seconds),
    )?;
    let other = cx.take(&unique(cx, "")?, TEN).await.map_err(at("another key"))?;
    hold(other.allowed, "another key has a count of its own")
}

/// The time of a context stands still, so every answer can be told beforehand.
pub async fn answer_as_gcra(cx: &Context) -> Kept {
    let policies = [
        TEN,
        Policy { name: "contract-one", count: 1, window_seconds: 1 },
        Policy { name: "contract-uneven", count: 7, window_seconds: 3600 },
    ];
    let now_ms = cx.now.timestamp_millis();
    for policy in policies {
        let key = unique(cx, "")?;
        let mut tat_ms = None;
        for nth in 0..policy.count.saturating_add(3) {
            let (want, next_ms) = gcra(tat_ms, now_ms, policy);
            let got = cx.take(&key, policy).await.map_err(at("taking"))?;
            same(&got, &want, &format!("number {nth} of {}", policy.name))?;
            tat_ms = Some(next_ms);
        }
    }
    Ok(())
}
